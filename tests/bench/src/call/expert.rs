//! The expert's page in a real browser.

use std::time::Duration;

use assist_browser::{Browser, BrowserConfig};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::BenchError;
use crate::technician::HubAccess;

/// How long the page may take for anything it does.
const PAGE_LIMIT: Duration = Duration::from_secs(20);

/// A browser with the expert's page, signed in.
pub(crate) struct ExpertPage {
    browser: Browser,
}

/// What the page has counted in this call.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counted {
    pub(super) frames_decoded: u64,
    pub(super) frames_dropped: u64,
    pub(super) freezes: u64,
    pub(super) video_bytes: u64,
}

impl ExpertPage {
    /// Starts a browser, opens the page with the sandbox key and waits until calls can be placed.
    pub(crate) async fn open(hub: &HubAccess) -> Result<Self, BenchError> {
        Self::open_in(Browser::start(BrowserConfig::default()).await?, hub).await
    }

    /// The same in a browser that runs already.
    pub(crate) async fn open_in(browser: Browser, hub: &HubAccess) -> Result<Self, BenchError> {
        sign_in(&browser, hub, "expert").await?;
        // The note for newcomers lies over the people.
        browser
            .evaluate("document.getElementById('first-run-done')?.click();")
            .await?;
        Ok(Self { browser })
    }

    /// The browser itself.
    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The browser's name and version.
    pub(crate) async fn version(&self) -> Result<String, BenchError> {
        let version = self.browser.dev_tools("Browser.getVersion", json!({})).await?;
        let product = version.get("product").and_then(Value::as_str).unwrap_or("unknown");
        Ok(product.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Waits until the technician is there, or is not.
    pub(crate) async fn technician_is(&self, there: bool) -> Result<(), BenchError> {
        let presence = if there { "online" } else { "offline" };
        let condition = format!("assist.people.every(({{ presence }}) => presence === '{presence}')");
        if let Err(error) = self.browser.wait_for(&condition, PAGE_LIMIT).await {
            let people = self.browser.evaluate("return assist.people;").await?;
            return Err(BenchError::Call(format!(
                "the technician should be {presence}; the page sees {people}: {error}"
            )));
        }
        Ok(())
    }

    /// Clicks *Join* as soon as there is somebody to join.
    pub(crate) async fn call(&self) -> Result<(), BenchError> {
        self.technician_is(true).await?;
        self.browser
            .wait_for("assist.state === 'home' && assist.ready", PAGE_LIMIT)
            .await?;
        Ok(self.browser.click("#people button.join").await?)
    }

    /// Clicks *Join* and waits for the first picture. The time between them in ms, by the page's clock.
    pub(crate) async fn join(&self) -> Result<f64, BenchError> {
        self.call().await?;
        let first = format!(
            "return Promise.race([assist.firstFrame, new Promise((resolve) => setTimeout(resolve, {}))]);",
            PAGE_LIMIT.as_millis()
        );
        let first = self.browser.evaluate(&first).await?;
        let Some(millis) = first.get("firstFrameMs").and_then(Value::as_f64) else {
            let state = self.browser.evaluate("return assist.state;").await?;
            return Err(BenchError::Call(format!(
                "no picture came to the expert's page, which says: {state}"
            )));
        };
        Ok(millis)
    }

    /// Hangs up and goes back to the people.
    pub(crate) async fn hang_up(&self) -> Result<(), BenchError> {
        // Not by the mouse: the toolbar may have faded.
        self.browser
            .evaluate("document.getElementById('hang-up').click();")
            .await?;
        self.browser.wait_for("assist.state === 'ended'", PAGE_LIMIT).await?;
        self.browser
            .evaluate("document.getElementById('leave').click();")
            .await?;
        self.browser.wait_for("assist.state === 'home'", PAGE_LIMIT).await?;
        Ok(())
    }

    /// Waits until the call is connected and a data channel has brought what the technician shares.
    pub(crate) async fn connected(&self) -> Result<(), BenchError> {
        self.browser
            .wait_for("assist.state === 'connected' && assist.theirs", PAGE_LIMIT)
            .await?;
        Ok(())
    }

    /// What was counted so far.
    pub(super) async fn counted(&self) -> Result<Counted, BenchError> {
        let counted = self
            .browser
            .evaluate(
                "return assist.statistics().then((counters) => ({ ...counters, \
                 framesDropped: document.getElementById('video').getVideoPlaybackQuality().droppedVideoFrames }));",
            )
            .await?;
        serde_json::from_value(counted).map_err(|_| BenchError::Figure("of the page's statistics"))
    }
}

/// Opens the page as `account` and waits until the hub has welcomed it.
pub(super) async fn sign_in(browser: &Browser, hub: &HubAccess, account: &str) -> Result<(), BenchError> {
    browser
        .open(&format!("{}/#key={}&account={account}", hub.base_url, hub.key))
        .await?;
    browser
        .wait_for("assist.state === 'home' && assist.connected", PAGE_LIMIT)
        .await?;
    Ok(())
}
