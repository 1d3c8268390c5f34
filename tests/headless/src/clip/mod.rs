//! A recorded H.264 clip in an MP4 file, played in a loop.

mod demux;
mod error;

use std::collections::VecDeque;
use std::path::Path;

pub use error::ClipError;

use crate::decoder::{DecoderError, VideoDecoder};
use crate::files::read_file;
use crate::picture::I420;
use demux::{Track, demux, to_annex_b};

/// The longest file that is read, in megabytes.
const LIMIT_MEGABYTES: u64 = 1024;

/// A clip being played. It decodes as it goes, so it is cheapest asked for rising times.
pub struct Clip {
    file: Vec<u8>,
    track: Track,
    decoder: VideoDecoder,
    /// The sample to decode next; all of them when the clip is played to its end.
    next_sample: usize,
    /// Decoded pictures that are not yet due, in the order they are shown.
    waiting: VecDeque<I420>,
    /// How many pictures have been shown since the clip's start, the current one included.
    shown: usize,
    current: I420,
}

impl Clip {
    /// Opens a file and decodes its first picture.
    pub fn open(path: &Path) -> Result<Self, ClipError> {
        Self::from_bytes(read_file(path, LIMIT_MEGABYTES)?)
    }

    /// Plays a file's bytes; decodes the first picture.
    pub fn from_bytes(file: Vec<u8>) -> Result<Self, ClipError> {
        let track = demux(&file)?;
        let undecodable = |error: DecoderError| ClipError::Undecodable(error.to_string());
        let decoder = VideoDecoder::reordering().map_err(undecodable)?;
        let current = I420::new(0, 0);
        let mut clip = Self {
            file,
            track,
            decoder,
            next_sample: 0,
            waiting: VecDeque::new(),
            shown: 0,
            current,
        };
        if !clip.show_next() {
            return Err(ClipError::Undecodable("no picture comes out of it".into()));
        }
        Ok(clip)
    }

    /// Length of one round, in µs.
    pub fn duration_us(&self) -> u64 {
        self.track.duration_us
    }

    /// The picture that is shown at a time, in µs since the first round began. A part of the clip that cannot be
    /// decoded shows the picture before it.
    pub fn picture_at(&mut self, time_us: u64) -> &I420 {
        let time_us = time_us % self.track.duration_us;
        let due = self
            .track
            .samples
            .partition_point(|sample| sample.time_us <= time_us)
            .max(1);
        if due < self.shown {
            self.rewind();
        }
        while self.shown < due && self.show_next() {}
        &self.current
    }

    fn rewind(&mut self) {
        // What is still held back belongs to the round before; a new decoder has none of it.
        if let Ok(decoder) = VideoDecoder::reordering() {
            self.decoder = decoder;
        }
        self.waiting.clear();
        self.next_sample = 0;
        self.shown = 0;
    }

    /// Shows the next picture; false at the end of the clip.
    fn show_next(&mut self) -> bool {
        while self.waiting.is_empty() && self.next_sample <= self.track.samples.len() {
            self.decode_next();
        }
        let Some(picture) = self.waiting.pop_front() else {
            return false;
        };
        self.current = picture;
        self.shown += 1;
        true
    }

    fn decode_next(&mut self) {
        let pictures = match self.track.samples.get(self.next_sample) {
            Some(sample) => {
                let mut access_unit = if self.next_sample == 0 {
                    self.track.parameter_sets.clone()
                } else {
                    Vec::new()
                };
                let bytes = self.file.get(sample.bytes.clone()).unwrap_or_default();
                access_unit.extend(to_annex_b(bytes, self.track.length_bytes));
                self.decoder
                    .decode(&access_unit)
                    .map(|picture| picture.into_iter().collect())
            }
            None => self.decoder.finish(),
        };
        match pictures {
            Ok(pictures) => self.waiting.extend::<Vec<I420>>(pictures),
            Err(error) => log::debug!("picture {} of the clip was left out: {error}", self.next_sample),
        }
        self.next_sample += 1;
    }
}

/// Plays whatever the bytes are as a clip; must neither panic nor hang. For fuzzing.
pub fn fuzz_clip(bytes: &[u8]) {
    if let Ok(mut clip) = Clip::from_bytes(bytes.to_vec()) {
        for part in 0..4 {
            clip.picture_at(clip.duration_us() / 4 * part);
        }
    }
}
