//! One Chromium with one page.

use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::config::{BrowserConfig, ColourScheme};
use crate::console::{ConsoleLine, DriverCommand, Severity, lines};
use crate::error::BrowserError;
use crate::launch::launch;
use crate::processes::{Group, end_all_that_use};

const POLL: Duration = Duration::from_millis(20);
const LEAVING: Duration = Duration::from_secs(10);

/// A running Chromium, driven through WebDriver. Needs a tokio runtime; drop it on any thread.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    command_deadline: Duration,
    console: Vec<ConsoleLine>,
    // Dropped in this order: the driver first, so that it does not complain about its browser.
    driver: Group,
    chromium: Group,
    folder: Option<TempDir>,
}

impl Browser {
    /// Starts Chromium with an empty profile and an empty page.
    ///
    /// # Errors
    /// [`BrowserError::Missing`] when `chromium` or `chromedriver` is not installed (`ASSIST_CHROMIUM` and
    /// `ASSIST_CHROMEDRIVER` may name them), [`BrowserError::NotReady`] when one does not come up.
    pub async fn start(config: BrowserConfig) -> Result<Self, BrowserError> {
        let launched = launch(&config).await?;
        let Value::Object(capabilities) = json!({
            "goog:chromeOptions": { "debuggerAddress": format!("127.0.0.1:{}", launched.debugger_port) },
            "goog:loggingPrefs": { "browser": "ALL" },
            "unhandledPromptBehavior": "accept",
            "timeouts": { "script": config.command_deadline.as_millis() as u64 },
        }) else {
            return Err(BrowserError::Answer("a literal object"));
        };
        let address = format!("http://127.0.0.1:{}", launched.driver_port);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&address)
            .await?;
        let browser = Self {
            client,
            command_deadline: config.command_deadline,
            console: Vec::new(),
            driver: launched.driver,
            chromium: launched.chromium,
            folder: Some(launched.folder),
        };
        browser.apply(&config).await?;
        Ok(browser)
    }

    async fn apply(&self, config: &BrowserConfig) -> Result<(), BrowserError> {
        let window = config.window;
        self.dev_tools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": window.width_px, "height": window.height_px, "mobile": window.phone, "deviceScaleFactor": 1 }),
        )
        .await?;
        self.dev_tools("Emulation.setTouchEmulationEnabled", json!({ "enabled": window.phone }))
            .await?;
        self.colour_scheme(config.colour_scheme, config.reduced_motion).await
    }

    /// Changes what the page is told about its reader's taste; an open page follows at once.
    pub async fn colour_scheme(&self, scheme: ColourScheme, reduced_motion: bool) -> Result<(), BrowserError> {
        let scheme = match scheme {
            ColourScheme::Light => "light",
            ColourScheme::Dark => "dark",
        };
        let motion = if reduced_motion { "reduce" } else { "no-preference" };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ]});
        self.dev_tools("Emulation.setEmulatedMedia", features).await.map(drop)
    }

    /// Opens an address and waits until it has loaded.
    pub async fn open(&self, address: &str) -> Result<(), BrowserError> {
        self.within("opening a page", self.client.goto(address)).await
    }

    /// Runs `script`, the body of a function, in the page; its `return` is the result, a promise is waited for.
    pub async fn evaluate(&self, script: &str) -> Result<Value, BrowserError> {
        self.within(script, self.client.execute(script, Vec::new())).await
    }

    /// Waits until `expression` is truthy in the page and hands back its value. Errors count as not yet: a page that is
    /// still loading lacks much.
    pub async fn wait_for(&self, expression: &str, deadline: Duration) -> Result<Value, BrowserError> {
        let started = Instant::now();
        // JavaScript decides what is true; null stands for what is not.
        let script = format!("const value = await ({expression}); return value || null;");
        let script = format!("return (async () => {{ {script} }})();");
        loop {
            let last = match self.evaluate(&script).await {
                Ok(Value::Null) => "not true".to_owned(),
                Ok(value) => return Ok(value),
                Err(error) => error.to_string(),
            };
            if started.elapsed() > deadline {
                return Err(BrowserError::Deadline {
                    what: expression.to_owned(),
                    waited: deadline,
                    last,
                });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Clicks the element that `selector` (CSS) finds, as a mouse would: it must be visible and not covered.
    pub async fn click(&self, selector: &str) -> Result<(), BrowserError> {
        let click = async { self.client.find(Locator::Css(selector)).await?.click().await };
        self.within(&format!("clicking {selector}"), click).await
    }

    /// Types into the element that `selector` (CSS) finds; `\u{E007}` is the Enter key.
    pub async fn type_into(&self, selector: &str, text: &str) -> Result<(), BrowserError> {
        let typing = async { self.client.find(Locator::Css(selector)).await?.send_keys(text).await };
        self.within(&format!("typing into {selector}"), typing).await
    }

    /// The page as a PNG.
    pub async fn screenshot(&self) -> Result<Vec<u8>, BrowserError> {
        self.within("taking a screenshot", self.client.screenshot()).await
    }

    /// Writes the page as a PNG to `path`, making its folder.
    pub async fn screenshot_to(&self, path: &Path) -> Result<(), BrowserError> {
        let png = self.screenshot().await?;
        let doing = || BrowserError::io(format!("writing {}", path.display()));
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(doing())?;
        }
        tokio::fs::write(path, png).await.map_err(doing())
    }

    /// All that was written to the console so far, the browser's own complaints and uncaught errors included.
    pub async fn console(&mut self) -> Result<&[ConsoleLine], BrowserError> {
        let command = self.client.issue_cmd(DriverCommand::console());
        let answer = self.within("reading the console", command).await?;
        self.console.extend(lines(&answer));
        Ok(&self.console)
    }

    /// The lines of the console that are errors.
    pub async fn page_errors(&mut self) -> Result<Vec<String>, BrowserError> {
        let console = self.console().await?;
        Ok(console
            .iter()
            .filter(|line| line.severity == Severity::Error)
            .map(|line| line.text.clone())
            .collect())
    }

    /// A command of the DevTools protocol, for what WebDriver lacks: `Network.emulateNetworkConditions`, say.
    pub async fn dev_tools(&self, command: &str, parameters: Value) -> Result<Value, BrowserError> {
        self.within(
            command,
            self.client.issue_cmd(DriverCommand::dev_tools(command, parameters)),
        )
        .await
    }

    /// The folder that holds everything the browser keeps; gone once the browser is dropped.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(TempDir::path)
    }

    /// SIGKILL to the whole browser, as if its machine had lost power. Every later command fails.
    pub fn kill(&mut self) {
        self.chromium.kill();
        if let Some(folder) = &self.folder
            && let Err(error) = end_all_that_use(folder.path(), LEAVING)
        {
            log::warn!("{error}");
        }
    }

    async fn within<T>(
        &self,
        doing: &str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        match tokio::time::timeout(self.command_deadline, command).await {
            Ok(result) => result.map_err(BrowserError::command(doing)),
            Err(_) => Err(BrowserError::Deadline {
                what: doing.to_owned(),
                waited: self.command_deadline,
                last: "no answer from the driver".to_owned(),
            }),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.driver.kill();
        self.kill();
        if let Some(folder) = self.folder.take()
            && let Err(error) = folder.close()
        {
            log::warn!("the browser's folder could not be removed: {error}");
        }
    }
}
