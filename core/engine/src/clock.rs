//! The engine's one clock: what machines are told, and what [`std::time::Instant`] and wall time are turned into.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use assist_protocol::Timestamp;

/// Counts from the moment it was made; never goes back. Copies agree.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub fn start() -> Self {
        Self { origin: Instant::now() }
    }

    /// The time now.
    pub fn now(self) -> Timestamp {
        Timestamp::from_micros(u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    /// The instant of a timestamp of this clock, for timers.
    pub fn instant(self, timestamp: Timestamp) -> Instant {
        self.origin + timestamp.since(Timestamp::ZERO)
    }
}

/// Milliseconds since 1970 by the wall clock, for people.
pub(crate) fn wall_clock_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
