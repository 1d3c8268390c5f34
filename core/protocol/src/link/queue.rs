//! How long packets wait on their way: their one-way delay over the least that was seen of late.
//!
//! The clocks of both ends have nothing to do with each other; only differences of delays mean anything.

use std::collections::VecDeque;

/// The least delay is looked for in so many stretches
const STRETCHES: usize = 10;
/// of this length each.
const STRETCH_US: u64 = 1_500_000;

/// The delay of packets.
#[derive(Debug, Default)]
pub(super) struct QueueDelay {
    /// The least of each stretch: when it began, and µs.
    least: VecDeque<(u64, i64)>,
    /// How much delays differ from one packet to the next, µs.
    jitter_us: f64,
    before_us: Option<i64>,
}

impl QueueDelay {
    /// Takes the delay of one packet; how long it waited, µs.
    pub(super) fn push(&mut self, sent_us: u64, arrived_us: u64) -> f64 {
        let delay_us = arrived_us.wrapping_sub(sent_us) as i64;
        match self.least.back_mut() {
            Some((since_us, least_us)) if sent_us < since_us.saturating_add(STRETCH_US) => {
                *least_us = delay_us.min(*least_us)
            }
            _ => {
                self.least.push_back((sent_us, delay_us));
                if self.least.len() > STRETCHES {
                    self.least.pop_front();
                }
            }
        }
        if let Some(before_us) = self.before_us {
            let apart_us = delay_us.abs_diff(before_us) as f64;
            self.jitter_us += (apart_us.min(100_000.0) - self.jitter_us) / 64.0;
        }
        self.before_us = Some(delay_us);
        delay_us.saturating_sub(self.base_us()) as f64
    }

    pub(super) fn jitter_us(&self) -> f64 {
        self.jitter_us
    }

    fn base_us(&self) -> i64 {
        self.least.iter().map(|(_, least_us)| *least_us).min().unwrap_or(0)
    }
}
