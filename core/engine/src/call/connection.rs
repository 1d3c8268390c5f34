//! The connections of one call: the one in use, and the one that takes its place once it is up (`docs/link.md`).

use std::sync::Arc;

use assist_protocol::messages::{call::Candidate, channel::ChannelMessage};

use super::negotiation::{Negotiation, Step};
use crate::transport::Transport;

/// One connection, as the owner task holds it. Dropping it closes it.
pub(super) struct Connection {
    /// The round that it was made for.
    number: u32,
    negotiation: Negotiation,
    pub(super) transport: Option<Arc<dyn Transport>>,
    /// The last round that it was described for.
    round: u32,
    /// Descriptions that are being made: what is gathered meanwhile may belong to them, and comes sooner than they do.
    describing: u32,
    held: Vec<Gathered>,
    /// Our line from RTP time to capture time, by its number, to be told when the channel opens.
    pub(super) epoch: Option<(u32, ChannelMessage)>,
    pub(super) channel_is_open: bool,
    /// Something came on the control channel: the peer has it open too.
    pub(super) was_heard: bool,
    was_up: bool,
}

/// Ways to reach us, and whether these are all of their round.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) candidates: Vec<Candidate>,
    pub(super) complete: bool,
}

impl Connection {
    /// A description of this round is made. What was gathered while it was.
    pub(super) fn described(&mut self, round: u32) -> Vec<Gathered> {
        self.round = round;
        self.not_described().1
    }

    /// One could not be made. The round before, to which belongs what was gathered meanwhile.
    pub(super) fn not_described(&mut self) -> (u32, Vec<Gathered>) {
        self.describing = self.describing.saturating_sub(1);
        (self.round, std::mem::take(&mut self.held))
    }

    /// Ways were found: of which round, and which; none yet while a description is being made.
    pub(super) fn gathered(&mut self, gathered: Gathered) -> Option<(u32, Gathered)> {
        if self.describing > 0 {
            self.held.push(gathered);
            return None;
        }
        Some((self.round, gathered))
    }
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
            describing: 0,
            held: Vec::new(),
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
    pub(super) fn take(&mut self, step: Step) -> bool {
        let Some(newest) = self.next.as_mut().or(self.current.as_mut()) else {
            return false;
        };
        match step {
            Step::Offer { .. } | Step::Answer { .. } => newest.describing += 1,
            Step::ApplyAnswer { .. } | Step::Candidates { .. } => {}
        }
        newest.negotiation.take(step);
        true
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
