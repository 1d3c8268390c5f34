//! Tells a quiet connection from a dead one.

use std::ops::RangeInclusive;
use std::time::Duration;

use tokio::time::Instant;

/// What a hub may ask for; anything else would be a flood or a connection that is never given up.
const INTERVALS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(120);

/// What to do when [`Heartbeat::deadline`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beat {
    /// Not yet.
    Wait,
    /// Say `ping`.
    Ping,
    /// Give the connection up.
    Dead,
}

/// One ping after an interval of silence, dead after two.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    heard_at: Instant,
    pinged: bool,
}

impl Heartbeat {
    pub(super) fn new(interval: Duration, now: Instant) -> Self {
        Self {
            interval: interval.clamp(*INTERVALS.start(), *INTERVALS.end()),
            heard_at: now,
            pinged: false,
        }
    }

    /// Anything at all arrived.
    pub(super) fn heard(&mut self, now: Instant) {
        self.heard_at = now;
        self.pinged = false;
    }

    /// When to call [`Self::beat`] next.
    pub(super) fn deadline(&self) -> Instant {
        self.heard_at + self.interval * if self.pinged { 2 } else { 1 }
    }

    pub(super) fn beat(&mut self, now: Instant) -> Beat {
        let silence = now.saturating_duration_since(self.heard_at);
        if silence >= self.interval * 2 {
            Beat::Dead
        } else if silence >= self.interval && !self.pinged {
            self.pinged = true;
            Beat::Ping
        } else {
            Beat::Wait
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);

    #[test]
    fn pings_once_and_then_gives_up() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, start);
        assert_eq!(heartbeat.beat(start + INTERVAL / 2), Beat::Wait);
        assert_eq!(heartbeat.deadline(), start + INTERVAL);
        assert_eq!(heartbeat.beat(start + INTERVAL), Beat::Ping);
        assert_eq!(heartbeat.beat(start + INTERVAL), Beat::Wait);
        assert_eq!(heartbeat.deadline(), start + INTERVAL * 2);
        assert_eq!(heartbeat.beat(start + INTERVAL * 2), Beat::Dead);
    }

    #[test]
    fn anything_heard_starts_over() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, start);
        heartbeat.beat(start + INTERVAL);
        heartbeat.heard(start + INTERVAL);
        assert_eq!(heartbeat.deadline(), start + INTERVAL * 2);
        assert_eq!(heartbeat.beat(start + INTERVAL * 2), Beat::Ping);
    }

    #[test]
    fn a_hub_cannot_ask_for_a_flood() {
        let start = Instant::now();
        assert_eq!(
            Heartbeat::new(Duration::ZERO, start).deadline(),
            start + Duration::from_secs(1)
        );
    }
}
