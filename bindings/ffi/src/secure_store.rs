//! The platform's secure store, as the app gives it.

use std::sync::Arc;

use assist_engine::ports::{self, SecureStoreError};

/// Keeps small texts where the platform keeps secrets. Called from threads of the library, one call at a time.
#[uniffi::export(with_foreign)]
pub trait SecureStore: Send + Sync {
    /// The text under a name; none when there is none.
    fn read(&self, name: String) -> Result<Option<String>, SecureStoreFailure>;

    /// Keeps a text under a name, in place of the one before.
    fn write(&self, name: String, text: String) -> Result<(), SecureStoreFailure>;
}

/// Why the store did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum SecureStoreFailure {
    /// It cannot be used now.
    #[error("{reason}")]
    Unavailable {
        /// The platform's words. No secrets.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for SecureStoreFailure {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // What the app threw may hold anything: it is not repeated.
        Self::Unavailable {
            reason: "it failed in an unexpected way".to_owned(),
        }
    }
}

impl From<SecureStoreFailure> for SecureStoreError {
    fn from(SecureStoreFailure::Unavailable { reason }: SecureStoreFailure) -> Self {
        Self { reason }
    }
}

/// The foreign store as the engine's port.
pub(crate) struct StorePort(pub(crate) Arc<dyn SecureStore>);

impl ports::SecureStore for StorePort {
    fn read(&self, name: &str) -> Result<Option<String>, SecureStoreError> {
        Ok(self.0.read(name.to_owned())?)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), SecureStoreError> {
        Ok(self.0.write(name.to_owned(), text.to_owned())?)
    }
}
