//! Links on which a verdict is right or wrong; the definitions are in `docs/benchmarks.md`.

use std::fmt;
use std::time::Duration;

use assist_link::LinkConfig;
use assist_link::loss::Loss;
use assist_link::mobile::Mobile;
use assist_link::path::PathConfig;

use super::world::{Picture, Scenario};

pub(super) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What becomes worse.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Drop {
    /// What the link carries, bits a second: from, to.
    Rate(u64, u64),
    /// The share of packets that is lost: from, to.
    Loss(f64, f64),
    /// The round trip grows to this.
    RoundTrip(Duration),
}

impl fmt::Display for Drop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(from, to) => write!(formatter, "{} to {} Mbit/s", *from as f64 / 1e6, *to as f64 / 1e6),
            Self::Loss(from, to) => write!(formatter, "{} to {} % lost", 100.0 * from, 100.0 * to),
            Self::RoundTrip(to) => write!(formatter, "to a round trip of {to:?}"),
        }
    }
}

pub(super) const ROUND_TRIPS: [Duration; 4] = [ms(50), ms(150), ms(300), ms(800)];
/// Longer ones are more than good, and no round trip falls from there.
pub(super) const SHORT_ROUND_TRIP: Duration = ms(300);
/// How long a real drop is held.
pub(super) const DROP_HELD: Duration = s(20);
/// How long a dip is.
pub(super) const DIP_HELD: Duration = s(2);

/// What has to be said.
pub(super) const DROPS: [Drop; 6] = [
    Drop::Rate(2_500_000, 1_000_000),
    Drop::Rate(4_000_000, 300_000),
    Drop::Loss(0.0, 0.2),
    Drop::Loss(0.01, 0.3),
    Drop::RoundTrip(ms(1_500)),
    Drop::RoundTrip(ms(2_500)),
];

/// A link that breaks off, which the call's state says: the verdict does not.
pub(super) const BREAK: Drop = Drop::Rate(2_500_000, 0);

/// What must not be said when it lasts no longer than a dip.
pub(super) const DIPS: [Drop; 7] = [
    Drop::Rate(2_500_000, 1_000_000),
    Drop::Rate(2_500_000, 600_000),
    Drop::Rate(4_000_000, 200_000),
    Drop::Rate(2_500_000, 0),
    Drop::Loss(0.0, 0.3),
    Drop::Loss(0.01, 0.9),
    Drop::RoundTrip(ms(1_500)),
];

/// Good links of which nothing is to be said: bits a second, jitter as a share of the way, the share lost, and what is sent.
pub(super) const QUIET: [(u64, f64, f64, Picture); 10] = [
    (4_000_000, 0.0, 0.0, Picture::Moving),
    (2_500_000, 0.0, 0.0, Picture::Moving),
    (2_000_000, 0.0, 0.0, Picture::Moving),
    (2_000_000, 0.0, 0.01, Picture::Moving),
    (3_000_000, 0.0, 0.05, Picture::Moving),
    (2_500_000, 0.2, 0.0, Picture::Moving),
    (2_500_000, 0.2, 0.0, Picture::Still(50_000.0)),
    (2_500_000, 0.0, 0.0, Picture::Still(50_000.0)),
    (2_500_000, 0.0, 0.01, Picture::Still(400_000.0)),
    (2_500_000, 0.2, 0.01, Picture::Paused),
];

/// Made-up mobile links.
pub(super) const MOBILE: [(&str, Mobile); 3] = [
    ("lte_down", Mobile::LTE_DOWN),
    ("lte_up", Mobile::LTE_UP),
    ("umts_up", Mobile::UMTS_UP),
];

/// A path like this, one way, with a queue of 300 ms.
fn path(bps: u64, loss: f64, round_trip: Duration) -> PathConfig {
    PathConfig {
        loss: Loss::Random(loss),
        ..PathConfig::clean(bps, round_trip / 2, ms(300))
    }
}

/// A good path, and the same after the drop.
fn before_and_after(drop: Drop, round_trip: Duration) -> [PathConfig; 2] {
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

/// Good for 20 s, then worse for so long, then good again for a minute; and when the drop is.
pub(super) fn drop(drop: Drop, round_trip: Duration, held: Duration, seed: u64) -> (Scenario, Duration) {
    let [before, after] = before_and_after(drop, round_trip);
    // Anywhere in what repeats itself.
    let at = s(20) + Duration::from_micros(seed * 104_729 % 1_000_000);
    let scenario = Scenario {
        there: before.clone(),
        changes: vec![(at, after), (at + held, before)],
        back: round_trip / 2,
        picture: vec![(Duration::ZERO, Picture::Moving)],
        length: at + held + s(60),
        seed,
    };
    (scenario, at)
}

/// Nothing changes.
pub(super) fn steady(there: PathConfig, picture: Picture, length: Duration, seed: u64) -> Scenario {
    Scenario {
        back: there.way.delay,
        there,
        changes: Vec::new(),
        picture: vec![(Duration::ZERO, picture)],
        length,
        seed,
    }
}

/// One of [`QUIET`].
pub(super) fn quiet(
    (bps, jitter, loss, picture): (u64, f64, f64, Picture),
    round_trip: Duration,
    length: Duration,
    seed: u64,
) -> Scenario {
    let mut there = path(bps, loss, round_trip);
    there.way = LinkConfig {
        jitter: there.way.delay.mul_f64(jitter),
        is_ordered: false,
        ..there.way
    };
    steady(there, picture, length, seed)
}

/// Links within a quarter of a threshold.
pub(super) fn near() -> Vec<PathConfig> {
    let rates = [120, 150, 187, 1_150, 1_300, 1_500, 1_700, 1_870].map(|kbps| path(kbps * 1_000, 0.0, ms(100)));
    let losses = [0.08, 0.09, 0.10, 0.11, 0.12].map(|loss| path(3_000_000, loss, ms(100)));
    let round_trips = [800, 900, 1_000, 1_100, 1_200].map(|round_trip_ms| path(3_000_000, 0.0, ms(round_trip_ms)));
    rates.into_iter().chain(losses).chain(round_trips).collect()
}
