//! How long the verdict takes after a real drop, and how often it is wrong without one.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use assist_link::mobile::Mobile;
use assist_link::path::PathConfig;
use assist_link::rate::{InvalidTrace, Rate};
use assist_protocol::link::{MARGIN, POOR_BPS, Verdict};

use super::scenarios::{
    BREAK, DIP_HELD, DIPS, DROP_HELD, DROPS, Drop, MOBILE, QUIET, ROUND_TRIPS, SHORT_ROUND_TRIP, drop, ms, near, quiet,
    s, steady,
};
use super::world::{Judged, Picture, run};
use crate::link::workers::each;

/// How long it took, over many runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Times {
    seconds: Vec<f64>,
    /// How often it did not happen.
    pub(super) missed: usize,
}

impl Times {
    pub(super) fn push(&mut self, time: Option<Duration>) {
        match time {
            Some(time) => self.seconds.push(time.as_secs_f64()),
            None => self.missed += 1,
        }
    }

    /// The longest, s; none when it once did not happen, or was never asked for.
    pub(super) fn most_s(&self) -> Option<f64> {
        let most_s = self.seconds.iter().copied().reduce(f64::max);
        most_s.filter(|_| self.missed == 0)
    }

    /// Of both.
    pub(super) fn with(mut self, other: &Self) -> Self {
        self.seconds.extend(&other.seconds);
        self.missed += other.missed;
        self
    }

    /// How often it was asked for.
    pub(super) fn count(&self) -> usize {
        self.seconds.len() + self.missed
    }
}

/// A drop at a round trip, with all seeds.
#[derive(Debug, Clone)]
pub(super) struct Dropped {
    pub(super) of: Drop,
    pub(super) round_trip: Duration,
    /// From the drop until it is said.
    pub(super) prompt: Times,
    /// From its end until that is said.
    pub(super) unprompt: Times,
}

/// All real drops.
pub(super) fn drops(seeds: Range<u64>) -> Vec<Dropped> {
    let is_one =
        |(of, round_trip): &(Drop, Duration)| !matches!(of, Drop::RoundTrip(_)) || *round_trip <= SHORT_ROUND_TRIP;
    let pairs: Vec<_> = pairs(&DROPS).into_iter().filter(is_one).collect();
    each(&pairs, |(of, round_trip)| {
        let (mut prompt, mut unprompt) = (Times::default(), Times::default());
        for seed in seeds.clone() {
            let (scenario, at) = drop(*of, *round_trip, DROP_HELD, seed);
            let judged = run(&scenario);
            let early = judged.changes.first().is_some_and(|(changed, _)| *changed < at);
            prompt.push(judged.first_from(at, false).filter(|_| !early));
            unprompt.push(judged.first_from(at + DROP_HELD, true));
        }
        Dropped {
            of: *of,
            round_trip: *round_trip,
            prompt,
            unprompt,
        }
    })
}

/// How often something was said in so many runs where nothing should be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Unwanted {
    pub(super) prompts: usize,
    pub(super) runs: usize,
    pub(super) length: Duration,
    /// What probes took, at most of any run.
    pub(super) probe_bytes: u64,
}

impl Unwanted {
    fn with(self, judged: &Judged) -> Self {
        Self {
            prompts: self.prompts + judged.prompts(),
            runs: self.runs + 1,
            length: self.length + judged.length,
            probe_bytes: self.probe_bytes.max(judged.probe_bytes),
        }
    }
}

/// All dips.
pub(super) fn dips(seeds: Range<u64>) -> Unwanted {
    unwanted(&DIPS, DIP_HELD, seeds)
}

/// All links that break off.
pub(super) fn breaks(seeds: Range<u64>) -> Unwanted {
    unwanted(&[BREAK], DROP_HELD, seeds)
}

fn unwanted(drops: &[Drop], held: Duration, seeds: Range<u64>) -> Unwanted {
    let judged = each(&pairs(drops), |(of, round_trip)| {
        let of_seed = |seed| run(&drop(*of, *round_trip, held, seed).0);
        seeds.clone().map(of_seed).collect::<Vec<_>>()
    });
    judged.iter().flatten().fold(Unwanted::default(), Unwanted::with)
}

/// All good links, for so long each.
pub(super) fn quiet_links(length: Duration, seeds: Range<u64>) -> Unwanted {
    let judged = each(&pairs(&QUIET), |(link, round_trip)| {
        let of_seed = |seed| run(&quiet(*link, *round_trip, length, seed));
        seeds.clone().map(of_seed).collect::<Vec<_>>()
    });
    judged.iter().flatten().fold(Unwanted::default(), Unwanted::with)
}

/// How often the verdict changes a minute on links near a threshold, for so long each: of the worst run.
pub(super) fn near_thresholds(length: Duration, seeds: Range<u64>) -> f64 {
    let most = each(&near(), |config| {
        let of_seed = |seed| run(&steady(config.clone(), Picture::Moving, length, seed)).changes_per_min();
        seeds.clone().map(of_seed).fold(0.0, f64::max)
    });
    most.into_iter().fold(0.0, f64::max)
}

/// How a verdict compares with the truth on a mobile link, over all seeds: the capacity in a centred window of 10 s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Agreement {
    pub(super) link: &'static str,
    /// Of the time in which only one verdict is right, the share in which it is given; of the worst seed,
    pub(super) right_least: f64,
    /// and of the best.
    pub(super) right_most: f64,
    /// Of the seed with most.
    pub(super) changes_per_min: f64,
}

/// All mobile links.
///
/// # Errors
/// When one lets nothing through, which none does.
pub(super) fn mobile_links(length: Duration, seeds: Range<u64>) -> Result<Vec<Agreement>, InvalidTrace> {
    let agreements = each(&MOBILE, |(name, mobile)| {
        let mut all = Agreement {
            link: name,
            right_least: 1.0,
            right_most: 0.0,
            changes_per_min: 0.0,
        };
        for seed in seeds.clone() {
            let (right, changes_per_min) = agreement(mobile, seed, length)?;
            all.right_least = all.right_least.min(right);
            all.right_most = all.right_most.max(right);
            all.changes_per_min = all.changes_per_min.max(changes_per_min);
        }
        Ok(all)
    });
    agreements.into_iter().collect()
}

/// The share of the time in which the verdict is right, and its changes a minute.
fn agreement(mobile: &Mobile, seed: u64, length: Duration) -> Result<(f64, f64), InvalidTrace> {
    let rate = Rate::Trace(Arc::new(mobile.trace(seed, length)?));
    let config = PathConfig {
        rate: rate.clone(),
        ..PathConfig::clean(0, ms(50), ms(1_000))
    };
    let judged = run(&steady(config, Picture::Moving, length, seed));
    let (mut right, mut decided) = (0.0_f64, 0.0);
    let mut moment = s(10);
    while moment + s(5) < length {
        let capacity_bps = rate.bits(moment - s(5), moment + s(5)) / 10.0;
        let truth = if capacity_bps < POOR_BPS / MARGIN {
            Some(false)
        } else {
            (capacity_bps > POOR_BPS * MARGIN).then_some(true)
        };
        if let Some(is_good) = truth {
            decided += 1.0;
            right += f64::from(u8::from((judged.verdict_at(moment) == Verdict::Good) == is_good));
        }
        moment += ms(500);
    }
    Ok((right / f64::max(decided, 1.0), judged.changes_per_min()))
}

fn pairs<T: Copy>(kinds: &[T]) -> Vec<(T, Duration)> {
    let with = |kind: &T| ROUND_TRIPS.map(|round_trip| (*kind, round_trip));
    kinds.iter().flat_map(with).collect()
}
