//! From incoming RTP to access units and audio packets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rtc::media::io::sample_builder::SampleBuilder;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtp::codec::h264::H264Packet;
use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use crate::media::{AudioPacket, VIDEO_CLOCK_HZ};
use crate::transport::TransportEvent;

/// Packets a picture may be late by: a second of 1.5 Mbit/s.
const MAX_LATE_PACKETS: u16 = 160;
/// A lost packet is waited for this long: a retransmission over the worst documented link takes 800 ms.
const MAX_LATE: Duration = Duration::from_millis(1_000);
/// Key frames are asked for at most this often: the answer takes a round trip.
const KEY_FRAME_REQUEST_EVERY: Duration = Duration::from_millis(500);

/// Asks the sender of a track for a key frame.
pub(super) async fn request_key_frame(track: &Arc<dyn TrackRemote>) {
    let Some(media_ssrc) = track.ssrcs().await.first().copied() else {
        return;
    };
    let request = PictureLossIndication {
        sender_ssrc: 0,
        media_ssrc,
    };
    let _ = track.write_rtcp(vec![Box::new(request)]).await;
}

/// The same, but not too often.
async fn ask(track: &Arc<dyn TrackRemote>, asked: &mut Option<Instant>, now: Instant) {
    if asked.is_none_or(|time| now.duration_since(time) > KEY_FRAME_REQUEST_EVERY) {
        *asked = Some(now);
        request_key_frame(track).await;
    }
}

/// Runs until the track ends.
pub(super) async fn run(track: Arc<dyn TrackRemote>, events: mpsc::Sender<TransportEvent>) {
    if track.kind().await == RtpCodecKind::Video {
        receive_video(track, events).await;
    } else {
        receive_audio(track, events).await;
    }
}

fn builder() -> SampleBuilder<H264Packet> {
    SampleBuilder::new(MAX_LATE_PACKETS, H264Packet::default(), VIDEO_CLOCK_HZ as u32).with_max_time_delay(MAX_LATE)
}

/// Whether a picture begins with this that needs none before it: its parameter sets come first.
fn begins_anew(payload: &[u8]) -> bool {
    const PARAMETERS: u8 = 7;
    const TOGETHER: u8 = 24;
    payload
        .first()
        .is_some_and(|header| matches!(header & 0x1F, PARAMETERS | TOGETHER))
}

async fn receive_video(track: Arc<dyn TrackRemote>, events: mpsc::Sender<TransportEvent>) {
    let mut builder = builder();
    let mut newest_time: Option<u32> = None;
    let mut asked: Option<Instant> = None;
    let mut seen = Seen::default();
    while let Some(event) = track.poll().await {
        let packet = match event {
            TrackRemoteEvent::OnRtpPacket(packet) => packet,
            TrackRemoteEvent::OnEnded => break,
            _ => continue,
        };
        if !seen.is_new(packet.header.sequence_number) {
            continue;
        }
        let now = Instant::now();
        let mut is_lost = false;
        let time = packet.header.timestamp;
        let ahead = newest_time.map_or(0, |newest| time.wrapping_sub(newest).cast_signed());
        if ahead > (MAX_LATE.as_secs() * VIDEO_CLOCK_HZ) as i32 {
            // Nothing before a pause is waited for any more, and the builder would throw the first packet after it away, too. (It does
            // the same to the picture after one that was lost: there only a builder of our own would help.)
            builder = self::builder();
            is_lost = !begins_anew(&packet.payload);
        }
        if ahead >= 0 {
            newest_time = Some(time);
        }
        builder.push(now, packet);
        if is_lost {
            ask(&track, &mut asked, now).await;
        }
        while let Some(sample) = builder.pop(now) {
            let lost = sample.prev_dropped_packets > sample.prev_padding_packets;
            if lost {
                ask(&track, &mut asked, now).await;
            }
            let event = TransportEvent::Video {
                rtp_time: sample.packet_timestamp,
                annex_b: sample.data,
            };
            // A consumer that does not keep up loses pictures, not the call.
            if events.try_send(event).is_err() && events.is_closed() {
                return;
            }
        }
    }
}

/// Sequence numbers that came: one that comes again, as a repair that was not needed or as padding, would begin the past anew.
struct Seen {
    /// By the lower bits of the number.
    newest: Vec<Option<u16>>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            newest: vec![None; SEEN],
        }
    }
}

/// More than are ever waited for.
const SEEN: usize = 1_024;

impl Seen {
    fn is_new(&mut self, sequence: u16) -> bool {
        self.newest[usize::from(sequence) % SEEN].replace(sequence) != Some(sequence)
    }
}

async fn receive_audio(track: Arc<dyn TrackRemote>, events: mpsc::Sender<TransportEvent>) {
    while let Some(event) = track.poll().await {
        let packet = match event {
            TrackRemoteEvent::OnRtpPacket(packet) => packet,
            TrackRemoteEvent::OnEnded => break,
            _ => continue,
        };
        let event = TransportEvent::Audio(AudioPacket {
            sequence: packet.header.sequence_number,
            rtp_time: packet.header.timestamp,
            payload: packet.payload,
        });
        if events.try_send(event).is_err() && events.is_closed() {
            return;
        }
    }
}
