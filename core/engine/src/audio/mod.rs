//! Sound: Opus packets out of and into 20 ms frames of PCM (48 kHz, mono, 16 bit), and the jitter buffer in between.
//!
//! ```text
//! microphone ─▶ AudioEncoder ─▶ packets ═══ network ═══▶ AudioReceiver ─▶ loudspeaker
//!                                                        PacketBuffer    puts packets in order, once each
//!                                                        DelayEstimator  how late packets are, so how long to wait
//!                                                        Decoder         decodes, recovers (FEC), conceals
//!                                                        time_stretch    plays a little faster or slower
//! ```
//!
//! Nothing here reads a clock or does I/O; `docs/adr/0004` says why these codecs and this buffer.

mod decoder;
mod delay;
mod encoder;
mod packet;
mod packet_buffer;
mod receiver;
mod time_stretch;

pub use encoder::{AudioEncoder, AudioEncoderConfig, EncodedAudio};
pub use receiver::{AudioReceiver, JitterSnapshot};

/// Samples a second.
pub const SAMPLE_RATE_HZ: u32 = 48_000;

/// Samples of the 20 ms that an encoder takes and a receiver gives.
pub const FRAME_SAMPLES: usize = 960;

/// Why sound could not be encoded, or a codec not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// A setting is out of its range. Nothing was changed.
    #[error("the audio setting is out of range; bit rates are 6,000 to 128,000 bit/s, losses 0 to 100 %")]
    InvalidSetting,
    /// The codec failed on this frame; the next one may succeed.
    #[error("the audio codec failed on this frame")]
    Codec,
}

/// Feeds arbitrary bytes to a receiver as packets: for fuzzing. The first bytes say how many packets, lost and late.
pub fn fuzz_audio_packet(bytes: &[u8]) {
    use assist_protocol::Timestamp;
    let Ok(mut receiver) = AudioReceiver::new() else { return };
    let (mut rest, mut sequence, mut rtp_time, mut now_ms) = (bytes, 0_u16, 0_u32, 0_u64);
    while let [control, length, tail @ ..] = rest {
        let (payload, after) = tail.split_at(usize::from(*length).min(tail.len()));
        // The control byte moves sequence, RTP time and arrival apart from each other, a jump for the highest values.
        sequence = sequence.wrapping_add(u16::from(control & 0b11));
        rtp_time = match control {
            0xff => rtp_time.wrapping_sub(1 << 31),
            _ => rtp_time.wrapping_add(480 * u32::from(control >> 2 & 0b111)),
        };
        now_ms += u64::from(control >> 5) * 10;
        receiver.push_packet(sequence, rtp_time, payload, Timestamp::from_millis(now_ms));
        receiver.pull_frame(Timestamp::from_millis(now_ms));
        rest = after;
    }
    for _ in 0..20 {
        now_ms += 20;
        receiver.pull_frame(Timestamp::from_millis(now_ms));
    }
}
