//! A hub and the pages of its two people.
#![allow(dead_code, unreachable_pub, reason = "each test file uses some of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use assist_browser::{Browser, BrowserConfig};
use assist_hub::{Hub, HubConfig, RunningHub};
use tempfile::TempDir;

/// Generous: a test waits for events, and fails when one does not come.
pub const DEADLINE: Duration = Duration::from_secs(60);

pub struct Site {
    pub hub: RunningHub,
    _folder: TempDir,
}

impl Site {
    pub async fn start() -> Self {
        let _ = env_logger::builder().is_test(true).try_init();
        let folder = tempfile::tempdir().unwrap();
        let config = HubConfig::new(SocketAddr::from(([127, 0, 0, 1], 0)), folder.path().join("hub"));
        let hub = Hub::start(config).await.unwrap();
        Self { hub, _folder: folder }
    }

    pub fn address_of(&self, account: &str) -> String {
        format!(
            "{}/#key={}&account={account}",
            self.hub.base_url(),
            self.hub.sandbox_key()
        )
    }

    /// A signed-in page, ready to call and to be called.
    pub async fn page(&self, account: &str, config: BrowserConfig) -> Browser {
        let browser = Browser::start(config).await.unwrap();
        browser.open(&self.address_of(account)).await.unwrap();
        browser.wait_for("assist.ready", DEADLINE).await.unwrap();
        browser
    }
}

/// Waits until the page's call is in this state.
pub async fn state(browser: &Browser, state: &str) {
    let condition = format!("assist.state === '{state}'");
    browser.wait_for(&condition, DEADLINE).await.unwrap();
}

/// The expert joins, the technician answers, and the expert sees a picture.
pub async fn connect(expert: &Browser, technician: &Browser) {
    expert
        .wait_for("assist.people.some(({ presence }) => presence === 'online')", DEADLINE)
        .await
        .unwrap();
    expert.wait_for("assist.ready", DEADLINE).await.unwrap();
    let again = expert
        .evaluate(
            "return !document.querySelector('#call-again').closest('[hidden]') && \
         !document.querySelector('#call-again').hidden",
        )
        .await
        .unwrap();
    expert
        .click(if again == true { "#call-again" } else { ".join" })
        .await
        .unwrap();
    state(technician, "ringing").await;
    technician.click("#answer").await.unwrap();
    state(expert, "connected").await;
    state(technician, "connected").await;
    expert.wait_for("assist.firstFrame", DEADLINE).await.unwrap();
}

/// Where pictures for people to look at are kept.
pub fn artefact(name: &str) -> PathBuf {
    let folder = std::env::var_os("ASSIST_ARTEFACTS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../artefacts"),
        PathBuf::from,
    );
    folder.join(name)
}
