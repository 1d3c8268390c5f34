//! The process whose cost is measured: session, engine and transport of one technician, and nothing else. Hub and
//! browser live elsewhere. It is told what to do by lines of JSON.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assist_engine::transport::webrtc::WebRtcFactory;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::call::LOOPBACK;
use crate::error::{BenchError, within};
use crate::recording::Recording;
use crate::technician::{HubAccess, Technician};

/// How long a ping may be on its way.
const PING_LIMIT: Duration = Duration::from_secs(5);

/// What the process is told.
#[derive(Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub(crate) enum Order {
    /// First of all. The key travels here and not on a command line, which others may read.
    SignIn {
        hub: String,
        key: String,
        recordings: PathBuf,
    },
    /// Tell what was used so far.
    Usage,
    /// Measure this many round trips on the data channel, 5 to 10 ms apart.
    Ping { count: usize, seed: u64 },
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Calls may come.
    SignedIn,
    /// What was used since the process began.
    Usage(Usage),
    /// In ms, in the order they were measured.
    RoundTrips { millis: Vec<f64> },
    /// It did not work; the process ends.
    Failed { reason: String },
}

/// What a process has used since it began.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Its own clock, µs since it began.
    pub(crate) at_us: u64,
    /// Processor time of all its threads, user and system, µs (`getrusage`).
    pub(crate) cpu_us: u64,
    /// Most memory it ever had resident, bytes (`VmHWM`).
    pub(crate) peak_resident_bytes: u64,
}

/// Runs until standard input closes, so that it never outlives who started it.
pub(crate) async fn run() -> Result<(), BenchError> {
    let started = Instant::now();
    let mut orders = orders();
    let mut order = async move || -> Result<Option<Order>, BenchError> {
        let Some(line) = orders.recv().await else {
            return Ok(None);
        };
        serde_json::from_str(&line)
            .map(Some)
            .map_err(|error| BenchError::Replay(format!("was told nonsense: {error}")))
    };
    let Some(Order::SignIn { hub, key, recordings }) = order().await? else {
        return Err(BenchError::Replay(
            "is part of `assist-bench call` and was not told where to sign in".to_owned(),
        ));
    };
    let recording = Recording::load(&recordings)?;
    let hub = HubAccess { base_url: hub, key };
    let signed_in = Technician::sign_in(&hub, Arc::new(WebRtcFactory::new(vec![LOOPBACK]))).await;
    let technician = match signed_in {
        Ok(technician) => technician,
        Err(error) => {
            return answer(&Answer::Failed {
                reason: error.to_string(),
            });
        }
    };
    answer(&Answer::SignedIn)?;
    let obeying = async {
        while let Some(order) = order().await? {
            let reply = match order {
                Order::SignIn { .. } => Answer::SignedIn,
                Order::Usage => Answer::Usage(usage(started)?),
                Order::Ping { count, seed } => match round_trips(&technician, count, seed).await {
                    Ok(millis) => Answer::RoundTrips { millis },
                    Err(error) => Answer::Failed {
                        reason: error.to_string(),
                    },
                },
            };
            answer(&reply)?;
        }
        Ok(())
    };
    let result = tokio::select! {
        result = obeying => result,
        result = technician.answer_all(&recording) => result.map(|never| match never {}),
    };
    technician.sign_out().await;
    result
}

/// The lines of standard input, read by a thread that ends with them.
fn orders() -> mpsc::Receiver<String> {
    let (lines, receiver) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

fn answer(answer: &Answer) -> Result<(), BenchError> {
    let mut line = serde_json::to_string(answer).unwrap_or_default();
    line.push('\n');
    let mut output = std::io::stdout().lock();
    output
        .write_all(line.as_bytes())
        .and_then(|()| output.flush())
        .map_err(BenchError::io("answering"))
}

fn usage(started: Instant) -> Result<Usage, BenchError> {
    let failed = |error: nix::errno::Errno| BenchError::Io {
        doing: "asking for the time used",
        source: error.into(),
    };
    let used = getrusage(UsageWho::RUSAGE_SELF).map_err(failed)?;
    let cpu_us = used.user_time().num_microseconds() + used.system_time().num_microseconds();
    let status = std::fs::read_to_string("/proc/self/status").map_err(BenchError::io("asking for the memory used"))?;
    let peak_kb = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
    let peak_kb: u64 = peak_kb.ok_or(BenchError::Figure("VmHWM"))?;
    Ok(Usage {
        at_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        cpu_us: u64::try_from(cpu_us).unwrap_or_default(),
        peak_resident_bytes: peak_kb * 1_024,
    })
}

async fn round_trips(technician: &Technician, count: usize, seed: u64) -> Result<Vec<f64>, BenchError> {
    let call = technician
        .call()
        .ok_or_else(|| BenchError::Call("there is no call to ping in".to_owned()))?;
    let mut spacing = ChaCha8Rng::seed_from_u64(seed);
    let mut millis = Vec::with_capacity(count);
    for _ in 0..count {
        let next = Instant::now() + Duration::from_micros(spacing.random_range(5_000..=10_000));
        let round_trip = within("a ping", PING_LIMIT, async {
            call.measure_round_trip()
                .await
                .ok_or_else(|| BenchError::Call("a ping got no answer".to_owned()))
        });
        millis.push(round_trip.await?.as_secs_f64() * 1_000.0);
        tokio::time::sleep_until(next).await;
    }
    Ok(millis)
}
