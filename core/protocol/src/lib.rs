//! What a call means, without doing any of it: identifiers, wire messages and pure state machines.
//!
//! Nothing here reads a clock, opens a socket or draws a random number; a machine is told the time and handed its
//! identifiers, and answers with outputs. `docs/protocol.md` is the same protocol in prose.

pub mod annotations;
pub mod call;
pub mod ids;
pub mod link;
pub mod messages;
pub mod operations;
pub mod time;

pub use ids::{Address, CallId, DeviceId, PersonId, TextId};
pub use time::Timestamp;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
