//! What an observation says for or against each answer, in nats: the logarithm of how much likelier it is if the answer is true.

use std::time::Duration;

use super::{ASIDE, MARGIN, POOR_ROUND_TRIP};
use crate::Timestamp;
use crate::link::Observation;

/// Evidence for an answer; less than none speaks against it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evidence {
    /// The logarithm of the ratio of likelihoods.
    pub(super) nats: f64,
    /// When what it is about came to the bottleneck: from then,
    pub(super) since: Timestamp,
    /// until then.
    pub(super) until: Timestamp,
}

impl Evidence {
    fn of(nats: f64, passed: Timestamp) -> Self {
        Self {
            nats,
            since: passed,
            until: passed,
        }
    }
}

/// So long a stretch is one sample: what comes after it does not depend on it much.
const SAMPLE: Duration = Duration::from_millis(100);
/// One sample says no more than this, whatever it is like: a burst is not a change.
const MOST_NATS: f64 = 2.0;
/// A probe that is clearly on one side is worth so many samples: it fills the link by itself.
const PROBE_SAMPLES: f64 = 10.0;
/// Packets that wait for longer than this, wait in a queue: longer than a frame at 30 a second, and than jitter,
const FULL: Duration = Duration::from_millis(40);
const FULL_JITTER: u32 = 4;
/// which a thin link has for itself.
const FULL_AT_MOST: Duration = Duration::from_millis(120);
/// And packets that wait for less than this do not.
const CLEAR: Duration = Duration::from_millis(15);
/// Word that is later than the least round trip by so much, is missing.
const GRACE: Duration = Duration::from_millis(250);

/// Of the measure's logarithm, with errors after Laplace whose scale is that of the margin, and with the answers a margin beyond the
/// threshold to either side: linear between them, and beyond them no more than [`MOST_NATS`].
fn above(measured: f64, threshold: f64) -> f64 {
    let distance = (measured.max(f64::MIN_POSITIVE) / threshold).ln() / MARGIN.ln();
    distance.clamp(-1.0, 1.0) * MOST_NATS
}

fn samples(over: Duration) -> f64 {
    (over.as_secs_f64() / SAMPLE.as_secs_f64()).min(5.0)
}

/// What a link was seen to carry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Carried {
    passed: Option<Timestamp>,
    /// The link was full, and carried this; or a probe filled it.
    most: Option<Weighed>,
    /// It carries this at least.
    least: Option<Weighed>,
    /// What came to the bottleneck from then until then has not arrived although it should have.
    silent: Option<(Timestamp, Timestamp, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Weighed {
    bps: f64,
    samples: f64,
}

/// What the link was seen to carry, so long after the observation before. Little that arrives says nothing by itself: a still scene
/// or a pause is no poor link.
pub(super) fn carried(observation: &Observation, after: Duration) -> Carried {
    let silent = overdue(observation)
        .filter(|_| observation.packets == 0)
        .map(|(since, until)| (since, until, samples(after)));
    if let Some((sent, bps)) = observation.probed {
        let weighed = Some(Weighed {
            bps,
            samples: PROBE_SAMPLES,
        });
        return Carried {
            passed: Some(sent),
            most: weighed,
            least: weighed,
            silent,
        };
    }
    let full = FULL.max((observation.jitter * FULL_JITTER).min(FULL_AT_MOST));
    let is_full = observation.queue_delay > full;
    let arrived = observation.arrived_bps.map(|bps| Weighed {
        bps,
        samples: samples(observation.arrived_over),
    });
    // The estimator does not go beyond what the link showed to carry; it may not know yet that this has changed.
    let is_clear = observation.queue_delay < CLEAR && observation.packets > 0;
    let target = Weighed {
        bps: observation.target_bps,
        samples: samples(after),
    };
    let least = if is_clear {
        Some(arrived.filter(|arrived| arrived.bps > target.bps).unwrap_or(target))
    } else {
        arrived
    };
    Carried {
        passed: passed(observation),
        most: arrived.filter(|_| is_full),
        least,
        silent,
    }
}

/// When the newest packet that there is word of had waited in the queue.
fn passed(observation: &Observation) -> Option<Timestamp> {
    observation.newest_heard.map(|sent| sent + observation.queue_delay)
}

/// From when until when packets came to the bottleneck of which there should be word, and is none.
fn overdue(observation: &Observation) -> Option<(Timestamp, Timestamp)> {
    let since = observation.oldest_unheard? + observation.queue_delay;
    let expected = observation.least_round_trip? + GRACE;
    let late = observation.at.since(since).checked_sub(expected)?;
    Some((since, since + late))
}

impl Carried {
    /// Nothing that there should be word of has arrived.
    pub(super) fn is_silent(&self) -> bool {
        self.silent.is_some()
    }

    /// What is known now, if it was `known_bps` before.
    pub(super) fn bps(&self, known_bps: f64) -> f64 {
        match (self.silent, self.most, self.least) {
            (Some(_), _, _) => 0.0,
            (None, Some(most), _) => most.bps,
            (None, None, Some(least)) => known_bps.max(least.bps),
            (None, None, None) => known_bps,
        }
    }
}

/// That a link carries less than a threshold, bits a second.
pub(super) fn carries_less(carried: &Carried, threshold_bps: f64) -> Option<Evidence> {
    if let Some((since, until, samples)) = carried.silent {
        return Some(Evidence {
            nats: MOST_NATS * samples,
            since,
            until,
        });
    }
    let weigh = |weighed: Weighed| -above(weighed.bps, threshold_bps) * weighed.samples;
    let most = carried.most.map(weigh);
    // What it carries at least speaks against, or not at all.
    let least = carried.least.map(weigh).filter(|nats| *nats < 0.0);
    Some(Evidence::of(most.or(least)?, carried.passed?))
}

/// That a link carries more than a threshold, bits a second.
pub(super) fn carries_more(carried: &Carried, threshold_bps: f64) -> Option<Evidence> {
    if let Some((_, until, samples)) = carried.silent {
        return Some(Evidence::of(-MOST_NATS * samples, until));
    }
    let weigh = |weighed: Weighed| above(weighed.bps, threshold_bps) * weighed.samples;
    let most = carried.most.map(weigh);
    let least = carried.least.map(weigh).filter(|nats| *nats > 0.0);
    Some(Evidence::of(most.or(least)?, carried.passed?))
}

/// That a round trip is longer than the threshold, and that it is clearly shorter. What there is no word of yet takes longer than
/// its age.
pub(super) fn round_trip(observation: &Observation) -> (Option<Evidence>, Option<Evidence>) {
    let threshold = POOR_ROUND_TRIP.as_secs_f64();
    let weigh = |round_trip: Duration| {
        let seconds = round_trip.as_secs_f64();
        (above(seconds, threshold * ASIDE), -above(seconds, threshold / ASIDE))
    };
    let age = observation.oldest_unheard.map(|sent| observation.at.since(sent));
    let late = overdue(observation).zip(age.filter(|age| *age > POOR_ROUND_TRIP));
    if let Some(((since, until), age)) = late {
        let (longer, shorter) = weigh(age);
        let evidence = |nats| Evidence { nats, since, until };
        return (Some(evidence(longer)), Some(evidence(shorter)));
    }
    let (Some(round_trip), Some(passed)) = (observation.round_trip, passed(observation)) else {
        return (None, None);
    };
    let (longer, shorter) = weigh(round_trip);
    (Some(Evidence::of(longer, passed)), Some(Evidence::of(shorter, passed)))
}

/// The shares of lost packets that are told apart, [less, more]: as much speaks for the one as for the other at 11.2 %,
const LOSS_TO_WORSE: [f64; 2] = [0.070, 0.165];
/// and on the way back at 8.9 %.
const LOSS_TO_BETTER: [f64; 2] = [0.053, 0.137];

/// That more is lost than the threshold, and that clearly less is.
pub(super) fn loss(observation: &Observation) -> (Option<Evidence>, Option<Evidence>) {
    let Some(passed) = passed(observation).filter(|_| observation.packets > 0) else {
        return (None, None);
    };
    // Each packet by itself (Bernoulli); losses that come in bursts say too much, so there is a limit.
    let more = |[less, more]: [f64; 2]| {
        let (lost, arrived) = (
            f64::from(observation.lost),
            f64::from(observation.packets - observation.lost),
        );
        let nats = lost * (more / less).ln() + arrived * ((1.0 - more) / (1.0 - less)).ln();
        nats.clamp(-2.0 * MOST_NATS, MOST_NATS)
    };
    let to_worse = Evidence::of(more(LOSS_TO_WORSE), passed);
    let to_better = Evidence::of(-more(LOSS_TO_BETTER), passed);
    (Some(to_worse), Some(to_better))
}
