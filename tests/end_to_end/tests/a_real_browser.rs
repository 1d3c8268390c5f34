//! The technician's engine and a real Chromium, through a real hub.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test states what it expects, and prints what it measured"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assist_browser::{Browser, BrowserConfig, Microphone as BrowserMicrophone};
use assist_end_to_end::{DEADLINE, RelayedFactory, TestHub, next_text, other_person, until, until_shown, within};
use assist_engine::call::Call;
use assist_engine::session::Session;
use assist_headless::camera::CameraSource;
use assist_headless::microphone::Microphone;
use assist_headless::phone::{Attendance, SimulatedPhone};
use assist_link::loss::Loss;
use assist_link::path::PathConfig;
use assist_link::relay::RelayConfig;
use assist_protocol::call::CallState;
use assist_protocol::messages::call::EndReason;
use assist_protocol::messages::channel::MicrophoneState;

const ENTER: &str = "\u{E007}";

/// A technician with a simulated phone, waiting for a call.
struct Technician {
    session: Session,
    phone: SimulatedPhone,
}

impl Technician {
    async fn at(hub: &TestHub) -> Self {
        Self::with(hub.device("technician", "phone").await)
    }

    fn with(session: Session) -> Self {
        let phone = SimulatedPhone::new(CameraSource::scene(1), Microphone::tone(1)).unwrap();
        Self { session, phone }
    }

    /// Takes the next call: the call, and the phone at work on it.
    async fn take_call(&self) -> (Call, Attendance) {
        let call = within(self.session.next_incoming()).await.unwrap();
        call.accept().unwrap();
        let attendance = self.phone.attend(&call);
        (call, attendance)
    }
}

/// The expert's page, signed in and ready to join.
async fn expert_page(hub: &TestHub, config: BrowserConfig) -> Browser {
    let browser = Browser::start(config).await.unwrap();
    let address = format!("{}/#key={}&account=expert", hub.hub.base_url(), hub.hub.sandbox_key());
    browser.open(&address).await.unwrap();
    browser
        .wait_for(
            "assist.connected && assist.ready && document.querySelector('.join')",
            DEADLINE,
        )
        .await
        .unwrap();
    browser
}

async fn join(page: &Browser, technician: &Technician) -> (Call, Attendance) {
    page.click(".join").await.unwrap();
    let (call, attendance) = technician.take_call().await;
    until(&call, CallState::Connected).await;
    page.wait_for("assist.state === 'connected'", DEADLINE).await.unwrap();
    (call, attendance)
}

async fn ended(call: &Call, reason: EndReason) {
    let snapshot = within(call.wait_for(|_| false)).await;
    assert_eq!((snapshot.state, snapshot.end_reason), (CallState::Ended, Some(reason)));
}

fn artefact(name: &str) -> PathBuf {
    let folder = std::env::var_os("ASSIST_ARTEFACTS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn sees_hears_writes_and_hangs_up_from_either_end() {
    let hub = TestHub::start().await;
    let technician = Technician::at(&hub).await;
    let mut page = expert_page(&hub, BrowserConfig::default()).await;
    let (call, attendance) = join(&page, &technician).await;

    let enough = "assist.statistics().then((counted) => counted.framesDecoded >= 60 && counted)";
    let counted = page.wait_for(enough, DEADLINE).await.unwrap();
    assert_eq!((&counted["widthPx"], &counted["heightPx"]), (&1280.into(), &720.into()));
    page.screenshot_to(&artefact("expert-in-call.png")).await.unwrap();
    page.wait_for("Math.abs(assist.spectrum()?.dominantHz - 440) < 25", DEADLINE)
        .await
        .unwrap();
    // Chromium's test microphone beeps; the technician hears it.
    within(
        technician
            .phone
            .speaker()
            .wait_for(|speaker| speaker.level_dbfs() > -60.0),
    )
    .await
    .unwrap();

    page.type_into("#chat-text", &format!("Which valve?{ENTER}"))
        .await
        .unwrap();
    assert_eq!(next_text(&call).await, "Which valve?");
    call.send_text("<i>The red one</i>").unwrap();
    page.wait_for(
        "assist.texts.some(({ mine, text }) => !mine && text === '<i>The red one</i>')",
        DEADLINE,
    )
    .await
    .unwrap();
    page.wait_for("assist.texts[0].arrived", DEADLINE).await.unwrap();

    call.set_camera_paused(true).unwrap();
    page.wait_for("assist.theirs.camera === 'paused'", DEADLINE)
        .await
        .unwrap();
    call.set_microphone_muted(true).unwrap();
    page.wait_for("assist.theirs.microphone === 'muted'", DEADLINE)
        .await
        .unwrap();
    let before = page
        .evaluate("return assist.statistics().then((now) => now.framesDecoded)")
        .await
        .unwrap();
    call.set_camera_paused(false).unwrap();
    let more = format!("assist.statistics().then((now) => now.framesDecoded > {before} + 15)");
    page.wait_for(&more, DEADLINE).await.unwrap();
    page.click("#mute").await.unwrap();
    until_shown(&call, |call| {
        call.remote
            .is_some_and(|remote| remote.microphone == MicrophoneState::Muted)
    })
    .await;

    page.click("#hang-up").await.unwrap();
    ended(&call, EndReason::HungUp).await;
    drop(attendance);
    page.wait_for("assist.state === 'ended' && assist.ready", DEADLINE)
        .await
        .unwrap();

    page.click("#call-again").await.unwrap();
    let (call, _attendance) = technician.take_call().await;
    page.wait_for("assist.state === 'connected'", DEADLINE).await.unwrap();
    call.hang_up().unwrap();
    page.wait_for("assist.state === 'ended' && assist.reason === 'hung_up'", DEADLINE)
        .await
        .unwrap();
    ended(&call, EndReason::HungUp).await;
    assert_eq!(page.page_errors().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_technician_calls_and_the_page_answers() {
    let hub = TestHub::start().await;
    let technician = Technician::at(&hub).await;
    let page = expert_page(&hub, BrowserConfig::default()).await;
    let call = technician
        .session
        .call(other_person(&technician.session))
        .await
        .unwrap();
    let _attendance = technician.phone.attend(&call);
    page.wait_for("assist.state === 'ringing'", DEADLINE).await.unwrap();
    page.click("#answer").await.unwrap();
    until(&call, CallState::Connected).await;
    page.wait_for(
        "assist.statistics().then((counted) => counted.framesDecoded >= 30)",
        DEADLINE,
    )
    .await
    .unwrap();
    call.hang_up().unwrap();
    page.wait_for("assist.state === 'ended'", DEADLINE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_microphone_the_expert_listens() {
    let hub = TestHub::start().await;
    let technician = Technician::at(&hub).await;
    let config = BrowserConfig {
        microphone: BrowserMicrophone::Denied,
        ..BrowserConfig::default()
    };
    let page = expert_page(&hub, config).await;
    let (call, _attendance) = join(&page, &technician).await;
    until_shown(&call, |call| {
        call.remote
            .is_some_and(|remote| remote.microphone == MicrophoneState::Absent)
    })
    .await;
    page.wait_for(
        "assist.statistics().then((counted) => counted.framesDecoded >= 15)",
        DEADLINE,
    )
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_killed_in_a_call_is_noticed() {
    let hub = TestHub::start().await;
    let technician = Technician::at(&hub).await;
    let mut page = expert_page(&hub, BrowserConfig::default()).await;
    let (call, _attendance) = join(&page, &technician).await;
    page.kill();
    until(&call, CallState::Reconnecting).await;
    // The technician need not wait for the time-out.
    call.hang_up().unwrap();
    ended(&call, EndReason::HungUp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_restarted_in_a_call_is_not_missed() {
    let hub = TestHub::start().await;
    let technician = Technician::at(&hub).await;
    let page = expert_page(&hub, BrowserConfig::default()).await;
    let (call, _attendance) = join(&page, &technician).await;
    let before = page
        .evaluate("return assist.statistics().then((now) => now.framesDecoded)")
        .await
        .unwrap();
    let hub = hub.restart().await;
    let more = format!("assist.statistics().then((now) => now.framesDecoded > {before} + 30)");
    page.wait_for(&more, DEADLINE).await.unwrap();
    assert_eq!(call.snapshot().state, CallState::Connected, "media went on");
    page.wait_for("assist.connected", DEADLINE).await.unwrap();
    within(technician.session.snapshots().wait_for(|session| session.connected))
        .await
        .unwrap();
    page.click("#hang-up").await.unwrap();
    ended(&call, EndReason::HungUp).await;
    page.wait_for("assist.state === 'ended' && assist.reason === 'hung_up'", DEADLINE)
        .await
        .unwrap();
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_packets_are_sent_again() {
    let hub = TestHub::start().await;
    let delayed = PathConfig::open(Duration::from_millis(20));
    let mut link = RelayConfig {
        outward: delayed.clone(),
        inward: delayed,
    };
    let network = Arc::new(RelayedFactory::new(link.clone(), 3));
    let session = hub
        .device_over("technician", "phone", Arc::clone(&network) as Arc<_>)
        .await;
    let technician = Technician::with(session);
    let page = expert_page(&hub, BrowserConfig::default()).await;
    let (_call, _attendance) = join(&page, &technician).await;
    page.wait_for(
        "assist.statistics().then((counted) => counted.framesDecoded >= 15)",
        DEADLINE,
    )
    .await
    .unwrap();
    link.outward.loss = Loss::Random(0.05);
    link.inward.loss = Loss::Random(0.02);
    network.set(link);
    let enough = "assist.statistics().then((counted) => counted.packetsRepaired >= 60 && counted)";
    let counted = page.wait_for(enough, DEADLINE).await.unwrap();
    // The browser counts a packet as lost when it first misses it: nearly each came again, and decoding never began anew.
    let of = |name: &str| counted[name].as_f64().unwrap();
    assert!(of("packetsRepaired") >= 0.9 * of("packetsLost"), "{counted}");
    assert!(of("keyFramesRequested") <= 2.0, "{counted}");
    let before = of("framesDecoded");
    let more = format!("assist.statistics().then((now) => now.framesDecoded >= {before} + 45)");
    page.wait_for(&more, DEADLINE).await.unwrap();
}

/// The path goes away for 20 s; what is written meanwhile arrives once and in order, and the picture is back soon.
async fn comes_back(page: &Browser, call: &Call, network: &RelayedFactory, whole: &RelayConfig) {
    page.wait_for(
        "assist.statistics().then((counted) => counted.framesDecoded >= 30)",
        DEADLINE,
    )
    .await
    .unwrap();
    let mut cut = whole.clone();
    (cut.outward.loss, cut.inward.loss) = (Loss::Random(1.0), Loss::Random(1.0));
    network.set(cut);
    let end = tokio::time::Instant::now() + Duration::from_secs(20);
    page.wait_for("assist.state === 'reconnecting'", DEADLINE)
        .await
        .unwrap();
    for line in 0..3 {
        page.type_into("#chat-text", &format!("page {line}{ENTER}"))
            .await
            .unwrap();
        call.send_text(&format!("phone {line}")).unwrap();
    }
    tokio::time::sleep_until(end).await;
    network.set(whole.clone());
    let back = "assist.state === 'connected' && assist.statistics().then((now) => now.framesDecoded >= 3)";
    page.wait_for(back, DEADLINE).await.unwrap();
    let after = end.elapsed();
    println!("the picture is back after {:.2} s", after.as_secs_f32());
    assert!(after < Duration::from_secs(6), "back after {after:?}");
    for line in 0..3 {
        assert_eq!(next_text(call).await, format!("page {line}"));
    }
    call.send_text("phone 3").unwrap();
    let lines = "assist.texts.filter(({ mine }) => !mine).map(({ text }) => text).join()";
    page.wait_for(&format!("{lines} === 'phone 0,phone 1,phone 2,phone 3'"), DEADLINE)
        .await
        .unwrap();
    page.wait_for("Math.abs(assist.spectrum()?.dominantHz - 440) < 25", DEADLINE)
        .await
        .unwrap();
    page.wait_for("assist.texts.every(({ mine, arrived }) => !mine || arrived)", DEADLINE)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_of_20_seconds_is_survived_whoever_called() {
    let hub = TestHub::start().await;
    let delayed = PathConfig::open(Duration::from_millis(20));
    let link = RelayConfig {
        outward: delayed.clone(),
        inward: delayed,
    };
    let network = Arc::new(RelayedFactory::new(link.clone(), 3));
    let session = hub
        .device_over("technician", "phone", Arc::clone(&network) as Arc<_>)
        .await;
    let technician = Technician::with(session);
    let page = expert_page(&hub, BrowserConfig::default()).await;
    let (call, attendance) = join(&page, &technician).await;
    comes_back(&page, &call, &network, &link).await;
    page.click("#hang-up").await.unwrap();
    ended(&call, EndReason::HungUp).await;
    drop(attendance);
    page.wait_for("assist.state === 'ended' && assist.ready", DEADLINE)
        .await
        .unwrap();

    let there = other_person(&technician.session);
    let call = technician.session.call(there).await.unwrap();
    let _attendance = technician.phone.attend(&call);
    page.wait_for("assist.state === 'ringing'", DEADLINE).await.unwrap();
    page.click("#answer").await.unwrap();
    until(&call, CallState::Connected).await;
    comes_back(&page, &call, &network, &link).await;
}
