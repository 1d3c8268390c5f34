//! Ink on what lies under each point.
//!
//! The stroke falls into runs of points on one surface. A hand is not exact: where a short run lies behind what the ink
//! is on before and after it (a gap, a hole), or beyond the end of it (an overshoot), or is a speck before it, it is
//! bridged: its points stay on their lines of sight and are led from the point before to the point after it. Longer
//! runs were meant.

use std::ops::Range;

use glam::Vec3;

use super::Footing;
use super::sighting::Sighting;

/// A run behind both its neighbours is bridged up to this length, in radians: 6 samples of a depth picture 160 wide.
const GAP_RAD: f32 = 0.045;
/// A run before both its neighbours is bridged up to this length.
const SPECK_RAD: f32 = 0.015;
/// The first or last run is bridged up to this length if it lies behind its only neighbour.
const OVERSHOOT_RAD: f32 = 0.025;

/// How many runs a gap can consist of: sensors make samples up between the edges of one.
const GAP_RUNS: usize = 6;

/// Points in the world, one for each sighting; `None` if nothing is known under any.
pub(super) fn lay(sightings: &[Sighting], footings: &mut Vec<Footing>) -> Option<Vec<Vec3>> {
    footings.clear();
    if sightings.iter().any(|sighting| sighting.surface().is_some()) {
        let runs = without_specks(
            sightings,
            without_overshoots(sightings, without_gaps(sightings, runs(sightings))),
        );
        footings.resize(sightings.len(), Footing::Bridged);
        for index in runs.into_iter().flatten() {
            if let (Some(footing), Some(sighting)) = (footings.get_mut(index), sightings.get(index)) {
                *footing = sighting.footing();
            }
        }
    } else {
        footings.extend(sightings.iter().map(Sighting::footing));
    }
    let mut points_m: Vec<Vec3> = sightings
        .iter()
        .map(|sighting| sighting.hit.map_or(Vec3::ZERO, |hit| hit.point_m))
        .collect();
    lead(sightings, footings, &mut points_m)?;
    Some(points_m)
}

/// Points on one surface, in a row; what is a guess belongs to none.
fn runs(sightings: &[Sighting]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, sighting) in sightings.iter().enumerate() {
        let goes_on = |run: &&mut Range<usize>| run.end == index && sighting.is_joined;
        match runs.last_mut().filter(goes_on) {
            _ if sighting.surface().is_none() => {}
            Some(run) => run.end += 1,
            None => runs.push(index..index + 1),
        }
    }
    runs
}

fn without_gaps(sightings: &[Sighting], runs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let is_gap = |runs: &[Range<usize>]| {
        let [before, between @ .., after] = runs else {
            return false;
        };
        let is_behind = |run| is_behind(sightings, run, before.end - 1) && is_behind(sightings, run, after.start);
        length_rad(sightings, before.end - 1, after.start) <= GAP_RAD && between.iter().all(is_behind)
    };
    let mut kept = Vec::with_capacity(runs.len());
    let mut index = 0;
    while let Some(run) = runs.get(index) {
        kept.push(run.clone());
        // The widest first: what a sensor made up on the far side is part of the gap.
        let mut far_sides = (index + 2..=index + 1 + GAP_RUNS).rev();
        let far_side = far_sides.find(|&side| runs.get(index..=side).is_some_and(is_gap));
        index = far_side.unwrap_or(index + 1);
    }
    kept
}

/// The part of the stroke that stays is always the longer one.
fn without_overshoots(sightings: &[Sighting], mut runs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let is_overshoot = |over: &[Range<usize>], edge: usize, tip: usize, rest: usize| {
        let over_rad = length_rad(sightings, edge, tip);
        let is_short = over_rad <= OVERSHOOT_RAD && over_rad < length_rad(sightings, edge, rest);
        over.is_empty() || is_short && over.iter().all(|run| is_behind(sightings, run, edge))
    };
    let (Some(start), Some(end)) = (runs.first().map(|run| run.start), runs.last().map(|run| run.end - 1)) else {
        return runs;
    };
    let ends_with = |index: &usize| {
        let (kept, over) = runs.split_at(*index + 1);
        kept.last()
            .is_some_and(|last| is_overshoot(over, last.end - 1, end, start))
    };
    let last = (0..runs.len()).find(ends_with);
    runs.truncate(last.map_or(runs.len(), |last| last + 1));
    let end = runs.last().map_or(end, |run| run.end - 1);
    let begins_with = |index: &usize| {
        let (over, kept) = runs.split_at(*index);
        kept.first()
            .is_some_and(|first| is_overshoot(over, first.start, start, end))
    };
    let first = (0..runs.len()).rev().find(begins_with);
    runs.split_off(first.unwrap_or(0))
}

fn without_specks(sightings: &[Sighting], runs: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::with_capacity(runs.len());
    for (index, run) in runs.iter().enumerate() {
        let is_speck = kept.last().zip(runs.get(index + 1)).is_some_and(|(before, after)| {
            let is_before = |other: &Range<usize>, edge: usize| is_behind(sightings, other, edge);
            let (last_before, first_after) = (before.end - 1..before.end, after.start..after.start + 1);
            length_rad(sightings, before.end - 1, after.start) <= SPECK_RAD
                && is_before(&last_before, run.start)
                && is_before(&first_after, run.end - 1)
        });
        if !is_speck {
            kept.push(run.clone());
        }
    }
    kept
}

/// How much was drawn between two points, in radians.
fn length_rad(sightings: &[Sighting], one: usize, other: usize) -> f32 {
    let drawn_rad = |index: usize| sightings.get(index).map_or(0.0, |sighting| sighting.drawn_rad);
    (drawn_rad(one) - drawn_rad(other)).abs()
}

/// Whether the ends of a run are farther away than a point, as seen from where they were drawn.
fn is_behind(sightings: &[Sighting], run: &Range<usize>, than: usize) -> bool {
    let hit = |index: usize| {
        sightings
            .get(index)
            .and_then(|sighting| Some((sighting, sighting.hit?)))
    };
    let is_farther = |index: usize| {
        let pair = hit(index).zip(hit(than));
        pair.is_some_and(|((own, hit), (_, other))| hit.distance_m > other.point_m.distance(own.ray.origin_m))
    };
    is_farther(run.start) && is_farther(run.end - 1)
}

/// Places the bridged points: along a straight line between the points before and after, or as far as the only one.
fn lead(sightings: &[Sighting], footings: &[Footing], points_m: &mut [Vec3]) -> Option<()> {
    let is_kept = |index: usize| !matches!(footings.get(index), Some(Footing::Bridged) | None);
    let mut before: Option<usize> = None;
    let mut after = (0..sightings.len()).find(|&index| is_kept(index));
    after?;
    for (index, sighting) in sightings.iter().enumerate() {
        if is_kept(index) {
            before = Some(index);
            after = None;
            continue;
        }
        if after.is_none() {
            after = (index..sightings.len()).find(|&index| is_kept(index)).or(before);
        }
        let end = |end: Option<usize>| {
            let end = end.or(before).or(after)?;
            let inverse = 1.0 / points_m.get(end)?.distance(sighting.ray.origin_m);
            Some((sightings.get(end)?.drawn_rad, inverse))
        };
        let ((from_rad, from), (to_rad, to)) = (end(before)?, end(after)?);
        // On a straight line in space inverse distance changes evenly along the line in the picture.
        let part = ((sighting.drawn_rad - from_rad) / (to_rad - from_rad)).clamp(0.0, 1.0);
        let inverse = if part.is_finite() {
            from + (to - from) * part
        } else {
            from
        };
        let place = points_m.get_mut(index)?;
        *place = sighting.ray.at(1.0 / inverse);
    }
    Some(())
}
