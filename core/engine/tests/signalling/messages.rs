use assist_engine::signalling::{LostReason, SendError, SignallingEvent};
use assist_protocol::messages::signalling::Recipient;
use assist_protocol::messages::{ClientMessage, HubMessage, MAX_MESSAGE_BYTES};
use assist_protocol::{Address, CallId, DeviceId, PersonId};
use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::hub::{Hub, expect_connected, expect_lost, start};

fn relay(id: u64, text: &str) -> ClientMessage {
    ClientMessage::Relay {
        call: CallId::new("c1").unwrap(),
        to: Recipient {
            person: PersonId::new("expert").unwrap(),
            device: None,
        },
        id,
        body: json!({"type": "ringing", "padding": text}),
    }
}

fn relayed(id: u64) -> HubMessage {
    HubMessage::Relayed {
        call: CallId::new("c1").unwrap(),
        from: Address {
            person: PersonId::new("expert").unwrap(),
            device: DeviceId::new("page").unwrap(),
        },
        id,
        body: json!({"type": "ringing"}),
    }
}

#[tokio::test]
async fn messages_go_both_ways_in_order() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    match events.recv().await {
        Some(SignallingEvent::Connected(welcome)) => assert_eq!(welcome.name, "Terry Technician"),
        other => panic!("{other:?}"),
    }
    for id in 1..=50 {
        signalling.send(&relay(id, "")).unwrap();
        connection.say(&relayed(id)).await;
    }
    for id in 1..=50 {
        assert_eq!(connection.hear().await, Some(relay(id, "")));
        assert_eq!(events.recv().await, Some(SignallingEvent::Message(relayed(id))));
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_is_skipped_and_answered_by_nothing() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    for text in [
        "",
        "rubbish",
        "[]",
        r#"{"v":1}"#,
        r#"{"v":2,"type":"pong","nonce":1}"#,
        r#"{"v":1,"type":"relayed"}"#,
    ] {
        connection.say_text(text).await;
    }
    connection.say_text(r#"{"v":1,"type":"from_the_future","x":[1]}"#).await;
    connection
        .socket
        .send(Message::binary(vec![0, 159, 255]))
        .await
        .unwrap();
    connection.say(&relayed(7)).await;
    assert_eq!(events.recv().await, Some(SignallingEvent::Message(relayed(7))));
    signalling.send(&relay(1, "")).unwrap();
    assert_eq!(
        connection.hear().await,
        Some(relay(1, "")),
        "nothing was sent before it"
    );
}

#[tokio::test]
async fn text_that_is_not_utf8_ends_the_connection_only() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let frame = tokio_tungstenite::tungstenite::protocol::frame::Frame::message(
        vec![0xff, 0xfe],
        tokio_tungstenite::tungstenite::protocol::frame::coding::OpCode::Data(
            tokio_tungstenite::tungstenite::protocol::frame::coding::Data::Text,
        ),
        true,
    );
    connection.socket.send(Message::Frame(frame)).await.unwrap();
    assert_eq!(expect_lost(&mut events).await.0, LostReason::NotAHub);
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn an_oversized_message_ends_the_connection_and_a_new_one_is_made() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    // The client may already have gone while this is still being written.
    let _ = connection
        .socket
        .send(Message::text("x".repeat(MAX_MESSAGE_BYTES + 1)))
        .await;
    assert_eq!(expect_lost(&mut events).await.0, LostReason::OversizedMessage);
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_message_of_exactly_the_largest_size_passes() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let mut text = assist_protocol::messages::encode(&relayed(3));
    text.push_str(&" ".repeat(MAX_MESSAGE_BYTES - text.len()));
    connection.say_text(text).await;
    assert_eq!(events.recv().await, Some(SignallingEvent::Message(relayed(3))));
}

#[tokio::test]
async fn sending_is_refused_without_a_connection_and_when_too_large() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    assert_eq!(signalling.send(&relay(1, "")), Err(SendError::NotConnected));
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let large = relay(2, &"x".repeat(MAX_MESSAGE_BYTES));
    assert!(matches!(signalling.send(&large), Err(SendError::TooLarge { .. })));
    signalling.send(&relay(3, "")).unwrap();
}

#[tokio::test]
async fn a_hub_that_never_reads_fills_the_queue_and_blocks_nobody() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let padding = "x".repeat(MAX_MESSAGE_BYTES / 2);
    let mut sent = 0;
    loop {
        match signalling.send(&relay(sent, &padding)) {
            Ok(()) => sent += 1,
            Err(error) => {
                assert_eq!(error, SendError::Full);
                break;
            }
        }
        assert!(sent < 10_000, "the queue has no bound");
        tokio::task::yield_now().await;
    }
    connection.say(&relayed(9)).await;
    assert_eq!(
        events.recv().await,
        Some(SignallingEvent::Message(relayed(9))),
        "reading goes on meanwhile"
    );
}
