//! What a client and the hub tell each other over the WebSocket.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::call::ErrorCode;
use super::decode::Wire;
use crate::ids::{Address, CallId, DeviceId, PersonId};

/// Stands for a secret wherever a message is shown.
const REDACTED: &str = "(redacted)";

/// Client to hub. Shown without its token.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message of every connection.
    Hello {
        /// The access token of the person's sign-in. Never logged.
        token: String,
        /// This device; a second connection of the same device replaces the first.
        device: DeviceId,
        /// Name and version of the client, for people reading logs.
        client: String,
    },
    /// Pass this on within a call.
    Relay {
        /// The call.
        call: CallId,
        /// Whom it is for.
        to: Recipient,
        /// Counts up from 1 for each call and sending device; the same for a repetition.
        id: u64,
        /// A [`super::CallMessage`]. The hub reads its type and passes the rest on unread.
        body: Value,
    },
    /// Is anybody there?
    Ping {
        /// Told back.
        nonce: u64,
    },
}

/// Hub to client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum HubMessage {
    /// The answer to `hello`.
    Welcome {
        /// Who the token says this is.
        me: Address,
        /// Their name, for showing.
        name: String,
        /// STUN and TURN servers for this session, as `RTCConfiguration.iceServers` wants them.
        ice_servers: Vec<IceServer>,
        /// Everybody this person may call.
        people: Vec<Person>,
        /// A connection that was silent for twice this long is dead.
        heartbeat_ms: u32,
    },
    /// Somebody's presence changed.
    Presence {
        /// Who.
        person: PersonId,
        /// To what.
        presence: Presence,
    },
    /// A message of a call for this device.
    Relayed {
        /// The call.
        call: CallId,
        /// Who sent it, as the hub knows them.
        from: Address,
        /// As its sender numbered it.
        id: u64,
        /// A [`super::CallMessage`].
        body: Value,
    },
    /// The answer to `ping`.
    Pong {
        /// As in the ping.
        nonce: u64,
    },
    /// A message was not carried out.
    Refused {
        /// The call meant, if the message named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call: Option<CallId>,
        /// The `id` meant, if the message named one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// Why.
        code: ErrorCode,
        /// The same in plain words: what happened, what to do.
        message: String,
        /// When trying again makes sense, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u32>,
    },
    /// The hub goes away on purpose; calls go on, come back after this time.
    GoingAway {
        /// In ms.
        reconnect_after_ms: u32,
    },
}

/// Whom a relayed message is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Recipient {
    /// The person.
    pub person: PersonId,
    /// One of their devices; all of them if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// Somebody who can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name, for showing.
    pub name: String,
    /// Where they are now.
    pub presence: Presence,
}

/// Whether somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Presence {
    /// At least one device is connected.
    Online,
    /// In a call.
    Busy,
    /// No device is connected.
    Offline,
}

/// A STUN or TURN server. Shown without its password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:`, `turn:` or `turns:` addresses.
    pub urls: Vec<String>,
    /// For TURN: the time-limited user name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN: its password. Never logged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

impl fmt::Debug for ClientMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hello {
                token: _,
                device,
                client,
            } => formatter
                .debug_struct("Hello")
                .field("token", &REDACTED)
                .field("device", device)
                .field("client", client)
                .finish(),
            Self::Relay { call, to, id, body } => formatter
                .debug_struct("Relay")
                .field("call", call)
                .field("to", to)
                .field("id", id)
                .field("body", body)
                .finish(),
            Self::Ping { nonce } => formatter.debug_struct("Ping").field("nonce", nonce).finish(),
        }
    }
}

impl fmt::Debug for IceServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IceServer")
            .field("urls", &self.urls)
            .field("username", &self.username)
            .field("credential", &self.credential.as_ref().map(|_| REDACTED))
            .finish()
    }
}

impl Wire for ClientMessage {
    const TYPES: &'static [&'static str] = &["hello", "relay", "ping"];
}

impl Wire for HubMessage {
    const TYPES: &'static [&'static str] = &["welcome", "presence", "relayed", "pong", "refused", "going_away"];
}
