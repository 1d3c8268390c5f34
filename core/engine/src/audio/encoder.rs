//! PCM to Opus.

use bytes::Bytes;
use ropus::{Application, Bitrate, Channels, Encoder, InbandFec};

use super::packet::is_dtx;
use super::{AudioError, FRAME_SAMPLES, SAMPLE_RATE_HZ};

/// No 20 ms frame is longer.
const MAX_FRAME_BYTES: usize = 1_275;

const BITRATES_BPS: std::ops::RangeInclusive<u32> = 6_000..=128_000;

/// How to encode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioEncoderConfig {
    /// Target in bit/s, FEC included; 6,000 to 128,000.
    pub bitrate_bps: u32,
    /// Share of packets expected to be lost, in percent. At 10 and 24,000 bit/s or more every packet of speech repeats
    /// the one before it; below, the codec prefers quality.
    pub expected_loss_percent: u8,
    /// Effort, 0 to 10.
    pub complexity: u8,
}

impl Default for AudioEncoderConfig {
    fn default() -> Self {
        Self {
            bitrate_bps: 32_000,
            expected_loss_percent: 10,
            complexity: 5,
        }
    }
}

/// One packet to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedAudio {
    /// The Opus packet: 20 ms.
    pub payload: Bytes,
}

impl From<EncodedAudio> for Bytes {
    fn from(encoded: EncodedAudio) -> Self {
        encoded.payload
    }
}

/// An Opus encoder for speech: 48 kHz mono, in-band FEC, discontinuous transmission.
pub struct AudioEncoder {
    encoder: Encoder,
    silent: bool,
}

impl AudioEncoder {
    /// Makes an encoder.
    ///
    /// # Errors
    /// [`AudioError::InvalidSetting`].
    pub fn new(config: AudioEncoderConfig) -> Result<Self, AudioError> {
        let encoder = Encoder::builder(SAMPLE_RATE_HZ, Channels::Mono, Application::Voip)
            .complexity(config.complexity)
            .inband_fec(InbandFec::Enabled)
            .dtx(true)
            .build()
            .map_err(|_| AudioError::InvalidSetting)?;
        let mut encoder = Self { encoder, silent: false };
        encoder.set_bitrate(config.bitrate_bps)?;
        encoder.set_expected_loss(config.expected_loss_percent)?;
        Ok(encoder)
    }

    /// Encodes 20 ms. `None` means that the frame needs no packet: silence goes on. RTP time advances all the same.
    ///
    /// # Errors
    /// [`AudioError::Codec`].
    pub fn encode(&mut self, pcm: &[i16; FRAME_SAMPLES]) -> Result<Option<EncodedAudio>, AudioError> {
        let mut buffer = [0; MAX_FRAME_BYTES];
        let bytes = self.encoder.encode(pcm, &mut buffer).map_err(|_| AudioError::Codec)?;
        let payload = buffer.get(..bytes).ok_or(AudioError::Codec)?;
        // The first packet of a silence is sent: it tells the receiver that what follows is no loss.
        let was_silent = std::mem::replace(&mut self.silent, is_dtx(payload));
        if was_silent && self.silent {
            return Ok(None);
        }
        Ok(Some(EncodedAudio {
            payload: Bytes::copy_from_slice(payload),
        }))
    }

    /// From the next frame on, in bit/s, FEC included.
    ///
    /// # Errors
    /// [`AudioError::InvalidSetting`].
    pub fn set_bitrate(&mut self, bitrate_bps: u32) -> Result<(), AudioError> {
        if !BITRATES_BPS.contains(&bitrate_bps) {
            return Err(AudioError::InvalidSetting);
        }
        let bitrate = Bitrate::try_bits(bitrate_bps).map_err(|_| AudioError::InvalidSetting)?;
        self.encoder
            .set_bitrate(bitrate)
            .map_err(|_| AudioError::InvalidSetting)
    }

    /// From the next frame on, in percent: how much to spend on FEC.
    ///
    /// # Errors
    /// [`AudioError::InvalidSetting`].
    pub fn set_expected_loss(&mut self, percent: u8) -> Result<(), AudioError> {
        self.encoder
            .set_packet_loss_perc(percent)
            .map_err(|_| AudioError::InvalidSetting)
    }
}

impl std::fmt::Debug for AudioEncoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioEncoder")
            .field("silent", &self.silent)
            .finish_non_exhaustive()
    }
}
