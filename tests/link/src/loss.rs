//! Which packets are lost on the way.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// How packets are lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Loss {
    /// Each by itself, with this probability.
    Random(f64),
    /// In bursts, after Gilbert and Elliott: two states, each with its own probability of loss.
    Bursts {
        /// For each packet, to go from good to bad.
        to_bad: f64,
        /// For each packet, to go back.
        to_good: f64,
        /// Of a packet in the good state.
        in_good: f64,
        /// Of a packet in the bad state.
        in_bad: f64,
    },
}

impl Loss {
    /// None.
    pub const NONE: Self = Self::Random(0.0);

    /// Bursts in which everything is lost, of so many packets on average, that make up this share of all packets.
    pub fn in_bursts(share: f64, packets: f64) -> Self {
        let to_good = 1.0 / packets.max(1.0);
        Self::Bursts {
            to_bad: to_good * share / (1.0 - share).max(1e-9),
            to_good,
            in_good: 0.0,
            in_bad: 1.0,
        }
    }

    /// The share of packets that is lost in the long run.
    pub fn share(&self) -> f64 {
        match *self {
            Self::Random(share) => share,
            Self::Bursts {
                to_bad,
                to_good,
                in_good,
                in_bad,
            } => {
                let bad = to_bad / (to_bad + to_good).max(1e-12);
                bad * in_bad + (1.0 - bad) * in_good
            }
        }
    }
}

/// Draws for one packet after the other.
#[derive(Debug)]
pub(crate) struct LossDraw {
    pub(crate) loss: Loss,
    is_bad: bool,
    random: ChaCha8Rng,
}

impl LossDraw {
    pub(crate) fn new(loss: Loss, seed: u64) -> Self {
        Self {
            loss,
            is_bad: false,
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    pub(crate) fn next_is_lost(&mut self) -> bool {
        let (change, chance): (f64, f64) = (self.random.random(), self.random.random());
        match self.loss {
            Loss::Random(share) => chance < share,
            Loss::Bursts {
                to_bad,
                to_good,
                in_good,
                in_bad,
            } => {
                let leaves = change < if self.is_bad { to_good } else { to_bad };
                self.is_bad ^= leaves;
                chance < if self.is_bad { in_bad } else { in_good }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many are lost, and how many runs of lost ones there are.
    fn drawn(loss: Loss, count: u32) -> (u32, u32) {
        let mut draw = LossDraw::new(loss, 3);
        let (mut lost, mut runs, mut before) = (0, 0, false);
        for _ in 0..count {
            let now = draw.next_is_lost();
            lost += u32::from(now);
            runs += u32::from(now && !before);
            before = now;
        }
        (lost, runs)
    }

    #[test]
    fn as_many_are_lost_as_asked() {
        let (lost, runs) = drawn(Loss::Random(0.1), 100_000);
        // Four standard deviations of the binomial distribution.
        assert!(lost.abs_diff(10_000) < 4 * 95, "{lost}");
        assert!(runs.abs_diff(9_000) < 400, "{runs}");
        assert_eq!(drawn(Loss::NONE, 1_000), (0, 0));
    }

    #[test]
    fn bursts_are_as_long_as_asked_and_make_up_their_share() {
        let loss = Loss::in_bursts(0.1, 8.0);
        assert!((loss.share() - 0.1).abs() < 1e-9);
        let (lost, runs) = drawn(loss, 400_000);
        assert!(lost.abs_diff(40_000) < 2_500, "{lost}");
        let length = f64::from(lost) / f64::from(runs);
        assert!((length - 8.0).abs() < 0.5, "{length}");
    }
}
