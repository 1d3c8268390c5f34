//! A link in words.

use assist_protocol::link::LinkReason::{Bandwidth, Delay, Loss};
use assist_protocol::link::{CRITICAL_BPS, POOR_BPS, POOR_ROUND_TRIP, Verdict};

use crate::call::snapshot::LinkDirection;

/// One way in words: "Good, 1.4 Mbit/s". `poor` is what a poor one begins with. A verdict holds until its opposite has lasted; a figure that is
/// better already is told as that.
pub(super) fn direction_words(direction: &LinkDirection, round_trip_ms: Option<f32>, poor: &str) -> String {
    let rate = |threshold_bps: f64| {
        let is_better = direction.bears_bps.is_some_and(|bps| f64::from(bps) >= threshold_bps);
        (direction.bears_bps.map(rate_words), is_better)
    };
    match direction.verdict {
        Verdict::Good => match direction.bears_bps {
            Some(bps) => format!("Good, {}", rate_words(bps)),
            None => "Good".to_owned(),
        },
        Verdict::Poor { reason: Bandwidth } => match rate(POOR_BPS) {
            (Some(rate), true) => format!("{poor}{GETTING_BETTER} {rate}"),
            (Some(rate), false) => format!("{poor}: only {rate}"),
            (None, _) => format!("{poor}: little bandwidth"),
        },
        Verdict::Poor { reason: Delay } => match round_trip_ms {
            Some(ms) if f64::from(ms) < POOR_ROUND_TRIP.as_millis() as f64 => {
                format!("{poor}{GETTING_BETTER} answers take {ms:.0} ms")
            }
            Some(ms) => format!("{poor}: answers take {:.1} s", ms / 1_000.0),
            None => format!("{poor}: answers take long"),
        },
        Verdict::Poor { reason: Loss } => {
            let colon = if direction.loss < POOR_LOSS {
                GETTING_BETTER
            } else {
                ":"
            };
            format!("{poor}{colon} {:.0} % of packets lost", direction.loss * 100.0)
        }
        Verdict::Critical => match rate(CRITICAL_BPS) {
            (Some(rate), true) => format!("Critical{GETTING_BETTER} {rate}"),
            (Some(rate), false) => format!("Critical: {rate}, enough for sound alone"),
            (None, _) => "Critical: enough for sound alone".to_owned(),
        },
    }
}

const GETTING_BETTER: &str = ", getting better:";
const POOR_LOSS: f32 = 0.1;

/// Two digits are enough for anybody.
fn rate_words(bps: u32) -> String {
    match bps {
        995_000.. => format!("{:.1} Mbit/s", f64::from(bps) / 1e6),
        100_000.. => format!("{} kbit/s", (bps + 5_000) / 10_000 * 10),
        _ => format!("{} kbit/s", (bps + 500) / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_better_already_is_told_as_that() {
        let words = |verdict, bps, loss, round_trip_ms| {
            let direction = LinkDirection {
                verdict,
                bears_bps: Some(bps),
                loss,
                jitter_ms: 0.0,
            };
            direction_words(&direction, Some(round_trip_ms), "Poor")
        };
        let poor = |reason| words(Verdict::Poor { reason }, 1_800_000, 0.02, 40.0);
        assert_eq!(poor(Bandwidth), "Poor, getting better: 1.8 Mbit/s");
        assert_eq!(poor(Delay), "Poor, getting better: answers take 40 ms");
        assert_eq!(poor(Loss), "Poor, getting better: 2 % of packets lost");
        assert_eq!(
            words(Verdict::Critical, 200_000, 0.0, 40.0),
            "Critical, getting better: 200 kbit/s"
        );
        assert_eq!(
            words(Verdict::Critical, 90_000, 0.0, 40.0),
            "Critical: 90 kbit/s, enough for sound alone"
        );
    }

    #[test]
    fn rates_are_rounded() {
        let rates = [99_400, 154_999, 994_999, 995_000, 1_440_000].map(rate_words);
        assert_eq!(
            rates,
            ["99 kbit/s", "150 kbit/s", "990 kbit/s", "1.0 Mbit/s", "1.4 Mbit/s"]
        );
    }
}
