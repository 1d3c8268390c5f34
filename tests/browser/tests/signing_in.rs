//! Who comes to the page, and with what.

mod common;

use assist_browser::{Browser, BrowserConfig, Microphone};
use common::{DEADLINE, Site, connect};

#[tokio::test(flavor = "multi_thread")]
async fn the_key_leaves_the_address_bar() {
    let site = Site::start().await;
    let expert = site.page("expert", BrowserConfig::default()).await;
    assert_eq!(expert.evaluate("return location.hash").await.unwrap(), "");
    assert_eq!(
        expert.evaluate("return history.length").await.unwrap(),
        2,
        "no entry of the history has it either"
    );
    assert_eq!(expert.evaluate("return assist.state").await.unwrap(), "home");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_there_is_a_form_that_says_what_is_wrong() {
    let site = Site::start().await;
    let expert = Browser::start(BrowserConfig::default()).await.unwrap();
    expert.open(&site.hub.base_url()).await.unwrap();
    expert.wait_for("assist.state === 'sign_in'", DEADLINE).await.unwrap();
    expert.type_into("#key", "not-the-key").await.unwrap();
    expert.click("#sign-in-button").await.unwrap();
    let error = "!document.querySelector('#sign-in-error').hidden && \
                 document.querySelector('#sign-in-error').textContent";
    let error = expert.wait_for(error, DEADLINE).await.unwrap();
    assert!(error.as_str().unwrap().contains("do not belong together"), "{error}");
    expert.type_into("#key", site.hub.sandbox_key()).await.unwrap();
    expert.click("#sign-in-button").await.unwrap();
    expert.wait_for("assist.ready", DEADLINE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_microphone_makes_a_listener_who_is_told_so() {
    let site = Site::start().await;
    let technician = site.page("technician", BrowserConfig::default()).await;
    let refused = BrowserConfig {
        microphone: Microphone::Denied,
        ..BrowserConfig::default()
    };
    let expert = site.page("expert", refused).await;
    connect(&expert, &technician).await;
    technician
        .wait_for("assist.theirs.microphone === 'absent'", DEADLINE)
        .await
        .unwrap();
    let mark = "[...document.querySelectorAll('#stage-marks li')].some((mark) => /listener/.test(mark.textContent))";
    expert.wait_for(mark, DEADLINE).await.unwrap();
}
