//! The hand that holds the camera.

use std::f64::consts::TAU;

use assist_scene::Pose;
use glam::{Quat, Vec3, vec3};

use super::noise::uniform;

/// One slow or fast part of a movement.
struct Wave {
    frequency_hz: f64,
    phase: f64,
    weight: f64,
}

impl Wave {
    fn at(&self, seconds: f64) -> f64 {
        self.weight * (TAU * self.frequency_hz * seconds + self.phase).sin()
    }
}

/// A technician who looks around the machine, never quite still: slow wandering of place and aim, and the tremor of a
/// hand (about 4 to 11 Hz). A pure function of time, so any capture time has one pose.
pub(crate) struct Hand {
    /// Place (x, y, z), aim (x, y, z), tremor (pitch, yaw, roll).
    movements: [Vec<Wave>; 9],
}

impl Hand {
    /// The movements of one seed.
    pub(crate) fn new(seed: u64) -> Self {
        let movements = std::array::from_fn(|axis| {
            let random = |wave: u64, which: u64| f64::from(uniform(seed, axis as u64, wave * 8 + which));
            let tremor = axis >= 6;
            let (slowest_hz, fastest_hz) = if tremor { (4.0, 11.0) } else { (0.035, 0.16) };
            let waves = if tremor { 5 } else { 3 };
            (0..waves)
                .map(|wave| Wave {
                    frequency_hz: slowest_hz
                        + (fastest_hz - slowest_hz) * (wave as f64 + random(wave, 0)) / waves as f64,
                    phase: TAU * random(wave, 1),
                    // Slow waves carry more; together they stay within ±1.
                    weight: [0.5, 0.3, 0.2, 0.15, 0.1][wave as usize] * (0.7 + 0.3 * random(wave, 2)),
                })
                .collect()
        });
        Self { movements }
    }

    /// Camera-to-world at a capture time.
    pub(crate) fn pose(&self, capture_time_us: u64) -> Pose {
        let seconds = capture_time_us as f64 / 1e6;
        let sum = |axis: usize| self.movements[axis].iter().map(|wave| wave.at(seconds)).sum::<f64>() as f32;
        let three = |first: usize| vec3(sum(first), sum(first + 1), sum(first + 2));
        let place = vec3(0.0, 1.45, 1.55) + three(0) * vec3(0.8, 0.16, 0.55);
        let aim = vec3(-0.05, 1.05, -0.45) + three(3) * vec3(1.5, 0.4, 0.1);
        let tremor: Vec3 = three(6) * vec3(0.0035, 0.0035, 0.005);
        let shake = Quat::from_scaled_axis(tremor);
        let steady = Pose::looking_at(place + tremor * 0.35, aim);
        Pose {
            orientation: (steady.orientation * shake).normalize(),
            ..steady
        }
    }
}
