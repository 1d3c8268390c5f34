//! The one HTTP policy: time limits, bounded answers, retries, and nothing private in an error.

mod client;
mod error;
mod retry;

pub use client::{Answer, HttpClient, HttpConfig};
pub use error::{HttpError, HttpSetupError};
