//! How long it takes to lift a stroke of 64 points.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use assist_scene::{
    Camera, DepthMap, DepthView, Interpretation, Intrinsics, PicturePoint, Pose, ShapeKind, StrokePoint, Surroundings,
    lift,
};
use glam::{Vec2, Vec3, vec3};

use crate::error::BenchError;
use crate::figures::{median, range};

const POINTS: usize = 64;
/// Samples of a depth picture, as phones have them.
const DEPTH_SIZE: (usize, usize) = (160, 90);

/// In µs.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(super) struct LiftTimes {
    /// As pages send strokes, on the frame of the depth picture: the median of lines and circles.
    pub(super) p50: f64,
    /// The median of the slowest way to lay the slowest stroke, drawn from a metre beside the depth picture.
    pub(super) worst: f64,
}

/// Lifts every stroke in every way `rounds` times.
pub(super) fn measure(rounds: usize) -> Result<LiftTimes, BenchError> {
    let figure = || BenchError::Figure("lift_us");
    let surroundings = surroundings(&looking(Vec3::ZERO)).ok_or_else(figure)?;
    let line = |part: f32| PicturePoint::new(0.1 + 0.8 * part, 0.3 + 0.4 * part);
    let circle = |part: f32| {
        let turn = Vec2::from_angle(part * std::f32::consts::TAU);
        PicturePoint::new(0.5 + turn.x * 0.2, 0.5 + turn.y * 0.35)
    };
    let strokes: [&dyn Fn(f32) -> PicturePoint; 2] = [&line, &circle];
    let time = |from_m: Vec3, how: Interpretation| {
        let camera = looking(from_m);
        let times = strokes.map(|stroke| {
            let points = (0..POINTS).map(|index| StrokePoint {
                camera,
                point: stroke(index as f32 / (POINTS - 1) as f32),
            });
            let points: Vec<StrokePoint> = points.collect();
            let times_us: Vec<f64> = (0..rounds).map(|_| timed_us(how, &points, &surroundings)).collect();
            median(&times_us).unwrap_or(f64::NAN)
        });
        times.to_vec()
    };
    let usual = time(Vec3::ZERO, Interpretation::Automatic);
    let ways = [
        Interpretation::Automatic,
        Interpretation::Surface,
        Interpretation::Plane,
    ];
    let beside: Vec<f64> = ways
        .into_iter()
        .flat_map(|how| time(vec3(-1.0, 0.3, 0.2), how))
        .collect();
    Ok(LiftTimes {
        p50: median(&usual).filter(|time| time.is_finite()).ok_or_else(figure)?,
        worst: range(&beside).map(|(_, worst)| worst).ok_or_else(figure)?,
    })
}

/// Not a number where nothing was placed.
fn timed_us(how: Interpretation, points: &[StrokePoint], surroundings: &Surroundings) -> f64 {
    let started = Instant::now();
    let lifted = black_box(lift(ShapeKind::Ink, how, black_box(points), surroundings));
    let us = started.elapsed().as_secs_f64() * 1e6;
    if lifted.is_ok() { us } else { f64::NAN }
}

fn looking(from_m: Vec3) -> Camera {
    Camera {
        pose: Pose::looking_at(from_m, vec3(0.0, 0.0, -2.5)),
        intrinsics: Intrinsics {
            focal_x_px: 962.0,
            focal_y_px: 961.0,
            principal_x_px: 642.5,
            principal_y_px: 357.5,
            width_px: 1280,
            height_px: 720,
        },
    }
}

/// One depth picture of a slanted wall 3 m away and a box before it.
fn surroundings(camera: &Camera) -> Option<Surroundings> {
    let depth_m = |point: PicturePoint| {
        let ray = camera.ray(point);
        let wall_m = (-3.0 - ray.origin_m.z) / (ray.direction.z + 0.3 * ray.direction.x);
        let box_m = (-2.0 - ray.origin_m.z) / ray.direction.z;
        let on_box = ray.at(box_m);
        let is_box = on_box.x.abs() < 0.3 && on_box.y.abs() < 0.3;
        camera.depth_m(ray.at(if is_box { box_m } else { wall_m }))
    };
    let (width, height) = DEPTH_SIZE;
    let centre = |index: usize, count: usize| (index as f32 + 0.5) / count as f32;
    let depths_m: Vec<f32> = (0..width * height)
        .map(|index| {
            depth_m(PicturePoint::new(
                centre(index % width, width),
                centre(index / width, height),
            ))
        })
        .collect();
    let map = DepthMap::new(width, height, &depths_m, None).ok()?;
    let mut surroundings = Surroundings::new();
    surroundings.add_depth(Arc::new(DepthView::new(map, camera, 0).ok()?));
    Some(surroundings)
}
