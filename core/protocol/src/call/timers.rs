//! What happens by itself.

use super::CallState;
use super::context::Context;
use super::one::Call;
use crate::messages::call::EndReason;
use crate::time::Timestamp;

impl Call {
    /// When something of this call is due.
    pub(super) fn next_due(&self, context: &Context) -> Option<Timestamp> {
        let repeats = context.online && !self.outbox.is_empty();
        let repetition = repeats
            .then(|| self.outbox.next_due(&self.audience(context.now)))
            .flatten();
        [self.deadline, self.restart_due(context), repetition]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due. False when the call is to be forgotten.
    pub(super) fn handle_timeout(&mut self, context: &mut Context) -> bool {
        if self.deadline.is_some_and(|deadline| deadline <= context.now) {
            match self.state {
                CallState::Inviting if !self.rounds.invited => self.finish(EndReason::Failed, context),
                CallState::Inviting | CallState::Alerting => self.end(EndReason::NoAnswer, context),
                CallState::Ringing => self.wait_for_the_end(EndReason::NoAnswer, context),
                CallState::Accepting | CallState::Connecting => self.end(EndReason::ConnectFailed, context),
                CallState::Connected => self.deadline = None,
                CallState::Reconnecting => self.end(EndReason::ConnectionLost, context),
                CallState::Ending => self.finish(self.reason.unwrap_or(EndReason::Failed), context),
                CallState::Ended => return false,
            }
        }
        self.restart_if_due(context);
        if !self.outbox.is_empty() {
            self.outbox.repeat_due(&self.audience(context.now), context);
        }
        true
    }
}
