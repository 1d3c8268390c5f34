//! The cases about drawing together.

use assist_engine::annotations::{Colour, Interpretation, StrokeStyle, Tool};
use assist_ffi::{Call, DrawFailure};
use assist_phone::{PhoneControl, SimulatedPhone};

use crate::{World, within};

/// A phone whose AR platform has seen some frames of a size; and what the newest one's lines are.
fn filmed(call: &Call, phone: &SimulatedPhone, frames: std::ops::Range<u64>) -> Vec<u8> {
    let mut lines = Vec::new();
    for number in frames {
        let frame = phone.ar_frame(number * 33_333, 1_280, 720);
        lines = call.ar_frame(&frame, 1_280.0, 720.0, 0).unwrap();
    }
    lines
}

fn phone() -> SimulatedPhone {
    let [bitrate_bps, width_px, height_px, frame_rate] = [1_500_000, 1_280, 720, 15];
    let control = PhoneControl {
        bitrate_bps,
        width_px,
        height_px,
        frame_rate,
        key_frames_requested: 0,
    };
    SimulatedPhone::new(1, control).unwrap()
}

/// How many polylines a buffer of lines has.
fn polylines(lines: &[u8]) -> u32 {
    assert_eq!(lines[..4], *b"OVL2");
    u32::from_le_bytes(lines[8..12].try_into().unwrap())
}

async fn until_drawn(call: &Call, marks: u32) {
    let snapshots = call.snapshots();
    while within(snapshots.next()).await.unwrap().annotations.marks != marks {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawing_stays_on_the_machine() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let phone = phone();
    assert_eq!(polylines(&filmed(&call, &phone, 0..20)), 0);
    expert.draw_arrow(15 * 33_333, 0.5, 0.55).unwrap();
    until_drawn(&call, 1).await;
    let lines = filmed(&call, &phone, 20..22);
    // A shaft and a head.
    assert_eq!(polylines(&lines), 2);
    expert.undo_drawing().unwrap();
    until_drawn(&call, 0).await;
    assert_eq!(polylines(&filmed(&call, &phone, 22..23)), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_frame_is_drawn_on() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let phone = phone();
    filmed(&call, &phone, 0..10);
    let frozen = call.freeze_frame(8 * 33_333).unwrap();
    filmed(&call, &phone, 60..65);
    let lines = || call.overlay_of_frozen(frozen, 1_280.0, 720.0);
    assert_eq!(polylines(&lines().unwrap()), 0);
    let style = StrokeStyle {
        tool: Tool::Ink,
        colour: Colour::Green,
        width_per_mille: 6,
        interpretation: Interpretation::Automatic,
    };
    let points: Vec<u8> = [0.4, 0.6_f32]
        .iter()
        .flat_map(|x| {
            [
                0_u64.to_le_bytes().to_vec(),
                x.to_le_bytes().to_vec(),
                0.55_f32.to_le_bytes().to_vec(),
            ]
            .concat()
        })
        .collect();
    let stroke = call.begin_stroke_on(frozen, style, &points).unwrap();
    call.finish_stroke(stroke).unwrap();
    expert.wait_drawings(1).await.unwrap();
    assert!(polylines(&lines().unwrap()) >= 1);
    call.thaw_frame(frozen).unwrap();
    assert!(matches!(call.thaw_frame(frozen), Err(DrawFailure::Gone { .. })));
    assert!(matches!(lines(), Err(DrawFailure::Gone { .. })));
    let gone = call.begin_stroke_on(frozen, style, &points);
    assert!(matches!(gone, Err(DrawFailure::Gone { .. })), "{gone:?}");
    for _ in 0..8 {
        call.freeze_frame(62 * 33_333).unwrap();
    }
    let ninth = call.freeze_frame(62 * 33_333);
    assert!(matches!(ninth, Err(DrawFailure::TooMuch { .. })), "{ninth:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_takes_back_their_own() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let phone = phone();
    filmed(&call, &phone, 0..5);
    let style = StrokeStyle {
        tool: Tool::Ink,
        colour: Colour::Blue,
        width_per_mille: 6,
        interpretation: Interpretation::Surface,
    };
    let point = |x: f32, y: f32| {
        let mut bytes = (4 * 33_333_u64).to_le_bytes().to_vec();
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
        bytes
    };
    let first = call.begin_stroke(style, &point(0.4, 0.5)).unwrap();
    call.extend_stroke(first, &point(0.5, 0.5)).unwrap();
    call.finish_stroke(first).unwrap();
    let refusal = call.finish_stroke(first);
    assert!(matches!(refusal, Err(DrawFailure::Gone { .. })), "{refusal:?}");
    let second = call.begin_stroke(style, &point(0.6, 0.5)).unwrap();
    expert.wait_drawings(2).await.unwrap();
    assert!(expert.undo_drawing().is_err(), "these are the technician's");
    assert_eq!(call.undo_stroke().unwrap(), second);
    expert.wait_drawings(1).await.unwrap();
    call.delete_my_strokes().unwrap();
    expert.wait_drawings(0).await.unwrap();
    let refusal = call.undo_stroke();
    assert!(matches!(refusal, Err(DrawFailure::NothingToUndo { .. })), "{refusal:?}");
}

/// The same of a phone without AR.
fn filmed_in_grey(call: &Call, phone: &SimulatedPhone, frames: std::ops::Range<u64>) -> Vec<u8> {
    let mut lines = Vec::new();
    for number in frames {
        let picture = phone.grey_picture(number * 33_333, 640, 360);
        lines = call.grey_picture(&picture, 1_280.0, 720.0, 0).unwrap();
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ar_a_drawing_goes_with_the_picture() {
    let world = World::new().await;
    let (call, expert) = world.in_call().await;
    let phone = phone();
    assert_eq!(polylines(&filmed_in_grey(&call, &phone, 0..10)), 0);
    expert.draw_arrow(8 * 33_333, 0.5, 0.55).unwrap();
    until_drawn(&call, 1).await;
    let first = filmed_in_grey(&call, &phone, 10..13);
    assert_eq!(polylines(&first), 2);
    let later = filmed_in_grey(&call, &phone, 13..25);
    assert_eq!(polylines(&later), 2);
    assert_ne!(first, later, "it moves with the hand that holds the phone");
    expert.undo_drawing().unwrap();
    until_drawn(&call, 0).await;
    assert_eq!(polylines(&filmed_in_grey(&call, &phone, 25..26)), 0);
    // What is no picture, or comes too late, is refused and changes nothing.
    let picture = phone.grey_picture(26 * 33_333, 640, 360);
    let refusals = [
        call.grey_picture(&[], 1_280.0, 720.0, 0),
        call.grey_picture(&picture[..picture.len() - 1], 1_280.0, 720.0, 0),
        call.grey_picture(&picture, 0.0, 720.0, 0),
        call.grey_picture(&picture, 1_280.0, 720.0, 45),
        call.grey_picture(&phone.grey_picture(27 * 33_333, 40, 30), 1_280.0, 720.0, 0),
        call.grey_picture(&phone.grey_picture(0, 640, 360), 1_280.0, 720.0, 0),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(DrawFailure::Invalid { .. })), "{refusal:?}");
    }
    call.grey_picture(&picture, 720.0, 1_280.0, 90).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_frame_is_refused_in_words() {
    let world = World::new().await;
    let (call, _expert) = world.in_call().await;
    let frame = phone().ar_frame(0, 1_280, 720);
    let refusals = [
        call.ar_frame(&[], 1_280.0, 720.0, 0),
        call.ar_frame(&frame[..frame.len() - 1], 1_280.0, 720.0, 0),
        call.ar_frame(&frame, 0.0, 720.0, 0),
        call.ar_frame(&frame, 1_280.0, 720.0, 45),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Err(DrawFailure::Invalid { .. })), "{refusal:?}");
    }
    call.ar_frame(&frame, 1_280.0, 720.0, 90).unwrap();
    // A platform that has lost its way has no lens to tell either: all of the frame but its time is zero.
    let lost = [
        &b"ARF1"[..],
        &2_u32.to_le_bytes(),
        &9_u64.to_le_bytes(),
        &[0; 64],
        &[255; 8],
        &[255; 4],
        &[0; 4],
        &[255; 4],
    ]
    .concat();
    assert_eq!(polylines(&call.ar_frame(&lost, 1_280.0, 720.0, 0).unwrap()), 0);
}
