//! Reads the RTCP that concerns us, before the stack keeps it to itself: key-frame requests and receiver reports.

use std::collections::VecDeque;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rtc::interceptor::{Interceptor, Packet, Slot, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use tokio::sync::mpsc;

use crate::media::LinkReport;
use crate::transport::TransportEvent;

/// Behind every interceptor of the stack, seen from the wire.
pub(super) const SLOT: Slot = Slot::Custom(14_000);

/// Video RTP ticks a millisecond.
const TICKS_PER_MS: f32 = 90.0;

pub(super) struct FeedbackReader {
    video_ssrc: u32,
    events: mpsc::Sender<TransportEvent>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl FeedbackReader {
    pub(super) fn new(video_ssrc: u32, events: mpsc::Sender<TransportEvent>) -> Self {
        Self {
            video_ssrc,
            events,
            reads: VecDeque::new(),
            writes: VecDeque::new(),
        }
    }

    fn read(&self, packet: &dyn rtc::rtcp::Packet) {
        let packet = packet.as_any();
        // A full queue means that the owner is far behind: it will be told again.
        if packet.is::<PictureLossIndication>() || packet.is::<FullIntraRequest>() {
            let _ = self.events.try_send(TransportEvent::KeyFrameRequested);
        } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
            self.report(&report.reports);
        } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
            self.report(&report.reports);
        }
    }

    fn report(&self, receptions: &[ReceptionReport]) {
        let Some(reception) = receptions.iter().find(|reception| reception.ssrc == self.video_ssrc) else {
            return;
        };
        let report = LinkReport {
            loss: f32::from(reception.fraction_lost) / 256.0,
            jitter_ms: reception.jitter as f32 / TICKS_PER_MS,
            round_trip_ms: round_trip_ms(ntp_middle_now(), reception.last_sender_report, reception.delay),
        };
        let _ = self.events.try_send(TransportEvent::Link(report));
    }
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

impl Protocol<TaggedPacket, TaggedPacket, ()> for FeedbackReader {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Self::Error> {
        if let Packet::Rtcp(packets) = &message.message.packet {
            packets.iter().for_each(|packet| self.read(packet.as_ref()));
        }
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<Self::Rout> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Self::Error> {
        self.writes.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<Self::Wout> {
        self.writes.pop_front()
    }
}

impl Interceptor for FeedbackReader {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
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
