//! The technician's engine and a real Chromium, through a real hub.

#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod browser_call;

use assist_browser::{BrowserConfig, Microphone as BrowserMicrophone};
use assist_end_to_end::{DEADLINE, TestHub, next_text, other_person, until, until_shown, within};
use assist_protocol::call::CallState;
use assist_protocol::messages::call::EndReason;
use assist_protocol::messages::channel::MicrophoneState;

use self::browser_call::{ENTER, Technician, artefact, ended, expert_page, join};

async fn technician_at(hub: &TestHub) -> Technician {
    Technician::with(hub.device("technician", "phone").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn sees_hears_writes_and_hangs_up_from_either_end() {
    let hub = TestHub::start().await;
    let technician = technician_at(&hub).await;
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
    let technician = technician_at(&hub).await;
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
    let technician = technician_at(&hub).await;
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
    let technician = technician_at(&hub).await;
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
    let technician = technician_at(&hub).await;
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
