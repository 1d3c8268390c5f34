//! Coarser versions of a line, made once, so that a frame looks at no more points than it can show.

use glam::Vec3;

/// How far each of the coarser versions may be from the line, in metres: a twentieth of a millimetre, and each time the
/// root of two more. That is 0.3 pixels of a phone's picture at 15 cm, and at 30 m.
pub(super) const TOLERANCES_M: [f32; 16] = {
    let mut tolerances_m = [5e-5; 16];
    let mut number = 1;
    while number < tolerances_m.len() {
        tolerances_m[number] = tolerances_m[number - 1] * std::f32::consts::SQRT_2;
        number += 1;
    }
    tolerances_m
};

/// How many versions of a line there are, the line itself among them.
pub(super) const LEVELS: usize = TOLERANCES_M.len() + 1;

/// No point of a kept line replaces more points than this, which bounds the work.
const LONGEST_STEP: usize = 256;

/// The coarsest level that is within `allowed_m` of the line; the line itself is level 0.
pub(super) fn level_within(allowed_m: f32) -> usize {
    TOLERANCES_M
        .iter()
        .take_while(|tolerance_m| **tolerance_m <= allowed_m)
        .count()
}

/// Appends the numbers of the points to keep so that every point left out, and so every point of the line, is within
/// `tolerance_m` of the segment that takes its place. From each kept point it looks for a far one that may be next,
/// first in doubling steps, then halving them. The points may be at most 65,536.
///
/// `kept` may hold what this gave for the line when it was shorter; what then was its end is decided anew.
pub(super) fn simplify(points: &[Vec3], tolerance_m: f32, kept: &mut Vec<u16>) {
    let Some(last) = points.len().checked_sub(1) else {
        return;
    };
    if kept.len() > 1 {
        kept.pop();
    } else if kept.is_empty() {
        kept.push(0);
    }
    let mut from = kept.last().map_or(0, |number| usize::from(*number));
    while from < last {
        let mut reached = from + 1;
        let mut beyond = (from + LONGEST_STEP).min(last) + 1;
        let mut step = 2;
        while from + step < beyond {
            if is_within(points, from, from + step, tolerance_m) {
                reached = from + step;
                step *= 2;
            } else {
                beyond = from + step;
            }
        }
        while beyond - reached > 1 {
            let middle = reached + (beyond - reached) / 2;
            if is_within(points, from, middle, tolerance_m) {
                reached = middle;
            } else {
                beyond = middle;
            }
        }
        kept.push(reached as u16);
        from = reached;
    }
}

/// Whether all points between two are within the tolerance of the segment from one to the other.
fn is_within(points: &[Vec3], from: usize, to: usize, tolerance_m: f32) -> bool {
    let (Some(start), Some(end)) = (points.get(from), points.get(to)) else {
        return false;
    };
    let along = *end - *start;
    let inverse_length_squared = 1.0 / along.length_squared().max(f32::MIN_POSITIVE);
    let between = points.get(from + 1..to).unwrap_or_default();
    between.iter().all(|point| {
        let offset = *point - *start;
        let share = (offset.dot(along) * inverse_length_squared).clamp(0.0, 1.0);
        (offset - along * share).length_squared() <= tolerance_m * tolerance_m
    })
}
