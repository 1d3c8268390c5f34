//! Mobile links, made up: rates that wander, fade and break off as those of phones on the move do.
//!
//! A model of ours with three parts, and a seed: the logarithm of the rate goes back to its mean while it is pushed around (an
//! Ornstein-Uhlenbeck process, anew every 20 ms); now and then the link breaks off; and what passes comes in bursts, a
//! scheduler's turn at a time. The constants of [`Mobile`] are those of three recorded drives (4G down and up of 120 s each, 3G
//! up of 931 s): the median and the deviation of half-second rates, after how long their correlation is down to a third, the
//! number and mean length of gaps of 300 ms and more, and the share of milliseconds in which anything passes. What recordings
//! have beyond that (hand-overs that change the mean, days and nights) is not in it; a recorded trace in the same form may take
//! its place ([`Trace::parse`](crate::rate::Trace::parse)).

use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::rate::{InvalidTrace, OPPORTUNITY_BYTES, Trace};

const STEP: Duration = Duration::from_millis(20);

/// What a mobile link is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mobile {
    /// In the middle: as long above as below, bits a second.
    pub median_bps: f64,
    /// Standard deviation of the natural logarithm of the rate.
    pub spread: f64,
    /// How long it takes until a third of a deviation is left, seconds.
    pub memory_s: f64,
    /// Breaks a minute.
    pub breaks_per_min: f64,
    /// How long they are on average, seconds.
    pub break_s: f64,
    /// How far a scheduler's turns are apart.
    pub turn: Duration,
}

impl Mobile {
    /// A phone in a car on a 4G network, downwards.
    pub const LTE_DOWN: Self = Self {
        median_bps: 3_600_000.0,
        spread: 0.9,
        memory_s: 2.0,
        breaks_per_min: 6.0,
        break_s: 0.6,
        turn: Duration::from_millis(4),
    };

    /// The same, upwards.
    pub const LTE_UP: Self = Self {
        median_bps: 1_500_000.0,
        spread: 0.8,
        memory_s: 1.5,
        breaks_per_min: 5.0,
        break_s: 1.4,
        turn: Duration::from_millis(8),
    };

    /// A phone in a car on a 3G network, upwards.
    pub const UMTS_UP: Self = Self {
        median_bps: 1_080_000.0,
        spread: 0.6,
        memory_s: 8.0,
        breaks_per_min: 5.6,
        break_s: 1.0,
        turn: Duration::from_millis(14),
    };

    /// So much of it, always the same for a seed.
    ///
    /// # Errors
    /// When nothing at all would pass.
    pub fn trace(&self, seed: u64, length: Duration) -> Result<Trace, InvalidTrace> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let kept = (-STEP.as_secs_f64() / self.memory_s).exp();
        let push = self.spread * (1.0 - kept * kept).sqrt();
        let (mut deviation, mut break_left_s) = (self.spread * normal(&mut random), 0.0);
        let (mut opportunities, mut owed_bytes) = (Vec::new(), 0.0);
        let (mut at, mut next_turn) = (Duration::ZERO, Duration::ZERO);
        while at < length {
            deviation = kept * deviation + push * normal(&mut random);
            let begins = random.random::<f64>() < self.breaks_per_min / 60.0 * STEP.as_secs_f64();
            let how_long: f64 = random.random();
            if begins {
                break_left_s = -self.break_s * (1.0 - how_long).ln();
            }
            break_left_s = (break_left_s - STEP.as_secs_f64()).max(0.0);
            if break_left_s == 0.0 {
                owed_bytes += self.median_bps * deviation.exp() / 8.0 * STEP.as_secs_f64();
            }
            at += STEP;
            while next_turn < at {
                // A turn takes its share of what the step has to give.
                let turns_left = ((at - next_turn).as_secs_f64() / self.turn.as_secs_f64())
                    .ceil()
                    .max(1.0);
                let share = owed_bytes / turns_left;
                for _ in 0..(share / OPPORTUNITY_BYTES as f64).floor() as u64 {
                    opportunities.push(next_turn);
                    owed_bytes -= OPPORTUNITY_BYTES as f64;
                }
                next_turn += self.turn;
            }
            if owed_bytes >= OPPORTUNITY_BYTES as f64 {
                opportunities.push(next_turn.min(at));
                owed_bytes -= OPPORTUNITY_BYTES as f64;
            }
        }
        opportunities.sort_unstable();
        Trace::new(opportunities, at)
    }
}

/// Of mean 0 and variance 1: the sum of twelve uniform values (Irwin and Hall).
fn normal(random: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::rate::Rate;

    const TEN_MINUTES: Duration = Duration::from_secs(600);

    /// Rates over half seconds, in Mbit/s.
    fn rates(mobile: &Mobile, seed: u64) -> Vec<f64> {
        let rate = Rate::Trace(Arc::new(mobile.trace(seed, TEN_MINUTES).unwrap()));
        let half = Duration::from_millis(500);
        (0..1_200)
            .map(|number| rate.bits(half * number, half * (number + 1)) / 500_000.0)
            .collect()
    }

    #[test]
    fn a_seed_replays_and_seeds_differ() {
        assert_eq!(
            Mobile::LTE_DOWN.trace(1, TEN_MINUTES),
            Mobile::LTE_DOWN.trace(1, TEN_MINUTES)
        );
        assert_ne!(
            Mobile::LTE_DOWN.trace(1, TEN_MINUTES),
            Mobile::LTE_DOWN.trace(2, TEN_MINUTES)
        );
    }

    #[test]
    fn rates_wander_around_their_median_and_break_off() {
        for (mobile, median) in [(Mobile::LTE_DOWN, 3.6), (Mobile::LTE_UP, 1.5), (Mobile::UMTS_UP, 1.08)] {
            let mut of_seeds: Vec<f64> = (0..5).flat_map(|seed| rates(&mobile, seed)).collect();
            let silent = of_seeds.iter().filter(|rate| **rate == 0.0).count();
            assert!(
                silent > 50 && silent < 900,
                "{silent} half seconds of {} without anything",
                of_seeds.len()
            );
            of_seeds.sort_by(f64::total_cmp);
            let at = |share: f64| of_seeds[(share * of_seeds.len() as f64) as usize];
            assert!((0.7..1.4).contains(&(at(0.5) / median)), "median {}", at(0.5));
            // A standard deviation on either side.
            let spread = (at(0.84) / at(0.16).max(1e-3)).ln() / 2.0;
            assert!((0.6..1.6).contains(&(spread / mobile.spread)), "{spread}");
        }
    }

    #[test]
    fn neighbours_are_alike_and_what_is_far_apart_is_not() {
        let rates = rates(&Mobile::LTE_DOWN, 3);
        let logs: Vec<f64> = rates.iter().map(|rate| rate.max(0.01).ln()).collect();
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let correlation = |apart: usize| {
            let product = |(a, b): (&f64, &f64)| (a - mean) * (b - mean);
            let variance: f64 = logs.iter().zip(&logs).map(product).sum();
            logs.iter().zip(&logs[apart..]).map(product).sum::<f64>() / variance
        };
        assert!(correlation(1) > 0.4, "{}", correlation(1));
        assert!(correlation(60) < 0.35, "{}", correlation(60));
    }
}
