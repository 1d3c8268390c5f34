//! When to fill the link for a moment, because nothing else can tell what it carries.

use std::time::Duration;

use super::evidence::Carried;
use super::{HELD, MARGIN, POOR_BPS};
use crate::Timestamp;
use crate::link::Observation;

/// A probe that is wanted: packets sent one after the other at this rate, beside what is sent anyway.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WantedProbe {
    /// Bits a second.
    pub rate_bps: f64,
    /// On the wire, over all of its packets.
    pub bytes: u32,
}

impl WantedProbe {
    /// Of a link that is thought to carry so much, bits a second.
    pub(in crate::link) fn of(carries_bps: f64) -> Self {
        let bytes = (carries_bps * LONGEST_S / 8.0).clamp(LEAST_BYTES, MOST_BYTES);
        Self {
            rate_bps: RATE_BPS,
            bytes: bytes as u32,
        }
    }

    /// No longer than it must be: beside what fills the link anyway, it would only make that wait.
    pub(in crate::link) fn short(self) -> Self {
        Self {
            bytes: self.bytes.min(SHORT_BYTES),
            ..self
        }
    }
}

/// Faster than what is to be told apart by twice the margin.
const RATE_BPS: f64 = POOR_BPS * MARGIN * MARGIN;
/// As long as a full-sized packet takes 16 times at that rate: jitter of 10 ms is then a sixth.
const MOST_BYTES: f64 = 19_200.0;
/// Two packets: a gap to measure. If that says that more is carried, the next one is longer.
const LEAST_BYTES: f64 = 2_400.0;
/// Three packets: with two gaps one is no accident.
const SHORT_BYTES: u32 = 3_600;
/// Sound waits for no longer than this on a link that carries what it did last.
const LONGEST_S: f64 = 0.2;
/// Without an answer it is wanted again.
const AGAIN: Duration = Duration::from_secs(1);
/// While the link is poor one is wanted so often; each time that it still is, less often by half.
const EVERY: Duration = Duration::from_secs(3);
const LESS_OFTEN: f64 = 1.5;
const SELDOM: Duration = Duration::from_secs(12);

/// Keeps the time of probes.
#[derive(Debug)]
pub(super) struct Probing {
    next: Option<Timestamp>,
    suspected_since: Option<Timestamp>,
    is_poor: bool,
    every: Duration,
    round_trip: Duration,
    carries_bps: f64,
}

impl Default for Probing {
    fn default() -> Self {
        Self {
            next: None,
            suspected_since: None,
            is_poor: false,
            every: EVERY,
            round_trip: Duration::ZERO,
            carries_bps: POOR_BPS,
        }
    }
}

impl Probing {
    /// What holds after an observation: since when the link may be poor, and whether it is.
    pub(super) fn observe(
        &mut self,
        observation: &Observation,
        carried: &Carried,
        suspected_since: Option<Timestamp>,
        is_poor: bool,
    ) {
        let probed = observation.probed.map(|(_, bps)| bps);
        self.round_trip = observation.least_round_trip.unwrap_or_default();
        self.carries_bps = carried.bps(self.carries_bps);
        if is_poor {
            if let Some(bps) = probed {
                let longer = self.every.mul_f64(LESS_OFTEN).min(SELDOM);
                self.every = if bps > POOR_BPS { EVERY } else { longer };
                self.next = Some(observation.at + self.every);
            }
            self.next.get_or_insert(observation.at + self.every);
        } else {
            self.every = EVERY;
            if suspected_since != self.suspected_since || self.is_poor {
                // Sent when a dip would be over.
                self.next = suspected_since.map(|since| since + HELD);
            }
        }
        (self.suspected_since, self.is_poor) = (suspected_since, is_poor);
    }

    pub(super) fn poll(&mut self, now: Timestamp) -> Option<WantedProbe> {
        self.next.filter(|next| *next <= now)?;
        let again = if self.suspected_since.is_some() {
            AGAIN
        } else {
            self.every
        };
        self.next = Some(now + again);
        Some(WantedProbe::of(self.carries_bps))
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.next
    }
}
