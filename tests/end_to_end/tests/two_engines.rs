//! Two engines through a real hub: once joined in memory, once over real WebRTC.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::sync::Arc;

use assist_end_to_end::{TestHub, connect, next_text, other_person, until, until_shown, within};
use assist_engine::call::{Call, CallError};
use assist_engine::media::AccessUnit;
use assist_engine::session::Session;
use assist_engine::transport::TransportFactory;
use assist_engine::transport::memory::MemoryNetwork;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_protocol::call::CallState;
use assist_protocol::messages::call::EndReason;
use assist_protocol::messages::channel::{CameraState, MicrophoneState};
use bytes::Bytes;

fn transports() -> [(&'static str, Arc<dyn TransportFactory>); 2] {
    let loopback = "127.0.0.1:0".parse().unwrap();
    [
        ("memory", Arc::new(MemoryNetwork::default())),
        ("WebRTC", Arc::new(WebRtcFactory::new(vec![loopback]))),
    ]
}

async fn two_devices(hub: &TestHub, transport: &Arc<dyn TransportFactory>) -> (Session, Session) {
    let technician = hub.device_over("technician", "phone", Arc::clone(transport)).await;
    let expert = hub.device_over("expert", "desk", Arc::clone(transport)).await;
    (technician, expert)
}

async fn ended(call: &Call, reason: EndReason) {
    let snapshot = within(call.wait_for(|_| false)).await;
    assert_eq!((snapshot.state, snapshot.end_reason), (CallState::Ended, Some(reason)));
}

fn picture(capture_time_us: u64, is_key_frame: bool) -> AccessUnit {
    let slice = if is_key_frame { 0x65 } else { 0x41 };
    let mut annex_b = Vec::new();
    if is_key_frame {
        annex_b.extend([0, 0, 0, 1, 0x67, 66, 0, 31, 0, 0, 0, 1, 0x68, 1, 2]);
    }
    annex_b.extend([0, 0, 0, 1, slice]);
    annex_b.extend(std::iter::repeat_n(0x55, 3_000));
    AccessUnit {
        annex_b: Bytes::from(annex_b),
        capture_time_us,
        is_key_frame,
    }
}

/// Pushes pictures as a shell does, obeying the encoder control, until the peer has `count`.
async fn show_pictures(from: &Call, to: &Call, count: usize) {
    let mut control = from.encoder_control();
    within(control.wait_for(Option::is_some)).await.unwrap();
    let mut asked = 0;
    let push = async {
        let mut clock = tokio::time::interval(std::time::Duration::from_millis(20));
        for index in 0_u64.. {
            clock.tick().await;
            let wanted = control.borrow().map_or(0, |control| control.key_frames_requested);
            from.push_video(picture(index * 20_000, wanted != asked)).unwrap();
            asked = wanted;
        }
    };
    let receive = async {
        let first = within(to.next_video()).await.unwrap();
        assert_eq!(first.annex_b[4] & 0x1F, 7, "the first picture decodes on its own");
        for _ in 1..count {
            within(to.next_video()).await.unwrap();
        }
    };
    tokio::select! {
        () = push => {}
        () = receive => {}
    }
}

/// Plays a 440 Hz tone at one end until the other hears it.
async fn hear_the_tone(from: &Call, to: &Call) {
    let mut clock = tokio::time::interval(std::time::Duration::from_millis(20));
    let mut phase = 0.0_f32;
    within(async {
        loop {
            clock.tick().await;
            let frame = std::array::from_fn(|_| {
                phase += 440.0 / 48_000.0;
                (8_000.0 * (phase * std::f32::consts::TAU).sin()) as i16
            });
            from.push_audio(&frame);
            let heard = to.pull_audio();
            let crossings = heard.windows(2).filter(|pair| (pair[0] < 0) != (pair[1] < 0)).count();
            let loud = heard.iter().any(|sample| sample.unsigned_abs() > 3_000);
            // 440 Hz crosses zero 17.6 times in 20 ms.
            if loud && (16..=19).contains(&crossings) {
                return;
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_from_ring_to_hang_up() {
    for (name, transport) in transports() {
        let hub = TestHub::start().await;
        let (technician, expert) = two_devices(&hub, &transport).await;
        let (placed, taken) = connect(&expert, &technician).await;
        println!("{name}: connected");

        placed.send_text("Which valve?").unwrap();
        taken.send_text("The red one — mit Grüßen ✓").unwrap();
        assert_eq!(next_text(&taken).await, "Which valve?");
        assert_eq!(next_text(&placed).await, "The red one — mit Grüßen ✓");

        show_pictures(&taken, &placed, 30).await;
        hear_the_tone(&taken, &placed).await;
        hear_the_tone(&placed, &taken).await;

        taken.set_camera_paused(true).unwrap();
        placed.set_microphone_muted(true).unwrap();
        let paused = |state| move |camera: CameraState| camera == state;
        until_shown(&placed, |call| {
            call.remote
                .is_some_and(|remote| paused(CameraState::Paused)(remote.camera))
        })
        .await;
        until_shown(&taken, |call| {
            call.remote
                .is_some_and(|remote| remote.microphone == MicrophoneState::Muted)
        })
        .await;
        assert!(
            taken.encoder_control().borrow().is_none(),
            "a paused camera needs no encoder"
        );
        taken.set_camera_paused(false).unwrap();
        until_shown(&placed, |call| {
            call.remote.is_some_and(|remote| remote.camera == CameraState::On)
        })
        .await;

        taken.hang_up().unwrap();
        ended(&placed, EndReason::HungUp).await;
        ended(&taken, EndReason::HungUp).await;
        assert_eq!(placed.send_text("late"), Err(CallError::Ended));

        // The same two can call again, the other way round.
        let (placed, taken) = connect(&technician, &expert).await;
        placed.hang_up().unwrap();
        ended(&placed, EndReason::HungUp).await;
        ended(&taken, EndReason::HungUp).await;
        technician.close().await;
        expert.close().await;
        hub.hub.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_devices_ring_and_the_first_answer_wins() {
    let hub = TestHub::start().await;
    let network: Arc<dyn TransportFactory> = Arc::new(MemoryNetwork::default());
    let (phone, expert) = two_devices(&hub, &network).await;
    let tablet = hub.device_over("technician", "tablet", Arc::clone(&network)).await;
    let placed = expert.call(other_person(&expert)).await.unwrap();
    let on_phone = within(phone.next_incoming()).await.unwrap();
    let on_tablet = within(tablet.next_incoming()).await.unwrap();
    on_tablet.accept().unwrap();
    until(&placed, CallState::Connected).await;
    ended(&on_phone, EndReason::AnsweredElsewhere).await;
    until(&on_tablet, CallState::Connected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn declined_cancelled_and_unreachable_are_told_apart() {
    let hub = TestHub::start().await;
    let network: Arc<dyn TransportFactory> = Arc::new(MemoryNetwork::default());
    let (technician, expert) = two_devices(&hub, &network).await;

    let placed = expert.call(other_person(&expert)).await.unwrap();
    within(technician.next_incoming()).await.unwrap().decline().unwrap();
    ended(&placed, EndReason::Declined).await;

    let placed = expert.call(other_person(&expert)).await.unwrap();
    let ringing = within(technician.next_incoming()).await.unwrap();
    assert_eq!(expert.call(other_person(&expert)).await.unwrap_err(), CallError::Busy);
    placed.hang_up().unwrap();
    ended(&placed, EndReason::Cancelled).await;
    ended(&ringing, EndReason::Cancelled).await;

    let nobody = assist_protocol::PersonId::new("nobody-here").unwrap();
    let placed = expert.call(nobody).await.unwrap();
    ended(&placed, EndReason::Unreachable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_calling_each_other_is_one_call() {
    let hub = TestHub::start().await;
    let network: Arc<dyn TransportFactory> = Arc::new(MemoryNetwork::default());
    let (technician, expert) = two_devices(&hub, &network).await;
    let (there, here) = (other_person(&technician), other_person(&expert));
    let placed = tokio::join!(technician.call(there), expert.call(here));
    let (kept, lost, other) = match placed {
        // Glare: the smaller id is kept, and its callee takes it without ringing.
        (Ok(first), Ok(second)) if first.id() < second.id() => (first, Some(second), &expert),
        (Ok(first), Ok(second)) => (second, Some(first), &technician),
        // One invite had arrived before the other was placed: an ordinary call.
        (Ok(only), Err(CallError::Busy)) => (only, None, &expert),
        (Err(CallError::Busy), Ok(only)) => (only, None, &technician),
        (first, second) => panic!("{first:?} {second:?}"),
    };
    let taken = within(other.next_incoming()).await.unwrap();
    assert_eq!(taken.id(), kept.id());
    match lost {
        Some(lost) => ended(&lost, EndReason::Replaced).await,
        None => taken.accept().unwrap(),
    }
    until(&kept, CallState::Connected).await;
    until(&taken, CallState::Connected).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_restart_does_not_end_a_call_and_text_arrives_afterwards() {
    for (name, transport) in transports() {
        let hub = TestHub::start().await;
        let (technician, expert) = two_devices(&hub, &transport).await;
        let (placed, taken) = connect(&expert, &technician).await;
        let hub = hub.restart().await;
        println!("{name}: the hub is back");
        placed.send_text("still there?").unwrap();
        assert_eq!(next_text(&taken).await, "still there?");
        for session in [&technician, &expert] {
            within(session.snapshots().wait_for(|session| session.connected))
                .await
                .unwrap();
        }
        taken.hang_up().unwrap();
        ended(&placed, EndReason::HungUp).await;
        ended(&taken, EndReason::HungUp).await;
        hub.hub.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_waits_for_a_cut_path_and_goes_through_the_hub() {
    let hub = TestHub::start().await;
    let network = MemoryNetwork::default();
    let shared: Arc<dyn TransportFactory> = Arc::new(network.clone());
    let (technician, expert) = two_devices(&hub, &shared).await;
    let (placed, taken) = connect(&expert, &technician).await;
    network.set_cut(true);
    until(&placed, CallState::Reconnecting).await;
    for line in ["one", "two", "three"] {
        placed.send_text(line).unwrap();
    }
    for line in ["one", "two", "three"] {
        assert_eq!(next_text(&taken).await, line);
    }
    network.set_cut(false);
    until(&placed, CallState::Connected).await;
    taken.send_text("back").unwrap();
    assert_eq!(next_text(&placed).await, "back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_everything_on_a_foreign_thread_ends_the_call_there() {
    let hub = TestHub::start().await;
    let network: Arc<dyn TransportFactory> = Arc::new(MemoryNetwork::default());
    let (technician, expert) = two_devices(&hub, &network).await;
    let (placed, taken) = connect(&expert, &technician).await;
    std::thread::spawn(move || {
        drop(placed);
        drop(expert);
    })
    .join()
    .unwrap();
    ended(&taken, EndReason::HungUp).await;
}
