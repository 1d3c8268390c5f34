//! A call over a path that changes: sound, pictures by what [`LinkSender`] says, and word of what arrived that may be lost.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use assist_link::path::{Path, PathConfig};
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkSender, Outgoing, PacketClass, Received, Verdict};

const PICTURE_BYTES: u32 = 1_200;
const PICTURE_EVERY: Duration = Duration::from_millis(33);
/// 32 kbit/s of Opus and its headers.
const SOUND_BYTES: u32 = 140;
const SOUND_EVERY: Duration = Duration::from_millis(20);
const SOUND_BPS: f64 = 56_000.0;
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
const WAY_BACK: Duration = Duration::from_millis(50);
/// Rates are counted over so long.
pub(crate) const SLOT: Duration = Duration::from_millis(500);

/// What happens in a call, and when.
pub(crate) struct Plan {
    /// The way there, from each moment on.
    pub(crate) there: Vec<(Duration, PathConfig)>,
    /// Whether pictures are made at a moment.
    pub(crate) has_picture: fn(Duration) -> bool,
    /// The share of feedback that is lost at a moment.
    pub(crate) feedback_lost: fn(Duration) -> f64,
    pub(crate) start_bps: f64,
    pub(crate) length: Duration,
}

/// What came of it.
pub(crate) struct Outcome {
    /// When the verdict changed, and to what.
    pub(crate) verdicts: Vec<(Duration, Verdict)>,
    /// Bits a second in each slot: pushed or padded, and what of it arrived.
    pub(crate) sent_bps: Vec<f64>,
    pub(crate) arrived_bps: Vec<f64>,
    /// Padding in each slot, bytes.
    pub(crate) padding_bytes: Vec<u64>,
    /// When each packet of sound was made, and how long it took.
    pub(crate) sound: Vec<(Duration, Option<Duration>)>,
    pub(crate) targets_bps: Vec<f64>,
}

impl Outcome {
    /// The mean of what arrived from one second to another, bits a second.
    pub(crate) fn arrived(&self, from_s: usize, until_s: usize) -> f64 {
        mean(&self.arrived_bps[2 * from_s..2 * until_s])
    }

    /// The mean of what was sent from one second to another, bits a second.
    pub(crate) fn sent(&self, from_s: usize, until_s: usize) -> f64 {
        mean(&self.sent_bps[2 * from_s..2 * until_s])
    }

    /// The share of sound, made from one second to another, that came within so much.
    pub(crate) fn sound_within(&self, most: Duration, from_s: u64, until_s: u64) -> f64 {
        let (from, until) = (Duration::from_secs(from_s), Duration::from_secs(until_s));
        let made = self.sound.iter().filter(|(at, _)| (from..until).contains(at));
        let in_time = made.clone().filter(|(_, took)| took.is_some_and(|took| took <= most));
        in_time.count() as f64 / made.count() as f64
    }
}

fn mean(slots: &[f64]) -> f64 {
    slots.iter().sum::<f64>() / slots.len() as f64
}

#[derive(Clone, Copy)]
struct Packet {
    number: u64,
    bytes: u32,
    sound: Option<usize>,
}

/// Runs it.
pub(crate) fn run(plan: &Plan, seed: u64) -> Outcome {
    let mut there: VecDeque<_> = plan.there.iter().cloned().collect();
    let (_, first) = there.pop_front().unwrap();
    let mut path: Path<Packet> = Path::new(first, seed);
    let mut link: LinkSender<(u32, Option<usize>)> = LinkSender::new(EstimatorConfig {
        start_bps: plan.start_bps,
        most_bps: 4_000_000.0,
        ..EstimatorConfig::default()
    });
    link.set_padding(Some(PICTURE_BYTES));
    let slots = (plan.length.as_millis() / SLOT.as_millis()) as usize + 1;
    let mut outcome = Outcome {
        verdicts: Vec::new(),
        sent_bps: vec![0.0; slots],
        arrived_bps: vec![0.0; slots],
        padding_bytes: vec![0; slots],
        sound: Vec::new(),
        targets_bps: vec![0.0; slots],
    };
    let rate = |bytes: u32| 8.0 * f64::from(bytes) / SLOT.as_secs_f64();
    let (mut sound_due, mut picture_due, mut feedback_due) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let mut words: VecDeque<(Duration, Vec<Received>)> = VecDeque::new();
    let (mut arrived, mut told, mut told_times) = (BTreeMap::new(), 0, seed << 32);
    let (mut owed_bytes, mut now) = (0.0, Duration::ZERO);
    while now < plan.length {
        let slot = (now.as_millis() / SLOT.as_millis()) as usize;
        while there.front().is_some_and(|(at, _)| *at <= now) {
            path.set_config(there.pop_front().unwrap().1, now);
        }
        while let Some(packet) = path.receive(now) {
            arrived.insert(packet.number, now.as_micros() as u64);
            outcome.arrived_bps[slot] += rate(packet.bytes);
            if let Some(index) = packet.sound {
                let (made, took): &mut (Duration, Option<Duration>) = &mut outcome.sound[index];
                took.get_or_insert(now - *made);
            }
        }
        if feedback_due <= now {
            feedback_due = now + FEEDBACK_EVERY;
            if let Some(highest) = arrived.keys().next_back().copied() {
                let mut came = std::mem::take(&mut arrived);
                let lowest = came.keys().next().map_or(told, |lowest| told.min(*lowest));
                told = told.max(highest + 1);
                let word = (lowest..told).map(|number| Received {
                    number,
                    at_us: came.remove(&number),
                });
                told_times += 1;
                if drawn(told_times) >= (plan.feedback_lost)(now) {
                    words.push_back((now + WAY_BACK, word.collect()));
                }
            }
        }
        while words.front().is_some_and(|(at, _)| *at <= now) {
            link.feedback(&words.pop_front().unwrap().1, timestamp(now));
        }
        if let Some(verdict) = link.handle_timeout(timestamp(now)) {
            outcome.verdicts.push((now, verdict));
        }
        if sound_due <= now {
            sound_due += SOUND_EVERY;
            outcome.sound.push((now, None));
            let index = Some(outcome.sound.len() - 1);
            link.push(PacketClass::Audio, SOUND_BYTES, (SOUND_BYTES, index));
        }
        if picture_due <= now {
            picture_due += PICTURE_EVERY;
            if (plan.has_picture)(now) {
                owed_bytes += (link.media_bps() - SOUND_BPS).max(0.0) * PICTURE_EVERY.as_secs_f64() / 8.0;
            }
            while owed_bytes >= f64::from(PICTURE_BYTES) {
                owed_bytes -= f64::from(PICTURE_BYTES);
                link.push(PacketClass::Video, PICTURE_BYTES, (PICTURE_BYTES, None));
            }
        }
        outcome.targets_bps[slot] = link.estimator().target_bps();
        while let Some(departure) = link.poll_departure(timestamp(now)) {
            let (bytes, sound) = match departure.what {
                Outgoing::Packet(packet) => packet,
                Outgoing::Padding => {
                    outcome.padding_bytes[slot] += u64::from(PICTURE_BYTES);
                    (PICTURE_BYTES, None)
                }
            };
            outcome.sent_bps[slot] += rate(bytes);
            let number = departure.number;
            path.send(Packet { number, bytes, sound }, u64::from(bytes), Duration::ZERO, now);
        }
        let link_due = Duration::from_micros(link.poll_timeout().as_micros());
        let later = [
            path.next_event(),
            words.front().map(|(at, _)| *at),
            there.front().map(|(at, _)| *at),
        ];
        let dues = [sound_due, picture_due, feedback_due, link_due].into_iter();
        let next = dues.chain(later.into_iter().flatten()).min().unwrap_or(plan.length);
        now = next.max(now + Duration::from_micros(1));
    }
    outcome
}

/// From 0 to 1, by SplitMix64's finish.
fn drawn(number: u64) -> f64 {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
}

fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros() as u64)
}
