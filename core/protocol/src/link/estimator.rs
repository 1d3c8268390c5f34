//! The target: what to send per second.
//!
//! Alone on a link, the target follows the queue: it grows while packets hardly wait, the longer the faster, and goes below what
//! arrives as soon as they do, so that the queue drains. Beside flows that do the same all add the same and give up the same
//! share, and so come to have the same. A queue that stays although much was given up is filled by somebody who does not look
//! at it, as TCP does: then for a while the target grows until packets are lost.

use std::collections::BTreeMap;
use std::time::Duration;

use super::arrivals::{ArrivedRate, LossShare};
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

/// Packets that wait for longer than this wait in a queue, ms: a frame's time at 30 a second and a little. Below jitter nothing
/// is seen: three times that, if it is more.
const FULL_MS: f64 = 40.0;
/// Packets that wait for less than this hardly wait, ms.
const CLEAR_MS: f64 = 15.0;
/// And less than this, not at all.
const DRAINED_MS: f64 = 5.0;
/// The target goes to this share of what arrives when the queue is full, or lower,
const BACK_OFF: f64 = 0.9;
/// so that the queue is gone in so many seconds,
const DRAIN_S: f64 = 0.6;
/// and does not grow before it is gone, or so many seconds have passed.
const HOLD_S: f64 = 1.0;
/// What the target grows by in a second, beside others: the same for all.
const ADDED_BPS: f64 = 120_000.0;
/// After the queue was not full for so many seconds there is more to be had: it grows by a share of itself, too.
const FREE_S: f64 = 2.0;
/// That share, a second: at first, and at most.
const GROWTH: (f64, f64) = (0.04, 0.8);
/// How much of the most that arrived lately is given up before others are taken to fill the queue,
const YIELDED: f64 = 0.7;
/// so many seconds at least,
const CONTESTED_AFTER_S: f64 = 3.0;
/// and for how many seconds they are taken to.
const CONTESTED_S: f64 = 8.0;
/// How long it takes to forget the most that arrived.
const LATELY_S: f64 = 40.0;
/// In a contest the target grows by so many bits a round trip, half a packet more than TCP,
const CONTEST_STEP_BITS: f64 = 48_000.0;
/// and goes to this share when so much more than usual is lost.
const CONTEST_BACK_OFF: f64 = 0.8;
const CONTEST_LOSS: f64 = 0.02;

/// What may be on its way: what is sent in a round trip, between two feedbacks, and in so many seconds of a queue.
const IN_FLIGHT_S: f64 = 0.15;
/// However much is, this share of the target goes on: something has to find out that the link is back.
const LEAST_PACE: f64 = 0.05;
/// A packet of which there is no word when one that was sent so much later has arrived is not on its way any more.
const FORGOTTEN_S: f64 = 0.5;

#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Timestamp,
    bytes: u32,
}

/// Estimates what a link bears.
#[derive(Debug)]
pub struct LinkEstimator {
    config: EstimatorConfig,
    sent: BTreeMap<u64, Sent>,
    /// Bytes of which there is no word yet.
    in_flight: u64,
    arrived: ArrivedRate,
    queue: QueueDelay,
    loss: LossShare,
    target_bps: f64,
    growth: f64,
    /// The most that arrived, slowly forgotten.
    lately_bps: f64,
    /// The least wait in the newest feedback.
    wait_ms: f64,
    round_trip_s: f64,
    last_feedback: Option<Timestamp>,
    last_decrease: Option<Timestamp>,
    last_full: Option<Timestamp>,
    /// The queue was empty since the last decrease.
    has_drained: bool,
    /// Since when the queue was never short.
    never_short_since: Option<Timestamp>,
    contested_since: Option<Timestamp>,
}

impl LinkEstimator {
    /// Nothing known yet.
    pub fn new(config: EstimatorConfig) -> Self {
        Self {
            config,
            sent: BTreeMap::new(),
            in_flight: 0,
            arrived: ArrivedRate::default(),
            queue: QueueDelay::default(),
            loss: LossShare::default(),
            target_bps: config.start_bps.clamp(config.least_bps, config.most_bps),
            growth: GROWTH.1,
            lately_bps: 0.0,
            wait_ms: 0.0,
            round_trip_s: 0.1,
            last_feedback: None,
            last_decrease: None,
            last_full: None,
            has_drained: true,
            never_short_since: None,
            contested_since: None,
        }
    }

    /// A packet was sent, of so many bytes on the wire. Numbers ascend.
    pub fn sent(&mut self, number: u64, bytes: u32, now: Timestamp) {
        let before = self.sent.insert(number, Sent { at: now, bytes });
        self.in_flight += u64::from(bytes);
        self.forget(before);
        if self.sent.len() > MAX_IN_FLIGHT {
            let oldest = self.sent.pop_first().map(|(_, sent)| sent);
            self.forget(oldest);
        }
    }

    /// Feedback has come, packets by their numbers. What is said of packets that nobody sent, or a second time, is left out.
    pub fn feedback(&mut self, packets: &[Received], now: Timestamp) {
        let (mut wait_ms, mut newest) = (f64::INFINITY, None);
        for packet in packets {
            let Some(sent) = self.sent.remove(&packet.number) else {
                continue;
            };
            self.forget(Some(sent));
            self.loss.push(packet.at_us.is_none());
            let Some(at_us) = packet.at_us else { continue };
            self.arrived.push(at_us, sent.bytes);
            wait_ms = wait_ms.min(self.queue.push(sent.at.as_micros(), at_us) / 1_000.0);
            newest = Some(sent.at);
        }
        let Some(newest) = newest else { return };
        // Of packets sent well before the newest one that arrived nothing more will be said.
        while let Some(oldest) = self.sent.first_entry() {
            if seconds(oldest.get().at, newest) < FORGOTTEN_S {
                break;
            }
            let oldest = oldest.remove();
            self.forget(Some(oldest));
        }
        self.round_trip_s += (now.since(newest).as_secs_f64() - self.round_trip_s) / 8.0;
        let elapsed_s = self.last_feedback.map_or(0.05, |last| seconds(last, now)).min(0.5);
        self.last_feedback = Some(now);
        let rising_ms = wait_ms - self.wait_ms;
        self.wait_ms = wait_ms;
        let Some(arrived_bps) = self.arrived.bps() else { return };
        self.lately_bps = arrived_bps.max(self.lately_bps * (1.0 - elapsed_s / LATELY_S));
        self.look(arrived_bps, now);
        if self.contested_since.is_some() {
            self.contest(arrived_bps, elapsed_s, now);
        } else {
            self.follow(arrived_bps, rising_ms, elapsed_s, now);
        }
        self.target_bps = self.target_bps.clamp(self.config.least_bps, self.config.most_bps);
    }

    fn forget(&mut self, sent: Option<Sent>) {
        self.in_flight -= sent.map_or(0, |sent| u64::from(sent.bytes));
    }

    fn jitter_ms(&self) -> f64 {
        self.queue.jitter_us() / 1_000.0
    }

    fn full_ms(&self) -> f64 {
        FULL_MS.max(3.0 * self.jitter_ms())
    }

    /// How long ago the last decrease was; what is decided is seen after a round trip and a feedback.
    fn since_decrease_s(&self, now: Timestamp) -> f64 {
        self.last_decrease.map_or(f64::INFINITY, |last| seconds(last, now))
    }

    fn reaction_s(&self) -> f64 {
        self.round_trip_s + 0.1
    }

    /// What the queue is like, and whose it is.
    fn look(&mut self, arrived_bps: f64, now: Timestamp) {
        if self.wait_ms > self.full_ms() {
            self.last_full = Some(now);
        }
        if self.wait_ms < DRAINED_MS.max(self.jitter_ms()) {
            self.has_drained = true;
        }
        if self.wait_ms < self.full_ms() / 2.0 {
            (self.never_short_since, self.contested_since) = (None, None);
            return;
        }
        let full_s = seconds(*self.never_short_since.get_or_insert(now), now);
        match self.contested_since {
            None if full_s > CONTESTED_AFTER_S && arrived_bps < YIELDED * self.lately_bps => {
                self.contested_since = Some(now);
                self.target_bps = self.target_bps.max(YIELDED * self.lately_bps);
                self.growth = GROWTH.0;
            }
            Some(since) if seconds(since, now) > CONTESTED_S => {
                (self.never_short_since, self.contested_since) = (None, None);
            }
            None | Some(_) => {}
        }
    }

    /// By loss, as others do.
    fn contest(&mut self, arrived_bps: f64, elapsed_s: f64, now: Timestamp) {
        let is_more_lost = self.loss.recent() - self.loss.usual() > CONTEST_LOSS;
        if is_more_lost && self.since_decrease_s(now) > 2.0 * self.reaction_s() {
            self.decrease((CONTEST_BACK_OFF * self.target_bps).max(YIELDED * arrived_bps), now);
        } else {
            self.target_bps += CONTEST_STEP_BITS * elapsed_s / self.reaction_s();
        }
    }

    /// By the queue.
    fn follow(&mut self, arrived_bps: f64, rising_ms: f64, elapsed_s: f64, now: Timestamp) {
        let since_s = self.since_decrease_s(now);
        let may_react = since_s > self.reaction_s();
        if self.wait_ms > self.full_ms() {
            if may_react || (rising_ms > 5.0 && since_s > 0.15) {
                let drain = 1.0 - (self.wait_ms / 1_000.0 / DRAIN_S).min(0.5);
                self.decrease((arrived_bps * BACK_OFF.min(drain)).min(self.target_bps), now);
            }
            return;
        }
        let is_clear = self.wait_ms < CLEAR_MS.max(1.5 * self.jitter_ms());
        if !is_clear || !may_react || !(self.has_drained || since_s > HOLD_S) {
            return;
        }
        let mut grown_bps = self.target_bps + ADDED_BPS * elapsed_s;
        if self.last_full.is_none_or(|last| seconds(last, now) > FREE_S) {
            self.growth = (self.growth * (1.0 + 0.7 * elapsed_s / self.reaction_s())).min(GROWTH.1);
            grown_bps += self.target_bps * self.growth * elapsed_s;
        }
        // The estimate never runs far ahead of what arrives: not of a still picture either, nor is it forgotten then.
        let ceiling_bps = 1.5 * arrived_bps + 20_000.0;
        self.target_bps = self.target_bps.max(grown_bps.min(ceiling_bps));
    }

    fn decrease(&mut self, to_bps: f64, now: Timestamp) {
        self.target_bps = to_bps;
        self.growth = GROWTH.0;
        self.has_drained = false;
        self.last_decrease = Some(now);
    }

    /// How fast packets are to leave, bits a second: the target, and less while there is more on its way than the link can hold. So
    /// a link that breaks off is not filled, although nobody says that it did.
    pub fn pacing_bps(&self) -> f64 {
        let most_bits = self.target_bps * (self.round_trip_s + IN_FLIGHT_S);
        let share = most_bits / (8.0 * self.in_flight as f64).max(1.0);
        self.target_bps * share.powi(2).clamp(LEAST_PACE, 1.0)
    }

    /// What to send, bits a second.
    pub fn target_bps(&self) -> f64 {
        self.target_bps
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

fn seconds(from: Timestamp, until: Timestamp) -> f64 {
    until.since(from).as_secs_f64()
}
