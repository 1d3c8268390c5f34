//! Benchmarks of the whole, against yardsticks in the same run.
//!
//! What is measured and how to read it: `docs/benchmarks.md`. Figures go to standard output, progress to standard error.

mod accuracy;
mod annotations;
mod call;
mod error;
mod ffi;
mod figures;
mod link;
mod machine;
mod motion;
mod recording;
mod replaying;
mod str0m_transport;
mod technician;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use crate::error::BenchError;

/// Benchmarks of the whole, against yardsticks in the same run.
#[derive(Debug, Parser)]
#[command(name = "assist-bench", version)]
struct CommandLine {
    #[command(subcommand)]
    benchmark: Benchmark,
}

#[derive(Debug, Subcommand)]
enum Benchmark {
    /// A call: time to the first picture, cost of the transport, data channel, freezes.
    Call(Options),
    /// The phones' surface: what a call from the JVM costs, and how large the library is. Needs Java, Maven and npm.
    Ffi(Options),
    /// Drawing: projecting, lifting, following, from the pen to the mark's place. Fetches OpenCV with pip3.
    Annotations(Options),
    /// Whether marks are where they were drawn, against exact truth. Fetches OpenCV with pip3.
    Accuracy(Options),
    /// What our rate control makes of bad links, and what str0m's and Chromium's do.
    Link {
        #[command(flatten)]
        options: Options,
        #[command(flatten)]
        plan: link::Plan,
    },
    /// The process that is measured: sends recorded pictures as it is told on standard input.
    #[command(hide = true)]
    Replay,
}

#[derive(Debug, Args)]
struct Options {
    /// Prints one JSON object in place of the table.
    #[arg(long)]
    json: bool,
    /// Makes it short, and only checks that every figure is there: for tests. No speed is judged.
    #[arg(long)]
    smoke: bool,
}

fn main() -> ExitCode {
    // The WebRTC stack warns of what is normal; RUST_LOG shows it.
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error,assist=warn"))
        .format_timestamp_micros()
        .init();
    let command_line = CommandLine::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no threads could be started: {error}")),
    };
    let result = runtime.block_on(async {
        // Dropping the benchmark ends its browsers and processes, and removes its files.
        tokio::select! {
            result = run(command_line.benchmark) => result.map_err(|error| error.to_string()),
            () = interrupted() => Err("interrupted".to_owned()),
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

async fn run(benchmark: Benchmark) -> Result<(), BenchError> {
    match benchmark {
        Benchmark::Call(options) => {
            let plan = if options.smoke {
                call::Plan::SMOKE
            } else {
                call::Plan::FULL
            };
            let report = call::run(plan).await?;
            print(&if options.json { report.json()? } else { report.table() })
        }
        Benchmark::Ffi(options) => {
            let report = ffi::run(options.smoke).await?;
            print(&if options.json { report.json()? } else { report.table() })
        }
        Benchmark::Annotations(options) => {
            let plan = if options.smoke {
                annotations::Plan::SMOKE
            } else {
                annotations::Plan::FULL
            };
            let report = annotations::run(plan).await?;
            print(&if options.json { report.json()? } else { report.table() })
        }
        Benchmark::Accuracy(options) => {
            let plan = if options.smoke {
                accuracy::Plan::SMOKE
            } else {
                accuracy::Plan::FULL
            };
            let report = error::blocking(move || accuracy::run(plan)).await?;
            print(&if options.json { report.json()? } else { report.table() })
        }
        Benchmark::Link { options, plan } => {
            let report = link::run(plan, options.smoke).await?;
            print(&if options.json { report.json()? } else { report.table() })
        }
        Benchmark::Replay => replaying::run().await,
    }
}

fn print(text: &str) -> Result<(), BenchError> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(BenchError::io("printing the figures"))
}

async fn interrupted() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Says what is being done, for whoever waits.
fn progress(what: &str) {
    // Progress that cannot be shown is no reason to stop.
    let _ = writeln!(std::io::stderr(), "assist-bench: {what}");
}

/// Where things are kept that are slow to fetch: `ASSIST_CACHE`, or a folder of the user's.
fn cache() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
    std::env::var_os("ASSIST_CACHE").map_or_else(|| home.join(".cache/assist"), PathBuf::from)
}

fn fail(message: &str) -> ExitCode {
    // Nothing is left to do when even this cannot be said.
    let _ = writeln!(std::io::stderr(), "assist-bench: {message}");
    ExitCode::FAILURE
}
