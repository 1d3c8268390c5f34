//! One sample rate to another.

use std::f64::consts::PI;

/// Zero crossings of the filter to each side.
const CROSSINGS: f64 = 16.0;

/// Resamples with a windowed sinc (Hann window, 16 crossings to each side), cut off just below the lower of the two
/// Nyquist frequencies. The sound is taken to go round, as it does in a loop. Rates must not be 0.
pub(super) fn resample(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz || samples.is_empty() {
        return samples.to_vec();
    }
    let cutoff = (f64::from(to_hz) / f64::from(from_hz)).min(1.0) * 0.95;
    let half = (CROSSINGS / cutoff).ceil() as usize;
    let padded: Vec<f32> = samples
        .iter()
        .cycle()
        .skip(samples.len() - half % samples.len())
        .take(samples.len() + 2 * half)
        .copied()
        .collect();

    // Output samples fall between input samples in only so many ways, each with its own weights.
    let divisor = greatest_common_divisor(from_hz, to_hz);
    let (phases, step) = ((to_hz / divisor) as usize, (from_hz / divisor) as usize);
    let length = (samples.len() * phases / step).max(1);
    let filters: Vec<Vec<f32>> = (0..phases.min(length))
        .map(|index| weights((index * step % phases) as f64 / phases as f64, half, cutoff))
        .collect();
    (0..length)
        .map(|index| {
            let first = index * step / phases + 1;
            padded[first..]
                .iter()
                .zip(&filters[index % phases])
                .map(|(sample, weight)| sample * weight)
                .sum()
        })
        .collect()
}

/// Weights of the samples around a place `part` (0 to 1) of the way between two, from `half − 1` before to `half` after.
fn weights(part: f64, half: usize, cutoff: f64) -> Vec<f32> {
    let raw: Vec<f64> = (0..2 * half)
        .map(|index| {
            let distance = index as f64 - (half - 1) as f64 - part;
            let window = 0.5 + 0.5 * (PI * (distance / half as f64).clamp(-1.0, 1.0)).cos();
            sinc(cutoff * distance) * window
        })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| (weight / sum) as f32).collect()
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
    }
}
