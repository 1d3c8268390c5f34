//! Bad networks in virtual time: a way that delays and loses ([`Link`]), and a whole path with a bottleneck ([`path`]), for tests of
//! sans-I/O machines; calls over such paths, and what comes of them ([`media`]); and the same before real sockets ([`relay`]).
//!
//! Time is a [`Duration`] since an origin that the test chose. The same seed and the same calls give the same arrivals.

pub mod loss;
pub mod media;
pub mod mobile;
pub mod path;
pub mod rate;
pub mod relay;
pub mod tcp;

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// How bad a path is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkConfig {
    /// The least time from one end to the other.
    pub delay: Duration,
    /// At most this much more, evenly spread.
    pub jitter: Duration,
    /// How many packets are lost: 0 to 1.
    pub loss: f64,
    /// How many packets arrive twice: 0 to 1.
    pub duplication: f64,
    /// Whether packets keep their order, as on a stream; jitter reorders them otherwise.
    pub is_ordered: bool,
}

impl LinkConfig {
    /// A path that delivers everything after a fixed time.
    pub const fn perfect(delay: Duration) -> Self {
        Self {
            delay,
            jitter: Duration::ZERO,
            loss: 0.0,
            duplication: 0.0,
            is_ordered: true,
        }
    }
}

/// One direction of a path.
#[derive(Debug)]
pub struct Link<T> {
    config: LinkConfig,
    random: ChaCha8Rng,
    is_cut: bool,
    /// By arrival, then by the order of sending.
    in_flight: BTreeMap<(Duration, u64), T>,
    sent: u64,
    last_arrival: Duration,
}

impl<T: Clone> Link<T> {
    /// An empty path.
    pub fn new(config: LinkConfig, seed: u64) -> Self {
        Self {
            config,
            random: ChaCha8Rng::seed_from_u64(seed),
            is_cut: false,
            in_flight: BTreeMap::new(),
            sent: 0,
            last_arrival: Duration::ZERO,
        }
    }

    /// Puts a packet on its way; it may be lost, or arrive twice.
    pub fn send(&mut self, packet: T, now: Duration) {
        self.send_further(packet, Duration::ZERO, now);
    }

    /// The same for a packet that has so much more way after this one. Those with a shorter way do not wait for it.
    pub fn send_further(&mut self, packet: T, extra: Duration, now: Duration) {
        // Always drawn, so that a cut does not change what happens to later packets.
        let is_lost = self.random.random_bool(self.config.loss);
        let is_doubled = self.random.random_bool(self.config.duplication);
        let first = self.arrival(now);
        let second = self.arrival(now);
        if self.is_cut || is_lost {
            return;
        }
        if is_doubled {
            self.deliver(packet.clone(), second, extra);
        }
        self.deliver(packet, first, extra);
    }

    /// The next packet that has arrived by now.
    pub fn receive(&mut self, now: Duration) -> Option<T> {
        let next = self.in_flight.first_entry()?;
        (next.key().0 <= now).then(|| next.remove())
    }

    /// When the next packet arrives; none when none is on its way.
    pub fn next_arrival(&self) -> Option<Duration> {
        self.in_flight.keys().next().map(|(arrival, _)| *arrival)
    }

    /// Makes the path better or worse from now on; what is on its way arrives as it would have.
    pub fn set_config(&mut self, config: LinkConfig) {
        self.config = config;
    }

    /// Loses what is on its way and everything sent until [`mend`](Self::mend).
    pub fn cut(&mut self) {
        self.is_cut = true;
        self.in_flight.clear();
    }

    /// Ends a cut.
    pub fn mend(&mut self) {
        self.is_cut = false;
    }

    fn arrival(&mut self, now: Duration) -> Duration {
        now + self.config.delay + self.config.jitter.mul_f64(self.random.random())
    }

    fn deliver(&mut self, packet: T, arrival: Duration, extra: Duration) {
        let arrival = if self.config.is_ordered {
            arrival.max(self.last_arrival)
        } else {
            arrival
        };
        self.last_arrival = arrival;
        self.sent += 1;
        self.in_flight.insert((arrival + extra, self.sent), packet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn bad(is_ordered: bool) -> LinkConfig {
        LinkConfig {
            delay: SECOND,
            jitter: SECOND,
            loss: 0.2,
            duplication: 0.1,
            is_ordered,
        }
    }

    /// Sends `count` numbered packets, one every 10 ms; returns what arrived, with how long it took.
    fn run(link: &mut Link<u32>, count: u32) -> Vec<(u32, Duration)> {
        let sent_at = |number: u32| Duration::from_millis(10) * number;
        for number in 0..count {
            link.send(number, sent_at(number));
        }
        let mut arrived = Vec::new();
        while let Some(now) = link.next_arrival() {
            assert_eq!(
                link.receive(now - Duration::from_nanos(1)),
                None,
                "nothing comes before its time"
            );
            let number = link.receive(now).unwrap();
            arrived.push((number, now - sent_at(number)));
        }
        arrived
    }

    #[test]
    fn a_perfect_path_only_delays() {
        let arrived = run(&mut Link::new(LinkConfig::perfect(SECOND), 1), 100);
        assert_eq!(arrived, (0..100).map(|number| (number, SECOND)).collect::<Vec<_>>());
    }

    #[test]
    fn as_many_are_lost_and_doubled_as_asked() {
        let arrived = run(&mut Link::new(bad(false), 1), 20_000);
        let count = |wanted: u32| {
            let mut times = vec![0_u32; 20_000];
            arrived.iter().for_each(|(number, _)| times[*number as usize] += 1);
            times.iter().filter(|times| **times == wanted).count()
        };
        // Within four standard deviations of the binomial distribution.
        assert!(count(0).abs_diff(4_000) < 4 * 57, "lost {}", count(0));
        assert!(count(2).abs_diff(1_600) < 4 * 39, "doubled {}", count(2));
        assert_eq!(count(0) + count(1) + count(2), 20_000);
    }

    #[test]
    fn delay_stays_in_its_range_and_fills_it() {
        let arrived = run(&mut Link::new(bad(false), 2), 2_000);
        assert!(arrived.iter().all(|(_, delay)| (SECOND..=2 * SECOND).contains(delay)));
        let mean = arrived.iter().map(|(_, delay)| delay.as_secs_f64()).sum::<f64>() / arrived.len() as f64;
        assert!((mean - 1.5).abs() < 0.05, "{mean}");
    }

    #[test]
    fn only_an_unordered_path_reorders() {
        let is_sorted =
            |is_ordered| run(&mut Link::new(bad(is_ordered), 3), 1_000).is_sorted_by_key(|arrived| arrived.0);
        assert!(is_sorted(true));
        assert!(!is_sorted(false));
    }

    #[test]
    fn a_seed_replays() {
        let of_seed = |seed| run(&mut Link::new(bad(false), seed), 500);
        assert_eq!(of_seed(7), of_seed(7));
        assert_ne!(of_seed(7), of_seed(8));
    }

    #[test]
    fn a_cut_loses_what_is_on_its_way() {
        let mut link = Link::new(LinkConfig::perfect(SECOND), 1);
        link.send(1, Duration::ZERO);
        link.cut();
        link.send(2, SECOND);
        link.mend();
        link.send(3, 2 * SECOND);
        assert_eq!(link.receive(4 * SECOND), Some(3));
        assert_eq!(link.receive(4 * SECOND), None);
    }
}
