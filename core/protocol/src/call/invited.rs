//! What an invite means to a device that may have a call already.

use super::context::Context;
use super::one::Call;
use super::{CallState, Role};
use crate::ids::{Address, CallId};
use crate::messages::CallMessage;
use crate::messages::call::{EndReason, RejectReason};

/// What to do with an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It rings.
    Ring,
    /// Both called each other and the other call is kept: it takes the place of ours, without ringing.
    TakeInstead,
    /// Both called each other and ours is kept.
    KeepOurs,
    /// The peer has lost the call we think we have with them: it ends, and the new one rings.
    Supersede,
    /// We are in another call.
    Busy,
}

/// Judges an invite by the live call. Of a glare the call with the smaller id is kept, on both sides.
pub(super) fn judge(live: Option<&Call>, call: &CallId, from: &Address) -> Verdict {
    let Some(live) = live else { return Verdict::Ring };
    if live.peer != from.person {
        return Verdict::Busy;
    }
    match live.state {
        CallState::Inviting | CallState::Alerting if *call < live.id => Verdict::TakeInstead,
        CallState::Inviting | CallState::Alerting => Verdict::KeepOurs,
        CallState::Ringing | CallState::Accepting if live.peer_device.as_ref() == Some(&from.device) => {
            Verdict::Supersede
        }
        CallState::Reconnecting => Verdict::Supersede,
        CallState::Ringing
        | CallState::Accepting
        | CallState::Connecting
        | CallState::Connected
        | CallState::Ending
        | CallState::Ended => Verdict::Busy,
    }
}

impl Call {
    /// A call that rings here, or that is accepted without ringing.
    pub(super) fn invited(
        id: CallId,
        from: &Address,
        state: CallState,
        lifetime_ms: u32,
        offer: String,
        context: &mut Context,
    ) -> Self {
        let mut call = Self::callee(id, from, state, context);
        let lifetime = std::time::Duration::from_millis(lifetime_ms.into()).min(context.config.lifetime);
        call.ring_until = context.now + lifetime;
        call.first_offer(offer, context);
        if state == CallState::Ringing {
            call.deadline = Some(call.ring_until + context.config.ring_grace);
            call.outbox.post(call.everybody(), CallMessage::Ringing, context);
        } else {
            call.deadline = Some(context.now + context.config.connect);
        }
        call
    }

    /// A call that never shows: it is only answered for.
    pub(super) fn unseen(id: CallId, from: &Address, reason: EndReason, context: &mut Context) -> Self {
        let mut call = Self::callee(id, from, CallState::Ended, context);
        call.visible = false;
        call.finish(reason, context);
        call
    }

    /// Another call's invite, turned away.
    pub(super) fn busy(id: CallId, from: &Address, context: &mut Context) -> Self {
        let mut call = Self::unseen(id, from, EndReason::Busy, context);
        call.outbox.post(
            call.everybody(),
            CallMessage::Reject {
                reason: RejectReason::Busy,
            },
            context,
        );
        call
    }

    fn callee(id: CallId, from: &Address, state: CallState, context: &Context) -> Self {
        let mut call = Self::new(id, Role::Callee, from.person.clone(), state, context);
        call.peer_device = Some(from.device.clone());
        call
    }
}
