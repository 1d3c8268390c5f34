//! Flows that share a path, each with an estimator that says how much it sends, and word of what arrived.

use std::collections::BTreeMap;
use std::time::Duration;

use assist_link::path::{Path, PathConfig};
use assist_link::tcp::{self, TcpSender};
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkEstimator, Received};

const PACKET_BYTES: u32 = 1_200;
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
const WAY_BACK: Duration = Duration::from_millis(50);
/// Rates are counted over so long.
pub(crate) const SLOT: Duration = Duration::from_millis(500);

/// A flow of video that sends whatever its estimator says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) starts: Duration,
    /// More way than others, there and back.
    pub(crate) extra: Duration,
    /// Sends nothing from, until.
    pub(crate) pause: (Duration, Duration),
}

impl Source {
    pub(crate) fn at(seconds: u64) -> Self {
        Self {
            starts: Duration::from_secs(seconds),
            extra: Duration::ZERO,
            pause: (Duration::ZERO, Duration::ZERO),
        }
    }
}

/// What came of it.
pub(crate) struct Outcome {
    /// Bits that arrived, over the path's capacity, from 5 s on; of each flow.
    pub(crate) goodput: Vec<f64>,
    /// Bits a second that were sent in each slot, of each flow.
    pub(crate) sent_bps: Vec<Vec<f64>>,
    arrived_bits: Vec<Vec<f64>>,
    waits_ms: Vec<f64>,
}

impl Outcome {
    /// How long packets waited in the queue, ms, at most by a share of them.
    pub(crate) fn wait_ms(&self, share: f64) -> f64 {
        self.waits_ms[((self.waits_ms.len() - 1) as f64 * share) as usize]
    }

    pub(crate) fn whole(&self) -> f64 {
        self.goodput.iter().sum()
    }

    /// Jain's index over the last 20 s.
    pub(crate) fn fairness(&self) -> f64 {
        let slots = self.arrived_bits[0].len();
        let last = |bits: &Vec<f64>| bits[slots - 40..].iter().sum::<f64>();
        let rates: Vec<f64> = self.arrived_bits.iter().map(last).collect();
        let sum: f64 = rates.iter().sum();
        sum * sum / (rates.len() as f64 * rates.iter().map(|rate| rate * rate).sum::<f64>())
    }

    /// From a drop until what is sent stays at or below the capacity for two seconds, in seconds.
    pub(crate) fn reaction_s(&self, flow: usize, dropped: Duration, capacity_bps: f64) -> f64 {
        let first = (dropped.as_millis() / SLOT.as_millis()) as usize;
        let is_below = |slot: &usize| {
            self.sent_bps[flow][*slot..slot + 4]
                .iter()
                .all(|bps| *bps <= capacity_bps)
        };
        let slot = (first..).find(is_below).unwrap();
        (slot - first) as f64 * SLOT.as_secs_f64()
    }
}

#[derive(Clone, Copy)]
enum Packet {
    Media { flow: usize, number: u64, sent: Duration },
    Tcp(u64),
}

enum Word {
    Feedback(usize, Vec<Received>),
    Acknowledgement(u64),
}

struct Flow {
    source: Source,
    estimator: LinkEstimator,
    next: u64,
    due: Duration,
    feedback_due: Duration,
    arrived: BTreeMap<u64, u64>,
    told: u64,
}

/// Runs sources over a path, and TCP beside them if there is.
pub(crate) fn run(config: &PathConfig, sources: &[Source], mut tcp: Option<TcpSender>, seconds: u64) -> Outcome {
    let way = config.way.delay;
    let end = Duration::from_secs(seconds);
    let mut world = World {
        path: Path::new(config.clone(), 11),
        back: BTreeMap::new(),
        words: 0,
    };
    let mut flows: Vec<Flow> = sources.iter().map(|source| Flow::new(*source)).collect();
    let slots = (seconds * 2) as usize;
    let mut sent_bps = vec![vec![0.0; slots]; flows.len()];
    let mut arrived_bits = vec![vec![0.0; slots]; flows.len()];
    let mut waits_ms = Vec::new();
    let bits = 8.0 * f64::from(PACKET_BYTES);
    let mut now = Duration::ZERO;
    while now < end {
        let slot = (now.as_millis() / SLOT.as_millis()) as usize;
        while let Some(packet) = world.path.receive(now) {
            match packet {
                Packet::Media { flow, number, sent } => {
                    flows[flow].arrived.insert(number, now.as_micros() as u64);
                    arrived_bits[flow][slot] += bits;
                    waits_ms.push((now - sent - way - flows[flow].source.extra).as_secs_f64() * 1_000.0);
                }
                Packet::Tcp(number) => world.tell(Word::Acknowledgement(number), now + WAY_BACK),
            }
        }
        while let Some(word) = world.heard(now) {
            match word {
                Word::Feedback(flow, packets) => flows[flow].estimator.feedback(&packets, timestamp(now)),
                Word::Acknowledgement(number) => {
                    if let Some(tcp) = &mut tcp {
                        tcp.acknowledge(number, now);
                    }
                }
            }
        }
        for (index, flow) in flows.iter_mut().enumerate() {
            if let Some(packets) = flow.word(now) {
                world.tell(Word::Feedback(index, packets), now + WAY_BACK + flow.source.extra);
            }
            while let Some(number) = flow.send(now) {
                let packet = Packet::Media {
                    flow: index,
                    number,
                    sent: now,
                };
                world.path.send(packet, u64::from(PACKET_BYTES), flow.source.extra, now);
                sent_bps[index][slot] += bits / SLOT.as_secs_f64();
            }
        }
        if let Some(tcp) = &mut tcp {
            tcp.handle_timeout(now);
            while let Some(number) = tcp.poll_send(now) {
                world
                    .path
                    .send(Packet::Tcp(number), tcp::PACKET_BYTES, Duration::ZERO, now);
            }
        }
        let dues = flows.iter().map(|flow| flow.due.min(flow.feedback_due));
        let timeout = tcp.as_ref().and_then(TcpSender::poll_timeout);
        let next = dues.chain(world.next()).chain(timeout).min().unwrap_or(end);
        now = next.max(now + Duration::from_micros(1));
    }
    waits_ms.sort_by(f64::total_cmp);
    let capacity = config.rate.bits(Duration::from_secs(5), end);
    let goodput = arrived_bits
        .iter()
        .map(|bits| bits[10..].iter().sum::<f64>() / capacity)
        .collect();
    Outcome {
        goodput,
        sent_bps,
        arrived_bits,
        waits_ms,
    }
}

struct World {
    path: Path<Packet>,
    back: BTreeMap<(Duration, u64), Word>,
    words: u64,
}

impl World {
    fn tell(&mut self, word: Word, at: Duration) {
        self.words += 1;
        self.back.insert((at, self.words), word);
    }

    fn heard(&mut self, now: Duration) -> Option<Word> {
        let first = self.back.first_entry()?;
        (first.key().0 <= now).then(|| first.remove())
    }

    fn next(&self) -> Option<Duration> {
        let heard = self.back.keys().next().map(|(at, _)| *at);
        self.path.next_event().into_iter().chain(heard).min()
    }
}

impl Flow {
    fn new(source: Source) -> Self {
        Self {
            source,
            estimator: LinkEstimator::new(EstimatorConfig {
                least_bps: 150_000.0,
                most_bps: 4_000_000.0,
                ..EstimatorConfig::default()
            }),
            next: 0,
            due: source.starts,
            feedback_due: source.starts,
            arrived: BTreeMap::new(),
            told: 0,
        }
    }

    /// The next packet, evenly spread at the target.
    fn send(&mut self, now: Duration) -> Option<u64> {
        if now < self.due {
            return None;
        }
        self.due = now + Duration::from_secs_f64(8.0 * f64::from(PACKET_BYTES) / self.estimator.pacing_bps());
        let (from, until) = self.source.pause;
        if (from..until).contains(&now) {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.estimator.sent(number, PACKET_BYTES, timestamp(now));
        Some(number)
    }

    /// Of all packets up to the highest that arrived.
    fn word(&mut self, now: Duration) -> Option<Vec<Received>> {
        if now < self.feedback_due {
            return None;
        }
        self.feedback_due = now + FEEDBACK_EVERY;
        let highest = *self.arrived.keys().next_back()?;
        let first = self.told.min(*self.arrived.keys().next()?);
        self.told = highest + 1;
        let mut arrived = std::mem::take(&mut self.arrived);
        let packets = (first..=highest).map(|number| Received {
            number,
            at_us: arrived.remove(&number),
        });
        Some(packets.collect())
    }
}

fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros() as u64)
}
