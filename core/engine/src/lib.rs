//! The running core of a call: WebRTC, signalling, audio, and the tasks that own them.

pub mod audio;
pub mod media;
pub mod signalling;
pub mod transport;
