//! Clips of the rendered scene: a hand moves the camera, so that near things pass before far ones.

use assist_headless::scene::{Scene, Surface, Surfaces};
use assist_scene::{Camera, PicturePoint, Ray};
use glam::{Vec2, Vec3, vec2};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Clip, Truth};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 360;
const MARKS: usize = 3;
/// Points of a circle.
const POINTS: usize = 25;
/// Where clips begin, apart in time.
const APART_US: u64 = 9_000_000;
/// Distances under a mark across edges differ by at least this part.
const STEP: f32 = 0.03;
/// A point is seen where the line of sight to it ends this near to it, in metres.
const SAME_M: f32 = 2e-3;

/// What the marks are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// All points of a mark on one flat face.
    OneFace,
    /// Around things that stand before others.
    AcrossEdges,
}

/// The `index`th clip.
pub(super) fn clip(index: usize, pictures: usize, marks: Marks) -> Clip {
    let seed = index as u64 + 1;
    let scene = Scene::new(seed);
    let start_us = APART_US * seed;
    let time_us = |picture: usize| start_us + picture as u64 * 100_000 / 3;
    let camera = |picture: usize| scene.camera(time_us(picture), WIDTH, HEIGHT);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let surfaces = scene.surfaces(start_us);
    let mut drawn: Vec<(Vec<PicturePoint>, Vec<Vec3>)> = Vec::new();
    while drawn.len() < MARKS {
        drawn.extend(mark(&camera(0), &surfaces, marks, &mut random));
    }
    let pictures = 0..pictures;
    let truth = pictures.clone().map(|picture| {
        let (camera, surfaces) = (camera(picture), scene.surfaces(time_us(picture)));
        let marks = drawn.iter().map(|(_, points_m)| truth(&camera, &surfaces, points_m));
        marks.collect()
    });
    Clip {
        name: format!(
            "scene {seed}, {}",
            if marks == Marks::OneFace {
                "one face"
            } else {
                "across edges"
            }
        ),
        width: WIDTH as usize,
        height: HEIGHT as usize,
        truth: truth.collect(),
        pictures: pictures
            .map(|picture| scene.picture(time_us(picture), WIDTH, HEIGHT).y)
            .collect(),
        marks: drawn.into_iter().map(|(points, _)| points).collect(),
    }
}

/// A circle somewhere in the picture, and what is under its points. `None` if that is not what is wanted.
fn mark(
    camera: &Camera,
    surfaces: &Surfaces,
    wanted: Marks,
    random: &mut ChaCha8Rng,
) -> Option<(Vec<PicturePoint>, Vec<Vec3>)> {
    let middle = vec2(random.random_range(0.2..0.8), random.random_range(0.2..0.8));
    let radius = random.random_range(0.05..0.13);
    let at = |index: usize| {
        let turn = Vec2::from_angle(index as f32 / (POINTS - 1) as f32 * std::f32::consts::TAU) * radius;
        PicturePoint::new(middle.x + turn.x * HEIGHT as f32 / WIDTH as f32, middle.y + turn.y)
    };
    let points: Vec<PicturePoint> = (0..POINTS).map(at).collect();
    let hits: Option<Vec<_>> = points.iter().map(|point| surfaces.cast(&camera.ray(*point))).collect();
    let hits = hits?;
    let first = hits.first()?.surface;
    let is_one_face = !matches!(first, Surface::Round(_)) && hits.iter().all(|hit| hit.surface == first);
    let has_step = hits.windows(2).any(|pair| match pair {
        [one, next] => (one.distance_m - next.distance_m).abs() > STEP * one.distance_m.min(next.distance_m),
        _ => false,
    });
    let is_wanted = match wanted {
        Marks::OneFace => is_one_face,
        Marks::AcrossEdges => has_step,
    };
    is_wanted.then(|| (points, hits.iter().map(|hit| hit.point_m).collect()))
}

fn truth(camera: &Camera, surfaces: &Surfaces, points_m: &[Vec3]) -> Truth {
    let is_seen = |point_m: &&Vec3| {
        let way_m = **point_m - camera.pose.position_m;
        let ray = Ray {
            origin_m: camera.pose.position_m,
            direction: way_m.normalize(),
        };
        let is_inside = camera.project(**point_m).is_some_and(PicturePoint::is_inside);
        is_inside
            && surfaces
                .cast(&ray)
                .is_some_and(|hit| hit.distance_m > way_m.length() - SAME_M)
    };
    let nowhere = PicturePoint::new(-9.0, -9.0);
    Truth {
        visible: points_m.iter().filter(is_seen).count() as f64 / points_m.len() as f64,
        points: points_m
            .iter()
            .map(|point_m| camera.project(*point_m).unwrap_or(nowhere))
            .collect(),
    }
}
