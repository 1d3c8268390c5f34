//! From what was recorded to the few figures that are quoted.

use std::collections::VecDeque;
use std::time::Duration;

use super::record::{BIN, FlowRecord, Outcome};

/// A rate is that of so many bins: half a second.
const RATE_BINS: usize = 10;
/// What has to stay for two seconds to count.
const STAYS_BINS: usize = 40;
/// Before this the flows still begin.
pub(crate) const FROM: Duration = Duration::from_secs(5);
/// Fairness is that of the last 20 s.
const FAIRNESS_BINS: usize = 400;
/// Sound is held back for as long as packets of so many frames needed,
const PLAYOUT_FRAMES: usize = 500;
/// and a little longer, so that a copy in the next packet is of use,
const PLAYOUT_SPARE_S: f64 = 0.03;
/// but for no longer than this.
const LONGEST_PLAYOUT_S: f64 = 1.0;
const FRAME_S: f64 = 0.02;

/// The smallest value that a share of `values` (0 to 1) does not exceed; `None` of none.
pub fn percentile(values: &mut [f32], share: f64) -> Option<f64> {
    let rank = (share * values.len() as f64).ceil() as usize;
    let index = rank.max(1) - 1;
    if index >= values.len() {
        return None;
    }
    let (_, value, _) = values.select_nth_unstable_by(index, f32::total_cmp);
    Some(f64::from(*value))
}

impl Outcome {
    /// First-time RTP bytes that arrived over what the links would have carried, from 5 s on.
    pub fn goodput(&self) -> f64 {
        let with_video = || self.flows.iter().filter(|flow| flow.has_video);
        let bits: f64 = with_video().map(|flow| flow.first_time_bits).sum();
        let carries = |is_forward: bool| with_video().any(|flow| flow.is_forward == is_forward);
        let capacity = |is_forward: bool| {
            if carries(is_forward) {
                self.capacity_bits(is_forward)
            } else {
                0.0
            }
        };
        bits / (capacity(true) + capacity(false)).max(1.0)
    }

    /// How long packets of media waited in the queue, ms, at most by a share of them; `None` if there were none.
    pub fn wait_ms(&self, share: f64) -> Option<f64> {
        let mut waits: Vec<f32> = self
            .flows
            .iter()
            .flat_map(|flow| &flow.waits_ms)
            .map(|wait| wait.1)
            .collect();
        percentile(&mut waits, share)
    }

    /// The share of media packets that did not arrive.
    pub fn loss(&self) -> f64 {
        let sent: u64 = self.flows.iter().map(|flow| flow.packets_sent).sum();
        let lost: u64 = self.flows.iter().map(|flow| flow.packets_lost).sum();
        lost as f64 / sent.max(1) as f64
    }

    /// The longest time from a drop of the rate until what is sent in half a second stays at or below it for two seconds; in
    /// seconds. `None` if nothing dropped.
    pub fn reaction_s(&self) -> Option<f64> {
        let longest = |is_forward: bool| {
            let sent = self.sum(is_forward, |flow| &flow.sent_bits);
            let capacity = self.capacity(is_forward);
            let is_within = |bin: usize| rate(&sent, bin) <= rate(capacity, bin) * 1.000_1;
            self.drops(is_forward)
                .map(|drop| until(drop, sent.len(), |bin| (bin..bin + STAYS_BINS).all(is_within)))
                .reduce(f64::max)
        };
        longest(true).into_iter().chain(longest(false)).reduce(f64::max)
    }

    /// The longest time from a rise of the rate until 90 % of it, or of what the source makes, arrives; in seconds. `None` if
    /// nothing rose.
    pub fn recovery_s(&self) -> Option<f64> {
        let longest = |is_forward: bool| {
            let arrived = self.sum(is_forward, |flow| &flow.arrived_bits);
            let capacity = self.capacity(is_forward);
            let most = self.most_bps * self.flows.iter().filter(|flow| flow.is_forward == is_forward).count() as f64;
            let is_back = |bin: usize| rate(&arrived, bin) >= 0.9 * rate(capacity, bin).min(most);
            self.rises(is_forward)
                .map(|rise| until(rise, arrived.len(), is_back))
                .reduce(f64::max)
        };
        longest(true).into_iter().chain(longest(false)).reduce(f64::max)
    }

    /// Jain's index of what arrived in the last 20 s; `None` of a single flow in a direction.
    pub fn jain(&self) -> Option<f64> {
        let last = |flow: &FlowRecord| flow.arrived_bits.iter().rev().take(FAIRNESS_BINS).sum::<f64>();
        let rates: Vec<f64> = self
            .flows
            .iter()
            .filter(|flow| flow.is_forward && flow.has_video)
            .map(last)
            .collect();
        let (sum, squares) = (
            rates.iter().sum::<f64>(),
            rates.iter().map(|rate| rate * rate).sum::<f64>(),
        );
        (rates.len() > 1 && squares > 0.0).then(|| sum * sum / (rates.len() as f64 * squares))
    }

    /// The share of 20 ms frames of sound that had to be made up, in percent, in the worse direction; `None` if there was no sound.
    pub fn audio_gap_percent(&self) -> Option<f64> {
        self.flows
            .iter()
            .filter_map(FlowRecord::audio_gap_percent)
            .reduce(f64::max)
    }

    /// The share of messages that arrived at all, and the longest they took; `None` if there were none.
    pub fn messages(&self) -> Option<(f64, Duration)> {
        let all: Vec<_> = self.flows.iter().flat_map(|flow| &flow.messages).collect();
        let took: Vec<Duration> = all
            .iter()
            .filter_map(|(said, arrived)| Some((*arrived)?.saturating_sub(*said)))
            .collect();
        let longest = took.iter().max()?;
        Some((took.len() as f64 / all.len() as f64, *longest))
    }

    fn sum(&self, is_forward: bool, of: impl Fn(&FlowRecord) -> &Vec<f64>) -> Vec<f64> {
        let mut sum = vec![0.0; self.capacity(is_forward).len()];
        for flow in self.flows.iter().filter(|flow| flow.is_forward == is_forward) {
            sum.iter_mut().zip(of(flow)).for_each(|(sum, bits)| *sum += bits);
        }
        sum
    }
}

impl FlowRecord {
    /// Sound is played when its packet or the one after it (which has a copy of it, as Opus's in-band FEC does) came in time: a
    /// player holds back as long as packets of the last ten seconds needed, up to a second.
    fn audio_gap_percent(&self) -> Option<f64> {
        let late_s = |index: usize| {
            let (made, arrived) = *self.audio.get(index)?;
            Some(arrived?.saturating_sub(made).as_secs_f64())
        };
        let least_s = (0..self.audio.len()).filter_map(late_s).fold(f64::INFINITY, f64::min);
        // The latest ones of so many packets, none of which is later than the one before it.
        let mut latest: VecDeque<(usize, f64)> = VecDeque::new();
        let mut gaps = 0;
        for index in 0..self.audio.len() {
            let held_s = latest.front().map_or(0.0, |(_, late_s)| late_s - least_s);
            let held_s = (held_s + PLAYOUT_SPARE_S).min(LONGEST_PLAYOUT_S);
            let own_s = late_s(index);
            let copy_s = late_s(index + 1).map(|late_s| late_s + FRAME_S);
            let came_s = own_s.into_iter().chain(copy_s).fold(f64::INFINITY, f64::min);
            gaps += usize::from(came_s - least_s > held_s);
            if let Some(late_s) = own_s {
                while latest.pop_back_if(|(_, earlier_s)| *earlier_s <= late_s).is_some() {}
                latest.push_back((index, late_s));
            }
            while latest.pop_front_if(|(at, _)| *at + PLAYOUT_FRAMES < index).is_some() {}
        }
        (!self.audio.is_empty()).then(|| 100.0 * gaps as f64 / self.audio.len() as f64)
    }
}

/// Bits a second of the half second that begins with a bin.
fn rate(bits: &[f64], bin: usize) -> f64 {
    let window = &bits[bin.min(bits.len())..(bin + RATE_BINS).min(bits.len())];
    window.iter().sum::<f64>() / (window.len().max(1) as f64 * BIN.as_secs_f64())
}

/// Seconds from one bin to the first that is as wanted, or to the end.
fn until(first: usize, end: usize, is_wanted: impl Fn(usize) -> bool) -> f64 {
    let found = (first..end).find(|bin| is_wanted(*bin)).unwrap_or(end);
    (found - first) as f64 * BIN.as_secs_f64()
}
