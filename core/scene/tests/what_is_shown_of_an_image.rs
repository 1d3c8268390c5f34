//! Points of what is shown, turned and cropped, are points of the camera's image, and back.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod world;

use assist_scene::{Camera, InvalidView, PicturePoint, Rotation, View};
use glam::{Vec3, vec3};
use proptest::prelude::*;
use world::{lens, looking};

const ROTATIONS: [Rotation; 4] = [
    Rotation::None,
    Rotation::Quarter,
    Rotation::Half,
    Rotation::ThreeQuarters,
];

fn rotation() -> impl Strategy<Value = Rotation> {
    prop::sample::select(&ROTATIONS[..])
}

fn place() -> impl Strategy<Value = PicturePoint> {
    (-0.5..1.5f32, -0.5..1.5f32).prop_map(|(x, y)| PicturePoint::new(x, y))
}

fn part() -> impl Strategy<Value = (f32, f32)> {
    (0.05..1.0f32, 0.0..1.0f32).prop_map(|(size, start)| (start * (1.0 - size), size))
}

fn view() -> impl Strategy<Value = View> {
    (part(), part(), rotation()).prop_map(|((x, width), (y, height), rotation)| {
        View::new(PicturePoint::new(x, y), width, height, rotation).expect("within the image")
    })
}

fn size() -> impl Strategy<Value = (u32, u32)> {
    (16u32..2000, 16u32..2000)
}

fn distance(one: PicturePoint, other: PicturePoint) -> f32 {
    (one.x - other.x).hypot(one.y - other.y)
}

proptest! {
    #[test]
    fn there_and_back_is_the_same_place(view in view(), place in place()) {
        prop_assert!(distance(view.to_image(view.to_shown(place)), place) < 1e-5);
        prop_assert!(distance(view.to_shown(view.to_image(place)), place) < 1e-4);
    }

    #[test]
    fn a_filled_screen_shows_the_middle_undistorted(image in size(), shown in size(), rotation in rotation()) {
        let Ok(view) = View::filling(image, rotation, shown) else { return Ok(()) };
        prop_assert!(distance(view.to_image(PicturePoint::CENTRE), PicturePoint::CENTRE) < 1e-6);
        // A step of one pixel on the screen is as long in the image, whichever way it goes.
        let step = |x: f32, y: f32| {
            let to = PicturePoint::new(0.5 + x / shown.0 as f32, 0.5 + y / shown.1 as f32);
            let moved = view.to_image(to).to_pixels(image.0, image.1) - PicturePoint::CENTRE.to_pixels(image.0, image.1);
            moved.length()
        };
        let (right, down) = (step(10.0, 0.0), step(0.0, 10.0));
        prop_assert!((right - down).abs() < 0.02 * right, "{} and {}", right, down);
        // It is filled: every corner shows the image, and two sides of it reach the image's.
        let corner = view.to_image(PicturePoint::new(0.0, 0.0));
        let opposite = view.to_image(PicturePoint::new(1.0, 1.0));
        prop_assert!([corner.x, corner.y, opposite.x, opposite.y].iter().all(|at| (-1e-5..=1.0 + 1e-5).contains(at)));
        let width = (corner.x - opposite.x).abs();
        let height = (corner.y - opposite.y).abs();
        prop_assert!(width.max(height) > 1.0 - 1e-5);
    }

    #[test]
    fn the_camera_of_a_view_sees_what_is_shown(view in view(), shown in size(), x in -0.5..0.5f32, y in -0.5..0.5f32) {
        let camera = looking(vec3(0.2, 0.3, 0.5), vec3(0.0, 0.0, -2.0));
        let of_view = view.camera(&camera, shown.0, shown.1);
        prop_assert!(of_view.is_usable());
        let point_m = vec3(x, y, -2.0);
        let expected = view.to_shown(camera.project(point_m).unwrap());
        let seen = of_view.project(point_m).unwrap();
        prop_assert!(distance(expected, seen) < 1e-3, "{:?} instead of {:?}", seen, expected);
    }
}

#[test]
fn an_image_is_turned_clockwise() {
    let top_left = PicturePoint::new(0.1, 0.2);
    let shown = |rotation| {
        View::new(PicturePoint::new(0.0, 0.0), 1.0, 1.0, rotation)
            .unwrap()
            .to_shown(top_left)
    };
    let expected = [(0.1, 0.2), (0.8, 0.1), (0.9, 0.8), (0.2, 0.9)];
    for (rotation, (x, y)) in ROTATIONS.into_iter().zip(expected) {
        assert!(
            distance(shown(rotation), PicturePoint::new(x, y)) < 1e-6,
            "{rotation:?}"
        );
    }
    assert_eq!(Rotation::from_degrees(-90), Some(Rotation::ThreeQuarters));
    assert_eq!(Rotation::from_degrees(450), Some(Rotation::Quarter));
    assert_eq!(Rotation::from_degrees(45), None);
}

#[test]
fn a_phone_held_upright_sees_up_as_up() {
    // The sensor lies on its side: what is up in the world is left in its image.
    let mut camera: Camera = looking(Vec3::ZERO, vec3(0.0, 0.0, -2.0));
    camera.pose.orientation *= glam::Quat::from_rotation_z(-std::f32::consts::FRAC_PI_2);
    let above = camera.project(vec3(0.0, 0.3, -2.0)).unwrap();
    assert!(above.x < 0.45);
    let view = View::filling((1280, 720), Rotation::Quarter, (720, 1280)).unwrap();
    let shown = view.to_shown(above);
    assert!(shown.y < 0.45 && (shown.x - 0.5).abs() < 0.05, "{shown:?}");
}

#[test]
fn what_is_no_view_is_refused() {
    assert_eq!(
        View::filling((0, 720), Rotation::None, (720, 1280)),
        Err(InvalidView::PictureSize)
    );
    let part = |x, width| View::new(PicturePoint::new(x, 0.0), width, 1.0, Rotation::None);
    for (x, width) in [
        (0.5, 0.6),
        (-0.1, 0.5),
        (0.0, 0.0),
        (f32::NAN, 0.5),
        (0.0, f32::INFINITY),
    ] {
        assert_eq!(part(x, width), Err(InvalidView::Part), "{x} {width}");
    }
    assert_eq!(
        View::new(PicturePoint::new(0.0, 0.0), 1.0, 1.0, Rotation::None),
        Ok(View::WHOLE)
    );
    assert_eq!(
        View::filling((lens().width_px, lens().height_px), Rotation::None, (640, 360)),
        Ok(View::WHOLE)
    );
}
