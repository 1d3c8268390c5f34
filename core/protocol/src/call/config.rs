//! How long a call waits for what.

use std::time::Duration;

/// Every time-out of a call. The defaults are those of `docs/protocol.md`; both ends should use the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallConfig {
    /// How long a call rings. An invite that asks for more gets this much.
    pub lifetime: Duration,
    /// How long after its invite's lifetime a callee's device stops ringing by itself.
    pub ring_grace: Duration,
    /// From the answer to the first media.
    pub connect: Duration,
    /// How long a call waits for lost media.
    pub media_lost: Duration,
    /// How long a round may take to bring media back: as long as ICE goes on checking, so that the path is found when it
    /// returns.
    pub restart_every: Duration,
    /// How long an end waits for the other side's word.
    pub ending: Duration,
    /// How long an ended call is remembered.
    pub memory: Duration,
    /// From the first sending of a message to its first repetition; doubled for each further one.
    pub repeat_first: Duration,
    /// The longest time between two repetitions.
    pub repeat_at_most: Duration,
}

impl Default for CallConfig {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(60),
            ring_grace: Duration::from_secs(2),
            connect: Duration::from_secs(30),
            media_lost: Duration::from_secs(90),
            restart_every: Duration::from_secs(10),
            ending: Duration::from_secs(10),
            memory: Duration::from_secs(120),
            repeat_first: Duration::from_secs(3),
            repeat_at_most: Duration::from_secs(12),
        }
    }
}

impl CallConfig {
    /// How long to wait for an acknowledgement after `repetitions` repetitions.
    pub(super) fn repeat_after(&self, repetitions: u32) -> Duration {
        let factor = 1_u32.checked_shl(repetitions).unwrap_or(u32::MAX);
        self.repeat_first.saturating_mul(factor).min(self.repeat_at_most)
    }
}
