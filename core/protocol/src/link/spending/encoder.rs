//! Notices the encoder that does not follow what it is asked for.

use std::time::Duration;

use crate::Timestamp;

/// Over so long it is compared: rate control evens out over about a second.
const WINDOW: Duration = Duration::from_secs(2);
/// So much above what it may spend is too much,
const TOO_MUCH: f64 = 1.1;
/// between these it could have a little more,
const TOO_LITTLE: f64 = 0.9;
/// and below this it is a still scene, which teaches nothing.
const STILL: f64 = 0.5;
/// It is asked for no less than this share, which is where an encoder's coarsest picture shows,
const LEAST_SHARE: f64 = 0.5;
/// and for more again by this factor a window.
const BACK: f64 = 1.05;

/// Compares what the encoder makes with what it may.
#[derive(Debug)]
pub(super) struct EncoderWatch {
    share: f64,
    since: Timestamp,
    before: Timestamp,
    /// Since then: what it made, and what it may have, in bits.
    made: f64,
    granted: f64,
}

impl Default for EncoderWatch {
    fn default() -> Self {
        Self {
            share: 1.0,
            since: Timestamp::ZERO,
            before: Timestamp::ZERO,
            made: 0.0,
            granted: 0.0,
        }
    }
}

impl EncoderWatch {
    /// A frame was made, of so many bits.
    pub(super) fn frame(&mut self, bits: f64) {
        self.made += bits;
    }

    /// Takes what it was granted since the last time, in bits a second; none while there is no picture. Whether it makes too much
    /// although it is asked for the least.
    pub(super) fn granted(&mut self, now: Timestamp, granted_bps: Option<f64>) -> bool {
        let Some(granted_bps) = granted_bps else {
            *self = Self {
                share: self.share,
                since: now,
                before: now,
                ..Self::default()
            };
            return false;
        };
        self.granted += granted_bps * now.since(self.before).as_secs_f64();
        self.before = now;
        if now.since(self.since) < WINDOW || self.granted <= 0.0 {
            return false;
        }
        let ratio = self.made / self.granted;
        (self.since, self.made, self.granted) = (now, 0.0, 0.0);
        let is_least = self.share <= LEAST_SHARE;
        if ratio > TOO_MUCH {
            self.share = (self.share / ratio).max(LEAST_SHARE);
        } else if (STILL..TOO_LITTLE).contains(&ratio) {
            self.share = (self.share * BACK).min(1.0);
        }
        is_least && ratio > TOO_MUCH
    }

    /// The share of what it may spend that it is to be asked for, so that it spends no more: 0.5 to 1.
    pub(super) fn share(&self) -> f64 {
        self.share
    }
}
