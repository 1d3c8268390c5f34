//! Drives a real Chromium for the tests and the benchmarks.
//!
//! [`Browser::start`] runs Debian's Chromium, headless and with a profile of its own, and a ChromeDriver attached to it.
//! Whatever is waited for is polled against a deadline. A dropped [`Browser`] leaves no process and no file behind.

mod browser;
mod config;
mod console;
mod error;
mod launch;
mod processes;

pub use browser::Browser;
pub use config::{BrowserConfig, ColourScheme, Microphone, WindowSize};
pub use console::{ConsoleLine, Severity};
pub use error::BrowserError;
