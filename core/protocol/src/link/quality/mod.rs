//! Whether the link is good, poor or critical, and why: no threshold that is crossed, but a change that is found.
//!
//! ```text
//!                     ┌─ carries less than 1.5 Mbit/s ─┐
//!   an observation    ├─ carries less than 150 kbit/s ─┤
//!   every 100 to ────▶│                                │──▶ verdict
//!   250 ms            ├─ answers after over 1,000 ms ──┤
//!                     └─ loses over 10 % ──────────────┘
//!                                  │
//!                                  └──▶ wanted probes
//! ```
//!
//! Each of the four is a question with two answers, and a detector ([`change`]) that adds up the evidence for the other answer than
//! the one that holds ([`evidence`]). `docs/link.md` derives the constants.

mod change;
mod evidence;
mod probing;

use std::time::Duration;

pub use probing::WantedProbe;

use serde::{Deserialize, Serialize};

use self::change::Detector;
use self::probing::Probing;
use super::observer::Observation;
use crate::Timestamp;

/// Which of its measures makes a link poor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum LinkReason {
    /// It carries less than 1.5 Mbit/s.
    Bandwidth,
    /// A round trip takes over 1,000 ms.
    Delay,
    /// More than 10 % of packets are lost.
    Loss,
}

/// What a link is good for. The worse, the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Verdict {
    /// For live video, or nothing else is known.
    #[default]
    Good,
    /// For snapshots rather than video.
    Poor {
        /// Why.
        reason: LinkReason,
    },
    /// It carries less than 150 kbit/s: for sound alone.
    Critical,
}

impl Verdict {
    /// The same for all reasons.
    const fn grade(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Poor { .. } => 1,
            Self::Critical => 2,
        }
    }
}

/// Below this it is poor, bits a second,
pub const POOR_BPS: f64 = 1_500_000.0;
/// and below this critical.
pub const CRITICAL_BPS: f64 = 150_000.0;
/// Longer round trips are poor.
pub const POOR_ROUND_TRIP: Duration = Duration::from_millis(1_000);
/// Within this factor of a threshold either verdict is right.
pub const MARGIN: f64 = 1.25;
/// So a verdict turns where evidence for either is the same in the middle of its side of that: its square root away.
const ASIDE: f64 = 1.118_034;

/// A change has to show in what was sent over so long: a dip of 2 s does not.
const HELD: Duration = Duration::from_millis(2_080);
/// Nor does a link say anything of what it carries that says nothing for longer than this.
const BROKEN_OFF: Duration = Duration::from_secs(2);
/// The way back takes so long at first, and twice as long each time that it did not last.
const BACK: Duration = Duration::from_secs(8);
const MOST_RELAPSES: u32 = 3;
/// A return that lasted for so long did last.
const LASTED: Duration = Duration::from_secs(120);

/// A link of which there is no word.
#[derive(Debug, Clone, Copy)]
struct Silence {
    since: Timestamp,
    /// What was known of bandwidth when it began.
    before: [Detector; 2],
}

/// Judges one direction of a link to one peer.
#[derive(Debug, Default)]
pub struct LinkQuality {
    poor: Detector,
    critical: Detector,
    delay: Detector,
    loss: Detector,
    before: Timestamp,
    probing: Probing,
    silence: Option<Silence>,
    verdict: Verdict,
    relapses: u32,
    better_since: Option<Timestamp>,
}

impl LinkQuality {
    /// Takes an observation; the verdict if it has changed.
    pub fn observe(&mut self, observation: &Observation) -> Option<Verdict> {
        let now = observation.at;
        if self.better_since.is_some_and(|since| now.since(since) > LASTED) {
            (self.relapses, self.better_since) = (0, None);
        }
        let back = BACK * 2_u32.pow(self.relapses);
        let least_round_trip = observation.least_round_trip.unwrap_or_default();
        let carried = evidence::carried(observation, now.since(std::mem::replace(&mut self.before, now)));
        if !self.has_broken_off(carried.is_silent(), now) {
            for (detector, threshold_bps) in [(&mut self.poor, POOR_BPS), (&mut self.critical, CRITICAL_BPS)] {
                let to_worse = evidence::carries_less(&carried, threshold_bps / ASIDE);
                let to_better = evidence::carries_more(&carried, threshold_bps * ASIDE);
                detector.push(to_worse, to_better, HELD, back);
            }
            let (longer, shorter) = evidence::round_trip(observation);
            // The longer it is anyway, the sooner a queue makes it longer than the threshold.
            let held = HELD + least_round_trip / 2;
            self.delay.push(longer, shorter, held, back);
        }
        let (more, less) = evidence::loss(observation);
        self.loss.push(more, less, HELD, back);
        self.probing
            .observe(observation, &carried, self.poor.suspected_since(), self.poor.is_worse());

        let verdict = self.judge();
        if verdict == self.verdict {
            return None;
        }
        if verdict.grade() < self.verdict.grade() {
            self.better_since = Some(now);
        } else if verdict.grade() > self.verdict.grade() && self.better_since.take().is_some() {
            self.relapses = (self.relapses + 1).min(MOST_RELAPSES);
        }
        self.verdict = verdict;
        Some(verdict)
    }

    /// What holds now.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// A probe that would settle whether the link is poor, or good again; once each time that it is wanted. It is to be sent at
    /// once, and what it shows goes into an observation.
    pub fn poll_probe(&mut self, now: Timestamp) -> Option<WantedProbe> {
        self.probing.poll(now)
    }

    /// When [`poll_probe`](Self::poll_probe) may have one.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.probing.next()
    }

    /// Whether there was no word for so long that the link has broken off. That is no matter of what it carries: media comes back, or
    /// the call is connected anew. What is known of bandwidth is what was known before the silence.
    fn has_broken_off(&mut self, is_silent: bool, now: Timestamp) -> bool {
        if !is_silent {
            self.silence = None;
            return false;
        }
        let before = [self.poor, self.critical];
        let silence = self.silence.get_or_insert(Silence { since: now, before });
        let has_broken_off = now.since(silence.since) >= BROKEN_OFF;
        if has_broken_off {
            [self.poor, self.critical] = silence.before;
        }
        has_broken_off
    }

    /// The reason that was first stays for as long as it holds.
    fn judge(&self) -> Verdict {
        if self.critical.is_worse() {
            return Verdict::Critical;
        }
        let holds = |reason: LinkReason| match reason {
            LinkReason::Bandwidth => self.poor.is_worse(),
            LinkReason::Delay => self.delay.is_worse(),
            LinkReason::Loss => self.loss.is_worse(),
        };
        let before = match self.verdict {
            Verdict::Poor { reason } => Some(reason),
            Verdict::Good | Verdict::Critical => None,
        };
        let reasons = [LinkReason::Bandwidth, LinkReason::Delay, LinkReason::Loss];
        let reason = before.into_iter().chain(reasons).find(|reason| holds(*reason));
        reason.map_or(Verdict::Good, |reason| Verdict::Poor { reason })
    }
}
