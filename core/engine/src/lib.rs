//! The running core of a call: WebRTC, signalling, audio, and the tasks that own them.
//!
//! A [`session::Session`] is a signed-in device. It gives [`call::Call`]s, placed or incoming; one owner task drives the
//! pure machines of `assist-protocol` for all of them. Pictures and sound take a short way of their own from the shell's
//! threads to the [`transport`].

pub mod advice;
pub mod annotations;
pub mod audio;
pub mod call;
pub mod clock;
pub mod media;
pub mod ports;
pub mod sandbox;
pub mod session;
pub mod sign_in;
pub mod signalling;
mod sleep_watch;
pub mod transport;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
