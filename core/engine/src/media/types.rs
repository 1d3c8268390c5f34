//! The picture types.

use assist_protocol::link::Verdict;
use bytes::Bytes;

/// Ticks a second of a video RTP clock (RFC 6184 §8.2.1).
pub const VIDEO_CLOCK_HZ: u64 = 90_000;

/// One encoded picture: an H.264 access unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    /// NAL units in Annex B form; a key frame carries its SPS and PPS.
    pub annex_b: Bytes,
    /// When the camera took it: µs of the phone's own steady clock.
    pub capture_time_us: u64,
    /// Decodable on its own.
    pub is_key_frame: bool,
}

/// What the encoder is to do from now on. Latest wins, except that a key frame once asked for stays asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EncoderControl {
    /// Target in bits a second, of encoded video alone.
    pub bitrate_bps: u32,
    /// Picture width in px.
    pub width_px: u32,
    /// Picture height in px.
    pub height_px: u32,
    /// Frames a second.
    pub frame_rate: u32,
    /// Counts the key frames asked for: when it has grown, the next picture is to be one.
    pub key_frames_requested: u64,
}

/// The line between capture time and RTP time of one sender: `rtp = offset + capture · 90 kHz`, modulo 2³².
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpClock {
    offset: u32,
}

impl RtpClock {
    /// A clock that starts at a random `offset` (RFC 3550 §5.1).
    pub const fn new(offset: u32) -> Self {
        Self { offset }
    }

    /// The RTP time of a capture time.
    pub const fn rtp_time(self, capture_time_us: u64) -> u32 {
        // 90 kHz is 9 ticks in 100 µs; the cut to 32 bits is the RTP clock's own wrap.
        let ticks = (capture_time_us as u128 * VIDEO_CLOCK_HZ as u128 / 1_000_000) as u32;
        self.offset.wrapping_add(ticks)
    }
}

/// One encoded 20 ms of sound, as RTP has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number; ignored when sending.
    pub sequence: u16,
    /// RTP time, 48 kHz.
    pub rtp_time: u32,
    /// Opus.
    pub payload: Bytes,
}

/// What is known of the link now. Bytes are counted as they are on the wire, with all headers.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LinkReport {
    /// What the link bears when nothing waits, bits a second.
    pub bears_bps: u32,
    /// What is to be made for it now, bits a second: less while there is a queue, or pictures wait that were made before.
    pub media_bps: u32,
    /// What messages took of it since the last report, bits a second.
    pub messages_bps: u32,
    /// What was sent since the last report, bits a second.
    pub sent_bps: u32,
    /// Share of our packets lost of late, 0 to 1.
    pub loss: f32,
    /// Of how many packets there was word since the last report,
    pub packets_told: u32,
    /// and how many of them were lost.
    pub packets_lost: u32,
    /// Interarrival jitter of our picture at the peer, ms.
    pub jitter_ms: f32,
    /// Round trip in ms, once known.
    pub round_trip_ms: Option<f32>,
    /// What came from the peer since the last report, bits a second.
    pub received_bps: u32,
    /// How many packets of the peer's were to come since the last report,
    pub packets_expected: u32,
    /// and how many of them did not.
    pub packets_missed: u32,
    /// What the link is good for.
    pub verdict: Verdict,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_ninety_thousand_ticks_across_the_wrap() {
        let clock = RtpClock::new(u32::MAX - 10);
        let first = clock.rtp_time(5_000_000);
        let second = clock.rtp_time(6_000_000);
        assert_eq!(second.wrapping_sub(first), 90_000);
    }
}
