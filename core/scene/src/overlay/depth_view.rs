//! Looking up what a depth map hides.

use glam::{Vec2, Vec3, Vec4};

use super::chunk::Chunk;
use super::pyramid::{Pyramid, Thresholds};
use super::viewport::picture_rows;
use crate::Camera;

/// A depth map as looked up for one frame.
#[derive(Clone, Copy)]
pub(super) struct DepthView<'a> {
    thresholds: &'a [f32],
    pyramid: &'a Pyramid,
    /// Of the map without its border, in samples.
    width: usize,
    height: usize,
    rows: [Vec4; 3],
    focal: Vec2,
    principal: Vec2,
}

/// Four points as the depth camera has them: samples to the right and down (one more than in the map, for its border),
/// and one over the distance along its axis; infinite for what is not in front of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DepthChunk {
    pub(super) u: Vec4,
    pub(super) v: Vec4,
    pub(super) inverse: Vec4,
}

/// Nearer to the depth camera than this nothing is looked up, in metres.
const NEAREST_M: f32 = 0.01;

/// Added to a number from 0 to 2^23, it leaves no bits for a fraction.
const TWO_23: Vec4 = Vec4::splat(8_388_608.0);

impl<'a> DepthView<'a> {
    /// `thresholds` and `pyramid` have a border of one sample around the map of this size.
    pub(super) fn new(
        thresholds: &'a [f32],
        pyramid: &'a Pyramid,
        camera: &Camera,
        (width, height): (usize, usize),
    ) -> Self {
        let intrinsics = camera.intrinsics.scaled_to(width as u32, height as u32);
        let [u, v, ahead] = picture_rows(camera);
        Self {
            thresholds,
            pyramid,
            width,
            height,
            // The border shifts everything by one sample.
            rows: [u * width as f32 + ahead, v * height as f32 + ahead, ahead],
            focal: Vec2::new(intrinsics.focal_x_px, intrinsics.focal_y_px),
            principal: Vec2::new(intrinsics.principal_x_px, intrinsics.principal_y_px) + 1.0,
        }
    }

    #[inline(always)]
    pub(super) fn project(&self, points: &Chunk) -> DepthChunk {
        let [across, down, ahead] = self.rows;
        let depth_m = points.dot(ahead);
        let near = Vec4::splat(NEAREST_M);
        let inverse = Vec4::ONE / depth_m.max(near);
        DepthChunk {
            u: points.dot(across) * inverse,
            v: points.dot(down) * inverse,
            inverse: Vec4::select(depth_m.cmpgt(near), inverse, Vec4::INFINITY),
        }
    }

    /// Which of four points are hidden, a bit each.
    #[inline(always)]
    pub(super) fn hidden(&self, points: &DepthChunk) -> u32 {
        let (right, bottom) = (self.width as f32 + 1.0, self.height as f32 + 1.0);
        // Half a sample less, for what is added next rounds to the nearest.
        let hold = |value: Vec4, greatest: f32| (value - 0.5).max(Vec4::ZERO).min(Vec4::splat(greatest));
        let column = (hold(points.u, right) + TWO_23) - TWO_23;
        let row = (hold(points.v, bottom) + TWO_23) - TWO_23;
        let index = column + row * (self.width as f32 + 2.0) + TWO_23;
        let thresholds = index.to_array().map(|index| {
            let index = index.to_bits() & 0x7F_FFFF;
            self.thresholds.get(index as usize).copied().unwrap_or(0.0)
        });
        points.inverse.cmplt(Vec4::from_array(thresholds)).bitmask()
    }

    /// Whether what is on sample (u, v) is hidden there.
    pub(super) fn is_hidden(&self, u: f32, v: f32, inverse: f32) -> bool {
        // The conversion holds what is negative, too large or not a number within bounds.
        let (column, row) = (u as usize, v as usize);
        let (width, height) = (self.width, self.height);
        let index = row.min(height + 1) * (width + 2) + column.min(width + 1);
        self.thresholds.get(index).is_some_and(|threshold| inverse < *threshold)
    }

    /// The thresholds that what is in a sphere can meet.
    ///
    /// A step of at most the radius r from the centre, at distance w and angle θ off the axis, moves a point in the
    /// depth camera's picture by at most focal length × r / ((w − r) cos θ).
    pub(super) fn thresholds(&self, centre_m: Vec3, radius_m: f32) -> Thresholds {
        let [u, v, depth_m] = self.rows.map(|row| row.dot(centre_m.extend(1.0)));
        let nearest_m = depth_m - radius_m;
        if nearest_m <= NEAREST_M {
            return Thresholds::ANY;
        }
        let centre = Vec2::new(u, v) / depth_m;
        let secant = (1.0 + ((centre - self.principal) / self.focal).length_squared()).sqrt();
        let reach = self.focal.max_element() * radius_m * secant / nearest_m;
        let (width, height) = self.size();
        if centre.x + reach < 0.0 || centre.y + reach < 0.0 || centre.x - reach > width || centre.y - reach > height {
            return Thresholds::NONE;
        }
        self.pyramid.around(centre.x, centre.y, reach)
    }

    /// The nearest and the farthest of a line's points along the depth camera's axis, in metres.
    pub(super) fn range_m(&self, line: &[Chunk]) -> (f32, f32) {
        let distances = line.iter().map(|chunk| chunk.dot(self.rows[2]));
        let range = (Vec4::INFINITY, Vec4::NEG_INFINITY);
        let (nearest, farthest) = distances.fold(range, |(nearest, farthest), distances_m| {
            (nearest.min(distances_m), farthest.max(distances_m))
        });
        (nearest.min_element(), farthest.max_element())
    }

    /// Whether a point of the world is hidden.
    pub(super) fn hides(&self, point_m: Vec3) -> bool {
        let [u, v, depth_m] = self.rows.map(|row| row.dot(point_m.extend(1.0)));
        depth_m > NEAREST_M && self.is_hidden(u / depth_m, v / depth_m, 1.0 / depth_m)
    }

    /// The sides of the map, in samples, with its border.
    pub(super) fn size(&self) -> (f32, f32) {
        ((self.width + 2) as f32, (self.height + 2) as f32)
    }
}
