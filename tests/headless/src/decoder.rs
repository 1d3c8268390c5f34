//! H.264 back to pictures, for looking at what was received.

use openh264::OpenH264API;
use openh264::decoder::{DecodedYUV, Decoder, DecoderConfig, Flush};
use openh264::formats::YUVSource;

use crate::picture::I420;

/// Why an access unit gave no picture.
#[derive(Debug, thiserror::Error)]
#[error("the H.264 decoder refused: {0}")]
pub struct DecoderError(#[from] openh264::Error);

/// An H.264 decoder.
pub struct VideoDecoder {
    decoder: Decoder,
}

impl VideoDecoder {
    /// A decoder for a live stream: each access unit gives its picture at once.
    pub fn new() -> Result<Self, DecoderError> {
        Self::with_flush(Flush::Flush)
    }

    /// A decoder for a recording, whose pictures may be stored in another order than they are shown in.
    pub(crate) fn reordering() -> Result<Self, DecoderError> {
        Self::with_flush(Flush::NoFlush)
    }

    fn with_flush(flush: Flush) -> Result<Self, DecoderError> {
        let config = DecoderConfig::new().flush_after_decode(flush);
        Ok(Self {
            decoder: Decoder::with_api_config(OpenH264API::from_source(), config)?,
        })
    }

    /// Decodes one access unit in Annex B form; `None` if it completes no picture.
    pub fn decode(&mut self, annex_b: &[u8]) -> Result<Option<I420>, DecoderError> {
        if annex_b.is_empty() {
            return Ok(None);
        }
        Ok(self.decoder.decode(annex_b)?.map(|picture| copy(&picture)))
    }

    /// The pictures still held back, at the end of a recording.
    pub(crate) fn finish(&mut self) -> Result<Vec<I420>, DecoderError> {
        Ok(self.decoder.flush_remaining()?.iter().map(copy).collect())
    }
}

fn copy(decoded: &DecodedYUV<'_>) -> I420 {
    let (width_px, height_px) = decoded.dimensions();
    let (y_stride, u_stride, v_stride) = decoded.strides();
    let mut picture = I420::new(width_px, height_px);
    let chroma_width = picture.chroma_width();
    I420::copy_rows(&mut picture.y, width_px, decoded.y(), y_stride);
    I420::copy_rows(&mut picture.u, chroma_width, decoded.u(), u_stride);
    I420::copy_rows(&mut picture.v, chroma_width, decoded.v(), v_stride);
    picture
}
