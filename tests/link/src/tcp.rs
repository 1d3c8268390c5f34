//! Cross traffic: a flow that behaves as TCP does, for sharing a path with.
//!
//! Reno's window (RFC 5681: slow start, one packet more a round trip, half after a loss) with a receiver that acknowledges every
//! packet by itself, so that a loss is known when three later packets have arrived (RFC 6675), and no timer but the
//! retransmission timeout (RFC 6298). What a packet holds does not matter here, only how many bytes there are.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Payload and headers of a full packet.
pub const PACKET_BYTES: u64 = 1_500;
/// RFC 6928.
const FIRST_WINDOW: f64 = 10.0;
/// Later packets that must have arrived before one counts as lost.
const REORDERING: u64 = 3;
const LEAST_TIMEOUT: Duration = Duration::from_secs(1);
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The sending end of a flow.
#[derive(Debug)]
pub struct TcpSender {
    /// In packets.
    window: f64,
    threshold: f64,
    next: u64,
    /// Packets that are on their way, by number: when they were sent.
    in_flight: BTreeMap<u64, Duration>,
    /// That must be sent again.
    lost: u64,
    /// What is left to be sent for the first time; none: without end.
    left: Option<u64>,
    acknowledged: u64,
    /// Losses of packets before this one are of the same round trip.
    recovered_from: u64,
    smoothed: Option<(Duration, Duration)>,
    timeouts: u32,
}

impl TcpSender {
    /// A flow of so many packets; none: without end.
    pub fn new(packets: Option<u64>) -> Self {
        Self {
            window: FIRST_WINDOW,
            threshold: f64::INFINITY,
            next: 0,
            in_flight: BTreeMap::new(),
            lost: 0,
            left: packets,
            acknowledged: 0,
            recovered_from: 0,
            smoothed: None,
            timeouts: 0,
        }
    }

    /// The next packet's number, while the window has room.
    pub fn poll_send(&mut self, now: Duration) -> Option<u64> {
        if self.in_flight.len() as f64 >= self.window.floor() {
            return None;
        }
        if self.lost > 0 {
            self.lost -= 1;
        } else {
            match &mut self.left {
                Some(0) => return None,
                Some(left) => *left -= 1,
                None => {}
            }
        }
        let number = self.next;
        self.next += 1;
        self.in_flight.insert(number, now);
        Some(number)
    }

    /// A packet has arrived at the other end, and word of it here.
    pub fn acknowledge(&mut self, number: u64, now: Duration) {
        let Some(sent) = self.in_flight.remove(&number) else {
            return;
        };
        self.acknowledged += 1;
        self.timeouts = 0;
        self.measure(now.saturating_sub(sent));
        self.window += if self.window < self.threshold {
            1.0
        } else {
            1.0 / self.window
        };
        let overtaken: Vec<u64> = self
            .in_flight
            .range(..number.saturating_sub(REORDERING - 1))
            .map(|(number, _)| *number)
            .collect();
        let Some(first) = overtaken.last() else { return };
        let is_new = *first >= self.recovered_from;
        for number in &overtaken {
            self.in_flight.remove(number);
        }
        self.lost += overtaken.len() as u64;
        if is_new {
            self.recovered_from = self.next;
            self.threshold = (self.window / 2.0).max(2.0);
            self.window = self.threshold;
        }
    }

    /// When nothing more is to be waited for.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let oldest = self.in_flight.values().min()?;
        Some(*oldest + self.timeout())
    }

    /// Time has passed: what waited for too long is sent again.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.poll_timeout().is_none_or(|timeout| timeout > now) {
            return;
        }
        self.lost += self.in_flight.len() as u64;
        self.in_flight.clear();
        self.recovered_from = self.next;
        self.threshold = (self.window / 2.0).max(2.0);
        self.window = 1.0;
        self.timeouts += 1;
    }

    /// Packets that have arrived.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Everything has arrived.
    pub fn is_done(&self) -> bool {
        self.left == Some(0) && self.lost == 0 && self.in_flight.is_empty()
    }

    fn measure(&mut self, round_trip: Duration) {
        self.smoothed = Some(match self.smoothed {
            None => (round_trip, round_trip / 2),
            Some((smoothed, variation)) => (
                smoothed * 7 / 8 + round_trip / 8,
                variation * 3 / 4 + smoothed.abs_diff(round_trip) / 4,
            ),
        });
    }

    fn timeout(&self) -> Duration {
        let (smoothed, variation) = self.smoothed.unwrap_or((LEAST_TIMEOUT, Duration::ZERO));
        let once = (smoothed + 4 * variation).max(LEAST_TIMEOUT);
        once.saturating_mul(1 << self.timeouts.min(6)).min(LONGEST_TIMEOUT)
    }
}

/// What shares a path with media.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TcpPlan {
    /// One flow without end, from a moment on.
    Long(Duration),
    /// Downloads of 100 kB to 1 MB, one after the other, with pauses of 10 s on average (RFC 8867, 5.7).
    Short,
}

/// A [`TcpPlan`] being carried out.
#[derive(Debug)]
pub struct CrossTraffic {
    plan: TcpPlan,
    random: ChaCha8Rng,
    sender: Option<TcpSender>,
    begins: Duration,
    /// Numbers go on from one download to the next, so that late words of an old one are not taken for the new one's.
    first: u64,
}

const MEAN_PAUSE_S: f64 = 10.0;

impl CrossTraffic {
    /// Begins as planned; downloads after a first pause.
    pub fn new(plan: TcpPlan, seed: u64) -> Self {
        let mut traffic = Self {
            plan,
            random: ChaCha8Rng::seed_from_u64(seed),
            sender: None,
            begins: Duration::ZERO,
            first: 0,
        };
        traffic.begins = match plan {
            TcpPlan::Long(begins) => begins,
            TcpPlan::Short => traffic.pause(),
        };
        traffic
    }

    /// The next packet's number, when there is one to send.
    pub fn poll_send(&mut self, now: Duration) -> Option<u64> {
        if now < self.begins {
            return None;
        }
        if let Some(done) = self.sender.take_if(|sender| sender.is_done()) {
            self.first += done.next;
            self.begins = now + self.pause();
            return None;
        }
        if self.sender.is_none() {
            let bytes = self.random.random_range(100_000..1_000_000_u64);
            let packets = (self.plan == TcpPlan::Short).then_some(bytes / PACKET_BYTES);
            self.sender = Some(TcpSender::new(packets));
        }
        let sender = self.sender.as_mut()?;
        sender.handle_timeout(now);
        sender.poll_send(now).map(|number| self.first + number)
    }

    /// A packet has arrived at the other end, and word of it here.
    pub fn acknowledge(&mut self, number: u64, now: Duration) {
        if let (Some(sender), Some(number)) = (&mut self.sender, number.checked_sub(self.first)) {
            sender.acknowledge(number, now);
        }
    }

    /// When to ask again, unless something is acknowledged before.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match &self.sender {
            Some(sender) => sender.poll_timeout(),
            None => Some(self.begins),
        }
    }

    fn pause(&mut self) -> Duration {
        Duration::from_secs_f64(-MEAN_PAUSE_S * (1.0 - self.random.random::<f64>()).ln())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;
    use crate::path::{Path, PathConfig};

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Runs flows over one path, whose acknowledgements come back after 50 ms, until a moment; what each got through.
    fn run(config: PathConfig, flows: &mut [TcpSender], until: Duration) -> Vec<u64> {
        let mut path = Path::new(config, 5);
        let mut back: BTreeMap<(Duration, u64), (usize, u64)> = BTreeMap::new();
        let mut now = Duration::ZERO;
        let mut count = 0;
        while now < until {
            while let Some((flow, number)) = path.receive(now) {
                count += 1;
                back.insert((now + ms(50), count), (flow, number));
            }
            while let Some(entry) = back.first_entry().filter(|entry| entry.key().0 <= now) {
                let (flow, number) = entry.remove();
                flows[flow].acknowledge(number, now);
            }
            for (flow, sender) in flows.iter_mut().enumerate() {
                sender.handle_timeout(now);
                while let Some(number) = sender.poll_send(now) {
                    path.send((flow, number), PACKET_BYTES, Duration::ZERO, now);
                }
            }
            let timeouts = flows.iter().filter_map(TcpSender::poll_timeout);
            let events = [path.next_event(), back.keys().next().map(|(at, _)| *at)];
            now = timeouts
                .chain(events.into_iter().flatten())
                .min()
                .unwrap_or(until)
                .max(now + Duration::from_nanos(1));
        }
        flows.iter().map(TcpSender::acknowledged).collect()
    }

    #[test]
    fn a_long_flow_fills_the_path() {
        let delivered = run(
            PathConfig::clean(2_000_000, ms(50), ms(300)),
            &mut [TcpSender::new(None)],
            Duration::from_secs(60),
        );
        let capacity = 2_000_000 * 60 / (8 * PACKET_BYTES);
        assert!(delivered[0] * 100 > capacity * 95, "{delivered:?} of {capacity}");
    }

    #[test]
    fn two_flows_share_it() {
        let mut flows = [TcpSender::new(None), TcpSender::new(None)];
        let delivered = run(
            PathConfig::clean(4_000_000, ms(50), ms(300)),
            &mut flows,
            Duration::from_secs(120),
        );
        let (less, more) = (delivered[0].min(delivered[1]), delivered[0].max(delivered[1]));
        assert!(less * 10 > more * 6, "{delivered:?}");
    }

    #[test]
    fn loss_makes_it_slow_as_the_square_root_says() {
        let config = PathConfig {
            loss: Loss::Random(0.01),
            ..PathConfig::clean(50_000_000, ms(50), ms(300))
        };
        let delivered = run(config, &mut [TcpSender::new(None)], Duration::from_secs(200));
        // Mathis and others: packets a round trip of 0.1 s are about 1.2 over the root of the loss.
        let expected = 1.22 / 0.01_f64.sqrt() * 2_000.0;
        let share = delivered[0] as f64 / expected;
        assert!((0.7..1.3).contains(&share), "{delivered:?} of {expected}");
    }

    #[test]
    fn a_short_flow_ends_even_on_a_bad_path() {
        let config = PathConfig {
            loss: Loss::Random(0.2),
            ..PathConfig::clean(1_000_000, ms(50), ms(100))
        };
        let mut flows = [TcpSender::new(Some(100))];
        let delivered = run(config, &mut flows, Duration::from_secs(300));
        assert_eq!(delivered, [100]);
        assert!(flows[0].is_done());
    }
}
