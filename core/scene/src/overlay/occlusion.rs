//! What of a mark is behind something, by a depth map.

use super::depth_view::DepthView;
use super::pyramid::Pyramid;
use super::viewport::is_bearable;
use crate::anchor::is_place;
use crate::{Camera, InvalidIntrinsics};

/// No depth map is wider or higher, in samples.
const MAX_SIDE: u32 = 1024;

/// How much farther than the surface a point may seem to be and still count as lying on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OcclusionConfig {
    /// In proportion to the surface's distance.
    pub relative: f32,
    /// At any distance, in metres.
    pub absolute_m: f32,
    /// How far the camera may have moved since the map was taken, in metres; beyond it, nothing counts as hidden,
    /// because what was behind a thing then need not be behind it now.
    pub moved_at_most_m: f32,
}

impl Default for OcclusionConfig {
    /// 3 % and 2 cm, which is what phones' depth is off by; 25 cm of movement.
    fn default() -> Self {
        Self {
            relative: 0.03,
            absolute_m: 0.02,
            moved_at_most_m: 0.25,
        }
    }
}

/// Why a depth map is not taken. The one before is gone: nothing counts as hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDepth {
    /// The sides do not go with the number of samples, or are zero or larger than 1,024.
    #[error("a depth map must have width times height samples and sides from 1 to 1,024")]
    Size,
    /// The camera's lens is none.
    #[error("the depth map's camera is none: {0}")]
    Camera(#[from] InvalidIntrinsics),
    /// The lens is finite but beyond what numbers can bear.
    #[error("the depth map's camera has a focal length or principal point far beyond the picture's size")]
    ExtremeLens,
    /// The camera is nowhere.
    #[error("the depth map's camera has no place in space")]
    Pose,
}

/// A depth map made ready for looking up many points.
#[derive(Debug, Clone, Default)]
pub struct OcclusionMap {
    config: OcclusionConfig,
    camera: Option<Camera>,
    width: usize,
    height: usize,
    /// One over the distance beyond which a point is hidden, per sample, with a border of one sample all around; 0
    /// where nothing is known and nothing is hidden.
    thresholds: Vec<f32>,
    pyramid: Pyramid,
}

impl OcclusionMap {
    /// Without depth: nothing is hidden.
    pub fn new(config: OcclusionConfig) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// Forgets the depth: nothing is hidden.
    pub fn clear(&mut self) {
        self.camera = None;
    }

    /// Takes over a depth map: metres along the optical axis of `camera`, row by row from the top, covering the whole
    /// of its picture. A sample that is not a positive number is unknown.
    pub fn update(&mut self, camera: &Camera, width: u32, height: u32, depth_m: &[f32]) -> Result<(), InvalidDepth> {
        self.camera = None;
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) || depth_m.len() != (width * height) as usize {
            return Err(InvalidDepth::Size);
        }
        if !is_bearable(&camera.intrinsics.validated()?) {
            return Err(InvalidDepth::ExtremeLens);
        }
        if !is_place(&camera.pose) {
            return Err(InvalidDepth::Pose);
        }
        (self.width, self.height) = (width as usize, height as usize);
        self.thresholds.clear();
        self.thresholds.resize((self.width + 2) * (self.height + 2), 0.0);
        let row = |number: Option<usize>| {
            let start = number? * self.width;
            depth_m.get(start..start + self.width)
        };
        for number in 0..self.height {
            let rows = [row(number.checked_sub(1)), row(Some(number)), row(Some(number + 1))];
            let start = (number + 1) * (self.width + 2) + 1;
            if let Some(thresholds) = self.thresholds.get_mut(start..start + self.width) {
                write_thresholds(thresholds, rows.map(Option::unwrap_or_default), &self.config);
            }
        }
        let (columns, rows) = (self.width + 2, self.height + 2);
        self.pyramid.build(&self.thresholds, columns, rows);
        self.camera = Some(*camera);
        Ok(())
    }

    /// What is needed to look up points seen by a camera at `eye`; `None` when nothing can be hidden.
    pub(super) fn view(&self, eye: &Camera) -> Option<DepthView<'_>> {
        let camera = self.camera.as_ref()?;
        let moved_m = camera.pose.position_m.distance(eye.pose.position_m);
        if moved_m > self.config.moved_at_most_m {
            return None;
        }
        Some(DepthView::new(
            &self.thresholds,
            &self.pyramid,
            camera,
            (self.width, self.height),
        ))
    }
}

/// The threshold of each sample of a row. On an oblique surface a point between two samples is farther than the nearer
/// one by half the step between them; of the steps to both sides the smaller is on the same surface.
fn write_thresholds(thresholds: &mut [f32], [above, middle, below]: [&[f32]; 3], config: &OcclusionConfig) {
    let step_m = |depth_m: f32, before_m: f32, after_m: f32| {
        let to = |other_m: f32| {
            if other_m > 0.0 {
                (depth_m - other_m).abs()
            } else {
                f32::INFINITY
            }
        };
        let (before, after) = (to(before_m), to(after_m));
        let least = if before < after { before } else { after };
        if least < f32::INFINITY { least } else { 0.0 }
    };
    let threshold = |depth_m: f32, [left, right, up, down]: [f32; 4]| {
        let steps_m = step_m(depth_m, left, right) + step_m(depth_m, up, down);
        let inverse = 1.0 / (depth_m * (1.0 + config.relative) + config.absolute_m + steps_m / 2.0);
        let is_sound = depth_m > 0.0 && inverse > 0.0 && inverse < 1e6;
        if is_sound { inverse } else { 0.0 }
    };
    let at = |row: &[f32], x: usize| row.get(x).copied().unwrap_or(0.0);
    let mut left = 0.0;
    for (x, (slot, depth_m)) in thresholds.iter_mut().zip(middle).enumerate() {
        *slot = threshold(*depth_m, [left, at(middle, x + 1), at(above, x), at(below, x)]);
        left = *depth_m;
    }
}
