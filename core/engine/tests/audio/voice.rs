//! Something like speech: spurts of voiced sound with changing pitch and loudness, and silences between.

use assist_engine::audio::FRAME_SAMPLES;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

pub(crate) type Frame = [i16; FRAME_SAMPLES];

/// Seconds of speech-like sound. A spurt lasts 0.6 to 2 s; `pauses` of up to 2.5 s lie between.
pub(crate) fn speech(seed: u64, seconds: usize, pauses: bool) -> Vec<Frame> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut samples = Vec::with_capacity(seconds * 48_000);
    while samples.len() < seconds * 48_000 {
        spurt(&mut random, &mut samples);
        if pauses {
            let length = random.random_range(24_000..120_000);
            samples.extend((0..length).map(|_| random.random_range(-8..=8_i16)));
        }
    }
    samples.as_chunks().0.iter().copied().take(seconds * 50).collect()
}

fn spurt(random: &mut ChaCha8Rng, samples: &mut Vec<i16>) {
    let length = random.random_range(28_800..96_000_usize);
    let (mut phase, mut pitch) = (0.0_f32, random.random_range(95.0..220.0_f32));
    let (mut period, mut next) = (vowel(random, pitch), vowel(random, pitch));
    for index in 0..length {
        let within = (index % PHONE) as f32 / PHONE as f32;
        if index % PHONE == 0 {
            pitch *= random.random_range(0.93..1.07);
            period = std::mem::replace(&mut next, vowel(random, pitch));
        }
        phase = (phase + pitch / 48_000.0).fract();
        let place = (phase * PERIOD as f32) as usize % PERIOD;
        let voiced = period[place] * (1.0 - within) + next[place] * within;
        // Syllables, four a second.
        let syllable = 1.0 - ((index % 12_000) as f32 / 6_000.0 - 1.0).powi(2);
        samples.push((voiced * (0.1 + 0.9 * syllable) + random.random_range(-60.0..60.0)) as i16);
    }
}

/// Samples from one vowel to the next.
const PHONE: usize = 4_800;

const PERIOD: usize = 512;

/// One period of a sound with a formant somewhere.
fn vowel(random: &mut ChaCha8Rng, pitch: f32) -> [f32; PERIOD] {
    let formant = random.random_range(0.2..0.8_f32);
    let strength = |harmonic: f32| (-((harmonic * pitch / 1_800.0 - formant) * 3.0).powi(2)).exp() * 3_000.0;
    std::array::from_fn(|place| {
        let angle = place as f32 / PERIOD as f32 * std::f32::consts::TAU;
        (1..16_u8)
            .map(|harmonic| strength(harmonic.into()) * (angle * f32::from(harmonic)).sin())
            .sum()
    })
}

pub(crate) fn energy(frame: &[i16]) -> f64 {
    frame.iter().map(|&sample| f64::from(sample).powi(2)).sum::<f64>() / frame.len() as f64
}

/// 1 for the same shape, 0 for nothing in common.
pub(crate) fn correlation(one: &[i16], other: &[i16]) -> f64 {
    let product = |one: &[i16], other: &[i16]| -> f64 {
        one.iter()
            .zip(other)
            .map(|(&one, &other)| f64::from(one) * f64::from(other))
            .sum()
    };
    product(one, other) / (product(one, one) * product(other, other)).sqrt().max(1.0)
}
