//! A few of the cases over real sockets: our whole engine, and Chromium's own sender, each to the expert's page behind relays.

mod content;
mod receiver;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use assist_engine::media::VIDEO_FLOOR;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_headless::camera::CameraSource;
use assist_headless::microphone::Microphone;
use assist_headless::phone::SimulatedPhone;
use assist_hub::{Hub, HubConfig};
use assist_link::media::{Case, Outcome, began, watched};
use assist_link::relay::RelayConfig;
use serde_json::json;

use self::receiver::Receiver;
use super::Plan;
use crate::call::{LOOPBACK, SenderPage};
use crate::error::{BenchError, blocking, within};
use crate::progress;
use crate::technician::{HubAccess, Technician};

/// What is run.
const CASES: [&str; 4] = ["case_5_1", "case_5_1_loss10", "step", "worst"];
/// The worst case goes on for so long.
const WORST: Duration = Duration::from_secs(60);
/// In a short run only this case is run, for so long.
const SMOKE: (&str, Duration) = ("step", Duration::from_secs(10));
/// What both make at most on the wire, bits a second: the product's floor, its headers, and sound.
const MOST_BPS: f64 = 1_600_000.0;
/// A call has to be connected, and to show its first picture, within so long; and the same after its end.
const CALL_LIMIT: Duration = Duration::from_secs(60);
const LOOKED_EVERY: Duration = Duration::from_millis(200);

/// Before the page that sends: the same ceiling as ours.
const SAME_CEILING: &str = "
    const { setParameters } = RTCRtpSender.prototype;
    RTCRtpSender.prototype.setParameters = function (parameters) {
      for (const encoding of parameters.encodings) encoding.maxBitrate = MOST_BITS_PER_S;
      return setParameters.call(this, parameters);
    };
";

/// Both subjects' figures of a case.
pub(super) struct RealCase {
    pub(super) case: Case,
    pub(super) ours: Outcome,
    pub(super) chromium: Outcome,
}

/// Who sends.
#[derive(Clone, Copy)]
enum Subject<'a> {
    Ours(&'a SimulatedPhone),
    Chromium(&'a SenderPage),
}

/// Runs the cases, one subject at a time.
///
/// # Errors
/// See [`BenchError`]: something did not work.
pub(super) async fn run(cases: Vec<Case>, plan: &Plan, smoke: bool) -> Result<Vec<RealCase>, BenchError> {
    let folder = tempfile::Builder::new()
        .prefix("assist-bench-")
        .tempdir()
        .map_err(BenchError::io("making a folder for the hub"))?;
    let hub = Hub::start(HubConfig::new(LOOPBACK, folder.path().join("hub"))).await?;
    let access = HubAccess {
        base_url: hub.base_url(),
        key: hub.sandbox_key().to_owned(),
    };
    progress("drawing what is shown, and starting both browsers");
    let seen = folder.path().join("camera.y4m");
    blocking({
        let seen = seen.clone();
        move || content::write(&seen)
    })
    .await?;
    let phone = SimulatedPhone::new(CameraSource::scene(content::SEED), Microphone::tone(content::SEED))
        .map_err(|error| BenchError::Call(error.to_string()))?;
    let receiver = Receiver::open(&access).await?;
    let sender = sender_page(&seen).await?;
    let mut done = Vec::new();
    for case in chosen(cases, smoke) {
        let ours = measure(&case, Subject::Ours(&phone), &receiver, &access, plan.seed).await?;
        let chromium = measure(&case, Subject::Chromium(&sender), &receiver, &access, plan.seed).await?;
        done.push(RealCase { case, ours, chromium });
    }
    drop((receiver, sender));
    hub.shutdown().await;
    Ok(done)
}

fn chosen(cases: Vec<Case>, smoke: bool) -> Vec<Case> {
    let is_chosen = |case: &Case| {
        let name = case.name.as_str();
        if smoke { name == SMOKE.0 } else { CASES.contains(&name) }
    };
    let real = |case: Case| {
        let longest = match case.name.as_str() {
            _ if smoke => SMOKE.1,
            "worst" => WORST,
            _ => case.length,
        };
        Case {
            length: case.length.min(longest),
            most_bps: MOST_BPS,
            ..case
        }
    };
    cases.into_iter().filter(is_chosen).map(real).collect()
}

async fn sender_page(seen: &Path) -> Result<SenderPage, BenchError> {
    let camera = format!("--use-file-for-fake-video-capture={}", seen.display());
    let sender = SenderPage::start_with(vec![camera]).await?;
    let most = VIDEO_FLOOR.bitrate_bps.to_string();
    let script = json!({ "source": SAME_CEILING.replace("MOST_BITS_PER_S", &most) });
    sender
        .browser()
        .dev_tools("Page.addScriptToEvaluateOnNewDocument", script)
        .await?;
    Ok(sender)
}

/// One call of a subject over the case's link.
async fn measure(
    case: &Case,
    subject: Subject<'_>,
    receiver: &Receiver,
    hub: &HubAccess,
    seed: u64,
) -> Result<Outcome, BenchError> {
    let config = RelayConfig {
        outward: case.forward.clone(),
        inward: case.back.clone(),
    };
    let called = async {
        tokio::select! {
            outcome = watch(case, receiver) => outcome,
            failed = receiver.relay(&config, seed) => Err(failed.err().unwrap_or(BenchError::Figure("of relays"))),
        }
    };
    let outcome = match subject {
        Subject::Ours(phone) => {
            progress(&format!("over real sockets, ours: {}", case.title));
            let technician = Technician::sign_in(hub, Arc::new(WebRtcFactory::new(vec![LOOPBACK]))).await?;
            let attended = async {
                let call = technician.answer().await?;
                let _attendance = phone.attend(&call);
                call.wait_for(|_| false).await;
                Err(BenchError::Call("the call ended by itself".to_owned()))
            };
            let outcome = tokio::select! {
                outcome = called => outcome,
                failed = attended => failed,
            };
            receiver.hang_up().await?;
            technician.sign_out().await;
            outcome
        }
        Subject::Chromium(sender) => {
            progress(&format!("over real sockets, Chromium: {}", case.title));
            sender.sign_in(hub).await?;
            let outcome = called.await;
            receiver.hang_up().await?;
            sender.sign_out().await?;
            outcome
        }
    };
    receiver.page().technician_is(false).await?;
    outcome
}

/// Calls, and looks on until the case is over.
async fn watch(case: &Case, receiver: &Receiver) -> Result<Outcome, BenchError> {
    receiver.page().call().await?;
    within("a call over a relay", case.length + CALL_LIMIT, async {
        loop {
            tokio::time::sleep(LOOKED_EVERY).await;
            let passages = receiver.passages();
            let newest = passages.last().map_or(Duration::ZERO, |passage| passage.sent);
            // Time begins with the first packet of media; what was sent last must have had time to arrive.
            let began = began(&passages);
            if began.is_some_and(|began| newest > began + case.length + case.forward.way.delay) {
                let repairs = receiver.repairs().await?;
                return watched(case, &passages, &repairs).ok_or(BenchError::Figure("of a call over a relay"));
            }
        }
    })
    .await
}
