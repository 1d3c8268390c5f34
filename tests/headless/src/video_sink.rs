//! What a screen was given, measured.

use crate::decoder::{DecoderError, VideoDecoder};
use crate::picture::I420;

/// Decodes received access units and keeps count.
pub struct VideoSink {
    decoder: VideoDecoder,
    frames: u64,
    undecodable: u64,
    last: Option<I420>,
}

impl VideoSink {
    /// A sink that has seen nothing.
    pub fn new() -> Result<Self, DecoderError> {
        Ok(Self {
            decoder: VideoDecoder::new()?,
            frames: 0,
            undecodable: 0,
            last: None,
        })
    }

    /// Shows one access unit in Annex B form.
    pub fn show(&mut self, annex_b: &[u8]) {
        match self.decoder.decode(annex_b) {
            Ok(Some(picture)) => {
                self.frames += 1;
                self.last = Some(picture);
            }
            Ok(None) => {}
            Err(error) => {
                self.undecodable += 1;
                log::debug!("an access unit was left out: {error}");
            }
        }
    }

    /// How many pictures were shown.
    pub fn frames_shown(&self) -> u64 {
        self.frames
    }

    /// How many access units could not be decoded.
    pub fn undecodable(&self) -> u64 {
        self.undecodable
    }

    /// The picture that is on the screen.
    pub fn last_picture(&self) -> Option<&I420> {
        self.last.as_ref()
    }
}
