//! What a person, or an app in their place, can do about an error.

use std::time::Duration;

use crate::call::{CallError, PushError};
use crate::sign_in::SignInError;

/// What happened in plain words, and what now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Advice {
    /// What happened, what is safe, and what to do: for showing. No secrets.
    pub message: String,
    /// Whether the same may succeed later.
    pub is_retryable: bool,
    /// When the service said to come back, in ms.
    pub retry_after_ms: Option<u64>,
    /// Whether only signing in with other credentials helps.
    pub needs_sign_in: bool,
}

impl Advice {
    fn new(error: &dyn std::error::Error, is_retryable: bool) -> Self {
        Self {
            message: error.to_string(),
            is_retryable,
            retry_after_ms: None,
            needs_sign_in: false,
        }
    }
}

impl From<CallError> for Advice {
    fn from(error: CallError) -> Self {
        Self::new(&error, error.is_retryable())
    }
}

impl From<PushError> for Advice {
    fn from(error: PushError) -> Self {
        Self::new(&error, error == PushError::Busy)
    }
}

impl From<&SignInError> for Advice {
    fn from(error: &SignInError) -> Self {
        let millis = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Self {
            retry_after_ms: error.retry_after().map(millis),
            needs_sign_in: error.needs_sign_in(),
            ..Self::new(error, error.is_retryable())
        }
    }
}
