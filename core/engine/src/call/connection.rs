//! The connections of one call: the one in use, and the one that takes its place once it is up (`docs/link.md`).

use std::sync::Arc;

use assist_protocol::messages::channel::ChannelMessage;

use super::negotiation::{Negotiation, Step};
use crate::transport::Transport;

/// One connection, as the owner task holds it. Dropping it closes it.
pub(super) struct Connection {
    /// The round that it was made for.
    number: u32,
    negotiation: Negotiation,
    pub(super) transport: Option<Arc<dyn Transport>>,
    /// The last round that it was described for.
    pub(super) round: u32,
    /// Our line from RTP time to capture time, by its number, to be told when the channel opens.
    pub(super) epoch: Option<(u32, ChannelMessage)>,
    pub(super) channel_is_open: bool,
    /// Something came on the control channel: the peer has it open too.
    pub(super) was_heard: bool,
    was_up: bool,
}

/// At most two: the one in use, and a newer one that was never up.
#[derive(Default)]
pub(super) struct Connections {
    current: Option<Connection>,
    next: Option<Connection>,
}

impl Connections {
    /// Makes a connection for a round. The one in use stays beside it, if it was ever up.
    pub(super) fn renew(&mut self, number: u32, negotiation: Negotiation) {
        let connection = Connection {
            number,
            negotiation,
            transport: None,
            round: number,
            epoch: None,
            channel_is_open: false,
            was_heard: false,
            was_up: false,
        };
        let is_used = self.current.as_ref().is_some_and(|current| current.was_up);
        let place = if is_used { &mut self.next } else { &mut self.current };
        *place = Some(connection);
    }

    /// Has the newest one take a step; false if there is none.
    pub(super) fn take(&self, step: Step) -> bool {
        let newest = self.next.as_ref().or(self.current.as_ref());
        if let Some(newest) = newest {
            newest.negotiation.take(step);
        }
        newest.is_some()
    }

    /// The one in use.
    pub(super) fn current(&self) -> Option<&Connection> {
        self.current.as_ref()
    }

    /// Whether this is the one in use.
    pub(super) fn is_current(&self, number: u32) -> bool {
        self.current.as_ref().is_some_and(|current| current.number == number)
    }

    /// One of them, unless it was let go.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Connection> {
        [&mut self.current, &mut self.next]
            .into_iter()
            .flatten()
            .find(|connection| connection.number == number)
    }

    /// This one is up: the one before it is let go. Whether it took another's place.
    pub(super) fn connected(&mut self, number: u32) -> bool {
        let takes_over = self.next.as_ref().is_some_and(|next| next.number == number);
        if takes_over {
            self.current = self.next.take();
        }
        if let Some(connection) = self.get_mut(number) {
            connection.was_up = true;
        }
        takes_over
    }
}
