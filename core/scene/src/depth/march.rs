//! Following a line of sight through a depth picture.
//!
//! Seen by the depth camera, the ray is a straight line on which inverse depth changes evenly. It is followed sample by
//! sample, blocks that lie behind it are skipped, and where it goes from before the surface to behind it the place is
//! found by bisection. If no place there is *on* a surface, the ray has passed behind an edge.

use glam::{Vec2, vec2};

use super::view::{BLOCK, DepthView};
use crate::Ray;

/// As seen by the depth camera: the ends of the part of the ray that can meet anything.
struct Track {
    from: Vec2,
    step: Vec2,
    from_inverse: f32,
    inverse_step: f32,
    from_m: f32,
    to_m: f32,
}

/// A ray within this part of the surface's depth is on it.
const ON_SURFACE: f32 = 2e-5;
/// A jump of more than this part of the depth between two places as good as the same is an edge.
const JUMP: f32 = 2e-3;
/// How far beyond the samples around it, as a part of its depth, a surface can be: it goes on for half a sample at the
/// borders.
const MARGIN: f32 = 0.03;
/// A ray that stays within this part of a sample is one through the depth camera itself.
const SAME_PLACE: f32 = 1e-3;
const FARTHEST_M: f32 = 1e4;

/// Distance along the ray in metres and place in the picture in samples.
pub(super) fn march(view: &DepthView, ray: &Ray) -> Option<(f32, Vec2)> {
    let track = Track::new(view, ray)?;
    let length = track.step.abs().max_element();
    if length < SAME_PLACE {
        let inverse = view.inverse_at(track.from);
        let (start, end) = (track.from_inverse, track.from_inverse + track.inverse_step);
        let between = inverse >= start.min(end) && inverse <= start.max(end) && inverse > 0.0;
        // On the eye's own ray depth grows or shrinks from end to end; were it level, the ray would cross the picture.
        let part = ((inverse - start) / track.inverse_step).clamp(0.0, 1.0);
        return (between && part.is_finite()).then(|| (track.distance_m(part), track.from));
    }
    let count = length.ceil() as usize;
    let part_of = |index: usize| index as f32 / count as f32;
    let mut index = 0;
    let mut was_before = false;
    while index <= count {
        let (leaves, is_before_all) = track.through_block(view, part_of(index));
        let last = ((leaves * count as f32) as usize).max(index);
        let looked_at = if is_before_all { index..index } else { index..last + 1 };
        was_before |= is_before_all;
        for index in looked_at {
            let part = part_of(index);
            let before = track.before_surface(view, part);
            let is_behind = before.is_some_and(|before| before <= 0.0);
            let found = (was_before && is_behind).then(|| crossing(view, &track, part_of(index - 1), part));
            if let Some(part) = found.flatten() {
                return Some((track.distance_m(part), track.at(part)));
            }
            was_before = before.is_some_and(|before| before > 0.0);
        }
        index = last + 1;
    }
    None
}

/// The part of the track, between one before and one behind, that lies on the surface.
fn crossing(view: &DepthView, track: &Track, before: f32, behind: f32) -> Option<f32> {
    let (mut low, mut high) = (before, behind);
    let mut ahead = track.before_surface(view, low)?;
    let mut past = track.before_surface(view, high)?;
    for round in 0..20 {
        // Where the surface is nearly flat the secant is there at once; every third round halves for certain.
        let share = if round % 3 == 2 {
            0.5
        } else {
            (ahead / (ahead - past)).clamp(0.02, 0.98)
        };
        let middle = low + (high - low) * share;
        let value = track.before_surface(view, middle)?;
        if value.abs() <= ON_SURFACE * track.inverse(middle) {
            return Some(middle);
        }
        if value > 0.0 {
            (low, ahead) = (middle, value);
        } else {
            (high, past) = (middle, value);
        }
    }
    (ahead - past <= JUMP * track.inverse(low)).then_some(low)
}

impl Track {
    fn new(view: &DepthView, ray: &Ray) -> Option<Self> {
        let origin = view.camera.pose.to_local(ray.origin_m);
        let direction = view.camera.pose.orientation.conjugate() * ray.direction;
        if !origin.is_finite() || !direction.is_finite() || view.nearest <= 0.0 {
            return None;
        }
        let lens = &view.camera.intrinsics;
        // Homogeneous picture coordinates: of the ray's origin, and per metre along it.
        let (depth_m, deeper) = (-origin.z, -direction.z);
        let principal = vec2(lens.principal_x_px, lens.principal_y_px);
        let focal = vec2(lens.focal_x_px, -lens.focal_y_px);
        let place = principal * depth_m + focal * origin.truncate();
        let moves = principal * deeper + focal * direction.truncate();
        let size = vec2(lens.width_px as f32, lens.height_px as f32);
        let beyond = size * depth_m - place;
        let beyond_moves = size * deeper - moves;
        let (near_m, far_m) = ((1.0 - MARGIN) / view.nearest, (1.0 + MARGIN) / view.farthest);
        // The part with `value + slope * t >= 0` for every pair: between the known depths, inside the picture.
        let bounds = [
            (depth_m - near_m, deeper),
            (far_m - depth_m, -deeper),
            (place.x, moves.x),
            (place.y, moves.y),
            (beyond.x, beyond_moves.x),
            (beyond.y, beyond_moves.y),
        ];
        let (mut from_m, mut to_m) = (0.0f32, FARTHEST_M);
        for (value, slope) in bounds {
            if slope > 0.0 {
                from_m = from_m.max(-value / slope);
            } else if slope < 0.0 {
                to_m = to_m.min(value / -slope);
            } else if value < 0.0 {
                return None;
            }
        }
        let at = |distance_m: f32| (place + moves * distance_m) / (depth_m + deeper * distance_m);
        let inverse_at = |distance_m: f32| 1.0 / (depth_m + deeper * distance_m);
        let (from, to) = (at(from_m), at(to_m));
        let (from_inverse, to_inverse) = (inverse_at(from_m), inverse_at(to_m));
        let is_track = from_m < to_m && from.is_finite() && to.is_finite() && from_inverse > 0.0 && to_inverse > 0.0;
        is_track.then(|| Self {
            from: from.clamp(Vec2::ZERO, size),
            step: to.clamp(Vec2::ZERO, size) - from.clamp(Vec2::ZERO, size),
            from_inverse,
            inverse_step: to_inverse - from_inverse,
            from_m,
            to_m,
        })
    }

    fn at(&self, part: f32) -> Vec2 {
        self.from + self.step * part
    }

    fn inverse(&self, part: f32) -> f32 {
        self.from_inverse + self.inverse_step * part
    }

    /// How much nearer (in 1/m) the ray is than the surface; negative behind it, `None` where that is unknown.
    fn before_surface(&self, view: &DepthView, part: f32) -> Option<f32> {
        let surface = view.inverse_at(self.at(part));
        (surface > 0.0).then(|| self.inverse(part) - surface)
    }

    /// From the part of the track to the metres along the ray (perspective-correct interpolation).
    fn distance_m(&self, part: f32) -> f32 {
        let to_inverse = self.from_inverse + self.inverse_step;
        let (from, to) = (self.from_m * self.from_inverse, self.to_m * to_inverse);
        (from + (to - from) * part) / self.inverse(part)
    }

    /// Where the track leaves the block that it is in at `part`, and whether until then it is before everything there.
    fn through_block(&self, view: &DepthView, part: f32) -> (f32, bool) {
        let at = self.at(part);
        let (column, row) = view.block_of(at);
        let border = |block: usize, at: f32, step: f32| {
            let border = if step > 0.0 { block + 1 } else { block } * BLOCK;
            if step == 0.0 {
                f32::INFINITY
            } else {
                (border as f32 - at) / step
            }
        };
        let leaves = part + border(column, at.x, self.step.x).min(border(row, at.y, self.step.y));
        let leaves = leaves.min(1.0);
        let farthest = self.inverse(part).min(self.inverse(leaves));
        (leaves, farthest > view.nearest_in_block(column, row) * (1.0 + MARGIN))
    }
}
