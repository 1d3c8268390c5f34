//! What the peer's RTCP says of what it gets from us: receiver reports, and wishes for a key frame.

use std::time::{SystemTime, UNIX_EPOCH};

use rtc::rtcp::Packet;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;

/// Video RTP ticks a millisecond.
const TICKS_PER_MS: f32 = 90.0;

/// What a receiver report says of our picture.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct PeerReport {
    pub(super) jitter_ms: f32,
    /// Once a sender report of ours has arrived.
    pub(super) round_trip_ms: Option<f32>,
}

/// Whether the peer asks for a key frame.
pub(super) fn wants_key_frame(packet: &dyn Packet) -> bool {
    let packet = packet.as_any();
    packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>()
}

/// What a packet says of our picture, if it does.
pub(super) fn report_on(packet: &dyn Packet, video_ssrc: u32) -> Option<PeerReport> {
    let packet = packet.as_any();
    let reports = match packet.downcast_ref::<ReceiverReport>() {
        Some(report) => &report.reports,
        None => &packet.downcast_ref::<SenderReport>()?.reports,
    };
    let reception: &ReceptionReport = reports.iter().find(|reception| reception.ssrc == video_ssrc)?;
    Some(PeerReport {
        jitter_ms: reception.jitter as f32 / TICKS_PER_MS,
        round_trip_ms: round_trip_ms(ntp_middle_now(), reception.last_sender_report, reception.delay),
    })
}

/// The middle 32 bits of the NTP time (RFC 3550 §4): what sender reports are dated with.
fn ntp_middle_now() -> u32 {
    const SECONDS_1900_TO_1970: u64 = 2_208_988_800;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = now.as_secs() + SECONDS_1900_TO_1970;
    let fraction = (u64::from(now.subsec_nanos()) << 16) / 1_000_000_000;
    ((seconds << 16) as u32) | fraction as u32
}

/// RFC 3550 §6.4.1: arrival − last report − delay, in 1/65,536 s; none before the first sender report arrived.
fn round_trip_ms(now: u32, last_sender_report: u32, delay: u32) -> Option<f32> {
    if last_sender_report == 0 {
        return None;
    }
    let ticks = now.wrapping_sub(last_sender_report).wrapping_sub(delay);
    // Clocks step; half the range is a negative round trip.
    if ticks > u32::MAX / 2 {
        return Some(0.0);
    }
    Some(ticks as f32 * 1_000.0 / 65_536.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_follows_the_rfc() {
        // RFC 3550 §6.4.1, figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000 → 6.125 s.
        assert_eq!(round_trip_ms(0xb710_8000, 0xb705_2000, 0x0005_4000), Some(6_125.0));
        assert_eq!(round_trip_ms(100, 0, 5), None);
        assert_eq!(round_trip_ms(100, 100, 5), Some(0.0));
    }
}
