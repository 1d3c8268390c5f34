//! What happened to flows, moment by moment.

use std::time::Duration;

use super::figures::FROM;
use crate::rate::Rate;

/// Rates are counted over so long.
pub const BIN: Duration = Duration::from_millis(50);

/// What happened to one flow.
#[derive(Debug, Default)]
pub struct FlowRecord {
    /// In the direction that cases are about.
    pub is_forward: bool,
    /// Whether it has pictures.
    pub has_video: bool,
    /// Put on the path in each bin, bits.
    pub sent_bits: Vec<f64>,
    /// And come out of it.
    pub arrived_bits: Vec<f64>,
    /// RTP bytes that arrived for the first time, from 5 s on, in bits.
    pub first_time_bits: f64,
    /// When a packet arrived, s, and how long it waited in the queue, ms.
    pub waits_ms: Vec<(f32, f32)>,
    pub(crate) packets_sent: u64,
    pub(crate) packets_lost: u64,
    /// Of each packet of sound: when it was made, and when it arrived.
    pub(crate) audio: Vec<(Duration, Option<Duration>)>,
    /// Of each message: when it was said, and when it arrived.
    pub(crate) messages: Vec<(Duration, Option<Duration>)>,
    /// Key frames that had to be asked for.
    pub key_frames_requested: u64,
}

/// What happened in a run.
#[derive(Debug)]
pub struct Outcome {
    /// To each flow.
    pub flows: Vec<FlowRecord>,
    /// What a source makes at most, bits a second.
    pub(crate) most_bps: f64,
    rates: [Rate; 2],
    capacities: [Vec<f64>; 2],
    length: Duration,
}

impl FlowRecord {
    pub(crate) fn new(is_forward: bool, has_video: bool, length: Duration) -> Self {
        let bins = bin(length) + 1;
        Self {
            is_forward,
            has_video,
            sent_bits: vec![0.0; bins],
            arrived_bits: vec![0.0; bins],
            ..Self::default()
        }
    }
}

impl Outcome {
    pub(crate) fn new(flows: Vec<FlowRecord>, most_bps: f64, rates: [Rate; 2], length: Duration) -> Self {
        let bits = |rate: &Rate| {
            let of_bin = |number: u32| rate.bits(BIN * number, BIN * (number + 1));
            (0..bin(length) as u32 + 1).map(of_bin).collect()
        };
        Self {
            flows,
            most_bps,
            capacities: [bits(&rates[0]), bits(&rates[1])],
            rates,
            length,
        }
    }

    /// What the link would carry in each bin, bits.
    pub fn capacity(&self, is_forward: bool) -> &[f64] {
        &self.capacities[usize::from(!is_forward)]
    }

    pub(crate) fn capacity_bits(&self, is_forward: bool) -> f64 {
        self.rates[usize::from(!is_forward)].bits(FROM, self.length)
    }

    /// The bins in which the rate falls; of a trace, none.
    pub(crate) fn drops(&self, is_forward: bool) -> impl Iterator<Item = usize> {
        self.steps(is_forward, |before, after| after < before)
    }

    /// The bins in which it rises.
    pub(crate) fn rises(&self, is_forward: bool) -> impl Iterator<Item = usize> {
        self.steps(is_forward, |before, after| after > before)
    }

    fn steps(&self, is_forward: bool, is_one: impl Fn(u64, u64) -> bool) -> impl Iterator<Item = usize> {
        let steps: &[(Duration, u64)] = match &self.rates[usize::from(!is_forward)] {
            Rate::Schedule(steps) => steps,
            Rate::Constant(_) | Rate::Trace(_) => &[],
        };
        steps
            .windows(2)
            .filter(move |pair| pair[1].0 < self.length && is_one(pair[0].1, pair[1].1))
            .map(|pair| bin(pair[1].0))
    }
}

pub(crate) fn bin(now: Duration) -> usize {
    (now.as_micros() / BIN.as_micros()) as usize
}
