//! A link in words.

use assist_protocol::link::LinkReason::{Bandwidth, Delay, Loss};
use assist_protocol::link::Verdict;

use crate::call::snapshot::LinkDirection;

/// One way in words: "Good, 1.4 Mbit/s". `poor` is what a poor one begins with.
pub(super) fn direction_words(direction: &LinkDirection, round_trip_ms: Option<f32>, poor: &str) -> String {
    let rate = direction.bears_bps.map(rate_words);
    match (direction.verdict, rate) {
        (Verdict::Good, Some(rate)) => format!("Good, {rate}"),
        (Verdict::Good, None) => "Good".to_owned(),
        (Verdict::Poor { reason: Bandwidth }, Some(rate)) => format!("{poor}: only {rate}"),
        (Verdict::Poor { reason: Bandwidth }, None) => format!("{poor}: little bandwidth"),
        (Verdict::Poor { reason: Delay }, _) => match round_trip_ms {
            Some(ms) => format!("{poor}: answers take {:.1} s", ms / 1_000.0),
            None => format!("{poor}: answers take long"),
        },
        (Verdict::Poor { reason: Loss }, _) => format!("{poor}: {:.0} % of packets lost", direction.loss * 100.0),
        (Verdict::Critical, Some(rate)) => format!("Critical: {rate}, enough for sound alone"),
        (Verdict::Critical, None) => "Critical: enough for sound alone".to_owned(),
    }
}

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
    fn rates_are_rounded() {
        let rates = [99_400, 154_999, 994_999, 995_000, 1_440_000].map(rate_words);
        assert_eq!(
            rates,
            ["99 kbit/s", "150 kbit/s", "990 kbit/s", "1.0 Mbit/s", "1.4 Mbit/s"]
        );
    }
}
