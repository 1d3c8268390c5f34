//! How far feature points beside a line of sight say that things are.

use glam::Vec3;

use crate::Ray;

/// Tangent of the angle (3°) around the line of sight within which points have a say.
const CONE: f32 = 0.052;
/// The most points that have a say, the nearest to the line first.
const MOST: usize = 24;
/// Points whose distances differ by less than this part belong to one thing.
const TOGETHER_WITHIN: f32 = 0.1;
/// Fewer than this many points may be none at all: trackers err in single points.
const LEAST: usize = 3;

/// Distance along the ray in metres of the nearest cluster of points in a cone around it.
pub(super) fn cast(points_m: &[Vec3], ray: &Ray) -> Option<f32> {
    // (tangent of the angle to the ray, distance along it)
    let mut nearest = [(f32::INFINITY, 0.0f32); MOST];
    let mut count = 0;
    for point in points_m {
        let offset = *point - ray.origin_m;
        let along_m = offset.dot(ray.direction);
        let aside = (offset - ray.direction * along_m).length() / along_m;
        let is_within = along_m > 0.0 && aside <= CONE;
        if let Some(last) = nearest.last_mut().filter(|last| is_within && aside < last.0) {
            *last = (aside, along_m);
            count = MOST.min(count + 1);
            nearest.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        }
    }
    let found = nearest.get_mut(..count)?;
    found.sort_unstable_by(|one, other| one.1.total_cmp(&other.1));
    let clusters = found.chunk_by(|one, next| next.1 - one.1 <= TOGETHER_WITHIN * one.1);
    let cluster = clusters.into_iter().find(|cluster| cluster.len() >= LEAST)?;
    // What is nearer to the line tells more about it.
    let weigh = |aside: f32| 1.0 / (aside / CONE + 0.1);
    let weights: f32 = cluster.iter().map(|(aside, _)| weigh(*aside)).sum();
    let weighted: f32 = cluster.iter().map(|(aside, along_m)| weigh(*aside) / along_m).sum();
    let distance_m = weights / weighted;
    distance_m.is_finite().then_some(distance_m)
}
