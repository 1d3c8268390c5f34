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

#[cfg(test)]
mod tests {
    use super::super::FRAME_SAMPLES;
    use super::super::packet::{has_fec, is_dtx};
    use super::*;

    /// 30 packets of libopus 1.6.1 (24 kbit/s, FEC on), each after a byte with its length.
    const PACKETS: &[u8] = include_bytes!("../../../../tests/golden/audio/libopus_fec.packets");

    /// What libopus makes of packets 12 to 23, number 19 restored from number 20: 16 bit, little endian.
    const PCM: &[u8] = include_bytes!("../../../../tests/golden/audio/libopus_fec.pcm");

    const LOST: usize = 19;

    fn packets() -> Vec<&'static [u8]> {
        let mut rest = PACKETS;
        std::iter::from_fn(|| {
            let (length, tail) = rest.split_first()?;
            let (packet, after) = tail.split_at(usize::from(*length));
            rest = after;
            Some(packet)
        })
        .collect()
    }

    #[test]
    fn packets_of_libopus_sound_as_libopus_plays_them_and_its_fec_restores_the_same() {
        let packets = packets();
        let mut decoder = Decoder::new().unwrap();
        let mut heard = Vec::new();
        for (index, packet) in packets.iter().enumerate() {
            let pcm = if index == LOST {
                assert!(has_fec(packets[LOST + 1]));
                decoder.recover(packets[LOST + 1], FRAME_SAMPLES)
            } else {
                decoder.decode(packet)
            };
            heard.extend_from_slice(pcm.unwrap());
        }
        let expected = PCM.as_chunks().0.iter().map(|&bytes| i16::from_le_bytes(bytes));
        for (index, (expected, heard)) in expected.zip(&heard[12 * FRAME_SAMPLES..]).enumerate() {
            assert!((f32::from(expected) - heard * 32_768.0).abs() <= 2.0, "sample {index}");
        }
    }

    #[test]
    fn bytes_that_are_no_packet_are_an_error_and_the_next_packet_plays() {
        let packets = packets();
        let mut decoder = Decoder::new().unwrap();
        decoder.decode(packets[0]).unwrap();
        assert_eq!(decoder.decode(&[0xff, 0xff, 0xff]).err(), Some(AudioError::Codec));
        assert_eq!(decoder.decode(packets[1]).unwrap().len(), FRAME_SAMPLES);
        assert!(!is_dtx(packets[1]));
    }
}
