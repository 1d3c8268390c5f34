//! Offers, answers and candidates, in rounds that only the caller begins.

use std::collections::BTreeMap;

use super::context::Context;
use super::one::Call;
use super::paths::Paths;
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
    pub(super) newest: u32,
    /// The invite went out.
    pub(super) invited: bool,
    /// The newest round is a new connection's.
    is_fresh: bool,
    /// Caller: the callee takes rounds that are fresh.
    pub(super) peer_renews: bool,
    /// Our description of the newest round went out.
    described: bool,
    /// The peer's description of the newest round went to the media layer.
    pub(super) applied: bool,
    /// Callee: the answer that waits for the user.
    answer: Option<String>,
    /// Our candidates that wait for our description.
    held: Vec<Candidate>,
    held_complete: bool,
    early: BTreeMap<DeviceId, Vec<Early>>,
    /// When the newest round began, or was asked for.
    pub(super) began: Timestamp,
    /// The device's network changed before the peer could be told.
    pub(super) restart_wanted: bool,
    pub(super) media_open: bool,
    pub(super) paths: Paths,
    /// Media was there, or was tried, and is lost.
    pub(super) media_lost: bool,
}

impl Rounds {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            newest: 0,
            invited: false,
            is_fresh: false,
            peer_renews: false,
            described: false,
            applied: false,
            answer: None,
            held: Vec::new(),
            held_complete: false,
            early: BTreeMap::new(),
            began: now,
            restart_wanted: false,
            media_open: false,
            paths: Paths::default(),
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

    /// Begins a round; a `fresh` one has a connection of its own.
    pub(super) fn begin(&mut self, round: u32, fresh: bool, now: Timestamp) {
        if fresh {
            self.paths.renew(round);
        }
        self.is_fresh = fresh;
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
                self.say_description(description, context);
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
                self.say_description(description, context);
                self.described(context);
            }
            CallState::Inviting | CallState::Alerting | CallState::Ending | CallState::Ended => {}
        }
    }

    fn say_description(&mut self, description: Description, context: &mut Context) {
        let body = CallMessage::Negotiate {
            round: self.rounds.newest,
            fresh: self.rounds.is_fresh && description.kind == DescriptionKind::Offer,
            description,
        };
        self.outbox.post(self.everybody(), body, context);
    }

    /// Accepted: the answer goes out as soon as it is there.
    pub(super) fn say_answer(&mut self, context: &mut Context) {
        if let Some(answer) = self.rounds.answer.take() {
            let renews = true;
            self.outbox
                .post(self.everybody(), CallMessage::Answer { answer, renews }, context);
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
            fresh: false,
        });
    }

    /// A device of the callee accepted. The first one has it.
    pub(super) fn answered(&mut self, from: &DeviceId, answer: String, renews: bool, context: &mut Context) {
        match self.state {
            CallState::Inviting | CallState::Alerting => {
                self.rounds.peer_renews = renews;
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

    /// A description of a later round.
    pub(super) fn negotiate(&mut self, round: u32, description: Description, fresh: bool, context: &mut Context) {
        match (self.role, description.kind) {
            (Role::Caller, DescriptionKind::Answer) => {
                if round == self.rounds.newest && round > 0 && self.rounds.described && !self.rounds.applied {
                    self.apply_answer(round, description.sdp, context);
                }
            }
            (Role::Callee, DescriptionKind::Offer) => {
                if round > self.rounds.newest {
                    self.drop_older_rounds();
                    self.rounds.begin(round, fresh, context.now);
                    self.rounds.applied = true;
                    let call = self.id.clone();
                    context.put(Output::CreateAnswer {
                        call,
                        round,
                        offer: description.sdp,
                        fresh,
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
}
