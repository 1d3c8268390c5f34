//! What is projected and lifted back is where it was.

use assist_scene::{Camera, Intrinsics, InvalidIntrinsics, PicturePoint, Plane, Pose};
use glam::{Quat, Vec2, Vec3};
use proptest::prelude::*;

fn intrinsics() -> impl Strategy<Value = Intrinsics> {
    (
        300.0..2000.0f32,
        300.0..2000.0f32,
        0.3..0.7f32,
        0.3..0.7f32,
        160u32..1920,
        90u32..1080,
    )
        .prop_map(|(focal_x_px, focal_y_px, x, y, width_px, height_px)| Intrinsics {
            focal_x_px,
            focal_y_px,
            principal_x_px: x * width_px as f32,
            principal_y_px: y * height_px as f32,
            width_px,
            height_px,
        })
}

fn vector(limit: f32) -> impl Strategy<Value = Vec3> {
    (-limit..limit, -limit..limit, -limit..limit).prop_map(Vec3::from)
}

fn pose() -> impl Strategy<Value = Pose> {
    (vector(5.0), vector(1.0), -3.1..3.1f32).prop_map(|(position_m, axis, angle)| Pose {
        position_m,
        orientation: Quat::from_axis_angle(axis.try_normalize().unwrap_or(Vec3::X), angle),
    })
}

fn camera() -> impl Strategy<Value = Camera> {
    (pose(), intrinsics()).prop_map(|(pose, intrinsics)| Camera { pose, intrinsics })
}

fn picture_point() -> impl Strategy<Value = PicturePoint> {
    (0.0..1.0f32, 0.0..1.0f32).prop_map(|(x, y)| PicturePoint::new(x, y))
}

proptest! {
    #[test]
    fn a_lifted_point_projects_to_where_it_was_drawn(camera in camera(), point in picture_point(), depth_m in 0.2..20.0f32) {
        let lifted = camera.unproject(point, depth_m);
        let again = camera.project(lifted).expect("in front of the camera");
        prop_assert!((again.x - point.x).abs() < 1e-4 && (again.y - point.y).abs() < 1e-4, "{again:?} for {point:?}");
        prop_assert!((camera.depth_m(lifted) - depth_m).abs() < 1e-4 * (1.0 + depth_m));
    }

    #[test]
    fn a_ray_passes_through_the_point_it_was_cast_for(camera in camera(), point in picture_point(), distance_m in 0.2..20.0f32) {
        let ray = camera.ray(point);
        prop_assert!((ray.direction.length() - 1.0).abs() < 1e-5);
        let again = camera.project(ray.at(distance_m)).expect("in front of the camera");
        prop_assert!((again.x - point.x).abs() < 1e-4 && (again.y - point.y).abs() < 1e-4);
    }

    #[test]
    fn a_pose_and_its_inverse_cancel(pose in pose(), point in vector(10.0)) {
        prop_assert!((pose.to_local(pose.to_world(point)) - point).length() < 1e-4);
        prop_assert!((pose.inverse().to_world(pose.to_world(point)) - point).length() < 1e-4);
        let nowhere = pose.then(&pose.inverse());
        prop_assert!(nowhere.position_m.length() < 1e-4);
    }

    #[test]
    fn scaling_a_picture_moves_no_point(camera in camera(), point in picture_point(), width in 100u32..2000, height in 100u32..2000) {
        let scaled = Camera { intrinsics: camera.intrinsics.scaled_to(width, height), ..camera };
        let again = scaled.project(camera.unproject(point, 2.0)).expect("in front of the camera");
        prop_assert!((again.x - point.x).abs() < 1e-4 && (again.y - point.y).abs() < 1e-4);
    }

    #[test]
    fn a_ray_towards_a_point_of_a_plane_meets_it_there(pose in pose(), eye in vector(5.0), x in -0.9..0.9f32, z in -0.9..0.9f32) {
        let plane = Plane { pose, polygon_m: square() };
        let target = pose.to_world(Vec3::new(x, 0.0, z));
        prop_assume!(pose.to_local(eye).y.abs() > 0.1);
        let camera = Camera { pose: Pose::looking_at(eye, target), intrinsics: phone() };
        let hit = plane.intersect(&camera.ray(centre_of(&camera))).expect("the plane is hit");
        prop_assert!((hit.point_m - target).length() < 2e-3, "{:?} instead of {target:?}", hit.point_m);
        prop_assert!((hit.on_plane_m - Vec2::new(x, z)).length() < 2e-3);
        prop_assert!((hit.distance_m - (target - eye).length()).abs() < 2e-3);
    }
}

fn square() -> Vec<Vec2> {
    vec![
        Vec2::new(-1.0, -1.0),
        Vec2::new(1.0, -1.0),
        Vec2::new(1.0, 1.0),
        Vec2::new(-1.0, 1.0),
    ]
}

fn phone() -> Intrinsics {
    Intrinsics {
        focal_x_px: 950.0,
        focal_y_px: 950.0,
        principal_x_px: 636.0,
        principal_y_px: 363.0,
        width_px: 1280,
        height_px: 720,
    }
}

fn centre_of(camera: &Camera) -> PicturePoint {
    let Intrinsics {
        principal_x_px,
        principal_y_px,
        width_px,
        height_px,
        ..
    } = camera.intrinsics;
    PicturePoint::from_pixels(Vec2::new(principal_x_px, principal_y_px), width_px, height_px)
}

#[test]
fn right_in_the_world_is_right_in_the_picture_and_up_is_up() {
    let camera = Camera {
        pose: Pose::IDENTITY,
        intrinsics: phone(),
    };
    let ahead = camera.project(Vec3::new(0.0, 0.0, -2.0)).unwrap();
    let right = camera.project(Vec3::new(0.5, 0.0, -2.0)).unwrap();
    let above = camera.project(Vec3::new(0.0, 0.5, -2.0)).unwrap();
    assert!(right.x > ahead.x && right.y == ahead.y);
    assert!(above.y < ahead.y && above.x == ahead.x);
}

#[test]
fn what_is_behind_or_beside_the_camera_does_not_appear() {
    let camera = Camera {
        pose: Pose::IDENTITY,
        intrinsics: phone(),
    };
    assert_eq!(camera.project(Vec3::new(0.0, 0.0, 1.0)), None);
    assert_eq!(camera.project(Vec3::new(1.0, 0.0, 0.0)), None);
}

#[test]
fn a_plane_is_missed_outside_its_outline_behind_the_eye_and_along_itself() {
    // An L: the notch is outside though it lies between the corners.
    let corners = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (1.0, 1.0), (1.0, 2.0), (0.0, 2.0)];
    let plane = Plane {
        pose: Pose::IDENTITY,
        polygon_m: corners.into_iter().map(Vec2::from).collect(),
    };
    let down = |x, z| assist_scene::Ray {
        origin_m: Vec3::new(x, 3.0, z),
        direction: Vec3::NEG_Y,
    };
    assert!(plane.intersect(&down(0.5, 1.5)).is_some());
    assert!(plane.intersect(&down(1.5, 1.5)).is_none());
    assert!(plane.intersect_unbounded(&down(1.5, 1.5)).is_some());
    let up = assist_scene::Ray {
        direction: Vec3::Y,
        ..down(0.5, 0.5)
    };
    let along = assist_scene::Ray {
        direction: Vec3::X,
        ..down(0.5, 0.5)
    };
    assert!(plane.intersect_unbounded(&up).is_none());
    assert!(plane.intersect_unbounded(&along).is_none());
}

#[test]
fn a_camera_can_look_straight_down() {
    let pose = Pose::looking_at(Vec3::new(0.0, 2.0, 0.0), Vec3::ZERO);
    assert!((pose.orientation * Vec3::NEG_Z - Vec3::NEG_Y).length() < 1e-5);
}

#[test]
fn values_that_describe_no_camera_are_refused() {
    assert!(phone().validated().is_ok());
    let no_focus = Intrinsics {
        focal_y_px: 0.0,
        ..phone()
    };
    assert_eq!(no_focus.validated(), Err(InvalidIntrinsics::FocalLength));
    let lost = Intrinsics {
        principal_x_px: f32::NAN,
        ..phone()
    };
    assert_eq!(lost.validated(), Err(InvalidIntrinsics::PrincipalPoint));
    let empty = Intrinsics { width_px: 0, ..phone() };
    assert_eq!(empty.validated(), Err(InvalidIntrinsics::PictureSize));
}
