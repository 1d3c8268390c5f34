//! The log of the library, handed to the app by one thread: no caller waits for the app, and none holds a lock.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

/// How much a line of the log matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum LogLevel {
    /// Something did not work.
    Error,
    /// Something is odd; the library goes on.
    Warning,
    /// What a support person wants to read.
    Information,
    /// What a developer wants to read. May name people and addresses.
    Debug,
}

/// Takes lines of the log.
#[uniffi::export(with_foreign)]
pub trait LogSink: Send + Sync {
    /// One line, from one thread of the library, in order.
    fn log(&self, level: LogLevel, module: String, message: String);
}

/// Lines that may wait for a slow sink; more are dropped.
const QUEUE: usize = 256;

struct Line {
    level: LogLevel,
    module: String,
    message: String,
}

#[derive(Default)]
struct Logger {
    sink: Mutex<Option<SyncSender<Line>>>,
}

static LOGGER: OnceLock<Logger> = OnceLock::new();

/// Hands the log to a sink from now on, in place of the one before; the process has one log. Without a sink nothing is
/// logged.
pub(crate) fn set_sink(sink: Option<Arc<dyn LogSink>>, most_detailed: LogLevel) {
    let logger = LOGGER.get_or_init(Logger::default);
    // Fails when the process has a logger already: a test's own, which then has the lines.
    let _ = log::set_logger(logger);
    let sender = sink.and_then(|sink| {
        let (sender, lines) = sync_channel::<Line>(QUEUE);
        std::thread::Builder::new()
            .name("assist-log".to_owned())
            .spawn(move || {
                for line in lines {
                    sink.log(line.level, line.module, line.message);
                }
            })
            .ok()
            .map(|_| sender)
    });
    log::set_max_level(match (&sender, most_detailed) {
        (None, _) => LevelFilter::Off,
        (Some(_), LogLevel::Error) => LevelFilter::Error,
        (Some(_), LogLevel::Warning) => LevelFilter::Warn,
        (Some(_), LogLevel::Information) => LevelFilter::Info,
        (Some(_), LogLevel::Debug) => LevelFilter::Debug,
    });
    *logger.sink.lock().unwrap_or_else(PoisonError::into_inner) = sender;
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("assist")
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let level = match record.level() {
            log::Level::Error => LogLevel::Error,
            log::Level::Warn => LogLevel::Warning,
            log::Level::Info => LogLevel::Information,
            log::Level::Debug | log::Level::Trace => LogLevel::Debug,
        };
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = &*sink {
            let _ = sink.try_send(Line {
                level,
                module: record.target().to_owned(),
                message: record.args().to_string(),
            });
        }
    }

    fn flush(&self) {}
}
