//! The threads of everything here: one set for the process.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::runtime::{Handle, Runtime};

use crate::PhoneFailure;

/// Nothing takes this long unless something is broken.
const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) fn handle() -> Result<Handle, PhoneFailure> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Runtime::new().ok());
    runtime
        .as_ref()
        .map(|runtime| runtime.handle().clone())
        .ok_or_else(|| PhoneFailure::of("no threads"))
}

/// Runs to its end on those threads, or fails after a minute.
pub(crate) async fn within<T: Send + 'static>(
    what: &str,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, PhoneFailure> {
    // The timer is made on those threads: a caller from another language has none.
    let task = handle()?.spawn(async move { tokio::time::timeout(DEADLINE, work).await });
    match task.await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) => Err(PhoneFailure::of(format!("{what}: not within {} s", DEADLINE.as_secs()))),
        Err(error) => Err(PhoneFailure::of(format!("{what}: {error}"))),
    }
}
