//! Typed clients for the services around a call, over one HTTP policy.

pub mod http;
pub mod sandbox;
mod secret;
pub mod tls;

pub use secret::Secret;
