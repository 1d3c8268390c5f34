//! What the peer says.

use super::context::Context;
use super::inbox::Freshness;
use super::one::Call;
use super::{CallState, Output, Role};
use crate::ids::{Address, DeviceId};
use crate::messages::CallMessage;
use crate::messages::call::{EndReason, ErrorCode};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// Acted on, or not wanted: acknowledged either way.
    Yes,
    /// Too early: not acknowledged, so that it comes again.
    NotYet,
}

impl Call {
    /// A relayed message of a device of the peer.
    pub(super) fn receive(&mut self, from: &DeviceId, id: u64, body: CallMessage, context: &mut Context) {
        if self.role == Role::Caller && !self.rounds.invited {
            // Nobody can know of this call.
            return;
        }
        match body {
            CallMessage::Ack { ids, ended } => self.acknowledged(from, &ids, ended, context),
            CallMessage::OperationAck { .. } => self.deliver(from, body, context),
            CallMessage::Error { about, .. } => self.misunderstood(from, about, context),
            CallMessage::Invite { .. }
            | CallMessage::Ringing
            | CallMessage::Answer { .. }
            | CallMessage::Select { .. }
            | CallMessage::Reject { .. }
            | CallMessage::Candidates { .. }
            | CallMessage::Negotiate { .. }
            | CallMessage::NegotiateRequest { .. }
            | CallMessage::HangUp { .. }
            | CallMessage::Operation(_) => self.receive_reliable(from, id, body, context),
        }
    }

    fn receive_reliable(&mut self, from: &DeviceId, id: u64, body: CallMessage, context: &mut Context) {
        let is_hang_up = matches!(body, CallMessage::HangUp { .. });
        match self.inbox.judge(from, id) {
            Freshness::Unacceptable => return,
            Freshness::Repeated => {}
            Freshness::New => {
                self.hear(from, context);
                if self.act(from, body, context) == Taken::NotYet {
                    return;
                }
                self.inbox.record(from, id);
            }
        }
        self.acknowledge(from, id, is_hang_up, context);
    }

    /// Says that a message arrived; of a hang-up also how the call ended for its sender.
    pub(super) fn acknowledge(&self, to: &DeviceId, id: u64, is_hang_up: bool, context: &mut Context) {
        let ended = if is_hang_up { self.fate_of(to) } else { None };
        self.outbox
            .post_once(self.only(to), CallMessage::Ack { ids: vec![id], ended }, context);
    }

    /// A device takes part: it has the invite, and may have missed what was said to all since.
    fn hear(&mut self, from: &DeviceId, context: &Context) {
        if self.inbox.hear(from) && self.role == Role::Caller {
            self.outbox
                .acknowledge_where(from, |body| matches!(body, CallMessage::Invite { .. }));
            self.outbox.turned_up(context);
        }
    }

    fn act(&mut self, from: &DeviceId, body: CallMessage, context: &mut Context) -> Taken {
        match (self.role, body) {
            (_, CallMessage::HangUp { reason }) => self.hung_up(from, reason, context),
            (Role::Caller, CallMessage::Ringing) => self.rings(),
            (Role::Caller, CallMessage::Answer { answer, renews }) => self.answered(from, answer, renews, context),
            (Role::Caller, CallMessage::Reject { reason }) => self.rejected(reason, context),
            (Role::Callee, CallMessage::Select { device }) => self.selected(&device, context),
            (
                _,
                CallMessage::Candidates {
                    round,
                    candidates,
                    complete,
                },
            ) => {
                if self.state.is_live() && self.is_peer(from) {
                    self.candidates_received(from, round, candidates, complete, context);
                }
            }
            (Role::Caller, CallMessage::NegotiateRequest { restart, fresh, after }) => {
                if self.state.is_paired() && self.is_peer(from) {
                    self.negotiate_requested(restart, fresh, after, context);
                }
            }
            (
                _,
                CallMessage::Negotiate {
                    round,
                    description,
                    fresh,
                },
            ) => {
                if self.waits_for_select() {
                    return Taken::NotYet;
                }
                if self.state.is_paired() && self.is_peer(from) {
                    self.negotiate(round, description, fresh, context);
                }
            }
            (_, CallMessage::Operation(operation)) => {
                if self.waits_for_select() {
                    return Taken::NotYet;
                }
                self.deliver(from, CallMessage::Operation(operation), context);
            }
            // Known already, or not for this end of the call, or dealt with before.
            (
                _,
                CallMessage::Invite { .. }
                | CallMessage::Ringing
                | CallMessage::Answer { .. }
                | CallMessage::Select { .. }
                | CallMessage::Reject { .. }
                | CallMessage::NegotiateRequest { .. }
                | CallMessage::Ack { .. }
                | CallMessage::OperationAck { .. }
                | CallMessage::Error { .. },
            ) => {}
        }
        Taken::Yes
    }

    /// It rings at one of the callee's devices.
    fn rings(&mut self) {
        match self.state {
            CallState::Inviting => self.state = CallState::Alerting,
            CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// Callee: the caller's `select` is still to come, although what follows it may be here.
    fn waits_for_select(&self) -> bool {
        match self.state {
            CallState::Ringing | CallState::Accepting => true,
            CallState::Inviting
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => false,
        }
    }

    /// Callee: that the hub lets us say nothing means that it passed on the `select` of another device.
    fn was_not_selected(&self) -> bool {
        match self.state {
            CallState::Ringing | CallState::Accepting => true,
            CallState::Ending => self.role == Role::Callee && !self.is_agreed,
            CallState::Inviting
            | CallState::Alerting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ended => false,
        }
    }

    /// Whether an address is one of the other end: a caller has one device, a callee may have many.
    pub(super) fn is_with(&self, address: &Address) -> bool {
        self.peer == address.person
            && match self.role {
                Role::Caller => true,
                Role::Callee => self.is_peer(&address.device),
            }
    }

    /// Whether this device may speak for the peer: before one is chosen, all may.
    fn is_peer(&self, device: &DeviceId) -> bool {
        self.peer_device.as_ref().is_none_or(|chosen| chosen == device)
    }

    fn deliver(&self, from: &DeviceId, body: CallMessage, context: &mut Context) {
        if self.state.is_paired() && self.is_peer(from) {
            context.put(Output::Deliver {
                call: self.id.clone(),
                body,
            });
        }
    }

    fn acknowledged(&mut self, from: &DeviceId, ids: &[u64], ended: Option<EndReason>, context: &mut Context) {
        if ids.is_empty() {
            return;
        }
        self.hear(from, context);
        let mut hung_up = false;
        for id in ids {
            hung_up |= matches!(self.outbox.body(*id), Some(CallMessage::HangUp { .. }));
            self.outbox.acknowledge(*id, from);
        }
        if hung_up {
            self.end_acknowledged(ended, context);
        }
        self.outbox.settle(&self.audience(context.now));
    }

    /// A device could not understand a message of ours.
    fn misunderstood(&mut self, from: &DeviceId, about: u64, context: &mut Context) {
        match self.outbox.body(about) {
            Some(CallMessage::Invite { .. }) if self.peer_device.is_none() => {
                self.hear(from, context);
                self.hung_up(from, EndReason::Failed, context);
            }
            Some(body) if self.is_peer(from) => {
                let is_answer = matches!(body, CallMessage::Answer { .. });
                let is_hang_up = matches!(body, CallMessage::HangUp { .. });
                self.outbox.acknowledge(about, from);
                self.after_loss(is_answer, is_hang_up, context);
                self.outbox.settle(&self.audience(context.now));
            }
            Some(_) | None => {}
        }
    }

    /// The hub did not pass on a message of ours.
    pub(super) fn refused(&mut self, id: u64, code: ErrorCode, context: &mut Context) {
        let Some(body) = self.outbox.body(id) else { return };
        let is_invite = matches!(body, CallMessage::Invite { .. });
        let is_answer = matches!(body, CallMessage::Answer { .. });
        let is_hang_up = matches!(body, CallMessage::HangUp { .. });
        match code {
            // It is repeated.
            ErrorCode::TooFast | ErrorCode::Unauthenticated => {}
            ErrorCode::Unreachable if is_invite => self.refused_invite(EndReason::Unreachable, context),
            ErrorCode::Unreachable => {}
            ErrorCode::NotInCall if self.was_not_selected() => self.finish(EndReason::AnsweredElsewhere, context),
            ErrorCode::NotAMessage
            | ErrorCode::Version
            | ErrorCode::UnknownType
            | ErrorCode::Malformed
            | ErrorCode::TooLarge
            | ErrorCode::NotInCall => {
                self.outbox.remove(id);
                if is_invite {
                    self.refused_invite(EndReason::Failed, context);
                }
                self.after_loss(is_answer, is_hang_up, context);
            }
        }
    }

    /// A message of ours will never be understood.
    fn after_loss(&mut self, is_answer: bool, is_hang_up: bool, context: &mut Context) {
        if is_answer {
            self.fail(context);
        }
        if is_hang_up {
            self.end_acknowledged(None, context);
        }
    }

    /// Nobody got the invite: there is nobody to agree with.
    fn refused_invite(&mut self, reason: EndReason, context: &mut Context) {
        match self.state {
            CallState::Inviting => self.finish(reason, context),
            // It rings already: this was about a repetition.
            CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }
}
