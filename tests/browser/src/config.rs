//! How a browser is started.

use std::path::Path;
use std::time::Duration;

/// What the browser says when the page asks for the microphone. No dialogue is ever shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Microphone {
    /// Allowed, as if the person had allowed it for good.
    #[default]
    Granted,
    /// Refused. The camera is refused with it.
    Denied,
}

/// The colour scheme that the page is told its reader prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourScheme {
    /// `prefers-color-scheme: light`.
    #[default]
    Light,
    /// `prefers-color-scheme: dark`.
    Dark,
}

/// The page's area, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowSize {
    /// Width in CSS pixels.
    pub width_px: u32,
    /// Height in CSS pixels.
    pub height_px: u32,
    /// A touch screen, laid out as on a phone.
    pub phone: bool,
}

impl WindowSize {
    /// A desktop window of 1280x800.
    pub const DESKTOP: Self = Self {
        width_px: 1280,
        height_px: 800,
        phone: false,
    };
    /// An upright phone of 390x844.
    pub const PHONE: Self = Self {
        width_px: 390,
        height_px: 844,
        phone: true,
    };
}

/// How a browser is started; the default is what a test of a call wants.
#[derive(Debug, Clone)]
pub struct BrowserConfig {
    /// Chromium's own test camera (a moving picture) and microphone (a beep a second) in place of the machine's devices.
    pub fake_devices: bool,
    /// The answer to the page's wish for the microphone.
    pub microphone: Microphone,
    /// The page's area.
    pub window: WindowSize,
    /// The scheme the page is told.
    pub colour_scheme: ColourScheme,
    /// Tells the page `prefers-reduced-motion: reduce`.
    pub reduced_motion: bool,
    /// More of Chromium's command line.
    pub extra_args: Vec<String>,
    /// How long starting, and any single command, may take.
    pub command_deadline: Duration,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        Self {
            fake_devices: true,
            microphone: Microphone::Granted,
            window: WindowSize::DESKTOP,
            colour_scheme: ColourScheme::Light,
            reduced_motion: false,
            extra_args: Vec::new(),
            command_deadline: Duration::from_secs(30),
        }
    }
}

impl BrowserConfig {
    pub(crate) fn chromium_arguments(&self, profile: &Path) -> Vec<String> {
        let mut arguments: Vec<String> = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-default-browser-check",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-breakpad",
            "--password-store=basic",
            // A window that nobody sees must draw and keep time as one that somebody looks at.
            "--disable-background-timer-throttling",
            "--disable-backgrounding-occluded-windows",
            "--disable-renderer-backgrounding",
            "--autoplay-policy=no-user-gesture-required",
            "--remote-debugging-port=0",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        arguments.push(format!(
            "--window-size={},{}",
            self.window.width_px, self.window.height_px
        ));
        if self.fake_devices {
            arguments.push("--use-fake-device-for-media-stream".to_owned());
        }
        arguments.push(
            match self.microphone {
                Microphone::Granted => "--use-fake-ui-for-media-stream",
                Microphone::Denied => "--use-fake-ui-for-media-stream=deny",
            }
            .to_owned(),
        );
        arguments.extend(self.extra_args.iter().cloned());
        arguments.push("about:blank".to_owned());
        arguments
    }
}
