//! A real hub in a folder of its own.

use std::sync::{Mutex, PoisonError};

use assist_hub::{Hub, HubConfig, RunningHub};
use tempfile::TempDir;

use crate::PhoneFailure;
use crate::runtime::handle;

/// A hub on a free loopback port; stopped, with its folder, when dropped.
#[derive(uniffi::Object)]
pub struct TestHub {
    url: String,
    key: String,
    running: Mutex<Option<(RunningHub, TempDir)>>,
}

#[uniffi::export]
impl TestHub {
    /// Starts it.
    #[uniffi::constructor]
    pub fn start() -> Result<Self, PhoneFailure> {
        let folder = TempDir::new().map_err(PhoneFailure::of)?;
        let listen = ([127, 0, 0, 1], 0).into();
        let hub = handle()?
            .block_on(Hub::start(HubConfig::new(listen, folder.path())))
            .map_err(PhoneFailure::of)?;
        Ok(Self {
            url: hub.base_url(),
            key: hub.sandbox_key().to_owned(),
            running: Mutex::new(Some((hub, folder))),
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// The key of the sandbox accounts `technician` and `expert`.
    pub fn key(&self) -> String {
        self.key.clone()
    }

    /// Where the expert's page is, ready to join.
    pub fn page_url(&self) -> String {
        format!("{}/#key={}&account=expert", self.url, self.key)
    }

    /// Stops it politely.
    pub fn stop(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some((hub, folder)), Ok(handle)) = (running, handle()) {
            handle.block_on(hub.shutdown());
            drop(folder);
        }
    }
}

impl Drop for TestHub {
    fn drop(&mut self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some((hub, folder)), Ok(handle)) = (running, handle()) {
            handle.spawn(async move {
                hub.shutdown().await;
                drop(folder);
            });
        }
    }
}
