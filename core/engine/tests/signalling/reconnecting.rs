use std::time::{Duration, Instant};

use assist_engine::signalling::{LostReason, SignallingConfig};
use assist_protocol::messages::HubMessage;
use assist_protocol::messages::call::ErrorCode;

use crate::hub::{Hub, expect_connected, expect_lost, start};

fn assert_spread(wait: Duration, shortest_ms: u64) {
    let range = Duration::from_millis(shortest_ms)..=Duration::from_millis(shortest_ms * 5 / 4);
    assert!(range.contains(&wait), "{wait:?} is not in {range:?}");
}

#[tokio::test]
async fn waits_double_up_to_the_longest_while_nothing_answers() {
    let hub = Hub::open().await;
    let config = hub.config();
    drop(hub);
    let (_signalling, mut events) = start(config);
    for shortest_ms in [20, 40, 80, 160, 320, 400, 400] {
        let (reason, retry_in) = expect_lost(&mut events).await;
        assert_eq!(reason, LostReason::Unreachable);
        assert_spread(retry_in, shortest_ms);
    }
}

#[tokio::test]
async fn comes_back_after_the_wait_it_announced() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    drop(hub.welcome().await);
    expect_connected(&mut events).await;
    let (reason, retry_in) = expect_lost(&mut events).await;
    assert_eq!(reason, LostReason::Closed);
    let lost_at = Instant::now();
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
    assert!(lost_at.elapsed() >= retry_in);
}

#[tokio::test]
async fn connections_that_break_at_once_do_not_make_a_hot_loop() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    for shortest_ms in [20, 40, 80, 160] {
        drop(hub.welcome().await);
        expect_connected(&mut events).await;
        assert_spread(expect_lost(&mut events).await.1, shortest_ms);
    }
}

#[tokio::test]
async fn a_connection_that_held_starts_the_waits_over() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    for _ in 0..2 {
        let mut connection = hub.welcome().await;
        expect_connected(&mut events).await;
        // Its ping shows that the connection held for longer than the longest wait.
        connection.hear().await.unwrap();
        drop(connection);
        assert_spread(expect_lost(&mut events).await.1, 20);
    }
}

#[tokio::test]
async fn a_changed_network_ends_the_wait() {
    let hub = Hub::open().await;
    let a_day = Duration::from_secs(86_400);
    let (signalling, mut events) = start(SignallingConfig {
        first_retry: a_day,
        longest_retry: a_day,
        ..hub.config()
    });
    drop(hub.accept_tcp().await);
    assert!(expect_lost(&mut events).await.1 >= a_day);
    signalling.reconnect_now();
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_changed_network_replaces_a_running_connection_and_a_hanging_try() {
    let hub = Hub::open().await;
    let (signalling, mut events) = start(hub.config());
    let mut first = hub.welcome().await;
    expect_connected(&mut events).await;
    signalling.reconnect_now();
    assert_eq!(
        expect_lost(&mut events).await,
        (LostReason::NetworkChanged, Duration::ZERO)
    );
    assert_eq!(first.hear().await, None);
    // This one is accepted, and then nothing comes.
    let _hanging = hub.accept_tcp().await;
    signalling.reconnect_now();
    assert_eq!(
        expect_lost(&mut events).await,
        (LostReason::NetworkChanged, Duration::ZERO)
    );
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_try_without_an_answer_ends_in_time() {
    let hub = Hub::open().await;
    let connect_limit = Duration::from_millis(200);
    let (_signalling, mut events) = start(SignallingConfig {
        connect_limit,
        ..hub.config()
    });
    let _hanging = hub.accept_tcp().await;
    assert_eq!(expect_lost(&mut events).await.0, LostReason::TimedOut);
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn going_away_says_when_to_come_back() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    connection
        .say(&HubMessage::GoingAway {
            reconnect_after_ms: 800,
        })
        .await;
    drop(connection);
    let (reason, retry_in) = expect_lost(&mut events).await;
    assert_eq!(reason, LostReason::GoingAway);
    // Counted from the announcement; the rest of this test takes a moment itself.
    assert!(
        retry_in > Duration::from_millis(500) && retry_in <= Duration::from_millis(1_000),
        "{retry_in:?}"
    );
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_hub_that_announces_to_go_and_stays_is_left() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.welcome().await;
    expect_connected(&mut events).await;
    let before = Instant::now();
    connection
        .say(&HubMessage::GoingAway {
            reconnect_after_ms: 300,
        })
        .await;
    assert_eq!(expect_lost(&mut events).await.0, LostReason::GoingAway);
    assert!(before.elapsed() >= Duration::from_millis(300));
    assert_eq!(connection.hear().await, None);
    let _connection = hub.welcome().await;
    expect_connected(&mut events).await;
}

#[tokio::test]
async fn a_refused_session_waits_as_long_as_the_hub_asks() {
    let hub = Hub::open().await;
    let (_signalling, mut events) = start(hub.config());
    let mut connection = hub.accept().await;
    connection.hello().await;
    let refused = HubMessage::Refused {
        call: None,
        id: None,
        code: ErrorCode::TooFast,
        message: "too many connections".into(),
        retry_after_ms: Some(20_000),
    };
    connection.say(&refused).await;
    let (reason, retry_in) = expect_lost(&mut events).await;
    assert_eq!(reason, LostReason::Refused(ErrorCode::TooFast));
    assert_spread(retry_in, 20_000);
}
