//! The core's surface for phones. Few objects, pulled streams, flat hot paths; `docs/surface.md` has the rules and
//! `tests/surface_rules.rs` holds them. Nothing is decided here: every object hands on to `assist-engine`.

mod assist;
mod call;
mod drawing;
mod errors;
mod logging;
mod runtime;
mod secure_store;
mod session;
mod streams;
#[cfg(feature = "test-exports")]
pub mod test_exports;

pub use assist::{Assist, AssistConfig};
pub use call::Call;
pub use errors::{AssistError, CallFailure, DrawFailure, MediaFailure, SignInFailure};
pub use logging::{LogLevel, LogSink};
pub use secure_store::{SecureStore, SecureStoreFailure};
pub use session::Session;
pub use streams::{
    CallEventStream, CallStream, EncoderControlStream, EncoderRequest, IncomingCallStream, LinkStream, SessionStream,
    VideoStream,
};

uniffi::setup_scaffolding!();
