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
            interval: clamped(interval),
            heard_at: now,
            pinged: false,
        }
    }

    /// Asks for a sign of life at once, and gives the connection up without one after `interval`; then goes on with it.
    pub(super) fn hurry(&mut self, interval: Duration, now: Instant) {
        self.interval = self.interval.min(interval);
        self.heard_at = now.checked_sub(self.interval).unwrap_or(now);
        self.pinged = false;
    }

    /// Takes its time again.
    pub(super) fn calm(&mut self, interval: Duration) {
        self.interval = clamped(interval);
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

fn clamped(interval: Duration) -> Duration {
    interval.clamp(*INTERVALS.start(), *INTERVALS.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_hurry_it_asks_at_once_and_gives_up_soon() {
        let start = Instant::now() + INTERVAL;
        let mut heartbeat = Heartbeat::new(INTERVAL, start);
        heartbeat.hurry(INTERVAL / 5, start + INTERVAL / 2);
        assert_eq!(heartbeat.beat(start + INTERVAL / 2), Beat::Ping);
        assert_eq!(heartbeat.deadline(), start + INTERVAL / 2 + INTERVAL / 5);
        heartbeat.heard(start + INTERVAL);
        assert_eq!(heartbeat.deadline(), start + INTERVAL + INTERVAL / 5);
        heartbeat.calm(INTERVAL);
        assert_eq!(heartbeat.deadline(), start + INTERVAL * 2);
    }

    #[test]
    fn after_a_sleep_of_a_minute_it_is_dead_at_once() {
        let start = Instant::now();
        let mut heartbeat = Heartbeat::new(INTERVAL, start);
        assert_eq!(heartbeat.beat(start + Duration::from_secs(60)), Beat::Dead);
    }

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
