//! One call over a path that changes, sent by the [`LinkSender`] that ships, and its verdict on the link.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use assist_link::path::{Path, PathConfig};
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkSender, Outgoing, PacketClass, Received, Verdict};

/// A packet of a picture, and of a probe.
const PACKET_BYTES: u32 = 1_200;
const PICTURE_EVERY: Duration = Duration::from_micros(33_333);
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
/// 32 kbit/s of Opus and its headers, 50 a second.
const SOUND_BYTES: u32 = 140;
const SOUND_EVERY: Duration = Duration::from_millis(20);
/// So much of the target is left to sound.
const SOUND_BPS: f64 = 56_000.0;

/// What is there to be sent beside sound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Picture {
    /// As much as the estimator says.
    Moving,
    /// No more than this, bits a second, however good the link is.
    Still(f64),
    /// None.
    Paused,
}

/// A path that changes, and what is sent over it.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    /// The way there at first,
    pub(super) there: PathConfig,
    /// and from each moment on.
    pub(super) changes: Vec<(Duration, PathConfig)>,
    /// How long word takes on its way back.
    pub(super) back: Duration,
    /// What is sent, from each moment on.
    pub(super) picture: Vec<(Duration, Picture)>,
    pub(super) length: Duration,
    pub(super) seed: u64,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// When the verdict changed, and to what.
    pub(super) changes: Vec<(Duration, Verdict)>,
    pub(super) probe_bytes: u64,
    pub(super) length: Duration,
}

impl Judged {
    /// What held at a moment.
    pub(super) fn verdict_at(&self, moment: Duration) -> Verdict {
        let next = self.changes.partition_point(|(at, _)| *at <= moment);
        next.checked_sub(1).map_or(Verdict::Good, |index| self.changes[index].1)
    }

    /// The first change from a moment on to a verdict that is good, or is not.
    pub(super) fn first_from(&self, moment: Duration, is_good: bool) -> Option<Duration> {
        let is_it = |(at, verdict): &&(Duration, Verdict)| *at >= moment && (*verdict == Verdict::Good) == is_good;
        self.changes.iter().find(is_it).map(|(at, _)| *at - moment)
    }

    /// How often it changed, of each minute.
    pub(super) fn changes_per_min(&self) -> f64 {
        self.changes.len() as f64 * 60.0 / self.length.as_secs_f64()
    }

    /// How often it went from good to worse: so often a user would have been asked.
    pub(super) fn prompts(&self) -> usize {
        let grade = |verdict: &Verdict| *verdict == Verdict::Good;
        let mut before = true;
        let turned = |(_, verdict): &&(Duration, Verdict)| std::mem::replace(&mut before, grade(verdict)) && !before;
        self.changes.iter().filter(turned).count()
    }
}

struct Call {
    link: LinkSender<u32>,
    /// Packets by their numbers.
    path: Path<u64>,
    picture: Picture,
    /// What pictures may take that was not taken yet, bytes.
    owed_bytes: f64,
    sound_due: Duration,
    picture_due: Duration,
    probe_bytes: u64,
}

impl Call {
    /// What is made by now.
    fn make(&mut self, now: Duration) {
        if self.sound_due <= now {
            self.sound_due += SOUND_EVERY;
            self.link.push(PacketClass::Audio, SOUND_BYTES, SOUND_BYTES);
        }
        if self.picture_due > now {
            return;
        }
        self.picture_due += PICTURE_EVERY;
        let most_bps = match self.picture {
            Picture::Moving => f64::INFINITY,
            Picture::Still(bps) => bps,
            Picture::Paused => 0.0,
        };
        let bps = (self.link.media_bps() - SOUND_BPS).max(10_000.0).min(most_bps);
        self.owed_bytes += bps * PICTURE_EVERY.as_secs_f64() / 8.0;
        while self.owed_bytes >= f64::from(PACKET_BYTES) {
            self.owed_bytes -= f64::from(PACKET_BYTES);
            self.link.push(PacketClass::Video, PACKET_BYTES, PACKET_BYTES);
        }
    }

    fn send(&mut self, now: Duration) {
        while let Some(departure) = self.link.poll_departure(timestamp(now)) {
            let bytes = match departure.what {
                Outgoing::Packet(bytes) => bytes,
                Outgoing::Padding => {
                    self.probe_bytes += u64::from(PACKET_BYTES);
                    PACKET_BYTES
                }
            };
            self.path.send(departure.number, u64::from(bytes), Duration::ZERO, now);
        }
    }
}

/// Says what came, packet by packet.
#[derive(Default)]
struct Receiver {
    arrived: BTreeMap<u64, u64>,
    told: u64,
}

impl Receiver {
    fn word(&mut self) -> Option<Vec<Received>> {
        let highest = *self.arrived.keys().next_back()?;
        let mut heard = std::mem::take(&mut self.arrived);
        // What comes late is told as well.
        let first = heard.keys().next().map_or(self.told, |lowest| self.told.min(*lowest));
        self.told = self.told.max(highest + 1);
        let word = (first..self.told).map(|number| Received {
            number,
            at_us: heard.remove(&number),
        });
        Some(word.collect())
    }
}

/// Runs it.
pub(super) fn run(scenario: &Scenario) -> Judged {
    let mut changes: VecDeque<_> = scenario.changes.iter().cloned().collect();
    let mut pictures: VecDeque<_> = scenario.picture.iter().copied().collect();
    let mut link = LinkSender::new(EstimatorConfig {
        most_bps: 4_000_000.0,
        ..EstimatorConfig::default()
    });
    link.set_padding(Some(PACKET_BYTES));
    let mut call = Call {
        link,
        path: Path::new(scenario.there.clone(), scenario.seed),
        picture: Picture::Paused,
        owed_bytes: 0.0,
        sound_due: Duration::ZERO,
        picture_due: Duration::ZERO,
        probe_bytes: 0,
    };
    let mut receiver = Receiver::default();
    let mut words: VecDeque<(Duration, Vec<Received>)> = VecDeque::new();
    let mut verdicts = Vec::new();
    // So that nothing falls on the same moment in every run.
    let mut feedback_due = Duration::from_micros(scenario.seed * 7_919 % 100_000);
    let mut now = Duration::ZERO;
    while now < scenario.length {
        while let Some((_, config)) = changes.pop_front_if(|(at, _)| *at <= now) {
            call.path.set_config(config, now);
        }
        while let Some((_, next)) = pictures.pop_front_if(|(at, _)| *at <= now) {
            call.picture = next;
        }
        while let Some(number) = call.path.receive(now) {
            receiver.arrived.entry(number).or_insert(now.as_micros() as u64);
        }
        if feedback_due <= now {
            feedback_due += FEEDBACK_EVERY;
            words.extend(receiver.word().map(|word| (now + scenario.back, word)));
        }
        while let Some((_, packets)) = words.pop_front_if(|(at, _)| *at <= now) {
            call.link.feedback(&packets, timestamp(now));
        }
        verdicts.extend(call.link.handle_timeout(timestamp(now)).map(|verdict| (now, verdict)));
        call.make(now);
        call.send(now);
        let link_due = Duration::from_micros(call.link.poll_timeout().as_micros());
        let dues = [call.sound_due, call.picture_due, feedback_due, link_due].into_iter();
        let later = [
            call.path.next_event(),
            words.front().map(|(at, _)| *at),
            changes.front().map(|(at, _)| *at),
            pictures.front().map(|(at, _)| *at),
        ];
        let next = dues.chain(later.into_iter().flatten()).min().unwrap_or(scenario.length);
        now = next.max(now + Duration::from_micros(1));
    }
    Judged {
        changes: verdicts,
        probe_bytes: call.probe_bytes,
        length: scenario.length,
    }
}

fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros() as u64)
}
