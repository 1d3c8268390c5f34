//! What arrives, per second and of all that was sent.

use std::collections::VecDeque;

/// What arrived in the newest stretch of the receiver's time. Times that go back or leap are the receiver's business: the rate is then
/// wrong for as long, and nothing else.
#[derive(Debug, Default)]
pub(super) struct ArrivedRate {
    /// When, in µs by the receiver's clock, and how many bytes.
    packets: VecDeque<(u64, u32)>,
    bytes: u64,
}

/// Long enough for a few packets on a thin link, short enough to see a drop.
const WINDOW_US: u64 = 400_000;

impl ArrivedRate {
    pub(super) fn push(&mut self, at_us: u64, bytes: u32) {
        self.packets.push_back((at_us, bytes));
        self.bytes += u64::from(bytes);
        while let Some((oldest_us, bytes)) = self.packets.front().copied() {
            if at_us.saturating_sub(oldest_us) <= WINDOW_US {
                break;
            }
            self.packets.pop_front();
            self.bytes -= u64::from(bytes);
        }
    }

    /// Bits a second; none before there is enough to tell.
    pub(super) fn bps(&self) -> Option<f64> {
        let (first, last) = (self.packets.front()?, self.packets.back()?);
        let span_us = last.0.saturating_sub(first.0);
        // The first one's bytes took the time before it.
        (span_us > WINDOW_US / 4).then(|| (self.bytes - u64::from(first.1)) as f64 * 8e6 / span_us as f64)
    }
}

/// How fast packets arrive that were sent faster than the target: what the link bears, as long as that is less.
#[derive(Debug, Default)]
pub(super) struct Trains {
    /// Bits, the seconds they took, and those that they would have taken at the target; all fading.
    bits: f64,
    arriving_s: f64,
    given_s: f64,
    before: Option<Passed>,
}

#[derive(Debug, Clone, Copy)]
struct Passed {
    sent_us: u64,
    arrived_us: u64,
    given_s: f64,
}

/// A packet belongs to the train of the one before if it was sent sooner after it than so much of the time that the target gives that
/// one.
const TRAIN_GAP: f64 = 0.85;
/// And in any case sooner than this.
const TRAIN_GAP_US: f64 = 40_000.0;
/// How long it takes until a third of a train's weight is left, seconds.
const TRAIN_MEMORY_S: f64 = 0.25;
/// Packets that all arrive at once took so many seconds.
const LEAST_S: f64 = 1e-4;
/// Fewer bits than this say nothing.
const TRAIN_BITS: f64 = 24_000.0;

impl Trains {
    /// A packet that takes `given_s` at the target of when it was sent.
    pub(super) fn push(&mut self, sent_us: u64, arrived_us: u64, bytes: u32, given_s: f64) {
        let passed = Passed {
            sent_us,
            arrived_us,
            given_s,
        };
        let Some(before) = self.before.replace(passed) else {
            return;
        };
        let apart_us = sent_us.saturating_sub(before.sent_us);
        let arriving_us = arrived_us.saturating_sub(before.arrived_us);
        let given_us = TRAIN_GAP * 1e6 * before.given_s;
        if (apart_us as f64) < given_us.min(TRAIN_GAP_US) && arriving_us < 1_000_000 {
            self.bits += 8.0 * f64::from(bytes);
            self.arriving_s += arriving_us as f64 / 1e6;
            self.given_s += given_s;
        }
    }

    pub(super) fn fade(&mut self, elapsed_s: f64) {
        let kept = (-elapsed_s / TRAIN_MEMORY_S).exp();
        (self.bits, self.arriving_s) = (self.bits * kept, self.arriving_s * kept);
        self.given_s *= kept;
    }

    /// Bits a second; 0 while too few packets came close to each other.
    pub(super) fn bps(&self) -> f64 {
        if self.bits < TRAIN_BITS {
            return 0.0;
        }
        self.bits / self.arriving_s.max(LEAST_S)
    }

    /// How many times as fast as the target; 0 while too few packets came close to each other.
    pub(super) fn excess(&self) -> f64 {
        if self.bits < TRAIN_BITS {
            return 0.0;
        }
        self.given_s / self.arriving_s.max(LEAST_S)
    }
}

/// The share of packets that were lost: of the last 50 or so, of thrice as many, and of ten times as many.
#[derive(Debug, Default)]
pub(super) struct LossShare {
    recent: f64,
    lately: f64,
    usual: f64,
}

impl LossShare {
    pub(super) fn push(&mut self, is_lost: bool) {
        let lost = f64::from(u8::from(is_lost));
        self.recent += (lost - self.recent) / 50.0;
        self.lately += (lost - self.lately) / 150.0;
        self.usual += (lost - self.usual) / 500.0;
    }

    pub(super) fn recent(&self) -> f64 {
        self.recent
    }

    pub(super) fn lately(&self) -> f64 {
        self.lately
    }

    pub(super) fn usual(&self) -> f64 {
        self.usual
    }
}
