//! How long projecting a document into a frame takes, against a loop that only multiplies.
//!
//! 1,000 strokes of 64 points on a wall with a box before it, projected into a picture of 1280x720 with clipping,
//! occlusion against a depth picture of 160x90, and simplification. The yardstick is a plain `glam` loop on the same
//! core: one matrix times each point, written to memory. Both take turns, so that what else the machine does hits both.

use std::hint::black_box;
use std::time::Instant;

use assist_scene::overlay::{
    Colour, MarkStyle, OcclusionConfig, OcclusionMap, OverlayScene, Projector, ProjectorConfig, Viewport,
};
use assist_scene::{AnchorId, Camera, Intrinsics, Pose, ShapeKind};
use glam::{Mat4, Quat, Vec3, Vec4};

use crate::error::BenchError;
use crate::figures::median;

pub(super) const STROKES: usize = 1_000;
const POINTS: usize = 64;
/// Of the strokes that are culled, one in so many is inside.
const INSIDE_EVERY: usize = 10;
const DEPTH_SIZE: (u32, u32) = (160, 90);
/// How often all strokes are added.
const ADDINGS: usize = 9;

/// Medians, in ms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Every stroke in view.
    pub(super) frame_ms: f64,
    /// The plain loop over all points.
    pub(super) plain_ms: f64,
    /// Nine tenths of the strokes outside the picture.
    pub(super) culled_ms: f64,
    /// The plain loop over the points of the tenth that is inside.
    pub(super) plain_inside_ms: f64,
    /// As `frame_ms`, of strokes in which no point can be left out.
    pub(super) zigzag_ms: f64,
    /// What is done once and not in each frame: adding all strokes, and taking over a depth picture.
    pub(super) adding_ms: f64,
    pub(super) depth_ms: f64,
}

/// Takes turns `rounds` times.
pub(super) fn measure(rounds: usize) -> Result<Times, BenchError> {
    let camera = camera();
    let viewport = Viewport::whole(1280.0, 720.0);
    let mut depth = OcclusionMap::new(OcclusionConfig::default());
    let (width, height) = DEPTH_SIZE;
    let figure = || BenchError::Figure("frame_ms");
    let depths_m = wall_with_a_box(width, height);

    let all = strokes(&camera, handwriting, |_| true);
    let tenth = strokes(&camera, handwriting, |number| number.is_multiple_of(INSIDE_EVERY));
    let zigzag = strokes(&camera, zigzag, |_| true);
    let inside: Vec<_> = tenth.iter().step_by(INSIDE_EVERY).cloned().collect();
    let mut plain = PlainLoop::new(&camera, &all);
    let mut plain_inside = PlainLoop::new(&camera, &inside);
    let documents = [scene(&all)?, scene(&tenth)?, scene(&zigzag)?];

    let mut projector = Projector::new(ProjectorConfig::default());
    let mut times: [Vec<f64>; 7] = Default::default();
    for _ in 0..rounds {
        let mut taken = Ok(());
        times[5].push(timed(|| {
            taken = depth.update(black_box(&camera), width, height, black_box(&depths_m))
        }));
        taken.map_err(|_| figure())?;
        times[0].push(timed(|| plain.run()));
        times[1].push(timed(|| plain_inside.run()));
        for (document, times) in documents.iter().zip(&mut times[2..5]) {
            let mut result = Ok(());
            times.push(timed(|| {
                let projected = projector.project(black_box(document), black_box(&camera), &viewport, Some(&depth));
                result = black_box(projected).map(drop);
            }));
            result.map_err(|_| figure())?;
        }
    }
    for _ in 0..ADDINGS {
        let mut added = Ok(());
        times[6].push(timed(|| added = scene(black_box(&all)).map(drop)));
        added?;
    }
    let [
        plain_ms,
        plain_inside_ms,
        frame_ms,
        culled_ms,
        zigzag_ms,
        depth_ms,
        adding_ms,
    ] = times.map(|times| median(&times));
    Ok(Times {
        frame_ms: frame_ms.ok_or_else(figure)?,
        plain_ms: plain_ms.ok_or_else(figure)?,
        culled_ms: culled_ms.ok_or_else(figure)?,
        plain_inside_ms: plain_inside_ms.ok_or_else(figure)?,
        zigzag_ms: zigzag_ms.ok_or_else(figure)?,
        adding_ms: adding_ms.ok_or_else(figure)?,
        depth_ms: depth_ms.ok_or_else(figure)?,
    })
}

/// In ms.
fn timed(run: impl FnOnce()) -> f64 {
    let started = Instant::now();
    run();
    started.elapsed().as_secs_f64() * 1e3
}

/// One multiplication of a matrix with each point, written to memory.
struct PlainLoop {
    matrix: Mat4,
    points: Vec<Vec4>,
    projected: Vec<Vec4>,
}

impl PlainLoop {
    fn new(camera: &Camera, strokes: &[Vec<Vec3>]) -> Self {
        let points: Vec<Vec4> = strokes.iter().flatten().map(|point_m| point_m.extend(1.0)).collect();
        let to_camera = camera.pose.inverse();
        Self {
            matrix: Mat4::from_rotation_translation(to_camera.orientation, to_camera.position_m),
            projected: vec![Vec4::ZERO; points.len()],
            points,
        }
    }

    fn run(&mut self) {
        let matrix = black_box(self.matrix);
        for (projected, point) in self.projected.iter_mut().zip(black_box(&self.points)) {
            *projected = matrix * *point;
        }
        black_box(&mut self.projected);
    }
}

fn camera() -> Camera {
    Camera {
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
    }
}

/// Strokes on a wall three metres away, side by side all over the picture; those not `inside` far to the right.
fn strokes(camera: &Camera, stroke: fn(usize) -> Vec<Vec3>, inside: impl Fn(usize) -> bool) -> Vec<Vec<Vec3>> {
    let place = |number: usize| {
        let (column, row) = ((number % 40) as f32, (number / 40) as f32);
        let aside_m = if inside(number) { 0.0 } else { 30.0 };
        Vec3::new((column - 19.5) * 0.085 + aside_m, (row - 12.0) * 0.07, -2.98)
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
        let up_m = if index.is_multiple_of(2) { 0.0 } else { size_m / 5.0 };
        Vec3::new((share - 0.5) * size_m, up_m, 0.0)
    };
    (0..POINTS).map(point).collect()
}

/// What the depth camera sees: a wall three metres away and, in front of a seventh of it, a box.
fn wall_with_a_box(width: u32, height: u32) -> Vec<f32> {
    let (box_x, box_y) = (width / 3..width * 7 / 10, height / 3..height * 7 / 10);
    let samples = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let is_box = |(x, y): (u32, u32)| box_x.contains(&x) && box_y.contains(&y);
    samples.map(|sample| if is_box(sample) { 1.5 } else { 3.0 }).collect()
}

fn scene(strokes: &[Vec<Vec3>]) -> Result<OverlayScene, BenchError> {
    let style = MarkStyle {
        colour: Colour::opaque(230, 60, 40),
        width: 0.005,
    };
    let mut scene = OverlayScene::new();
    for (id, points_m) in strokes.iter().enumerate() {
        scene
            .set(id as u64, AnchorId::WORLD, ShapeKind::Ink, style, points_m)
            .map_err(|_| BenchError::Figure("frame_ms"))?;
    }
    Ok(scene)
}
