//! What becomes of marks while the platform's idea of the world slides and jumps: hung on anchors, as the engine hangs
//! them, and fixed to the platform's world.
//!
//! The platform trembles, drifts by 5 cm in a minute, loses tracking for 12 s and later finds back to where it began,
//! at once and while it tracks. Twice a second it tells where its anchors are; they are as wrong as its world and no
//! more, which is the best that a platform can do.

use assist_headless::scene::Scene;
use assist_headless::tracking::{Tracker, TrackingError};
use assist_scene::{AnchoredShape, Interpretation, Pose, Shape, ShapeKind, ShapeState};
use glam::Vec3;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde::Serialize;

use super::device::Device;
use super::lifting::{LEAST_SAMPLES_FROM_EDGE, drawn_on_one_face, moments};
use super::truth::PICTURE_PX;
use crate::figures::{mean, range};

/// Pictures are taken this often: 15 a second.
const FRAME_US: u64 = 66_667;
const SECOND_US: u64 = 1_000_000;
/// When marks are drawn.
const DRAWN_S: [u64; 2] = [2, 35];
const LOST_S: (u64, u64) = (45, 57);
const RELOCALISED_S: u64 = 60;
const END_S: u64 = 70;
/// When it is told how they are doing.
const TOLD_S: [f64; 15] = [
    2.1, 10.0, 20.0, 30.0, 35.1, 44.9, 46.0, 48.0, 51.0, 54.0, 57.2, 59.9, 60.1, 60.6, 70.0,
];
/// How wrong the platform is from frame to frame (3 mm and 0.06 degrees), and over time.
const POSITION_NOISE_M: f32 = 0.003;
const ROTATION_NOISE_RAD: f32 = 0.001;
const DRIFT_M_PER_MIN: f32 = 0.05;

/// A moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Row {
    pub(crate) at_s: f64,
    /// How far the platform's world is from where it began, in cm.
    pub(crate) platform_off_cm: f64,
    /// `tracked`, `stale` or `lost`.
    pub(crate) state: &'static str,
    /// For stale marks: for how long nothing has confirmed them.
    pub(crate) age_s: Option<f64>,
    /// For stale marks: how far they are said to be off at most.
    pub(crate) estimated_drift_cm: Option<f64>,
    /// By when the marks were drawn.
    pub(crate) marks: Vec<DrawnThen>,
}

/// Marks that were drawn at one moment, at another: how far they are from what they were drawn on, in cm. A mark's
/// distance is the mean of its points'.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DrawnThen {
    pub(crate) drawn_s: u64,
    /// Hung on anchors; nothing while they are not shown.
    pub(crate) anchored: Option<Spread>,
    /// Fixed to the platform's world, shown or not.
    pub(crate) fixed: Option<Spread>,
}

/// Of several marks, in cm.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Spread {
    pub(crate) mean_cm: f64,
    pub(crate) worst_cm: f64,
}

/// What was seen in all frames.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Anchored {
    pub(crate) rows: Vec<Row>,
    /// Marks in frames in which they were shown as sure, as doubtful, and not at all.
    pub(crate) tracked: usize,
    pub(crate) stale: usize,
    pub(crate) lost: usize,
    /// The farthest that a mark shown as sure was off, in cm, but for the half second after the jump,
    pub(crate) tracked_worst_cm: f64,
    /// and in it, when no anchor was told yet.
    pub(crate) jump_worst_cm: f64,
    /// Of the stale ones, those that had moved farther since they were drawn than was said.
    pub(crate) stale_beyond_estimate: usize,
}

struct Mark {
    drawn_s: u64,
    /// In the true world.
    truth_m: Vec<Vec3>,
    anchored: AnchoredShape,
    /// In the platform's world.
    fixed: Shape,
    /// How far off it was from the beginning, in cm.
    at_first_cm: f64,
}

/// Draws `count` marks at each of two moments and watches them for 70 s.
pub(crate) fn measure(seed: u64, count: usize) -> Anchored {
    let scene = Scene::new(seed);
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let error = TrackingError {
        position_noise_m: POSITION_NOISE_M,
        rotation_noise_rad: ROTATION_NOISE_RAD,
        drift_m_per_min: DRIFT_M_PER_MIN,
        relocalises_at_us: Some(RELOCALISED_S * SECOND_US),
        lost_us: Some((LOST_S.0 * SECOND_US, LOST_S.1 * SECOND_US)),
    };
    let anchors = scene.planes().iter().map(|plane| plane.pose).take(32).collect();
    let mut tracker = Tracker::new(error, seed, anchors);
    let mut device = Device::default();
    let mut marks: Vec<Mark> = Vec::new();
    let mut result = Anchored::default();
    let mut told = TOLD_S.into_iter().peekable();
    let frames = (0..).map(|frame| frame * FRAME_US);
    for time_us in frames.take_while(|time_us| *time_us < END_S * SECOND_US + FRAME_US) {
        device.observe(tracker.frame(&scene, time_us, PICTURE_PX.0, PICTURE_PX.1));
        let from_platform = tracker.map_error(time_us).inverse();
        let is_now = |drawn_s: &&u64| (**drawn_s * SECOND_US).abs_diff(time_us) <= FRAME_US / 2;
        if let Some(&drawn_s) = DRAWN_S.iter().find(is_now) {
            let tries = std::iter::repeat_with(|| draw(&scene, &device, &mut random, time_us, &from_platform));
            let drawn = tries.flatten().take(count);
            marks.extend(drawn.map(|mark| Mark { drawn_s, ..mark }));
        }
        let is_jump =
            (RELOCALISED_S * SECOND_US..(RELOCALISED_S + 1) * SECOND_US - SECOND_US / 2 + FRAME_US).contains(&time_us);
        for mark in &marks {
            result.watch(mark, &device, &from_platform, is_jump);
        }
        if told.next_if(|at_s| time_us as f64 / 1e6 >= *at_s).is_some() {
            result.rows.extend(row(&marks, &device, time_us, &from_platform));
        }
    }
    result
}

/// A mark on one flat face of the picture of this moment; `None` if it came too near to an edge.
fn draw(scene: &Scene, device: &Device, random: &mut ChaCha8Rng, time_us: u64, from_platform: &Pose) -> Option<Mark> {
    let drawn = drawn_on_one_face(scene, random, |_| time_us);
    let moments = moments(scene, &drawn);
    let places = || drawn.iter().zip(&moments).map(|((_, point), moment)| (*point, moment));
    // Where the pose trembles, what is drawn beside an edge may land behind it: that is not what is asked here.
    if places().any(|(point, moment)| moment.samples_from_edge(point) < LEAST_SAMPLES_FROM_EDGE) {
        return None;
    }
    let hits = places().map(|(point, moment)| moment.under(point));
    let truth_m = hits.map(|hit| Some(hit?.point_m)).collect::<Option<Vec<Vec3>>>()?;
    let fixed = device.lift(ShapeKind::Ink, Interpretation::Automatic, &drawn)?.shape;
    Some(Mark {
        drawn_s: 0,
        at_first_cm: off_cm(from_platform, &fixed, &truth_m),
        truth_m,
        anchored: device.anchors.attach(&fixed).ok()?,
        fixed,
    })
}

impl Anchored {
    fn watch(&mut self, mark: &Mark, device: &Device, from_platform: &Pose, is_jump: bool) {
        let Some(shown) = device.anchors.to_world(&mark.anchored) else {
            self.lost += 1;
            return;
        };
        let off_cm = off_cm(from_platform, &shown, &mark.truth_m);
        match device.anchors.state(mark.anchored.anchor) {
            ShapeState::Tracked => {
                self.tracked += 1;
                let worst_cm = if is_jump {
                    &mut self.jump_worst_cm
                } else {
                    &mut self.tracked_worst_cm
                };
                *worst_cm = worst_cm.max(off_cm);
            }
            ShapeState::Stale { drift_m, .. } => {
                self.stale += 1;
                let is_beyond = off_cm - mark.at_first_cm > 100.0 * f64::from(drift_m);
                self.stale_beyond_estimate += usize::from(is_beyond);
            }
            ShapeState::Lost => self.lost += 1,
        }
    }
}

fn row(marks: &[Mark], device: &Device, time_us: u64, from_platform: &Pose) -> Option<Row> {
    let of = |drawn_s: u64| {
        let then = marks.iter().filter(|mark| mark.drawn_s == drawn_s);
        let fixed: Vec<f64> = then
            .clone()
            .map(|mark| off_cm(from_platform, &mark.fixed, &mark.truth_m))
            .collect();
        let anchored: Vec<f64> = then
            .filter_map(|mark| {
                let shown = device.anchors.to_world(&mark.anchored)?;
                Some(off_cm(from_platform, &shown, &mark.truth_m))
            })
            .collect();
        DrawnThen {
            drawn_s,
            anchored: Spread::of(&anchored),
            fixed: Spread::of(&fixed),
        }
    };
    let groups = DRAWN_S.map(of).into_iter().filter(|group| group.fixed.is_some());
    let state = device.anchors.state(marks.first()?.anchored.anchor);
    let (age_s, estimated_drift_cm) = match state {
        ShapeState::Stale { age_us, drift_m } => (Some(age_us as f64 / 1e6), Some(100.0 * f64::from(drift_m))),
        ShapeState::Tracked | ShapeState::Lost => (None, None),
    };
    Some(Row {
        at_s: time_us as f64 / 1e6,
        platform_off_cm: 100.0 * f64::from(from_platform.position_m.length()),
        state: match state {
            ShapeState::Tracked => "tracked",
            ShapeState::Stale { .. } => "stale",
            ShapeState::Lost => "lost",
        },
        age_s,
        estimated_drift_cm,
        marks: groups.collect(),
    })
}

impl Spread {
    fn of(distances_cm: &[f64]) -> Option<Self> {
        Some(Self {
            mean_cm: mean(distances_cm)?,
            worst_cm: range(distances_cm)?.1,
        })
    }
}

/// How far a shape of the platform's world is from the true points, on average.
fn off_cm(from_platform: &Pose, shape: &Shape, truth_m: &[Vec3]) -> f64 {
    let pairs = shape.points_m.iter().zip(truth_m);
    let distances = pairs.map(|(point_m, truth_m)| f64::from(from_platform.to_world(*point_m).distance(*truth_m)));
    100.0 * mean(&distances.collect::<Vec<_>>()).unwrap_or_default()
}
