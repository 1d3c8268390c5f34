//! How long projecting a document into a frame takes: 1,000 strokes of 64 points on one core, with clipping, occlusion
//! against a depth map of 160x90 and simplification, against a plain `glam` loop that multiplies a matrix with each of
//! the 64,000 points (`frame_ratio`); and with 90 % of the strokes outside of the picture, against the same loop over
//! all points (`culled_ratio`), over those inside alone, and against a document of the strokes inside alone.
//!
//! `handwriting` can be simplified a little, `zigzag` not at all. Run with `--release`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program for people")]

use std::hint::black_box;
use std::time::Instant;

use assist_scene::overlay::{
    Colour, MarkStyle, OcclusionConfig, OcclusionMap, OverlayScene, Polylines, Projector, ProjectorConfig, Viewport,
};
use assist_scene::{AnchorId, Camera, Intrinsics, Pose, ShapeKind};
use glam::{Mat4, Quat, Vec3, Vec4};

const STROKES: usize = 1_000;
const POINTS: usize = 64;
const ROUNDS: usize = 300;

fn main() {
    let camera = Camera {
        pose: Pose {
            position_m: Vec3::new(0.1, 1.4, 0.05),
            orientation: Quat::from_rotation_y(0.05) * Quat::from_rotation_x(-0.04),
        },
        intrinsics: Intrinsics {
            focal_x_px: 950.0,
            focal_y_px: 950.0,
            principal_x_px: 640.0,
            principal_y_px: 360.0,
            width_px: 1280,
            height_px: 720,
        },
    };
    let viewport = Viewport::whole(1280.0, 720.0);
    let (width, height) = (160, 90);
    let depth_m = wall_with_a_box(&camera, width, height);
    let mut depth = OcclusionMap::new(OcclusionConfig::default());
    depth.update(&camera, width, height, &depth_m).unwrap();
    let depth_us = 1e6
        * fastest(|| {
            depth
                .update(black_box(&camera), width, height, black_box(&depth_m))
                .unwrap()
        });

    for (name, stroke) in [
        ("handwriting", handwriting as fn(usize) -> Vec<Vec3>),
        ("zigzag", zigzag),
    ] {
        let all = strokes(&camera, stroke, |_| true);
        let tenth = strokes(&camera, stroke, |number| number % 10 == 0);
        let inside: Vec<_> = tenth.iter().step_by(10).cloned().collect();
        let plain = plain_loop(&camera, &all);
        let plain_tenth = plain_loop(&camera, &inside);
        let adding = fastest(|| drop(black_box(scene(&all)))) / STROKES as f64;
        let mut projector = Projector::new(ProjectorConfig::default());
        let mut time = |strokes: &[Vec<Vec3>], depth: Option<&OcclusionMap>| {
            let scene = scene(strokes);
            let seconds = fastest(|| {
                black_box(
                    projector
                        .project(black_box(&scene), black_box(&camera), &viewport, depth)
                        .unwrap(),
                );
            });
            let frame = Polylines::read(projector.frame().as_bytes()).unwrap();
            let points: usize = frame.clone().map(|polyline| polyline.points().len()).sum();
            let behind = frame.clone().filter(|polyline| polyline.is_behind).count();
            println!("  {} polylines, {behind} behind, {points} points", frame.count());
            seconds
        };
        println!("{name}");
        let frame = time(&all, Some(&depth));
        let without_depth = time(&all, None);
        let culled = time(&tenth, Some(&depth));
        let alone = time(&inside, Some(&depth));
        println!(
            "  frame_ms {:.4}, without depth {:.4}, plain loop {:.4}",
            1e3 * frame,
            1e3 * without_depth,
            1e3 * plain
        );
        println!("  adding a stroke {:.2} us", 1e6 * adding);
        println!(
            "  frame_ratio {:.2}, without depth {:.2}",
            frame / plain,
            without_depth / plain
        );
        println!(
            "  culled_ms {:.4}, a document of those inside alone {:.4}",
            1e3 * culled,
            1e3 * alone
        );
        println!(
            "  culled_ratio {:.2}; {:.2} against a plain loop over those inside; {:.2} against those alone",
            culled / plain,
            culled / plain_tenth,
            culled / alone
        );
    }
    println!("taking over a depth map: {depth_us:.1} us");
}

fn fastest(mut run: impl FnMut()) -> f64 {
    let times = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        run();
        start.elapsed().as_secs_f64()
    });
    times.fold(f64::INFINITY, f64::min)
}

/// One multiplication of a matrix with each point, written to memory.
fn plain_loop(camera: &Camera, strokes: &[Vec<Vec3>]) -> f64 {
    let points: Vec<Vec4> = strokes.iter().flatten().map(|point_m| point_m.extend(1.0)).collect();
    let to_camera = camera.pose.inverse();
    let matrix = Mat4::from_rotation_translation(to_camera.orientation, to_camera.position_m);
    let mut projected = vec![Vec4::ZERO; points.len()];
    fastest(|| {
        let matrix = black_box(matrix);
        for (projected, point) in projected.iter_mut().zip(black_box(&points)) {
            *projected = matrix * *point;
        }
        black_box(&mut projected);
    })
}

/// Strokes on a wall three metres away, side by side all over the picture; those not `inside` far to the right.
fn strokes(camera: &Camera, stroke: fn(usize) -> Vec<Vec3>, inside: impl Fn(usize) -> bool) -> Vec<Vec<Vec3>> {
    let place = |number: usize| {
        let (column, row) = ((number % 40) as f32, (number / 40) as f32);
        let aside = if inside(number) { 0.0 } else { 30.0 };
        Vec3::new((column - 19.5) * 0.085 + aside, (row - 12.0) * 0.07, -2.98)
    };
    let to_world = |number: usize, point_m: Vec3| camera.pose.to_world(place(number) + point_m);
    (0..STROKES)
        .map(|number| {
            stroke(number)
                .into_iter()
                .map(|point_m| to_world(number, point_m))
                .collect()
        })
        .collect()
}

/// Loops and waves of 10 to 20 cm, with the tremor of a hand.
fn handwriting(number: usize) -> Vec<Vec3> {
    let (size_m, turns) = (0.05 + 0.05 * (number % 7) as f32 / 6.0, 1.0 + (number % 3) as f32);
    let point = |index: usize| {
        let share = index as f32 / (POINTS - 1) as f32;
        let angle = share * turns * std::f32::consts::TAU + number as f32;
        let tremor_m = 0.0003 * (40.0 * share + number as f32).sin();
        let drift_m = (share - 0.5) * size_m * (number % 4) as f32 / 2.0;
        Vec3::new(
            size_m / turns * angle.cos() + drift_m + tremor_m,
            size_m / turns * angle.sin() + tremor_m,
            0.0,
        )
    };
    (0..POINTS).map(point).collect()
}

/// Nothing can be left out of these.
fn zigzag(number: usize) -> Vec<Vec3> {
    let size_m = 0.05 + 0.05 * (number % 7) as f32 / 6.0;
    let point = |index: usize| {
        let share = index as f32 / (POINTS - 1) as f32;
        Vec3::new(
            (share - 0.5) * size_m,
            if index.is_multiple_of(2) { 0.0 } else { size_m / 5.0 },
            0.0,
        )
    };
    (0..POINTS).map(point).collect()
}

/// What the depth camera sees: a wall three metres away and, in front of a seventh of it, a box.
fn wall_with_a_box(camera: &Camera, width: u32, height: u32) -> Vec<f32> {
    assert!(camera.intrinsics.validated().is_ok());
    let (box_x, box_y) = (width / 3..width * 7 / 10, height / 3..height * 7 / 10);
    let samples = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let is_box = |(x, y): (u32, u32)| box_x.contains(&x) && box_y.contains(&y);
    samples.map(|sample| if is_box(sample) { 1.5 } else { 3.0 }).collect()
}

fn scene(strokes: &[Vec<Vec3>]) -> OverlayScene {
    let style = MarkStyle {
        colour: Colour::opaque(230, 60, 40),
        width: 0.005,
    };
    let mut scene = OverlayScene::new();
    for (id, points_m) in strokes.iter().enumerate() {
        scene
            .set(id as u64, AnchorId::WORLD, ShapeKind::Ink, style, points_m)
            .unwrap();
    }
    scene
}
