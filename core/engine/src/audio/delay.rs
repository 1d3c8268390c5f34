//! How late packets come, and so how long to wait for them.

/// A packet's delay is counted against the fastest one of the last one to two windows: this follows clocks that drift
/// apart, and paths that change.
const WINDOW_US: i64 = 2_000_000;

/// The largest delay of each interval is one observation: rare peaks then weigh as much as they hurt.
const INTERVAL_US: i64 = 500_000;

/// How much an old observation weighs, one interval later: half after 20 s.
const KEEP: f32 = 0.983;

/// The target covers this share of observations.
const QUANTILE: f32 = 0.95;

const BUCKET_US: i64 = 5_000;
const BUCKETS: usize = 80;

/// Packets further off than this belong to another stream: its clock was set anew.
const JUMP_US: i64 = 5_000_000;

/// What an arrival says about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// One of the stream so far.
    Continuing,
    /// The clock of the sender jumped: all that was known is void.
    Restarted,
}

/// Estimates the delay that covers nearly all packets. Times in µs; media time is RTP time.
#[derive(Debug)]
pub(super) struct DelayEstimator {
    /// Smallest transit (arrival minus media time) of this window and of the last one.
    fastest: [Option<i64>; 2],
    window_began: i64,
    interval_began: i64,
    interval_peak: i64,
    observations: u32,
    histogram: [f32; BUCKETS],
}

impl DelayEstimator {
    pub(super) fn new() -> Self {
        Self {
            fastest: [None; 2],
            window_began: 0,
            interval_began: 0,
            interval_peak: 0,
            observations: 0,
            histogram: [0.0; BUCKETS],
        }
    }

    /// Takes note of a packet.
    pub(super) fn observe(&mut self, arrival_us: i64, media_us: i64) -> Arrival {
        let transit = arrival_us.saturating_sub(media_us);
        let Some(fastest) = self.fastest_transit() else {
            self.fastest = [None, Some(transit)];
            (self.window_began, self.interval_began) = (arrival_us, arrival_us);
            return Arrival::Continuing;
        };
        if transit.abs_diff(fastest) > JUMP_US.unsigned_abs() {
            let histogram = self.histogram;
            *self = Self {
                histogram,
                observations: self.observations,
                ..Self::new()
            };
            self.observe(arrival_us, media_us);
            return Arrival::Restarted;
        }
        if arrival_us - self.window_began >= WINDOW_US {
            self.fastest = [self.fastest[1], None];
            self.window_began = arrival_us;
        }
        self.fastest[1] = Some(self.fastest[1].map_or(transit, |fastest| fastest.min(transit)));
        let delay = transit - self.fastest_transit().unwrap_or(transit);
        self.interval_peak = self.interval_peak.max(delay);
        // The first seconds count packet by packet, so that a call does not begin with a guess for long.
        let interval = INTERVAL_US.min(i64::from(self.observations) * 20_000);
        if arrival_us - self.interval_began >= interval {
            self.count(self.interval_peak);
            (self.interval_began, self.interval_peak) = (arrival_us, 0);
        }
        Arrival::Continuing
    }

    fn count(&mut self, delay_us: i64) {
        self.observations = self.observations.saturating_add(1);
        let keep = KEEP.min(1.0 - 1.0 / self.observations as f32);
        for weight in &mut self.histogram {
            *weight *= keep;
        }
        let bucket = usize::try_from(delay_us / BUCKET_US).unwrap_or(0).min(BUCKETS - 1);
        self.histogram[bucket] += 1.0 - keep;
    }

    /// Transit of the fastest packet of late; `None` before the first packet.
    pub(super) fn fastest_transit(&self) -> Option<i64> {
        self.fastest.iter().flatten().min().copied()
    }

    /// The delay beyond the fastest packet's within which nearly all packets come; `None` before anything is known.
    pub(super) fn quantile_us(&self) -> Option<i64> {
        if self.observations == 0 {
            return None;
        }
        let mut covered = 0.0;
        let bucket = self.histogram.iter().position(|weight| {
            covered += weight;
            covered >= QUANTILE
        });
        Some((bucket.unwrap_or(BUCKETS - 1) as i64 + 1) * BUCKET_US)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantile_after(delays_us: impl Iterator<Item = i64>) -> i64 {
        let mut estimator = DelayEstimator::new();
        for (index, delay) in delays_us.enumerate() {
            let media = index as i64 * 20_000;
            estimator.observe(1_000_000 + media + delay, media);
        }
        estimator.quantile_us().unwrap()
    }

    #[test]
    fn a_steady_network_needs_no_wait() {
        assert_eq!(quantile_after((0..500).map(|_| 40_000)), BUCKET_US);
    }

    #[test]
    fn frequent_lateness_is_covered_and_rare_lateness_is_not() {
        let frequent = quantile_after((0..2_000).map(|index| if index % 10 == 9 { 90_000 } else { 0 }));
        assert!((90_000..=100_000).contains(&frequent), "{frequent}");
        let rare = quantile_after((0..3_000).map(|index| if index % 1_000 == 400 { 90_000 } else { 0 }));
        assert!(rare <= 10_000, "{rare}");
    }

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let late_then_steady = (0..8_000).map(|index| if index < 1_000 && index % 5 == 0 { 150_000 } else { 0 });
        assert!(quantile_after(late_then_steady) <= 10_000);
    }

    #[test]
    fn drifting_clocks_do_not_look_like_lateness() {
        for drift_ppm in [-200, 200] {
            let drifting = quantile_after((0..15_000).map(|index| index * 20_000 * drift_ppm / 1_000_000));
            assert!(drifting <= 10_000, "{drifting}");
        }
    }

    #[test]
    fn a_slower_path_becomes_the_new_normal() {
        let mut estimator = DelayEstimator::new();
        for index in 0..1_000_i64 {
            let delay = if index < 500 { 10_000 } else { 160_000 };
            estimator.observe(index * 20_000 + delay, index * 20_000);
        }
        assert_eq!(estimator.fastest_transit(), Some(160_000));
    }

    #[test]
    fn a_jump_of_the_senders_clock_starts_over() {
        let mut estimator = DelayEstimator::new();
        assert_eq!(estimator.observe(0, 0), Arrival::Continuing);
        assert_eq!(estimator.observe(20_000, 60_000_000), Arrival::Restarted);
        assert_eq!(estimator.observe(40_000, 60_020_000), Arrival::Continuing);
        assert_eq!(estimator.observe(60_000, i64::MIN), Arrival::Restarted);
    }
}
