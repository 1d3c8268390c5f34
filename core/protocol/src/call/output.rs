//! What a call machine wants done.

use serde::{Deserialize, Serialize};

use super::CallSnapshot;
use crate::ids::CallId;
use crate::messages::CallMessage;
use crate::messages::call::{Candidate, is_false};
use crate::messages::signalling::Recipient;

/// One thing to do, in order. Of one input: first what it causes, then the acknowledgement, then what changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "output", rename_all = "snake_case")]
pub enum Output {
    /// Hand this to signalling. A repetition is the same output again.
    Send {
        /// For whom.
        to: Recipient,
        /// Of which call.
        call: CallId,
        /// Its number; 0 for those that nobody acknowledges.
        id: u64,
        /// What it says.
        body: CallMessage,
    },
    /// Make an offer and say `offer_created`. Round 0, and when it is `fresh`: make a peer connection for it.
    CreateOffer {
        /// For which call.
        call: CallId,
        /// The new round.
        round: u32,
        /// With new ICE credentials.
        restart: bool,
        /// Of a new connection, whose number is the round. The connection in use stays until this one is up; one that
        /// was never up goes at once. What comes next is about this one.
        #[serde(default, skip_serializing_if = "is_false")]
        fresh: bool,
    },
    /// Apply this offer, make an answer and say `answer_created`. Round 0, and when it is `fresh`: make a peer connection
    /// for it.
    CreateAnswer {
        /// For which call.
        call: CallId,
        /// The offer's round.
        round: u32,
        /// The offer's SDP.
        offer: String,
        /// For a new connection: as with an offer.
        #[serde(default, skip_serializing_if = "is_false")]
        fresh: bool,
    },
    /// Apply the answer to the offer of this round.
    ApplyAnswer {
        /// For which call.
        call: CallId,
        /// The round.
        round: u32,
        /// The answer's SDP.
        answer: String,
    },
    /// Ways to reach the peer. Always after the description of their round.
    AddCandidates {
        /// For which call.
        call: CallId,
        /// Their round.
        round: u32,
        /// The candidates.
        candidates: Vec<Candidate>,
        /// No more will come for this round.
        complete: bool,
    },
    /// The call needs its media no more. At most once a call, and nothing about media after it.
    CloseMedia {
        /// Which call.
        call: CallId,
    },
    /// An `operation` or `operation_ack` came by way of the hub.
    Deliver {
        /// In which call.
        call: CallId,
        /// What came.
        body: CallMessage,
    },
    /// Something that is shown has changed. The last one of a call is *ended*.
    Changed {
        /// The call as it stands now.
        snapshot: CallSnapshot,
    },
}
