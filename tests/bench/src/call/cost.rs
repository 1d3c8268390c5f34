//! What sending pictures costs, how the data channel answers meanwhile, and whether the picture ever froze.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::Plan;
use super::expert::{Counted, ExpertPage};
use crate::error::{BenchError, within};
use crate::progress;
use crate::replaying::{Answer, Order, Usage};
use crate::technician::HubAccess;

/// From the first picture until counting begins: what a call does once is over by then.
const SETTLING: Duration = Duration::from_secs(3);
/// How long the replaying process may take for an answer, besides what it was told to do.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long it may take to end.
const END_LIMIT: Duration = Duration::from_secs(10);
/// The longest that a ping and the wait after it should take on average.
const PING_LIMIT: Duration = Duration::from_millis(100);
/// Of the pauses between pings.
const SEED: u64 = 1;

/// What was counted.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) seconds: f64,
    pub(super) cpu_percent: f64,
    pub(super) peak_resident_mb: f64,
    pub(super) round_trips_ms: Vec<f64>,
    pub(super) frames_decoded: u64,
    pub(super) frames_dropped: u64,
    pub(super) freezes: u64,
    pub(super) video_mbps: f64,
}

pub(super) async fn measure(
    expert: &ExpertPage,
    hub: &HubAccess,
    recordings: &Path,
    plan: Plan,
) -> Result<Cost, BenchError> {
    progress("starting the process whose cost is measured");
    let mut replaying = Replaying::start(hub, recordings).await?;
    expert.join().await?;
    expert.connected().await?;
    tokio::time::sleep(SETTLING).await;

    progress(&format!("replaying for {} s", plan.replay.as_secs()));
    let before = (replaying.usage().await?, expert.counted().await?);
    tokio::time::sleep(plan.replay).await;
    let after = (replaying.usage().await?, expert.counted().await?);

    progress(&format!(
        "{} round trips on the data channel, while pictures go on",
        plan.pings
    ));
    let round_trips_ms = replaying.ping(plan.pings).await?;
    let peak_resident_bytes = replaying.usage().await?.peak_resident_bytes;
    expert.hang_up().await?;
    replaying.end().await?;
    Ok(Cost::new(before, after, peak_resident_bytes, round_trips_ms))
}

impl Cost {
    fn new(
        (used_before, counted_before): (Usage, Counted),
        (used_after, counted_after): (Usage, Counted),
        peak_resident_bytes: u64,
        round_trips_ms: Vec<f64>,
    ) -> Self {
        let difference = |before: u64, after: u64| after.saturating_sub(before);
        let elapsed_us = difference(used_before.at_us, used_after.at_us) as f64;
        let video_bits = difference(counted_before.video_bytes, counted_after.video_bytes) as f64 * 8.0;
        Self {
            seconds: elapsed_us / 1e6,
            cpu_percent: difference(used_before.cpu_us, used_after.cpu_us) as f64 / elapsed_us * 100.0,
            peak_resident_mb: peak_resident_bytes as f64 / 1e6,
            round_trips_ms,
            frames_decoded: difference(counted_before.frames_decoded, counted_after.frames_decoded),
            frames_dropped: difference(counted_before.frames_dropped, counted_after.frames_dropped),
            freezes: difference(counted_before.freezes, counted_after.freezes),
            video_mbps: video_bits / elapsed_us,
        }
    }
}

/// The other process. Dropping it kills it.
struct Replaying {
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Replaying {
    async fn start(hub: &HubAccess, recordings: &Path) -> Result<Self, BenchError> {
        let doing = "starting the replaying process";
        let program = std::env::current_exe().map_err(BenchError::io(doing))?;
        let mut child = Command::new(program)
            .arg("replay")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::io(doing))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or_else(|| BenchError::Replay("has no pipes".to_owned()))?;
        let mut replaying = Self {
            child,
            orders,
            answers: BufReader::new(answers).lines(),
        };
        let sign_in = Order::SignIn {
            hub: hub.base_url.clone(),
            key: hub.key.clone(),
            recordings: recordings.to_owned(),
        };
        let Answer::SignedIn = replaying.ask(&sign_in, ANSWER_LIMIT).await? else {
            return Err(unexpected());
        };
        Ok(replaying)
    }

    async fn usage(&mut self) -> Result<Usage, BenchError> {
        let Answer::Usage(usage) = self.ask(&Order::Usage, ANSWER_LIMIT).await? else {
            return Err(unexpected());
        };
        Ok(usage)
    }

    async fn ping(&mut self, count: usize) -> Result<Vec<f64>, BenchError> {
        let limit = ANSWER_LIMIT + PING_LIMIT * u32::try_from(count).unwrap_or(u32::MAX);
        let answer = self.ask(&Order::Ping { count, seed: SEED }, limit).await?;
        let Answer::RoundTrips { millis } = answer else {
            return Err(unexpected());
        };
        Ok(millis)
    }

    /// Lets it sign out, which it does when its orders end.
    async fn end(mut self) -> Result<(), BenchError> {
        drop(self.orders);
        let status = within("the end of the replaying process", END_LIMIT, async {
            self.child
                .wait()
                .await
                .map_err(BenchError::io("waiting for the replaying process"))
        })
        .await?;
        if status.success() {
            Ok(())
        } else {
            Err(BenchError::Replay(format!("ended with {status}")))
        }
    }

    async fn ask(&mut self, order: &Order, limit: Duration) -> Result<Answer, BenchError> {
        within("an answer of the replaying process", limit, async {
            let mut line = serde_json::to_string(order).unwrap_or_default();
            line.push('\n');
            self.orders
                .write_all(line.as_bytes())
                .await
                .map_err(BenchError::io("telling the replaying process"))?;
            let answer = self
                .answers
                .next_line()
                .await
                .map_err(BenchError::io("hearing the replaying process"))?;
            let answer = answer.ok_or_else(|| BenchError::Replay("ended early".to_owned()))?;
            match serde_json::from_str(&answer) {
                Ok(Answer::Failed { reason }) => Err(BenchError::Replay(format!("failed: {reason}"))),
                Ok(answer) => Ok(answer),
                Err(error) => Err(BenchError::Replay(format!("answered nonsense: {error}"))),
            }
        })
        .await
    }
}

fn unexpected() -> BenchError {
    BenchError::Replay("answered something else than it was asked".to_owned())
}
