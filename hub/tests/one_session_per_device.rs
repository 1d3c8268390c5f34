//! A device has one session; a person may have several devices, but not any number.

mod common;

use assist_protocol::messages::{HubMessage, call::ErrorCode, signalling::Presence};
use common::*;

#[tokio::test]
async fn a_second_connection_of_a_device_replaces_the_first_and_nobody_sees_it_gone() {
    let hub = TestHub::start().await;
    let (mut technician, mut first, call) = answered_call(&hub, "c1").await;
    let mut second = hub.connect("expert", "page").await;
    assert_eq!(
        first
            .closed()
            .await
            .map(|frame| frame.reason.as_str().to_owned())
            .as_deref(),
        Some("this device connected again")
    );
    still_in_call(&mut technician, &mut second, &call, 3).await;
    technician
        .send(&assist_protocol::messages::ClientMessage::Ping { nonce: 7 })
        .await;
    loop {
        let message = technician.next().await;
        if message == (HubMessage::Pong { nonce: 7 }) {
            break;
        }
        let HubMessage::Presence { presence, .. } = message else {
            panic!("{message:?}")
        };
        assert_eq!(presence, Presence::Busy);
    }
}

#[tokio::test]
async fn a_person_stays_online_while_one_device_is_left() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    let page = hub.connect("expert", "page").await;
    assert_eq!(technician.presence("expert").await, Presence::Online);
    let tablet = hub.connect("expert", "tablet").await;
    drop(page);
    technician.nothing_more().await;
    drop(tablet);
    assert_eq!(technician.presence("expert").await, Presence::Offline);
}

#[tokio::test]
async fn more_devices_than_allowed_are_refused() {
    let hub = TestHub::start_with(|config| config.limits.devices_per_person = 2).await;
    let _first = hub.connect("expert", "d1").await;
    let _second = hub.connect("expert", "d2").await;
    let token = hub.token("expert").await;
    let mut third = hub.raw().await;
    third.hello(&token, "d3").await;
    assert_eq!(third.refused().await.0, ErrorCode::TooFast);
    assert_eq!(third.closed().await.map(|frame| u16::from(frame.code)), Some(1008));
    hub.connect("expert", "d2").await.nothing_more().await;
}

#[tokio::test]
async fn more_sockets_than_allowed_are_turned_away_with_a_time_to_come_back() {
    let hub = TestHub::start_with(|config| config.limits.sockets = 1).await;
    let _first = hub.connect("expert", "page").await;
    let error = tokio_tungstenite::connect_async(hub.signal_url()).await.unwrap_err();
    let tokio_tungstenite::tungstenite::Error::Http(answer) = error else {
        panic!("{error}")
    };
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "5");
}
