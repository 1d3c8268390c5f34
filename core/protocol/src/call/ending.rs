//! How a call ends, and how both sides come to the same reason.

use super::context::Context;
use super::one::Call;
use super::{CallState, Output, Role};
use crate::ids::DeviceId;
use crate::messages::CallMessage;
use crate::messages::call::{EndReason, RejectReason};

fn is_hang_up(body: &CallMessage) -> bool {
    matches!(body, CallMessage::HangUp { .. })
}

impl Call {
    /// Says `hang_up` and waits for the answer.
    pub(super) fn end(&mut self, reason: EndReason, context: &mut Context) {
        if self.role == Role::Caller && !self.rounds.invited {
            // Nobody else knows of this call.
            self.finish(reason, context);
            return;
        }
        self.outbox.retain(|body| matches!(body, CallMessage::Select { .. }));
        self.outbox
            .post(self.everybody(), CallMessage::HangUp { reason }, context);
        self.said = true;
        self.wait_for_the_end(reason, context);
    }

    /// A callee declines: the caller's hang-up to all devices is what ends the call.
    pub(super) fn ask_to_end(&mut self, context: &mut Context) {
        self.outbox.retain(|_| false);
        let body = CallMessage::Reject {
            reason: RejectReason::Declined,
        };
        self.outbox.post(self.everybody(), body, context);
        self.wait_for_the_end(EndReason::Declined, context);
    }

    /// Is over here; the other side's word on the reason is on its way.
    pub(super) fn wait_for_the_end(&mut self, reason: EndReason, context: &mut Context) {
        self.state = CallState::Ending;
        self.reason = Some(reason);
        self.deadline = Some(context.now + context.config.ending);
        self.keep_only_the_end();
        self.close_media(context);
    }

    /// Is over, for this reason.
    pub(super) fn finish(&mut self, reason: EndReason, context: &mut Context) {
        self.state = CallState::Ended;
        self.reason = Some(reason);
        self.deadline = Some(context.now + context.config.memory);
        self.keep_only_the_end();
        self.close_media(context);
    }

    /// What the other side must still learn of a call that is over.
    fn keep_only_the_end(&mut self) {
        self.outbox.retain(|body| {
            matches!(
                body,
                CallMessage::Select { .. } | CallMessage::HangUp { .. } | CallMessage::Reject { .. }
            )
        });
    }

    fn close_media(&mut self, context: &mut Context) {
        if self.rounds.media_open {
            self.rounds.close();
            context.put(Output::CloseMedia { call: self.id.clone() });
        }
    }

    /// The caller confirmed one device.
    pub(super) fn selected(&mut self, device: &DeviceId, context: &mut Context) {
        let is_here = *device == context.me.device;
        match self.state {
            CallState::Accepting if is_here => self.begin_connecting(context),
            CallState::Ringing | CallState::Accepting | CallState::Ending if !is_here => {
                self.finish(EndReason::AnsweredElsewhere, context);
            }
            CallState::Inviting
            | CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// A callee's device says no.
    pub(super) fn rejected(&mut self, reason: RejectReason, context: &mut Context) {
        let reason = match reason {
            RejectReason::Declined => EndReason::Declined,
            RejectReason::Busy => EndReason::Busy,
        };
        match self.state {
            CallState::Inviting | CallState::Alerting => self.end(reason, context),
            CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ending
            | CallState::Ended => {}
        }
    }

    /// The other side says `hang_up`.
    pub(super) fn hung_up(&mut self, from: &DeviceId, reason: EndReason, context: &mut Context) {
        if self.is_other_device(from) {
            return;
        }
        match self.state {
            CallState::Inviting | CallState::Alerting if reason == EndReason::Failed && self.rings_beside(from) => {
                self.gone.insert(from.clone());
            }
            CallState::Inviting | CallState::Alerting => {
                self.end(reason, context);
                self.outbox.acknowledge_where(from, is_hang_up);
                self.finish_if_agreed(context);
            }
            CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting => self.finish(reason, context),
            CallState::Ending if self.said => {
                self.reason = self.reason.min(Some(reason));
                // It hears our reason with the acknowledgement of its own.
                self.outbox.acknowledge_where(from, is_hang_up);
                self.finish_if_agreed(context);
            }
            CallState::Ending => self.finish(reason, context),
            CallState::Ended => {
                if !self.visible {
                    self.reason = Some(reason);
                }
            }
        }
    }

    /// Our `hang_up` was acknowledged, with how the call ended on that side.
    pub(super) fn end_acknowledged(&mut self, ended: Option<EndReason>, context: &mut Context) {
        match self.state {
            CallState::Ending => {
                let ours = self.reason.unwrap_or(EndReason::Failed);
                let theirs = ended.unwrap_or(ours);
                // One peer's word counts as it is; of many, each knows only its own part.
                let agreed = if self.peer_device.is_some() {
                    theirs
                } else {
                    ours.min(theirs)
                };
                self.reason = Some(agreed);
                self.finish_if_agreed(context);
            }
            CallState::Inviting
            | CallState::Alerting
            | CallState::Ringing
            | CallState::Accepting
            | CallState::Connecting
            | CallState::Connected
            | CallState::Reconnecting
            | CallState::Ended => {}
        }
    }

    /// Ended, as soon as everybody who takes part has acknowledged our hang-up.
    fn finish_if_agreed(&mut self, context: &mut Context) {
        match (self.state, self.reason) {
            (CallState::Ending, Some(reason)) if self.outbox.is_settled(&self.audience(context.now), is_hang_up) => {
                self.finish(reason, context);
            }
            (
                CallState::Inviting
                | CallState::Alerting
                | CallState::Ringing
                | CallState::Accepting
                | CallState::Connecting
                | CallState::Connected
                | CallState::Reconnecting
                | CallState::Ending
                | CallState::Ended,
                _,
            ) => {}
        }
    }

    /// How the call ended for that device, for the acknowledgement of its hang-up.
    pub(super) fn fate_of(&self, device: &DeviceId) -> Option<EndReason> {
        if self.is_other_device(device) {
            Some(EndReason::AnsweredElsewhere)
        } else if self.gone.contains(device) {
            Some(EndReason::Failed)
        } else {
            self.reason
        }
    }

    /// Caller: whether another device's answer was taken.
    fn is_other_device(&self, device: &DeviceId) -> bool {
        self.peer_device.as_ref().is_some_and(|chosen| chosen != device)
    }

    /// Caller: whether it still rings at another device.
    fn rings_beside(&self, device: &DeviceId) -> bool {
        self.inbox
            .heard()
            .any(|heard| heard != device && !self.gone.contains(heard))
    }
}
