//! Signing in to the sandbox tenant of a hub (`POST /sandbox/sign-in` of `docs/protocol.md`).

use std::time::{Duration, SystemTime};

use assist_protocol::PersonId;
use serde::{Deserialize, Serialize};

use crate::{
    Secret,
    http::{HttpClient, HttpError},
};

/// What a sign-in gives: who one is, and the proof of it for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessToken {
    token: Secret,
    person: PersonId,
    name: String,
    expires_at: SystemTime,
}

impl AccessToken {
    /// The token, for the `hello` of a session.
    pub fn token(&self) -> &Secret {
        &self.token
    }

    /// Whose it is.
    pub fn person(&self) -> &PersonId {
        &self.person
    }

    /// Their name, for showing.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it ceases to open sessions, by this device's clock.
    pub fn expires_at(&self) -> SystemTime {
        self.expires_at
    }

    /// Whether it should be replaced before it is used: it ends within half a minute.
    pub fn is_stale(&self, now: SystemTime) -> bool {
        now + Duration::from_secs(30) >= self.expires_at
    }
}

/// Why nobody was signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The hub does not take this account and key.
    #[error("the account or the key is wrong; use the key that the hub printed when it started")]
    Rejected,
    /// What answers there is no hub, or one of another version.
    #[error("what answers at this address is not a hub that this version can sign in to; check the address")]
    NotAHub,
    /// The hub could not be asked.
    #[error("signing in did not work: {0}")]
    Http(#[from] HttpError),
}

impl SignInError {
    /// Whether the same sign-in may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Http(error) => error.is_retryable(),
            Self::Rejected | Self::NotAHub => false,
        }
    }

    /// When the hub said to come back, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Http(error) => error.retry_after(),
            Self::Rejected | Self::NotAHub => None,
        }
    }

    /// Whether only another account or key helps.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Rejected)
    }
}

#[derive(Serialize)]
struct Request<'a> {
    account: &'a str,
    key: &'a str,
}

#[derive(Deserialize)]
struct Accepted {
    token: String,
    expires_in_s: u32,
    person: AcceptedPerson,
}

#[derive(Deserialize)]
struct AcceptedPerson {
    id: PersonId,
    name: String,
}

/// Exchanges an account and the sandbox key for an access token. `hub` is its address, `http://127.0.0.1:8080` say.
/// Repeated by itself when it fails for reasons that pass.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(http: &HttpClient, hub: &str, account: &str, key: &Secret) -> Result<AccessToken, SignInError> {
    let asked_at = SystemTime::now();
    let request = Request {
        account,
        key: key.expose(),
    };
    let answer = http.post_json_repeatable(hub, "sandbox/sign-in", &request).await?;
    match answer.status {
        200 => {}
        401 => return Err(SignInError::Rejected),
        _ => return Err(SignInError::NotAHub),
    }
    let accepted: Accepted = serde_json::from_slice(&answer.body).map_err(|_| SignInError::NotAHub)?;
    Ok(AccessToken {
        token: Secret::new(accepted.token),
        person: accepted.person.id,
        name: accepted.person.name,
        expires_at: asked_at + Duration::from_secs(u64::from(accepted.expires_in_s)),
    })
}
