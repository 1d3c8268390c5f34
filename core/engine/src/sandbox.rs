//! Access tokens of a hub's sandbox accounts.

use std::time::SystemTime;

use assist_cloud::Secret;
use assist_cloud::http::{HttpClient, HttpConfig, HttpSetupError};
use assist_cloud::sandbox::{self, AccessToken as SandboxToken};
use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::signalling::{AccessToken, TokenError, TokenSource};

/// Signs in to an account of a hub's sandbox tenant whenever a token is needed and the last one will not do.
#[derive(Debug)]
pub struct SandboxTokens {
    http: HttpClient,
    hub: String,
    account: String,
    key: Secret,
    last: Mutex<Option<SandboxToken>>,
}

impl SandboxTokens {
    /// For the hub at `hub` (`https://HOST[:PORT]`), an account of its sandbox, and the key it printed at its start.
    ///
    /// # Errors
    /// When no HTTP client can be made on this device.
    pub fn new(hub: &str, account: &str, key: &str) -> Result<Self, HttpSetupError> {
        Ok(Self::over(HttpClient::new(HttpConfig::default())?, hub, account, key))
    }

    /// The same over an HTTP client of the caller's: one that trusts the hub's own certificate, say.
    pub fn over(http: HttpClient, hub: &str, account: &str, key: &str) -> Self {
        Self {
            http,
            hub: hub.to_owned(),
            account: account.to_owned(),
            key: Secret::new(key),
            last: Mutex::default(),
        }
    }
}

impl SandboxTokens {
    /// Signs in now; the token is kept for the next connection.
    ///
    /// # Errors
    /// See [`sandbox::SignInError`].
    pub async fn sign_in(&self) -> Result<(), sandbox::SignInError> {
        let mut last = self.last.lock().await;
        *last = Some(sandbox::sign_in(&self.http, &self.hub, &self.account, &self.key).await?);
        Ok(())
    }
}

#[async_trait]
impl TokenSource for SandboxTokens {
    async fn access_token(&self, renew: bool) -> Result<AccessToken, TokenError> {
        let mut last = self.last.lock().await;
        if let Some(token) = last
            .as_ref()
            .filter(|token| !renew && !token.is_stale(SystemTime::now()))
        {
            return Ok(AccessToken::new(token.token().expose()));
        }
        match sandbox::sign_in(&self.http, &self.hub, &self.account, &self.key).await {
            Ok(token) => {
                let revealed = AccessToken::new(token.token().expose());
                *last = Some(token);
                Ok(revealed)
            }
            Err(error) if error.needs_sign_in() => Err(TokenError::SignInNeeded {
                message: error.to_string(),
            }),
            Err(error) => Err(TokenError::Unavailable {
                message: error.to_string(),
            }),
        }
    }
}
