//! What only the device can do: its shell gives these to the core. Called from the engine's own threads, without a lock
//! held; they may block for as long as the platform needs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use assist_protocol::DeviceId;

/// Keeps small texts where the platform keeps secrets: the Keystore, the Keychain.
pub trait SecureStore: Send + Sync + 'static {
    /// The text under a name; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read now: a locked device, say.
    fn read(&self, name: &str) -> Result<Option<String>, SecureStoreError>;

    /// Keeps a text under a name, in place of the one before.
    ///
    /// # Errors
    /// When the store cannot be written now.
    fn write(&self, name: &str, text: &str) -> Result<(), SecureStoreError>;
}

/// Why the secure store did not work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this device's secure store did not work ({reason}); unlock the device and try again")]
pub struct SecureStoreError {
    /// The platform's words. No secrets.
    pub reason: String,
}

/// A store that forgets: for tests and for devices that live for one run.
#[derive(Debug, Default)]
pub struct MemoryStore {
    texts: Mutex<BTreeMap<String, String>>,
}

impl SecureStore for MemoryStore {
    fn read(&self, name: &str) -> Result<Option<String>, SecureStoreError> {
        let texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(texts.get(name).cloned())
    }

    fn write(&self, name: &str, text: &str) -> Result<(), SecureStoreError> {
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.insert(name.to_owned(), text.to_owned());
        Ok(())
    }
}

/// Where the id of this installation is kept.
const DEVICE_ID: &str = "device-id";

/// The id of this installation: made once, then read. One that was spoilt is made anew.
///
/// # Errors
/// When the store fails.
pub async fn device_id(store: Arc<dyn SecureStore>) -> Result<DeviceId, SecureStoreError> {
    let work = move || {
        if let Some(known) = store.read(DEVICE_ID)?.and_then(|text| DeviceId::new(text).ok()) {
            return Ok(known);
        }
        let text = uuid::Uuid::new_v4().to_string();
        let made = DeviceId::new(text.clone()).map_err(|error| SecureStoreError {
            reason: error.to_string(),
        })?;
        store.write(DEVICE_ID, &text)?;
        Ok(made)
    };
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(SecureStoreError {
            reason: "it stopped in the middle".to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_installation_keeps_its_id_and_a_spoilt_one_is_made_anew() {
        let store = Arc::new(MemoryStore::default());
        let first = device_id(Arc::clone(&store) as _).await.unwrap();
        assert_eq!(device_id(Arc::clone(&store) as _).await.unwrap(), first);
        store.write(DEVICE_ID, "no id!").unwrap();
        let second = device_id(Arc::clone(&store) as _).await.unwrap();
        assert_ne!(second, first);
        assert_eq!(device_id(store).await.unwrap(), second);
    }
}
