//! An arrow stands off what it points at and can be read from other sides.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use assist_scene::{Camera, Interpretation, PicturePoint, ShapeKind, Surroundings, lift};
use glam::{Vec3, vec3};
use world::{Solid, World, drawn, looking, pixels_between, workshop};

fn arrow(camera: &Camera, tail: PicturePoint, tip: PicturePoint, surroundings: &Surroundings) -> (Vec3, Vec3) {
    let lifted = lift(
        ShapeKind::Arrow,
        Interpretation::Automatic,
        &drawn(camera, [tail, tip]),
        surroundings,
    )
    .unwrap();
    (lifted.shape.points_m[0], lifted.shape.points_m[1])
}

#[test]
fn it_is_never_buried_in_the_surface() {
    let normals = [
        Vec3::Z,
        vec3(1.0, 0.0, 1.0),
        vec3(-1.5, 0.5, 1.0),
        vec3(0.0, 2.0, 1.0),
        vec3(0.3, -1.0, 1.0),
    ];
    for normal in normals.map(Vec3::normalize) {
        let world = World(vec![Solid::Wall {
            point_m: vec3(0.0, 0.0, -2.0),
            normal,
        }]);
        let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -2.0));
        let surroundings = world.seen_by(&camera, 160, 90);
        for tail in world::circle((0.5, 0.5), 0.2, 12) {
            let (tail_m, tip_m) = arrow(&camera, tail, PicturePoint::CENTRE, &surroundings);
            let off = (tail_m - tip_m).normalize().dot(normal);
            let least = if normal.z > 0.6 { 0.33 } else { 0.1 };
            assert!(off > least, "{off} off a surface facing {normal}");
        }
    }
}

#[test]
fn from_the_side_it_still_has_length() {
    let world = workshop();
    let camera = looking(Vec3::ZERO, vec3(0.0, -0.2, -2.6));
    let surroundings = world.seen_by(&camera, 160, 90);
    let tip = PicturePoint::new(0.3, 0.4);
    for tail in world::circle((0.3, 0.4), 0.2, 12) {
        let (tail_m, tip_m) = arrow(&camera, tail, tip, &surroundings);
        for viewer in [vec3(0.9, 0.0, -0.4), vec3(-1.0, 0.0, -0.4), vec3(0.0, 0.8, -0.4)] {
            let viewer = looking(viewer, tip_m);
            let length_px = pixels_between(viewer.project(tail_m).unwrap(), viewer.project(tip_m).unwrap());
            assert!(length_px > 40.0, "{length_px} px of an arrow drawn from {tail:?}");
        }
    }
}

#[test]
fn it_is_as_long_as_drawn_within_what_can_be_read() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -2.6));
    let surroundings = workshop().seen_by(&camera, 160, 90);
    let tip = PicturePoint::new(0.45, 0.3);
    for (part, is_kept) in [(0.02, false), (0.1, true), (0.2, true), (0.6, false)] {
        let tail = PicturePoint::new(tip.x, tip.y + part);
        let (tail_m, _) = arrow(&camera, tail, tip, &surroundings);
        let difference_px = pixels_between(camera.project(tail_m).unwrap(), tail);
        assert_eq!(
            difference_px < 0.5,
            is_kept,
            "{part} of the picture's height: off by {difference_px} px"
        );
    }
}

#[test]
fn a_tap_is_an_arrow_from_above() {
    let camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -2.6));
    let surroundings = workshop().seen_by(&camera, 160, 90);
    let tap = drawn(&camera, [PicturePoint::CENTRE]);
    let lifted = lift(ShapeKind::Arrow, Interpretation::Automatic, &tap, &surroundings).unwrap();
    let [tail_m, tip_m] = lifted.shape.points_m[..] else {
        panic!("an arrow has two points")
    };
    assert!(tail_m.y > tip_m.y + 0.1 && tail_m.is_finite());
    assert!(pixels_between(camera.project(tip_m).unwrap(), PicturePoint::CENTRE) < 0.1);
}
