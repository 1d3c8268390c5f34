//! Who gets a token, and who is let in with one.

mod common;

use std::time::Duration;

use assist_hub::TurnSecret;
use assist_protocol::messages::{HubMessage, call::ErrorCode, signalling::Presence};
use common::*;
use serde_json::{Value, json};

#[tokio::test]
async fn the_key_opens_both_accounts_and_the_token_opens_a_session() {
    let hub = TestHub::start_with(|config| {
        config.ice.stun = vec!["stun:stun.test:3478".to_owned()];
        config.ice.turn = vec!["turn:turn.test:3478".to_owned()];
        config.ice.turn_secret = Some(TurnSecret::new("north-wind"));
    })
    .await;
    let answer = hub.sign_in("expert", hub.running.sandbox_key()).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["expires_in_s"], 900);
    assert_eq!(body["person"], json!({ "id": "expert", "name": "Ed Expert" }));

    let mut client = hub.raw().await;
    client.hello(body["token"].as_str().unwrap(), "page").await;
    let HubMessage::Welcome {
        me,
        name,
        ice_servers,
        people,
        heartbeat_ms,
    } = client.next().await
    else {
        panic!("not welcomed")
    };
    assert_eq!(
        (me, name.as_str(), heartbeat_ms),
        (address("expert", "page"), "Ed Expert", 10_000)
    );
    assert_eq!(people.len(), 1);
    assert_eq!(
        (people[0].name.as_str(), people[0].presence),
        ("Tina Technician", Presence::Offline)
    );
    assert_eq!(ice_servers[0].urls, ["stun:stun.test:3478"]);
    assert_eq!(ice_servers[1].urls, ["turn:turn.test:3478"]);
    assert!(ice_servers[1].username.as_ref().unwrap().ends_with(":expert"));
    assert!(ice_servers[1].credential.is_some());
}

#[tokio::test]
async fn a_wrong_key_and_a_wrong_account_get_the_same_answer() {
    let hub = TestHub::start().await;
    let mut answers = Vec::new();
    for (account, key) in [
        ("expert", "wrong"),
        ("nobody", hub.running.sandbox_key()),
        ("no\nbody", ""),
    ] {
        let answer = hub.sign_in(account, key).await;
        assert_eq!(answer.status(), 401);
        answers.push(answer.json::<Value>().await.unwrap());
    }
    assert_eq!(answers[0]["code"], "unauthenticated");
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

#[tokio::test]
async fn a_sign_in_that_is_none_is_told_so() {
    let hub = TestHub::start().await;
    let url = format!("{}/sandbox/sign-in", hub.running.base_url());
    let post = || http().post(&url).header("content-type", "application/json");
    let large = format!("{{\"account\":\"expert\",\"key\":\"{}\"}}", "k".repeat(5_000));
    for body in ["".to_owned(), "{\"account\":1}".to_owned(), large] {
        let answer = post().body(body).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "malformed");
    }
    assert_eq!(http().get(&url).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let hub = TestHub::start_with(|config| config.limits.sign_in_burst = 10).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let answer = hub.sign_in("expert", "guess").await;
        statuses.push(answer.status().as_u16());
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "1");
            assert_eq!(answer.json::<Value>().await.unwrap()["code"], "too_fast");
        }
    }
    assert_eq!(statuses[..2], [401, 401]);
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn a_hello_without_a_good_token_is_refused_and_the_connection_closed() {
    let hub = TestHub::start().await;
    for token in [
        "",
        "rubbish",
        "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJleHBlcnQifQ.",
    ] {
        let mut client = hub.raw().await;
        client.hello(token, "page").await;
        assert_eq!(client.refused().await.0, ErrorCode::Unauthenticated);
        assert_eq!(client.closed().await.map(|frame| u16::from(frame.code)), Some(1008));
    }
}

#[tokio::test]
async fn a_connection_that_does_not_say_hello_is_closed() {
    let hub = TestHub::start_with(|config| config.limits.hello_timeout = Duration::from_millis(100)).await;
    let mut silent = hub.raw().await;
    assert_eq!(silent.refused().await.0, ErrorCode::Unauthenticated);
    assert_eq!(silent.closed().await.map(|frame| u16::from(frame.code)), Some(1008));
}
