//! What the page wrote to its console, uncaught errors included.

use serde_json::{Value, json};

use fantoccini::wd::WebDriverCompatibleCommand;

/// How serious a line is, as the browser sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `console.debug`, `log` and `info`.
    Information,
    /// `console.warn`, and the browser's own advice.
    Warning,
    /// `console.error`, uncaught exceptions, refused or failed requests.
    Error,
}

/// One line of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsoleLine {
    /// How serious it is.
    pub severity: Severity,
    /// Where it comes from and what it says.
    pub text: String,
}

pub(crate) fn lines(answer: &Value) -> Vec<ConsoleLine> {
    let line = |entry: &Value| {
        let severity = match entry.get("level")?.as_str()? {
            "SEVERE" => Severity::Error,
            "WARNING" => Severity::Warning,
            _ => Severity::Information,
        };
        Some(ConsoleLine {
            severity,
            text: entry.get("message")?.as_str()?.to_owned(),
        })
    };
    answer
        .as_array()
        .map(|entries| entries.iter().filter_map(line).collect())
        .unwrap_or_default()
}

/// A command that ChromeDriver has beyond the WebDriver standard.
#[derive(Debug)]
pub(crate) struct DriverCommand {
    path: &'static str,
    body: Value,
}

impl DriverCommand {
    /// What was written to the console since the last time.
    pub(crate) fn console() -> Self {
        Self {
            path: "se/log",
            body: json!({ "type": "browser" }),
        }
    }

    /// A command of the DevTools protocol.
    pub(crate) fn dev_tools(command: &str, parameters: Value) -> Self {
        Self {
            path: "goog/cdp/execute",
            body: json!({ "cmd": command, "params": parameters }),
        }
    }
}

impl WebDriverCompatibleCommand for DriverCommand {
    fn endpoint(&self, base_url: &url::Url, session_id: Option<&str>) -> Result<url::Url, url::ParseError> {
        base_url.join(&format!("session/{}/{}", session_id.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
