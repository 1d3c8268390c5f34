//! What is seen of a link every 100 to 250 ms: how much arrived, how long it took, how much was lost.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{LinkEstimator, Received};
use crate::Timestamp;

/// What was seen of a link since the observation before. Everything in it is about packets of ours that there is word of, and so
/// about the moment at which they were sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// When it was made.
    pub at: Timestamp,
    /// What the estimator would send, bits a second.
    pub target_bps: f64,
    /// What arrived, bits a second by the receiver's clock; none while there is too little to tell.
    pub arrived_bps: Option<f64>,
    /// For how long [`arrived_bps`](Self::arrived_bps) was measured.
    pub arrived_over: Duration,
    /// How long packets wait in a queue, as the estimator says.
    pub queue_delay: Duration,
    /// How much the delay differs from one packet to the next (RFC 3550 §6.4.1).
    pub jitter: Duration,
    /// The newest round trip, not smoothed: from sending a packet to word of it; none without word.
    pub round_trip: Option<Duration>,
    /// The least round trip of the last 15 s; none before there was one.
    pub least_round_trip: Option<Duration>,
    /// When the newest packet was sent that there is word of.
    pub newest_heard: Option<Timestamp>,
    /// When the oldest packet after that one was sent.
    pub oldest_unheard: Option<Timestamp>,
    /// Packets that there is word of,
    pub packets: u32,
    /// and how many of them were lost.
    pub lost: u32,
    /// What a probe showed the link to carry, bits a second, and when it was sent.
    pub probed: Option<(Timestamp, f64)>,
}

/// Too short to measure a rate, and too few packets.
const LEAST_SPAN_US: u64 = 80_000;
const LEAST_PACKETS: u32 = 4;
/// When nothing arrived for so long, nothing was sent, or the link was broken.
const PAUSE_US: u64 = 300_000;
/// The least round trip is looked for in two stretches of this length.
const STRETCH: Duration = Duration::from_millis(7_500);
/// A probe takes no longer; what comes later is the next one.
const LONGEST_TRAIN: Duration = Duration::from_millis(500);
/// And its packets do not leave further apart.
const TRAIN_GAP: Duration = Duration::from_millis(30);
/// Said to be lost, a packet may still come: within so much usual jitter, which is a third of what delays are spread over if all
/// are as likely,
const REORDERED_JITTER: f64 = 3.0;
/// and no longer than this.
const REORDERED_MOST: Duration = Duration::from_millis(250);
/// When the way becomes shorter, packets overtake those that were sent up to so long before, and these are late, not lost.
const OVERTAKEN_MOST: Duration = Duration::from_secs(2);
/// Over so many packets jitter is evened out: four times as many as RFC 3550 takes, because a threshold hangs on it.
const JITTER_PACKETS: f64 = 64.0;
/// Packets that may wait for word; of older ones none comes any more.
const MAX_UNHEARD: usize = 8_192;

#[derive(Debug, Clone, Copy)]
struct Sent {
    at: Timestamp,
    bytes: u32,
    is_probe: bool,
    /// Word has come that it had not arrived.
    is_missing: bool,
}

/// Makes observations of what it is told: every packet sent, and all feedback.
#[derive(Debug, Default)]
pub struct LinkObserver {
    sent: BTreeMap<u64, Sent>,
    /// The stretch of arrivals that is measured: where it begins and ends by the receiver's clock, packets and bytes after its
    /// begin.
    arrivals: Option<Arrivals>,
    /// One-way delay of the newest packet, µs, with the difference of the clocks.
    before_us: Option<i64>,
    /// The slowest of the last packets: when it was sent, and its delay.
    slowest: Option<(Timestamp, i64)>,
    jitter_us: f64,
    /// That it is the mean of.
    jitter_packets: f64,
    round_trip: Option<Duration>,
    /// The least of the stretch before, and of this one, which began then.
    least: [Option<Duration>; 2],
    stretch_since: Timestamp,
    newest_heard: Option<(u64, Timestamp)>,
    packets: u32,
    lost: u32,
    probe: Option<Train>,
}

#[derive(Debug, Clone, Copy)]
struct Arrivals {
    first_us: u64,
    last_us: u64,
    packets: u32,
    bytes: u64,
}

impl Arrivals {
    fn begin(at_us: u64) -> Self {
        Self {
            first_us: at_us,
            last_us: at_us,
            packets: 0,
            bytes: 0,
        }
    }

    fn push(&mut self, at_us: u64, bytes: u32) {
        self.last_us = self.last_us.max(at_us);
        self.packets += 1;
        self.bytes += u64::from(bytes);
    }

    fn span_us(&self) -> u64 {
        self.last_us - self.first_us
    }

    fn bps(&self) -> f64 {
        self.bytes as f64 * 8e6 / self.span_us().max(1) as f64
    }
}

/// What arrived of a probe, and of what was sent among it.
#[derive(Debug, Clone, Copy)]
struct Train {
    sent: Timestamp,
    last_sent: Timestamp,
    first_number: u64,
    last_number: u64,
    arrivals: Option<Arrivals>,
}

impl LinkObserver {
    /// A packet was sent, of so many bytes on the wire, perhaps for a probe alone. Numbers ascend.
    pub fn sent(&mut self, number: u64, bytes: u32, is_probe: bool, now: Timestamp) {
        let sent = Sent {
            at: now,
            bytes,
            is_probe,
            is_missing: false,
        };
        self.sent.insert(number, sent);
        if self.sent.len() > MAX_UNHEARD {
            self.sent.pop_first();
        }
        if is_probe {
            let begun = self.probe.filter(|train| now.since(train.sent) < LONGEST_TRAIN);
            let train = begun.unwrap_or(Train {
                sent: now,
                last_sent: now,
                first_number: number,
                last_number: number,
                arrivals: None,
            });
            self.probe = Some(Train {
                last_sent: now,
                last_number: number,
                ..train
            });
        }
    }

    /// Feedback has come, packets by their numbers.
    pub fn feedback(&mut self, packets: &[Received], now: Timestamp) {
        for packet in packets {
            match packet.at_us {
                Some(at_us) => {
                    let Some(sent) = self.sent.remove(&packet.number) else {
                        continue;
                    };
                    self.packets += u32::from(!sent.is_probe);
                    self.arrived(packet.number, sent, at_us, now);
                }
                None => {
                    if let Some(sent) = self.sent.get_mut(&packet.number) {
                        sent.is_missing = true;
                    }
                }
            }
        }
        if let Some((newest, sent)) = self.newest_heard {
            self.give_up(newest, sent);
        }
    }

    /// Of what was sent well before the newest one that arrived nothing more will be said.
    fn give_up(&mut self, newest: u64, newest_sent: Timestamp) {
        let reordered = Duration::from_secs_f64(self.jitter_us * REORDERED_JITTER / 1e6).min(REORDERED_MOST);
        let shorter_us = self
            .slowest
            .zip(self.before_us)
            .map_or(0, |((_, slowest_us), newest_us)| {
                slowest_us.saturating_sub(newest_us).max(0)
            });
        let overtaken = Duration::from_micros(shorter_us as u64).min(OVERTAKEN_MOST);
        let reordered = reordered.max(overtaken);
        while let Some(oldest) = self.sent.first_entry() {
            let sent = *oldest.get();
            if *oldest.key() >= newest || newest_sent.since(sent.at) < reordered {
                break;
            }
            oldest.remove();
            // A probe may well be more than the queue holds.
            let counted = u32::from(sent.is_missing && !sent.is_probe);
            self.packets += counted;
            self.lost += counted;
        }
    }

    fn arrived(&mut self, number: u64, sent: Sent, at_us: u64, now: Timestamp) {
        if self.newest_heard.is_none_or(|(newest, _)| number > newest) {
            self.newest_heard = Some((number, sent.at));
            self.push_round_trip(now.since(sent.at), now);
        }
        let delay_us = at_us.wrapping_sub(sent.at.as_micros()) as i64;
        let is_slowest = |(at, slowest_us)| delay_us >= slowest_us || sent.at.since(at) > OVERTAKEN_MOST;
        if self.slowest.is_none_or(is_slowest) {
            self.slowest = Some((sent.at, delay_us));
        }
        if let Some(before_us) = self.before_us.replace(delay_us) {
            let apart_us = delay_us.abs_diff(before_us).min(100_000) as f64;
            self.jitter_packets = (self.jitter_packets + 1.0).min(JITTER_PACKETS);
            self.jitter_us += (apart_us - self.jitter_us) / self.jitter_packets;
        }
        // What is sent among the packets of a probe shares the link with them.
        let is_in = |train: &&mut Train| (train.first_number..=train.last_number).contains(&number);
        if let Some(train) = self.probe.as_mut().filter(is_in) {
            match &mut train.arrivals {
                Some(arrivals) => arrivals.push(at_us, sent.bytes),
                None => train.arrivals = Some(Arrivals::begin(at_us)),
            }
        }
        // After a pause, or of a clock that goes back, a new stretch begins.
        let goes_on =
            |arrivals: &&mut Arrivals| arrivals.first_us <= at_us && at_us.saturating_sub(arrivals.last_us) < PAUSE_US;
        match self.arrivals.as_mut().filter(goes_on) {
            Some(arrivals) => arrivals.push(at_us, sent.bytes),
            None => self.arrivals = Some(Arrivals::begin(at_us)),
        }
    }

    fn push_round_trip(&mut self, round_trip: Duration, now: Timestamp) {
        self.round_trip = Some(round_trip);
        if now.since(self.stretch_since) > STRETCH {
            self.least = [self.least[1], None];
            self.stretch_since = now;
        }
        let least = &mut self.least[1];
        *least = Some(least.map_or(round_trip, |least| least.min(round_trip)));
    }

    /// What the newest probe showed, once: when it was sent, and bits a second. Where word comes quickly, there is some of its
    /// first packets before the last one has left.
    fn take_probed(&mut self, now: Timestamp) -> Option<(Timestamp, f64)> {
        let (newest, _) = self.newest_heard?;
        let is_over = |train: &mut Train| train.last_number <= newest && now.since(train.last_sent) >= TRAIN_GAP;
        let train = self.probe.take_if(is_over)?;
        // A link that has no room for two packets in a row carries next to nothing.
        let enough = train.arrivals.filter(|arrivals| arrivals.packets >= 1);
        Some((train.sent, enough.map_or(0.0, |arrivals| arrivals.bps())))
    }

    /// What was seen since the observation before.
    pub fn observe(&mut self, estimator: &LinkEstimator, now: Timestamp) -> Observation {
        let enough = |arrivals: &Arrivals| arrivals.packets >= LEAST_PACKETS && arrivals.span_us() >= LEAST_SPAN_US;
        let measured = self.arrivals.filter(enough);
        if let Some(arrivals) = measured {
            self.arrivals = Some(Arrivals::begin(arrivals.last_us));
        }
        let newest = self.newest_heard.map(|(number, _)| number);
        let mut later = self.sent.range(newest.map_or(0, |number| number + 1)..);
        Observation {
            at: now,
            target_bps: estimator.target_bps(),
            arrived_bps: measured.map(|arrivals| arrivals.bps()),
            arrived_over: measured.map_or(Duration::ZERO, |arrivals| Duration::from_micros(arrivals.span_us())),
            queue_delay: estimator.queue_delay(),
            jitter: Duration::from_secs_f64(self.jitter_us / 1e6),
            round_trip: self.round_trip.take(),
            least_round_trip: self.least.into_iter().flatten().min(),
            newest_heard: self.newest_heard.map(|(_, sent)| sent),
            oldest_unheard: later.next().map(|(_, sent)| sent.at),
            packets: std::mem::take(&mut self.packets),
            lost: std::mem::take(&mut self.lost),
            probed: self.take_probed(now),
        }
    }
}
