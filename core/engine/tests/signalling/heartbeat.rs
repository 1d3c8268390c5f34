use std::time::Instant;

use assist_engine::signalling::LostReason;
use assist_protocol::messages::{ClientMessage, HubMessage};
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;

use crate::hub::{HEARTBEAT, Hub, expect_connected, expect_lost, start};

#[tokio::test]
async fn a_silent_hub_is_pinged_once_and_then_given_up() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let since = Instant::now();
    assert!(matches!(connection.hear().await, Some(ClientMessage::Ping { .. })));
    assert!(since.elapsed() >= HEARTBEAT);
    assert_eq!(expect_lost(&mut events).await.0, LostReason::Silent);
    assert!(since.elapsed() >= HEARTBEAT * 2);
    assert_eq!(connection.hear().await, None, "one ping only");
}

#[tokio::test]
async fn an_answering_hub_is_kept() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let since = Instant::now();
    for _ in 0..3 {
        let Some(ClientMessage::Ping { nonce }) = connection.hear().await else {
            panic!("expected a ping")
        };
        connection.say(&HubMessage::Pong { nonce }).await;
    }
    assert!(since.elapsed() >= HEARTBEAT * 3);
    assert!(events.try_recv().is_err());
}

#[tokio::test]
async fn websocket_pings_of_the_hub_count_and_are_answered() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    for _ in 0..5 {
        tokio::time::sleep(HEARTBEAT / 2).await;
        connection.socket.send(Message::Ping("x".into())).await.unwrap();
        let answer = futures_util::StreamExt::next(&mut connection.socket).await;
        assert!(matches!(answer, Some(Ok(Message::Pong(_)))), "{answer:?}");
    }
    assert!(events.try_recv().is_err());
}
