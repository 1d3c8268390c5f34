//! Two engines that draw on what one of them films, over real WebRTC: the simulated AR platform's poses, the real document.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

use std::sync::Arc;
use std::time::Duration;

use assist_end_to_end::{TestHub, connect, until, until_shown, within};
use assist_engine::annotations::{
    Colour, DrawnPoint, Interpretation, Refusal, RefusedBecause, StrokeStyle, Tool, Viewport,
};
use assist_engine::call::{Call, CallEvent};
use assist_engine::transport::TransportFactory;
use assist_engine::transport::memory::MemoryNetwork;
use assist_headless::scene::Scene;
use assist_headless::tracking::Tracker;
use assist_protocol::call::CallState;
use assist_scene::PicturePoint;
use assist_scene::overlay::{Part, Polylines};
use glam::Vec2;

const SIZE: (u32, u32) = (1_280, 720);
const FRAME_US: u64 = 33_333;
const ARROW: StrokeStyle = StrokeStyle {
    tool: Tool::Arrow,
    colour: Colour::Yellow,
    width_per_mille: 6,
    interpretation: Interpretation::Automatic,
};

/// Tells the call what the AR platform sees of some frames, one after the other.
fn film(call: &Call, scene: &Scene, tracker: &mut Tracker, frames: std::ops::Range<u64>) {
    for number in frames {
        call.push_ar_frame(tracker.frame(scene, number * FRAME_US, SIZE.0, SIZE.1))
            .unwrap();
    }
}

fn viewport() -> Viewport {
    Viewport::whole(SIZE.0 as f32, SIZE.1 as f32)
}

/// The tips of all arrows.
fn tips(bytes: &[u8]) -> Vec<Vec2> {
    let lines = Polylines::read(bytes).unwrap();
    lines
        .filter(|line| line.part == Part::ArrowHead)
        .filter_map(|line| line.points().next())
        .collect()
}

async fn until_drawn(call: &Call, marks: u32) {
    until_shown(call, |snapshot| snapshot.annotations.marks == marks).await;
}

fn arrow_to(call: &Call, capture_time_us: u64, tip: PicturePoint) -> u32 {
    let point = |point| DrawnPoint { capture_time_us, point };
    let tail = PicturePoint::new(tip.x - 0.1, tip.y + 0.1);
    let stroke = call.begin_stroke(ARROW, &[point(tail), point(tip)]).unwrap();
    call.finish_stroke(stroke).unwrap();
    stroke
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arrow_points_at_the_same_thing_in_both_pictures() {
    let hub = TestHub::start().await;
    let technician = hub.device("technician", "phone").await;
    let expert = hub.device("expert", "desk").await;
    // Of two cameras the caller's is the one that is drawn on.
    let (filming, watching) = connect(&technician, &expert).await;
    // Poses are sent once, on a channel that opens a moment after media flows.
    until_shown(&filming, |snapshot| snapshot.channel_open).await;
    until_shown(&watching, |snapshot| snapshot.channel_open).await;
    let scene = Scene::new(1);
    let mut tracker = Tracker::exact(&scene);
    film(&filming, &scene, &mut tracker, 0..30);

    let drawn_us = 20 * FRAME_US;
    let tip = PicturePoint::new(0.5, 0.55);
    arrow_to(&watching, drawn_us, tip);
    until_drawn(&filming, 1).await;
    // The newest frame of the technician's is another one by now.
    let newest_us = 29 * FRAME_US;
    let lens = |time_us| scene.camera(time_us, SIZE.0, SIZE.1);
    let depth = scene.depth(drawn_us, SIZE.0, SIZE.1);
    let truth = lens(drawn_us).unproject(tip, depth.at(tip).unwrap());
    let truth_px = lens(newest_us).project(truth).unwrap().to_pixels(SIZE.0, SIZE.1);
    let mine = filming.overlay(&viewport(), |frame| tips(frame.as_bytes())).unwrap();
    assert!(
        mine.len() == 1 && mine[0].distance(truth_px) < 8.0,
        "{mine:?} for {truth_px}"
    );

    // And the expert sees it in the picture they drew on, placed by the technician's device and projected by theirs.
    let mut camera = tokio::time::interval(Duration::from_micros(FRAME_US));
    let seen = async {
        loop {
            let tips = watching
                .overlay_of_peer(drawn_us, &viewport(), |frame| tips(frame.as_bytes()))
                .unwrap();
            if let [tip] = tips[..] {
                return tip;
            }
            // Until its place and the poses have arrived, as often as a camera takes a picture.
            camera.tick().await;
        }
    };
    let seen = within(seen).await;
    let there = tip.to_pixels(SIZE.0, SIZE.1);
    assert!(seen.distance(there) < 8.0, "{seen} for {there}");

    // Everybody takes back their own.
    assert_eq!(filming.undo_stroke(), Err(Refusal::NothingToUndo));
    watching.undo_stroke().unwrap();
    until_drawn(&filming, 0).await;
    assert!(
        filming
            .overlay(&viewport(), |frame| tips(frame.as_bytes()))
            .unwrap()
            .is_empty()
    );
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_drawn_while_the_path_is_cut_is_there_for_both() {
    let hub = TestHub::start().await;
    let network = MemoryNetwork::default();
    let shared: Arc<dyn TransportFactory> = Arc::new(network.clone());
    let technician = hub.device_over("technician", "phone", Arc::clone(&shared)).await;
    let expert = hub.device_over("expert", "desk", shared).await;
    let (filming, watching) = connect(&technician, &expert).await;
    until_shown(&watching, |snapshot| snapshot.channel_open).await;
    let scene = Scene::new(1);
    film(&filming, &scene, &mut Tracker::exact(&scene), 0..30);
    arrow_to(&watching, 20 * FRAME_US, PicturePoint::CENTRE);
    until_drawn(&filming, 1).await;
    network.set_cut(true);
    until(&watching, CallState::Reconnecting).await;
    arrow_to(&watching, 20 * FRAME_US, PicturePoint::new(0.6, 0.5));
    arrow_to(&filming, 25 * FRAME_US, PicturePoint::new(0.4, 0.5));
    until_drawn(&filming, 3).await;
    until_drawn(&watching, 3).await;
    network.set_cut(false);
    until(&watching, CallState::Connected).await;
    watching.undo_stroke().unwrap();
    until_drawn(&filming, 2).await;
    let tips = filming.overlay(&viewport(), |frame| tips(frame.as_bytes())).unwrap();
    assert_eq!(tips.len(), 2, "{tips:?}");
    hub.hub.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stroke_on_a_frame_that_never_was_is_refused_and_said() {
    let hub = TestHub::start().await;
    let technician = hub.device("technician", "phone").await;
    let expert = hub.device("expert", "desk").await;
    let (_filming, watching) = connect(&technician, &expert).await;
    let stroke = arrow_to(&watching, 1_000_000, PicturePoint::CENTRE);
    let refused = within(async {
        loop {
            if let CallEvent::StrokeRefused { stroke, because } = watching.next_event().await.expect("the call goes on")
            {
                return (stroke, because);
            }
        }
    });
    assert_eq!(refused.await, (stroke, RefusedBecause::FrameNotKnown));
    hub.hub.shutdown().await;
}
