//! Whether the pictures that came can be decoded.

use std::collections::BTreeMap;
use std::time::Duration;

/// Packets that are missing are waited for so long; then only a key frame helps.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// And so long it may take to come, before it is asked for again.
const KEY_FRAME_TAKES: Duration = Duration::from_millis(2_000);

/// What a decoder misses.
#[derive(Debug, Default)]
pub(crate) struct Completeness {
    next: u64,
    missing: BTreeMap<u64, Duration>,
    asked: Option<Duration>,
}

impl Completeness {
    /// Whether it was missing.
    pub(crate) fn arrived(&mut self, index: u64, now: Duration) -> bool {
        for skipped in self.next..index {
            self.missing.insert(skipped, now);
        }
        self.next = self.next.max(index + 1);
        self.missing.remove(&index).is_some()
    }

    /// Whether to ask for a key frame now.
    pub(crate) fn needs_key_frame(&mut self, now: Duration) -> bool {
        let given_up = |since: &Duration| now.saturating_sub(*since) > PATIENCE;
        if !self.missing.values().any(given_up) {
            return false;
        }
        self.missing.retain(|_, since| !given_up(since));
        let is_due = self
            .asked
            .is_none_or(|asked| now.saturating_sub(asked) > KEY_FRAME_TAKES);
        if is_due {
            self.asked = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_away_needs_a_key_frame_once() {
        let ms = Duration::from_millis;
        let mut pictures = Completeness::default();
        pictures.arrived(0, ms(0));
        pictures.arrived(3, ms(10));
        assert!(pictures.arrived(1, ms(100)));
        assert!(!pictures.needs_key_frame(ms(1_500)));
        assert!(pictures.needs_key_frame(ms(1_511)));
        assert!(!pictures.needs_key_frame(ms(1_512)));
        pictures.arrived(5, ms(1_600));
        pictures.arrived(4, ms(1_650));
        assert!(!pictures.needs_key_frame(ms(9_000)));
    }
}
