//! What the last connection knew of the link: where the next one begins.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use assist_protocol::link::EstimatorConfig;

/// Longer ago than this, others may have come or gone.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);
/// Without that: the product's least picture with its sound. A link that bears less shows it within a second.
const GUESS_BPS: f64 = 1_500_000.0;
/// A connection begins with this share of what the last one knew: it may have to share it now,
const SHARE: f64 = 0.8;
/// and within these bounds in bits a second, as a guess too low costs a sharp picture and one too high a queue.
const BOUNDS_BPS: (f64, f64) = (300_000.0, 3_000_000.0);

/// Shared by all connections of a device.
#[derive(Debug, Clone, Default)]
pub(in crate::transport::webrtc) struct LastKnown {
    target_bps: Arc<Mutex<Option<(Instant, f64)>>>,
}

impl LastKnown {
    pub(super) fn remember(&self, target_bps: f64, now: Instant) {
        *self.target_bps.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, target_bps));
    }

    /// The network is another one.
    pub(in crate::transport::webrtc) fn forget(&self) {
        *self.target_bps.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn config(&self, now: Instant) -> EstimatorConfig {
        let known = *self.target_bps.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = known.filter(|(at, _)| now.saturating_duration_since(*at) < REMEMBERED);
        let guess = EstimatorConfig {
            start_bps: GUESS_BPS,
            ..EstimatorConfig::default()
        };
        EstimatorConfig {
            start_bps: fresh.map_or(guess.start_bps, |(_, bps)| {
                (SHARE * bps).clamp(BOUNDS_BPS.0, BOUNDS_BPS.1)
            }),
            ..guess
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_begins_where_the_last_one_was_unless_that_is_long_ago_or_elsewhere() {
        let (known, now) = (LastKnown::default(), Instant::now());
        let guess = GUESS_BPS;
        let start_in = |minutes: u64| known.config(now + Duration::from_secs(60 * minutes)).start_bps;
        assert_eq!(start_in(0), guess);
        known.remember(2_000_000.0, now);
        assert_eq!(
            (start_in(0), start_in(29), start_in(30)),
            (1_600_000.0, 1_600_000.0, guess)
        );
        known.remember(50_000.0, now);
        assert_eq!(start_in(0), 300_000.0);
        known.forget();
        assert_eq!(start_in(0), guess);
    }
}
