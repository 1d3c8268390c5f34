//! The expert's page in a real Chromium, and between it and the technician a link that loses, breaks off or is thin.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test states what it expects, and prints what it measured"
)]

mod browser_call;

use std::sync::Arc;
use std::time::Duration;

use assist_browser::{Browser, BrowserConfig};
use assist_end_to_end::{DEADLINE, RelayedFactory, TestHub, next_text, other_person, until, until_shown};
use assist_engine::call::Call;
use assist_link::loss::Loss;
use assist_link::path::PathConfig;
use assist_link::relay::RelayConfig;
use assist_protocol::call::CallState;
use assist_protocol::messages::call::EndReason;
use assist_protocol::messages::channel::CameraState;

use self::browser_call::{ENTER, Technician, artefact, ended, expert_page, join};

/// A link with 20 ms each way, and from the technician so many bits a second, if that is limited.
fn link(bps: Option<u64>) -> RelayConfig {
    let delay = Duration::from_millis(20);
    let open = PathConfig::open(delay);
    RelayConfig {
        outward: bps.map_or(open.clone(), |bps| {
            PathConfig::clean(bps, delay, Duration::from_millis(300))
        }),
        inward: open,
    }
}

async fn technician_over(hub: &TestHub, link: &RelayConfig) -> (Technician, Arc<RelayedFactory>) {
    let network = Arc::new(RelayedFactory::new(link.clone(), 3));
    let session = hub
        .device_over("technician", "phone", Arc::clone(&network) as Arc<_>)
        .await;
    (Technician::with(session), network)
}

async fn until_camera(call: &Call, state: CameraState) {
    until_shown(call, |call| call.local.camera == state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poor_link_is_said_and_a_pause_is_offered_once() {
    let hub = TestHub::start().await;
    let (technician, network) = technician_over(&hub, &link(None)).await;
    let mut page = expert_page(&hub, BrowserConfig::default()).await;
    let (call, _attendance) = join(&page, &technician).await;
    page.wait_for("assist.quality?.words.startsWith('Good, ')", DEADLINE)
        .await
        .unwrap();
    network.set(link(Some(500_000)));
    page.wait_for("assist.link?.offer === 'pause_video'", DEADLINE)
        .await
        .unwrap();
    page.wait_for("assist.quality.words.startsWith('Poor: only ')", DEADLINE)
        .await
        .unwrap();
    page.screenshot_to(&artefact("expert-on-a-poor-link.png"))
        .await
        .unwrap();
    page.click("#link-offer-yes").await.unwrap();
    until_camera(&call, CameraState::Paused).await;
    page.wait_for(
        "assist.theirs.camera === 'paused' && assist.link.offer === null",
        DEADLINE,
    )
    .await
    .unwrap();
    network.set(link(None));
    page.wait_for("assist.link?.offer === 'resume_video'", DEADLINE)
        .await
        .unwrap();
    page.screenshot_to(&artefact("expert-on-a-good-link-again.png"))
        .await
        .unwrap();
    // No closes it here; the technician still sees it, and says yes.
    page.click("#link-offer-no").await.unwrap();
    page.wait_for("assist.link.offer === null", DEADLINE).await.unwrap();
    call.accept_link_offer().unwrap();
    until_camera(&call, CameraState::On).await;
    let picture = "assist.theirs.camera === 'on' && assist.statistics().then((now) => now.framesDecoded)";
    page.wait_for(picture, DEADLINE).await.unwrap();
    assert_eq!(page.page_errors().await.unwrap(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_packets_are_sent_again() {
    let hub = TestHub::start().await;
    let mut link = link(None);
    let (technician, network) = technician_over(&hub, &link).await;
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
    let link = link(None);
    let (technician, network) = technician_over(&hub, &link).await;
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
