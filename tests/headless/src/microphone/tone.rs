//! A tone that can be told from noise and from silence.

use std::f64::consts::TAU;

use super::SAMPLE_RATE_HZ;
use crate::scene::noise::uniform;

/// The tone's pitch.
pub const TONE_HZ: f64 = 440.0;
/// −12 dB of full scale.
const AMPLITUDE: f64 = 0.251_19 * 32_767.0;
/// How often the level changes.
const LEVELS_PER_S: u64 = 8;

/// 440 Hz at −12 dBFS, its level wandering by up to 2 dB: a voice codec takes a steady tone for background noise and stops
/// sending it.
#[derive(Debug, Clone)]
pub struct Tone {
    seed: u64,
}

impl Tone {
    /// The tone of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The sample at a place counted from time 0.
    pub fn sample(&self, at: u64) -> i16 {
        let rate = u64::from(SAMPLE_RATE_HZ);
        // 440 whole periods a second: counting within the second keeps the phase exact at any time.
        let phase = TAU * TONE_HZ * (at % rate) as f64 / rate as f64;
        let per_level = rate / LEVELS_PER_S;
        let (step, part) = (at / per_level, (at % per_level) as f64 / per_level as f64);
        let level = |step: u64| 1.0 - 0.2 * f64::from(uniform(self.seed, step, 0));
        let level = level(step) + (level(step + 1) - level(step)) * part;
        (AMPLITUDE * level * phase.sin()) as i16
    }
}
