//! Runs a case: sources, pairs, paths and TCP beside them, from event to event.

use std::collections::BTreeMap;
use std::time::Duration;

use super::cases::{Case, FlowPlan};
use super::completeness::Completeness;
use super::figures::FROM;
use super::pair::{End, Event, FlowSetup, Kind, MediaPacket, Pair, Transmit};
use super::record::{BIN, FlowRecord, Outcome, bin};
use super::source::Source;
use crate::path::Path;
use crate::tcp::{CrossTraffic, PACKET_BYTES};

const ACKNOWLEDGEMENT_BYTES: u64 = 40;
/// How long back it is counted what is sent again.
const AGAIN_BINS: usize = 20;
/// A packet of a picture on the wire.
const PACKET_BITS: f64 = 8.0 * 1_200.0;
/// How often a user says something that has to arrive.
const MESSAGE_EVERY: Duration = Duration::from_secs(2);

#[derive(Clone)]
enum Load<P> {
    Media {
        flow: usize,
        to: End,
        kind: Kind,
        sent: Duration,
        rtp_bytes: u32,
        wire_bytes: u32,
        packet: P,
    },
    Tcp(usize, u64),
    Acknowledgement(usize, u64),
}

struct Flow<P> {
    plan: FlowPlan,
    pair: P,
    source: Source,
    record: FlowRecord,
    /// Bits that had to be sent again, by bin; what was sent again for nothing, as padding, is the pair's business.
    again_bits: BTreeMap<usize, f64>,
    pictures: Completeness,
    next_message: Duration,
}

struct World<P: Pair> {
    /// Forward and back.
    paths: [Path<Load<P::Packet>>; 2],
    ways: [Duration; 2],
    flows: Vec<Flow<P>>,
    tcp: Vec<CrossTraffic>,
    made: Vec<MediaPacket>,
}

/// Runs a case with a pair for each of its [setups](Case::setups). The same seed gives the same run, as far as pairs do.
pub fn run<P: Pair>(case: &Case, seed: u64, pairs: Vec<P>) -> (Outcome, Vec<P>) {
    let mut world = World::new(case, seed, pairs);
    let mut now = Duration::ZERO;
    while now < case.length {
        world.step(now);
        let next = world.next_event().unwrap_or(case.length);
        now = next.max(now + Duration::from_micros(1));
    }
    let rates = [case.forward.rate.clone(), case.back.rate.clone()];
    let (records, pairs) = world.flows.into_iter().map(|flow| (flow.record, flow.pair)).unzip();
    (Outcome::new(records, case.most_bps, rates, case.length), pairs)
}

impl<P: Pair> World<P> {
    fn new(case: &Case, seed: u64, pairs: Vec<P>) -> Self {
        let flow = |((setup, plan), pair): ((FlowSetup, &FlowPlan), P)| Flow {
            plan: *plan,
            pair,
            source: Source::new(setup, plan.has_video, plan.pause, seed.wrapping_add(100 + setup.number)),
            record: FlowRecord::new(plan.is_forward, plan.has_video, case.length),
            again_bits: BTreeMap::new(),
            pictures: Completeness::default(),
            next_message: plan.starts + if case.has_messages { MESSAGE_EVERY } else { case.length },
        };
        let tcp = |(number, plan): (u64, _)| CrossTraffic::new(plan, seed.wrapping_add(200 + number));
        Self {
            paths: [
                Path::new(case.forward.clone(), seed),
                Path::new(case.back.clone(), seed.wrapping_add(50)),
            ],
            ways: [case.forward.way.delay, case.back.way.delay],
            flows: case
                .setups()
                .into_iter()
                .zip(&case.flows)
                .zip(pairs)
                .map(flow)
                .collect(),
            tcp: (0..).zip(case.tcp.iter().copied()).map(tcp).collect(),
            made: Vec::new(),
        }
    }

    fn step(&mut self, now: Duration) {
        for direction in 0..2 {
            while let Some(load) = self.paths[direction].receive(now) {
                self.arrived(load, direction, now);
            }
        }
        for index in 0..self.flows.len() {
            if self.flows[index].plan.starts <= now {
                self.flow(index, now);
            }
        }
        for (index, traffic) in self.tcp.iter_mut().enumerate() {
            while let Some(number) = traffic.poll_send(now) {
                self.paths[0].send(Load::Tcp(index, number), PACKET_BYTES, Duration::ZERO, now);
            }
        }
    }

    fn arrived(&mut self, load: Load<P::Packet>, direction: usize, now: Duration) {
        match load {
            Load::Tcp(flow, number) => {
                let answer = Load::Acknowledgement(flow, number);
                self.paths[1].send(answer, ACKNOWLEDGEMENT_BYTES, Duration::ZERO, now);
            }
            Load::Acknowledgement(flow, number) => self.tcp[flow].acknowledge(number, now),
            Load::Media {
                flow,
                to,
                kind,
                sent,
                rtp_bytes,
                wire_bytes,
                packet,
            } => {
                let flow = &mut self.flows[flow];
                if to == End::Receiver {
                    let way = self.ways[direction] + flow.plan.extra;
                    flow.record
                        .arrived(kind, rtp_bytes, wire_bytes, now, now.saturating_sub(sent + way));
                }
                flow.pair.receive(to, packet, now);
            }
        }
    }

    /// All that a flow has to do now.
    fn flow(&mut self, index: usize, now: Duration) {
        let flow = &mut self.flows[index];
        flow.pair.handle_timeout(now);
        flow.heed(now);
        if flow.source.due() <= now {
            flow.make(&mut self.made, now);
        }
        for end in [End::Sender, End::Receiver] {
            while let Some(transmit) = flow.pair.poll_transmit(end, now) {
                let is_media = end == End::Sender;
                if is_media {
                    flow.sent(&transmit, now);
                }
                let load = Load::Media {
                    flow: index,
                    to: if is_media { End::Receiver } else { End::Sender },
                    kind: transmit.kind,
                    sent: now,
                    rtp_bytes: transmit.rtp_bytes,
                    wire_bytes: transmit.wire_bytes,
                    packet: transmit.packet,
                };
                let path = usize::from(flow.plan.is_forward != is_media);
                self.paths[path].send(load, u64::from(transmit.wire_bytes), flow.plan.extra, now);
            }
        }
    }

    fn next_event(&self) -> Option<Duration> {
        let paths = self.paths.iter().filter_map(Path::next_event);
        let flows = self.flows.iter().map(|flow| {
            let own = flow.source.due().min(flow.next_message);
            flow.pair
                .poll_timeout()
                .map_or(own, |timeout| timeout.min(own))
                .max(flow.plan.starts)
        });
        let tcp = self.tcp.iter().filter_map(CrossTraffic::poll_timeout);
        paths.chain(flows).chain(tcp).min()
    }
}

impl<P: Pair> Flow<P> {
    /// What the pair tells, and what the users do.
    fn heed(&mut self, now: Duration) {
        while let Some(event) = self.pair.poll_event() {
            match event {
                Event::Arrived {
                    kind: Kind::Audio,
                    index,
                } => {
                    if let Some((_, arrived)) = self.record.audio.get_mut(index as usize) {
                        arrived.get_or_insert(now);
                    }
                }
                Event::Arrived { index, .. } => {
                    if self.pictures.arrived(index, now) {
                        *self.again_bits.entry(bin(now)).or_default() += PACKET_BITS;
                    }
                }
                Event::MessageArrived(index) => {
                    if let Some((_, arrived)) = self.record.messages.get_mut(index as usize) {
                        arrived.get_or_insert(now);
                    }
                }
                Event::KeyFrameRequested => self.source.request_key_frame(),
            }
        }
        if self.pictures.needs_key_frame(now) {
            self.record.key_frames_requested += 1;
            self.pair.request_key_frame(now);
        }
        if self.next_message <= now {
            self.pair.say(self.record.messages.len() as u64, now);
            self.record.messages.push((now, None));
            self.next_message += MESSAGE_EVERY;
        }
    }

    fn make(&mut self, made: &mut Vec<MediaPacket>, now: Duration) {
        self.again_bits = self.again_bits.split_off(&bin(now).saturating_sub(AGAIN_BINS));
        let again_bps = self.again_bits.values().sum::<f64>() / (AGAIN_BINS as f64 * BIN.as_secs_f64());
        self.source.set_target(self.pair.target_bps(), again_bps);
        self.source.poll(now, made);
        for packet in made.drain(..) {
            if packet.kind == Kind::Audio {
                self.record.audio.push((now, None));
            }
            self.pair.push(packet, now);
        }
    }

    fn sent(&mut self, transmit: &Transmit<P::Packet>, now: Duration) {
        let bits = 8.0 * f64::from(transmit.wire_bytes);
        self.record.sent_bits[bin(now)] += bits;
        if transmit.kind != Kind::Control {
            self.record.packets_sent += 1;
            self.record.packets_lost += 1;
        }
    }
}

impl FlowRecord {
    fn arrived(&mut self, kind: Kind, rtp_bytes: u32, wire_bytes: u32, now: Duration, waited: Duration) {
        self.arrived_bits[bin(now)] += 8.0 * f64::from(wire_bytes);
        if kind == Kind::Control {
            return;
        }
        // It was taken to be lost until now.
        self.packets_lost -= 1;
        self.waits_ms.push((now.as_secs_f32(), 1_000.0 * waited.as_secs_f32()));
        if matches!(kind, Kind::Audio | Kind::Video) && now >= FROM {
            self.first_time_bits += 8.0 * f64::from(rtp_bytes);
        }
    }
}
