//! A probe under way.

use std::time::Duration;

use super::quality::WantedProbe;
use crate::Timestamp;

/// Packets that leave one after the other at a rate of their own.
#[derive(Debug)]
pub(super) struct Train {
    rate_bps: f64,
    left_bytes: u32,
    due: Timestamp,
}

impl Train {
    /// Leaves from now on.
    pub(super) fn new(wanted: WantedProbe, now: Timestamp) -> Self {
        Self {
            rate_bps: wanted.rate_bps.max(1.0),
            left_bytes: wanted.bytes,
            due: now,
        }
    }

    /// When the next packet is to leave.
    pub(super) fn due(&self) -> Timestamp {
        self.due
    }

    /// A packet of it left, of so many bytes; what is left of it, if there is room for another one.
    pub(super) fn without(self, bytes: u32) -> Option<Self> {
        let left_bytes = self.left_bytes.saturating_sub(bytes);
        let gap = Duration::from_secs_f64(8.0 * f64::from(bytes) / self.rate_bps);
        (left_bytes >= bytes).then_some(Self {
            left_bytes,
            due: self.due + gap,
            ..self
        })
    }
}
