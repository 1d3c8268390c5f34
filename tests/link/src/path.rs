//! A whole path in one direction: loss, then a bottleneck with its queue, then the way.
//!
//! ```text
//!   send ──▶ loss ──▶ queue ──▶ rate ──▶ delay, jitter ──▶ receive
//! ```
//!
//! Several flows may share a path; each packet may have some way more than others.

use std::collections::VecDeque;
use std::time::Duration;

use crate::loss::{Loss, LossDraw};
use crate::rate::{Rate, Server};
use crate::{Link, LinkConfig};

/// What a path is like.
#[derive(Debug, Clone, PartialEq)]
pub struct PathConfig {
    /// What the bottleneck lets through.
    pub rate: Rate,
    /// How long the queue before it may be, at the present rate; what comes on top is dropped. What is in it when the rate
    /// falls stays, and takes as long as it takes.
    pub queue: Duration,
    /// Which packets are lost before the queue.
    pub loss: Loss,
    /// The way after the bottleneck, without loss.
    pub way: LinkConfig,
}

impl PathConfig {
    /// A path that only delays, however much is sent.
    pub fn open(delay: Duration) -> Self {
        Self::clean(u64::from(u32::MAX), delay, Duration::from_secs(1))
    }

    /// A path of a constant rate, delay and queue, on which nothing else goes wrong.
    pub fn clean(bps: u64, delay: Duration, queue: Duration) -> Self {
        Self {
            rate: Rate::Constant(bps),
            queue,
            loss: Loss::NONE,
            way: LinkConfig::perfect(delay),
        }
    }
}

/// What has become of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PathCounters {
    /// Put on the path.
    pub sent: u64,
    /// Lost before the queue.
    pub lost: u64,
    /// Dropped because the queue was full.
    pub dropped: u64,
}

#[derive(Debug)]
struct Queued<T> {
    packet: T,
    bytes: u64,
    since: Duration,
    extra: Duration,
}

/// One direction of a path.
#[derive(Debug)]
pub struct Path<T> {
    queue_limit: Duration,
    loss: LossDraw,
    queue: VecDeque<Queued<T>>,
    queued_bytes: u64,
    server: Server,
    /// When the turn of the first of the queue came,
    head_since: Duration,
    /// and when it has passed; none: never, or there is none.
    head_passes: Option<Duration>,
    /// When the last one passed.
    free_since: Duration,
    way: Link<T>,
    counters: PathCounters,
}

impl<T: Clone> Path<T> {
    /// An empty path.
    pub fn new(config: PathConfig, seed: u64) -> Self {
        Self {
            queue_limit: config.queue,
            loss: LossDraw::new(config.loss, seed),
            queue: VecDeque::new(),
            queued_bytes: 0,
            server: Server::new(config.rate),
            head_since: Duration::ZERO,
            head_passes: None,
            free_since: Duration::ZERO,
            way: Link::new(config.way, seed.wrapping_add(1)),
            counters: PathCounters::default(),
        }
    }

    /// Puts a packet on the path, of so many bytes on the wire, that has `extra` way more than others.
    pub fn send(&mut self, packet: T, bytes: u64, extra: Duration, now: Duration) {
        self.pass_until(now);
        self.counters.sent += 1;
        if self.loss.next_is_lost() {
            self.counters.lost += 1;
            return;
        }
        let limit_bits = self.server.rate().bps(now) as f64 * self.queue_limit.as_secs_f64();
        if !self.queue.is_empty() && 8.0 * (self.queued_bytes + bytes) as f64 > limit_bits {
            self.counters.dropped += 1;
            return;
        }
        self.queued_bytes += bytes;
        self.queue.push_back(Queued {
            packet,
            bytes,
            since: now,
            extra,
        });
        if self.queue.len() == 1 {
            self.begin();
        }
    }

    /// Makes the path better or worse from now on. What is in the queue stays there, and passes at the new rate; what is on its
    /// way arrives as it would have. A schedule or a trace goes by the time of the path, not from now.
    pub fn set_config(&mut self, config: PathConfig, now: Duration) {
        self.pass_until(now);
        self.queue_limit = config.queue;
        self.loss.loss = config.loss;
        self.way.set_config(config.way);
        if *self.server.rate() == config.rate {
            return;
        }
        let passed_bits = self.server.rate().bits(self.head_since, now);
        self.server = Server::new(config.rate);
        if let Some(head) = self.queue.front() {
            let left_bits = (8.0 * head.bytes as f64 - passed_bits).max(0.0);
            self.head_passes = self.server.pass((left_bits / 8.0).ceil() as u64, now);
        }
    }

    /// The next packet that has arrived by now.
    pub fn receive(&mut self, now: Duration) -> Option<T> {
        self.pass_until(now);
        self.way.receive(now)
    }

    /// When to look again: when a packet passes the bottleneck, or arrives.
    pub fn next_event(&self) -> Option<Duration> {
        [self.head_passes, self.way.next_arrival()].into_iter().flatten().min()
    }

    /// How long a packet would wait that is sent now, at the present rate.
    pub fn backlog(&mut self, now: Duration) -> Duration {
        self.pass_until(now);
        let bps = self.server.rate().bps(now).max(1);
        Duration::from_secs_f64(8.0 * self.queued_bytes as f64 / bps as f64)
    }

    /// What the bottleneck lets through.
    pub fn rate(&self) -> &Rate {
        self.server.rate()
    }

    /// What has become of packets so far.
    pub fn counters(&self) -> PathCounters {
        self.counters
    }

    fn begin(&mut self) {
        let Some(head) = self.queue.front() else {
            self.head_passes = None;
            return;
        };
        self.head_since = head.since.max(self.free_since);
        self.head_passes = self.server.pass(head.bytes, self.head_since);
    }

    fn pass_until(&mut self, now: Duration) {
        while let Some(passes) = self.head_passes.filter(|passes| *passes <= now) {
            let Some(head) = self.queue.pop_front() else { return };
            self.queued_bytes -= head.bytes;
            self.free_since = passes;
            self.way.send_further(head.packet, head.extra, passes);
            self.begin();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: u64 = 1_250;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn path(rate: Rate, queue_ms: u64) -> Path<u32> {
        let config = PathConfig {
            rate,
            ..PathConfig::clean(0, ms(50), ms(queue_ms))
        };
        Path::new(config, 1)
    }

    /// All that arrives, and when.
    fn arrivals(path: &mut Path<u32>) -> Vec<(u32, Duration)> {
        let mut arrived = Vec::new();
        while let Some(now) = path.next_event() {
            while let Some(number) = path.receive(now) {
                arrived.push((number, now));
            }
        }
        arrived
    }

    #[test]
    fn a_burst_comes_out_at_the_rate_after_the_delay() {
        // A packet takes 10 ms.
        let mut path = path(Rate::Constant(1_000_000), 300);
        (0..5).for_each(|number| path.send(number, PACKET, Duration::ZERO, ms(100)));
        assert_eq!(path.backlog(ms(100)), ms(50));
        assert_eq!(
            path.backlog(ms(125)),
            ms(30),
            "the one that is passing counts as a whole"
        );
        let expected: Vec<_> = (0..5)
            .map(|number| (number, ms(160 + 10 * u64::from(number))))
            .collect();
        assert_eq!(arrivals(&mut path), expected);
    }

    #[test]
    fn what_does_not_fit_the_queue_is_dropped() {
        let mut path = path(Rate::Constant(1_000_000), 300);
        (0..40).for_each(|number| path.send(number, PACKET, Duration::ZERO, ms(0)));
        assert_eq!(
            path.counters(),
            PathCounters {
                sent: 40,
                lost: 0,
                dropped: 10
            }
        );
        // There is room again as it drains.
        path.send(40, PACKET, Duration::ZERO, ms(10));
        assert_eq!(arrivals(&mut path).last(), Some(&(40, ms(31 * 10 + 50))));
    }

    #[test]
    fn a_full_queue_drains_at_the_new_rate_after_a_drop() {
        let steps = [(ms(0), 1_000_000), (ms(100), 100_000)];
        let mut path = path(Rate::Schedule(steps.into()), 300);
        (0..30).for_each(|number| path.send(number, PACKET, Duration::ZERO, ms(0)));
        // Ten have passed by 100 ms; twenty take 100 ms each from there on, and nothing more fits meanwhile.
        assert_eq!(path.backlog(ms(100)), ms(2_000));
        path.send(99, PACKET, Duration::ZERO, ms(150));
        assert_eq!(path.counters().dropped, 1);
        let arrived = arrivals(&mut path);
        assert_eq!(arrived.last(), Some(&(29, ms(2_150))));
        assert_eq!(arrived.len(), 30);
    }

    #[test]
    fn an_empty_queue_takes_one_packet_of_any_size() {
        let mut path = path(Rate::Constant(100_000), 10);
        path.send(1, PACKET, Duration::ZERO, ms(0));
        assert_eq!(arrivals(&mut path), [(1, ms(150))]);
    }

    #[test]
    fn flows_may_have_ways_of_their_own() {
        let mut path = path(Rate::Constant(1_000_000), 300);
        path.send(1, PACKET, ms(100), ms(0));
        path.send(2, PACKET, ms(100), ms(0));
        path.send(3, PACKET, ms(0), ms(0));
        assert_eq!(arrivals(&mut path), [(3, ms(80)), (1, ms(160)), (2, ms(170))]);
    }

    #[test]
    fn loss_comes_before_the_queue_and_leaves_room_there() {
        let config = PathConfig {
            loss: Loss::Random(0.5),
            ..PathConfig::clean(1_000_000, ms(50), ms(300))
        };
        let mut path = Path::new(config, 7);
        (0..200).for_each(|number| path.send(number, PACKET, Duration::ZERO, ms(5 * u64::from(number))));
        let PathCounters { lost, dropped, .. } = path.counters();
        assert!((70..130).contains(&lost), "{lost}");
        assert_eq!(dropped, 0);
        assert_eq!(arrivals(&mut path).len() as u64, 200 - lost);
    }

    #[test]
    fn a_rate_that_is_set_holds_for_what_is_left() {
        let mut path = path(Rate::Constant(1_000_000), 300);
        (0..3).for_each(|number| path.send(number, PACKET, Duration::ZERO, ms(0)));
        // Half of the second one has passed.
        path.set_config(PathConfig::clean(100_000, ms(50), ms(300)), ms(15));
        assert_eq!(arrivals(&mut path), [(0, ms(60)), (1, ms(115)), (2, ms(215))]);
    }

    #[test]
    fn an_outage_keeps_what_it_has() {
        let steps = [(ms(0), 1_000_000), (ms(10), 0), (ms(2_010), 1_000_000)];
        let mut path = path(Rate::Schedule(steps.into()), 300);
        path.send(1, PACKET, Duration::ZERO, ms(0));
        path.send(2, PACKET, Duration::ZERO, ms(0));
        assert_eq!(arrivals(&mut path), [(1, ms(60)), (2, ms(2_070))]);
    }
}
