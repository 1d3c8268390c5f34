//! How much of what the link bears is used.

use std::time::Duration;

/// How long it takes until a third of what was counted is left.
const MEMORY: Duration = Duration::from_secs(1);
/// Whoever uses less than this share has nothing more to send: an encoder that follows the target misses it by less.
const PARTLY: f64 = 0.7;

/// What was sent beside what could have been. Both fade.
#[derive(Debug, Default)]
pub(super) struct Usage {
    sent_bits: f64,
    borne_bits: f64,
}

impl Usage {
    /// Something was sent that was there to be sent.
    pub(super) fn sent(&mut self, bytes: u32) {
        self.sent_bits += 8.0 * f64::from(bytes);
    }

    /// For so long the link was thought to bear so much.
    pub(super) fn borne(&mut self, bps: f64, elapsed: Duration) {
        let kept = (-elapsed.as_secs_f64() / MEMORY.as_secs_f64()).exp();
        self.sent_bits *= kept;
        self.borne_bits = self.borne_bits * kept + bps * elapsed.as_secs_f64();
    }

    /// Whether there was less to send than the link is thought to bear: then nothing that arrives shows what it bears.
    pub(super) fn is_partial(&self) -> bool {
        self.sent_bits < PARTLY * self.borne_bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_sent_when_it_is_clearly_less_than_the_link_bears() {
        let mut usage = Usage::default();
        assert!(!usage.is_partial(), "nothing is known yet");
        let mut tenths = |count: u32, bytes: u32| {
            for _ in 0..count {
                usage.sent(bytes);
                usage.borne(800_000.0, Duration::from_millis(100));
            }
            usage.is_partial()
        };
        assert!(!tenths(20, 9_000));
        assert!(!tenths(1, 0), "a tenth of a second is no pause");
        assert!(tenths(20, 1_000));
        assert!(!tenths(20, 9_000));
    }
}
