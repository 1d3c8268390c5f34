//! A line that is all in view: into the picture, split where it goes behind something, into the buffer.

use glam::{Vec2, Vec3, Vec4};

use super::chunk::{Chunk, LANES, point_of};
use super::clip::share_inside;
use super::depth_view::{DepthChunk, DepthView};
use super::frame::{OverlayFrame, Part, Pen};
use super::pyramid::Thresholds;

/// What a frame is drawn with.
pub(super) struct Screen<'a> {
    /// From the world to homogeneous pixels.
    pub(super) rows: [Vec4; 3],
    /// No pixel is beyond these, whatever rounding does.
    pub(super) least_px: Vec2,
    pub(super) greatest_px: Vec2,
    pub(super) near_m: f32,
    pub(super) depth: Option<DepthView<'a>>,
    pub(super) drops_hidden: bool,
}

impl Screen<'_> {
    /// The distance along the optical axis, at least that of the near plane.
    pub(super) fn depth_m(&self, point_m: Vec3) -> f32 {
        self.rows[2].dot(point_m.extend(1.0)).max(self.near_m)
    }

    /// Where a point in front of the near plane appears.
    pub(super) fn pixel(&self, point_m: Vec3) -> Vec2 {
        let point = point_m.extend(1.0);
        let pixel = Vec2::new(self.rows[0].dot(point), self.rows[1].dot(point)) / self.depth_m(point_m);
        pixel.clamp(self.least_px, self.greatest_px)
    }

    #[inline(always)]
    fn project(&self, points: &Chunk) -> (Vec4, Vec4) {
        let [across, down, ahead] = self.rows;
        let inverse = Vec4::ONE / points.dot(ahead).max(Vec4::splat(self.near_m));
        let hold = |value: Vec4, low: f32, high: f32| value.max(Vec4::splat(low)).min(Vec4::splat(high));
        (
            hold(points.dot(across) * inverse, self.least_px.x, self.greatest_px.x),
            hold(points.dot(down) * inverse, self.least_px.y, self.greatest_px.y),
        )
    }
}

/// Where a line goes behind something or comes out again: on the way to point `before`.
#[derive(Debug, Clone, Copy)]
struct Change {
    before: usize,
    point_px: Vec2,
}

/// What is needed to draw a line, kept from one to the next.
#[derive(Debug, Clone, Default)]
pub(super) struct LineDrawer {
    changes: Vec<Change>,
}

impl LineDrawer {
    /// Draws a line of which every point is in front of the near plane.
    pub(super) fn draw(
        &mut self,
        (line, points): (&[Chunk], usize),
        thresholds: Thresholds,
        screen: &Screen<'_>,
        pen: &Pen,
        frame: &mut OverlayFrame,
    ) {
        self.changes.clear();
        let is_behind = screen.depth.as_ref().is_some_and(|depth| {
            let (nearest_m, farthest_m) = depth.range_m(line);
            let all_hidden = thresholds.hide(nearest_m, farthest_m);
            all_hidden.unwrap_or_else(|| self.find_changes(line, screen, depth))
        });
        let part = if points == 1 { Part::Dot } else { Part::Line };
        if self.changes.is_empty() {
            if !(is_behind && screen.drops_hidden) {
                frame.begin_polyline(pen, part, is_behind);
                frame.push_chunks(line.iter().map(|chunk| screen.project(chunk)), points);
            }
            return;
        }
        self.draw_stretches((line, points), is_behind, screen, pen, frame);
    }

    /// Draws a line that is partly behind something, one polyline per stretch.
    fn draw_stretches(
        &self,
        (line, points): (&[Chunk], usize),
        mut is_behind: bool,
        screen: &Screen<'_>,
        pen: &Pen,
        frame: &mut OverlayFrame,
    ) {
        let ends = self.changes.iter().map(|change| (change.before, Some(change.point_px)));
        let (mut from, mut start) = (0, None);
        for (to, end) in ends.chain([(points, None)]) {
            if !(is_behind && screen.drops_hidden) {
                frame.begin_polyline(pen, Part::Line, is_behind);
                start.into_iter().for_each(|point_px| frame.push_point(point_px));
                (from..to).for_each(|number| frame.push_point(screen.pixel(point_of(line, number))));
                end.into_iter().for_each(|point_px| frame.push_point(point_px));
            }
            (from, start) = (to, end);
            is_behind = !is_behind;
        }
    }

    /// Looks along the line for where it goes behind something or comes out. Whether its first point is behind
    /// something.
    fn find_changes(&mut self, line: &[Chunk], screen: &Screen<'_>, depth: &DepthView<'_>) -> bool {
        let mut first = 0;
        let mut last = 0;
        let mut before = DepthChunk::default();
        for (number, chunk) in line.iter().enumerate() {
            let next = depth.project(chunk);
            let hidden = depth.hidden(&next);
            if number == 0 {
                first = hidden & 1;
                last = first;
                before = DepthChunk {
                    u: Vec4::splat(next.u.x),
                    v: Vec4::splat(next.v.x),
                    inverse: Vec4::splat(next.inverse.x),
                };
            }
            // Each point against the one before it; what the line does not fill repeats its last point.
            let stride = |now: Vec4, before: Vec4| (now - Vec4::new(before.w, now.x, now.y, now.z)).abs();
            let stride = stride(next.u, before.u).max(stride(next.v, before.v));
            let is_long = stride.cmpgt(Vec4::splat(LONGEST_STEP)).bitmask();
            let changed = hidden ^ (hidden << 1 | last);
            let mut suspects = (is_long | changed) & 0xF;
            while suspects != 0 {
                let lane = suspects.trailing_zeros() as usize;
                suspects &= suspects - 1;
                let to = Sample::of(&next, lane);
                let (from, from_is_hidden) = match lane {
                    0 => (Sample::of(&before, LANES - 1), last != 0),
                    _ => (Sample::of(&next, lane - 1), hidden >> (lane - 1) & 1 != 0),
                };
                let point = number * LANES + lane;
                let (from_m, to_m) = (point_of(line, point.saturating_sub(1)), point_of(line, point));
                let changes = &mut self.changes;
                walk(depth, (from, from_is_hidden), (to, hidden >> lane & 1 != 0), |share| {
                    let point_px = screen.pixel(from_m.lerp(to_m, share));
                    changes.push(Change {
                        before: point,
                        point_px,
                    });
                });
            }
            (before, last) = (next, hidden >> (LANES - 1) & 1);
        }
        first != 0
    }
}

/// How far the line is looked at from one place to the next, in samples of the depth map.
const LONGEST_STEP: f32 = 2.0;

/// The diagonal of the largest map takes no more steps, whatever rounding makes of its length.
const MOST_STEPS: f32 = 1024.0;

/// A point as the depth camera has it.
#[derive(Debug, Clone, Copy)]
struct Sample {
    u: f32,
    v: f32,
    inverse: f32,
}

impl Sample {
    fn of(points: &DepthChunk, lane: usize) -> Self {
        Self {
            u: points.u[lane],
            v: points.v[lane],
            inverse: points.inverse[lane],
        }
    }

    /// All three are linear along a straight line's image.
    fn lerp(self, other: Self, share: f32) -> Self {
        Self {
            u: self.u + (other.u - self.u) * share,
            v: self.v + (other.v - self.v) * share,
            inverse: self.inverse + (other.inverse - self.inverse) * share,
        }
    }
}

/// How often the stretch in which a line goes behind something is halved to find the place.
const HALVINGS: usize = 5;

/// Calls `change` for every place between two points where the line goes behind something or comes out, as a share of
/// the way in space.
fn walk(
    depth: &DepthView<'_>,
    (from, from_is_hidden): (Sample, bool),
    (to, to_is_hidden): (Sample, bool),
    mut change: impl FnMut(f32),
) {
    if !from.inverse.is_finite() || !to.inverse.is_finite() {
        // Partly behind the depth camera, where nothing is known: visible but for the end that is known to be hidden.
        if from_is_hidden != to_is_hidden {
            change(if from_is_hidden { 0.0 } else { 1.0 });
        }
        return;
    }
    let is_hidden = |share: f32| {
        let sample = from.lerp(to, share);
        depth.is_hidden(sample.u, sample.v, sample.inverse)
    };
    // From a share of the way in the depth camera's picture to one in space, where 1/distance is no longer linear.
    let in_space = |share: f32| share * to.inverse / ((1.0 - share) * from.inverse + share * to.inverse);
    let (mut at, mut at_is_hidden) = (0.0, from_is_hidden);
    let mut reach = |share: f32, share_is_hidden: bool| {
        if share_is_hidden != at_is_hidden {
            let (mut low, mut high) = (at, share);
            for _ in 0..HALVINGS {
                let middle = (low + high) / 2.0;
                if is_hidden(middle) == at_is_hidden {
                    low = middle
                } else {
                    high = middle
                }
            }
            change(in_space((low + high) / 2.0));
        }
        (at, at_is_hidden) = (share, share_is_hidden);
    };
    if let Some((start, end)) = on_map(from, to, depth.size()) {
        let length = (to.u - from.u).abs().max((to.v - from.v).abs()) * (end - start);
        let steps = (length / LONGEST_STEP).ceil().clamp(1.0, MOST_STEPS);
        for step in 0..=steps as usize {
            let share = start + (end - start) * (step as f32 / steps);
            if share > 0.0 && share < 1.0 {
                reach(share, is_hidden(share));
            }
        }
    }
    reach(1.0, to_is_hidden);
}

/// The part of the way that is on the map, as shares; `None` when it passes by.
fn on_map(from: Sample, to: Sample, (width, height): (f32, f32)) -> Option<(f32, f32)> {
    share_inside([
        (from.u, to.u),
        (width - from.u, width - to.u),
        (from.v, to.v),
        (height - from.v, height - to.v),
    ])
}
