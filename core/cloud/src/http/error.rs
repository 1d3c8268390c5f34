//! Why a request got no answer that can be used.

use std::time::Duration;

use super::retry::Retry;
use crate::tls::TlsSetupError;

/// Why a client cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpSetupError {
    /// The additional root certificate is none.
    #[error("the additional certificate cannot be used: it must be an X.509 certificate in PEM form")]
    Certificate,
    /// Secure connections cannot be set up.
    #[error("secure connections are not possible on this device")]
    Tls,
}

impl From<TlsSetupError> for HttpSetupError {
    fn from(error: TlsSetupError) -> Self {
        match error {
            TlsSetupError::Certificate => Self::Certificate,
            TlsSetupError::Cryptography => Self::Tls,
        }
    }
}

/// Why a request got no answer that can be used. Nothing of the request or the answer is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address is none.
    #[error("this is not the address of a service; it looks like \"https://host:port\"")]
    InvalidAddress,
    /// Nobody answers there.
    #[error("the service cannot be reached; check the network and the address, and try again")]
    Unreachable,
    /// The answer did not come in time, or not to its end.
    #[error("the service did not answer in time; try again")]
    TimedOut,
    /// The connection broke before the answer was complete.
    #[error("the connection broke before the answer was complete; try again")]
    Interrupted,
    /// The service's certificate is not one that this system trusts.
    #[error(
        "the service's certificate is not trusted here; nothing was sent to it. Check the address, or add its certificate"
    )]
    NotTrusted,
    /// The answer is larger than accepted.
    #[error("the service's answer is larger than accepted; it is not the one that was expected at this address")]
    TooLarge,
    /// The service asks for patience.
    #[error("the service has too much to do; try again later")]
    Throttled {
        /// When it said to come back.
        retry_after: Option<Duration>,
    },
    /// The service failed.
    #[error("the service failed (status {status}); try again later")]
    Failed {
        /// Its HTTP status, 500 or above.
        status: u16,
        /// When it said to come back.
        retry_after: Option<Duration>,
    },
}

impl HttpError {
    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Interrupted | Self::Throttled { .. } => true,
            Self::Failed { status, .. } => Retry::is_temporary(*status),
            Self::InvalidAddress | Self::NotTrusted | Self::TooLarge => false,
        }
    }

    /// When the service said to come back, if it did.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Throttled { retry_after } | Self::Failed { retry_after, .. } => *retry_after,
            Self::InvalidAddress
            | Self::Unreachable
            | Self::TimedOut
            | Self::Interrupted
            | Self::NotTrusted
            | Self::TooLarge => None,
        }
    }
}
