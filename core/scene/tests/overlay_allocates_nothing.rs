//! Once the buffers have grown, a frame is projected without asking for memory.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod allocations;
mod overlay_support;

use allocations::allocations_during;
use assist_scene::overlay::{OcclusionConfig, OcclusionMap, Projector};
use assist_scene::{AnchorId, AnchorSet, AnchorTracking, Camera, Pose, ShapeKind};
use glam::Vec3;
use overlay_support::*;

#[test]
fn frames_depth_maps_and_corrected_anchors_allocate_nothing() {
    let anchor = AnchorId(1);
    let mut scene = assist_scene::overlay::OverlayScene::new();
    for number in 0..200 {
        let start = Vec3::new(
            (number % 20) as f32 * 0.2 - 2.0,
            (number / 20) as f32 * 0.15 - 0.7,
            -2.5,
        );
        let points: Vec<_> = (0..64)
            .map(|n| start + 0.1 * Vec3::new(n as f32 / 64.0, (n as f32 * 0.3).sin(), 0.0))
            .collect();
        if number % 10 == 0 {
            scene.set(number, anchor, ShapeKind::Arrow, RED, &points[..2]).unwrap();
        } else {
            scene.set(number, anchor, ShapeKind::Ink, RED, &points).unwrap();
        }
    }
    let depth_m: Vec<_> = (0..160 * 90).map(|n| if n % 160 < 70 { 1.0 } else { 3.0 }).collect();
    let mut anchors = AnchorSet::default();
    let mut depth = OcclusionMap::new(OcclusionConfig::default());
    let mut projector = Projector::default();
    let mut frame = |number: u64| {
        let shift = Vec3::new(0.001 * number as f32, 0.0, 0.0);
        let pose = Pose {
            position_m: shift,
            ..Pose::IDENTITY
        };
        let camera = Camera {
            pose,
            ..camera_at_origin()
        };
        anchors.observe_camera(number * 16_667, Some(shift));
        anchors
            .update(
                anchor,
                Pose {
                    position_m: -shift,
                    ..Pose::IDENTITY
                },
                AnchorTracking::Tracked,
            )
            .unwrap();
        scene.follow(&anchors);
        depth.update(&camera, 160, 90, &depth_m).unwrap();
        projector
            .project(&scene, &camera, &viewport(), Some(&depth))
            .unwrap()
            .as_bytes()
            .len()
    };
    let warm = (0..10).map(&mut frame).max();
    assert!(warm > Some(10_000));
    assert_eq!(
        allocations_during(|| assert!((0..10).all(|number| frame(number) > 10_000))),
        0
    );
    // What is counted does count.
    assert_eq!(allocations_during(|| drop(std::hint::black_box(vec![1u8]))), 1);
}
