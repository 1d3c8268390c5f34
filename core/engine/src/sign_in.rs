//! From an account to a running session.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use assist_cloud::http::{HttpClient, HttpConfig, HttpSetupError};
use assist_cloud::{sandbox, tls};
use assist_protocol::DeviceId;
use tokio::runtime::Handle;

use crate::ports::{SecureStore, SecureStoreError, device_id};
use crate::sandbox::SandboxTokens;
use crate::session::{Session, SessionConfig};
use crate::signalling::{SignallingConfig, StartError, TokenSource};
use crate::transport::TransportFactory;

/// An account of a hub's sandbox tenant. Its `Debug` form hides the key.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SandboxAccount {
    /// `https://HOST[:PORT]`; `http://` for this machine only.
    pub hub_url: String,
    /// The account's name.
    pub account: String,
    /// The key that the hub printed when it started.
    pub key: String,
    /// A certificate (PEM) to trust besides the public ones: a hub's own, or a company's root.
    pub certificate_pem: Option<String>,
}

impl fmt::Debug for SandboxAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SandboxAccount")
            .field("hub_url", &self.hub_url)
            .finish_non_exhaustive()
    }
}

/// Why nobody was signed in. Nothing was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// The address.
    #[error("the hub's address is not of the form https://host[:port]")]
    InvalidAddress,
    /// The address of another machine without encryption.
    #[error("the hub's address is not encrypted (http://); use https://, a key must not travel in the clear")]
    NotEncrypted,
    /// The certificate.
    #[error("the additional certificate cannot be read; expected is one X.509 certificate in PEM form")]
    InvalidCertificate,
    /// The hub, or the way to it.
    #[error(transparent)]
    Hub(#[from] sandbox::SignInError),
    /// The device's secure store.
    #[error(transparent)]
    SecureStore(#[from] SecureStoreError),
    /// The app is closing.
    #[error("the app is closing; nobody was signed in")]
    Closed,
}

impl SignInError {
    /// Whether the same sign-in may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Hub(error) => error.is_retryable(),
            Self::SecureStore(_) => true,
            Self::InvalidAddress | Self::NotEncrypted | Self::InvalidCertificate | Self::Closed => false,
        }
    }

    /// When the hub said to come back, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Hub(error) => error.retry_after(),
            Self::SecureStore(_)
            | Self::InvalidAddress
            | Self::NotEncrypted
            | Self::InvalidCertificate
            | Self::Closed => None,
        }
    }

    /// Whether only another account or key helps.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Hub(error) if error.needs_sign_in())
    }
}

impl From<StartError> for SignInError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::InvalidUrl => Self::InvalidAddress,
            StartError::PlainText => Self::NotEncrypted,
            StartError::InvalidRoot => Self::InvalidCertificate,
        }
    }
}

/// Signs in and starts a session: returns when the hub has accepted the account; whether it is connected is the session's
/// state. `client` names the app and its version to people who read the hub's logs.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in(
    account: SandboxAccount,
    client: &str,
    store: Arc<dyn SecureStore>,
    transport: Arc<dyn TransportFactory>,
) -> Result<Session, SignInError> {
    let device = device_id(store).await?;
    sign_in_as(device, account, client, transport).await
}

/// The same for a device whose id is known.
///
/// # Errors
/// See [`SignInError`].
pub async fn sign_in_as(
    device: DeviceId,
    account: SandboxAccount,
    client: &str,
    transport: Arc<dyn TransportFactory>,
) -> Result<Session, SignInError> {
    let hub_url = account.hub_url.trim_end_matches('/');
    let mut signalling = SignallingConfig::new(socket_address(hub_url)?, device, client);
    if let Some(pem) = &account.certificate_pem {
        let roots = tls::certificates(pem.as_bytes()).map_err(|_| SignInError::InvalidCertificate)?;
        signalling.extra_root = roots.into_iter().next();
    }
    signalling.check()?;
    let http = HttpClient::new(HttpConfig {
        extra_roots_pem: account.certificate_pem.map(String::into_bytes),
        ..HttpConfig::default()
    })
    .map_err(|error| match error {
        HttpSetupError::Certificate | HttpSetupError::Tls => SignInError::InvalidCertificate,
    })?;
    let tokens = SandboxTokens::over(http, hub_url, &account.account, &account.key);
    // Once here, so that a wrong key is an answer to this call and not to a later moment of the session.
    tokens.sign_in().await?;
    let config = SessionConfig::new(signalling, Arc::new(tokens) as Arc<dyn TokenSource>, transport);
    Ok(Session::start(&Handle::current(), config)?)
}

/// Where the hub's WebSocket is.
fn socket_address(hub_url: &str) -> Result<String, SignInError> {
    let (scheme, rest) = hub_url.split_once("://").ok_or(SignInError::InvalidAddress)?;
    let scheme = match scheme {
        "http" => "ws",
        "https" => "wss",
        _ => return Err(SignInError::InvalidAddress),
    };
    Ok(format!("{scheme}://{rest}/signal"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::MemoryStore;
    use crate::transport::memory::MemoryNetwork;

    async fn refusal(hub_url: &str, certificate_pem: Option<&str>) -> SignInError {
        let account = SandboxAccount {
            hub_url: hub_url.to_owned(),
            account: "technician".to_owned(),
            key: "key".to_owned(),
            certificate_pem: certificate_pem.map(str::to_owned),
        };
        let store = Arc::new(MemoryStore::default());
        let network = Arc::new(MemoryNetwork::default());
        sign_in(account, "test", store, network).await.map(drop).unwrap_err()
    }

    #[tokio::test]
    async fn a_slip_is_named_before_anything_is_sent() {
        assert_eq!(refusal("hub.example", None).await, SignInError::InvalidAddress);
        assert_eq!(refusal("ftp://hub.example", None).await, SignInError::InvalidAddress);
        assert_eq!(refusal("https://", None).await, SignInError::InvalidAddress);
        assert_eq!(refusal("http://hub.example", None).await, SignInError::NotEncrypted);
        let rubbish = refusal("https://hub.example", Some("-----BEGIN NOTHING-----")).await;
        assert_eq!(rubbish, SignInError::InvalidCertificate);
    }

    #[tokio::test]
    async fn a_hub_that_is_not_there_can_be_tried_again() {
        let refusal = refusal("http://127.0.0.1:1", None).await;
        assert!(refusal.is_retryable() && !refusal.needs_sign_in(), "{refusal}");
    }
}
