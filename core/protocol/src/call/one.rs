//! One call of a machine: what it holds, and what its user does with it.

use std::collections::BTreeSet;

use super::context::Context;
use super::inbox::Inbox;
use super::media::Rounds;
use super::outbox::{Audience, Outbox};
use super::{CallSnapshot, CallState, Output, Role};
use crate::ids::{CallId, DeviceId, PersonId};
use crate::messages::CallMessage;
use crate::messages::call::EndReason;
use crate::messages::signalling::Recipient;
use crate::time::Timestamp;

/// Operations on their way through the hub; more are left to their log, which holds back by itself.
const MAX_OPERATIONS: usize = 64;

/// One call, from its first sign to its being forgotten.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: CallId,
    pub(super) role: Role,
    pub(super) peer: PersonId,
    /// Callee: the caller's device. Caller: the device whose answer was taken.
    pub(super) peer_device: Option<DeviceId>,
    pub(super) state: CallState,
    pub(super) reason: Option<EndReason>,
    /// Whether `select` made the two devices one call.
    pub(super) is_agreed: bool,
    /// Whether we said `hang_up`.
    pub(super) said: bool,
    /// When the state ends by itself.
    pub(super) deadline: Option<Timestamp>,
    /// Until when devices may ring.
    pub(super) ring_until: Timestamp,
    /// Caller: devices that could not go on while they rang.
    pub(super) gone: BTreeSet<DeviceId>,
    pub(super) inbox: Inbox,
    pub(super) outbox: Outbox,
    pub(super) rounds: Rounds,
    /// Whether the user is shown this call at all.
    pub(super) visible: bool,
    shown: Option<CallSnapshot>,
}

impl Call {
    /// A call that begins. It says nothing yet.
    pub(super) fn new(id: CallId, role: Role, peer: PersonId, state: CallState, context: &Context) -> Self {
        Self {
            outbox: Outbox::new(id.clone()),
            id,
            role,
            peer,
            peer_device: None,
            state,
            reason: None,
            is_agreed: false,
            said: false,
            deadline: None,
            ring_until: context.now,
            gone: BTreeSet::new(),
            inbox: Inbox::default(),
            rounds: Rounds::new(context.now),
            visible: true,
            shown: None,
        }
    }

    /// The user calls somebody.
    pub(super) fn place(id: CallId, callee: PersonId, context: &mut Context) -> Self {
        let mut call = Self::new(id, Role::Caller, callee, CallState::Inviting, context);
        call.ring_until = context.now + context.config.lifetime;
        call.deadline = Some(call.ring_until);
        call.rounds.media_open = true;
        context.put(Output::CreateOffer {
            call: call.id.clone(),
            round: 0,
            restart: false,
            fresh: false,
        });
        call
    }

    /// The user accepts.
    pub(super) fn accept(&mut self, context: &mut Context) {
        match self.state {
            CallState::Ringing => {
                self.state = CallState::Accepting;
                self.deadline = Some(context.now + context.config.connect);
                self.say_answer(context);
            }
            CallState::Inviting
            | CallState::Alerting
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// The user declines.
    pub(super) fn decline(&mut self, context: &mut Context) {
        match self.state {
            CallState::Ringing => self.ask_to_end(context),
            CallState::Inviting
            | CallState::Alerting
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// The user has had enough.
    pub(super) fn hang_up(&mut self, context: &mut Context) {
        match self.state {
            CallState::Inviting | CallState::Alerting => self.end(EndReason::Cancelled, context),
            CallState::Ringing => self.ask_to_end(context),
            CallState::Accepting | CallState::Connecting | CallState::Connected | CallState::Reconnecting => {
                self.end(EndReason::HungUp, context);
            }
            CallState::Ending | CallState::Ended => {}
        }
    }

    /// The device cannot go on.
    pub(super) fn fail(&mut self, context: &mut Context) {
        if self.state.is_live() {
            self.end(EndReason::Failed, context);
        }
    }

    /// The peer's data channel says that they hang up; why, only signalling will tell.
    pub(super) fn peer_hung_up(&mut self, context: &mut Context) {
        match self.state {
            CallState::Accepting | CallState::Connecting | CallState::Connected | CallState::Reconnecting => {
                self.wait_for_the_end(EndReason::HungUp, context);
            }
            CallState::Inviting | CallState::Alerting | CallState::Ringing | CallState::Ending | CallState::Ended => {}
        }
    }

    /// Sends an operation by way of the hub.
    pub(super) fn relay(&mut self, body: CallMessage, context: &mut Context) {
        if !self.state.is_paired() {
            return;
        }
        match body {
            CallMessage::Operation(_) => {
                let is_operation = |body: &CallMessage| matches!(body, CallMessage::Operation(_));
                if self.outbox.count(is_operation) < MAX_OPERATIONS {
                    self.outbox.post(self.everybody(), body, context);
                }
            }
            CallMessage::OperationAck { .. } => self.outbox.post_once(self.everybody(), body, context),
            CallMessage::Invite { .. }
            | CallMessage::Ringing
            | CallMessage::Answer { .. }
            | CallMessage::Select { .. }
            | CallMessage::Reject { .. }
            | CallMessage::Candidates { .. }
            | CallMessage::Negotiate { .. }
            | CallMessage::NegotiateRequest { .. }
            | CallMessage::HangUp { .. }
            | CallMessage::Ack { .. }
            | CallMessage::Error { .. } => {}
        }
    }

    /// The peer's device, or all of them while none is chosen.
    pub(super) fn everybody(&self) -> Recipient {
        Recipient {
            person: self.peer.clone(),
            device: self.peer_device.clone(),
        }
    }

    /// One device of the peer.
    pub(super) fn only(&self, device: &DeviceId) -> Recipient {
        Recipient {
            person: self.peer.clone(),
            device: Some(device.clone()),
        }
    }

    /// Whose acknowledgements count now.
    pub(super) fn audience(&self, now: Timestamp) -> Audience {
        Audience {
            chosen: self.peer_device.clone(),
            heard: self
                .inbox
                .heard()
                .filter(|device| !self.gone.contains(device))
                .cloned()
                .collect(),
            others_ring: now < self.ring_until,
        }
    }

    pub(super) fn snapshot(&self) -> CallSnapshot {
        CallSnapshot {
            call: self.id.clone(),
            role: self.role,
            peer: self.peer.clone(),
            peer_device: self.peer_device.clone(),
            state: self.state,
            reason: self.reason,
        }
    }

    /// What was last shown.
    pub(super) fn shown(&self) -> Option<&CallSnapshot> {
        self.shown.as_ref()
    }

    /// Tells what changed since it last did.
    pub(super) fn show(&mut self, context: &mut Context) {
        let snapshot = self.snapshot();
        if self.visible && self.shown.as_ref() != Some(&snapshot) {
            self.shown = Some(snapshot.clone());
            context.put(Output::Changed { snapshot });
        }
    }
}
