//! Which neighbouring samples of a depth picture lie on one surface.

use super::DepthMap;
use crate::Camera;

/// A sample is of one surface with its neighbour to the right, or below. Where there is no neighbour it counts as
/// joined.
pub(super) const JOINED_RIGHT: u8 = 1;
pub(super) const JOINED_DOWN: u8 = 2;
pub(super) const JOINED: u8 = JOINED_RIGHT | JOINED_DOWN;
/// A sample, the ones to the right and below, and the one opposite are all of one surface.
pub(super) const WHOLE: u8 = 4;

/// Neighbours whose depths differ by less than this part are one surface.
const JOINED_WITHIN: f32 = 0.015;
/// Tangent of the slant (72°) up to which neighbours are one surface if it goes on alike on one side of them,
const STEEP: f32 = 3.08;
/// and of the slant (85°) up to which they are if it does so on both: sensors make up samples between near and far.
const STEEPEST: f32 = 11.4;
/// How much one step may differ from the step before or after it, as a part of it, on a surface that goes on alike.
const ALIKE_WITHIN: f32 = 0.5;

/// Per sample: [`JOINED_RIGHT`], [`JOINED_DOWN`], [`WHOLE`].
pub(super) fn joins(map: &DepthMap, camera: &Camera) -> Vec<u8> {
    let width = map.width();
    let sample_x_rad = 1.0 / camera.intrinsics.focal_x_px;
    let sample_y_rad = 1.0 / camera.intrinsics.focal_y_px;
    let values = map.inverses();
    let mut joins = vec![JOINED; values.len()];
    for (y, (row, joins)) in values.chunks(width).zip(joins.chunks_mut(width)).enumerate() {
        let above = y.checked_sub(1).map_or(&[][..], |above| map.row(above));
        let (below, beyond) = (map.row(y + 1), map.row(y + 2));
        let right = row.get(1..).unwrap_or_default();
        // Nearly all neighbours are level, and that is told many at a time; the others take a closer look.
        for (joins, (here, right)) in joins.iter_mut().zip(row.iter().zip(right)) {
            *joins &= !(u8::from(!is_level(*here, *right)) * JOINED_RIGHT);
        }
        for (joins, (here, below)) in joins.iter_mut().zip(row.iter().zip(below)) {
            *joins &= !(u8::from(!is_level(*here, *below)) * JOINED_DOWN);
        }
        for (x, joins) in joins.iter_mut().enumerate().filter(|(_, joins)| **joins != JOINED) {
            let before = x.checked_sub(1).and_then(|x| row.get(x));
            if goes_on(before, row.get(x), row.get(x + 1), row.get(x + 2), sample_x_rad) {
                *joins |= JOINED_RIGHT;
            }
            if goes_on(above.get(x), row.get(x), below.get(x), beyond.get(x), sample_y_rad) {
                *joins |= JOINED_DOWN;
            }
        }
    }
    mark_whole(&mut joins, width);
    joins
}

fn mark_whole(joins: &mut [u8], width: usize) {
    let mut rest = joins;
    while rest.len() > width {
        let (row, below) = rest.split_at_mut(width);
        for x in 0..width - 1 {
            let joined = row[x] & (row[x + 1] | JOINED_RIGHT) & (below[x] | JOINED_DOWN);
            row[x] |= u8::from(joined & JOINED == JOINED) * WHOLE;
        }
        rest = below;
    }
}

/// Whether two neighbours are known and of nearly the same depth, hence of one surface.
fn is_level(from: f32, to: f32) -> bool {
    (from > 0.0) & (to > 0.0) & ((to - from).abs() <= JOINED_WITHIN / 2.0 * (from + to))
}

/// Whether two neighbours `from` and `to` lie on one surface though it is steep: it goes on with the same step.
/// `sample_rad` is the angle between them as the camera sees them.
fn goes_on(before: Option<&f32>, from: Option<&f32>, to: Option<&f32>, beyond: Option<&f32>, sample_rad: f32) -> bool {
    let (Some(&from), Some(&to)) = (from, to) else {
        return false;
    };
    let step = to - from;
    let is_alike = |other: f32| (other - step).abs() <= ALIKE_WITHIN * step.abs();
    let alike_before = before.is_some_and(|before| *before > 0.0 && is_alike(from - before));
    let alike_beyond = beyond.is_some_and(|beyond| *beyond > 0.0 && is_alike(beyond - to));
    let steepness = step.abs() / (from.max(to) * sample_rad);
    let is_within = |steepest: f32| from.min(to) > 0.0 && steepness <= steepest;
    let at_border = before.is_none() || beyond.is_none();
    let is_alike_on_both = alike_before && alike_beyond || at_border && (alike_before || alike_beyond);
    is_within(STEEPEST) && is_alike_on_both || is_within(STEEP) && (alike_before || alike_beyond)
}
