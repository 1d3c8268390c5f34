//! What the signalling client tells its owner.

use std::time::Duration;

use assist_protocol::Address;
use assist_protocol::messages::HubMessage;
use assist_protocol::messages::call::ErrorCode;
use assist_protocol::messages::signalling::{IceServer, Person};

/// What happened on the signalling connection, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum SignallingEvent {
    /// The hub said `welcome`; [`super::Signalling::send`] works from now on.
    Connected(Welcome),
    /// There is no connection, or a try to make one failed. The client comes back by itself.
    Lost {
        /// Why.
        reason: LostReason,
        /// How long until the next try.
        retry_in: Duration,
    },
    /// A message of the hub, neither `welcome` nor `pong`.
    Message(HubMessage),
    /// Only the user can help. Nothing is tried until [`super::Signalling::reconnect_now`].
    SignInNeeded {
        /// What happened, in plain words.
        message: String,
    },
}

/// What the hub said in its `welcome`.
#[derive(Debug, Clone, PartialEq)]
pub struct Welcome {
    /// Who the token says this is.
    pub me: Address,
    /// Their name, for showing.
    pub name: String,
    /// STUN and TURN servers for calls of this session.
    pub ice_servers: Vec<IceServer>,
    /// Everybody this person may call.
    pub people: Vec<Person>,
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LostReason {
    /// No connection could be made: no network, a wrong address, a service that is down.
    #[error("the call service cannot be reached")]
    Unreachable,
    /// Its certificate is not one this client trusts.
    #[error("the call service's certificate is not trusted")]
    Untrusted,
    /// What answers there does not speak the protocol.
    #[error("what answers at the address is not a call service of this version")]
    NotAHub,
    /// The connection was not made, or not welcomed, in time.
    #[error("the call service did not answer in time")]
    TimedOut,
    /// Nothing was heard for twice the heartbeat.
    #[error("the connection to the call service went silent")]
    Silent,
    /// The hub closed it, or it broke.
    #[error("the connection to the call service was closed")]
    Closed,
    /// The hub announced a planned restart.
    #[error("the call service is being restarted")]
    GoingAway,
    /// [`super::Signalling::reconnect_now`] was called.
    #[error("the network changed")]
    NetworkChanged,
    /// A message came that is larger than the protocol allows.
    #[error("the call service sent a message that is too large")]
    OversizedMessage,
    /// No access token could be fetched; trying later may help.
    #[error("no access token could be fetched")]
    TokenUnavailable,
    /// The hub ended a running session because its token ran out.
    #[error("the session's token ran out")]
    TokenExpired,
    /// The hub refused the session for another reason than its token.
    #[error("the call service refused the session ({0:?})")]
    Refused(ErrorCode),
}
