//! Two real WebRTC transports on loopback: description, candidates, channels, pictures, sound, key-frame requests.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::sync::Arc;
use std::time::Duration;

use assist_engine::media::{AccessUnit, AudioPacket};
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_engine::transport::{Transport, TransportEvent, TransportFactory};
use assist_protocol::messages::channel::Channel;
use bytes::Bytes;
use tokio::sync::mpsc;

const DEADLINE: Duration = Duration::from_secs(30);

struct End {
    transport: Arc<dyn Transport>,
    events: mpsc::Receiver<TransportEvent>,
}

async fn open() -> End {
    let factory = WebRtcFactory::new(vec!["127.0.0.1:0".parse().unwrap()]);
    let (sender, events) = mpsc::channel(1_024);
    End {
        transport: factory.open(Vec::new(), sender).await.unwrap(),
        events,
    }
}

impl End {
    /// Takes events until `wanted` makes something of one; candidates are passed to the peer meanwhile.
    async fn until<T>(&mut self, peer: &Arc<dyn Transport>, mut wanted: impl FnMut(TransportEvent) -> Option<T>) -> T {
        tokio::time::timeout(DEADLINE, async {
            loop {
                match self.events.recv().await.unwrap() {
                    TransportEvent::Candidates { candidates, .. } => peer.add_candidates(candidates).await,
                    event => {
                        if let Some(found) = wanted(event) {
                            return found;
                        }
                    }
                }
            }
        })
        .await
        .expect("the event did not come")
    }
}

async fn connect() -> (End, End) {
    let (mut caller, mut callee) = (open().await, open().await);
    let offer = caller.transport.create_offer(false).await.unwrap();
    let sections: Vec<&str> = offer.lines().filter(|line| line.starts_with("m=")).collect();
    assert!(
        sections[0].starts_with("m=audio") && sections[1].starts_with("m=video"),
        "{sections:?}"
    );
    assert!(sections[2].starts_with("m=application"), "{sections:?}");
    let answer = callee.transport.create_answer(offer).await.unwrap();
    assert!(
        answer.contains("a=setup:passive"),
        "the offerer speaks first: its hello is held until there is a path"
    );
    caller.transport.apply_answer(answer).await.unwrap();
    let (caller_transport, callee_transport) = (Arc::clone(&caller.transport), Arc::clone(&callee.transport));
    let mut opened = 0;
    let mut both = |event| {
        opened += usize::from(matches!(
            event,
            TransportEvent::Connected | TransportEvent::ChannelsOpened
        ));
        (opened == 2).then_some(())
    };
    let mut opened_there = 0;
    let both_there = |event| {
        opened_there += usize::from(matches!(
            event,
            TransportEvent::Connected | TransportEvent::ChannelsOpened
        ));
        (opened_there == 2).then_some(())
    };
    tokio::join!(
        caller.until(&callee_transport, &mut both),
        callee.until(&caller_transport, both_there)
    );
    (caller, callee)
}

/// An access unit with an IDR slice of `size` bytes behind its parameter sets.
fn key_frame(capture_time_us: u64, size: usize) -> AccessUnit {
    let mut annex_b = vec![0, 0, 0, 1, 0x67, 66, 0, 31, 0, 0, 0, 1, 0x68, 1, 2, 0, 0, 0, 1, 0x65];
    annex_b.extend((0..size).map(|index| (index % 251) as u8 | 1));
    AccessUnit {
        annex_b: Bytes::from(annex_b),
        capture_time_us,
        is_key_frame: true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_a_call_needs_crosses() {
    let (mut caller, mut callee) = connect().await;
    let (caller_transport, callee_transport) = (Arc::clone(&caller.transport), Arc::clone(&callee.transport));

    caller_transport
        .send_message(Channel::Control, Bytes::from_static(b"{\"v\":1}"))
        .unwrap();
    let (channel, bytes) = callee
        .until(&caller_transport, |event| match event {
            TransportEvent::Message { channel, bytes } => Some((channel, bytes)),
            _ => None,
        })
        .await;
    assert_eq!((channel, &bytes[..]), (Channel::Control, &b"{\"v\":1}"[..]));

    let sent = key_frame(1_000_000, 20_000);
    callee_transport.send_video(sent.clone());
    // A picture is complete when the next one begins.
    callee_transport.send_video(key_frame(1_066_667, 100));
    callee_transport.send_video(key_frame(1_133_334, 100));
    let (first_time, picture) = caller
        .until(&callee_transport, |event| match event {
            TransportEvent::Video { rtp_time, annex_b } => Some((rtp_time, annex_b)),
            _ => None,
        })
        .await;
    assert!(
        picture.ends_with(&sent.annex_b[sent.annex_b.len() - 1_000..]),
        "{} of {}",
        picture.len(),
        sent.annex_b.len()
    );
    let second_time = caller
        .until(&callee_transport, |event| match event {
            TransportEvent::Video { rtp_time, .. } => Some(rtp_time),
            _ => None,
        })
        .await;
    assert_eq!(
        second_time.wrapping_sub(first_time),
        6_000,
        "66,667 µs are 6,000 ticks: RTP time is capture time"
    );

    caller_transport.request_key_frame();
    callee
        .until(&caller_transport, |event| {
            matches!(event, TransportEvent::KeyFrameRequested).then_some(())
        })
        .await;

    callee_transport.send_audio(AudioPacket {
        sequence: 0,
        rtp_time: 960,
        payload: Bytes::from_static(&[0xF8, 1, 2]),
    });
    let packet = caller
        .until(&callee_transport, |event| match event {
            TransportEvent::Audio(packet) => Some(packet),
            _ => None,
        })
        .await;
    assert_eq!((packet.rtp_time, &packet.payload[..]), (960, &[0xF8, 1, 2][..]));

    caller_transport.close().await;
    callee_transport.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ice_restart_reconnects() {
    let (mut caller, mut callee) = connect().await;
    let (caller_transport, callee_transport) = (Arc::clone(&caller.transport), Arc::clone(&callee.transport));
    let offer = caller_transport.create_offer(true).await.unwrap();
    let answer = callee_transport.create_answer(offer).await.unwrap();
    caller_transport.apply_answer(answer).await.unwrap();
    caller_transport
        .send_message(Channel::Control, Bytes::from_static(b"after"))
        .unwrap();
    let pump = async { caller.until(&callee_transport, |_| None::<()>).await };
    let received = callee.until(&caller_transport, |event| match event {
        TransportEvent::Message { bytes, .. } => Some(bytes),
        _ => None,
    });
    tokio::select! {
        () = pump => unreachable!("never takes an event"),
        bytes = received => assert_eq!(&bytes[..], b"after"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rubbish_is_refused_and_the_transport_survives() {
    let End { transport, .. } = open().await;
    assert!(transport.create_answer("rubbish".to_owned()).await.is_err());
    assert!(transport.apply_answer("v=0\r\n".to_owned()).await.is_err());
    assert!(transport.create_offer(false).await.is_ok());
    // Dropping on a thread without a runtime must work.
    std::thread::spawn(move || drop(transport)).join().unwrap();
}
