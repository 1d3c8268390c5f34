//! How often somebody may do something.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Allows bursts, and a steady rate after them.
#[derive(Debug)]
pub(crate) struct TokenBucket {
    capacity: f64,
    per_second: f64,
    tokens: f64,
    updated: Instant,
}

impl TokenBucket {
    /// A full one.
    pub(crate) fn new(burst: u32, per_second: u32, now: Instant) -> Self {
        let capacity = f64::from(burst.max(1));
        Self {
            capacity,
            per_second: f64::from(per_second.max(1)),
            tokens: capacity,
            updated: now,
        }
    }

    /// Takes `cost` tokens, or says when they will be there.
    pub(crate) fn take(&mut self, cost: u32, now: Instant) -> Result<(), Duration> {
        self.refill(now);
        let cost = f64::from(cost).min(self.capacity);
        if self.tokens >= cost {
            self.tokens -= cost;
            return Ok(());
        }
        Err(Duration::from_secs_f64((cost - self.tokens) / self.per_second))
    }

    /// Takes up to `cost` tokens, for something that has happened already.
    pub(crate) fn charge(&mut self, cost: u32, now: Instant) {
        self.refill(now);
        self.tokens = (self.tokens - f64::from(cost)).max(0.0);
    }

    fn is_full(&mut self, now: Instant) -> bool {
        self.refill(now);
        self.tokens >= self.capacity
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.updated);
        self.tokens = (self.tokens + elapsed.as_secs_f64() * self.per_second).min(self.capacity);
        self.updated = now;
    }
}

/// Addresses remembered at once; past it, those that are at rest are forgotten.
const REMEMBERED_ADDRESSES: usize = 10_000;
/// What a failed sign-in costs on top of the attempt itself.
const FAILURE_COST: u32 = 4;

/// How often each address may try to sign in.
#[derive(Debug)]
pub(crate) struct SignInLimit {
    burst: u32,
    per_second: u32,
    buckets: Mutex<HashMap<IpAddr, TokenBucket>>,
}

impl SignInLimit {
    pub(crate) fn new(burst: u32, per_second: u32) -> Self {
        Self {
            burst,
            per_second,
            buckets: Mutex::default(),
        }
    }

    /// Allows one attempt, or says when the next one is allowed.
    pub(crate) fn attempt(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        self.with_bucket(address, now, |bucket| bucket.take(1, now))
    }

    /// Counts an attempt that failed.
    pub(crate) fn failed(&self, address: IpAddr, now: Instant) {
        self.with_bucket(address, now, |bucket| bucket.charge(FAILURE_COST, now));
    }

    fn with_bucket<T>(&self, address: IpAddr, now: Instant, act: impl FnOnce(&mut TokenBucket) -> T) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED_ADDRESSES && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| !bucket.is_full(now));
            if buckets.len() >= REMEMBERED_ADDRESSES {
                buckets.clear();
            }
        }
        act(buckets
            .entry(address)
            .or_insert_with(|| TokenBucket::new(self.burst, self.per_second, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut bucket = TokenBucket::new(3, 2, start);
        for _ in 0..3 {
            assert_eq!(bucket.take(1, start), Ok(()));
        }
        assert_eq!(bucket.take(1, start), Err(Duration::from_millis(500)));
        assert_eq!(bucket.take(1, start + Duration::from_millis(500)), Ok(()));
        assert!(bucket.take(1, start + Duration::from_millis(600)).is_err());
    }

    #[test]
    fn failures_cost_more_and_touch_only_their_own_address() {
        let start = Instant::now();
        let limit = SignInLimit::new(10, 1);
        let (guesser, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..2 {
            assert_eq!(limit.attempt(guesser, start), Ok(()));
            limit.failed(guesser, start);
        }
        assert!(limit.attempt(guesser, start).is_err());
        assert_eq!(limit.attempt(other, start), Ok(()));
    }
}
