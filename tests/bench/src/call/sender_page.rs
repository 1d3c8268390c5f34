//! The technician as a page in a second browser: what a call from browser to browser is like.

use std::time::Duration;

use assist_browser::{Browser, BrowserConfig};

use super::expert::sign_in;
use crate::error::BenchError;
use crate::technician::{ACCOUNT, HubAccess};

/// How long the fake camera may take to start.
const CAMERA_LIMIT: Duration = Duration::from_secs(20);

/// Keeps the camera running, as a technician's app would before a call, so that no start of a camera is measured; and
/// answers the moment it rings.
const GET_READY: &str = "
    const camera = { width: 1280, height: 720, frameRate: 15 };
    navigator.mediaDevices.getUserMedia({ video: camera }).then((stream) => { window.benchCamera = stream; });
    const answer = document.getElementById('answer');
    const answerNow = () => { if (assist.state === 'ringing' && !answer.hidden) answer.click(); };
    new MutationObserver(answerNow).observe(document.body, { attributes: true, childList: true, subtree: true });
";

/// A browser that has a camera: Chromium's own test picture, 1280x720, 15 frames/s.
pub(crate) struct SenderPage {
    browser: Browser,
}

impl SenderPage {
    /// Starts the browser; nobody is signed in yet.
    pub(super) async fn start() -> Result<Self, BenchError> {
        Self::start_with(vec!["--use-fake-device-for-media-stream=fps=15".to_owned()]).await
    }

    /// Starts the browser with these arguments more; nobody is signed in yet.
    pub(crate) async fn start_with(mut extra_args: Vec<String>) -> Result<Self, BenchError> {
        // A page that is left must be gone, not kept for the way back with its session open.
        extra_args.push("--disable-features=BackForwardCache".to_owned());
        let config = BrowserConfig {
            extra_args,
            ..BrowserConfig::default()
        };
        let browser = Browser::start(config).await?;
        Ok(Self { browser })
    }

    /// The browser itself.
    pub(crate) fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Signs in as the technician and answers every call from now on.
    pub(crate) async fn sign_in(&self, hub: &HubAccess) -> Result<(), BenchError> {
        sign_in(&self.browser, hub, ACCOUNT).await?;
        self.browser.evaluate(GET_READY).await?;
        self.browser
            .wait_for("window.benchCamera?.active", CAMERA_LIMIT)
            .await?;
        Ok(())
    }

    /// Leaves the page.
    pub(crate) async fn sign_out(&self) -> Result<(), BenchError> {
        Ok(self.browser.open("about:blank").await?)
    }
}
