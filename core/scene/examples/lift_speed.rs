//! How long it takes to lift a stroke of 64 points: `cargo run --release -p assist-scene --example lift_speed`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program that measures prints what it found"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use assist_scene::{
    Camera, DepthMap, DepthView, Interpretation, Intrinsics, PicturePoint, Pose, ShapeKind, StrokePoint, Surroundings,
    lift,
};
use glam::{Vec2, Vec3, vec3};

const RUNS: usize = 400;

/// A slanted wall 3 m away and a box before it.
fn depth_m(camera: &Camera, point: PicturePoint) -> f32 {
    let ray = camera.ray(point);
    let wall_m = (-3.0 - ray.origin_m.z) / (ray.direction.z + 0.3 * ray.direction.x);
    let box_m = (-2.0 - ray.origin_m.z) / ray.direction.z;
    let on_box = ray.at(box_m);
    let is_box = on_box.x.abs() < 0.3 && on_box.y.abs() < 0.3;
    camera.depth_m(ray.at(if is_box { box_m } else { wall_m }))
}

fn median_us(mut run: impl FnMut()) -> f64 {
    let mut times_us: Vec<f64> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times_us.sort_by(f64::total_cmp);
    times_us[RUNS / 2]
}

fn main() {
    let lens = Intrinsics {
        focal_x_px: 962.0,
        focal_y_px: 961.0,
        principal_x_px: 642.5,
        principal_y_px: 357.5,
        width_px: 1280,
        height_px: 720,
    };
    let looking = |from_m: Vec3| Camera {
        pose: Pose::looking_at(from_m, vec3(0.0, 0.0, -2.5)),
        intrinsics: lens,
    };
    let line = |part: f32| PicturePoint::new(0.1 + 0.8 * part, 0.3 + 0.4 * part);
    let circle = |part: f32| {
        let turn = Vec2::from_angle(part * std::f32::consts::TAU);
        PicturePoint::new(0.5 + turn.x * 0.2, 0.5 + turn.y * 0.35)
    };
    for (width, height) in [(160usize, 90usize), (320, 240)] {
        let depth_camera = looking(Vec3::ZERO);
        let centre = |index: usize, count: usize| (index as f32 + 0.5) / count as f32;
        let depths_m: Vec<f32> = (0..width * height)
            .map(|index| PicturePoint::new(centre(index % width, width), centre(index / width, height)))
            .map(|point| depth_m(&depth_camera, point))
            .collect();
        let set_up_us = median_us(|| {
            let map = DepthMap::new(width, height, black_box(&depths_m), None).unwrap();
            black_box(DepthView::new(map, &depth_camera, 0).unwrap());
        });
        println!("{width}x{height}: a depth view is set up in {set_up_us:.0} us");
        let map = DepthMap::new(width, height, &depths_m, None).unwrap();
        let mut surroundings = Surroundings::new();
        surroundings.add_depth(Arc::new(DepthView::new(map, &depth_camera, 0).unwrap()));
        let cameras = [
            ("same camera", Vec3::ZERO),
            ("5 cm away", vec3(0.05, 0.0, 0.0)),
            ("1 m away", vec3(-1.0, 0.3, 0.2)),
        ];
        for (camera, from_m) in cameras {
            for (stroke, at) in [("line", &line as &dyn Fn(f32) -> PicturePoint), ("circle", &circle)] {
                let drawn = |index: usize| StrokePoint {
                    camera: looking(from_m),
                    point: at(index as f32 / 63.0),
                };
                let points: Vec<StrokePoint> = (0..64).map(drawn).collect();
                let measure = |kind, how| {
                    median_us(|| {
                        black_box(lift(kind, how, black_box(&points), &surroundings).unwrap());
                    })
                };
                let surface = measure(ShapeKind::Ink, Interpretation::Surface);
                let plane = measure(ShapeKind::Ink, Interpretation::Plane);
                let automatic = measure(ShapeKind::Ink, Interpretation::Automatic);
                let arrow = measure(ShapeKind::Arrow, Interpretation::Automatic);
                println!(
                    "  {camera}, {stroke}: surface {surface:.1} us, plane {plane:.1} us, automatic {automatic:.1} us, arrow {arrow:.1} us"
                );
            }
        }
    }
}
