//! From bytes to a message, telling apart the ways in which bytes are not one.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::call::ErrorCode;

/// The version this build speaks: the field `v` of every message.
pub const PROTOCOL_VERSION: u32 = 1;

/// Largest message accepted or sent, in bytes of JSON: a large SDP with every candidate is a tenth of it.
pub const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// Why bytes are not a message we understand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not parsed at all.
    #[error("the message has {bytes} bytes; at most {MAX_MESSAGE_BYTES} are accepted")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Not JSON, or not an object with `v` and `type`.
    #[error("the message is not a JSON object with the fields \"v\" and \"type\"")]
    NotAMessage,
    /// Another version of the protocol.
    #[error("the message has version {version}; this side speaks version {PROTOCOL_VERSION}")]
    Version {
        /// The version it names.
        version: u64,
    },
    /// A type this version does not know; from a newer peer, say.
    #[error("messages of type \"{kind}\" are not known here")]
    UnknownType {
        /// The type it names, shortened.
        kind: String,
    },
    /// A known type with missing or wrong fields. Field names are told, values are not: they may be private.
    #[error("a message of type \"{kind}\" has a missing or malformed field")]
    Malformed {
        /// The type it names.
        kind: String,
    },
}

impl DecodeError {
    /// The code under which its sender is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::NotAMessage => ErrorCode::NotAMessage,
            Self::Version { .. } => ErrorCode::Version,
            Self::UnknownType { .. } => ErrorCode::UnknownType,
            Self::Malformed { .. } => ErrorCode::Malformed,
        }
    }
}

/// A message family: which `type`s it has.
pub trait Wire: Serialize + DeserializeOwned {
    /// Every `type` of the family, as on the wire.
    const TYPES: &'static [&'static str];
}

#[derive(Serialize)]
struct Versioned<'a, T> {
    v: u32,
    #[serde(flatten)]
    message: &'a T,
}

/// The JSON text of a message, with its version.
pub fn encode<T: Wire>(message: &T) -> String {
    // Our own types have string keys and no failing serialisers, so that this cannot fail.
    serde_json::to_string(&Versioned {
        v: PROTOCOL_VERSION,
        message,
    })
    .unwrap_or_default()
}

/// Reads one message of the family `T`.
///
/// # Errors
/// See [`DecodeError`]; nothing is half read.
pub fn decode<T: Wire>(bytes: &[u8]) -> Result<T, DecodeError> {
    if bytes.len() > MAX_MESSAGE_BYTES {
        return Err(DecodeError::TooLarge { bytes: bytes.len() });
    }
    let value: Value = serde_json::from_slice(bytes).map_err(|_| DecodeError::NotAMessage)?;
    let version = value.get("v").and_then(Value::as_u64).ok_or(DecodeError::NotAMessage)?;
    if version != u64::from(PROTOCOL_VERSION) {
        return Err(DecodeError::Version { version });
    }
    from_value(value)
}

/// Reads a message without `v` of its own, one that travels inside another.
///
/// # Errors
/// See [`DecodeError`].
pub fn from_value<T: Wire>(value: Value) -> Result<T, DecodeError> {
    let kind = value
        .get("type")
        .and_then(Value::as_str)
        .ok_or(DecodeError::NotAMessage)?;
    if !T::TYPES.contains(&kind) {
        return Err(DecodeError::UnknownType {
            kind: kind.chars().take(40).collect(),
        });
    }
    let kind = kind.to_owned();
    T::deserialize(value).map_err(|_| DecodeError::Malformed { kind })
}

/// Reads a list of at most `N` elements; a longer one is malformed.
pub(super) fn at_most<'de, D, T, const N: usize>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::deserialize(deserializer)?;
    if list.len() > N {
        return Err(serde::de::Error::invalid_length(list.len(), &"a shorter list"));
    }
    Ok(list)
}
