//! What a loudspeaker was given, measured.

use std::f64::consts::TAU;

use crate::microphone::SAMPLE_RATE_HZ;

/// The most that is kept for measuring, in samples: the last second.
const KEPT: usize = SAMPLE_RATE_HZ as usize;

/// Listens to 48 kHz mono sound.
#[derive(Debug, Clone, Default)]
pub struct Speaker {
    heard: usize,
    last_second: Vec<i16>,
}

impl Speaker {
    /// A speaker that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plays samples.
    pub fn play(&mut self, samples: &[i16]) {
        self.heard += samples.len();
        self.last_second.extend_from_slice(samples);
        let excess = self.last_second.len().saturating_sub(KEPT);
        self.last_second.drain(..excess);
    }

    /// How many samples were played.
    pub fn samples_played(&self) -> usize {
        self.heard
    }

    /// Root mean square of the last second, in dB of full scale; minus infinity for silence.
    pub fn level_dbfs(&self) -> f64 {
        let squares: f64 = self
            .last_second
            .iter()
            .map(|sample| (f64::from(*sample) / 32_768.0).powi(2))
            .sum();
        10.0 * (squares / self.last_second.len().max(1) as f64).log10()
    }

    /// The share (0 to 1) of the last second's power that lies at `frequency_hz`: 1 for a pure tone of that pitch
    /// (Goertzel's algorithm).
    pub fn share_at(&self, frequency_hz: f64) -> f64 {
        let count = self.last_second.len() as f64;
        let power: f64 = self.last_second.iter().map(|sample| f64::from(*sample).powi(2)).sum();
        if power == 0.0 {
            return 0.0;
        }
        let coefficient = 2.0 * (TAU * frequency_hz / f64::from(SAMPLE_RATE_HZ)).cos();
        let (mut last, mut before) = (0.0, 0.0);
        for sample in &self.last_second {
            (last, before) = (f64::from(*sample) + coefficient * last - before, last);
        }
        let magnitude = last * last + before * before - coefficient * last * before;
        2.0 * magnitude / (count * power)
    }

    /// The strongest of the frequencies from 50 Hz to 4 kHz, in steps of 10 Hz; `None` for silence.
    pub fn dominant_frequency_hz(&self) -> Option<f64> {
        let shares = (5..=400)
            .map(|step| f64::from(step) * 10.0)
            .map(|frequency| (frequency, self.share_at(frequency)));
        shares
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .filter(|(_, share)| *share > 0.0)
            .map(|(frequency, _)| frequency)
    }
}
