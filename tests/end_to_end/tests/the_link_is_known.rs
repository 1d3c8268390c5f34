//! Real WebRTC through a real bottleneck: what the encoder is asked for follows what the link bears, down and up.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test states what it expects, and shows its figures"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use assist_end_to_end::{RelayedFactory, TestHub, connect, within};
use assist_engine::call::Call;
use assist_engine::media::{AccessUnit, EncoderControl};
use assist_link::path::PathConfig;
use assist_link::relay::RelayConfig;
use assist_protocol::link::LinkOffer;
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
    let mut control = call.encoder_control();
    let (began, mut asked) = (Instant::now(), 0);
    while let Ok(Some(wanted)) = control.wait_for(Option::is_some).await.map(|wanted| *wanted) {
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

/// Plays syllables at one end and counts the frames of 20 ms in which the other hears them, until dropped. A steady tone would be taken
/// for noise, of which nothing is sent.
async fn talk(from: &Call, to: &Call, heard: &AtomicU32) {
    let mut clock = tokio::time::interval(Duration::from_millis(20));
    let (mut samples, mut phase) = (0_u32, 0.0_f32);
    loop {
        clock.tick().await;
        let frame = std::array::from_fn(|_| {
            samples += 1;
            let syllable = samples / 9_600;
            phase += (200 + 137 * (syllable * 7 % 5)) as f32 / 48_000.0;
            let loudness = (samples as f32 / 9_600.0 * std::f32::consts::PI).sin().abs();
            (loudness * 8_000.0 * (phase * std::f32::consts::TAU).sin()) as i16
        });
        from.push_audio(&frame);
        let is_loud = to.pull_audio().iter().any(|sample| sample.unsigned_abs() > 2_000);
        heard.fetch_add(u32::from(is_loud), Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_critical_link_sound_goes_on_without_pictures_and_they_come_back() {
    const QUIET: Duration = Duration::from_secs(5);
    let hub = TestHub::start().await;
    let network = Arc::new(RelayedFactory::new(link(1_000_000), 7));
    let technician = hub
        .device_over("technician", "phone", Arc::clone(&network) as Arc<_>)
        .await;
    let expert = hub.device("expert", "desk").await;
    let (placed, taken) = connect(&technician, &expert).await;
    let heard = AtomicU32::new(0);
    let steps = async {
        within(taken.next_video()).await.unwrap();
        network.set(link(100_000));
        let mut began = Instant::now();
        // Until both hold: at first the queue is full, and what was made for a good link leaves slowly.
        let is_quiet = async {
            loop {
                let before = heard.load(Ordering::Relaxed);
                let is_silent = tokio::time::timeout(QUIET, taken.next_video()).await.is_err();
                let frames = heard.load(Ordering::Relaxed) - before;
                if is_silent && frames > 200 {
                    return frames;
                }
            }
        };
        let frames = within(is_quiet).await;
        println!(
            "{frames} of 250 frames of sound, and no picture: after {:.1?}",
            began.elapsed()
        );
        network.set(link(1_000_000));
        began = Instant::now();
        let picture = within(taken.next_video()).await.unwrap();
        println!("the first picture: after {:.1?}", began.elapsed());
        assert_eq!(picture.annex_b[4] & 0x1F, 7, "nothing to decode the first one with");
    };
    tokio::select! {
        () = steps => {}
        () = show(&placed, 1) => {}
        () = talk(&placed, &taken, &heard) => {}
        () = return_to_video(&placed) => {}
    }
}

/// The technician does, whenever it is offered: on a link that was found critical the video was paused.
async fn return_to_video(call: &Call) {
    let mut link = call.link();
    while link
        .wait_for(|link| link.offer == Some(LinkOffer::ResumeVideo))
        .await
        .is_ok()
    {
        call.accept_link_offer().unwrap();
        if link.wait_for(|link| link.offer.is_none()).await.is_err() {
            return;
        }
    }
}
