//! How long to wait before coming back.

use std::time::Duration;

/// Waits that double up to a longest one. Told its randomness, so that it can be replayed.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    next: Duration,
}

impl Backoff {
    /// Starts with `first`, doubles up to `longest`.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            next: first.min(longest),
        }
    }

    /// The next wait; `spread` (0 to 65,535) adds up to a quarter, so that many clients do not come back at once.
    pub fn next_delay(&mut self, spread: u16) -> Duration {
        let delay = self.next;
        self.next = delay.saturating_mul(2).min(self.longest);
        spread_by_a_quarter(delay, spread)
    }

    /// The next wait is the first one again.
    pub fn reset(&mut self) {
        self.next = self.first.min(self.longest);
    }
}

/// `delay` and up to a quarter more; `spread` runs from 0 to 65,535.
pub fn spread_by_a_quarter(delay: Duration, spread: u16) -> Duration {
    delay.saturating_add(delay.saturating_mul(u32::from(spread)) / (4 * u32::from(u16::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protocol_backoff() -> Backoff {
        Backoff::new(Duration::from_millis(500), Duration::from_secs(10))
    }

    #[test]
    fn doubles_up_to_the_longest() {
        let mut backoff = protocol_backoff();
        let waits: Vec<u128> = (0..7).map(|_| backoff.next_delay(0).as_millis()).collect();
        assert_eq!(waits, [500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
    }

    #[test]
    fn starts_over_after_a_reset() {
        let mut backoff = protocol_backoff();
        backoff.next_delay(0);
        backoff.next_delay(0);
        backoff.reset();
        assert_eq!(backoff.next_delay(0), Duration::from_millis(500));
    }

    #[test]
    fn spread_adds_at_most_a_quarter_and_does_not_accumulate() {
        let mut backoff = protocol_backoff();
        assert_eq!(backoff.next_delay(u16::MAX), Duration::from_millis(625));
        assert_eq!(backoff.next_delay(u16::MAX / 2).as_millis(), 1_124);
        for _ in 0..10 {
            assert!(backoff.next_delay(u16::MAX) <= Duration::from_millis(12_500));
        }
    }

    #[test]
    fn extreme_settings_do_not_overflow() {
        let mut backoff = Backoff::new(Duration::MAX, Duration::MAX);
        assert!(backoff.next_delay(u16::MAX) >= Duration::from_secs(1));
        assert_eq!(
            Backoff::new(Duration::ZERO, Duration::ZERO).next_delay(u16::MAX),
            Duration::ZERO
        );
    }
}
