//! Typed clients for the services around a call, over one HTTP policy.

pub mod http;
pub mod sandbox;
mod secret;

pub use secret::Secret;
