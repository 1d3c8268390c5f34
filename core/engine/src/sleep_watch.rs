//! Notices that the device slept: the wall clock has gone on by far more than the time between two looks at it.

use std::time::Duration;

/// A look that comes this late was not late by itself: a process that was frozen missed as much as one that slept.
const SLEPT: Duration = Duration::from_secs(5);

/// Told the wall clock about once a second.
#[derive(Debug, Default)]
pub(crate) struct SleepWatch {
    last_ms: Option<u64>,
}

impl SleepWatch {
    /// Looks at the wall clock, in ms. Whether the device slept since the last look. A clock that was set forward looks the
    /// same, which costs a new connection; one that was set back does not.
    pub(crate) fn look(&mut self, wall_clock_ms: u64) -> bool {
        let last_ms = self.last_ms.replace(wall_clock_ms);
        last_ms.is_some_and(|last_ms| Duration::from_millis(wall_clock_ms.saturating_sub(last_ms)) >= SLEPT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_that_passes_at_once_is_sleep_and_being_late_is_not() {
        let mut watch = SleepWatch::default();
        let looks = [1_000_000, 1_001_000, 1_004_900, 1_064_900, 1_065_900, 900_000, 901_000];
        let slept: Vec<bool> = looks.into_iter().map(|now| watch.look(now)).collect();
        assert_eq!(slept, [false, false, false, true, false, false, false]);
    }
}
