//! What can go wrong with a browser.

use std::time::Duration;

/// Why a browser did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// A program is not installed.
    #[error(
        "{program} is not installed (it is not on the PATH); on Debian: apt-get install {package}, or name it in {variable}"
    )]
    Missing {
        /// The program looked for.
        program: String,
        /// The Debian package that has it.
        package: &'static str,
        /// The environment variable that names it otherwise.
        variable: &'static str,
    },
    /// A program started and gave up, or never became ready.
    #[error("{program} did not become ready: {reason}. The end of its log: {log}")]
    NotReady {
        /// The program.
        program: &'static str,
        /// What was waited for.
        reason: String,
        /// The end of what it printed.
        log: String,
    },
    /// The machine refused something: a folder, a process, a signal.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// The machine's answer.
        source: std::io::Error,
    },
    /// No WebDriver session.
    #[error("ChromeDriver gave no session: {0}")]
    Session(#[from] fantoccini::error::NewSessionError),
    /// A command failed; so does every command after [`kill`](crate::Browser::kill).
    #[error("{doing}: {source}")]
    Command {
        /// What was being done.
        doing: String,
        /// The driver's answer.
        source: Box<fantoccini::error::CmdError>,
    },
    /// A command or a condition took too long.
    #[error("waited {waited:?} in vain for {what}; last seen: {last}")]
    Deadline {
        /// What was waited for.
        what: String,
        /// For how long.
        waited: Duration,
        /// The condition's last value, or the last error.
        last: String,
    },
    /// The driver answered with something else than the WebDriver standard says.
    #[error("the driver's answer to {0} makes no sense")]
    Answer(&'static str),
}

impl BrowserError {
    pub(crate) fn io(doing: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    pub(crate) fn command(doing: impl Into<String>) -> impl FnOnce(fantoccini::error::CmdError) -> Self {
        let doing = doing.into();
        move |source| Self::Command {
            doing,
            source: Box::new(source),
        }
    }
}
