//! From what was sent and what arrived of it to what is seen of the link.

use std::collections::BTreeMap;
use std::time::Duration;

use super::arrivals::{ArrivedRate, LossShare, Trains};
use super::control::{Control, Seen, seconds};
use super::queue::QueueDelay;
use crate::Timestamp;

/// Bounds of the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EstimatorConfig {
    /// Where to begin, bits a second: what the last call on this network knew, or a guess.
    pub start_bps: f64,
    /// Never less.
    pub least_bps: f64,
    /// Never more.
    pub most_bps: f64,
}

impl Default for EstimatorConfig {
    fn default() -> Self {
        Self {
            start_bps: 600_000.0,
            least_bps: 50_000.0,
            most_bps: 6_000_000.0,
        }
    }
}

/// What feedback says of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Its number.
    pub number: u64,
    /// When it arrived, µs by the receiver's clock; none: it had not.
    pub at_us: Option<u64>,
}

/// What may be on its way: what is sent in a round trip, between two feedbacks, and in so many seconds of a queue.
const IN_FLIGHT_S: f64 = 0.15;
/// However much is, this share of the target goes on: something has to find out that the link is back.
const LEAST_PACE: f64 = 0.05;
/// A packet of which there is no word when one that was sent so much later has arrived is not on its way any more: it was lost, or
/// what was said of it.
const PASSED_S: f64 = 0.1;
/// Feedback that was lost leaves a gap in the numbers. What was sent in it is taken to have arrived, as far as it was sent within so
/// much before the next that did; what arrives would seem to be less otherwise.
const GAP_S: f64 = 0.3;
/// And after so much nothing more is said of it.
const FORGOTTEN_S: f64 = 0.5;

#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Timestamp,
    bytes: u32,
    /// What it takes at the target of that time.
    given_s: f64,
}

/// Estimates what a link bears.
#[derive(Debug)]
pub struct LinkEstimator {
    sent: BTreeMap<u64, Sent>,
    /// Bytes on their way, in packets
    in_flight: u64,
    /// with this number or a later one.
    in_flight_from: u64,
    /// Feedback has spoken of packets up to here, or passed them over.
    told_until: u64,
    arrived: ArrivedRate,
    trains: Trains,
    queue: QueueDelay,
    loss: LossShare,
    control: Control,
    /// The least wait in the newest feedback.
    wait_ms: f64,
    round_trip_s: f64,
    last_feedback: Option<Timestamp>,
}

impl LinkEstimator {
    /// Nothing known yet.
    pub fn new(config: EstimatorConfig) -> Self {
        Self {
            sent: BTreeMap::new(),
            in_flight: 0,
            in_flight_from: 0,
            told_until: 0,
            arrived: ArrivedRate::default(),
            trains: Trains::default(),
            queue: QueueDelay::default(),
            loss: LossShare::default(),
            control: Control::new(config),
            wait_ms: 0.0,
            round_trip_s: 0.1,
            last_feedback: None,
        }
    }

    /// A packet was sent, of so many bytes on the wire. Numbers ascend.
    pub fn sent(&mut self, number: u64, bytes: u32, now: Timestamp) {
        self.forget(number);
        let given_s = 8.0 * f64::from(bytes) / self.target_bps();
        self.sent.insert(
            number,
            Sent {
                at: now,
                bytes,
                given_s,
            },
        );
        self.in_flight += u64::from(bytes);
        if self.sent.len() > MAX_IN_FLIGHT
            && let Some(oldest) = self.sent.keys().next().copied()
        {
            self.forget(oldest);
        }
    }

    /// Feedback has come, packets by their numbers. What is said of packets that nobody sent, or a second time, is left out.
    pub fn feedback(&mut self, packets: &[Received], now: Timestamp) {
        let (mut wait_ms, mut newest, mut largest) = (f64::INFINITY, None, 0);
        let stands = self.control.is_never_short();
        let told_until = self.told_until;
        let mut untold_bytes = self.untold_bytes(packets);
        for packet in packets {
            let Some(sent) = self.forget(packet.number) else {
                continue;
            };
            self.loss.push(packet.at_us.is_none());
            let Some(at_us) = packet.at_us else { continue };
            if packet.number >= told_until {
                self.arrived.push(at_us, sent.bytes + std::mem::take(&mut untold_bytes));
            }
            self.trains.push(sent.at.as_micros(), at_us, sent.bytes, sent.given_s);
            let waited_ms = self.queue.push(sent.at.as_micros(), at_us, stands) / 1_000.0;
            wait_ms = wait_ms.min(waited_ms);
            newest = Some(sent.at);
            largest = largest.max(sent.bytes);
        }
        let Some(newest) = newest else { return };
        self.pass(newest);
        self.round_trip_s += (now.since(newest).as_secs_f64() - self.round_trip_s) / 8.0;
        let elapsed_s = self.last_feedback.map_or(0.05, |last| seconds(last, now)).min(0.5);
        self.last_feedback = Some(now);
        let wait_ms = self.queue.settle(1_000.0 * wait_ms, now.as_micros()) / 1_000.0;
        let rising_ms = wait_ms - self.wait_ms;
        self.wait_ms = wait_ms;
        let Some(arrived_bps) = self.arrived.bps() else { return };
        let seen = Seen {
            arrived_bps,
            wait_ms,
            rising_ms,
            train_bps: self.trains.bps(),
            train_excess: self.trains.excess(),
            jitter_ms: self.queue.jitter_us() / 1_000.0,
            round_trip_s: self.round_trip_s,
            elapsed_s,
            own_ms: 8_000.0 * f64::from(largest) / arrived_bps.max(1.0),
            lost: self.loss.recent(),
            lately_lost: self.loss.lately(),
            usually_lost: self.loss.usual(),
        };
        self.control.observe(&seen, now);
        self.trains.fade(elapsed_s);
    }

    /// What was sent between the feedback before and this one, and is in neither.
    fn untold_bytes(&mut self, packets: &[Received]) -> u32 {
        let numbers = packets.iter().map(|packet| packet.number);
        let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
            return 0;
        };
        let told_until = self.told_until;
        let newest = self.sent.last_key_value().map_or(0, |(newest, _)| newest + 1);
        self.told_until = told_until.max(last.saturating_add(1).min(newest));
        let Some(next) = self.sent.get(&first).filter(|_| first > told_until) else {
            return 0;
        };
        let untold = self.sent.range(told_until..first).map(|(_, sent)| sent);
        untold
            .filter(|sent| seconds(sent.at, next.at) < GAP_S)
            .map(|sent| sent.bytes)
            .sum()
    }

    /// A probe arrived at so many bits a second, by the receiver's clock; whether little else was sent.
    pub fn probed(&mut self, arrived_bps: f64, is_little_sent: bool) {
        self.control.probed(arrived_bps, is_little_sent);
    }

    /// A packet has arrived that was sent then.
    fn pass(&mut self, newest: Timestamp) {
        while let Some((number, sent)) = self.sent.range(self.in_flight_from..).next()
            && seconds(sent.at, newest) >= PASSED_S
        {
            self.in_flight -= u64::from(sent.bytes);
            self.in_flight_from = number + 1;
        }
        while let Some(oldest) = self.sent.first_entry()
            && seconds(oldest.get().at, newest) >= FORGOTTEN_S
        {
            oldest.remove();
        }
    }

    fn forget(&mut self, number: u64) -> Option<Sent> {
        let sent = self.sent.remove(&number)?;
        if number >= self.in_flight_from {
            self.in_flight -= u64::from(sent.bytes);
        }
        Some(sent)
    }

    /// How fast packets are to leave, bits a second: the target, and less while there is more on its way than the link can hold. So
    /// a link that breaks off is not filled, although nobody says that it did.
    pub fn pacing_bps(&self) -> f64 {
        let most_bits = self.target_bps() * (self.round_trip_s + IN_FLIGHT_S);
        let share = most_bits / (8.0 * self.in_flight as f64).max(1.0);
        self.target_bps() * share.powi(2).clamp(LEAST_PACE, 1.0)
    }

    /// Whether what the link bears was found out just now: what waits to leave must not leave faster than the target then.
    pub fn is_strict(&self) -> bool {
        self.control.is_strict()
    }

    /// What to send, bits a second.
    pub fn target_bps(&self) -> f64 {
        self.control.target_bps()
    }

    /// What the link bears, bits a second: the target, and more than that while a queue is to go.
    pub fn bears_bps(&self, now: Timestamp) -> f64 {
        self.control.bears_bps(now)
    }

    /// What arrives, bits a second; 0 before that is known.
    pub fn arrived_bps(&self) -> f64 {
        self.arrived.bps().unwrap_or(0.0)
    }

    /// Whether there was word of a packet that arrived.
    pub fn has_feedback(&self) -> bool {
        self.last_feedback.is_some()
    }

    /// How long packets wait on their way.
    pub fn queue_delay(&self) -> Duration {
        Duration::from_secs_f64(self.wait_ms.max(0.0) / 1_000.0)
    }

    /// From sending a packet to word of it, smoothed.
    pub fn round_trip(&self) -> Duration {
        Duration::from_secs_f64(self.round_trip_s)
    }

    /// The share of the last 50 packets or so that was lost.
    pub fn loss(&self) -> f64 {
        self.loss.recent()
    }
}

/// Packets that may wait for word; of older ones none comes any more.
const MAX_IN_FLIGHT: usize = 8_192;
