//! Pictures that say their number: what was filmed, and what was seen of it.

use std::time::Duration;

use assist_engine::call::{Call, PushError};
use assist_engine::media::AccessUnit;
use assist_headless::scene::Scene;
use assist_headless::tracking::Tracker;
use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) const FRAME: Duration = Duration::from_millis(33);

/// A picture that says its number: 16 letters after the header of its last NAL unit.
fn picture(number: u64, is_key_frame: bool) -> AccessUnit {
    let mut annex_b = Vec::new();
    if is_key_frame {
        annex_b.extend([0, 0, 0, 1, 0x67, 66, 0, 31, 0, 0, 0, 1, 0x68, 1, 2]);
    }
    annex_b.extend([0, 0, 0, 1, if is_key_frame { 0x65 } else { 0x41 }]);
    annex_b.extend((0..16).map(|nibble| b'a' + (number >> (4 * nibble) & 15) as u8));
    annex_b.extend(std::iter::repeat_n(0x55, 1_000));
    AccessUnit {
        annex_b: Bytes::from(annex_b),
        capture_time_us: number * FRAME.as_micros() as u64,
        is_key_frame,
    }
}

fn number_of(annex_b: &[u8]) -> u64 {
    let letters = &annex_b[annex_b.len() - 1_016..annex_b.len() - 1_000];
    let nibbles = letters.iter().enumerate();
    nibbles
        .map(|(nibble, letter)| u64::from(letter - b'a') << (4 * nibble))
        .sum()
}

/// Films as a shell does; the number of the picture that was taken last.
pub(crate) fn film(call: Call) -> (JoinHandle<()>, watch::Receiver<u64>) {
    let (taken, newest) = watch::channel(0);
    let task = tokio::spawn(async move {
        let scene = Scene::new(1);
        let mut tracker = Tracker::exact(&scene);
        let mut clock = tokio::time::interval(FRAME);
        let control = call.encoder_control();
        let mut asked = 0;
        for number in 0_u64.. {
            clock.tick().await;
            let wanted = control.borrow().map_or(0, |control| control.key_frames_requested);
            let time_us = number * FRAME.as_micros() as u64;
            call.push_ar_frame(tracker.frame(&scene, time_us, 1_280, 720)).unwrap();
            // While nothing leaves, pictures are dropped, and a key frame is asked for.
            match call.push_video(picture(number, wanted != asked)) {
                Ok(()) | Err(PushError::Busy) => asked = wanted,
                Err(PushError::NotAnnexB) => panic!("it is"),
            }
            taken.send_replace(number);
        }
    });
    (task, newest)
}

/// Watches; the number of the picture that came last.
pub(crate) fn watch_film(call: Call) -> (JoinHandle<()>, watch::Receiver<u64>) {
    let (seen, newest) = watch::channel(0);
    let task = tokio::spawn(async move {
        while let Some(picture) = call.next_video().await {
            seen.send_replace(number_of(&picture.annex_b));
        }
    });
    (task, newest)
}
