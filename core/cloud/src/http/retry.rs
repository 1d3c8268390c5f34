//! When to try again.

use std::time::{Duration, SystemTime};

/// How often and how far apart a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retry {
    /// Tries in all, the first included.
    pub(super) attempts: u32,
    /// Before the second try; doubled for each further one.
    pub(super) first_delay: Duration,
    /// The longest wait. A service that asks for more is taken at its word: the error says when to come back.
    pub(super) longest_delay: Duration,
}

impl Retry {
    /// How long to wait after try number `attempt` (from 1), or nothing when it was the last. `spread` in 0..=1
    /// lengthens a wait of our own choice by up to a quarter, so that clients do not come back all at once.
    pub(super) fn delay(self, attempt: u32, asked: Option<Duration>, spread: f64) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        match asked {
            Some(asked) => (asked <= self.longest_delay).then_some(asked),
            None => {
                let doubled = self
                    .first_delay
                    .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
                Some(
                    doubled
                        .min(self.longest_delay)
                        .mul_f64(1.0 + spread.clamp(0.0, 1.0) / 4.0),
                )
            }
        }
    }

    /// Whether a status says that the service, not the request, is at fault for now (RFC 9110, 15.6).
    pub(super) fn is_temporary(status: u16) -> bool {
        matches!(status, 500 | 502 | 503 | 504)
    }
}

/// The time a `Retry-After` means: seconds, or a date (RFC 9110, 10.2.3).
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(Duration::from_secs(u64::from(seconds)));
    }
    let date = httpdate::parse_http_date(value.trim()).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        attempts: 4,
        first_delay: Duration::from_millis(100),
        longest_delay: Duration::from_millis(300),
    };

    #[test]
    fn waits_double_up_to_the_longest_and_then_end() {
        let delays: Vec<_> = (1..=4).map(|attempt| RETRY.delay(attempt, None, 0.0)).collect();
        let ms = |ms| Some(Duration::from_millis(ms));
        assert_eq!(delays, [ms(100), ms(200), ms(300), None]);
        assert_eq!(RETRY.delay(1, None, 1.0), ms(125));
    }

    #[test]
    fn what_the_service_asks_for_is_kept_or_told_onward() {
        assert_eq!(
            RETRY.delay(1, Some(Duration::from_millis(250)), 1.0),
            Some(Duration::from_millis(250))
        );
        assert_eq!(RETRY.delay(1, Some(Duration::from_secs(60)), 0.0), None);
    }

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-1", now), None);
    }
}
