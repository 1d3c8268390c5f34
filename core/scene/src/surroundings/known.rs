//! A few points of everything that is known, for how far things are by and large.

use glam::Vec3;

use crate::{DepthView, PicturePoint, Ray};

/// Samples of all sources, in the world.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownPoints(Vec<Vec3>);

/// Taken from one source.
const PER_SOURCE: usize = 32;
/// Points on a side of the grid that is taken from a depth picture.
const GRID: usize = 6;
/// The most points altogether.
const MOST: usize = 128;

impl KnownPoints {
    /// Some points of a depth picture, spread over it.
    pub(super) fn add_depth(&mut self, view: &DepthView) {
        let part = |index: usize| (index as f32 + 0.5) / GRID as f32;
        let grid = (0..GRID * GRID).map(|index| PicturePoint::new(part(index % GRID), part(index / GRID)));
        let known = grid.filter_map(|point| Some(view.camera().unproject(point, view.depth_m(point)?)));
        let room = MOST.saturating_sub(self.0.len());
        self.0.extend(known.take(room));
    }

    /// Some points of many, spread over them.
    pub(super) fn add(&mut self, points_m: impl ExactSizeIterator<Item = Vec3>) {
        let every = points_m.len().div_ceil(PER_SOURCE).max(1);
        let room = MOST.saturating_sub(self.0.len());
        self.0.extend(points_m.step_by(every).take(room));
    }

    /// The median distance in metres of those before the ray's origin, within 60° of where it goes.
    pub(super) fn median_distance_m(&self, ray: &Ray) -> Option<f32> {
        let mut distances_m = [0.0f32; MOST];
        let mut count = 0;
        for point in &self.0 {
            let offset = *point - ray.origin_m;
            let distance_m = offset.length();
            let place = distances_m.get_mut(count);
            if let Some(place) = place.filter(|_| offset.dot(ray.direction) > 0.5 * distance_m) {
                *place = distance_m;
                count += 1;
            }
        }
        let ahead = distances_m.get_mut(..count).filter(|ahead| !ahead.is_empty())?;
        let (_, median, _) = ahead.select_nth_unstable_by(count / 2, f32::total_cmp);
        Some(*median)
    }
}
