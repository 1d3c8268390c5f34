//! Packets that mean nothing, to find out what the link bears: packets of a picture sent once more (RFC 4588), which a receiver that has
//! them drops.

use bytes::{BufMut, BytesMut};
use rtc::interceptor::{Attribute, AttributedPacket, Packet, StreamInfo, TaggedPacket};
use rtc::rtp;
use rtc::shared::TransportContext;
use std::time::Instant;

/// The stream that repairs our picture, and what can be sent on it.
#[derive(Debug)]
pub(super) struct Repair {
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    /// The newest packet of the picture's.
    kept: Option<rtp::Packet>,
}

impl Repair {
    /// Of a picture's stream that has such a one.
    pub(super) fn of(info: &StreamInfo) -> Option<Self> {
        Some(Self {
            ssrc: info.ssrc_rtx?,
            payload_type: info.payload_type_rtx?,
            sequence: 0,
            kept: None,
        })
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    pub(super) fn keep(&mut self, packet: &rtp::Packet) {
        self.kept = Some(packet.clone());
    }

    /// Numbers a packet of this stream. What the stack's responder makes and padding share it, and a number used twice would use SRTP's
    /// keystream twice.
    pub(super) fn number(&mut self, header: &mut rtp::Header) {
        header.sequence_number = self.sequence;
        self.sequence = self.sequence.wrapping_add(1);
    }

    /// The kept packet once more.
    pub(super) fn padding(&self, now: Instant) -> Option<TaggedPacket> {
        let kept = self.kept.as_ref()?;
        let mut payload = BytesMut::with_capacity(2 + kept.payload.len());
        payload.put_u16(kept.header.sequence_number);
        payload.put_slice(&kept.payload);
        let header = rtp::Header {
            version: 2,
            ssrc: self.ssrc,
            payload_type: self.payload_type,
            timestamp: kept.header.timestamp,
            marker: kept.header.marker,
            ..Default::default()
        };
        let packet = rtp::Packet {
            header,
            payload: payload.freeze(),
        };
        Some(TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)).with(Attribute::Retransmission),
        })
    }
}
