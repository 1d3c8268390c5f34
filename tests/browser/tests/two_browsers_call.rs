//! A Chromium at the technician's and one at the expert's: a whole call through the hub.

mod common;

use assist_browser::{Browser, BrowserConfig};
use common::{DEADLINE, Site, connect, state};

const ENTER: &str = "\u{E007}";

async fn site_and_pages() -> (Site, Browser, Browser) {
    let site = Site::start().await;
    let technician = site.page("technician", BrowserConfig::default()).await;
    let expert = site.page("expert", BrowserConfig::default()).await;
    (site, technician, expert)
}

#[tokio::test(flavor = "multi_thread")]
async fn sees_hears_chats_and_hangs_up_from_either_end() {
    let (_site, mut technician, mut expert) = site_and_pages().await;
    connect(&expert, &technician).await;

    let enough = "assist.statistics().then((counted) => counted.framesDecoded >= 60 && counted)";
    let counted = expert.wait_for(enough, DEADLINE).await.unwrap();
    assert_eq!((&counted["widthPx"], &counted["heightPx"]), (&1280.into(), &720.into()));
    // Chromium's test microphone beeps once a second.
    expert
        .wait_for("assist.spectrum()?.levelDb > -60", DEADLINE)
        .await
        .unwrap();

    expert
        .type_into("#chat-text", &format!("Turn the left valve{ENTER}"))
        .await
        .unwrap();
    let arrived = "assist.texts.some(({ mine, text }) => !mine && text === 'Turn the left valve')";
    technician.wait_for(arrived, DEADLINE).await.unwrap();
    expert.wait_for("assist.texts[0].arrived", DEADLINE).await.unwrap();
    technician
        .type_into(
            "#chat-text",
            &format!("<b>Done</b>, see https://example.com/valve{ENTER}"),
        )
        .await
        .unwrap();
    let link = expert
        .wait_for("document.querySelector('#texts .theirs a')?.href", DEADLINE)
        .await
        .unwrap();
    assert_eq!(link, "https://example.com/valve");
    assert_eq!(
        expert
            .evaluate("return document.querySelectorAll('#texts b').length")
            .await
            .unwrap(),
        0
    );

    technician.click("#camera").await.unwrap();
    expert
        .wait_for("assist.theirs.camera === 'paused'", DEADLINE)
        .await
        .unwrap();
    let said = "!document.querySelector('#stage-note').hidden && \
                /video is paused/.test(document.querySelector('#stage-title').textContent)";
    expert.wait_for(said, DEADLINE).await.unwrap();
    technician.click("#mute").await.unwrap();
    expert
        .wait_for("assist.theirs.microphone === 'muted'", DEADLINE)
        .await
        .unwrap();
    technician.click("#camera").await.unwrap();
    let more = format!(
        "assist.theirs.camera === 'on' && assist.statistics().then((now) => now.framesDecoded > {})",
        expert
            .evaluate("return assist.statistics().then((now) => now.framesDecoded)")
            .await
            .unwrap()
    );
    expert.wait_for(&more, DEADLINE).await.unwrap();

    expert.click("#hang-up").await.unwrap();
    for page in [&expert, &technician] {
        state(page, "ended").await;
        assert_eq!(page.evaluate("return assist.reason").await.unwrap(), "hung_up");
    }
    connect(&expert, &technician).await;
    assert_eq!(
        expert.evaluate("return assist.texts.length").await.unwrap(),
        0,
        "a new call has a new chat"
    );
    technician.click("#hang-up").await.unwrap();
    for page in [&expert, &technician] {
        state(page, "ended").await;
        assert_eq!(page.evaluate("return assist.reason").await.unwrap(), "hung_up");
    }

    for page in [&mut expert, &mut technician] {
        assert_eq!(page.page_errors().await.unwrap(), Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_be_declined_and_cancelled() {
    let (_site, technician, expert) = site_and_pages().await;
    expert.click(".join").await.unwrap();
    state(&technician, "ringing").await;
    technician.click("#decline").await.unwrap();
    for page in [&expert, &technician] {
        state(page, "ended").await;
        assert_eq!(page.evaluate("return assist.reason").await.unwrap(), "declined");
    }
    expert.wait_for("assist.ready", DEADLINE).await.unwrap();
    expert.click("#call-again").await.unwrap();
    state(&technician, "ringing").await;
    expert.click("#hang-up").await.unwrap();
    for page in [&expert, &technician] {
        state(page, "ended").await;
        assert_eq!(page.evaluate("return assist.reason").await.unwrap(), "cancelled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_browser_is_noticed() {
    let (_site, technician, mut expert) = site_and_pages().await;
    connect(&expert, &technician).await;
    expert.kill();
    assert!(expert.evaluate("return 1").await.is_err());
    state(&technician, "reconnecting").await;
    technician.click("#hang-up").await.unwrap();
    technician
        .wait_for("['ending', 'ended'].includes(assist.state)", DEADLINE)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_act_on_the_call_but_not_while_writing() {
    let (_site, technician, expert) = site_and_pages().await;
    connect(&expert, &technician).await;
    expert.type_into("#chat-text", "mm").await.unwrap();
    assert_eq!(expert.evaluate("return assist.mine.microphone").await.unwrap(), "on");
    expert.type_into("#hang-up", "m").await.unwrap();
    technician
        .wait_for("assist.theirs.microphone === 'muted'", DEADLINE)
        .await
        .unwrap();
    expert.type_into("#hang-up", "H").await.unwrap();
    state(&technician, "ended").await;
}
