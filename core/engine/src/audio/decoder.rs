//! Opus to PCM.

use opus_rs::OpusDecoder;

use super::packet::MAX_PACKET_SAMPLES;
use super::{AudioError, SAMPLE_RATE_HZ};

/// An Opus decoder with a buffer of its own for the longest packet. Samples are -1 to 1.
pub(super) struct Decoder {
    decoder: OpusDecoder,
    pcm: Box<[f32; MAX_PACKET_SAMPLES]>,
}

impl Decoder {
    pub(super) fn new() -> Result<Self, AudioError> {
        let decoder = OpusDecoder::new(SAMPLE_RATE_HZ as i32, 1).map_err(|_| AudioError::Codec)?;
        Ok(Self {
            decoder,
            pcm: Box::new([0.0; MAX_PACKET_SAMPLES]),
        })
    }

    /// The sound of a packet.
    pub(super) fn decode(&mut self, payload: &[u8]) -> Result<&mut [f32], AudioError> {
        let samples = self.decoder.decode(payload, MAX_PACKET_SAMPLES, &mut self.pcm[..]);
        Self::checked(&mut self.pcm, samples)
    }

    /// The sound of the packet before `next`, which `next` repeats; see [`super::packet::has_fec`].
    pub(super) fn recover(&mut self, next: &[u8], samples: usize) -> Result<&mut [f32], AudioError> {
        let samples = self.decoder.decode_fec(next, samples, &mut self.pcm[..]);
        Self::checked(&mut self.pcm, samples)
    }

    /// Sound that continues what was heard: for a lost packet, or comfort noise. `samples` is a multiple of 2.5 ms.
    pub(super) fn conceal(&mut self, samples: usize) -> Result<&mut [f32], AudioError> {
        let samples = self
            .decoder
            .decode(&[], samples.min(MAX_PACKET_SAMPLES), &mut self.pcm[..]);
        Self::checked(&mut self.pcm, samples)
    }

    fn checked<E>(pcm: &mut [f32; MAX_PACKET_SAMPLES], samples: Result<usize, E>) -> Result<&mut [f32], AudioError> {
        let samples = samples.map_err(|_| AudioError::Codec)?;
        pcm.get_mut(..samples)
            .filter(|pcm| !pcm.is_empty())
            .ok_or(AudioError::Codec)
    }
}
