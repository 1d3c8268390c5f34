//! From the pen's touch in Chromium to the mark's place in the technician's space.
//!
//! The page stamps the moment its pointer handler is entered (a listener put before the page's own, by wall clock), the
//! bench the moment at which the engine says that the mark is there: it is lifted in the same step that takes it in. Both
//! clocks are this machine's, and the page's is held against it. The pictures are recorded, with the AR frames
//! that belong to them; nothing is drawn or encoded while it is measured.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use assist_engine::annotations::ArFrame;
use assist_engine::call::Call;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_headless::scene::Scene;
use assist_headless::tracking::Tracker;
use assist_hub::{Hub, HubConfig};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::call::{ExpertPage, LOOPBACK};
use crate::error::{BenchError, blocking, within};
use crate::figures::median;
use crate::progress;
use crate::recording::Recording;
use crate::technician::{HubAccess, Technician};

/// How long one thing may take.
const LIMIT: Duration = Duration::from_secs(20);
/// How long pictures have come before anything is drawn.
const SETTLING: Duration = Duration::from_secs(3);
/// Between strokes, in ms: not in step with the pictures.
const PAUSE_MS: std::ops::Range<u64> = 20..90;
/// Of the pauses and places.
const SEED: u64 = 1;
/// The first are not counted: the page compiles what it has not used yet.
const WARMING: usize = 4;

/// In ms, in the order they were measured.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    /// From the handler's entry to the place, the link's delay included: lines, by their first point, and arrows.
    pub(super) strokes_ms: Vec<f64>,
    /// Round trips on the control channel, between the strokes.
    pub(super) round_trips_ms: Vec<f64>,
    pub(super) chromium: String,
}

/// Notes when a handler is entered, before the page's own runs.
const STAMP: &str = "window.benchStamps = {};
    for (const type of ['pointerdown', 'pointerup'])
      document.getElementById('marks').addEventListener(
        type, () => { window.benchStamps[type] = performance.timeOrigin + performance.now(); }, { capture: true });";
/// The wall clock minus the page's, at some ticks of it, in ms.
const CLOCK: &str = "const ticks = [];
    for (let last = Date.now(); ticks.length < 25;) {
      const now = Date.now();
      if (now !== last) ticks.push(now - (performance.timeOrigin + performance.now()));
      last = now;
    }
    return ticks;";
/// Where the picture is on the page.
const AREA: &str = "(() => { const { x, y, width, height } = document.getElementById('marks').getBoundingClientRect();
    const video = document.querySelector('video');
    const scale = Math.min(width / video.videoWidth, height / video.videoHeight);
    const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
    return [x + (width - w) / 2, y + (height - h) / 2, w, h]; })()";

/// Draws `strokes` strokes, half of them lines and half arrows.
pub(super) async fn measure(strokes: usize) -> Result<Placed, BenchError> {
    let folder = tempfile::Builder::new()
        .prefix("assist-bench-")
        .tempdir()
        .map_err(BenchError::io("making a folder for the hub"))?;
    progress("drawing and encoding what will be sent, unless that was done before");
    let recordings = Recording::folder(folder.path());
    let recording = blocking(move || Ok(Recording::load(&recordings)?.with_ar_frames(ar_frames))).await?;
    let hub = Hub::start(HubConfig::new(LOOPBACK, folder.path().join("hub"))).await?;
    let access = HubAccess {
        base_url: hub.base_url(),
        key: hub.sandbox_key().to_owned(),
    };
    progress("starting the expert's browser");
    let expert = ExpertPage::open(&access).await?;
    let technician = Technician::sign_in(&access, Arc::new(WebRtcFactory::new(vec![LOOPBACK]))).await?;
    let placed = tokio::select! {
        placed = draw(&expert, &technician, strokes) => placed,
        ended = technician.answer_all(&recording) => ended.map(|never| match never {}),
    };
    technician.sign_out().await;
    drop(expert);
    hub.shutdown().await;
    placed
}

/// What an AR platform that is never wrong says of each picture of the recording.
fn ar_frames(capture_times_us: &[u64]) -> Vec<ArFrame> {
    let scene = Scene::new(assist_headless::recorded::SEED);
    let mut tracker = Tracker::exact(&scene);
    let frames = capture_times_us
        .iter()
        .map(|time_us| tracker.frame(&scene, *time_us, 1_280, 720));
    frames.collect()
}

async fn draw(expert: &ExpertPage, technician: &Technician, strokes: usize) -> Result<Placed, BenchError> {
    expert.join().await?;
    expert.connected().await?;
    let browser = expert.browser();
    browser
        .wait_for("assist.annotate.canDraw && assist.frame", LIMIT)
        .await?;
    tokio::time::sleep(SETTLING).await;
    browser.evaluate(STAMP).await?;
    let call = technician
        .call()
        .ok_or_else(|| BenchError::Call("there is no call".to_owned()))?;
    let ticks: Vec<f64> = numbers(&browser.evaluate(CLOCK).await?)?;
    let clock_ms = median(&ticks).ok_or(BenchError::Figure("placed_ms"))?;
    let area = numbers(&browser.wait_for(AREA, LIMIT).await?)?;
    let mut pencil = Pencil {
        expert,
        call: &call,
        area,
        clock_ms,
        random: ChaCha8Rng::seed_from_u64(SEED),
    };
    let mut placed = Placed {
        chromium: expert.version().await?,
        ..Placed::default()
    };
    for tool in [Tool::Ink, Tool::Arrow] {
        progress(&format!("{} strokes: {}", strokes / 2, tool.button()));
        browser.click(tool.button()).await?;
        for index in 0..WARMING + strokes / 2 {
            let taken_ms = within("placing a mark", LIMIT, pencil.stroke(tool)).await?;
            let round_trip = within("a ping", LIMIT, pencil.round_trip()).await?;
            if index >= WARMING {
                placed.strokes_ms.push(taken_ms);
                placed.round_trips_ms.push(round_trip);
            }
        }
    }
    expert.hang_up().await?;
    Ok(placed)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    /// Placed from its first point on.
    Ink,
    /// Placed when the pen is lifted.
    Arrow,
}

impl Tool {
    const fn button(self) -> &'static str {
        match self {
            Self::Ink => "#tool-ink",
            Self::Arrow => "#tool-arrow",
        }
    }

    const fn begins_with(self) -> &'static str {
        match self {
            Self::Ink => "pointerdown",
            Self::Arrow => "pointerup",
        }
    }
}

struct Pencil<'a> {
    expert: &'a ExpertPage,
    call: &'a Call,
    /// Left, top, width and height of the picture on the page.
    area: Vec<f64>,
    clock_ms: f64,
    random: ChaCha8Rng,
}

impl Pencil<'_> {
    /// Draws a short stroke and takes it back. In ms from the handler's entry to the place.
    async fn stroke(&mut self, tool: Tool) -> Result<f64, BenchError> {
        let (x, y) = (self.random.random_range(0.35..0.65), self.random.random_range(0.3..0.6));
        let marks = async |count: u32| {
            self.call.wait_for(|snapshot| snapshot.annotations.marks == count).await;
            wall_clock_ms()
        };
        let drag = async {
            self.mouse("mousePressed", (x, y), 1).await?;
            self.mouse("mouseMoved", (x + 0.03, y + 0.03), 1).await?;
            self.mouse("mouseReleased", (x + 0.06, y + 0.06), 0).await
        };
        let (placed_ms, dragged) = tokio::join!(marks(1), drag);
        dragged?;
        let browser = self.expert.browser();
        let stamp = format!("window.benchStamps.{}", tool.begins_with());
        let entered_ms = browser.evaluate(&format!("return {stamp};")).await?.as_f64();
        let entered_ms = entered_ms.ok_or(BenchError::Figure("placed_ms"))?;
        browser.wait_for("assist.marksByState.shape === 1", LIMIT).await?;
        browser.evaluate("document.getElementById('undo').click();").await?;
        marks(0).await;
        let pause = Duration::from_millis(self.random.random_range(PAUSE_MS));
        tokio::time::sleep(pause).await;
        Ok(placed_ms - (entered_ms + self.clock_ms))
    }

    async fn round_trip(&self) -> Result<f64, BenchError> {
        let round_trip = self.call.measure_round_trip().await;
        let round_trip = round_trip.ok_or_else(|| BenchError::Call("a ping got no answer".to_owned()))?;
        Ok(round_trip.as_secs_f64() * 1e3)
    }

    /// A mouse event at a place in the picture, in its widths and heights.
    async fn mouse(&self, kind: &str, (x, y): (f64, f64), buttons: u8) -> Result<(), BenchError> {
        let [left, top, width, height] = self.area[..] else {
            return Err(BenchError::Figure("placed_ms"));
        };
        let event = json!({
            "type": kind, "x": left + x * width, "y": top + y * height, "button": "left", "buttons": buttons,
            "clickCount": 1, "pointerType": "mouse"
        });
        self.expert
            .browser()
            .dev_tools("Input.dispatchMouseEvent", event)
            .await?;
        Ok(())
    }
}

fn numbers(value: &Value) -> Result<Vec<f64>, BenchError> {
    serde_json::from_value(value.clone()).map_err(|_| BenchError::Figure("placed_ms"))
}

fn wall_clock_ms() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs_f64() * 1e3
}
