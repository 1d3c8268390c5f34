//! `assist-bench call`: how a call begins and what it costs, through one hub in this process.

mod cost;
mod expert;
mod first_frame;
mod report;
mod sender_page;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use assist_hub::{Hub, HubConfig};

pub(crate) use self::expert::ExpertPage;
use self::report::Report;
pub(crate) use self::sender_page::SenderPage;
use crate::error::{BenchError, blocking, within};
use crate::machine::{Machine, Versions};
use crate::progress;
use crate::recording::Recording;
use crate::technician::HubAccess;

/// Everything happens on this machine: one free port of it.
pub(crate) const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Measured calls of each subject.
    pub(crate) calls: usize,
    /// How long pictures are replayed while cost and freezes are counted.
    pub(crate) replay: Duration,
    /// Round trips on the data channel.
    pub(crate) pings: usize,
    /// Whether this only shows that it works.
    pub(crate) smoke: bool,
    /// After this everything is given up.
    limit: Duration,
}

impl Plan {
    /// What the figures are made with.
    pub(crate) const FULL: Self = Self {
        calls: 10,
        replay: Duration::from_secs(60),
        pings: 1_000,
        smoke: false,
        limit: Duration::from_secs(20 * 60),
    };
    /// What a test has time for.
    pub(crate) const SMOKE: Self = Self {
        calls: 2,
        replay: Duration::from_secs(8),
        pings: 300,
        smoke: true,
        limit: Duration::from_secs(5 * 60),
    };
}

/// Measures all of it.
///
/// # Errors
/// See [`BenchError`]: something did not work. A missed goal is a figure like any other.
pub(crate) async fn run(plan: Plan) -> Result<Report, BenchError> {
    within("the benchmark", plan.limit, measure(plan)).await
}

async fn measure(plan: Plan) -> Result<Report, BenchError> {
    let machine = Machine::look();
    let folder = tempfile::Builder::new()
        .prefix("assist-bench-")
        .tempdir()
        .map_err(BenchError::io("making a folder for the hub"))?;
    let recordings = Recording::folder(folder.path());
    progress("drawing and encoding what will be sent, unless that was done before");
    let recording = blocking({
        let recordings = recordings.clone();
        move || Recording::load(&recordings)
    })
    .await?;

    let hub = Hub::start(HubConfig::new(LOOPBACK, folder.path().join("hub"))).await?;
    let access = HubAccess {
        base_url: hub.base_url(),
        key: hub.sandbox_key().to_owned(),
    };
    progress("starting the expert's browser");
    let expert = ExpertPage::open(&access).await?;
    let versions = Versions::new(expert.version().await?);
    let first_frames = first_frame::measure(&expert, &access, &recording, plan.calls).await?;
    let cost = cost::measure(&expert, &access, &recordings, plan).await?;
    drop(expert);
    hub.shutdown().await;
    Report::new(plan, machine, versions, first_frames, cost)
}
