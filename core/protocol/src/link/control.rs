//! What to send per second, by what is seen.
//!
//! Alone on a link, the target follows the queue: it grows while packets hardly wait, the longer the faster, and goes below what
//! arrives as soon as they do, so that the queue drains. Beside flows that do the same all add the same and give up the same
//! share, and so come to have the same. A queue that stays although much was given up, and what arrives became less with it, is
//! filled by somebody who does not look at it, as TCP does: then for a while the target grows until packets are lost.

use super::estimator::EstimatorConfig;
use crate::Timestamp;

/// Packets that wait for longer than this wait in a queue, ms: a frame's time at 30 a second and a little. Below jitter nothing
/// is seen: three times that, if it is more.
const FULL_MS: f64 = 40.0;
/// Packets that wait for less than this hardly wait, ms.
const CLEAR_MS: f64 = 15.0;
/// A packet takes time to pass by itself, much on a thin link, and next to small ones of sound that looks like waiting: so many times
/// what the largest takes is not full yet, and so many times is clear still.
const FULL_OWN: f64 = 2.0;
const CLEAR_OWN: f64 = 1.25;
/// And less than this, not at all.
const DRAINED_MS: f64 = 5.0;
/// The target goes to this share of what arrives when the queue was full: what arrives then is what the link bears. The second for as
/// long as it came to bear much less just now.
const BACK_OFF: (f64, f64) = (0.955, 0.92);
/// What is lost although the queue is not full, over so many seconds, is sent beyond that, up to this share.
const STEADY_LOSS_S: f64 = 5.0;
const MOST_MADE_UP: f64 = 0.15;
/// Until the queue is gone it is so much lower that this takes so many seconds,
const DRAIN_S: f64 = 0.6;
/// but no longer than so many.
const HOLD_S: f64 = 1.0;
/// So long after a decrease what waits to leave does not leave faster than the target, seconds; the second when the link came to bear
/// much less: what was found out just now is all that is known of it.
const STRICT_S: (f64, f64) = (0.5, 3.0);
/// Much less is less than this share of what was sent lately.
const FALLEN: f64 = 0.8;
/// What the target grows by in a second, beside others: the same for all,
const ADDED_BPS: f64 = 120_000.0;
/// reached so many seconds after a decrease, at first slowly: what was found out just now still holds. The second as above.
const ADDED_AFTER_S: (f64, f64) = (2.5, 3.0);
/// After the queue was not full for so many seconds there is more to be had: it grows by a share of itself, too.
const CLEAR_S: f64 = 2.0;
/// That share, a second: at first, and at most.
const GROWTH: (f64, f64) = (0.04, 0.4);
/// Pictures leave faster than the target. The target grows to this share of the rate at which they arrive
const TRAIN_SHARE: f64 = 0.9;
/// by up to so much of itself a second:
const TRAIN_GROWTH: f64 = 1.5;
/// not at all if they arrive no more than so many times as fast as the target, and fully from the second on. Alone they arrive as fast as
/// they left. Beside others that fill the link a flow's packets arrive the faster the smaller its share is, a third's 1.3 times.
const TRAIN_EXCESS: (f64, f64) = (1.4, 1.6);
/// Of the most that arrived since the queue was last short, so much is given up before others are taken to fill it,
const YIELDED: f64 = 0.7;
/// so many seconds at least; the first of them do not count, when what arrives still is what the link bore before.
const CONTESTED_AFTER_S: (f64, f64) = (1.0, 3.0);
/// A probe shows what the link bears for a moment: the target grows to so much of it at once,
const PROBED_SHARE: f64 = 0.85;
/// but by this factor at most, as one of two packets may be wrong by much,
const PROBED_GROWTH: f64 = 3.0;
/// and not beyond what it was when much was sent, which is forgotten to a third in so many seconds: others may have the rest.
const REMEMBERED_S: f64 = 10.0;
/// For so many seconds they are taken to, and twice as long each time that this is found again, up to so many.
const CONTESTED_S: (f64, f64) = (16.0, 64.0);
/// In a contest the target grows by so many bits a second each round trip: faster than TCP, as it yields between contests,
const CONTEST_STEP_BITS: f64 = 54_000.0;
/// and goes to this share when so much more than usual is lost.
const CONTEST_BACK_OFF: f64 = 0.8;
const CONTEST_LOSS: f64 = 0.02;
/// It is never more than so many times what arrives.
const CONTEST_AHEAD: f64 = 1.5;

/// What one feedback showed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) arrived_bps: f64,
    /// The least wait of its packets, and how much more that is than before.
    pub(super) wait_ms: f64,
    pub(super) rising_ms: f64,
    /// How fast packets arrive that were sent close to each other; 0 if there were none.
    pub(super) train_bps: f64,
    /// How many times as fast as the target of the time.
    pub(super) train_excess: f64,
    pub(super) jitter_ms: f64,
    pub(super) round_trip_s: f64,
    /// Since the feedback before.
    pub(super) elapsed_s: f64,
    /// The time that the largest of its packets takes at the rate at which they arrive.
    pub(super) own_ms: f64,
    /// The share that is lost just now, lately, and usually.
    pub(super) lost: f64,
    pub(super) lately_lost: f64,
    pub(super) usually_lost: f64,
}

impl Seen {
    fn full_ms(&self) -> f64 {
        FULL_MS.max(3.0 * self.jitter_ms).max(FULL_OWN * self.own_ms)
    }

    fn clear_ms(&self) -> f64 {
        CLEAR_MS.max(1.5 * self.jitter_ms).max(CLEAR_OWN * self.own_ms)
    }

    /// After this a decision shows.
    fn reaction_s(&self) -> f64 {
        self.round_trip_s + 0.1
    }
}

/// Decides.
#[derive(Debug)]
pub(super) struct Control {
    config: EstimatorConfig,
    target_bps: f64,
    remembered_bps: f64,
    growth: f64,
    last_decrease: Option<Timestamp>,
    last_full: Option<Timestamp>,
    /// What arrived while the queue was full; none once it is gone.
    draining_bps: Option<f64>,
    /// Since when the queue was never short, and the most that arrived since.
    never_short: Option<(Timestamp, f64)>,
    contested_since: Option<Timestamp>,
    contested_s: f64,
    /// What was usually lost before the contest.
    lost_before: f64,
    is_strict: bool,
    /// When the link came to bear much less.
    last_fall: Option<Timestamp>,
    /// The share that is lost although the queue is not full.
    steady_loss: f64,
}

impl Control {
    pub(super) fn new(config: EstimatorConfig) -> Self {
        Self {
            config,
            target_bps: config.start_bps.clamp(config.least_bps, config.most_bps),
            remembered_bps: 0.0,
            growth: GROWTH.1,
            last_decrease: None,
            last_full: None,
            draining_bps: None,
            never_short: None,
            contested_since: None,
            contested_s: CONTESTED_S.0,
            lost_before: 0.0,
            is_strict: false,
            last_fall: None,
            steady_loss: 0.0,
        }
    }

    pub(super) fn target_bps(&self) -> f64 {
        self.target_bps
    }

    /// What the link bears as far as is known: the target, and what it goes back to when the queue is gone.
    pub(super) fn bears_bps(&self, now: Timestamp) -> f64 {
        let drained_bps = self
            .draining_bps
            .map_or(0.0, |bears_bps| self.back_off(now) * bears_bps);
        drained_bps.clamp(self.target_bps, self.config.most_bps.max(self.target_bps))
    }

    /// Whether the queue was not short of late.
    pub(super) fn is_never_short(&self) -> bool {
        self.never_short.is_some()
    }

    /// Whether what the link bears was found out just now, and is to be kept to.
    pub(super) fn is_strict(&self) -> bool {
        self.is_strict
    }

    pub(super) fn observe(&mut self, seen: &Seen, now: Timestamp) {
        self.look(seen, now);
        if self.contested_since.is_some() {
            self.contest(seen, now);
        } else if seen.wait_ms > seen.full_ms() {
            self.give_way(seen, now);
        } else {
            self.grow(seen, now);
        }
        self.target_bps = self.target_bps.clamp(self.config.least_bps, self.config.most_bps);
        self.remembered_bps -= (self.remembered_bps - self.target_bps) * seen.elapsed_s / REMEMBERED_S;
        self.remembered_bps = self.remembered_bps.max(self.target_bps);
        self.is_strict = self.draining_bps.is_some() || self.since_decrease_s(now) < STRICT_S.0 || self.has_fallen(now);
    }

    /// A probe arrived at so many bits a second; nobody knows what share of that is ours if little was sent.
    pub(super) fn probed(&mut self, arrived_bps: f64, is_little_sent: bool) {
        let most_bps = if is_little_sent {
            self.config.most_bps
        } else {
            self.remembered_bps
        };
        let most_bps = most_bps.min(PROBED_GROWTH * self.target_bps);
        let shown_bps = (PROBED_SHARE * arrived_bps).min(most_bps);
        match &mut self.draining_bps {
            // The probe filled the queue itself.
            Some(bears_bps) => *bears_bps = bears_bps.max(shown_bps),
            None => self.target_bps = self.target_bps.max(shown_bps),
        }
    }

    fn back_off(&self, now: Timestamp) -> f64 {
        if self.has_fallen(now) { BACK_OFF.1 } else { BACK_OFF.0 }
    }

    /// Whether the link came to bear much less just now.
    fn has_fallen(&self, now: Timestamp) -> bool {
        self.last_fall.is_some_and(|last| seconds(last, now) < STRICT_S.1)
    }

    fn since_decrease_s(&self, now: Timestamp) -> f64 {
        self.last_decrease.map_or(f64::INFINITY, |last| seconds(last, now))
    }

    /// What the queue is like, and whose it is.
    fn look(&mut self, seen: &Seen, now: Timestamp) {
        if seen.wait_ms > seen.full_ms() {
            self.last_full = Some(now);
        }
        if seen.wait_ms < seen.full_ms() / 2.0 {
            (self.never_short, self.contested_since) = (None, None);
            self.contested_s = CONTESTED_S.0;
            return;
        }
        let (since, most_bps) = self.never_short.get_or_insert((now, 0.0));
        let full_s = seconds(*since, now);
        if full_s > CONTESTED_AFTER_S.0 {
            *most_bps = most_bps.max(seen.arrived_bps);
        }
        let most_bps = *most_bps;
        let has_yielded = seen.arrived_bps < YIELDED * most_bps || self.target_bps <= self.config.least_bps;
        match self.contested_since {
            None if full_s > CONTESTED_AFTER_S.1 && has_yielded => {
                self.contested_since = Some(now);
                self.draining_bps = None;
                self.lost_before = seen.usually_lost;
                self.target_bps = self.target_bps.max(YIELDED * most_bps);
                self.growth = GROWTH.0;
            }
            Some(since) if seconds(since, now) > self.contested_s => {
                (self.never_short, self.contested_since) = (None, None);
                self.contested_s = (2.0 * self.contested_s).min(CONTESTED_S.1);
            }
            None | Some(_) => {}
        }
    }

    /// By loss, as others do.
    fn contest(&mut self, seen: &Seen, now: Timestamp) {
        if seen.lost - self.lost_before > CONTEST_LOSS && self.since_decrease_s(now) > 2.0 * seen.reaction_s() {
            self.target_bps = (CONTEST_BACK_OFF * self.target_bps).max(YIELDED * seen.arrived_bps);
            self.last_decrease = Some(now);
        } else {
            let grown_bps = self.target_bps + CONTEST_STEP_BITS * seen.elapsed_s / seen.reaction_s();
            let most_bps = CONTEST_AHEAD * seen.arrived_bps + 20_000.0;
            self.target_bps = self.target_bps.max(grown_bps.min(most_bps));
        }
    }

    /// What has to be sent for so much to arrive: what is always lost on the way does not fill the queue.
    fn borne_bps(&self, seen: &Seen) -> f64 {
        seen.arrived_bps / (1.0 - self.steady_loss.min(seen.lately_lost).min(MOST_MADE_UP))
    }

    /// The queue is full.
    fn give_way(&mut self, seen: &Seen, now: Timestamp) {
        let since_s = self.since_decrease_s(now);
        if since_s > seen.reaction_s() || (seen.rising_ms > 5.0 && since_s > 0.15) {
            let drain = 1.0 - (seen.wait_ms / 1_000.0 / DRAIN_S).min(0.5);
            self.target_bps = (self.borne_bps(seen) * self.back_off(now).min(drain)).min(self.target_bps);
            self.growth = GROWTH.0;
            self.draining_bps = Some(self.borne_bps(seen));
            self.last_decrease = Some(now);
            if self.borne_bps(seen) < FALLEN * self.remembered_bps {
                self.last_fall = Some(now);
            }
        }
    }

    /// It is not.
    fn grow(&mut self, seen: &Seen, now: Timestamp) {
        self.steady_loss += (seen.lost - self.steady_loss) * seen.elapsed_s / STEADY_LOSS_S;
        if let Some(bears_bps) = self.draining_bps {
            let is_gone = seen.wait_ms < DRAINED_MS.max(seen.jitter_ms);
            // What arrived first after a fall had left the link before it.
            let bears_bps = if self.has_fallen(now) {
                bears_bps.min(self.borne_bps(seen))
            } else {
                bears_bps
            };
            if !is_gone && self.since_decrease_s(now) < HOLD_S {
                self.draining_bps = Some(bears_bps);
                return;
            }
            self.draining_bps = None;
            self.target_bps = self.target_bps.max(self.back_off(now) * bears_bps);
        }
        if seen.wait_ms > seen.clear_ms() || self.since_decrease_s(now) < seen.reaction_s() {
            return;
        }
        let added_after_s = if self.has_fallen(now) {
            ADDED_AFTER_S.1
        } else {
            ADDED_AFTER_S.0
        };
        let settled = (self.since_decrease_s(now) / added_after_s).min(1.0);
        let mut grown_bps = self.target_bps + ADDED_BPS * settled.powi(2) * seen.elapsed_s;
        let (none, full) = TRAIN_EXCESS;
        let clearly = ((seen.train_excess - none) / (full - none)).clamp(0.0, 1.0);
        if clearly > 0.0 {
            let by_bps = self.target_bps * TRAIN_GROWTH * clearly * seen.elapsed_s;
            grown_bps = grown_bps.max((TRAIN_SHARE * seen.train_bps).min(self.target_bps + by_bps));
        } else if self.last_full.is_none_or(|last| seconds(last, now) > CLEAR_S) {
            self.growth = (self.growth * (1.0 + 0.7 * seen.elapsed_s / seen.reaction_s())).min(GROWTH.1);
            grown_bps += self.target_bps * self.growth * seen.elapsed_s;
        }
        // The estimate never runs far ahead of what arrives: not of a still picture either, nor is it forgotten then.
        let ceiling_bps = 1.5 * seen.arrived_bps + 20_000.0;
        self.target_bps = self.target_bps.max(grown_bps.min(ceiling_bps));
    }
}

pub(super) fn seconds(from: Timestamp, until: Timestamp) -> f64 {
    until.since(from).as_secs_f64()
}
