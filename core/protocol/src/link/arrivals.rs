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

/// How fast packets arrive that were sent close to each other: what the link bears, as long as they were sent faster than that.
#[derive(Debug, Default)]
pub(super) struct Trains {
    /// Bits, and the seconds they took, both fading.
    bits: f64,
    arriving_s: f64,
    before: Option<(u64, u64)>,
}

/// Packets further apart than this are of different trains.
const TRAIN_GAP_US: u64 = 15_000;
/// How long it takes until a third of a train's weight is left, seconds.
const TRAIN_MEMORY_S: f64 = 0.25;
/// Fewer bits than this say nothing.
const TRAIN_BITS: f64 = 24_000.0;

impl Trains {
    pub(super) fn push(&mut self, sent_us: u64, arrived_us: u64, bytes: u32) {
        if let Some((before_sent_us, before_arrived_us)) = self.before.replace((sent_us, arrived_us)) {
            let (apart_us, arriving_us) = (
                sent_us.saturating_sub(before_sent_us),
                arrived_us.saturating_sub(before_arrived_us),
            );
            if apart_us < TRAIN_GAP_US && arriving_us < 1_000_000 {
                self.bits += 8.0 * f64::from(bytes);
                self.arriving_s += arriving_us as f64 / 1e6;
            }
        }
    }

    pub(super) fn fade(&mut self, elapsed_s: f64) {
        let kept = (-elapsed_s / TRAIN_MEMORY_S).exp();
        (self.bits, self.arriving_s) = (self.bits * kept, self.arriving_s * kept);
    }

    /// Bits a second; 0 while too few packets came close to each other.
    pub(super) fn bps(&self) -> f64 {
        if self.bits < TRAIN_BITS {
            return 0.0;
        }
        self.bits / self.arriving_s.max(1e-4)
    }
}

/// The share of packets that were lost lately, and in the longer run.
#[derive(Debug, Default)]
pub(super) struct LossShare {
    recent: f64,
    usual: f64,
}

impl LossShare {
    pub(super) fn push(&mut self, is_lost: bool) {
        let lost = f64::from(u8::from(is_lost));
        self.recent += (lost - self.recent) / 50.0;
        self.usual += (lost - self.usual) / 500.0;
    }

    pub(super) fn recent(&self) -> f64 {
        self.recent
    }

    pub(super) fn usual(&self) -> f64 {
        self.usual
    }
}
