//! Where access tokens come from.

use std::fmt;

use async_trait::async_trait;

/// An access token. Its `Debug` form hides it; it is read at one place, where `hello` is made.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(String);

impl AccessToken {
    /// Wraps a token as its issuer gave it.
    pub fn new(token: impl Into<String>) -> Self {
        Self(token.into())
    }

    /// The token itself, for the wire only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(hidden)")
    }
}

/// Why there is no access token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Only the user can help: they have to sign in (again).
    #[error("signing in is needed: {message}")]
    SignInNeeded {
        /// What happened, in plain words. No secrets.
        message: String,
    },
    /// Trying again later may help: no network, say.
    #[error("no access token could be fetched: {message}")]
    Unavailable {
        /// What happened, in plain words. No secrets.
        message: String,
    },
}

/// Gives access tokens of the signed-in user.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A valid access token; called before every connection. The future may be dropped at any point.
    ///
    /// `renew` is set when the last token was refused: one from a cache will not do.
    ///
    /// # Errors
    /// See [`TokenError`].
    async fn access_token(&self, renew: bool) -> Result<AccessToken, TokenError>;
}
