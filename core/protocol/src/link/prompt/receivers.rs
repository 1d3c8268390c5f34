//! One verdict out of many.

use std::collections::BTreeMap;

use crate::ids::DeviceId;
use crate::link::Verdict;

/// Our own link, and those of who receives from us.
#[derive(Debug, Default)]
pub(super) struct Receivers {
    pub(super) own: Verdict,
    verdicts: BTreeMap<DeviceId, Verdict>,
}

impl Receivers {
    pub(super) fn judged(&mut self, receiver: DeviceId, verdict: Verdict) {
        self.verdicts.insert(receiver, verdict);
    }

    pub(super) fn left(&mut self, receiver: &DeviceId) {
        self.verdicts.remove(receiver);
    }

    /// The worse one of our own, and of what more than half of the receivers have at least: one slow link must not take the picture
    /// from the others, whose user is prompted on his own device.
    pub(super) fn verdict(&self) -> Verdict {
        let mut verdicts: Vec<Verdict> = self.verdicts.values().copied().collect();
        verdicts.sort_unstable();
        let of_most = verdicts.get(verdicts.len().saturating_sub(1) / 2).copied();
        // Of two that are as bad, our own names the reason.
        match (self.own, of_most.unwrap_or_default()) {
            (Verdict::Poor { reason }, Verdict::Poor { .. }) => Verdict::Poor { reason },
            (own, of_most) => own.max(of_most),
        }
    }
}
