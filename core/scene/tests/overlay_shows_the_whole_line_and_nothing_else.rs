//! Cutting, culling and leaving out points change no more of a line than a third of a pixel.
#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod overlay_support;

use assist_scene::overlay::{OverlayScene, Polylines, Projector, ProjectorConfig, Viewport};
use assist_scene::{AnchorId, Camera, Pose, ShapeKind};
use glam::{Affine2, Vec2, Vec3};
use overlay_support::*;
use proptest::prelude::*;

/// The tolerance, and what single precision adds near the near plane.
const BOUND_PX: f64 = 0.3 + 0.05;

/// Holds what is drawn against the lines, both ways.
fn check(camera: &Camera, strokes: Vec<Vec<Vec3>>) -> Result<(), TestCaseError> {
    let marks: Vec<_> = strokes.into_iter().map(|points_m| (ShapeKind::Ink, points_m)).collect();
    let drawn = project(&scene_of(&marks), camera);
    for (id, (_, points_m)) in marks.iter().enumerate() {
        let segments = drawn_segments(&drawn, id as u64);
        for sample in true_segments(camera, points_m, 0.0501)
            .into_iter()
            .flat_map(samples_in_picture)
        {
            let off = distance_px(sample, &segments);
            prop_assert!(off <= BOUND_PX, "mark {id}: {sample} is {off} px from what is drawn");
        }
        let lines = true_segments(camera, points_m, 0.0499);
        for sample in segments.into_iter().flat_map(samples_in_picture) {
            let off = distance_px(sample, &lines);
            prop_assert!(off <= BOUND_PX, "mark {id}: drawn at {sample}, {off} px from the line");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn all_of_a_line_that_is_in_the_picture_is_drawn_and_nothing_else(
        camera in camera(),
        strokes in prop::collection::vec(stroke(), 1..12),
    ) {
        check(&camera, strokes)?;
    }

    #[test]
    fn also_of_lines_that_go_past_the_eye(
        camera in camera(),
        points_m in prop::collection::vec((-0.05..0.05f32, -0.05..0.05f32, -0.3..0.3f32), 2..12),
    ) {
        let points_m = points_m.into_iter().map(|(x, y, z)| camera.pose.to_world(Vec3::new(x, y, z)));
        check(&camera, vec![points_m.collect()])?;
    }

    #[test]
    fn also_of_lines_that_reach_into_the_picture_with_an_end_alone(
        camera in camera(),
        ends in prop::collection::vec((0usize..4, 0.0..0.02f32, 0.0..1.0f32, 0.2..4.0f32, 0.1..3.0f32), 1..12),
    ) {
        let line = |(edge, inside, along, depth_m, length_m): (usize, f32, f32, f32, f32)| {
            let (x, y, outwards) = [
                (inside, along, Vec3::NEG_X),
                (1.0 - inside, along, Vec3::X),
                (along, inside, Vec3::Y),
                (along, 1.0 - inside, Vec3::NEG_Y),
            ][edge];
            let end_m = camera.unproject(assist_scene::PicturePoint::new(x, y), depth_m);
            vec![end_m, end_m + camera.pose.orientation * outwards * length_m]
        };
        check(&camera, ends.into_iter().map(line).collect())?;
    }

    #[test]
    fn what_is_behind_the_camera_never_appears_mirrored(
        points_m in prop::collection::vec((-3.0..3.0f32, -3.0..3.0f32, 0.0..5.0f32), 1..20),
    ) {
        let behind: Vec<_> = points_m.iter().map(|(x, y, z)| Vec3::new(*x, *y, *z)).collect();
        let arrow = vec![behind[0], behind[behind.len() - 1]];
        let scene = scene_of(&[(ShapeKind::Ink, behind), (ShapeKind::Arrow, arrow)]);
        prop_assert_eq!(project(&scene, &camera_at_origin()), vec![]);
    }

    #[test]
    fn a_rotated_and_cropped_view_shows_the_same_line(
        camera in camera(),
        points_m in stroke(),
        zoom in 0.5..4.0f32,
        shift in -0.3..0.3f32,
    ) {
        // A quarter turn, as a phone held upright shows its camera's picture.
        let (x_axis, y_axis) = (Vec2::new(0.0, HEIGHT_PX * zoom), Vec2::new(-WIDTH_PX * zoom, 0.0));
        let turn = Affine2::from_cols(x_axis, y_axis, Vec2::new(WIDTH_PX, shift));
        let turned = Viewport { from_picture: turn, ..viewport() };
        let scene = scene_of(&[(ShapeKind::Ink, points_m.clone())]);
        let mut projector = Projector::default();
        let drawn = read(projector.project(&scene, &camera, &turned, None).unwrap().as_bytes());
        let segments = drawn_segments(&drawn, 0);
        for (from, to) in true_segments(&camera, &points_m, 0.0501) {
            let turn = |pixel: glam::DVec2| {
                let point = glam::DVec2::new(pixel.x / 1280.0, pixel.y / 720.0);
                turn.as_daffine2().transform_point2(point)
            };
            for sample in samples_in_picture((turn(from), turn(to))) {
                let off = distance_px(sample, &segments);
                prop_assert!(off <= BOUND_PX + 0.1, "{sample} is {off} px from what is drawn");
            }
        }
    }
}

#[test]
fn a_line_that_goes_past_the_camera_is_cut_and_not_dropped() {
    let scene = scene_of(&[(
        ShapeKind::Ink,
        vec![Vec3::new(0.1, 0.0, -2.0), Vec3::new(0.1, 0.0, 2.0)],
    )]);
    let drawn = project(&scene, &camera_at_origin());
    assert_eq!(drawn.len(), 1);
    let (from, to) = (drawn[0].points_px[0], drawn[0].points_px[drawn[0].points_px.len() - 1]);
    assert!((from - Vec2::new(636.0 + 950.0 * 0.05, 363.0)).length() < 0.01);
    assert!(
        to.x > WIDTH_PX && to.x < WIDTH_PX + 100.0,
        "it leaves to the right, where it is: {to}"
    );
}

#[test]
fn at_the_edge_of_a_wide_picture_steps_along_the_axis_are_seen_too() {
    let mut camera = camera_at_origin();
    (camera.intrinsics.focal_x_px, camera.intrinsics.focal_y_px) = (250.0, 250.0);
    for step in 0..40 {
        let distance_m = 0.5 * 1.1f32.powi(step);
        let point = |n: i32| Vec3::new(2.4, n as f32 * 0.001, 0.01 * (n as f32 * 0.13).sin() - 1.0) * distance_m;
        check(&camera, vec![(0..400).map(point).collect()]).unwrap();
    }
}

/// A wave in front of the camera: many points, few of them needed.
fn wave(distance_m: f32) -> Vec<Vec3> {
    (0..512)
        .map(|n| Vec3::new(n as f32 * 0.001 - 0.256, 0.02 * (n as f32 * 0.03).sin(), -distance_m))
        .collect()
}

#[test]
fn the_farther_a_line_is_the_fewer_points_are_drawn() {
    let count = |distance_m| {
        project(&scene_of(&[(ShapeKind::Ink, wave(distance_m))]), &camera_at_origin())[0]
            .points_px
            .len()
    };
    let counts = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0].map(count);
    assert!(counts.is_sorted_by(|nearer, farther| nearer >= farther), "{counts:?}");
    assert!(counts[0] < 256 && counts[5] < 20, "{counts:?}");
}

#[test]
fn without_tolerance_every_point_is_drawn() {
    let mut projector = Projector::new(ProjectorConfig {
        tolerance_px: 0.0,
        ..ProjectorConfig::default()
    });
    let frame = projector.project(
        &scene_of(&[(ShapeKind::Ink, wave(3.0))]),
        &camera_at_origin(),
        &viewport(),
        None,
    );
    assert_eq!(read(frame.unwrap().as_bytes())[0].points_px.len(), 512);
}

#[test]
fn a_line_drawn_bit_by_bit_looks_like_one_drawn_at_once() {
    let points_m = wave(2.0);
    let at_once = scene_of(&[(ShapeKind::Ink, points_m.clone())]);
    let mut bit_by_bit = OverlayScene::new();
    bit_by_bit
        .set(0, AnchorId::WORLD, ShapeKind::Ink, RED, &points_m[..1])
        .unwrap();
    points_m[1..]
        .chunks(7)
        .for_each(|points_m| bit_by_bit.extend(0, points_m).unwrap());
    let camera = camera_at_origin();
    let segments = drawn_segments(&project(&bit_by_bit, &camera), 0);
    for line in project(&at_once, &camera) {
        for point_px in line.points_px {
            assert!(distance_px(point_px.as_dvec2(), &segments) < 0.6);
        }
    }
    assert!(segments.len() < 100);
}

#[test]
fn a_dot_is_one_point_and_marks_come_in_the_order_of_their_ids() {
    let dot = |x| (ShapeKind::Ink, vec![Vec3::new(x, 0.0, -1.0)]);
    let mut scene = scene_of(&[dot(0.0), dot(0.1), dot(0.2)]);
    scene
        .set(1, AnchorId::WORLD, ShapeKind::Ink, RED, &[Vec3::new(-0.1, 0.0, -1.0)])
        .unwrap();
    assert!(scene.remove(0) && !scene.remove(0));
    scene
        .set(7, AnchorId::WORLD, ShapeKind::Ink, RED, &[Vec3::new(0.3, 0.0, -1.0)])
        .unwrap();
    let drawn = project(&scene, &camera_at_origin());
    let seen: Vec<_> = drawn.iter().map(|dot| (dot.id, dot.points_px[0].x.round())).collect();
    assert_eq!(seen, [(1, 541.0), (2, 826.0), (7, 921.0)]);
    scene.clear();
    assert!(scene.is_empty() && project(&scene, &camera_at_origin()).is_empty());
}

#[test]
fn an_empty_frame_is_a_frame() {
    let mut projector = Projector::default();
    let camera = Camera {
        pose: Pose::looking_at(Vec3::ONE, Vec3::ZERO),
        ..camera_at_origin()
    };
    let frame = projector
        .project(&OverlayScene::new(), &camera, &viewport(), None)
        .unwrap();
    let polylines = Polylines::read(frame.as_bytes()).unwrap();
    assert_eq!((polylines.width_px, polylines.height_px), (WIDTH_PX, HEIGHT_PX));
    assert_eq!(polylines.count(), 0);
}
