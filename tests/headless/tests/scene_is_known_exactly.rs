//! Pose, depth and planes belong to the very picture that is seen.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test states what it expects")]

use assist_headless::picture::I420;
use assist_headless::scene::Scene;
use assist_scene::{PicturePoint, Pose};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 360;

fn grid() -> impl Iterator<Item = PicturePoint> {
    (1..40).flat_map(|x| (1..24).map(move |y| PicturePoint::new(x as f32 / 40.0, y as f32 / 24.0)))
}

/// Mean luma of 3x3 pixels around a point; `None` too near the border.
fn luma_around(picture: &I420, point: PicturePoint) -> Option<f32> {
    let pixel = point.to_pixels(WIDTH, HEIGHT);
    let (x, y) = (pixel.x.floor() as usize, pixel.y.floor() as usize);
    if x < 2 || y < 2 || x + 2 >= picture.width_px() || y + 2 >= picture.height_px() {
        return None;
    }
    let sum: u32 = (y - 1..=y + 1)
        .flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)))
        .map(|(x, y)| u32::from(picture.y[y * picture.width_px() + x]))
        .sum();
    Some(sum as f32 / 9.0)
}

#[test]
fn the_same_seed_and_time_give_the_same_picture_and_others_do_not() {
    let (scene, twin, other) = (Scene::new(1), Scene::new(1), Scene::new(2));
    let picture = scene.picture(3_000_000, WIDTH, HEIGHT);
    assert_eq!(picture, twin.picture(3_000_000, WIDTH, HEIGHT));
    assert_eq!(
        scene.camera(3_000_000, WIDTH, HEIGHT),
        twin.camera(3_000_000, WIDTH, HEIGHT)
    );
    assert_ne!(picture, other.picture(3_000_000, WIDTH, HEIGHT));
    assert_ne!(picture, scene.picture(3_066_667, WIDTH, HEIGHT));
}

#[test]
fn a_point_lifted_from_one_frame_shows_the_same_spot_in_another() {
    let scene = Scene::new(1);
    let (first_us, second_us) = (5_000_000, 6_500_000);
    let (first, second) = (
        scene.picture(first_us, WIDTH, HEIGHT),
        scene.picture(second_us, WIDTH, HEIGHT),
    );
    let (seen, seen_again) = (
        scene.depth(first_us, WIDTH, HEIGHT),
        scene.depth(second_us, WIDTH, HEIGHT),
    );
    let mut differences = Vec::new();
    let mut moved = 0.0f32;
    for point in grid() {
        let pixel = point.to_pixels(WIDTH, HEIGHT).floor() + 0.5;
        let point = PicturePoint::from_pixels(pixel, WIDTH, HEIGHT);
        let lifted = seen
            .camera
            .unproject(point, seen.at(point).expect("the room is closed"));
        let Some(again) = seen_again.camera.project(lifted).filter(|again| again.is_inside()) else {
            continue;
        };
        let expected_m = seen_again.camera.depth_m(lifted);
        if seen_again
            .at(again)
            .is_none_or(|depth_m| (depth_m - expected_m).abs() > 0.01)
        {
            continue; // hidden by something else
        }
        let (Some(before), Some(after)) = (luma_around(&first, point), luma_around(&second, again)) else {
            continue;
        };
        differences.push((before - after).abs());
        moved = moved.max((again.to_pixels(WIDTH, HEIGHT) - pixel).length());
    }
    differences.sort_by(f32::total_cmp);
    assert!(differences.len() > 300, "only {} points are in both", differences.len());
    assert!(
        moved > 20.0,
        "the camera moved by {moved} pixels only, which proves nothing"
    );
    let median = differences[differences.len() / 2];
    let most = differences[differences.len() * 9 / 10];
    assert!(median < 3.0 && most < 12.0, "lumas differ by {median}, {most}");
}

#[test]
fn the_planes_lie_where_the_depth_says() {
    let scene = Scene::new(1);
    for time_us in [0, 9_000_000, 21_000_000] {
        let depth = scene.depth(time_us, 64, 36);
        let mut on_a_plane = 0;
        for (index, &depth_m) in depth.depths_m.iter().enumerate() {
            let point = PicturePoint::new(
                (index % 64) as f32 / 64.0 + 0.5 / 64.0,
                (index / 64) as f32 / 36.0 + 0.5 / 36.0,
            );
            let ray = depth.camera.ray(point);
            let nearest = scene
                .planes()
                .iter()
                .filter(|plane| plane.normal().dot(ray.direction) < 0.0)
                .filter_map(|plane| plane.intersect(&ray))
                .map(|hit| depth.camera.depth_m(hit.point_m))
                .min_by(f32::total_cmp);
            let nearest = nearest.expect("every ray ends at a wall or the floor");
            // Pipes and needles stand before planes; nothing that is seen lies behind one.
            assert!(
                depth_m <= nearest + 1e-3,
                "at {point:?}: seen {depth_m} m, plane {nearest} m"
            );
            on_a_plane += usize::from((depth_m - nearest).abs() < 1e-3);
        }
        assert!(on_a_plane > 64 * 36 / 2, "{on_a_plane} samples on planes");
    }
}

#[test]
fn every_size_sees_the_same() {
    let scene = Scene::new(1);
    let large = scene.picture(4_000_000, 1280, 720);
    for (width, height) in [(960, 540), (640, 360), (320, 180)] {
        let scaled = large.scaled_to(width as usize, height as usize);
        let direct = scene.picture(4_000_000, width, height);
        assert!(
            direct.luma_psnr_db(&scaled) > 24.0,
            "{width}: {} dB",
            direct.luma_psnr_db(&scaled)
        );
        let camera = scene.camera(4_000_000, width, height);
        assert_eq!(
            (camera.intrinsics.width_px, camera.intrinsics.height_px),
            (width, height)
        );
    }
}

#[test]
fn the_hand_moves_smoothly_and_trembles() {
    let scene = Scene::new(1);
    let pose = |step: u64| scene.camera(step * 10_000, WIDTH, HEIGHT).pose;
    let turn = |from: Pose, to: Pose| from.orientation.angle_between(to.orientation).to_degrees();
    let mut widest = 0.0f32;
    let mut reversals = 0;
    let mut before = 0.0;
    for step in 0..3_000 {
        let (here, next) = (pose(step), pose(step + 1));
        let distance_m = here.position_m.distance(next.position_m);
        assert!(distance_m < 0.01, "{distance_m} m in 10 ms");
        assert!(turn(here, next) < 1.0, "{}° in 10 ms", turn(here, next));
        widest = widest.max(here.position_m.distance(pose(0).position_m));
        let roll = (here.orientation.conjugate() * next.orientation).z;
        reversals += usize::from((roll < 0.0) != (before < 0.0));
        before = roll;
    }
    assert!(widest > 0.3, "it wandered {widest} m only");
    assert!(
        reversals > 150,
        "a hand trembles several times a second: {reversals} in 30 s"
    );
}

#[test]
fn the_picture_has_corners_to_follow_and_detail_to_encode() {
    let scene = Scene::new(1);
    for time_us in [0, 8_000_000, 16_000_000, 40_000_000] {
        let picture = scene.picture(time_us, WIDTH, HEIGHT);
        let (width, height) = (WIDTH as usize, HEIGHT as usize);
        let luma = |x: usize, y: usize| f32::from(picture.y[y * width + x]);
        let mut with_corner = 0;
        for (left, top) in (0..width / 32).flat_map(|x| (0..height / 32).map(move |y| (x * 32, y * 32))) {
            let corner = (top + 4..top + 28)
                .flat_map(|y| (left + 4..left + 28).map(move |x| (x, y)))
                .any(|(x, y)| {
                    // The smaller eigenvalue of the structure tensor (Shi and Tomasi).
                    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
                    for (x, y) in (y - 2..=y + 2).flat_map(|y| (x - 2..=x + 2).map(move |x| (x, y))) {
                        let (dx, dy) = (
                            (luma(x + 1, y) - luma(x - 1, y)) / 2.0,
                            (luma(x, y + 1) - luma(x, y - 1)) / 2.0,
                        );
                        xx += dx * dx / 25.0;
                        xy += dx * dy / 25.0;
                        yy += dy * dy / 25.0;
                    }
                    let smaller = (xx + yy) / 2.0 - (((xx - yy) / 2.0_f32).powi(2) + xy * xy).sqrt();
                    smaller > 30.0
                });
            with_corner += usize::from(corner);
        }
        let cells = (width / 32) * (height / 32);
        assert!(
            with_corner * 3 > cells,
            "{with_corner} of {cells} cells have a corner at {time_us} µs"
        );
    }
}
