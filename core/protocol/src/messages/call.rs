//! What two devices of one call tell each other through the hub.

use serde::{Deserialize, Serialize};

use super::channel::Operation;
use super::decode::{Wire, at_most};
use crate::ids::DeviceId;

/// Most candidates in one message.
pub const MAX_CANDIDATES: usize = 32;

/// Most ids in one acknowledgement.
pub const MAX_ACK_IDS: usize = 64;

/// The body of a relayed message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CallMessage {
    /// Caller to every device of the callee: a call, with the caller's offer.
    Invite {
        /// How long the callee's devices may ring, from receipt, in ms.
        lifetime_ms: u32,
        /// SDP of the offer of round 0.
        offer: String,
    },
    /// A callee's device to the caller: it rings now.
    Ringing,
    /// A callee's device to the caller: somebody accepted there.
    Answer {
        /// SDP of the answer of round 0.
        answer: String,
        /// The sender takes rounds that are `fresh`. Clients before these do not say it, and get restarts.
        #[serde(default, skip_serializing_if = "is_false")]
        renews: bool,
    },
    /// Caller to every device of the callee: the answer of this device was taken; the others stop ringing.
    Select {
        /// The device whose answer was taken.
        device: DeviceId,
    },
    /// A callee's device to the caller: no.
    Reject {
        /// Why.
        reason: RejectReason,
    },
    /// Ways to reach the sender, as they become known (trickle ICE, RFC 8838).
    Candidates {
        /// The offer/answer round they belong to.
        round: u32,
        /// The candidates; at most [`MAX_CANDIDATES`] a message.
        #[serde(deserialize_with = "at_most::<_, _, MAX_CANDIDATES>")]
        candidates: Vec<Candidate>,
        /// No more will come for this round.
        complete: bool,
    },
    /// A new description within the call. Only the caller offers; the callee asks with `negotiate_request`.
    Negotiate {
        /// 1 for the first round after the invite's, then counting up; an answer has its offer's round.
        round: u32,
        /// The description.
        description: Description,
        /// Of an offer: it is a new connection's, which takes the old one's place when it is up.
        #[serde(default, skip_serializing_if = "is_false")]
        fresh: bool,
    },
    /// Callee to caller: please offer anew.
    NegotiateRequest {
        /// With new ICE credentials, because the path is lost or has changed.
        restart: bool,
        /// With a new connection, because the newest one is not up.
        #[serde(default, skip_serializing_if = "is_false")]
        fresh: bool,
        /// The newest round that the sender knew when it asked. Clients before `fresh` do not say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<u32>,
    },
    /// Either side: the call is over for me.
    HangUp {
        /// Why.
        reason: EndReason,
    },
    /// These messages of yours have arrived (their `id`s). Never acknowledged itself.
    Ack {
        /// At most [`MAX_ACK_IDS`] ids.
        #[serde(deserialize_with = "at_most::<_, _, MAX_ACK_IDS>")]
        ids: Vec<u64>,
        /// Set when a hang-up is among them: how the call ended on this side, for both to agree on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<EndReason>,
    },
    /// An in-call operation, while no data channel is open.
    Operation(Sequenced),
    /// All operations up to and including this number have arrived. Never acknowledged itself.
    OperationAck {
        /// The highest number without a gap below it.
        through: u64,
    },
    /// Your message could not be understood. Never answered, never acknowledged.
    Error {
        /// The `id` of the message meant.
        about: u64,
        /// What is wrong with it.
        code: ErrorCode,
        /// The same in plain words.
        message: String,
    },
}

/// What is not said is false.
pub(crate) fn is_false(value: &bool) -> bool {
    !value
}

/// An operation with its place in the sender's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequenced {
    /// Counts up from 1 for each sender in a call, whichever way the operation travels.
    pub seq: u64,
    /// What was done.
    pub operation: Operation,
}

/// Why a callee's device says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// A person declined.
    Declined,
    /// The person is in another call.
    Busy,
}

/// How a call ended. Both ends hold the same one; of two that crossed, the one that stands first here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum EndReason {
    /// Somebody in the call hung up.
    HungUp,
    /// The caller gave up before anyone answered.
    Cancelled,
    /// The callee declined.
    Declined,
    /// The callee is in another call.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// Another device of the callee took the call.
    AnsweredElsewhere,
    /// Both called each other, and the other call was kept.
    Replaced,
    /// Answered, but no way to exchange media was found in time.
    ConnectFailed,
    /// Media was lost for longer than the call waits.
    ConnectionLost,
    /// The callee is not known, or may not be called by this person.
    Unreachable,
    /// A device could not go on: no codec, a refused description, the app going away.
    Failed,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, or not an object of the agreed form.
    NotAMessage,
    /// Its version is not spoken here.
    Version,
    /// Its type is not known here.
    UnknownType,
    /// A field is missing or wrong.
    Malformed,
    /// Larger than accepted.
    TooLarge,
    /// More than accepted in this time.
    TooFast,
    /// The session has no valid token.
    Unauthenticated,
    /// The sender is not in that call.
    NotInCall,
    /// The person or device is not there, or may not be reached.
    Unreachable,
}

/// One ICE candidate, as a browser's `RTCIceCandidate.toJSON()` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The candidate attribute, `candidate:…`.
    pub candidate: String,
    /// The media section's id, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mid: Option<String>,
    /// The media section's index, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u16>,
}

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Offer or answer.
    pub kind: DescriptionKind,
    /// Its SDP.
    pub sdp: String,
}

/// Which half of an exchange a description is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionKind {
    /// The first half.
    Offer,
    /// The second.
    Answer,
}

impl Wire for CallMessage {
    const TYPES: &'static [&'static str] = &[
        "invite",
        "ringing",
        "answer",
        "select",
        "reject",
        "candidates",
        "negotiate",
        "negotiate_request",
        "hang_up",
        "ack",
        "operation",
        "operation_ack",
        "error",
    ];
}
