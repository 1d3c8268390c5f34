//! Pictures of every screen, for people to look at; and what a machine can judge of them: nothing sticks out sideways.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod common;

use assist_browser::{Browser, BrowserConfig, ColourScheme, Microphone, WindowSize};
use common::{DEADLINE, Site, artefact, connect, state};

const ENTER: &str = "\u{E007}";

async fn picture(page: &Browser, name: &str) {
    // Two frames: what was just changed has been drawn.
    let drawn = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
    page.evaluate(drawn).await.unwrap();
    page.screenshot_to(&artefact(&format!("page/{name}.png")))
        .await
        .unwrap();
    // Compared with what was asked for: on a phone the window itself grows with what does not fit.
    let window = if name.starts_with("phone") {
        WindowSize::PHONE
    } else {
        WindowSize::DESKTOP
    };
    let width_px = page
        .evaluate("return document.documentElement.scrollWidth")
        .await
        .unwrap();
    assert!(
        width_px.as_u64().unwrap() <= window.width_px.into(),
        "{name} is {width_px} px wide"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_call_on_a_desk_and_on_a_phone() {
    let site = Site::start().await;
    let technician = site.page("technician", BrowserConfig::default()).await;
    let phone = |window| BrowserConfig {
        window,
        reduced_motion: true,
        ..BrowserConfig::default()
    };
    for (name, window) in [("desk", WindowSize::DESKTOP), ("phone", WindowSize::PHONE)] {
        let expert = site.page("expert", phone(window)).await;
        expert
            .wait_for("assist.people.some(({ presence }) => presence === 'online')", DEADLINE)
            .await
            .unwrap();
        picture(&expert, &format!("{name}-people")).await;
        expert.click("#about-button").await.unwrap();
        picture(&expert, &format!("{name}-about")).await;
        expert.click("#about-close").await.unwrap();
        expert.click("#first-run-done").await.unwrap();

        expert.click(".join").await.unwrap();
        state(&technician, "ringing").await;
        state(&expert, "alerting").await;
        picture(&expert, &format!("{name}-calling")).await;
        if name == "desk" {
            picture(&technician, "desk-technician-ringing").await;
        }
        technician.click("#answer").await.unwrap();
        state(&expert, "connected").await;
        expert.wait_for("assist.firstFrame", DEADLINE).await.unwrap();
        expert
            .wait_for("document.querySelector('#quality-words').textContent", DEADLINE)
            .await
            .unwrap();
        picture(&expert, &format!("{name}-call")).await;

        let open = expert
            .evaluate("return document.querySelector('#chat').hidden")
            .await
            .unwrap()
            == false;
        if !open {
            expert.click("#chat-toggle").await.unwrap();
        }
        expert
            .type_into("#chat-text", &format!("Which valve is it?{ENTER}"))
            .await
            .unwrap();
        let reply = format!("The left one, as on https://example.com/manual{ENTER}");
        technician.type_into("#chat-text", &reply).await.unwrap();
        expert
            .wait_for("assist.texts.length === 2 && assist.texts[0].arrived", DEADLINE)
            .await
            .unwrap();
        picture(&expert, &format!("{name}-chat")).await;
        expert.colour_scheme(ColourScheme::Dark, true).await.unwrap();
        picture(&expert, &format!("{name}-chat-dark")).await;
        if !open {
            expert.click("#chat-close").await.unwrap();
        }

        technician.click("#camera").await.unwrap();
        technician.click("#mute").await.unwrap();
        expert
            .wait_for(
                "assist.theirs.camera === 'paused' && assist.theirs.microphone === 'muted'",
                DEADLINE,
            )
            .await
            .unwrap();
        picture(&expert, &format!("{name}-paused")).await;
        technician.click("#camera").await.unwrap();
        technician.click("#mute").await.unwrap();
        technician.click("#hang-up").await.unwrap();
        state(&expert, "ended").await;
        picture(&expert, &format!("{name}-ended")).await;
        expert.click("#leave").await.unwrap();
        picture(&expert, &format!("{name}-people-dark")).await;
        state(&technician, "ended").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_listener_and_of_a_lost_connection() {
    let site = Site::start().await;
    let mut technician = site.page("technician", BrowserConfig::default()).await;
    let refused = BrowserConfig {
        microphone: Microphone::Denied,
        ..BrowserConfig::default()
    };
    let expert = site.page("expert", refused).await;
    connect(&expert, &technician).await;
    picture(&expert, "desk-listener").await;
    technician.kill();
    state(&expert, "reconnecting").await;
    picture(&expert, "desk-reconnecting").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_browser_that_lacks_something() {
    let site = Site::start().await;
    let page = Browser::start(BrowserConfig::default()).await.unwrap();
    let without = "delete window.RTCPeerConnection; delete HTMLVideoElement.prototype.requestVideoFrameCallback;";
    let script = serde_json::json!({ "source": without });
    page.dev_tools("Page.addScriptToEvaluateOnNewDocument", script)
        .await
        .unwrap();
    page.open(&site.hub.base_url()).await.unwrap();
    let said = "!document.querySelector('#unsupported').hidden && document.querySelector('#lacking').textContent";
    let said = page.wait_for(said, DEADLINE).await.unwrap();
    let said = said.as_str().unwrap();
    assert!(
        said.contains("RTCPeerConnection") && said.contains("requestVideoFrameCallback"),
        "{said}"
    );
    picture(&page, "desk-unsupported").await;
}
