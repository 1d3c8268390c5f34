//! Whether media flows, and how it is brought back: by a round with new ICE credentials while the newest connection is up,
//! else by a round with a new connection, if the peer takes those.

use super::context::Context;
use super::one::Call;
use super::{CallState, Output, Role};
use crate::messages::CallMessage;
use crate::time::Timestamp;

impl Call {
    /// Both sides agree on the call; media may have been quicker.
    pub(super) fn begin_connecting(&mut self, context: &mut Context) {
        self.state = CallState::Connecting;
        self.is_agreed = true;
        self.show_media();
        if std::mem::take(&mut self.rounds.restart_wanted) {
            self.restart(context);
        }
    }

    /// The callee would like a new round. One that it did not know yet when it asked may be what it needs: its offer is
    /// said again if it was not answered, as it may have gone into the dark.
    pub(super) fn negotiate_requested(
        &mut self,
        restart: bool,
        fresh: bool,
        after: Option<u32>,
        context: &mut Context,
    ) {
        let is_answered = self.rounds.applied;
        let has_time = context.now < self.rounds.began + context.config.restart_every;
        match after {
            Some(after) if after < self.rounds.newest => {
                if !is_answered {
                    self.outbox.repeat_rounds(&self.audience(context.now), context);
                }
            }
            None if !is_answered && has_time => {}
            Some(_) | None => self.offer_anew(restart, fresh, context),
        }
    }

    fn offer_anew(&mut self, restart: bool, fresh: bool, context: &mut Context) {
        self.drop_older_rounds();
        let round = self.rounds.newest.saturating_add(1);
        let fresh = self.rounds.peer_renews && (fresh || (restart && !self.rounds.paths.newest_is_up()));
        self.rounds.begin(round, fresh, context.now);
        context.put(Output::CreateOffer {
            call: self.id.clone(),
            round,
            restart: restart && !fresh,
            fresh,
        });
    }

    /// What belongs to an older round need not arrive any more.
    pub(super) fn drop_older_rounds(&mut self) {
        self.outbox.retain(|body| !is_of_a_round(body));
    }

    /// Brings media back, or moves it: the caller offers, the callee asks for that.
    fn restart(&mut self, context: &mut Context) {
        let fresh = !self.rounds.paths.newest_is_up();
        self.begin_round(fresh, context);
    }

    fn begin_round(&mut self, fresh: bool, context: &mut Context) {
        match self.role {
            Role::Caller => self.offer_anew(true, fresh, context),
            Role::Callee => {
                self.outbox
                    .retain(|body| !matches!(body, CallMessage::NegotiateRequest { .. }));
                let body = CallMessage::NegotiateRequest {
                    restart: true,
                    fresh,
                    after: Some(self.rounds.newest),
                };
                self.outbox.post(self.everybody(), body, context);
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

    /// The device slept: whatever its connections say, they are old, and lost media could not be brought back meanwhile.
    pub(super) fn woke(&mut self, context: &mut Context) {
        match self.state {
            CallState::Inviting | CallState::Alerting | CallState::Ringing | CallState::Accepting => {
                self.rounds.restart_wanted = true;
            }
            CallState::Connecting | CallState::Connected => self.begin_round(true, context),
            CallState::Reconnecting => {
                self.deadline = Some(context.now + context.config.media_lost);
                self.begin_round(true, context);
            }
            CallState::Ending | CallState::Ended => {}
        }
    }

    /// Media flows over a connection.
    pub(super) fn media_connected(&mut self, connection: u32) {
        self.rounds.paths.connected(connection);
        self.show_media();
    }

    fn show_media(&mut self) {
        if !self.rounds.paths.is_up() {
            return;
        }
        self.rounds.media_lost = false;
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
    }

    /// Media stopped on a connection.
    pub(super) fn media_disconnected(&mut self, connection: u32, context: &mut Context) {
        self.rounds.paths.disconnected(connection);
        if self.rounds.paths.is_up() {
            return;
        }
        match self.state {
            CallState::Connected => {
                self.state = CallState::Reconnecting;
                self.deadline = Some(context.now + context.config.media_lost);
                self.rounds.media_lost = true;
                if self.rounds.paths.is_coming() {
                    // The connection that takes this one's place is on its way.
                    self.restart_if_due(context);
                } else {
                    self.restart(context);
                }
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

    /// Signalling is there again: what a round that has had its time still wanted to say is not said any more.
    pub(super) fn signalling_connected(&mut self, context: &mut Context) {
        if self.restart_due(context).is_some_and(|due| due <= context.now) {
            self.drop_older_rounds();
        }
        self.outbox.repeat_all(&self.audience(context.now), context);
        self.restart_if_due(context);
    }
}

/// Whether a message means nothing once another round begins.
pub(super) fn is_of_a_round(body: &CallMessage) -> bool {
    match body {
        CallMessage::Negotiate { .. } | CallMessage::Candidates { .. } | CallMessage::NegotiateRequest { .. } => true,
        CallMessage::Invite { .. }
        | CallMessage::Ringing
        | CallMessage::Answer { .. }
        | CallMessage::Select { .. }
        | CallMessage::Reject { .. }
        | CallMessage::HangUp { .. }
        | CallMessage::Ack { .. }
        | CallMessage::Operation(_)
        | CallMessage::OperationAck { .. }
        | CallMessage::Error { .. } => false,
    }
}
