//! The phone's microphone: a tone or a WAV file, 48 kHz mono, by time.

mod resample;
mod tone;
mod wav;

use std::path::Path;

pub use tone::{TONE_HZ, Tone};
pub use wav::{Wav, WavError, fuzz_wav};

/// Samples a second.
pub const SAMPLE_RATE_HZ: u32 = 48_000;
/// Samples of one frame: 20 ms.
pub const FRAME_SAMPLES: usize = 960;
/// Length of one frame, in µs.
pub const FRAME_US: u64 = 20_000;

/// What the microphone hears.
pub enum Microphone {
    /// A tone.
    Tone(Tone),
    /// A recording, in a loop.
    Wav(Wav),
}

impl Microphone {
    /// The tone of a seed.
    pub fn tone(seed: u64) -> Self {
        Self::Tone(Tone::new(seed))
    }

    /// A recorded WAV file.
    pub fn wav(path: &Path) -> Result<Self, WavError> {
        Ok(Self::Wav(Wav::open(path)?))
    }

    /// The 20 ms of sound that begin at a capture time, in µs.
    pub fn frame(&self, capture_time_us: u64) -> [i16; FRAME_SAMPLES] {
        let first = u128::from(capture_time_us) * u128::from(SAMPLE_RATE_HZ) / 1_000_000;
        let first = u64::try_from(first).unwrap_or(u64::MAX);
        std::array::from_fn(|index| {
            let at = first.wrapping_add(index as u64);
            match self {
                Self::Tone(tone) => tone.sample(at),
                Self::Wav(wav) => wav.sample(at),
            }
        })
    }
}
