//! Real WebRTC through a real bottleneck: what the encoder is asked for follows what the link bears, down and up.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test states what it expects, and shows its figures"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use assist_end_to_end::{RelayedFactory, TestHub, connect, within};
use assist_engine::call::Call;
use assist_engine::media::{AccessUnit, EncoderControl};
use assist_link::path::PathConfig;
use assist_link::relay::RelayConfig;
use bytes::Bytes;

/// A link that takes so much from the technician, with a queue as they are found in the field.
fn link(bps: u64) -> RelayConfig {
    let delay = Duration::from_millis(20);
    RelayConfig {
        outward: PathConfig::clean(bps, delay, Duration::from_millis(300)),
        inward: PathConfig::open(delay),
    }
}

/// Pushes pictures of so many times the size that is asked for, until dropped.
async fn show(call: &Call, times: u32) {
    let control = call.encoder_control();
    let (began, mut asked) = (Instant::now(), 0);
    loop {
        let Some(wanted) = *control.borrow() else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        let is_key_frame = wanted.key_frames_requested != asked;
        asked = wanted.key_frames_requested;
        let bytes = times * wanted.bitrate_bps / 8 / wanted.frame_rate;
        let _ = call.push_video(picture(began.elapsed(), bytes as usize, is_key_frame));
        tokio::time::sleep(Duration::from_secs(1) / wanted.frame_rate).await;
    }
}

fn picture(captured: Duration, bytes: usize, is_key_frame: bool) -> AccessUnit {
    let mut annex_b = Vec::new();
    if is_key_frame {
        annex_b.extend([0, 0, 0, 1, 0x67, 66, 0, 31, 0, 0, 0, 1, 0x68, 1, 2]);
    }
    annex_b.extend([0, 0, 0, 1, if is_key_frame { 0x65 } else { 0x41 }]);
    annex_b.extend(std::iter::repeat_n(0x55, if is_key_frame { 3 * bytes } else { bytes }));
    AccessUnit {
        annex_b: Bytes::from(annex_b),
        capture_time_us: captured.as_micros() as u64,
        is_key_frame,
    }
}

async fn until_asked_for(call: &Call, what: &str, is_it: impl Fn(EncoderControl) -> bool) {
    let (mut control, began) = (call.encoder_control(), Instant::now());
    let asked = within(control.wait_for(|control| control.is_some_and(&is_it)))
        .await
        .unwrap();
    println!("{what}: after {:.1?}, {:?}", began.elapsed(), *asked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_encoder_is_asked_for_what_the_link_bears() {
    let hub = TestHub::start().await;
    let network = Arc::new(RelayedFactory::new(link(3_000_000), 5));
    let technician = hub
        .device_over("technician", "phone", Arc::clone(&network) as Arc<_>)
        .await;
    let expert = hub.device("expert", "desk").await;
    let (placed, taken) = connect(&technician, &expert).await;
    let steps = async {
        // Until there is word of the link, it is guessed.
        until_asked_for(&placed, "a guess", |control| control.bitrate_bps < 1_400_000).await;
        until_asked_for(&placed, "a good link", |control| control.bitrate_bps >= 1_500_000).await;
        network.set(link(700_000));
        until_asked_for(&placed, "a bottleneck", |control| control.bitrate_bps < 650_000).await;
        network.set(link(3_000_000));
        until_asked_for(&placed, "a good link again", |control| control.bitrate_bps >= 1_500_000).await;
    };
    let look = async { while taken.next_video().await.is_some() {} };
    tokio::select! {
        () = steps => {}
        () = show(&placed, 1) => {}
        () = look => {}
    }
}

/// A picture that comes after a gap cannot be decoded, so what follows one is a key frame.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encoder_that_does_as_it_likes_is_cut_to_what_can_be_decoded() {
    let hub = TestHub::start().await;
    let network = Arc::new(RelayedFactory::new(link(600_000), 6));
    let technician = hub.device_over("technician", "phone", network).await;
    let expert = hub.device("expert", "desk").await;
    let (placed, taken) = connect(&technician, &expert).await;
    let began = Instant::now();
    let look = async {
        let (mut before, mut key_frames, mut pictures) = (None, 0, 0);
        // Asked for less and less, it comes to fit in the end: then no picture is left out any more.
        while pictures < 40 {
            let picture = within(taken.next_video()).await.unwrap();
            let is_key_frame = picture.annex_b[4] & 0x1F == 7;
            // Pictures are pushed as fast as 8 a second at least; in ticks of 90 kHz.
            let gap = before.map_or(0, |before| picture.rtp_time.wrapping_sub(before));
            assert!(
                is_key_frame || gap < 90_000 / 2,
                "{gap} ticks were left out, and no key frame"
            );
            before = Some(picture.rtp_time);
            (key_frames, pictures) = (key_frames + u32::from(is_key_frame), pictures + 1);
        }
        println!(
            "{pictures} pictures with {key_frames} key frames in {:.1?}",
            began.elapsed()
        );
    };
    tokio::select! {
        () = within(look) => {}
        () = show(&placed, 4) => {}
    }
}
