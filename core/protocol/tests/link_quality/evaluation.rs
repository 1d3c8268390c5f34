//! What the verdict is worth: how long it takes after a real drop, and how often it is wrong without one.

use std::sync::Arc;
use std::time::Duration;

use assist_link::LinkConfig;
use assist_link::loss::Loss;
use assist_link::mobile::Mobile;
use assist_link::path::PathConfig;
use assist_link::rate::Rate;
use assist_protocol::link::{MARGIN, POOR_BPS, Verdict};

use crate::world::{Judged, Picture, Scenario, run};

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(crate) const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What becomes worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Drop {
    /// What the link carries, bits a second: from, to.
    Rate(u64, u64),
    /// The share of packets that is lost: from, to.
    Loss(f64, f64),
    /// The round trip grows to this.
    RoundTrip(Duration),
}

/// A path like this, one way, with a queue of 300 ms.
pub(crate) fn path(bps: u64, loss: f64, round_trip: Duration) -> PathConfig {
    PathConfig {
        loss: Loss::Random(loss),
        ..PathConfig::clean(bps, round_trip / 2, ms(300))
    }
}

/// A good path, and the same after the drop.
pub(crate) fn before_and_after(drop: Drop, round_trip: Duration) -> [PathConfig; 2] {
    let good = path(3_000_000, 0.0, round_trip);
    match drop {
        Drop::Rate(from, to) => [path(from, 0.0, round_trip), path(to, 0.0, round_trip)],
        Drop::Loss(from, to) => [path(3_000_000, from, round_trip), path(3_000_000, to, round_trip)],
        Drop::RoundTrip(to) => {
            // Another way is another order.
            [round_trip / 2, to - round_trip / 2].map(|delay| PathConfig {
                way: LinkConfig {
                    is_ordered: false,
                    ..LinkConfig::perfect(delay)
                },
                ..good.clone()
            })
        }
    }
}

/// Good for 20 s, then worse for so long, then good again for a minute.
pub(crate) fn drop(drop: Drop, round_trip: Duration, held: Duration, seed: u64) -> Scenario {
    let [before, after] = before_and_after(drop, round_trip);
    // Anywhere in what repeats itself.
    let at = s(20) + Duration::from_micros(seed * 104_729 % 1_000_000);
    Scenario {
        there: vec![(Duration::ZERO, before.clone()), (at, after), (at + held, before)],
        back: round_trip / 2,
        picture: vec![(Duration::ZERO, Picture::Moving)],
        length: at + held + s(60),
        probes: true,
        seed,
    }
}

/// When the drop of such a scenario is.
pub(crate) fn begins(scenario: &Scenario) -> Duration {
    scenario.there[1].0
}

/// Nothing changes.
pub(crate) fn steady(config: PathConfig, picture: Picture, length: Duration, seed: u64) -> Scenario {
    Scenario {
        back: config.way.delay,
        there: vec![(Duration::ZERO, config)],
        picture: vec![(Duration::ZERO, picture)],
        length,
        probes: true,
        seed,
    }
}

/// How long it took to say so, over many runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    pub(crate) seconds: Vec<f64>,
    pub(crate) missed: usize,
}

impl Times {
    pub(crate) fn push(&mut self, time: Option<Duration>) {
        match time {
            Some(time) => self.seconds.push(time.as_secs_f64()),
            None => self.missed += 1,
        }
    }

    pub(crate) fn share(&self, share: f64) -> f64 {
        let mut sorted = self.seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        sorted.get((last as f64 * share) as usize).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn said(&self) -> String {
        let [median, most] = [0.5, 1.0].map(|share| self.share(share));
        format!(
            "{median:.2} s in the middle, {most:.2} s at most, {} of {} missed",
            self.missed,
            self.seconds.len() + self.missed
        )
    }
}

/// Prompts after a drop, and the offer of video after its end.
pub(crate) fn timed(of: Drop, round_trip: Duration, seeds: std::ops::Range<u64>) -> (Times, Times) {
    let (mut prompt, mut unprompt) = (Times::default(), Times::default());
    for seed in seeds {
        let scenario = drop(of, round_trip, s(20), seed);
        let judged = run(&scenario);
        let early = judged.changes.first().is_some_and(|(at, _)| *at < begins(&scenario));
        prompt.push(judged.first_from(begins(&scenario), false).filter(|_| !early));
        unprompt.push(judged.first_from(begins(&scenario) + s(20), true));
    }
    (prompt, unprompt)
}

/// How a verdict compares with the truth on a mobile link: the capacity in a centred window of 10 s.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Agreement {
    /// Of the time in which only one verdict is right, the share in which it is given.
    pub(crate) right: f64,
    /// The share of the time in which only one is right.
    pub(crate) decided: f64,
    pub(crate) changes_per_min: f64,
}

pub(crate) fn mobile(mobile: Mobile, seed: u64, length: Duration) -> (Judged, Agreement) {
    let rate = Rate::Trace(Arc::new(mobile.trace(seed, length).unwrap()));
    let config = PathConfig {
        rate: rate.clone(),
        ..PathConfig::clean(0, ms(50), ms(1_000))
    };
    let judged = run(&steady(config, Picture::Moving, length, seed));
    let (mut right, mut decided, mut all) = (0.0_f64, 0.0, 0.0);
    let mut moment = s(10);
    while moment + s(5) < length {
        let capacity_bps = rate.bits(moment - s(5), moment + s(5)) / 10.0;
        let truth = if capacity_bps < POOR_BPS / MARGIN {
            Some(false)
        } else {
            (capacity_bps > POOR_BPS * MARGIN).then_some(true)
        };
        all += 1.0;
        if let Some(is_good) = truth {
            decided += 1.0;
            right += f64::from(u8::from((judged.verdict_at(moment) == Verdict::Good) == is_good));
        }
        moment += ms(500);
    }
    let agreement = Agreement {
        right: right / f64::max(decided, 1.0),
        decided: decided / all,
        changes_per_min: per_minute(&judged),
    };
    (judged, agreement)
}

pub(crate) fn per_minute(judged: &Judged) -> f64 {
    judged.changes.len() as f64 * 60.0 / judged.length.as_secs_f64()
}
