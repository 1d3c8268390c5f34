//! Each point of a stroke lands where it was drawn on its own frame, however fast the camera turns.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use assist_scene::{
    Camera, Interpretation, Lifted, PicturePoint, Pose, PoseHistory, ShapeKind, StrokePoint, Surroundings, Tracking,
    lift,
};
use glam::{Quat, Vec3, vec3};
use world::{drawn, lens, workshop};

const TURN_DEG_PER_S: f32 = 60.0;

/// The camera turns to the right and walks while it does.
fn camera_at(capture_us: u64) -> Camera {
    let seconds = capture_us as f32 / 1e6;
    let pose = Pose {
        position_m: vec3(seconds * 0.3, 0.05, 0.1 * seconds),
        orientation: Quat::from_rotation_y(0.3 - (TURN_DEG_PER_S * seconds).to_radians()),
    };
    Camera {
        pose,
        intrinsics: lens(),
    }
}

fn history() -> PoseHistory {
    let mut history = PoseHistory::new();
    for frame in 0..60 {
        let capture_us = frame * 33_333;
        history
            .push(capture_us, camera_at(capture_us), Tracking::Tracked)
            .unwrap();
    }
    history
}

/// Places of the world that are followed with the pen, one every 8 ms: along the front of the box.
fn followed() -> Vec<(u64, Vec3)> {
    (0..64)
        .map(|index| (index * 8_000, vec3(-0.9 + 0.6 * index as f32 / 63.0, -0.1, -1.9)))
        .collect()
}

fn worst_m(lifted: &Lifted, followed: &[(u64, Vec3)]) -> f32 {
    let errors = lifted
        .shape
        .points_m
        .iter()
        .zip(followed)
        .map(|(point, (_, truth))| point.distance(*truth));
    errors.fold(0.0, f32::max)
}

fn surface(points: &[StrokePoint], surroundings: &Surroundings) -> Lifted {
    lift(ShapeKind::Ink, Interpretation::Surface, points, surroundings).unwrap()
}

#[test]
fn with_its_own_camera_each_point_lands_and_with_a_common_one_it_does_not() {
    let history = history();
    let followed = followed();
    let depth_camera = camera_at(250_000);
    let surroundings = workshop().seen_by(&depth_camera, 160, 90);
    let seen = |(capture_us, point_m): &(u64, Vec3)| camera_at(*capture_us).project(*point_m).unwrap();
    let places: Vec<PicturePoint> = followed.iter().map(seen).collect();
    let own: Vec<StrokePoint> = followed
        .iter()
        .zip(&places)
        .map(|((capture_us, _), place)| StrokePoint {
            camera: history.at(*capture_us).unwrap().camera,
            point: *place,
        })
        .collect();
    let lifted = surface(&own, &surroundings);
    assert!(worst_m(&lifted, &followed) < 0.01, "{} m", worst_m(&lifted, &followed));
    let plane = lift(ShapeKind::Ink, Interpretation::Plane, &own, &surroundings).unwrap();
    assert!(worst_m(&plane, &followed) < 0.01, "{} m", worst_m(&plane, &followed));

    let common = drawn(&history.at(0).unwrap().camera, places);
    let common = surface(&common, &surroundings);
    assert!(worst_m(&common, &followed) > 0.3, "{} m", worst_m(&common, &followed));
}

#[test]
fn the_newest_pose_is_the_wrong_one_after_400_ms() {
    let history = history();
    let drawn_us = 500_000;
    let target_m = vec3(-0.3, 0.1, -1.9);
    let place = camera_at(drawn_us).project(target_m).unwrap();
    let surroundings = workshop().seen_by(&camera_at(drawn_us), 160, 90);
    let lifted_at = |capture_us: u64| {
        let camera = history.at(capture_us).unwrap().camera;
        surface(&[StrokePoint { camera, point: place }], &surroundings)
            .shape
            .points_m[0]
    };
    assert!(lifted_at(drawn_us).distance(target_m) < 0.01);
    assert!(lifted_at(drawn_us + 400_000).distance(target_m) > 0.5);
}

#[test]
fn an_arrow_goes_from_where_its_tail_was_drawn_in_the_world() {
    let (tail_m, tip_m) = (vec3(-0.75, 0.1, -1.9), vec3(-0.5, 0.0, -1.9));
    let drawn_at = |capture_us: u64, point_m: Vec3| {
        let camera = camera_at(capture_us);
        StrokePoint {
            camera,
            point: camera.project(point_m).unwrap(),
        }
    };
    let points = [drawn_at(0, tail_m), drawn_at(300_000, tip_m)];
    let surroundings = workshop().seen_by(&camera_at(300_000), 160, 90);
    let lifted = lift(ShapeKind::Arrow, Interpretation::Automatic, &points, &surroundings).unwrap();
    assert!(lifted.shape.points_m[1].distance(tip_m) < 0.01);
    let camera = camera_at(300_000);
    let in_picture = |point_m: Vec3| camera.project(point_m).unwrap().to_pixels(1280, 720);
    let wanted = (in_picture(tail_m) - in_picture(tip_m)).normalize();
    let shown = (in_picture(lifted.shape.points_m[0]) - in_picture(tip_m)).normalize();
    assert!(shown.dot(wanted) > 0.995, "{shown} for {wanted}");
}
