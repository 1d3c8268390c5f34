//! Finds a change by adding up evidence: Page's cumulative sum (Biometrika 41, 1954), with a ceiling.

use std::time::Duration;

use super::evidence::Evidence;
use crate::Timestamp;

/// So much evidence is significant, in nats. By Wald's inequality a run of evidence gets there without a change in at most
/// e⁻²⁰ = 2·10⁻⁹ of cases.
const SIGNIFICANT_NATS: f64 = 20.0;
/// And hardly more is kept, so that the end of what caused it shows at once.
const CEILING_NATS: f64 = 21.0;
/// What speaks for a change at the moment when it is believed, at least.
const STILL_NATS: f64 = 0.5;
/// A suspicion that nothing spoke for in so long is dropped.
const FORGOTTEN: Duration = Duration::from_secs(15);

/// Adds up evidence for one hypothesis against another.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    nats: f64,
    /// What speaks for the change came to the bottleneck since then,
    since: Option<Timestamp>,
    /// and until then.
    until: Timestamp,
}

impl Sum {
    /// Whether the change is significant, was there for so long, and is now.
    fn push(&mut self, evidence: Evidence, held: Duration) -> bool {
        self.nats = (self.nats + evidence.nats).clamp(0.0, CEILING_NATS);
        if self.nats == 0.0 || evidence.until.since(self.until) > FORGOTTEN {
            *self = Self::default();
        }
        if evidence.nats <= 0.0 {
            return false;
        }
        let since = *self.since.get_or_insert(evidence.since);
        self.nats = self.nats.max(f64::MIN_POSITIVE);
        self.until = self.until.max(evidence.until);
        self.nats >= SIGNIFICANT_NATS && evidence.nats >= STILL_NATS && evidence.until.since(since) >= held
    }
}

/// Holds the answer to a question until there is evidence enough for the other one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Detector {
    is_worse: bool,
    /// For the answer that does not hold.
    sum: Sum,
}

impl Detector {
    /// Takes what speaks for the worse answer, and what for the better one, with how long each has to show.
    pub(super) fn push(
        &mut self,
        to_worse: Option<Evidence>,
        to_better: Option<Evidence>,
        held: Duration,
        back: Duration,
    ) {
        let (evidence, held) = if self.is_worse {
            (to_better, back)
        } else {
            (to_worse, held)
        };
        if evidence.is_some_and(|evidence| self.sum.push(evidence, held)) {
            self.is_worse = !self.is_worse;
            self.sum = Sum::default();
        }
    }

    pub(super) fn is_worse(&self) -> bool {
        self.is_worse
    }

    /// Since when it may be worse; none while it is, or nothing speaks for it.
    pub(super) fn suspected_since(&self) -> Option<Timestamp> {
        self.sum.since.filter(|_| !self.is_worse)
    }
}
