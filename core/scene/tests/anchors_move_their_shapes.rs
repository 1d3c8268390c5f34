//! What hangs on an anchor goes where the platform says the anchor is, and shows how sure that is.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::anchor::MAX_ANCHORS;
use assist_scene::overlay::{OverlayScene, Polylines, Projector};
use assist_scene::{
    AnchorError, AnchorId, AnchorSet, AnchorTracking, Camera, DriftConfig, Pose, Shape, ShapeKind, ShapeState,
};
use glam::{Quat, Vec3};
use overlay_support::*;
use proptest::prelude::*;

const FIRST: AnchorId = AnchorId(1);
const SECOND: AnchorId = AnchorId(2);
const SECOND_US: u64 = 1_000_000;

fn at(position_m: Vec3) -> Pose {
    Pose {
        position_m,
        ..Pose::IDENTITY
    }
}

fn ink(points_m: &[Vec3]) -> Shape {
    Shape {
        kind: ShapeKind::Ink,
        points_m: points_m.to_vec(),
    }
}

fn two_anchors() -> AnchorSet {
    let mut anchors = AnchorSet::default();
    anchors.observe_camera(0, Some(Vec3::ZERO));
    anchors
        .update(FIRST, at(Vec3::new(-1.0, 0.0, -3.0)), AnchorTracking::Tracked)
        .unwrap();
    anchors
        .update(SECOND, at(Vec3::new(1.0, 0.0, -3.0)), AnchorTracking::Tracked)
        .unwrap();
    anchors
}

fn pose() -> impl Strategy<Value = Pose> {
    (vector(5.0), vector(1.0), -3.0..3.0f32).prop_map(|(position_m, axis, angle)| Pose {
        position_m,
        orientation: Quat::from_axis_angle(axis.try_normalize().unwrap_or(Vec3::Y), angle),
    })
}

proptest! {
    #[test]
    fn a_shape_goes_where_its_anchor_goes(
        before in pose(),
        after in pose(),
        points_m in prop::collection::vec(vector(5.0), 1..20),
    ) {
        let mut anchors = AnchorSet::default();
        anchors.update(FIRST, before, AnchorTracking::Tracked).unwrap();
        let anchored = anchors.attach(&ink(&points_m)).unwrap();
        anchors.update(FIRST, after, AnchorTracking::Tracked).unwrap();
        let moved = anchors.to_world(&anchored).unwrap();
        for (moved, point_m) in moved.points_m.iter().zip(&points_m) {
            let expected = after.to_world(before.to_local(*point_m));
            prop_assert!((*moved - expected).length() < 1e-4);
        }
    }

    #[test]
    fn a_corrected_anchor_moves_its_marks_in_the_picture_and_no_others(after in vector(0.2)) {
        let mut anchors = two_anchors();
        let left = anchors.attach(&ink(&[Vec3::new(-0.8, 0.1, -3.0), Vec3::new(-0.7, 0.2, -3.0)])).unwrap();
        let right = anchors.attach(&ink(&[Vec3::new(0.8, 0.1, -3.0), Vec3::new(0.7, 0.2, -3.0)])).unwrap();
        prop_assert_eq!((left.anchor, right.anchor), (FIRST, SECOND));
        let mut scene = OverlayScene::new();
        for (id, anchored) in [&left, &right].into_iter().enumerate() {
            scene.set(id as u64, anchored.anchor, ShapeKind::Ink, RED, &anchored.shape.points_m).unwrap();
        }
        scene.follow(&anchors);
        let before = project(&scene, &camera_at_origin());
        anchors.update(FIRST, at(Vec3::new(-1.0, 0.0, -3.0) + after), AnchorTracking::Tracked).unwrap();
        scene.follow(&anchors);
        let drawn = project(&scene, &camera_at_origin());
        prop_assert_eq!(&drawn[1], &before[1]);
        let camera = camera_at_origin();
        for (point_px, local_m) in drawn[0].points_px.iter().zip(&left.shape.points_m) {
            let expected = camera.project(Vec3::new(-1.0, 0.0, -3.0) + after + *local_m).unwrap().to_pixels(1280, 720);
            prop_assert!((*point_px - expected).length() < 0.05);
        }
    }

    #[test]
    fn nothing_told_makes_the_set_panic_or_guess(
        poses in prop::collection::vec((any::<[f32; 7]>(), 0u32..80, 0u8..3), 0..100),
        cameras in prop::collection::vec((any::<u64>(), any::<Option<[f32; 3]>>()), 0..50),
    ) {
        let mut anchors = AnchorSet::default();
        for ([x, y, z, a, b, c, d], id, tracking) in poses {
            let pose = Pose { position_m: Vec3::new(x, y, z), orientation: Quat::from_xyzw(a, b, c, d) };
            let states = [AnchorTracking::Tracked, AnchorTracking::Limited, AnchorTracking::Lost];
            let tracking = states[usize::from(tracking)];
            let _ = anchors.update(AnchorId(id), pose, tracking);
        }
        for (capture_us, position) in cameras {
            anchors.observe_camera(capture_us, position.map(Vec3::from));
            for id in 0..80 {
                if let ShapeState::Stale { drift_m, age_us } = anchors.state(AnchorId(id)) {
                    prop_assert!((0.0..=0.25).contains(&drift_m) && age_us <= 10_000_000);
                }
                prop_assert!(anchors.pose(AnchorId(id)).is_none_or(|pose| pose.position_m.is_finite()));
            }
        }
    }
}

#[test]
fn without_a_tracked_anchor_a_shape_hangs_on_the_world() {
    let mut anchors = two_anchors();
    let shape = ink(&[Vec3::new(-1.0, 0.0, -3.0)]);
    assert_eq!(anchors.attach(&shape).unwrap().anchor, FIRST);
    anchors.update(FIRST, at(Vec3::ZERO), AnchorTracking::Limited).unwrap();
    assert_eq!(anchors.attach(&shape).unwrap().anchor, SECOND);
    assert!(anchors.remove(SECOND) && !anchors.remove(SECOND));
    let on_world = anchors.attach(&shape).unwrap();
    assert_eq!((on_world.anchor, &on_world.shape), (AnchorId::WORLD, &shape));
}

#[test]
fn what_is_no_place_is_refused_and_changes_nothing() {
    let mut anchors = two_anchors();
    let tracked = AnchorTracking::Tracked;
    let nowhere = at(Vec3::new(f32::NAN, 0.0, 0.0));
    let squashed = Pose {
        orientation: Quat::from_xyzw(0.0, 0.0, 0.0, 0.5),
        ..Pose::IDENTITY
    };
    assert_eq!(anchors.update(FIRST, nowhere, tracked), Err(AnchorError::NotAPlace));
    assert_eq!(anchors.update(FIRST, squashed, tracked), Err(AnchorError::NotAPlace));
    assert_eq!(
        anchors.update(FIRST, at(Vec3::splat(1e6)), tracked),
        Err(AnchorError::NotAPlace)
    );
    assert_eq!(
        anchors.update(AnchorId::WORLD, Pose::IDENTITY, tracked),
        Err(AnchorError::IsTheWorld)
    );
    assert_eq!(anchors.pose(FIRST), Some(at(Vec3::new(-1.0, 0.0, -3.0))));
    assert_eq!(anchors.attach(&ink(&[])), Err(AnchorError::NoPoints));
    assert_eq!(anchors.attach(&ink(&[Vec3::INFINITY])), Err(AnchorError::NotAPlace));
    for id in 3..=MAX_ANCHORS as u32 {
        anchors.update(AnchorId(id), Pose::IDENTITY, tracked).unwrap();
    }
    assert_eq!(
        anchors.update(AnchorId(1000), Pose::IDENTITY, tracked),
        Err(AnchorError::TooMany)
    );
    anchors.update(SECOND, Pose::IDENTITY, tracked).unwrap();
}

#[test]
fn when_the_camera_is_lost_shapes_go_stale_then_lost_and_come_back() {
    let mut anchors = two_anchors();
    anchors.observe_camera(SECOND_US, Some(Vec3::ZERO));
    assert_eq!(anchors.state(FIRST), ShapeState::Tracked);
    let mut drifts = Vec::new();
    for tenth in 1..200 {
        anchors.observe_camera(SECOND_US + tenth * 100_000, None);
        if let ShapeState::Stale { age_us, drift_m } = anchors.state(FIRST) {
            assert_eq!(age_us, tenth * 100_000);
            drifts.push(drift_m);
        }
    }
    // 5 cm per metre at half a metre a second, and 1 cm per second: 25 cm after a good seven seconds.
    assert!(drifts.is_sorted_by(|earlier, later| earlier < later));
    assert!((70..=72).contains(&drifts.len()), "{}", drifts.len());
    assert_eq!(anchors.state(FIRST), ShapeState::Lost);
    assert_eq!(anchors.state(AnchorId::WORLD), ShapeState::Lost);
    anchors.observe_camera(30 * SECOND_US, Some(Vec3::ZERO));
    assert_eq!(anchors.state(FIRST), ShapeState::Tracked);
}

#[test]
fn a_limited_anchor_drifts_with_the_way_the_camera_goes() {
    let mut anchors = two_anchors();
    anchors.update(FIRST, at(Vec3::ZERO), AnchorTracking::Limited).unwrap();
    for step in 1..=20 {
        anchors.observe_camera(step * 50_000, Some(Vec3::new(0.1 * step as f32, 0.0, 0.0)));
    }
    let ShapeState::Stale { age_us, drift_m } = anchors.state(FIRST) else {
        panic!("two metres are bearable");
    };
    assert_eq!(age_us, SECOND_US);
    assert!((drift_m - (2.0 * 0.05 + 0.01)).abs() < 1e-3, "{drift_m}");
    assert_eq!(anchors.state(SECOND), ShapeState::Tracked);
    anchors.update(FIRST, at(Vec3::ZERO), AnchorTracking::Tracked).unwrap();
    assert_eq!(anchors.state(FIRST), ShapeState::Tracked);
}

#[test]
fn waiting_for_too_long_is_lost_however_little_it_drifts() {
    let mut anchors = AnchorSet::new(DriftConfig {
        per_metre: 0.0,
        per_second_m: 0.0,
        ..DriftConfig::default()
    });
    anchors.observe_camera(SECOND_US, None);
    anchors.observe_camera(11 * SECOND_US, None);
    assert!(matches!(anchors.state(AnchorId::WORLD), ShapeState::Stale { .. }));
    anchors.observe_camera(11 * SECOND_US + 1, None);
    assert_eq!(anchors.state(AnchorId::WORLD), ShapeState::Lost);
}

#[test]
fn a_stale_mark_is_dimmed_and_a_lost_one_is_not_shown_anywhere() {
    let mut anchors = two_anchors();
    let points_m = [Vec3::ZERO, Vec3::new(0.1, 0.1, 0.0)];
    let mut scene = OverlayScene::new();
    scene.set(1, FIRST, ShapeKind::Ink, RED, &points_m).unwrap();
    scene.set(2, SECOND, ShapeKind::Ink, RED, &points_m).unwrap();
    scene.set(3, AnchorId(9), ShapeKind::Ink, RED, &points_m).unwrap();
    let mut projector = Projector::default();
    let camera = Camera { ..camera_at_origin() };
    let mut look = |anchors: &AnchorSet| {
        scene.follow(anchors);
        let frame = projector.project(&scene, &camera, &viewport(), None).unwrap();
        let polylines = Polylines::read(frame.as_bytes()).unwrap();
        let counts = (polylines.stale, polylines.lost);
        (
            counts,
            polylines
                .map(|line| (line.id, line.is_stale, line.is_dimmed))
                .collect::<Vec<_>>(),
        )
    };
    // The third hangs on an anchor that nobody has told of.
    assert_eq!(look(&anchors), ((0, 1), vec![(1, false, false), (2, false, false)]));
    anchors
        .update(FIRST, at(Vec3::new(-1.0, 0.0, -3.0)), AnchorTracking::Limited)
        .unwrap();
    assert_eq!(look(&anchors), ((1, 1), vec![(1, true, true), (2, false, false)]));
    anchors
        .update(FIRST, at(Vec3::new(-1.0, 0.0, -3.0)), AnchorTracking::Lost)
        .unwrap();
    assert_eq!(look(&anchors), ((0, 2), vec![(2, false, false)]));
    anchors.remove(SECOND);
    assert_eq!(look(&anchors), ((0, 3), vec![]));
    assert_eq!(scene.state(1), Some(ShapeState::Lost));
    assert_eq!(
        anchors.to_world(&anchors.attach(&ink(&points_m)).unwrap()),
        Some(ink(&points_m))
    );
}

#[test]
fn a_stale_mark_says_for_how_long_and_how_far_it_may_be_off() {
    let mut anchors = two_anchors();
    anchors.observe_camera(0, Some(Vec3::ZERO));
    let mut scene = OverlayScene::new();
    scene.set(1, FIRST, ShapeKind::Ink, RED, &[Vec3::ZERO]).unwrap();
    let place = at(Vec3::new(-1.0, 0.0, -3.0));
    anchors.update(FIRST, place, AnchorTracking::Limited).unwrap();
    anchors.observe_camera(2 * SECOND_US, Some(Vec3::X));
    scene.follow(&anchors);
    let Some(ShapeState::Stale { age_us, drift_m }) = scene.state(1) else {
        panic!("it is stale");
    };
    let mut projector = Projector::default();
    let frame = projector
        .project(&scene, &camera_at_origin(), &viewport(), None)
        .unwrap();
    let line = Polylines::read(frame.as_bytes()).unwrap().next().unwrap();
    assert_eq!((age_us, line.stale_for_s), (2 * SECOND_US, 2.0));
    assert!(
        drift_m > 0.0 && (line.drift_m - drift_m).abs() < 0.001,
        "{} for {drift_m}",
        line.drift_m
    );
}
