//! What a test in Kotlin or Swift, and the desktop app, need around the library: a phone's camera, encoder, microphone and
//! AR session on one clock, a real hub, and an expert at the other end. A second UniFFI library, never shipped.

mod expert;
mod flat;
mod hub;
mod phone;
mod runtime;

pub use expert::HeadlessExpert;
pub use hub::TestHub;
pub use phone::{PhoneCamera, PhoneControl, PhoneDepth, PhoneFrame, SimulatedPhone};

/// Why the test's surroundings failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PhoneFailure {
    /// In words.
    #[error("{reason}")]
    Failed {
        /// What went wrong.
        reason: String,
    },
}

impl PhoneFailure {
    pub(crate) fn of(error: impl std::fmt::Display) -> Self {
        Self::Failed {
            reason: error.to_string(),
        }
    }
}

uniffi::setup_scaffolding!();
