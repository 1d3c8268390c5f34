//! From access units and audio packets to RTP, in one task, so that a picture never waits in the caller's thread.

use std::sync::Arc;

use bytes::Bytes;
use rtc::rtp::codec::h264::H264Payloader;
use rtc::rtp::packetizer::Payloader;
use rtc::rtp::{Header, Packet};
use tokio::sync::mpsc;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::rtp_transceiver::RtpSender;

use crate::media::{AccessUnit, AudioPacket, RtpClock};

/// Payload of one RTP packet: 1,200 bytes in all leave room for SRTP, RTX, UDP, IPv6 and a tunnel.
const MAX_PAYLOAD_BYTES: usize = 1_160;
/// Pictures and packets waiting at most: a second of both.
pub(super) const QUEUE: usize = 64;

/// What the task is handed.
pub(super) enum Outgoing {
    Video(AccessUnit),
    Audio(AudioPacket),
}

/// One outgoing track.
pub(super) struct OutgoingTrack {
    pub(super) track: Arc<TrackLocalStaticRTP>,
    pub(super) sender: Arc<dyn RtpSender>,
    pub(super) ssrc: u32,
    sequence: u16,
    payload_type: Option<u8>,
}

impl OutgoingTrack {
    pub(super) fn new(track: Arc<TrackLocalStaticRTP>, sender: Arc<dyn RtpSender>, ssrc: u32) -> Self {
        Self {
            track,
            sender,
            ssrc,
            sequence: (ssrc & 0x7FFF) as u16,
            payload_type: None,
        }
    }

    /// Known once negotiated; the answerer's numbers count.
    async fn payload_type(&mut self) -> Option<u8> {
        if self.payload_type.is_none() {
            let parameters = self.sender.get_parameters().await.ok()?;
            self.payload_type = parameters.rtp_parameters.codecs.first().map(|codec| codec.payload_type);
        }
        self.payload_type
    }

    async fn send(&mut self, payload: Bytes, rtp_time: u32, marker: bool) {
        let Some(payload_type) = self.payload_type().await else {
            return;
        };
        self.sequence = self.sequence.wrapping_add(1);
        let header = Header {
            version: 2,
            marker,
            payload_type,
            sequence_number: self.sequence,
            timestamp: rtp_time,
            ssrc: self.ssrc,
            ..Default::default()
        };
        // Fails only when the connection is gone, of which its owner is told elsewhere.
        let _ = self.track.write_rtp(Packet { header, payload }).await;
    }
}

/// Runs until the transport is dropped.
pub(super) async fn run(
    mut queue: mpsc::Receiver<Outgoing>,
    mut video: OutgoingTrack,
    mut audio: OutgoingTrack,
    clock: RtpClock,
) {
    let mut payloader = H264Payloader::default();
    while let Some(outgoing) = queue.recv().await {
        match outgoing {
            Outgoing::Video(unit) => {
                let rtp_time = clock.rtp_time(unit.capture_time_us);
                let payloads = match payloader.payload(MAX_PAYLOAD_BYTES, &unit.annex_b) {
                    Ok(payloads) => payloads,
                    Err(error) => {
                        log::warn!("a picture could not be packetised and was dropped: {error}");
                        continue;
                    }
                };
                let last = payloads.len().saturating_sub(1);
                for (index, payload) in payloads.into_iter().enumerate() {
                    video.send(payload, rtp_time, index == last).await;
                }
            }
            Outgoing::Audio(packet) => audio.send(packet.payload, packet.rtp_time, false).await,
        }
    }
}
