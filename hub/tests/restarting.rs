//! A hub that goes away and comes back, on purpose or not, does not end a call.

mod common;

use assist_hub::{Hub, HubError};
use assist_protocol::messages::{
    HubMessage,
    call::{EndReason, ErrorCode},
    signalling::Presence,
};
use common::*;

#[tokio::test]
async fn a_planned_restart_is_announced_and_tokens_and_calls_outlive_it() {
    let hub = TestHub::start().await;
    let key = hub.running.sandbox_key().to_owned();
    let (technician_token, expert_token) = (hub.token("technician").await, hub.token("expert").await);
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;

    let before = hub.running.address();
    let restart = tokio::spawn(hub.restart());
    for client in [&mut technician, &mut expert] {
        let announced = client.next_but_presence().await;
        assert!(matches!(announced, HubMessage::GoingAway { reconnect_after_ms } if reconnect_after_ms > 0));
        assert_eq!(client.closed().await.map(|frame| u16::from(frame.code)), Some(1001));
    }
    let hub = restart.await.unwrap();
    assert_eq!(
        (hub.running.address(), hub.running.sandbox_key()),
        (before, key.as_str())
    );

    let mut technician = hub.connect_with(&technician_token, "technician", "phone").await;
    let mut expert = hub.connect_with(&expert_token, "expert", "page").await;
    assert_eq!(technician.presence("expert").await, Presence::Busy);
    still_in_call(&mut technician, &mut expert, &call, 3).await;
    let mut tablet = hub.connect("expert", "tablet").await;
    tablet.relay(&call, "technician", 1, &candidates(true)).await;
    assert_eq!(
        tablet.refused().await.0,
        ErrorCode::NotInCall,
        "who was selected is remembered"
    );
}

#[tokio::test]
async fn a_call_outlives_a_crash_and_an_ended_one_stays_ended() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, c1) = answered_call(&hub, "c1").await;
    technician.relay(&call("c0"), "expert", 1, &invite()).await;
    technician
        .relay(&call("c0"), "expert", 2, &hang_up(EndReason::Cancelled))
        .await;
    technician.nothing_more().await;
    let hub = hub.crash_and_start().await;
    assert_eq!(
        (technician.closed().await, expert.closed().await),
        (None, None),
        "without a word"
    );
    let mut technician = hub.connect("technician", "phone").await;
    let mut expert = hub.connect("expert", "page").await;
    expert.nothing_more().await;
    still_in_call(&mut technician, &mut expert, &c1, 3).await;
}

#[tokio::test]
async fn a_call_id_is_used_once() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, c1) = answered_call(&hub, "c1").await;
    technician
        .relay(&c1, "expert/page", 3, &hang_up(EndReason::HungUp))
        .await;
    expert.relayed().await;
    expert.relay(&c1, "technician", 1, &invite()).await;
    assert_eq!(expert.refused().await.0, ErrorCode::NotInCall);
}

#[tokio::test]
async fn a_second_hub_in_the_same_folder_is_refused_and_leaves_the_first_alone() {
    let hub = TestHub::start().await;
    let mut config = hub.config.clone();
    config.listen.set_port(0);
    assert!(matches!(
        Hub::start(config).await,
        Err(HubError::DataFolderInUse { .. })
    ));
    hub.connect("expert", "page").await.nothing_more().await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_client_that_does_not_close() {
    let hub = TestHub::start().await;
    let _deaf = hub.connect("expert", "page").await;
    let _idle = tokio::net::TcpStream::connect(hub.running.address()).await.unwrap();
    tokio::time::timeout(DEADLINE, hub.running.shutdown())
        .await
        .expect("a bounded shutdown");
}
