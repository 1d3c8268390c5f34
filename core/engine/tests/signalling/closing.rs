use std::sync::Arc;
use std::time::{Duration, Instant};

use assist_engine::signalling::{SendError, SignallingEvent};
use assist_protocol::PersonId;
use assist_protocol::messages::signalling::Presence;
use assist_protocol::messages::{ClientMessage, HubMessage};

use crate::hub::{Hub, Tokens, expect_connected, start, start_with};

const BOUND: Duration = Duration::from_secs(3);

#[tokio::test]
async fn closing_sends_what_waits_and_says_goodbye() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    for nonce in 0..20 {
        signalling.send(&ClientMessage::Ping { nonce }).unwrap();
    }
    signalling.close().await;
    for nonce in 0..20 {
        assert_eq!(connection.hear().await, Some(ClientMessage::Ping { nonce }));
    }
    assert_eq!(connection.hear().await, None);
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_hanging_connect() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let _hanging = hub.accept_tcp().await;
    let before = Instant::now();
    signalling.close().await;
    assert!(before.elapsed() < BOUND);
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_hanging_token_source() {
    let hub = Hub::open().await;
    let tokens = Arc::new(Tokens {
        never_answers: true,
        ..Tokens::default()
    });
    let (signalling, mut events) = start_with(hub.config(), tokens);
    let before = Instant::now();
    signalling.close().await;
    assert!(before.elapsed() < BOUND);
    assert_eq!(events.recv().await, None);
}

#[tokio::test]
async fn closing_does_not_wait_for_a_hub_that_never_reads_or_an_owner_that_reads_no_events() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let presence = HubMessage::Presence {
        person: PersonId::new("expert").unwrap(),
        presence: Presence::Online,
    };
    for _ in 0..1_000 {
        connection.say(&presence).await;
    }
    let padding = ClientMessage::Hello {
        token: "x".repeat(60_000),
        device: assist_protocol::DeviceId::new("phone").unwrap(),
        client: String::new(),
    };
    while signalling.send(&padding) != Err(SendError::Full) {
        tokio::task::yield_now().await;
    }
    let before = Instant::now();
    signalling.close().await;
    assert!(before.elapsed() < BOUND);
}

#[test]
fn dropping_on_a_plain_thread_closes_the_connection() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (signalling, mut connection, mut events) = runtime.block_on(async {
        let hub = Hub::open().await;
        let (signalling, mut events) = start(hub.config());
        let connection = hub.welcome().await;
        expect_connected(&mut events).await;
        (signalling, connection, events)
    });
    std::thread::spawn(move || drop(signalling)).join().unwrap();
    runtime.block_on(async {
        assert_eq!(connection.hear().await, None);
        assert_eq!(events.recv().await, None);
    });
}

#[test]
fn dropping_after_the_runtime_is_harmless() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let hub = runtime.block_on(Hub::open());
    let (signalling, events) = runtime.block_on(async { start(hub.config()) });
    drop(hub);
    drop(runtime);
    assert_eq!(
        signalling.send(&ClientMessage::Ping { nonce: 1 }),
        Err(SendError::NotConnected)
    );
    signalling.reconnect_now();
    drop(events);
    drop(signalling);
}

#[tokio::test]
async fn an_owner_that_is_gone_ends_the_client() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    drop(events);
    let presence = HubMessage::Presence {
        person: PersonId::new("expert").unwrap(),
        presence: Presence::Online,
    };
    connection.say(&presence).await;
    assert_eq!(connection.hear().await, None);
    assert_eq!(
        signalling.send(&ClientMessage::Ping { nonce: 1 }),
        Err(SendError::NotConnected)
    );
}

#[tokio::test]
async fn events_before_the_close_are_kept_for_their_reader() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    connection.say(&HubMessage::Pong { nonce: 1 }).await;
    let presence = HubMessage::Presence {
        person: PersonId::new("expert").unwrap(),
        presence: Presence::Busy,
    };
    connection.say(&presence).await;
    // The answer to a message that follows the first proves that the first was read.
    let first = events.recv().await;
    signalling.close().await;
    assert_eq!(first, Some(SignallingEvent::Message(presence)));
    assert_eq!(events.recv().await, None);
}
