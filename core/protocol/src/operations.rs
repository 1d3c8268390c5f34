//! What is done in a call, numbered: every operation arrives once and in its sender's order, whichever way it travels.
//!
//! ```text
//!     send ─▶ unacknowledged ──channel open──▶ OnChannel ─────┐
//!                    │                                        ├─▶ peer: received ─▶ (gaps wait) ─▶ Delivered
//!                    └───────channel closed──▶ ThroughHub ────┘                          │
//!             Acknowledged ◀── acknowledged(through) ◀──────────── operation_ack ◀───────┘
//! ```
//!
//! When the way changes, everything unacknowledged takes the new one; the receiver drops what it has.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::messages::annotation::Annotation;
use crate::messages::call::Sequenced;
use crate::messages::channel::{MAX_TEXT_BYTES, Operation};
use crate::messages::{CallMessage, ChannelMessage};
use crate::time::Timestamp;

/// Most operations kept for a peer that does not acknowledge.
pub const MAX_UNACKNOWLEDGED: usize = 1_000;

/// An operation further ahead of the last one delivered than this is not kept: its sender repeats it.
pub const MAX_GAP: u64 = 1_000;

/// Unacknowledged operations on the channel at a time.
const CHANNEL_WINDOW: u64 = 256;

/// Unacknowledged operations on their way through the hub at a time, so that its rate limit is not met.
const HUB_WINDOW: u64 = 32;

/// How long the hub's way is given before everything unacknowledged is sent there again: an acknowledgement is said once.
const REPEAT_AFTER: Duration = Duration::from_secs(12);

/// Why an operation was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The peer has not acknowledged for very long.
    #[error(
        "{MAX_UNACKNOWLEDGED} earlier entries wait for the other side; this one was not sent, try again when the \
         connection is back"
    )]
    Full,
    /// It does not fit a message.
    #[error("the text has {bytes} bytes, at most {MAX_TEXT_BYTES} fit; nothing was sent, shorten it")]
    TextTooLong {
        /// Its size.
        bytes: usize,
    },
    /// An annotation has more points than one operation carries.
    #[error("the drawing has more points than fit one operation; nothing was sent, split it")]
    ListTooLong,
    /// Only a receiver meets operations it does not know.
    #[error("an unknown operation cannot be sent; nothing was sent")]
    Unknown,
}

/// What an operation log wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OperationOutput {
    /// Send this on the channel `control`.
    OnChannel(ChannelMessage),
    /// Send this by way of the hub: [`crate::call::Input::Relay`].
    ThroughHub(CallMessage),
    /// The peer did this.
    Delivered(Operation),
    /// The peer has all our operations up to and including this number.
    Acknowledged(u64),
}

#[derive(Debug)]
struct Kept {
    operation: Operation,
    since: Timestamp,
}

/// The operations of both ends of one call.
#[derive(Debug, Default)]
pub struct OperationLog {
    channel_is_open: bool,
    /// The peer has ours up to this number.
    acknowledged: u64,
    /// Ours above it, in order.
    kept: VecDeque<Kept>,
    /// Ours up to this number were handed out on the present way.
    handed_out: u64,
    /// When the oldest began to wait, or everything was last sent again.
    repeated: Timestamp,
    /// `acknowledged` grew and was not told yet.
    progress: bool,
    /// We have the peer's up to this number.
    received: u64,
    /// And these above it.
    early: BTreeMap<u64, Operation>,
    delivered: VecDeque<Operation>,
    /// The peer waits for our acknowledgement.
    owes_ack: bool,
}

impl OperationLog {
    /// An empty log; the channel is closed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps an operation until the peer has it, and sends it. Returns its number.
    ///
    /// # Errors
    /// See [`SendError`]; the operation is then not kept.
    pub fn send(&mut self, operation: Operation, now: Timestamp) -> Result<u64, SendError> {
        match &operation {
            Operation::Text { text, .. } if text.len() > MAX_TEXT_BYTES => {
                return Err(SendError::TextTooLong { bytes: text.len() });
            }
            Operation::Annotation(Annotation::Unknown) | Operation::Unknown => return Err(SendError::Unknown),
            Operation::Annotation(annotation) if !annotation.fits() => return Err(SendError::ListTooLong),
            Operation::Text { .. } | Operation::Annotation(_) => {}
        }
        if self.kept.len() >= MAX_UNACKNOWLEDGED {
            return Err(SendError::Full);
        }
        if self.kept.is_empty() {
            self.repeated = now;
        }
        self.kept.push_back(Kept { operation, since: now });
        Ok(self.last())
    }

    /// An operation of the peer arrived, whichever way. Numbers that are not in reach are ignored.
    pub fn received(&mut self, Sequenced { seq, operation }: Sequenced) {
        if seq == 0 || seq > self.received.saturating_add(MAX_GAP) {
            return;
        }
        self.owes_ack = true;
        if seq > self.received {
            self.early.entry(seq).or_insert(operation);
        }
        while let Some(operation) = self.early.remove(&self.received.saturating_add(1)) {
            self.received += 1;
            self.delivered.push_back(operation);
        }
    }

    /// The peer has everything up to and including `through`. A number never sent is ignored.
    pub fn acknowledged(&mut self, through: u64) {
        if through > self.last() {
            return;
        }
        while self.acknowledged < through {
            self.kept.pop_front();
            self.acknowledged += 1;
            self.progress = true;
        }
        self.handed_out = self.handed_out.max(through);
    }

    /// The channel is open (again): what is unacknowledged goes there.
    pub fn channel_opened(&mut self) {
        self.channel_is_open = true;
        self.change_way();
    }

    /// The channel is gone, or gives no sign of life: what is unacknowledged goes through the hub.
    pub fn channel_closed(&mut self) {
        self.channel_is_open = false;
        self.change_way();
    }

    /// What was said last, an acknowledgement too, may be lost with the old way.
    fn change_way(&mut self) {
        self.handed_out = self.acknowledged;
        self.owes_ack |= self.received > 0;
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next; none while the channel is open, or nothing waits.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let waits = !self.channel_is_open && self.handed_out > self.acknowledged;
        waits.then(|| self.repeated + REPEAT_AFTER)
    }

    /// Sends again by way of the hub what was not acknowledged for long.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.repeated = now;
            self.handed_out = self.acknowledged;
        }
    }

    /// Since when the oldest unacknowledged operation waits; a channel can be dead without closing.
    pub fn waiting_since(&self) -> Option<Timestamp> {
        self.kept.front().map(|kept| kept.since)
    }

    /// How many operations wait for an acknowledgement.
    pub fn unacknowledged(&self) -> usize {
        self.kept.len()
    }

    /// The next thing to do; none means that all is done.
    pub fn poll_output(&mut self) -> Option<OperationOutput> {
        if let Some(operation) = self.delivered.pop_front() {
            return Some(OperationOutput::Delivered(operation));
        }
        if std::mem::take(&mut self.progress) {
            return Some(OperationOutput::Acknowledged(self.acknowledged));
        }
        if std::mem::take(&mut self.owes_ack) {
            let through = self.received;
            return Some(if self.channel_is_open {
                OperationOutput::OnChannel(ChannelMessage::OperationAck { through })
            } else {
                OperationOutput::ThroughHub(CallMessage::OperationAck { through })
            });
        }
        self.hand_out()
    }

    fn hand_out(&mut self) -> Option<OperationOutput> {
        let ahead = self.handed_out - self.acknowledged;
        let window = if self.channel_is_open {
            CHANNEL_WINDOW
        } else {
            HUB_WINDOW
        };
        if ahead >= window {
            return None;
        }
        let kept = self.kept.get(usize::try_from(ahead).ok()?)?;
        self.handed_out += 1;
        let sequenced = Sequenced {
            seq: self.handed_out,
            operation: kept.operation.clone(),
        };
        Some(if self.channel_is_open {
            OperationOutput::OnChannel(ChannelMessage::Operation(sequenced))
        } else {
            OperationOutput::ThroughHub(CallMessage::Operation(sequenced))
        })
    }

    /// The number of our last operation.
    fn last(&self) -> u64 {
        self.acknowledged + self.kept.len() as u64
    }
}
