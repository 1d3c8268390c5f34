//! Encoded seconds of the scene, made once: for benchmarks that must not pay for drawing and encoding.

use std::io;
use std::path::Path;

use assist_engine::media::EncoderControl;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::encoder::{EncodedFrame, EncoderError, VideoEncoder};
use crate::scene::Scene;

/// Size and rates of what is recorded.
const WIDTH_PX: u32 = 1280;
const HEIGHT_PX: u32 = 720;
const FRAME_RATE: u32 = 15;
const BITRATE_BPS: u32 = 1_500_000;
/// The seed of the scene that is recorded.
pub const SEED: u64 = 1;
/// Raised when the scene or the encoder's settings change, so that no old recording is taken for a new one.
const VERSION: u32 = 2;

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The cache folder could not be used.
    #[error("the recording could not be kept in {folder}: {source}")]
    Cache {
        /// The folder that was named.
        folder: String,
        /// What went wrong with it.
        source: io::Error,
    },
}

/// One access unit in the cache's index; its bytes lie in the data file, one after the other.
#[derive(Serialize, Deserialize)]
struct IndexEntry {
    bytes: usize,
    is_key_frame: bool,
    capture_time_us: u64,
}

/// Access units of `seconds` of the scene at 1280x720, 15 frames/s and 1.5 Mbit/s, starting with a key frame. With a
/// folder, they are read from there if they were made before, and kept there if not.
pub fn recorded(seconds: u32, cache: Option<&Path>) -> Result<Vec<EncodedFrame>, RecordingError> {
    let Some(folder) = cache else {
        return Ok(record(seconds)?);
    };
    let name = format!("scene-{WIDTH_PX}x{HEIGHT_PX}-{FRAME_RATE}-{BITRATE_BPS}-{seconds}s-v{VERSION}");
    let (data, index) = (folder.join(format!("{name}.h264")), folder.join(format!("{name}.json")));
    if let Some(frames) = read(&data, &index) {
        return Ok(frames);
    }
    let frames = record(seconds)?;
    write(folder, &data, &index, &frames).map_err(|source| RecordingError::Cache {
        folder: folder.display().to_string(),
        source,
    })?;
    Ok(frames)
}

fn record(seconds: u32) -> Result<Vec<EncodedFrame>, EncoderError> {
    let scene = Scene::new(SEED);
    let control = EncoderControl {
        bitrate_bps: BITRATE_BPS,
        width_px: WIDTH_PX,
        height_px: HEIGHT_PX,
        frame_rate: FRAME_RATE,
        key_frames_requested: 0,
    };
    let mut encoder = VideoEncoder::new(control)?;
    let mut frames = Vec::new();
    for index in 0..u64::from(seconds * FRAME_RATE) {
        let capture_time_us = index * 1_000_000 / u64::from(FRAME_RATE);
        frames.extend(encoder.encode(&scene.picture(capture_time_us, WIDTH_PX, HEIGHT_PX), capture_time_us)?);
    }
    Ok(frames)
}

/// `None` for anything but a complete recording: it is simply made again.
fn read(data: &Path, index: &Path) -> Option<Vec<EncodedFrame>> {
    let entries: Vec<IndexEntry> = serde_json::from_slice(&std::fs::read(index).ok()?).ok()?;
    let mut rest = Bytes::from(std::fs::read(data).ok()?);
    let frames = entries.into_iter().map(|entry| {
        let annex_b = (entry.bytes <= rest.len()).then(|| rest.split_to(entry.bytes))?;
        let IndexEntry {
            is_key_frame,
            capture_time_us,
            ..
        } = entry;
        Some(EncodedFrame {
            annex_b,
            is_key_frame,
            capture_time_us,
            width_px: WIDTH_PX,
            height_px: HEIGHT_PX,
        })
    });
    let frames = frames.collect::<Option<Vec<_>>>()?;
    rest.is_empty().then_some(frames)
}

fn write(folder: &Path, data: &Path, index: &Path, frames: &[EncodedFrame]) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let entries = frames.iter().map(|frame| IndexEntry {
        bytes: frame.annex_b.len(),
        is_key_frame: frame.is_key_frame,
        capture_time_us: frame.capture_time_us,
    });
    let entries = serde_json::to_vec(&entries.collect::<Vec<_>>())?;
    std::fs::write(
        data,
        frames
            .iter()
            .flat_map(|frame| frame.annex_b.iter().copied())
            .collect::<Vec<u8>>(),
    )?;
    // The index comes last: without it the data is not looked at.
    std::fs::write(index, entries)
}
