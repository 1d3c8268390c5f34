//! Offers, answers and candidates, in rounds that only the caller begins.

use std::collections::BTreeMap;

use super::context::Context;
use super::one::Call;
use super::{CallState, Output, Role};
use crate::ids::DeviceId;
use crate::messages::CallMessage;
use crate::messages::call::{Candidate, Description, DescriptionKind, MAX_CANDIDATES};
use crate::messages::signalling::Recipient;
use crate::time::Timestamp;

/// Most candidates, and messages of candidates, kept for a round whose description is not there yet.
const MAX_KEPT: usize = 64;

/// Candidates of the peer that came before their description.
#[derive(Debug)]
struct Early {
    round: u32,
    candidates: Vec<Candidate>,
    complete: bool,
}

/// Where the exchange of descriptions stands.
#[derive(Debug)]
pub(super) struct Rounds {
    newest: u32,
    /// The invite went out.
    pub(super) invited: bool,
    /// Our description of the newest round went out.
    described: bool,
    /// The peer's description of the newest round went to the media layer.
    applied: bool,
    /// Callee: the answer that waits for the user.
    answer: Option<String>,
    /// Our candidates that wait for our description.
    held: Vec<Candidate>,
    held_complete: bool,
    early: BTreeMap<DeviceId, Vec<Early>>,
    /// When the newest round began, or was asked for.
    began: Timestamp,
    /// The device's network changed before the peer could be told.
    restart_wanted: bool,
    pub(super) media_open: bool,
    pub(super) media_up: bool,
    /// Media was there, or was tried, and is lost.
    media_lost: bool,
}

impl Rounds {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            newest: 0,
            invited: false,
            described: false,
            applied: false,
            answer: None,
            held: Vec::new(),
            held_complete: false,
            early: BTreeMap::new(),
            began: now,
            restart_wanted: false,
            media_open: false,
            media_up: false,
            media_lost: false,
        }
    }

    /// Forgets everything about media.
    pub(super) fn close(&mut self) {
        let (newest, invited) = (self.newest, self.invited);
        *self = Self {
            newest,
            invited,
            ..Self::new(self.began)
        };
    }

    fn begin(&mut self, round: u32, now: Timestamp) {
        self.newest = round;
        self.described = false;
        self.applied = false;
        self.held.clear();
        self.held_complete = false;
        self.began = now;
    }
}

impl Call {
    /// The media layer made our offer.
    pub(super) fn offer_created(&mut self, round: u32, sdp: String, context: &mut Context) {
        if self.role != Role::Caller || round != self.rounds.newest || self.rounds.described {
            return;
        }
        match self.state {
            CallState::Inviting => {
                let lifetime_ms = u32::try_from(context.config.lifetime.as_millis()).unwrap_or(u32::MAX);
                self.outbox.post(
                    self.everybody(),
                    CallMessage::Invite {
                        lifetime_ms,
                        offer: sdp,
                    },
                    context,
                );
                self.rounds.invited = true;
                self.ring_until = context.now + context.config.lifetime;
                self.deadline = Some(self.ring_until);
            }
            CallState::Connecting | CallState::Connected | CallState::Reconnecting => {
                let description = Description {
                    kind: DescriptionKind::Offer,
                    sdp,
                };
                self.outbox
                    .post(self.everybody(), CallMessage::Negotiate { round, description }, context);
            }
            CallState::Alerting | CallState::Ringing | CallState::Accepting | CallState::Ending | CallState::Ended => {
                return;
            }
        }
        self.described(context);
    }

    /// The media layer made our answer.
    pub(super) fn answer_created(&mut self, round: u32, sdp: String, context: &mut Context) {
        if self.role != Role::Callee || round != self.rounds.newest || self.rounds.described {
            return;
        }
        match self.state {
            CallState::Ringing => self.rounds.answer = Some(sdp),
            CallState::Accepting => {
                self.rounds.answer = Some(sdp);
                self.say_answer(context);
            }
            CallState::Connecting | CallState::Connected | CallState::Reconnecting => {
                let description = Description {
                    kind: DescriptionKind::Answer,
                    sdp,
                };
                self.outbox
                    .post(self.everybody(), CallMessage::Negotiate { round, description }, context);
                self.described(context);
            }
            CallState::Inviting | CallState::Alerting | CallState::Ending | CallState::Ended => {}
        }
    }

    /// Accepted: the answer goes out as soon as it is there.
    pub(super) fn say_answer(&mut self, context: &mut Context) {
        if let Some(answer) = self.rounds.answer.take() {
            self.outbox
                .post(self.everybody(), CallMessage::Answer { answer }, context);
            self.described(context);
        }
    }

    fn described(&mut self, context: &mut Context) {
        self.rounds.described = true;
        let held = std::mem::take(&mut self.rounds.held);
        self.say_candidates(&held, self.rounds.held_complete, context);
    }

    /// The media layer found ways to reach us.
    pub(super) fn candidates_gathered(
        &mut self,
        round: u32,
        mut candidates: Vec<Candidate>,
        complete: bool,
        context: &mut Context,
    ) {
        if !self.state.is_live() || round != self.rounds.newest {
            return;
        }
        if self.rounds.described {
            self.say_candidates(&candidates, complete, context);
        } else {
            candidates.truncate(MAX_KEPT.saturating_sub(self.rounds.held.len()));
            self.rounds.held.append(&mut candidates);
            self.rounds.held_complete |= complete;
        }
    }

    fn say_candidates(&mut self, candidates: &[Candidate], complete: bool, context: &mut Context) {
        let round = self.rounds.newest;
        let last = candidates.len().div_ceil(MAX_CANDIDATES).saturating_sub(1);
        for (index, chunk) in candidates.chunks(MAX_CANDIDATES).enumerate() {
            let body = CallMessage::Candidates {
                round,
                candidates: chunk.to_vec(),
                complete: complete && index == last,
            };
            self.outbox.post(self.everybody(), body, context);
        }
        if candidates.is_empty() && complete {
            let body = CallMessage::Candidates {
                round,
                candidates: Vec::new(),
                complete,
            };
            self.outbox.post(self.everybody(), body, context);
        }
    }

    /// The invite's offer: an answer is made at once, so that accepting is fast.
    pub(super) fn first_offer(&mut self, offer: String, context: &mut Context) {
        self.rounds.media_open = true;
        self.rounds.applied = true;
        context.put(Output::CreateAnswer {
            call: self.id.clone(),
            round: 0,
            offer,
        });
    }

    /// A device of the callee accepted. The first one has it.
    pub(super) fn answered(&mut self, from: &DeviceId, answer: String, context: &mut Context) {
        match self.state {
            CallState::Inviting | CallState::Alerting => {
                self.peer_device = Some(from.clone());
                self.rounds.early.retain(|device, _| device == from);
                self.apply_answer(0, answer, context);
                let everybody = Recipient {
                    person: self.peer.clone(),
                    device: None,
                };
                self.outbox
                    .post(everybody, CallMessage::Select { device: from.clone() }, context);
                self.deadline = Some(context.now + context.config.connect);
                self.begin_connecting(context);
            }
            CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// Both sides agree on the call; media may have been quicker.
    pub(super) fn begin_connecting(&mut self, context: &mut Context) {
        self.state = CallState::Connecting;
        self.is_agreed = true;
        if self.rounds.media_up {
            self.media_connected();
        }
        if std::mem::take(&mut self.rounds.restart_wanted) {
            self.restart(context);
        }
    }

    /// A description of a later round.
    pub(super) fn negotiate(&mut self, round: u32, description: Description, context: &mut Context) {
        match (self.role, description.kind) {
            (Role::Caller, DescriptionKind::Answer) => {
                if round == self.rounds.newest && round > 0 && self.rounds.described && !self.rounds.applied {
                    self.apply_answer(round, description.sdp, context);
                }
            }
            (Role::Callee, DescriptionKind::Offer) => {
                if round > self.rounds.newest {
                    self.drop_older_rounds();
                    self.rounds.begin(round, context.now);
                    self.rounds.applied = true;
                    let call = self.id.clone();
                    context.put(Output::CreateAnswer {
                        call,
                        round,
                        offer: description.sdp,
                    });
                    self.flush_early(context);
                }
            }
            // Only the caller offers.
            (Role::Caller, DescriptionKind::Offer) | (Role::Callee, DescriptionKind::Answer) => {}
        }
    }

    fn apply_answer(&mut self, round: u32, answer: String, context: &mut Context) {
        self.rounds.applied = true;
        context.put(Output::ApplyAnswer {
            call: self.id.clone(),
            round,
            answer,
        });
        self.flush_early(context);
    }

    /// Candidates of the peer: passed on when their description was, kept when it is still to come.
    pub(super) fn candidates_received(
        &mut self,
        from: &DeviceId,
        round: u32,
        candidates: Vec<Candidate>,
        complete: bool,
        context: &mut Context,
    ) {
        let rounds = &mut self.rounds;
        if round == rounds.newest && rounds.applied {
            context.put(Output::AddCandidates {
                call: self.id.clone(),
                round,
                candidates,
                complete,
            });
        } else if round >= rounds.newest {
            let early = rounds.early.entry(from.clone()).or_default();
            let kept: usize = early.iter().map(|message| message.candidates.len()).sum();
            if early.len() < MAX_KEPT && kept + candidates.len() <= MAX_KEPT {
                early.push(Early {
                    round,
                    candidates,
                    complete,
                });
            }
        }
    }

    /// Passes on what came before the description of the newest round, and forgets what is older.
    fn flush_early(&mut self, context: &mut Context) {
        let newest = self.rounds.newest;
        for early in self.rounds.early.values_mut() {
            for message in early.extract_if(.., |message| message.round <= newest) {
                if message.round == newest {
                    let Early {
                        round,
                        candidates,
                        complete,
                    } = message;
                    context.put(Output::AddCandidates {
                        call: self.id.clone(),
                        round,
                        candidates,
                        complete,
                    });
                }
            }
        }
    }

    /// The callee would like a new round.
    pub(super) fn negotiate_requested(&mut self, restart: bool, context: &mut Context) {
        let in_flight = !self.rounds.applied && context.now < self.rounds.began + context.config.restart_every;
        if self.role == Role::Caller && self.state.is_paired() && !in_flight {
            self.offer_anew(restart, context);
        }
    }

    fn offer_anew(&mut self, restart: bool, context: &mut Context) {
        self.drop_older_rounds();
        let round = self.rounds.newest.saturating_add(1);
        self.rounds.begin(round, context.now);
        context.put(Output::CreateOffer {
            call: self.id.clone(),
            round,
            restart,
        });
    }

    /// What belongs to an older round need not arrive any more.
    fn drop_older_rounds(&mut self) {
        self.outbox
            .retain(|body| !matches!(body, CallMessage::Negotiate { .. } | CallMessage::Candidates { .. }));
    }

    /// Brings media back, or moves it: the caller offers with fresh ICE credentials, the callee asks for that.
    pub(super) fn restart(&mut self, context: &mut Context) {
        match self.role {
            Role::Caller => self.offer_anew(true, context),
            Role::Callee => {
                self.outbox
                    .retain(|body| !matches!(body, CallMessage::NegotiateRequest { .. }));
                self.outbox.post(
                    self.everybody(),
                    CallMessage::NegotiateRequest { restart: true },
                    context,
                );
                self.rounds.began = context.now;
            }
        }
    }

    /// The device changed its network.
    pub(super) fn network_changed(&mut self, context: &mut Context) {
        match self.state {
            CallState::Inviting | CallState::Alerting | CallState::Ringing | CallState::Accepting => {
                self.rounds.restart_wanted = true;
            }
            CallState::Connecting | CallState::Connected | CallState::Reconnecting => self.restart(context),
            CallState::Ending | CallState::Ended => {}
        }
    }

    /// Media flows.
    pub(super) fn media_connected(&mut self) {
        match self.state {
            CallState::Connecting | CallState::Reconnecting => {
                self.state = CallState::Connected;
                self.deadline = None;
            }
            CallState::Inviting
            | CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Connected
            | CallState::Ending
            | CallState::Ended => {}
        }
        self.rounds.media_up = true;
        self.rounds.media_lost = false;
    }

    /// Media stopped.
    pub(super) fn media_disconnected(&mut self, context: &mut Context) {
        self.rounds.media_up = false;
        match self.state {
            CallState::Connected => {
                self.state = CallState::Reconnecting;
                self.deadline = Some(context.now + context.config.media_lost);
                self.rounds.media_lost = true;
                self.restart(context);
            }
            CallState::Connecting => {
                self.rounds.media_lost = true;
                self.restart_if_due(context);
            }
            CallState::Inviting
            | CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// When to try again to bring media back.
    pub(super) fn restart_due(&self, context: &Context) -> Option<Timestamp> {
        let tries = self.rounds.media_lost && self.state.is_paired() && context.online;
        tries.then(|| self.rounds.began + context.config.restart_every)
    }

    /// Tries again, when it is time.
    pub(super) fn restart_if_due(&mut self, context: &mut Context) {
        if self.restart_due(context).is_some_and(|due| due <= context.now) {
            self.restart(context);
        }
    }
}
