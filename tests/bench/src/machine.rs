//! What the figures were measured on and with.

use serde::Serialize;

/// The machine, as it was when the benchmark began.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    /// Processor cores.
    pub(crate) cores: usize,
    /// Processes that wanted a core, mean of the last minute: more than `cores` and the figures are the machine's.
    pub(crate) load: f64,
}

impl Machine {
    /// Looks now.
    pub(crate) fn look() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Self {
            cores,
            load: load
                .split_whitespace()
                .next()
                .and_then(|first| first.parse().ok())
                .unwrap_or_default(),
        }
    }
}

/// The versions of what was compared.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Versions {
    pub(crate) chromium: String,
    pub(crate) str0m: String,
    pub(crate) webrtc: String,
}

impl Versions {
    /// Of this build, with the browser that was used.
    pub(crate) fn new(chromium: String) -> Self {
        Self {
            chromium,
            str0m: locked("str0m"),
            webrtc: locked("webrtc"),
        }
    }
}

/// The version of a dependency that this binary was built with.
fn locked(name: &str) -> String {
    let lock = include_str!("../../../Cargo.lock");
    let entry = format!("name = \"{name}\"\nversion = \"");
    let version = lock.split_once(&entry).and_then(|(_, rest)| rest.split_once('"'));
    version.map_or_else(|| "unknown".to_owned(), |(version, _)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        assert!(locked("webrtc").starts_with("0."));
        assert!(locked("str0m").starts_with("0."));
        assert_eq!(locked("no such crate"), "unknown");
    }
}
