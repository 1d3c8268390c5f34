//! Both ends of a flow of ours: the [`LinkSender`] that ships, and a receiver that says what came.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use assist_link::media::{End, Event, FlowSetup, Kind, MediaPacket, Pair, Transmit, WIRE_OVERHEAD_BYTES};
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkSender, Outgoing, PacketClass, Received};

const RTP_HEADER_BYTES: u32 = 20;
/// Of RTCP with SRTCP's index and tag, and the wire.
const RTCP_OVERHEAD_BYTES: u32 = 12 + 14 + 28;
const MESSAGE_BYTES: u32 = 250;
/// A packet that means nothing, on the wire.
const PADDING_BYTES: u32 = 1_200;
/// Word of what came is given so often,
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
/// and half as often when few packets come.
const FEW_PACKETS: usize = 5;
/// A missing packet is asked for when it is late, not merely overtaken,
const REORDERING: Duration = Duration::from_millis(10);
/// so many times,
const ASKED_TIMES: u32 = 10;
/// and so long after a first request that a message is repeated at the earliest, as SCTP does.
const REPEATED_AFTER: Duration = Duration::from_secs(1);
/// Packets that can be sent again.
const REMEMBERED: usize = 2_048;

/// What travels.
#[derive(Debug, Clone)]
pub(crate) enum OursPacket {
    /// With a transport-wide number.
    Media {
        /// Transport-wide.
        number: u64,
        /// None: padding.
        media: Option<MediaPacket>,
    },
    /// What came, and when.
    Feedback(Arc<[Received]>),
    /// Packets of pictures that are missing.
    Missing(Arc<[u64]>),
    /// A key frame is needed.
    KeyFrameRequest,
    /// A message.
    Message(u64),
    /// It is there.
    MessageArrived(u64),
}

/// A packet of a picture that did not come.
#[derive(Debug, Clone, Copy)]
struct Missing {
    ask_at: Duration,
    asked: u32,
}

/// Both ends.
#[derive(Debug)]
pub(crate) struct Ours {
    link: LinkSender<(Kind, MediaPacket)>,
    sent: VecDeque<(MediaPacket, Option<Duration>)>,
    /// What has to be said from each end.
    words: [VecDeque<Transmit<OursPacket>>; 2],
    unacknowledged: BTreeMap<u64, (Duration, Duration)>,
    arrived: BTreeMap<u64, u64>,
    told: u64,
    feedback_due: Option<Duration>,
    next_video: u64,
    missing: BTreeMap<u64, Missing>,
    events: VecDeque<Event>,
}

impl Ours {
    /// Nothing sent yet.
    pub(crate) fn new(setup: &FlowSetup) -> Self {
        let mut link = LinkSender::new(EstimatorConfig {
            start_bps: setup.start_bps,
            ..EstimatorConfig::default()
        });
        link.set_padding(Some(PADDING_BYTES));
        Self {
            link,
            sent: VecDeque::new(),
            words: [VecDeque::new(), VecDeque::new()],
            unacknowledged: BTreeMap::new(),
            arrived: BTreeMap::new(),
            told: 0,
            feedback_due: None,
            next_video: 0,
            missing: BTreeMap::new(),
            events: VecDeque::new(),
        }
    }

    fn word(&mut self, from: End, packet: OursPacket, bytes: u32) {
        let transmit = Transmit {
            packet,
            kind: Kind::Control,
            rtp_bytes: 0,
            wire_bytes: bytes,
        };
        if from == End::Sender {
            self.link.charge(bytes);
        }
        self.words[usize::from(from == End::Receiver)].push_back(transmit);
    }

    fn enqueue(&mut self, kind: Kind, media: MediaPacket) {
        let class = match kind {
            Kind::Audio => PacketClass::Audio,
            Kind::Retransmission => PacketClass::Retransmission,
            Kind::Video | Kind::Padding | Kind::Control => PacketClass::Video,
        };
        let bytes = media.payload_bytes + RTP_HEADER_BYTES + WIRE_OVERHEAD_BYTES;
        self.link.push(class, bytes, (kind, media));
    }

    fn send_again(&mut self, missing: &[u64], now: Duration) {
        let round_trip = self.link.estimator().round_trip();
        for index in missing {
            let first = self.sent.front().map_or(0, |(media, _)| media.index);
            let Some((media, again)) = index.checked_sub(first).and_then(|at| self.sent.get_mut(at as usize)) else {
                continue;
            };
            // A second request may have crossed the answer to the first.
            if again.is_some_and(|again| now.saturating_sub(again) < round_trip) {
                continue;
            }
            *again = Some(now);
            let media = *media;
            self.enqueue(Kind::Retransmission, media);
        }
    }

    fn media_arrived(&mut self, number: u64, media: Option<MediaPacket>, now: Duration) {
        self.arrived.insert(number, now.as_micros() as u64);
        self.feedback_due.get_or_insert(now + FEEDBACK_EVERY);
        let Some(media) = media else { return };
        let MediaPacket { kind, index, .. } = media;
        self.events.push_back(Event::Arrived { kind, index });
        if kind != Kind::Video {
            return;
        }
        self.missing.remove(&index);
        for skipped in self.next_video..index {
            let missing = Missing {
                ask_at: now + REORDERING,
                asked: 0,
            };
            self.missing.insert(skipped, missing);
        }
        self.next_video = self.next_video.max(index + 1);
    }

    /// Says what came, up to the highest number.
    fn tell(&mut self, now: Duration) {
        let Some((highest, first)) = self.arrived.keys().next_back().copied().zip(self.arrived.keys().next()) else {
            self.feedback_due = None;
            return;
        };
        let first = self.told.min(*first);
        self.told = self.told.max(highest + 1);
        let mut arrived = std::mem::take(&mut self.arrived);
        let every = if arrived.len() < FEW_PACKETS {
            2 * FEEDBACK_EVERY
        } else {
            FEEDBACK_EVERY
        };
        self.feedback_due = Some(now + every);
        let packets: Arc<[Received]> = (first..=highest)
            .map(|number| Received {
                number,
                at_us: arrived.remove(&number),
            })
            .collect();
        let bytes = 8 + packets.len().div_ceil(7) * 2 + packets.len();
        self.word(
            End::Receiver,
            OursPacket::Feedback(packets),
            RTCP_OVERHEAD_BYTES + bytes as u32,
        );
    }

    fn ask(&mut self, now: Duration) {
        let again = self.link.estimator().round_trip() + Duration::from_millis(20);
        let mut due: Vec<u64> = Vec::new();
        self.missing.retain(|index, missing| {
            if missing.ask_at <= now {
                due.push(*index);
                missing.ask_at = now + again;
                missing.asked += 1;
            }
            missing.asked <= ASKED_TIMES
        });
        if !due.is_empty() {
            let bytes = RTCP_OVERHEAD_BYTES + 4 * due.len() as u32;
            self.word(End::Receiver, OursPacket::Missing(due.into()), bytes);
        }
    }

    fn repeat(&mut self, now: Duration) {
        let due: Vec<u64> = self
            .unacknowledged
            .iter()
            .filter(|(_, (at, _))| *at <= now)
            .map(|(id, _)| *id)
            .collect();
        for message in due {
            if let Some((at, wait)) = self.unacknowledged.get_mut(&message) {
                *wait *= 2;
                *at = now + *wait;
            }
            self.word(End::Sender, OursPacket::Message(message), MESSAGE_BYTES);
        }
    }
}

impl Pair for Ours {
    type Packet = OursPacket;

    fn push(&mut self, packet: MediaPacket, _now: Duration) {
        if packet.kind == Kind::Video {
            self.sent.push_back((packet, None));
            if self.sent.len() > REMEMBERED {
                self.sent.pop_front();
            }
        }
        self.enqueue(packet.kind, packet);
    }

    fn say(&mut self, message: u64, now: Duration) {
        let wait = REPEATED_AFTER.max(self.link.estimator().round_trip() * 3 / 2);
        self.unacknowledged.insert(message, (now + wait, wait));
        self.word(End::Sender, OursPacket::Message(message), MESSAGE_BYTES);
    }

    fn request_key_frame(&mut self, _now: Duration) {
        self.missing.clear();
        self.word(End::Receiver, OursPacket::KeyFrameRequest, RTCP_OVERHEAD_BYTES);
    }

    fn target_bps(&self) -> f64 {
        self.link.media_bps()
    }

    fn receive(&mut self, _end: End, packet: OursPacket, now: Duration) {
        match packet {
            OursPacket::Media { number, media } => self.media_arrived(number, media, now),
            OursPacket::Feedback(packets) => self.link.feedback(&packets, timestamp(now)),
            OursPacket::Missing(missing) => self.send_again(&missing, now),
            OursPacket::KeyFrameRequest => self.events.push_back(Event::KeyFrameRequested),
            OursPacket::Message(message) => {
                self.events.push_back(Event::MessageArrived(message));
                self.word(End::Receiver, OursPacket::MessageArrived(message), RTCP_OVERHEAD_BYTES);
            }
            OursPacket::MessageArrived(message) => drop(self.unacknowledged.remove(&message)),
        }
    }

    fn poll_transmit(&mut self, end: End, now: Duration) -> Option<Transmit<OursPacket>> {
        if let Some(word) = self.words[usize::from(end == End::Receiver)].pop_front() {
            return Some(word);
        }
        if end == End::Receiver {
            return None;
        }
        let departure = self.link.poll_departure(timestamp(now))?;
        let number = departure.number;
        Some(match departure.what {
            Outgoing::Packet((kind, media)) => {
                let rtp_bytes = media.payload_bytes + RTP_HEADER_BYTES;
                Transmit {
                    packet: OursPacket::Media {
                        number,
                        media: Some(media),
                    },
                    kind,
                    rtp_bytes,
                    wire_bytes: rtp_bytes + WIRE_OVERHEAD_BYTES,
                }
            }
            Outgoing::Padding => Transmit {
                packet: OursPacket::Media { number, media: None },
                kind: Kind::Padding,
                rtp_bytes: PADDING_BYTES - WIRE_OVERHEAD_BYTES,
                wire_bytes: PADDING_BYTES,
            },
        })
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_timeout(&self) -> Option<Duration> {
        let link = Duration::from_micros(self.link.poll_timeout().as_micros());
        let asks = self.missing.values().map(|missing| missing.ask_at).min();
        let repeats = self.unacknowledged.values().map(|(at, _)| *at).min();
        [Some(link), asks, repeats, self.feedback_due]
            .into_iter()
            .flatten()
            .min()
    }

    fn handle_timeout(&mut self, now: Duration) {
        self.link.handle_timeout(timestamp(now));
        if self.feedback_due.is_some_and(|due| due <= now) {
            self.tell(now);
        }
        self.ask(now);
        self.repeat(now);
    }
}

fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros() as u64)
}
