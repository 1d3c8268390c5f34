//! What is known of the way to the peer: figures from both ends, the verdict in words, and what is offered because of it.
//!
//! ```text
//!   reports of our transport ──▶ figures ──▶ LinkSnapshot ──▶ app
//!        │ verdict               ▲    │
//!        ▼                       │    └──▶ `link` to the peer
//!   LinkPrompt ──▶ offer ────────┤
//!        │                       └── `link` of the peer's
//!        └──▶ pause, resume
//! ```

#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::call::CallState;
use assist_protocol::link::{LinkOffer, LinkPrompt, PromptInput, PromptOutput, PromptRole, Verdict};
use assist_protocol::messages::channel::{LinkGrade, LinkState};

use self::words::direction_words;
use super::media_path::Sent;
use super::snapshot::LinkSnapshot;
use crate::media::LinkReport;

/// The peer is told of new figures so often.
const TOLD_EVERY: Duration = Duration::from_secs(2);
/// Shares of lost packets are over so long.
const LOSS_SECONDS: f32 = 5.0;
/// A connection that took another's place knows nothing of its link yet: for so long it is not taken for better, as long as
/// [`LinkQuality`](assist_protocol::link::LinkQuality) looks at a way back.
const UNKNOWN: Duration = Duration::from_secs(8);

const NO_CONNECTION: &str = "No connection";

/// What is to become of our video because of the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    PauseVideo,
    ResumeVideo,
}

/// One call's link, as its owner task knows it.
#[derive(Debug)]
pub(super) struct CallLink {
    /// None without a camera: there is nothing to pause.
    prompt: Option<LinkPrompt>,
    figures: LinkSnapshot,
    /// Of our packets, and of the peer's.
    losses: [Loss; 2],
    /// What the peer says of its way here.
    peer: Option<LinkState>,
    /// The user does not want what the peer offers.
    is_peers_offer_closed: bool,
    told: Option<(Timestamp, LinkState)>,
    unknown_until: Timestamp,
    measured: (Timestamp, Sent),
}

impl CallLink {
    pub(super) fn new(has_camera: bool, now: Timestamp) -> Self {
        Self {
            prompt: has_camera.then(|| LinkPrompt::new(PromptRole::Sharing, now)),
            figures: LinkSnapshot::default(),
            losses: Default::default(),
            peer: None,
            is_peers_offer_closed: false,
            told: None,
            unknown_until: Timestamp::ZERO,
            measured: (now, Sent::default()),
        }
    }

    /// What our transport says.
    pub(super) fn reported(&mut self, report: &LinkReport, now: Timestamp) -> Option<Wish> {
        let [up, down] = &mut self.losses;
        let (told, lost) = (report.packets_told as f32, report.packets_lost as f32);
        self.figures.up.loss = up.push(lost, told);
        let (expected, missed) = (report.packets_expected as f32, report.packets_missed as f32);
        let missed = down.push(missed, expected);
        // Who sends knows better.
        if self.peer.is_none() {
            self.figures.down.loss = missed;
        }
        self.figures.up.jitter_ms = report.jitter_ms;
        self.figures.up.bears_bps = (report.bears_bps > 0).then_some(report.bears_bps);
        self.figures.sent_bps = report.sent_bps;
        self.figures.received_bps = report.received_bps;
        if let Some(round_trip_ms) = report.round_trip_ms {
            self.figures.round_trip_ms = Some(round_trip_ms);
        }
        let is_better = report.verdict < self.figures.up.verdict;
        // A link that breaks off is none to pause video for: it comes back, or the call is connected anew.
        let is_silent = report.packets_told == 0 && report.verdict > self.figures.up.verdict;
        if is_silent || (is_better && now < self.unknown_until) {
            return None;
        }
        self.figures.up.verdict = report.verdict;
        self.input(PromptInput::Judged(report.verdict), now)
    }

    /// Another connection took the place of the one before.
    pub(super) fn changed_over(&mut self, now: Timestamp) {
        self.unknown_until = now + UNKNOWN;
    }

    /// What was said before may be lost.
    pub(super) fn peer_knows_nothing(&mut self) {
        self.told = None;
    }

    /// The user paused the video, or started it again.
    pub(super) fn video_paused(&mut self, is_paused: bool, now: Timestamp) -> Option<Wish> {
        self.figures.sound_alone &= is_paused;
        let input = if is_paused {
            PromptInput::VideoPaused
        } else {
            PromptInput::VideoResumed
        };
        self.input(input, now)
    }

    /// The user's answer to the offer that is shown. An answer for the peer to hear, if it is the peer's offer.
    pub(super) fn answered(&mut self, is_yes: bool, now: Timestamp) -> (Option<Wish>, Option<LinkOffer>) {
        if self.own_offer().is_some() {
            let input = if is_yes {
                PromptInput::Accepted
            } else {
                PromptInput::Dismissed
            };
            return (self.input(input, now), None);
        }
        let peers = self.peers_offer();
        self.is_peers_offer_closed |= peers.is_some();
        (None, peers.filter(|_| is_yes))
    }

    /// The peer says yes to what we offer. If it is not offered any more, nothing.
    pub(super) fn peer_accepted(&mut self, offer: LinkOffer, now: Timestamp) -> Option<Wish> {
        if self.own_offer() == Some(offer) {
            self.input(PromptInput::Accepted, now)
        } else {
            None
        }
    }

    /// The peer tells of its way here.
    pub(super) fn peer_told(&mut self, state: LinkState) {
        let offer_before = self.peer.and_then(|before| before.offer);
        self.is_peers_offer_closed &= state.offer == offer_before;
        self.figures.down.verdict = state.verdict();
        self.figures.down.bears_bps = state.bears_bps;
        self.figures.down.loss = (state.lost_per_mille as f32 / 1_000.0).min(1.0);
        self.figures.down.jitter_ms = state.jitter_ms as f32;
        self.peer = Some(state);
    }

    pub(super) fn round_trip(&mut self, round_trip: Duration) {
        // What the transport knows is measured without waiting for what was sent before.
        self.figures
            .round_trip_ms
            .get_or_insert(round_trip.as_secs_f32() * 1_000.0);
    }

    pub(super) fn set_ceiling(&mut self, ceiling_bps: Option<u32>) {
        self.figures.ceiling_bps = ceiling_bps;
    }

    /// Once a second: what was sent since the last time.
    pub(super) fn measured(&mut self, sent: Sent, now: Timestamp) {
        let (since, before) = std::mem::replace(&mut self.measured, (now, sent));
        let seconds = now.since(since).as_secs_f32();
        if seconds > 0.0 {
            let bits = (sent.bytes - before.bytes) as f32 * 8.0;
            let frames = (sent.frames - before.frames) as f32;
            self.figures.sent_video_bps = (bits / seconds) as u32;
            self.figures.sent_frame_rate = (frames / seconds).round() as u32;
        }
    }

    /// Takes this as the app's snapshot, if it is time to: when nothing but figures changed, that is once a second.
    pub(super) fn show(&self, shown: &mut LinkSnapshot, state: CallState, figures_too: bool) -> bool {
        let next = LinkSnapshot {
            revision: shown.revision,
            words: match state {
                CallState::Connected => self.words(),
                CallState::Reconnecting => NO_CONNECTION.to_owned(),
                CallState::Inviting
                | CallState::Alerting
                | CallState::Ringing
                | CallState::Accepting
                | CallState::Connecting
                | CallState::Ending
                | CallState::Ended => String::new(),
            },
            offer: self
                .own_offer()
                .or_else(|| self.peers_offer())
                .filter(|_| state == CallState::Connected),
            sound_alone: self.figures.sound_alone || self.peer.is_some_and(|peer| peer.sound_alone),
            ..self.figures.clone()
        };
        let matters = |snapshot: &LinkSnapshot| {
            let LinkSnapshot {
                up,
                down,
                offer,
                sound_alone,
                ceiling_bps,
                ..
            } = snapshot;
            // Nor is what was said of a link said of one that is not there.
            let is_there = !snapshot.words.is_empty() && snapshot.words != NO_CONNECTION;
            (is_there, up.verdict, down.verdict, *offer, *sound_alone, *ceiling_bps)
        };
        if *shown == next || (!figures_too && matters(shown) == matters(&next)) {
            return false;
        }
        *shown = LinkSnapshot {
            revision: shown.revision + 1,
            ..next
        };
        true
    }

    /// What the peer is to be told now.
    pub(super) fn poll_told(&mut self, now: Timestamp) -> Option<LinkState> {
        let up = &self.figures.up;
        let (grade, reason) = match up.verdict {
            Verdict::Good => (LinkGrade::Good, None),
            Verdict::Poor { reason } => (LinkGrade::Poor, Some(reason)),
            Verdict::Critical => (LinkGrade::Critical, None),
        };
        let state = LinkState {
            grade,
            reason,
            bears_bps: up.bears_bps,
            lost_per_mille: (up.loss * 1_000.0) as u32,
            jitter_ms: up.jitter_ms as u32,
            offer: self.own_offer(),
            sound_alone: self.figures.sound_alone,
        };
        let is_due = self.told.is_none_or(|(at, told)| {
            let matters = |state: &LinkState| (state.grade, state.reason, state.offer, state.sound_alone);
            matters(&told) != matters(&state) || (told != state && now.since(at) >= TOLD_EVERY)
        });
        if is_due {
            self.told = Some((now, state));
        }
        is_due.then_some(state)
    }

    fn own_offer(&self) -> Option<LinkOffer> {
        self.prompt.as_ref().and_then(LinkPrompt::offer)
    }

    fn peers_offer(&self) -> Option<LinkOffer> {
        let peer = self.peer.filter(|_| !self.is_peers_offer_closed)?;
        peer.offer
    }

    fn input(&mut self, input: PromptInput, now: Timestamp) -> Option<Wish> {
        let prompt = self.prompt.as_mut()?;
        prompt.handle_input(input, now);
        let mut wish = None;
        while let Some(output) = prompt.poll_output() {
            match output {
                PromptOutput::PauseVideo { .. } => wish = Some(Wish::PauseVideo),
                PromptOutput::ResumeVideo { .. } => {
                    self.figures.sound_alone = false;
                    wish = Some(Wish::ResumeVideo);
                }
                PromptOutput::SoundAlone => self.figures.sound_alone = true,
                // Read when it is shown.
                PromptOutput::Offer(_) | PromptOutput::Withdraw => {}
            }
        }
        wish
    }

    fn words(&self) -> String {
        let LinkSnapshot {
            up,
            down,
            round_trip_ms,
            ..
        } = &self.figures;
        if down.verdict > up.verdict {
            return direction_words(down, *round_trip_ms, "Poor on the way here");
        }
        // Who shares a camera wants to know what it may send, who watches what comes.
        let watches = self.prompt.is_none() && down.bears_bps.is_some();
        let told = if watches && up.verdict == Verdict::Good {
            down
        } else {
            up
        };
        direction_words(told, *round_trip_ms, "Poor")
    }
}

/// A share of packets that fades over [`LOSS_SECONDS`].
#[derive(Debug, Clone, Copy, Default)]
struct Loss {
    lost: f32,
    packets: f32,
}

/// What a report keeps of the sums before: reports come five times a second.
const KEPT: f32 = 1.0 - 0.2 / LOSS_SECONDS;

impl Loss {
    fn push(&mut self, lost: f32, packets: f32) -> f32 {
        self.lost = self.lost * KEPT + lost;
        self.packets = self.packets * KEPT + packets;
        self.lost / self.packets.max(1.0)
    }
}
