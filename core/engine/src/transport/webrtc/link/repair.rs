//! The stream on which packets of our picture are sent once more (RFC 4588): because they were lost, or, as padding, to find out what
//! the link bears. A receiver that has them drops them.

use std::time::{Duration, Instant};

use bytes::{Buf, BufMut, BytesMut};
use rtc::interceptor::{Attribute, AttributedPacket, Packet, StreamInfo, TaggedPacket};
use rtc::rtp;
use rtc::shared::TransportContext;
use rtc::shared::marshal::MarshalSize;

/// The stream that repairs our picture, and what can be sent on it.
#[derive(Debug)]
pub(super) struct Repair {
    ssrc: u32,
    payload_type: u8,
    sequence: u16,
    /// The largest of the picture's last packets.
    kept: Option<rtp::Packet>,
    /// What became of the packets that were asked for, by the lower bits of their sequence numbers.
    asked: Vec<Option<(u16, Repaired)>>,
}

/// As many as the stack's responder remembers.
const ASKED: usize = 1_024;
/// A packet this much older than the newest one is not sent as padding: a receiver that forgot it could take it for one to come. Ours
/// remembers twice as many.
const KEPT_FOR: u16 = 512;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repaired {
    Waits,
    Left(Instant),
}

impl Repair {
    /// Of a picture's stream that has such a one.
    pub(super) fn of(info: &StreamInfo) -> Option<Self> {
        Some(Self {
            ssrc: info.ssrc_rtx?,
            payload_type: info.payload_type_rtx?,
            sequence: 0,
            kept: None,
            asked: vec![None; ASKED],
        })
    }

    /// Whether a repair is to be sent: not while the same one waits, nor before the last one can have arrived and been missed. Who lacks
    /// a packet asks again and again.
    pub(super) fn is_wanted(&mut self, repair: &rtp::Packet, round_trip: Duration, now: Instant) -> bool {
        let Some(sequence) = repaired(repair) else { return false };
        let asked = &mut self.asked[usize::from(sequence) % ASKED];
        let is_under_way = match asked {
            Some((of, Repaired::Waits)) => *of == sequence,
            Some((of, Repaired::Left(at))) => *of == sequence && now.saturating_duration_since(*at) < round_trip,
            None => false,
        };
        if !is_under_way {
            *asked = Some((sequence, Repaired::Waits));
        }
        !is_under_way
    }

    /// A repair leaves.
    pub(super) fn left(&mut self, repair: &rtp::Packet, now: Instant) {
        if let Some(sequence) = repaired(repair) {
            self.asked[usize::from(sequence) % ASKED] = Some((sequence, Repaired::Left(now)));
        }
    }

    pub(super) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// A packet of the picture's leaves, of which padding may be made: the larger, the fewer it takes.
    pub(super) fn keep(&mut self, packet: &rtp::Packet) {
        let age = |kept: &rtp::Packet| packet.header.sequence_number.wrapping_sub(kept.header.sequence_number);
        let is_kept = |kept: &rtp::Packet| kept.payload.len() > packet.payload.len() && age(kept) < KEPT_FOR;
        if !self.kept.as_ref().is_some_and(is_kept) {
            self.kept = Some(packet.clone());
        }
    }

    /// How many bytes [`padding`](Self::padding) has with its RTP header, if there is any.
    pub(super) fn padding_bytes(&self) -> Option<usize> {
        let kept = self.kept.as_ref()?;
        Some(rtp::Header::default().marshal_size() + NUMBER_OF_REPAIRED_BYTES + kept.payload.len())
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
        let mut payload = BytesMut::with_capacity(NUMBER_OF_REPAIRED_BYTES + kept.payload.len());
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

/// Before what is repaired, its sequence number (RFC 4588 §4).
const NUMBER_OF_REPAIRED_BYTES: usize = 2;

/// Which packet is repaired.
fn repaired(repair: &rtp::Packet) -> Option<u16> {
    let mut payload = &repair.payload[..];
    payload.try_get_u16().ok()
}

/// The peer's repairs. The stack takes them for what they repair only behind everything that counts arrivals: its NACK generator would ask
/// for a repaired packet for as long as it remembers it.
#[derive(Debug, Default)]
pub(super) struct Unwrapping {
    streams: Vec<Unwrapped>,
}

#[derive(Debug)]
struct Unwrapped {
    repair_ssrc: u32,
    repair_payload_type: u8,
    ssrc: u32,
    payload_type: u8,
}

impl Unwrapping {
    /// A stream of the peer's, and the one that repairs it, if any.
    pub(super) fn bind(&mut self, info: &StreamInfo) {
        self.unbind(info);
        if let (Some(repair_ssrc), Some(repair_payload_type)) = (info.ssrc_rtx, info.payload_type_rtx) {
            self.streams.push(Unwrapped {
                repair_ssrc,
                repair_payload_type,
                ssrc: info.ssrc,
                payload_type: info.payload_type,
            });
        }
    }

    pub(super) fn unbind(&mut self, info: &StreamInfo) {
        self.streams.retain(|stream| stream.ssrc != info.ssrc);
    }

    /// Makes a repair what it repairs (RFC 4588 §4); whether the packet is of a stream of repairs. One without a packet in it, padding,
    /// stays as it is.
    pub(super) fn unwrap(&self, packet: &mut rtp::Packet) -> bool {
        let header = &mut packet.header;
        let Some(stream) = self.streams.iter().find(|stream| stream.repair_ssrc == header.ssrc) else {
            return false;
        };
        if header.payload_type == stream.repair_payload_type && packet.payload.len() > 2 {
            header.ssrc = stream.ssrc;
            header.payload_type = stream.payload_type;
            header.sequence_number = packet.payload.get_u16();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repair() -> Repair {
        let info = StreamInfo {
            ssrc_rtx: Some(2),
            payload_type_rtx: Some(103),
            ..Default::default()
        };
        Repair::of(&info).unwrap()
    }

    fn of(sequence: u16) -> rtp::Packet {
        rtp::Packet {
            header: rtp::Header::default(),
            payload: BytesMut::from(&sequence.to_be_bytes()[..]).freeze(),
        }
    }

    #[test]
    fn who_asks_again_and_again_gets_one_a_round_trip() {
        let (mut repair, round_trip, begin) = (repair(), Duration::from_millis(100), Instant::now());
        let at = |ms| begin + Duration::from_millis(ms);
        assert!(repair.is_wanted(&of(7), round_trip, at(0)));
        assert!(!repair.is_wanted(&of(7), round_trip, at(5_000)), "it still waits");
        repair.left(&of(7), at(5_000));
        assert!(!repair.is_wanted(&of(7), round_trip, at(5_099)));
        assert!(repair.is_wanted(&of(7), round_trip, at(5_100)));
        assert!(
            repair.is_wanted(&of(7 + ASKED as u16), round_trip, at(5_100)),
            "another one"
        );
        assert!(
            !repair.is_wanted(&rtp::Packet::default(), round_trip, at(0)),
            "no packet at all"
        );
    }

    #[test]
    fn padding_is_a_late_packet_once_more_under_a_number_of_its_own() {
        let mut repair = repair();
        assert!(repair.padding(Instant::now()).is_none(), "there is nothing to send yet");
        let mut picture = of(0x5555);
        picture.header.sequence_number = 9;
        picture.header.timestamp = 90_000;
        repair.keep(&picture);
        for number in 0..2 {
            let mut padding = repair.padding(Instant::now()).unwrap();
            let Packet::Rtp(packet) = &mut padding.message.packet else {
                panic!()
            };
            repair.number(&mut packet.header);
            assert_eq!(
                (
                    packet.header.ssrc,
                    packet.header.sequence_number,
                    packet.header.timestamp
                ),
                (2, number, 90_000)
            );
            assert_eq!(&packet.payload[..], [0, 9, 0x55, 0x55]);
            assert_eq!(repair.padding_bytes(), Some(packet.marshal_size()));
        }
    }

    #[test]
    fn padding_is_made_of_the_largest_packet_that_is_not_old() {
        let mut repair = repair();
        let mut keep = |sequence: u16, bytes: usize| {
            let mut picture = of(0);
            picture.header.sequence_number = sequence;
            picture.payload = vec![0; bytes].into();
            repair.keep(&picture);
            repair.padding_bytes().unwrap() - 14
        };
        assert_eq!(keep(65_000, 100), 100);
        assert_eq!(keep(65_001, 1_100), 1_100);
        assert_eq!(keep(65_002, 200), 1_100);
        assert_eq!(keep(65_001_u16.wrapping_add(KEPT_FOR - 1), 200), 1_100);
        assert_eq!(keep(65_001_u16.wrapping_add(KEPT_FOR), 300), 300);
    }

    #[test]
    fn a_repair_of_the_peers_becomes_what_it_repairs() {
        let mut unwrapping = Unwrapping::default();
        let info = StreamInfo {
            ssrc: 1,
            payload_type: 102,
            ssrc_rtx: Some(2),
            payload_type_rtx: Some(103),
            ..Default::default()
        };
        unwrapping.bind(&info);
        let packet = |ssrc, payload: &'static [u8]| rtp::Packet {
            header: rtp::Header {
                ssrc,
                payload_type: 103,
                sequence_number: 5,
                ..Default::default()
            },
            payload: payload.into(),
        };
        let mut repair = packet(2, &[0, 9, 0x55]);
        assert!(unwrapping.unwrap(&mut repair));
        let header = &repair.header;
        assert_eq!((header.ssrc, header.payload_type, header.sequence_number), (1, 102, 9));
        assert_eq!(&repair.payload[..], [0x55]);
        for mut other in [packet(2, &[]), packet(2, &[0, 9]), packet(1, &[0, 9, 0x55])] {
            let before = other.clone();
            assert_eq!(unwrapping.unwrap(&mut other), other.header.ssrc == 2);
            assert_eq!(other, before);
        }
        unwrapping.unbind(&info);
        assert!(!unwrapping.unwrap(&mut packet(2, &[0, 9, 0x55])));
    }
}
