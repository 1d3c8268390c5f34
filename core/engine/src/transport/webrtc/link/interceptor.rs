//! The interceptor: holds what leaves until its turn, and reads what the peer says of what it got.

use std::collections::VecDeque;
use std::time::Instant;

use assist_protocol::link::{Outgoing, PacketClass, Received};
use rtc::interceptor::{Attribute, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtp;
use rtc::rtp::extension::transport_cc_extension::TransportCcExtension;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use rtc::shared::marshal::{Marshal, MarshalSize};
use tokio::sync::mpsc;

use super::repair::{Repair, Unwrapping};
use super::{Link, OVERHEAD_BYTES, rtcp, twcc};
use crate::transport::TransportEvent;

/// Where the number of a packet goes (draft-holmer-rmcat-transport-wide-cc-extensions-01 §2).
const NUMBER_URI: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

pub(in crate::transport::webrtc) struct LinkInterceptor {
    link: Link,
    video_ssrc: u32,
    events: mpsc::Sender<TransportEvent>,
    repair: Option<Repair>,
    /// Of each of our streams: where its packets' numbers go.
    number_extensions: Vec<(u32, u8)>,
    audio_ssrc: Option<u32>,
    unwrapping: Unwrapping,
    received: Vec<Received>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl LinkInterceptor {
    pub(in crate::transport::webrtc) fn new(link: Link, video_ssrc: u32, events: mpsc::Sender<TransportEvent>) -> Self {
        Self {
            link,
            video_ssrc,
            events,
            repair: None,
            number_extensions: Vec::new(),
            audio_ssrc: None,
            unwrapping: Unwrapping::default(),
            received: Vec::new(),
            reads: VecDeque::new(),
            writes: VecDeque::new(),
        }
    }

    fn class_of(&self, packet: &rtp::Packet, message: &TaggedPacket) -> PacketClass {
        if message.message.has(&Attribute::Retransmission) {
            PacketClass::Retransmission
        } else if self.audio_ssrc == Some(packet.header.ssrc) {
            PacketClass::Audio
        } else {
            PacketClass::Video
        }
    }

    fn is_wanted(&mut self, packet: &rtp::Packet, now: Instant) -> bool {
        let round_trip = self.link.state().sender.estimator().round_trip();
        // Without a stream for repairs the packet itself is sent again.
        let repair = self
            .repair
            .as_mut()
            .filter(|repair| repair.ssrc() == packet.header.ssrc);
        repair.is_none_or(|repair| repair.is_wanted(packet, round_trip, now))
    }

    /// What may leave now does.
    fn release(&mut self, now: Instant) {
        let link = self.link.clone();
        let mut state = link.state();
        let at = state.timestamp(now);
        while let Some(departure) = state.sender.poll_departure(at) {
            let leaving = match departure.what {
                Outgoing::Packet(packet) => Some(packet),
                Outgoing::Padding => self.repair.as_ref().and_then(|repair| repair.padding(now)),
            };
            let Some(mut leaving) = leaving else { continue };
            leaving.now = now;
            if let Packet::Rtp(packet) = &mut leaving.message.packet {
                self.keep(packet, now);
                self.number(packet, departure.number as u16);
                state.counted.sent_bytes += bytes_on_wire(packet) as u64;
            }
            self.writes.push_back(leaving);
            state.sender.set_padding(self.padding_bytes());
        }
    }

    /// How large padding is on the wire; none as long as there is nothing to make it of, or it could not be told from nothing that
    /// it came.
    fn padding_bytes(&self) -> Option<u32> {
        let repair = self.repair.as_ref()?;
        self.number_extension(repair.ssrc())?;
        let bytes = repair.padding_bytes()? + NUMBER_BYTES + OVERHEAD_BYTES;
        u32::try_from(bytes).ok()
    }

    /// Where the numbers of a stream's packets go.
    fn number_extension(&self, ssrc: u32) -> Option<u8> {
        let extension = self.number_extensions.iter().find(|(of, _)| *of == ssrc);
        extension.map(|(_, id)| *id)
    }

    /// What repairs have to know of a packet that leaves, and theirs numbers of their own.
    fn keep(&mut self, packet: &mut rtp::Packet, now: Instant) {
        let ssrc = packet.header.ssrc;
        match &mut self.repair {
            Some(repair) if ssrc == repair.ssrc() => {
                repair.left(packet, now);
                repair.number(&mut packet.header);
            }
            Some(repair) if ssrc == self.video_ssrc => repair.keep(packet),
            Some(_) | None => {}
        }
    }

    fn number(&self, packet: &mut rtp::Packet, number: u16) {
        let Some(id) = self.number_extension(packet.header.ssrc) else {
            return;
        };
        let extension = TransportCcExtension {
            transport_sequence: number,
        };
        if let Ok(bytes) = extension.marshal() {
            let _ = packet.header.set_extension(id, bytes.freeze());
        }
    }

    /// A packet that cannot be numbered leaves at once, as no word will come of it; what it takes is taken from the others.
    fn pass(&mut self, mut message: TaggedPacket) {
        let now = message.now;
        if let Packet::Rtp(packet) = &mut message.message.packet {
            self.keep(packet, now);
            self.link.state().charge(bytes_on_wire(packet));
        }
        self.writes.push_back(message);
    }

    fn read_rtcp(&mut self, packet: &dyn rtc::rtcp::Packet, now: Instant) {
        // A full queue means that the owner is far behind: it will be told again.
        if rtcp::wants_key_frame(packet) {
            let _ = self.events.try_send(TransportEvent::KeyFrameRequested);
            return;
        }
        let mut state = self.link.state();
        if let Some(feedback) = packet.as_any().downcast_ref::<TransportLayerCc>() {
            twcc::read(feedback, &state.sender, &mut self.received);
            let at = state.timestamp(now);
            state.sender.feedback(&self.received, at);
            let lost = self.received.iter().filter(|packet| packet.at_us.is_none()).count();
            state.counted.lost += lost as u32;
            state.counted.told += self.received.len() as u32;
        } else if let Some(report) = rtcp::report_on(packet, self.video_ssrc) {
            state.peer = report;
        }
    }

    /// Tells the owner, if it is time to.
    fn report(&self, now: Instant) {
        let mut state = self.link.state();
        let at = state.timestamp(now);
        if let Some(report) = state.report(at) {
            log::trace!("{report:?}");
            let _ = self.events.try_send(TransportEvent::Link(report));
        }
    }
}

fn bytes_on_wire(packet: &rtp::Packet) -> usize {
    packet.marshal_size() + OVERHEAD_BYTES
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for LinkInterceptor {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut message: TaggedPacket) -> Result<(), Self::Error> {
        match &mut message.message.packet {
            Packet::Rtcp(packets) => {
                for packet in packets {
                    self.read_rtcp(packet.as_ref(), message.now);
                }
            }
            Packet::Rtp(packet) => {
                let mut state = self.link.state();
                state.reception.arrived(bytes_on_wire(packet) as u64);
                if !self.unwrapping.unwrap(packet) {
                    state
                        .reception
                        .numbered(packet.header.ssrc, packet.header.sequence_number);
                }
            }
            _ => {}
        }
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<Self::Rout> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Self::Error> {
        let now = message.now;
        match &message.message.packet {
            Packet::Rtp(packet) => {
                let class = self.class_of(packet, &message);
                if class == PacketClass::Retransmission && !self.is_wanted(packet, now) {
                    return Ok(());
                }
                if self.number_extension(packet.header.ssrc).is_none() {
                    self.pass(message);
                    return Ok(());
                }
                // The extension with the number is not there yet.
                let bytes = bytes_on_wire(packet) + NUMBER_BYTES;
                self.link.state().sender.push(class, bytes as u32, message);
                self.release(now);
            }
            Packet::Rtcp(packets) => {
                let bytes: usize = packets.iter().map(|packet| packet.raw_size()).sum();
                if bytes > 0 {
                    self.link.state().charge(bytes + OVERHEAD_BYTES);
                }
                self.writes.push_back(message);
            }
            _ => self.writes.push_back(message),
        }
        Ok(())
    }

    fn poll_write(&mut self) -> Option<Self::Wout> {
        self.writes.pop_front()
    }

    fn handle_timeout(&mut self, now: Self::Time) -> Result<(), Self::Error> {
        {
            let mut state = self.link.state();
            let at = state.timestamp(now);
            state.look(at);
        }
        self.release(now);
        self.report(now);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Self::Time> {
        let state = self.link.state();
        let due = state.sender.poll_timeout().min(state.report_due);
        Some(state.instant(due))
    }
}

/// A header extension with one element of two bytes (RFC 8285 §4.2), padded.
const NUMBER_BYTES: usize = 8;

impl Interceptor for LinkInterceptor {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.unbind_local_stream(info);
        if info.mime_type.to_ascii_lowercase().starts_with("audio/") {
            self.audio_ssrc = Some(info.ssrc);
        }
        // Bound again with every round: its numbers go on.
        if info.ssrc == self.video_ssrc && self.repair.as_ref().map(Repair::ssrc) != info.ssrc_rtx {
            self.repair = Repair::of(info);
        }
        let extension = info
            .rtp_header_extensions
            .iter()
            .find(|extension| extension.uri == NUMBER_URI);
        if let Some(id) = extension.and_then(|extension| u8::try_from(extension.id).ok()) {
            let of_stream = [Some(info.ssrc), info.ssrc_rtx];
            self.number_extensions
                .extend(of_stream.into_iter().flatten().map(|ssrc| (ssrc, id)));
        }
        self.link.state().sender.set_padding(self.padding_bytes());
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.number_extensions
            .retain(|(ssrc, _)| *ssrc != info.ssrc && Some(*ssrc) != info.ssrc_rtx);
        self.link.state().sender.set_padding(self.padding_bytes());
    }

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.unwrapping.bind(info);
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.unwrapping.unbind(info);
    }
}

#[cfg(test)]
mod tests {
    use rtc::interceptor::{AttributedPacket, RTPHeaderExtension};
    use rtc::shared::TransportContext;

    use super::*;
    use crate::transport::webrtc::link::LastKnown;

    const VIDEO: u32 = 1;
    const REPAIRS: u32 = 2;
    const NUMBER_ID: u16 = 3;

    /// With a picture's stream, whose packets are numbered or not.
    fn interceptor(is_numbered: bool) -> LinkInterceptor {
        let (events, _) = mpsc::channel(1);
        let mut interceptor = LinkInterceptor::new(Link::new(LastKnown::default()), VIDEO, events);
        let extension = RTPHeaderExtension {
            uri: NUMBER_URI.to_owned(),
            id: NUMBER_ID,
        };
        interceptor.bind_local_stream(&StreamInfo {
            ssrc: VIDEO,
            ssrc_rtx: Some(REPAIRS),
            payload_type_rtx: Some(103),
            rtp_header_extensions: is_numbered.then_some(extension).into_iter().collect(),
            ..Default::default()
        });
        interceptor
    }

    fn picture(sequence_number: u16, now: Instant) -> TaggedPacket {
        let header = rtp::Header {
            version: 2,
            ssrc: VIDEO,
            sequence_number,
            ..Default::default()
        };
        let packet = rtp::Packet {
            header,
            payload: vec![0; 1_000].into(),
        };
        TaggedPacket {
            now,
            transport: TransportContext::default(),
            message: AttributedPacket::new(Packet::Rtp(packet)),
        }
    }

    /// Of each packet that left, whether it has a number.
    fn left(interceptor: &mut LinkInterceptor) -> Vec<bool> {
        let is_numbered = |message: TaggedPacket| match message.message.packet {
            Packet::Rtp(packet) => packet.header.get_extension(NUMBER_ID as u8).is_some(),
            _ => false,
        };
        std::iter::from_fn(|| interceptor.poll_write())
            .map(is_numbered)
            .collect()
    }

    #[test]
    fn what_cannot_be_numbered_passes_and_is_charged_but_not_waited_for() {
        let now = Instant::now();
        let mut plain = interceptor(false);
        for sequence in 0..100 {
            plain.handle_write(picture(sequence, now)).unwrap();
        }
        assert_eq!(left(&mut plain), [false; 100]);
        {
            let state = plain.link.state();
            assert_eq!(state.sender.number(0), None, "none was numbered");
            assert!(state.counted.sent_bytes > 100_000);
            assert_eq!(
                state.sender.estimator().pacing_bps(),
                state.sender.estimator().target_bps()
            );
        }
        assert_eq!(plain.padding_bytes(), None, "nobody would say whether it came");

        let mut numbered = interceptor(true);
        numbered.handle_write(picture(0, now)).unwrap();
        assert_eq!(left(&mut numbered), [true]);
        assert_eq!(numbered.link.state().sender.number(0), Some(0));
        assert!(numbered.padding_bytes().is_some());
    }
}
