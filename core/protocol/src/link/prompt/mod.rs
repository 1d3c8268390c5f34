//! What a user is offered because of the link: to pause the video and keep voice and drawings, and later to return to it.
//!
//! ```text
//!                  poor, not quiet                  accepted, or paused by the user
//!       watching ──────────────────▶ offering pause ──────────────▶ paused ◀──┐
//!        ▲ ▲ ▲                            │ dismissed, good          │ │      │ not good
//!        │ │ └───────────────quiet────────┘                     good │ │      │
//!        │ │                                                         ▼ │      │
//!        │ └──────────accepted, or resumed by the user, quiet── offering resume
//!        │                                                           │ dismissed
//!        │                 paused by the user                        ▼
//!       watching ──────────────────────────────────────────────▶ own pause
//!        ▲                                                           │
//!        └───────────────────resumed by the user, quiet──────────────┘
//!
//!       watching, offering pause ──critical──▶ paused, and the user is told
//!       paused ──resumed by the user──▶ watching, quiet; critical does not pause it again before it was over
//! ```
//!
//! Who was paused by a critical link is offered the way back when it is merely poor, too: that is where he came from.
//!
//! *Quiet* ends when the link was good for a minute on end. Probes that find out whether it is good again while nothing is sent are
//! [`LinkQuality`](super::LinkQuality)'s affair.

mod receivers;

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::receivers::Receivers;
use super::quality::Verdict;
use crate::Timestamp;
use crate::ids::DeviceId;

/// Whose prompt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptRole {
    /// Of who shares a camera.
    Sharing,
    /// Of who watches it.
    Watching {
        /// Joined by a one-time link.
        is_guest: bool,
        /// Nobody else watches.
        is_alone: bool,
    },
}

impl PromptRole {
    /// Who shares decides for all. Who watches decides for himself, and a pair for both, but a guest never for others.
    const fn pauses_for_everyone(self) -> bool {
        match self {
            Self::Sharing => true,
            Self::Watching { is_guest, is_alone } => is_alone && !is_guest,
        }
    }
}

/// Something to answer with yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum LinkOffer {
    /// To pause the video and keep voice and drawings. The verdict says what is poor.
    PauseVideo,
    /// To return to video.
    ResumeVideo,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptInput {
    /// Our own link has another verdict: of who shares upwards, of who watches downwards.
    Judged(Verdict),
    /// A receiver of ours has another verdict.
    ReceiverJudged(DeviceId, Verdict),
    /// A receiver is gone.
    ReceiverLeft(DeviceId),
    /// Somebody joined or left. Where sharing changes hands, a new prompt begins.
    RoleChanged(PromptRole),
    /// The user says yes to the offer.
    Accepted,
    /// The user says no, or closes it.
    Dismissed,
    /// The user himself paused the video, or there is none.
    VideoPaused,
    /// The user himself started it again.
    VideoResumed,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptOutput {
    /// Show an offer, in place of any other.
    Offer(LinkOffer),
    /// Take the offer away.
    Withdraw,
    /// Pause the video.
    PauseVideo {
        /// For all who watch, or for this device alone.
        for_everyone: bool,
    },
    /// Start it again.
    ResumeVideo {
        /// As it was paused.
        for_everyone: bool,
    },
    /// Say that the link carries sound alone, and that the video is off.
    SoundAlone,
}

/// The link has to be good for so long before the same is offered again.
const QUIET: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Watching,
    OfferingPause,
    Paused,
    OfferingResume,
    OwnPause,
}

/// Offers, each once.
#[derive(Debug)]
pub struct LinkPrompt {
    role: PromptRole,
    state: State,
    receivers: Receivers,
    verdict: Verdict,
    good_since: Option<Timestamp>,
    is_quiet: bool,
    /// The user wants video although the link is critical.
    is_overruled: bool,
    /// How the video was paused.
    paused_for_everyone: bool,
    /// By a critical link, and not by anybody.
    paused_by_itself: bool,
    outputs: VecDeque<PromptOutput>,
}

impl LinkPrompt {
    /// Video is on, and the link taken to be good.
    pub fn new(role: PromptRole, now: Timestamp) -> Self {
        Self {
            role,
            state: State::Watching,
            receivers: Receivers::default(),
            verdict: Verdict::Good,
            good_since: Some(now),
            is_quiet: false,
            is_overruled: false,
            paused_for_everyone: false,
            paused_by_itself: false,
            outputs: VecDeque::new(),
        }
    }

    /// Takes what happened.
    pub fn handle_input(&mut self, input: PromptInput, now: Timestamp) {
        match input {
            PromptInput::Judged(verdict) => self.receivers.own = verdict,
            PromptInput::ReceiverJudged(receiver, verdict) => self.receivers.judged(receiver, verdict),
            PromptInput::ReceiverLeft(receiver) => self.receivers.left(&receiver),
            PromptInput::RoleChanged(role) => self.role = role,
            PromptInput::Accepted => self.accepted(),
            PromptInput::Dismissed => self.dismissed(),
            PromptInput::VideoPaused => self.video_paused(),
            PromptInput::VideoResumed => self.video_resumed(),
        }
        self.look(now);
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<PromptOutput> {
        self.outputs.pop_front()
    }

    /// What is offered now.
    pub fn offer(&self) -> Option<LinkOffer> {
        match self.state {
            State::OfferingPause => Some(LinkOffer::PauseVideo),
            State::OfferingResume => Some(LinkOffer::ResumeVideo),
            State::Watching | State::Paused | State::OwnPause => None,
        }
    }

    /// The verdict that counts: the worse one of our own and of what more than half of the receivers have at least.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    fn look(&mut self, now: Timestamp) {
        let verdict = self.receivers.verdict();
        if verdict == self.verdict {
            return;
        }
        self.verdict = verdict;
        match verdict {
            Verdict::Good => self.good_since = Some(now),
            Verdict::Poor { .. } | Verdict::Critical => {
                let was_good = self.good_since.take().map(|since| now.since(since));
                self.is_quiet &= was_good.is_none_or(|time| time < QUIET);
            }
        }
        self.is_overruled &= verdict == Verdict::Critical;
        match (self.state, verdict) {
            (State::Watching, Verdict::Poor { .. }) if !self.is_quiet => {
                self.begin(State::OfferingPause, LinkOffer::PauseVideo);
            }
            (State::OfferingPause, Verdict::Good) => self.end(State::Watching),
            (State::Watching, Verdict::Critical) if !self.is_overruled => self.sound_alone(),
            (State::OfferingPause, Verdict::Critical) => {
                self.end(State::Watching);
                self.sound_alone();
            }
            (State::Paused, _) if self.may_return() => self.begin(State::OfferingResume, LinkOffer::ResumeVideo),
            (State::OfferingResume, _) if !self.may_return() => self.end(State::Paused),
            (State::Watching | State::Paused | State::OfferingResume | State::OwnPause, _)
            | (State::OfferingPause, Verdict::Poor { .. }) => {}
        }
    }

    /// Whether the link is as good again as it was when the video was paused.
    fn may_return(&self) -> bool {
        match self.verdict {
            Verdict::Good => true,
            Verdict::Poor { .. } => self.paused_by_itself,
            Verdict::Critical => false,
        }
    }

    fn begin(&mut self, state: State, offer: LinkOffer) {
        self.state = state;
        self.outputs.push_back(PromptOutput::Offer(offer));
    }

    /// What was offered is so no more.
    fn end(&mut self, state: State) {
        self.state = state;
        self.is_quiet = true;
        self.outputs.push_back(PromptOutput::Withdraw);
    }

    fn sound_alone(&mut self) {
        self.pause();
        self.paused_by_itself = true;
        self.outputs.push_back(PromptOutput::SoundAlone);
    }

    fn pause(&mut self) {
        self.state = State::Paused;
        self.paused_by_itself = false;
        self.paused_for_everyone = self.role.pauses_for_everyone();
        let for_everyone = self.paused_for_everyone;
        self.outputs.push_back(PromptOutput::PauseVideo { for_everyone });
    }

    fn accepted(&mut self) {
        match self.state {
            State::OfferingPause => {
                self.end(State::Paused);
                self.pause();
            }
            State::OfferingResume => {
                self.end(State::Watching);
                let for_everyone = self.paused_for_everyone;
                self.outputs.push_back(PromptOutput::ResumeVideo { for_everyone });
            }
            State::Watching | State::Paused | State::OwnPause => {}
        }
    }

    fn dismissed(&mut self) {
        match self.state {
            State::OfferingPause => self.end(State::Watching),
            State::OfferingResume => self.end(State::OwnPause),
            State::Watching | State::Paused | State::OwnPause => {}
        }
    }

    fn video_paused(&mut self) {
        match self.state {
            // As if accepted, by another button.
            State::OfferingPause => {
                self.paused_for_everyone = self.role.pauses_for_everyone();
                self.paused_by_itself = false;
                self.end(State::Paused);
            }
            State::Watching => self.state = State::OwnPause,
            State::Paused | State::OfferingResume | State::OwnPause => {}
        }
    }

    fn video_resumed(&mut self) {
        match self.state {
            State::Paused | State::OwnPause => self.state = State::Watching,
            State::OfferingResume => self.end(State::Watching),
            State::Watching | State::OfferingPause => return,
        }
        self.is_quiet = true;
        self.is_overruled = self.verdict == Verdict::Critical;
    }
}
