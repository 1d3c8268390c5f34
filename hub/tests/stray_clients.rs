//! Clients that send rubbish, flood, or never read do not disturb a running call.

mod common;

use std::time::Duration;

use assist_protocol::messages::{
    CallMessage, ClientMessage, HubMessage, MAX_MESSAGE_BYTES,
    call::{Candidate, ErrorCode},
    encode,
    signalling::Presence,
};
use common::*;
use futures_util::SinkExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn rubbish_is_refused_word_by_word_and_the_session_goes_on() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    let mut stray = hub.connect("expert", "stray").await;
    for (text, code) in [
        ("rubbish", ErrorCode::NotAMessage),
        ("[1,2]", ErrorCode::NotAMessage),
        ("{\"v\":7,\"type\":\"ping\",\"nonce\":1}", ErrorCode::Version),
        ("{\"v\":1,\"type\":\"dance\"}", ErrorCode::UnknownType),
        ("{\"v\":1,\"type\":\"relay\",\"call\":\"c 1\"}", ErrorCode::Malformed),
    ] {
        stray.send_text(text).await;
        assert_eq!(stray.refused().await, (code, None, None), "{text}");
    }
    stray.socket.send(Message::Binary(vec![0; 100].into())).await.unwrap();
    assert_eq!(stray.refused().await.0, ErrorCode::NotAMessage);
    stray.send_text("x".repeat(MAX_MESSAGE_BYTES + 1)).await;
    assert_eq!(stray.refused().await.0, ErrorCode::TooLarge);
    stray.nothing_more().await;
    stray.hello("another", "hello").await;
    assert_eq!(stray.refused().await.0, ErrorCode::Malformed);
    still_in_call(&mut technician, &mut expert, &call, 3).await;
}

#[tokio::test]
async fn a_message_that_only_fits_without_its_senders_name_is_refused_and_starts_no_call() {
    let hub = TestHub::start().await;
    let mut technician = hub.connect("technician", "phone").await;
    let mut expert = hub.connect("expert", "page").await;
    let call = call("c1");
    let invite = |length: usize| CallMessage::Invite {
        lifetime_ms: 60_000,
        offer: "x".repeat(length),
    };
    let message = |length: usize| ClientMessage::Relay {
        call: call.clone(),
        to: recipient("expert"),
        id: 1,
        body: serde_json::to_value(invite(length)).unwrap(),
    };
    let room = MAX_MESSAGE_BYTES - encode(&message(0)).len();
    technician.send(&message(room)).await;
    assert_eq!(
        technician.refused().await,
        (ErrorCode::TooLarge, Some(call.clone()), Some(1))
    );
    technician.relay(&call, "expert", 2, &select("page")).await;
    assert_eq!(technician.refused().await.0, ErrorCode::NotInCall);
    technician.send(&message(room - 200)).await;
    assert_eq!(expert.relayed().await.2, invite(room - 200));
}

#[tokio::test]
async fn a_frame_without_end_ends_only_its_own_connection() {
    let hub = TestHub::start().await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    let mut stray = hub.connect("expert", "stray").await;
    // The hub closes before it has read all of it.
    let _ = stray.socket.send(Message::Text("x".repeat(8 << 20).into())).await;
    stray.closed().await;
    still_in_call(&mut technician, &mut expert, &call, 3).await;
}

#[tokio::test]
async fn a_flood_is_refused_and_then_cut_off() {
    let hub = TestHub::start_with(|config| {
        config.limits.message_burst = 20;
        config.limits.messages_per_second = 1;
        config.limits.refusals_before_close = 30;
    })
    .await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    let mut stray = hub.connect("expert", "stray").await;
    for nonce in 0..20 {
        stray.send(&ClientMessage::Ping { nonce }).await;
        assert_eq!(stray.next_but_presence().await, HubMessage::Pong { nonce });
    }
    let over = ClientMessage::Relay {
        call: call.clone(),
        to: recipient("technician"),
        id: 5,
        body: "x".into(),
    };
    stray.send(&over).await;
    let refused = stray.next_but_presence().await;
    let HubMessage::Refused {
        code: ErrorCode::TooFast,
        id: Some(5),
        retry_after_ms: Some(after_ms),
        ..
    } = refused
    else {
        panic!("{refused:?}")
    };
    assert!((1..=1_000).contains(&after_ms), "{after_ms}");
    for nonce in 0..1_000 {
        // The hub may have cut it off already.
        let ping = Message::Text(encode(&ClientMessage::Ping { nonce }).into());
        if stray.socket.send(ping).await.is_err() {
            break;
        }
    }
    stray.closed().await;
    still_in_call(&mut technician, &mut expert, &call, 3).await;
}

#[tokio::test]
async fn a_client_that_never_reads_is_dropped_and_holds_nobody_up() {
    let hub = TestHub::start_with(|config| {
        config.limits.message_burst = 1_000_000;
        config.limits.queued_messages = 16;
    })
    .await;
    let mut technician = hub.connect("technician", "phone").await;
    let mut page = hub.connect("expert", "page").await;
    let mut deaf = hub.connect("expert", "deaf").await;
    let call = call("c1");
    technician.relay(&call, "expert", 1, &invite()).await;
    assert_eq!(page.relayed().await.2, invite());
    let padding = Candidate {
        candidate: "x".repeat(60_000),
        mid: None,
        line: None,
    };
    let large = CallMessage::Candidates {
        round: 0,
        candidates: vec![padding],
        complete: false,
    };
    // Far more than the kernel buffers for one connection: every message must reach the device that reads.
    for id in 2..502 {
        technician.relay(&call, "expert", id, &large).await;
        assert_eq!(page.relayed().await.1, id);
    }
    deaf.closed().await;
    technician.relay(&call, "expert", 502, &select("page")).await;
    page.relayed().await;
    still_in_call(&mut technician, &mut page, &call, 503).await;
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_given_up() {
    let hub = TestHub::start_with(|config| config.limits.heartbeat = Duration::from_millis(200)).await;
    let mut technician = hub.connect("technician", "phone").await;
    let _unpolled = hub.connect("expert", "page").await;
    assert_eq!(technician.presence("expert").await, Presence::Online);
    assert_eq!(technician.presence("expert").await, Presence::Offline);
    technician.nothing_more().await;
}

#[tokio::test]
async fn connections_that_speak_no_http_or_do_not_finish_are_closed() {
    let hub = TestHub::start_with(|config| config.limits.request_timeout = Duration::from_millis(300)).await;
    let body_to_come = "POST /sandbox/sign-in HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n\
                        content-length: 50\r\n\r\n{";
    for sent in [
        "",
        "\u{16}\u{3}\u{1}rubbish\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: h",
        body_to_come,
    ] {
        let mut stray = tokio::net::TcpStream::connect(hub.running.address()).await.unwrap();
        stray.write_all(sent.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // An end, or a reset: either is a closed connection.
        let _ = tokio::time::timeout(DEADLINE, stray.read_to_end(&mut answer))
            .await
            .expect("closed in time");
    }
    hub.connect("expert", "page").await.nothing_more().await;
}

#[tokio::test]
async fn a_crowd_of_idle_connections_leaves_the_running_call_alone() {
    let hub = TestHub::start_with(|config| config.limits.http_connections = 20).await;
    let (mut technician, mut expert, call) = answered_call(&hub, "c1").await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        crowd.push(tokio::net::TcpStream::connect(hub.running.address()).await.unwrap());
    }
    still_in_call(&mut technician, &mut expert, &call, 3).await;
}
