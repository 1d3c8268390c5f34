//! How fast.

use crate::time::Timestamp;

/// A bucket that fills with time and is full at first.
#[derive(Debug, Clone)]
pub(super) struct TokenBucket {
    per_second: u64,
    capacity: u64,
    /// In millionths of a token.
    level_millionths: u64,
    updated: Timestamp,
}

const MILLION: u64 = 1_000_000;

impl TokenBucket {
    pub(super) const fn new(per_second: u64, capacity: u64) -> Self {
        Self {
            per_second,
            capacity,
            level_millionths: capacity * MILLION,
            updated: Timestamp::ZERO,
        }
    }

    /// Takes `tokens`, or nothing. A clock that goes back fills nothing.
    pub(super) fn take(&mut self, tokens: u64, now: Timestamp) -> bool {
        let elapsed_us = now.as_micros().saturating_sub(self.updated.as_micros());
        self.updated = self.updated.max(now);
        let full = self.capacity * MILLION;
        let gained = elapsed_us.saturating_mul(self.per_second);
        self.level_millionths = self.level_millionths.saturating_add(gained).min(full);
        let Some(left) = self.level_millionths.checked_sub(tokens.saturating_mul(MILLION)) else {
            return false;
        };
        self.level_millionths = left;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_as_much_as_time_brings() {
        let mut bucket = TokenBucket::new(10, 20);
        let at = Timestamp::from_millis;
        assert!(bucket.take(20, at(5_000)));
        assert!(!bucket.take(1, at(5_099)));
        assert!(bucket.take(1, at(5_100)));
        assert!(!bucket.take(1, at(5_100)));
        assert!(!bucket.take(1, at(1_000)), "a clock that goes back");
        assert!(!bucket.take(21, at(1_000_000)), "more than it holds");
        assert!(bucket.take(20, at(u64::MAX)));
    }
}
