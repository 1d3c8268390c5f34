//! A recorded WAV file, heard in a loop.

use std::io::Cursor;
use std::path::Path;

use hound::{SampleFormat, WavReader, WavSpec};

use super::SAMPLE_RATE_HZ;
use super::resample::resample;
use crate::files::{FileError, read_file};

/// The longest file that is read, in megabytes.
const LIMIT_MEGABYTES: u64 = 128;
/// The longest sound that is kept, in minutes.
const LIMIT_MINUTES: u64 = 10;
/// The sample rates that are accepted.
const RATES_HZ: std::ops::RangeInclusive<u32> = 4_000..=384_000;

/// Why a WAV file cannot stand in for the microphone.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// No bytes, or a header without sound.
    #[error("the WAV file has no sound in it")]
    Empty,
    /// More than is kept in memory.
    #[error("the WAV file is longer than {LIMIT_MINUTES} minutes; cut it shorter")]
    TooLong,
    /// Something else than WAV.
    #[error("the file is not a WAV file: {0}; convert it to WAV")]
    NotWav(String),
    /// A sample rate that no sound has.
    #[error("the WAV file says it has {0} samples a second, which cannot be")]
    SampleRate(u32),
    /// Compressed sound, or samples of an unusual kind.
    #[error("the WAV file's samples are of a kind that is not known here; save it as 16-bit PCM")]
    Unsupported,
    /// It ends in the middle.
    #[error("the WAV file is cut off or damaged: {0}")]
    Damaged(String),
}

/// A sound of any length at 48 kHz, mono.
#[derive(Debug, Clone)]
pub struct Wav {
    samples: Vec<i16>,
}

impl Wav {
    /// Opens a file of any sample rate and number of channels.
    pub fn open(path: &Path) -> Result<Self, WavError> {
        Self::from_bytes(&read_file(path, LIMIT_MEGABYTES)?)
    }

    /// Reads a file's bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WavError> {
        if bytes.is_empty() {
            return Err(WavError::Empty);
        }
        let reader = WavReader::new(Cursor::new(bytes)).map_err(|error| {
            if matches!(error, hound::Error::Unsupported) {
                WavError::Unsupported
            } else {
                WavError::NotWav(error.to_string())
            }
        })?;
        let spec = reader.spec();
        if !RATES_HZ.contains(&spec.sample_rate) {
            return Err(WavError::SampleRate(spec.sample_rate));
        }
        let seconds = u64::from(reader.duration()) / u64::from(spec.sample_rate);
        if seconds > LIMIT_MINUTES * 60 {
            return Err(WavError::TooLong);
        }
        let interleaved = read_samples(reader, spec)?;
        let channels = usize::from(spec.channels).max(1);
        let mono: Vec<f32> = interleaved
            .chunks_exact(channels)
            .map(|frame| frame.iter().sum::<f32>() / channels as f32)
            .collect();
        if mono.is_empty() {
            return Err(WavError::Empty);
        }
        let mono = resample(&mono, spec.sample_rate, SAMPLE_RATE_HZ);
        Ok(Self {
            samples: mono.iter().map(|sample| (sample * 32_767.0) as i16).collect(),
        })
    }

    /// The sample at a place counted from time 0.
    pub fn sample(&self, at: u64) -> i16 {
        self.samples[(at % self.samples.len() as u64) as usize]
    }
}

/// All samples, full scale at ±1.
fn read_samples(reader: WavReader<Cursor<&[u8]>>, spec: WavSpec) -> Result<Vec<f32>, WavError> {
    let samples: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => reader.into_samples::<f32>().collect(),
        SampleFormat::Int => {
            let full_scale = (1u64 << spec.bits_per_sample.clamp(1, 32).saturating_sub(1)) as f32;
            reader
                .into_samples::<i32>()
                .map(|sample| Ok(sample? as f32 / full_scale))
                .collect()
        }
    };
    let samples = samples.map_err(|error| WavError::Damaged(error.to_string()))?;
    Ok(samples
        .into_iter()
        .map(|sample| {
            if sample.is_finite() {
                sample.clamp(-1.0, 1.0)
            } else {
                0.0
            }
        })
        .collect())
}

/// Reads whatever the bytes are as a WAV file; must neither panic nor hang. For fuzzing.
pub fn fuzz_wav(bytes: &[u8]) {
    if let Ok(wav) = Wav::from_bytes(bytes) {
        wav.sample(u64::MAX);
    }
}
