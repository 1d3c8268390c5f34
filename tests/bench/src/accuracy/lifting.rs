//! How far lifted points are from the true surface under what was drawn, with exact tracking.
//!
//! The device sees what a phone's AR platform tells: exact poses and depth pictures of 160x90 samples, of which the
//! engine keeps two a second. Half of the strokes are drawn on a frozen picture, half on the live one, each point on
//! the frame of its moment. The truth is the scene's own faces, met by the line of sight through the drawn point.

use std::rc::Rc;

use assist_engine::annotations::ArFrame;
use assist_headless::scene::{Scene, Surface, SurfaceHit};
use assist_headless::tracking::Tracker;
use assist_scene::{Camera, Footing, Interpretation, Intrinsics, PicturePoint, Pose, Ray, ShapeKind};
use glam::{Vec3, vec3};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::device::{Device, Drawn};
use super::strokes::stroke;
use super::truth::{Moment, PICTURE_PX};

/// What counts is met at this angle to the surface's normal at most,
pub(super) const MOST_INCIDENCE_DEG: f32 = 70.0;
/// and at least this many depth samples from a step in distance.
pub(super) const LEAST_SAMPLES_FROM_EDGE: f32 = 3.0;
/// Pictures are taken this often: 15 a second.
const FRAME_US: u64 = 66_667;
/// How long a stroke takes that is drawn on the live picture.
const STROKE_US: u64 = 1_000_000;
/// Time between two rounds of strokes, and what the link takes until they are lifted.
const ROUND_US: u64 = 1_500_000;
const DELAY_US: u64 = 300_000;
/// How large strokes are, in picture heights.
const SIZE: f32 = 0.4;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seeds: u64,
    pub(crate) rounds: u64,
    /// Standard deviation of each depth sample, as a part of it; 0: exact.
    pub(crate) depth_noise: f32,
}

/// What was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    SurfaceOnRoom,
    SurfaceOnBoxes,
    SurfaceOnPipes,
    Plane,
    Automatic,
    ArrowTip,
}

/// Why a point does not count, in the order they are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Excluded {
    TooOblique,
    NearAnEdge,
    Bridged,
}

/// A lifted point against the truth.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) subject: Subject,
    pub(crate) excluded: Option<Excluded>,
    /// Distance from the true point, in cm for each metre that it was away when drawn.
    pub(crate) error_cm_per_m: f64,
    /// Pixels between the two in the other viewpoints' pictures in which the true point can be seen.
    pub(crate) elsewhere_px: Vec<f64>,
}

/// All points of all strokes.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) points: Vec<Judged>,
    pub(crate) strokes: usize,
    /// Strokes that the lifting refused.
    pub(crate) refused: usize,
}

/// Draws in scenes of several seeds and judges every point.
pub(crate) fn measure(plan: Plan) -> Measured {
    let mut measured = Measured::default();
    for seed in 1..=plan.seeds {
        let scene = Scene::new(seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut sensor = ChaCha8Rng::seed_from_u64(seed + 1_000);
        let mut tracker = Tracker::exact(&scene);
        let mut device = Device::default();
        let mut taken = 0;
        for round in 0..plan.rounds {
            let (start_us, is_live) = (ROUND_US * (round + 1), round % 2 == 1);
            let end_us = start_us + STROKE_US + DELAY_US;
            while taken * FRAME_US <= end_us {
                let mut frame = tracker.frame(&scene, taken * FRAME_US, PICTURE_PX.0, PICTURE_PX.1);
                disturb(&mut frame, plan.depth_noise, &mut sensor);
                device.observe(frame);
                taken += 1;
            }
            draw_round(&scene, &device, &mut random, (start_us, is_live), &mut measured);
        }
    }
    measured
}

/// Makes every depth sample a little wrong, each by itself.
fn disturb(frame: &mut ArFrame, part: f32, sensor: &mut ChaCha8Rng) {
    let depths_m = frame.depth.iter_mut().flat_map(|depth| &mut depth.depths_m);
    for depth_m in depths_m.take_while(|_| part > 0.0) {
        // Twelve uniform values have, together, a variance of one (Irwin and Hall).
        let normal = (0..12).map(|_| sensor.random_range(-0.5..0.5f32)).sum::<f32>();
        *depth_m *= 1.0 + part * normal;
    }
}

/// A stroke of each kind.
fn draw_round(
    scene: &Scene,
    device: &Device,
    random: &mut ChaCha8Rng,
    (start_us, is_live): (u64, bool),
    measured: &mut Measured,
) {
    let time_of = |part: f32| {
        let drawn_us = start_us + (part * STROKE_US as f32) as u64 * u64::from(is_live);
        drawn_us / FRAME_US * FRAME_US
    };
    let surface = timed(&stroke(random, SIZE), time_of);
    let plane = drawn_on_one_face(scene, random, time_of);
    let automatic = drawn_on_one_face(scene, random, time_of);
    let arrow = timed(&stroke(random, SIZE), time_of);
    let mut ink = |how, drawn: &[Drawn], subject: fn(&SurfaceHit) -> Subject| {
        judge(scene, device, (ShapeKind::Ink, how), drawn, subject, measured);
    };
    ink(Interpretation::Surface, &surface, |hit| match hit.surface {
        Surface::Room(_) => Subject::SurfaceOnRoom,
        Surface::Flat(_) => Subject::SurfaceOnBoxes,
        Surface::Round(_) => Subject::SurfaceOnPipes,
    });
    ink(Interpretation::Plane, &plane, |_| Subject::Plane);
    ink(Interpretation::Automatic, &automatic, |_| Subject::Automatic);
    let kind = (ShapeKind::Arrow, Interpretation::Automatic);
    judge(scene, device, kind, &arrow, |_| Subject::ArrowTip, measured);
}

/// A stroke with the frame that each of its points is drawn on, by how far the stroke has come.
fn timed(points: &[PicturePoint], time_of: impl Fn(f32) -> u64) -> Vec<Drawn> {
    let count = points.len() as f32;
    let parts = points.iter().enumerate();
    parts
        .map(|(index, point)| (time_of(index as f32 / count), *point))
        .collect()
}

/// A stroke that lies on one flat face.
pub(super) fn drawn_on_one_face(scene: &Scene, random: &mut ChaCha8Rng, time_of: impl Fn(f32) -> u64) -> Vec<Drawn> {
    loop {
        let drawn = timed(&stroke(random, SIZE), &time_of);
        let moments = moments(scene, &drawn);
        let under = drawn
            .iter()
            .zip(&moments)
            .map(|((_, point), moment)| moment.under(*point));
        let mut surfaces = under.map(|hit| hit.map(|hit| hit.surface));
        let first = surfaces.next().flatten();
        let is_flat = matches!(first, Some(Surface::Room(_) | Surface::Flat(_)));
        if is_flat && surfaces.all(|surface| surface == first) {
            return drawn;
        }
    }
}

/// The scene at the moment of each point.
pub(super) fn moments(scene: &Scene, drawn: &[Drawn]) -> Vec<Rc<Moment>> {
    let mut newest: Option<(u64, Rc<Moment>)> = None;
    let of = |(time_us, _): &Drawn| match &newest {
        Some((known_us, moment)) if known_us == time_us => moment.clone(),
        _ => {
            let moment = Rc::new(Moment::new(scene, *time_us));
            newest = Some((*time_us, moment.clone()));
            moment
        }
    };
    drawn.iter().map(of).collect()
}

fn judge(
    scene: &Scene,
    device: &Device,
    (kind, how): (ShapeKind, Interpretation),
    drawn: &[Drawn],
    subject: impl Fn(&SurfaceHit) -> Subject,
    measured: &mut Measured,
) {
    measured.strokes += 1;
    let Some(lifted) = device.lift(kind, how, drawn) else {
        measured.refused += 1;
        return;
    };
    let points_m = &lifted.shape.points_m;
    // Of an arrow only the tip lies on what it was drawn on.
    let skipped = if kind == ShapeKind::Arrow { drawn.len() - 1 } else { 0 };
    let lifted_m = points_m.iter().skip(usize::from(kind == ShapeKind::Arrow));
    let moments = moments(scene, drawn);
    let points = drawn.iter().zip(&moments).skip(skipped);
    for (((_, point), moment), (point_m, footing)) in points.zip(lifted_m.zip(&lifted.footings)) {
        let Some(truth) = moment.under(*point) else { continue };
        let excluded = if moment.incidence_deg(&truth) > MOST_INCIDENCE_DEG {
            Some(Excluded::TooOblique)
        } else if moment.samples_from_edge(*point) < LEAST_SAMPLES_FROM_EDGE {
            Some(Excluded::NearAnEdge)
        } else {
            (*footing == Footing::Bridged).then_some(Excluded::Bridged)
        };
        let error_m = f64::from(point_m.distance(truth.point_m));
        measured.points.push(Judged {
            subject: subject(&truth),
            excluded,
            error_cm_per_m: 100.0 * error_m / f64::from(truth.distance_m),
            elsewhere_px: elsewhere_px(moment, &truth, *point_m),
        });
    }
}

/// Twenty cameras around the machine that look at a point of it.
fn viewpoints(at_m: Vec3, intrinsics: Intrinsics) -> impl Iterator<Item = Camera> {
    let columns = [-1.6, -0.8, 0.0, 0.8, 1.6];
    let rows = [(0.9, 0.9), (1.8, 0.9), (0.9, 2.1), (1.8, 2.1)];
    let places = columns
        .into_iter()
        .flat_map(move |x| rows.map(|(height_m, away_m)| vec3(x, height_m, away_m)));
    // Not straight at it, so that it is not always in the middle of the picture.
    let aside_m = vec3(0.2, -0.1, 0.0);
    places.map(move |from_m| Camera {
        pose: Pose::looking_at(from_m, at_m + aside_m),
        intrinsics,
    })
}

fn elsewhere_px(moment: &Moment, truth: &SurfaceHit, lifted_m: Vec3) -> Vec<f64> {
    let (width_px, height_px) = PICTURE_PX;
    let error_px = |camera: Camera| {
        let due = camera.project(truth.point_m).filter(|point| point.is_inside())?;
        let way_m = truth.point_m - camera.pose.position_m;
        let ray = Ray {
            origin_m: camera.pose.position_m,
            direction: way_m.normalize(),
        };
        let seen = moment.surfaces.cast(&ray)?;
        let is_seen = (seen.distance_m - way_m.length()).abs() < 1e-3;
        let shown = camera.project(lifted_m)?;
        let (due_px, shown_px) = (due.to_pixels(width_px, height_px), shown.to_pixels(width_px, height_px));
        is_seen.then(|| f64::from(due_px.distance(shown_px)))
    };
    viewpoints(truth.point_m, moment.camera.intrinsics)
        .filter_map(error_px)
        .collect()
}
