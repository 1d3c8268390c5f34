//! What a user is shown of a call.

use serde::{Deserialize, Serialize};

use crate::ids::{CallId, DeviceId, PersonId};
use crate::messages::call::EndReason;

/// Which end of a call this device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Role {
    /// It invited, it decides, and it makes every offer.
    Caller,
    /// It was invited.
    Callee,
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum CallState {
    /// Caller: the invite is being made or on its way.
    Inviting,
    /// Caller: it rings at the callee.
    Alerting,
    /// Callee: it rings here.
    Ringing,
    /// Callee: accepted here, not yet confirmed by the caller.
    Accepting,
    /// Both agree on the call; media is not there yet.
    Connecting,
    /// Media flows.
    Connected,
    /// Media was lost and is being brought back.
    Reconnecting,
    /// Over for the user; the other end's word on the reason is waited for. The reason may still change.
    Ending,
    /// Over.
    Ended,
}

impl CallState {
    /// Every state, in the order of a call's life.
    pub const ALL: [Self; 9] = [
        Self::Inviting,
        Self::Alerting,
        Self::Ringing,
        Self::Accepting,
        Self::Connecting,
        Self::Connected,
        Self::Reconnecting,
        Self::Ending,
        Self::Ended,
    ];

    /// Whether the call occupies its device: everything before *ending*.
    pub const fn is_live(self) -> bool {
        match self {
            Self::Inviting
            | Self::Alerting
            | Self::Ringing
            | Self::Accepting
            | Self::Connecting
            | Self::Connected
            | Self::Reconnecting => true,
            Self::Ending | Self::Ended => false,
        }
    }

    /// Whether both devices of the call are known to each other.
    pub const fn is_paired(self) -> bool {
        match self {
            Self::Connecting | Self::Connected | Self::Reconnecting => true,
            Self::Inviting | Self::Alerting | Self::Ringing | Self::Accepting | Self::Ending | Self::Ended => false,
        }
    }
}

/// A call as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSnapshot {
    /// Which call.
    pub call: CallId,
    /// Which end of it this device is.
    pub role: Role,
    /// The person at the other end.
    pub peer: PersonId,
    /// Their device, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_device: Option<DeviceId>,
    /// Where it stands.
    pub state: CallState,
    /// Why it ended, from *ending* on; final with *ended*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<EndReason>,
}
