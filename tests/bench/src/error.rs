//! Why a benchmark could not be made.

use std::time::Duration;

use assist_browser::BrowserError;
use assist_headless::recorded::RecordingError;
use assist_hub::HubError;

/// Why there are no figures. A goal that is missed is none of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BenchError {
    /// The browser, or its page, did not do its part.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// No hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// No pictures to send.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The session was not let in.
    #[error("the technician could not sign in: {0}")]
    SignIn(String),
    /// The call ended although nobody hung up, or went another way than it should.
    #[error("{0}")]
    Call(String),
    /// The process that replays did not do its part.
    #[error("the replaying process {0}")]
    Replay(String),
    /// A recorded or made-up link that is none.
    #[error("{0}")]
    Trace(String),
    /// There is no case of that name.
    #[error("there is no case {name}; there are {names}")]
    NoSuchCase {
        /// What was asked for.
        name: String,
        /// All there are.
        names: String,
    },
    /// Something took too long.
    #[error("{what} took longer than {} s", limit.as_secs())]
    Deadline {
        /// What was waited for.
        what: String,
        /// How long.
        limit: Duration,
    },
    /// A figure is missing or makes no sense.
    #[error("the figure {0} is missing or makes no sense")]
    Figure(&'static str),
    /// A program that is needed failed.
    #[error("{doing}: {said}")]
    Tool {
        /// What was being done.
        doing: &'static str,
        /// The program's words.
        said: String,
    },
    /// A file, a folder or a pipe.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The system's words.
        source: std::io::Error,
    },
}

impl BenchError {
    /// For `map_err`: names what was being done.
    pub(crate) fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

/// Waits for `future`, but no longer than `limit`.
pub(crate) async fn within<T>(
    what: &str,
    limit: Duration,
    future: impl Future<Output = Result<T, BenchError>>,
) -> Result<T, BenchError> {
    match tokio::time::timeout(limit, future).await {
        Ok(result) => result,
        Err(_) => Err(BenchError::Deadline {
            what: what.to_owned(),
            limit,
        }),
    }
}

/// Does work that blocks on a thread of its own.
///
/// # Errors
/// Those of the work.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BenchError> + Send + 'static,
) -> Result<T, BenchError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(BenchError::Io {
            doing: "working in the background",
            source: error.into(),
        }),
    }
}
