//! One flow over a path that changes, with an estimator that says how much it sends, and the verdict on its link.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use assist_link::path::{Path, PathConfig};
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkEstimator, LinkObserver, LinkQuality, Received, Verdict};

const VIDEO_BYTES: u32 = 1_200;
const FEEDBACK_EVERY: Duration = Duration::from_millis(50);
const OBSERVED_EVERY: Duration = Duration::from_millis(100);
/// 32 kbit/s of Opus and its headers, 50 a second.
const AUDIO_BYTES: u32 = 140;
const AUDIO_EVERY: Duration = Duration::from_millis(20);
/// So much of the target is left to audio.
const AUDIO_BPS: f64 = 56_000.0;

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

struct Flow {
    estimator: LinkEstimator,
    observer: LinkObserver,
    quality: LinkQuality,
    path: Path<(u64, Duration)>,
    next: u64,
}

impl Flow {
    fn send(&mut self, bytes: u32, is_probe: bool, now: Duration) {
        let number = self.next;
        self.next += 1;
        self.estimator.sent(number, bytes, timestamp(now));
        self.observer.sent(number, bytes, is_probe, timestamp(now));
        self.path.send((number, now), u64::from(bytes), Duration::ZERO, now);
    }
}

/// Runs it.
pub(super) fn run(scenario: &Scenario) -> Judged {
    let mut changes: VecDeque<_> = scenario.changes.iter().cloned().collect();
    let mut pictures: VecDeque<_> = scenario.picture.iter().copied().collect();
    let mut flow = Flow {
        estimator: LinkEstimator::new(EstimatorConfig {
            most_bps: 4_000_000.0,
            ..EstimatorConfig::default()
        }),
        observer: LinkObserver::default(),
        quality: LinkQuality::default(),
        path: Path::new(scenario.there.clone(), scenario.seed),
        next: 0,
    };
    let mut judged = Judged {
        changes: Vec::new(),
        probe_bytes: 0,
        length: scenario.length,
    };
    let mut picture = Picture::Paused;
    let mut words: VecDeque<(Duration, Vec<Received>)> = VecDeque::new();
    let (mut arrived, mut told) = (BTreeMap::new(), 0);
    let mut probe: VecDeque<Duration> = VecDeque::new();
    // So that nothing falls on the same moment in every run.
    let shift = Duration::from_micros(scenario.seed * 7_919 % 100_000);
    let (mut audio_due, mut video_due) = (Duration::ZERO, Duration::ZERO);
    let (mut feedback_due, mut observed_due) = (shift, shift / 2);
    let mut now = Duration::ZERO;
    while now < scenario.length {
        while let Some((_, config)) = changes.pop_front_if(|(at, _)| *at <= now) {
            flow.path.set_config(config, now);
        }
        while let Some((_, next)) = pictures.pop_front_if(|(at, _)| *at <= now) {
            picture = next;
            video_due = video_due.max(now);
        }
        while let Some((number, _)) = flow.path.receive(now) {
            arrived.entry(number).or_insert(now.as_micros() as u64);
        }
        if feedback_due <= now {
            feedback_due += FEEDBACK_EVERY;
            if let Some(highest) = arrived.keys().next_back().copied() {
                let mut heard = std::mem::take(&mut arrived);
                // What comes late is told as well.
                let first = heard.keys().next().map_or(told, |lowest| told.min(*lowest));
                told = told.max(highest + 1);
                let word = (first..told).map(|number| Received {
                    number,
                    at_us: heard.remove(&number),
                });
                words.push_back((now + scenario.back, word.collect()));
            }
        }
        while let Some((_, packets)) = words.pop_front_if(|(at, _)| *at <= now) {
            flow.estimator.feedback(&packets, timestamp(now));
            flow.observer.feedback(&packets, timestamp(now));
        }
        if observed_due <= now {
            observed_due += OBSERVED_EVERY;
            let observation = flow.observer.observe(&flow.estimator, timestamp(now));
            if let Some(verdict) = flow.quality.observe(&observation) {
                judged.changes.push((now, verdict));
            }
        }
        if let Some(wanted) = flow.quality.poll_probe(timestamp(now)) {
            let apart = Duration::from_secs_f64(8.0 * f64::from(VIDEO_BYTES) / wanted.rate_bps);
            probe = (0..wanted.bytes / VIDEO_BYTES)
                .map(|index| now + apart * index)
                .collect();
        }
        while probe.pop_front_if(|at| *at <= now).is_some() {
            judged.probe_bytes += u64::from(VIDEO_BYTES);
            flow.send(VIDEO_BYTES, true, now);
        }
        if audio_due <= now {
            audio_due += AUDIO_EVERY;
            flow.send(AUDIO_BYTES, false, now);
        }
        let most_bps = match picture {
            Picture::Moving => f64::INFINITY,
            Picture::Still(bps) => bps,
            Picture::Paused => 0.0,
        };
        let bps = (flow.estimator.pacing_bps() - AUDIO_BPS).max(10_000.0).min(most_bps);
        if bps == 0.0 {
            video_due = scenario.length;
        } else if video_due <= now {
            video_due = now + Duration::from_secs_f64(8.0 * f64::from(VIDEO_BYTES) / bps);
            flow.send(VIDEO_BYTES, false, now);
        }
        let dues = [audio_due, video_due, feedback_due, observed_due].into_iter();
        let later = [
            flow.path.next_event(),
            words.front().map(|(at, _)| *at),
            probe.front().copied(),
            changes.front().map(|(at, _)| *at),
            pictures.front().map(|(at, _)| *at),
            flow.quality
                .poll_timeout()
                .map(|at| Duration::from_micros(at.as_micros())),
        ];
        let next = dues.chain(later.into_iter().flatten()).min().unwrap_or(scenario.length);
        now = next.max(now + Duration::from_micros(1));
    }
    judged
}

fn timestamp(now: Duration) -> Timestamp {
    Timestamp::from_micros(now.as_micros() as u64)
}
