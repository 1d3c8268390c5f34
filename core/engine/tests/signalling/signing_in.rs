use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use assist_engine::signalling::{LostReason, SignallingEvent, TokenError};
use assist_protocol::messages::HubMessage;
use assist_protocol::messages::call::ErrorCode;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::hub::{Hub, Tokens, expect_connected, expect_lost, start_with};

/// Many times the longest wait of these tests.
const LONG: Duration = Duration::from_secs(1);

fn refused() -> HubMessage {
    HubMessage::Refused {
        call: None,
        id: None,
        code: ErrorCode::Unauthenticated,
        message: "the token has expired; sign in again".into(),
        retry_after_ms: None,
    }
}

async fn expect_sign_in_needed(events: &mut Receiver<SignallingEvent>) {
    match events.recv().await {
        Some(SignallingEvent::SignInNeeded { .. }) => {}
        other => panic!("expected sign-in needed, got {other:?}"),
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_then_the_user_is_asked() {
    let hub = Hub::open().await;
    let tokens = Arc::new(Tokens::default());
    let (signalling, mut events) = start_with(hub.config(), tokens.clone());
    for expected in ["cached", "renewed"] {
        let mut connection = hub.accept().await;
        assert_eq!(connection.hello().await, expected);
        connection.say(&refused()).await;
    }
    expect_sign_in_needed(&mut events).await;
    assert!(
        timeout(LONG, hub.accept_tcp()).await.is_err(),
        "it must not try by itself"
    );
    assert_eq!(tokens.asked.load(Ordering::SeqCst), 2);
    signalling.reconnect_now();
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_renewed_token_that_is_good_is_invisible() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start_with(hub.config(), Arc::default());
    let mut connection = hub.accept().await;
    connection.hello().await;
    connection.say(&refused()).await;
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_token_that_runs_out_in_a_session_is_renewed_without_a_hot_loop() {
    let hub = Hub::open().await;
    let tokens = Arc::new(Tokens::default());
    let (_signalling, mut events) = start_with(hub.config(), tokens.clone());
    for shortest_ms in [20, 40, 80] {
        let mut connection = hub.welcome().await;
        expect_connected(&mut events).await;
        connection.say(&refused()).await;
        let (reason, retry_in) = expect_lost(&mut events).await;
        assert_eq!(reason, LostReason::TokenExpired);
        assert!(retry_in >= Duration::from_millis(shortest_ms));
    }
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
    assert_eq!(tokens.renewed.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn without_a_signed_in_user_nothing_is_tried() {
    let hub = Hub::open().await;
    let error = Some(TokenError::SignInNeeded {
        message: "signed out".into(),
    });
    let tokens = Arc::new(Tokens {
        error,
        ..Tokens::default()
    });
    let (signalling, mut events) = start_with(hub.config(), tokens.clone());
    expect_sign_in_needed(&mut events).await;
    assert!(timeout(LONG, events.recv()).await.is_err());
    assert_eq!(tokens.asked.load(Ordering::SeqCst), 1);
    signalling.reconnect_now();
    expect_sign_in_needed(&mut events).await;
}

#[tokio::test]
async fn a_token_service_out_of_reach_is_tried_again() {
    let hub = Hub::open().await;
    let error = Some(TokenError::Unavailable {
        message: "no network".into(),
    });
    let tokens = Arc::new(Tokens {
        error,
        ..Tokens::default()
    });
    let (_signalling, mut events) = start_with(hub.config(), tokens);
    for _ in 0..3 {
        assert_eq!(expect_lost(&mut events).await.0, LostReason::TokenUnavailable);
    }
}

#[test]
fn a_token_does_not_show_in_debug_output() {
    let token = assist_engine::signalling::AccessToken::new("very-secret");
    assert!(!format!("{token:?}").contains("secret"));
}
