//! How much a bottleneck lets through, as a function of time.

use std::sync::Arc;
use std::time::Duration;

/// Bytes that one delivery opportunity of a trace lets through.
pub const OPPORTUNITY_BYTES: u64 = 1_500;

/// How much a bottleneck lets through.
#[derive(Debug, Clone, PartialEq)]
pub enum Rate {
    /// So many bits a second, always; 0 is an outage.
    Constant(u64),
    /// From each moment on, so many bits a second; by time, ascending. Before the first, as from the first.
    Schedule(Arc<[(Duration, u64)]>),
    /// What was recorded, over and over.
    Trace(Arc<Trace>),
}

/// A recorded or generated link: moments at which [`OPPORTUNITY_BYTES`] may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Ascending, and none after the period.
    opportunities: Vec<Duration>,
    period: Duration,
}

/// Why a text is no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTrace {
    /// A line is no number of milliseconds.
    #[error("line {line} of the trace is no whole number of milliseconds")]
    NotANumber {
        /// Counted from 1.
        line: usize,
    },
    /// A line is earlier than the one before.
    #[error("line {line} of the trace is earlier than the one before")]
    NotAscending {
        /// Counted from 1.
        line: usize,
    },
    /// There are none, or all at 0 ms.
    #[error("the trace has no delivery opportunities after 0 ms")]
    Empty,
}

impl Trace {
    /// Reads one delivery opportunity a line, in whole milliseconds; the last one ends the period.
    ///
    /// # Errors
    /// [`InvalidTrace`].
    pub fn parse(text: &str) -> Result<Self, InvalidTrace> {
        let mut opportunities = Vec::new();
        let mut before = Duration::ZERO;
        for (index, words) in text.lines().enumerate().filter(|(_, words)| !words.trim().is_empty()) {
            let line = index + 1;
            let ms = words.trim().parse().map_err(|_| InvalidTrace::NotANumber { line })?;
            let at = Duration::from_millis(ms);
            if at < before {
                return Err(InvalidTrace::NotAscending { line });
            }
            before = at;
            opportunities.push(at);
        }
        Self::new(opportunities, before)
    }

    /// From moments, ascending, of which none is after the period.
    ///
    /// # Errors
    /// [`InvalidTrace::Empty`].
    pub fn new(opportunities: Vec<Duration>, period: Duration) -> Result<Self, InvalidTrace> {
        if opportunities.is_empty() || period.is_zero() {
            return Err(InvalidTrace::Empty);
        }
        Ok(Self { opportunities, period })
    }

    /// Bits a second over the whole of it.
    pub fn mean_bps(&self) -> u64 {
        let bits = 8 * OPPORTUNITY_BYTES * self.opportunities.len() as u64;
        (bits as f64 / self.period.as_secs_f64()) as u64
    }

    /// When opportunity `number` is, counted over all repetitions.
    fn at(&self, number: u64) -> Duration {
        let count = self.opportunities.len() as u64;
        let round = u32::try_from(number / count).unwrap_or(u32::MAX);
        self.period * round + self.opportunities[(number % count) as usize]
    }

    /// The number of the first opportunity not before a moment.
    fn first_from(&self, moment: Duration) -> u64 {
        let round = moment.as_nanos() / self.period.as_nanos();
        let within = Duration::from_nanos((moment.as_nanos() % self.period.as_nanos()) as u64);
        let index = self.opportunities.partition_point(|at| *at < within);
        let number = round as u64 * self.opportunities.len() as u64 + index as u64;
        // What ends one period begins the next.
        (number.saturating_sub(1)..)
            .find(|number| self.at(*number) >= moment)
            .unwrap_or(number)
    }
}

impl Rate {
    /// Bits a second at a moment; of a trace, over the whole of it.
    pub fn bps(&self, now: Duration) -> u64 {
        match self {
            Self::Constant(bps) => *bps,
            Self::Schedule(steps) => {
                let next = steps.partition_point(|(from, _)| *from <= now);
                steps.get(next.saturating_sub(1)).map_or(0, |(_, bps)| *bps)
            }
            Self::Trace(trace) => trace.mean_bps(),
        }
    }

    /// The same, but never more than so many bits a second, and beginning later by so much. A trace is left as it is.
    #[must_use]
    pub fn seen_from(&self, origin: Duration, most_bps: u64) -> Self {
        match self {
            Self::Constant(bps) => Self::Constant(most_bps.min(*bps)),
            Self::Schedule(steps) => {
                let step = |(from, bps): &(Duration, u64)| (from.saturating_sub(origin), most_bps.min(*bps));
                Self::Schedule(steps.iter().map(step).collect())
            }
            Self::Trace(trace) => Self::Trace(Arc::clone(trace)),
        }
    }

    /// Bits that may pass from one moment until another.
    pub fn bits(&self, from: Duration, until: Duration) -> f64 {
        let span = |bps: u64, from: Duration, until: Duration| bps as f64 * until.saturating_sub(from).as_secs_f64();
        match self {
            Self::Constant(bps) => span(*bps, from, until),
            Self::Schedule(_) => {
                let (mut bits, mut at) = (0.0, from);
                while at < until {
                    let next = self.next_step(at).map_or(until, |step| step.min(until));
                    bits += span(self.bps(at), at, next);
                    at = next;
                }
                bits
            }
            Self::Trace(trace) => {
                let count = trace.first_from(until).saturating_sub(trace.first_from(from));
                (8 * OPPORTUNITY_BYTES * count) as f64
            }
        }
    }

    fn next_step(&self, after: Duration) -> Option<Duration> {
        match self {
            Self::Schedule(steps) => steps.iter().map(|(from, _)| *from).find(|from| *from > after),
            Self::Constant(_) | Self::Trace(_) => None,
        }
    }
}

/// Passes one packet after the other at a rate.
#[derive(Debug)]
pub(crate) struct Server {
    rate: Rate,
    /// Of a trace: the opportunity that was used last, and the bytes that are left of it.
    opportunity: Option<(u64, u64)>,
}

impl Server {
    pub(crate) fn new(rate: Rate) -> Self {
        Self {
            rate,
            opportunity: None,
        }
    }

    pub(crate) fn rate(&self) -> &Rate {
        &self.rate
    }

    /// When a packet has passed whose turn comes at `from`; none if never. To be asked in the order of packets.
    pub(crate) fn pass(&mut self, bytes: u64, from: Duration) -> Option<Duration> {
        match &self.rate {
            Rate::Constant(0) => None,
            Rate::Constant(bps) => Some(from + Duration::from_secs_f64(8.0 * bytes as f64 / *bps as f64)),
            Rate::Schedule(_) => {
                let (mut bits, mut at) = (8.0 * bytes as f64, from);
                loop {
                    let bps = self.rate.bps(at) as f64;
                    let next = self.rate.next_step(at);
                    let there = next.map_or(f64::INFINITY, |next| bps * (next - at).as_secs_f64());
                    if bits <= there {
                        return (bps > 0.0).then(|| at + Duration::from_secs_f64(bits / bps));
                    }
                    bits -= there;
                    at = next?;
                }
            }
            Rate::Trace(trace) => {
                let first = trace.first_from(from);
                let (mut number, mut left) = match self.opportunity {
                    // What is left of an opportunity is only there in its moment.
                    Some((used, left)) if used >= first => (used, left),
                    _ => (first, OPPORTUNITY_BYTES),
                };
                let mut bytes = bytes;
                while bytes > left {
                    bytes -= left;
                    (number, left) = (number + 1, OPPORTUNITY_BYTES);
                }
                self.opportunity = Some((number, left - bytes));
                Some(trace.at(number).max(from))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_constant_rate_takes_size_over_rate() {
        let mut server = Server::new(Rate::Constant(1_000_000));
        assert_eq!(server.pass(1_250, ms(5)), Some(ms(15)));
        assert_eq!(Server::new(Rate::Constant(0)).pass(1, ms(5)), None);
    }

    #[test]
    fn a_packet_on_its_way_goes_on_at_the_new_rate() {
        let steps = [(ms(0), 1_000_000), (ms(10), 100_000), (ms(60), 0), (ms(100), 2_000_000)];
        let rate = Rate::Schedule(steps.into());
        // 10,000 bits until 10 ms, 5,000 until 60 ms, none until 100 ms.
        let mut server = Server::new(rate.clone());
        assert_eq!(server.pass(1_250, ms(0)), Some(ms(10)));
        assert_eq!(server.pass(625, ms(10)), Some(ms(60)));
        assert_eq!(server.pass(250, ms(60)), Some(ms(101)));
        assert_eq!(Server::new(rate.clone()).pass(2_125, ms(0)), Some(ms(101)));
        assert_eq!(rate.bits(ms(5), ms(110)), 5_000.0 + 5_000.0 + 20_000.0);
        assert_eq!(
            (rate.bps(ms(9)), rate.bps(ms(10)), rate.bps(ms(99))),
            (1_000_000, 100_000, 0)
        );
        let ends = Rate::Schedule([(ms(0), 8_000), (ms(10), 0)].into());
        assert_eq!(Server::new(ends).pass(11, ms(0)), None);
    }

    #[test]
    fn an_opportunity_of_a_trace_is_there_in_its_moment() {
        let trace = Arc::new(Trace::parse("0\n10\n10\n\n30\n").unwrap());
        assert_eq!(trace.mean_bps(), 4 * 12_000 * 1_000 / 30);
        let rate = Rate::Trace(Arc::clone(&trace));
        let mut server = Server::new(rate.clone());
        // Two small packets share one; a large one takes two.
        assert_eq!(server.pass(1_000, ms(1)), Some(ms(10)));
        assert_eq!(server.pass(500, ms(10)), Some(ms(10)));
        assert_eq!(server.pass(2_000, ms(10)), Some(ms(30)));
        assert_eq!(server.pass(1_000, ms(30)), Some(ms(30)));
        // Then it begins anew, its end being its beginning.
        assert_eq!(server.pass(1, ms(30)), Some(ms(30)));
        assert_eq!(server.pass(1_500, ms(31)), Some(ms(40)));
        assert_eq!(rate.bits(ms(0), ms(30)), 3.0 * 12_000.0);
        assert_eq!(rate.bits(ms(1), ms(61)), 8.0 * 12_000.0);
    }

    #[test]
    fn over_time_as_much_passes_as_the_rate_says() {
        let trace = Trace::parse("3\n7\n7\n8\n20\n45\n50\n").unwrap();
        let steps = [(ms(0), 900_000), (ms(333), 150_000), (ms(1_777), 3_000_000)];
        for rate in [
            Rate::Constant(777_000),
            Rate::Schedule(steps.into()),
            Rate::Trace(Arc::new(trace)),
        ] {
            let mut server = Server::new(rate.clone());
            let (mut now, mut passed) = (Duration::ZERO, 0.0);
            while now < ms(5_000) {
                now = server.pass(700, now).unwrap();
                passed += 5_600.0;
            }
            let capacity = rate.bits(Duration::ZERO, now);
            assert!(
                (passed - capacity).abs() <= 24_000.0,
                "{passed} of {capacity} by {rate:?}"
            );
        }
    }

    #[test]
    fn what_is_no_trace_is_said_by_its_line() {
        assert_eq!(Trace::parse("1\n\n2.5"), Err(InvalidTrace::NotANumber { line: 3 }));
        assert_eq!(Trace::parse("5\n4"), Err(InvalidTrace::NotAscending { line: 2 }));
        assert_eq!(Trace::parse("\n"), Err(InvalidTrace::Empty));
        assert_eq!(Trace::parse("0\n0"), Err(InvalidTrace::Empty));
    }
}
