//! Signalling, the sandbox tenant and the expert's page: all a call needs, in one binary.
//!
//! [`Hub::start`] runs one in this process; the binary `assist-hub` is that and a command line.

mod calls;
mod config;
mod error;
mod hub;
mod ice;
mod limits;
mod page;
mod presence;
mod private_file;
mod relay;
mod sandbox;
mod server;
mod sessions;
mod socket;
mod store;
mod tls;

pub use config::{HubConfig, IceConfig, Limits, Tls, TurnSecret};
pub use error::HubError;
pub use hub::{Hub, RunningHub};
