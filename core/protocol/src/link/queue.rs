//! How long packets wait on their way: their one-way delay over the least that was seen of late.
//!
//! The clocks of both ends have nothing to do with each other; only differences of delays mean anything.

use std::collections::VecDeque;

/// The least delay is looked for in so many stretches, in the second number while a queue stands: one that others fill must not become
/// what is usual,
const STRETCHES: (usize, usize) = (10, 30);
/// of this length each.
const STRETCH_US: u64 = 1_500_000;

/// Links that pass packets on in turns let some wait for the next turn: of so many times the jitter the least wait is that of the queue,
const TURNS: f64 = 10.0;
/// at most of so many µs.
const MOST_TURN_US: f64 = 250_000.0;

/// The delay of packets.
#[derive(Debug, Default)]
pub(super) struct QueueDelay {
    /// The least of each stretch: when it began, and µs.
    least: VecDeque<(u64, i64)>,
    /// How much delays differ from one packet to the next, µs.
    jitter_us: f64,
    before_us: Option<i64>,
    /// The least waits of late: when the feedback came, and µs.
    lately: VecDeque<(u64, f64)>,
}

impl QueueDelay {
    /// Takes the delay of one packet; how long it waited, µs. `stands`: the queue was not short of late.
    pub(super) fn push(&mut self, sent_us: u64, arrived_us: u64, stands: bool) -> f64 {
        let delay_us = arrived_us.wrapping_sub(sent_us) as i64;
        match self.least.back_mut() {
            Some((since_us, least_us)) if sent_us < since_us.saturating_add(STRETCH_US) => {
                *least_us = delay_us.min(*least_us)
            }
            _ => {
                self.least.push_back((sent_us, delay_us));
                let most = if stands { STRETCHES.1 } else { STRETCHES.0 };
                while self.least.len() > most {
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

    /// Takes the least wait of a feedback; that of the queue, both in µs.
    pub(super) fn settle(&mut self, waited_us: f64, now_us: u64) -> f64 {
        self.lately.push_back((now_us, waited_us));
        let turn_us = (TURNS * self.jitter_us).min(MOST_TURN_US) as u64;
        while self.lately.len() > 1 && self.lately.front().is_some_and(|(at_us, _)| at_us + turn_us < now_us) {
            self.lately.pop_front();
        }
        self.lately
            .iter()
            .map(|(_, waited_us)| *waited_us)
            .fold(f64::INFINITY, f64::min)
    }

    pub(super) fn jitter_us(&self) -> f64 {
        self.jitter_us
    }

    fn base_us(&self) -> i64 {
        self.least.iter().map(|(_, least_us)| *least_us).min().unwrap_or(0)
    }
}
