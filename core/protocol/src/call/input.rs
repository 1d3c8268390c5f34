//! What a call machine is told.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{Address, CallId, PersonId};
use crate::messages::call::{Candidate, ErrorCode};
use crate::messages::{CallMessage, from_value};

/// One thing that happened. Inputs that make no sense at the moment, or name a call that is not known or has ended,
/// are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Input {
    /// The user calls a person. Ignored while another call is live.
    Place {
        /// The new call's id, chosen by the owner of the machine at random.
        call: CallId,
        /// Who is called.
        callee: PersonId,
    },
    /// The user accepts the call that rings.
    Accept,
    /// The user declines the call that rings.
    Decline,
    /// The user ends the live call, or declines the one that rings.
    HangUp,
    /// The device cannot go on with this call.
    Fail {
        /// Which.
        call: CallId,
    },
    /// A relayed message arrived.
    Received {
        /// Of which call.
        call: CallId,
        /// Who sent it.
        from: Address,
        /// As its sender numbered it.
        id: u64,
        /// What it says.
        body: CallMessage,
    },
    /// A relayed message arrived that could not be decoded.
    ReceivedUnknown {
        /// Of which call.
        call: CallId,
        /// Who sent it.
        from: Address,
        /// As its sender numbered it.
        id: u64,
        /// What is wrong with it.
        code: ErrorCode,
        /// The same in plain words.
        message: String,
    },
    /// The hub did not pass on a message of ours.
    Refused {
        /// Of which call.
        call: CallId,
        /// As we numbered it.
        id: u64,
        /// Why.
        code: ErrorCode,
    },
    /// The media layer made the offer it was asked for.
    OfferCreated {
        /// For which call.
        call: CallId,
        /// For which round.
        round: u32,
        /// The offer.
        sdp: String,
    },
    /// The media layer made the answer it was asked for.
    AnswerCreated {
        /// For which call.
        call: CallId,
        /// For which round.
        round: u32,
        /// The answer.
        sdp: String,
    },
    /// The media layer found ways to reach this device.
    CandidatesGathered {
        /// For which call.
        call: CallId,
        /// For which round.
        round: u32,
        /// The candidates.
        candidates: Vec<Candidate>,
        /// No more will come for this round.
        complete: bool,
    },
    /// Media can flow: ICE and DTLS are connected.
    MediaConnected {
        /// In which call.
        call: CallId,
        /// Over which connection: the round that it was made for.
        #[serde(default, skip_serializing_if = "is_first")]
        connection: u32,
    },
    /// Media stopped: ICE is disconnected or failed.
    MediaDisconnected {
        /// In which call.
        call: CallId,
        /// Over which connection: the round that it was made for.
        #[serde(default, skip_serializing_if = "is_first")]
        connection: u32,
    },
    /// Media cannot be had: a description was refused, say.
    MediaFailed {
        /// In which call.
        call: CallId,
    },
    /// The device changed its network.
    NetworkChanged,
    /// The device slept, for longer than a connection is sure to survive.
    Woke,
    /// The signalling session is there (again). A machine begins with one.
    SignallingConnected,
    /// The signalling session is gone; nothing is sent until it is back.
    SignallingLost,
    /// The peer said on the data channel that it hangs up.
    PeerHungUp {
        /// Which call.
        call: CallId,
    },
    /// Send this `operation` or `operation_ack` to the peer.
    Relay {
        /// In which call.
        call: CallId,
        /// The body; every other type is ignored.
        body: CallMessage,
    },
}

/// Whether a connection is the one that the call began with.
fn is_first(connection: &u32) -> bool {
    *connection == 0
}

impl Input {
    /// A relayed message as it came, decoded or marked as not decodable.
    pub fn from_relayed(call: CallId, from: Address, id: u64, body: Value) -> Self {
        match from_value(body) {
            Ok(body) => Self::Received { call, from, id, body },
            Err(error) => Self::ReceivedUnknown {
                call,
                from,
                id,
                code: error.code(),
                message: error.to_string(),
            },
        }
    }
}
