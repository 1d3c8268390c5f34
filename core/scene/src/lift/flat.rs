//! The dominant plane under a stroke, and ink on it.
//!
//! Seen from a point, the inverse depth of a plane is an affine function of the picture's coordinates. The fit is made
//! there: what it then makes least is the relative error of depth along the lines of sight, which is what depth sensors
//! err in and what a misplaced mark is judged by. Random samples find the plane that most points agree on (RANSAC,
//! Fischler and Bolles 1981, with the same random numbers every time), least squares over those make it exact.

use glam::{DVec2, DVec3, Vec3};

use super::Footing;
use super::sighting::{Beside, Sighting};
use crate::{Hit, Pose};

/// A plane, as seen from where the stroke began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    eye: Pose,
    affine: Affine,
    /// Of the points that agree, as depth in metres: the nearest and the farthest.
    nearest_m: f32,
    farthest_m: f32,
    /// Whether it is made of guesses, because there was no surface under any point.
    is_guessed: bool,
}

/// Inverse depth `w` (1/m) as a function of the place `(x, y)` in a picture of focal length 1.
#[derive(Debug, Clone, Copy)]
struct Affine {
    slope: DVec2,
    offset: f64,
}

/// Points agree with a plane within this part of their depth: what a phone's depth errs by.
const AGREES_WITHIN: f64 = 0.015;
/// On a plane as exactly as can be told, as a part of depth.
const EXACT_WITHIN: f64 = 0.004;
/// More points than this are thinned out.
const MOST_POINTS: usize = 96;
const ROUNDS: usize = 48;
const REFINEMENTS: usize = 3;
/// Enough agreement to look no further.
const CLEAR: f64 = 0.95;
/// Keeps the slope at 0 where the points' spread (radians squared) does not tell it.
const LEAST_SPREAD: f64 = 1e-9;
/// A line of sight must meet the plane within this factor of the depths that it was fitted to.
const REACH: f32 = 2.0;

/// A closed stroke is read as flat if this part of it agrees,
const CLOSED_SHARE: f64 = 0.5;
/// an open one if this part lies on the plane exactly.
const OPEN_SHARE: f64 = 0.97;
/// A stroke is closed if its ends are nearer to one another than this part of its length,
const CLOSED_GAP: f32 = 0.2;
/// and if it is longer than this, in radians: a dot is not.
const CLOSED_RAD: f32 = 0.02;

impl Fit {
    /// The plane that most of what lies under a stroke and beside it agrees on.
    pub(super) fn under(sightings: &[Sighting], beside: &Beside) -> Option<Self> {
        let first = sightings.first()?;
        let middle: Vec3 = sightings.iter().map(|sighting| sighting.ray.direction).sum();
        let is_guessed = sightings.iter().all(|sighting| sighting.surface().is_none());
        let under = sightings.iter().filter_map(|sighting| given(sighting, is_guessed));
        let every = sightings.len().div_ceil(MOST_POINTS).max(1);
        let all = under.step_by(every).map(|hit| hit.point_m).chain(beside.points_m());
        let fit = Self::of(all, first.ray.origin_m, middle)?;
        Some(Self { is_guessed, ..fit })
    }

    /// The plane that most of some points agree on, as seen from `eye_m` in a direction.
    pub(super) fn of(points_m: impl Iterator<Item = Vec3>, eye_m: Vec3, direction: Vec3) -> Option<Self> {
        let eye = Pose::looking_at(eye_m, eye_m + direction.try_normalize()?);
        let seen: Vec<DVec3> = points_m.filter_map(|point_m| seen_from(&eye, point_m)).collect();
        let affine = dominant(&seen)?;
        let agreeing = || seen.iter().filter(|point| affine.holds(point, AGREES_WITHIN));
        let nearest = agreeing().map(|point| point.z).fold(0.0, f64::max);
        let farthest = agreeing().map(|point| point.z).fold(f64::INFINITY, f64::min);
        (nearest > 0.0).then(|| Self {
            eye,
            affine,
            nearest_m: (1.0 / nearest) as f32,
            farthest_m: (1.0 / farthest) as f32,
            is_guessed: false,
        })
    }

    /// The direction it faces in the world, towards the eye.
    pub(super) fn normal(&self) -> Option<Vec3> {
        // In the eye's space the plane is `normal . point = 1`; the eye, at 0, is on the side the normal points from.
        (self.eye.orientation * -self.affine.in_space()).try_normalize()
    }

    /// Whether ink whose interpretation was left open is laid on the plane.
    pub(super) fn is_chosen(&self, sightings: &[Sighting]) -> bool {
        if self.is_guessed {
            true
        } else if is_closed(sightings) {
            self.share(sightings, AGREES_WITHIN) >= CLOSED_SHARE
        } else {
            self.share(sightings, EXACT_WITHIN) >= OPEN_SHARE
        }
    }

    /// Points in the world, one for each sighting; `None` if the plane cannot hold the stroke, because a line of sight
    /// misses it or meets it out of all proportion.
    pub(super) fn lay(&self, sightings: &[Sighting], footings: &mut Vec<Footing>) -> Option<Vec<Vec3>> {
        let normal = self.affine.in_space();
        let within_m = self.nearest_m / REACH..=self.farthest_m * REACH;
        footings.clear();
        let place = |sighting: &Sighting| {
            let origin = self.eye.to_local(sighting.ray.origin_m);
            let direction = self.eye.orientation.conjugate() * sighting.ray.direction;
            let distance_m = (1.0 - normal.dot(origin)) / normal.dot(direction);
            let depth_m = -(origin + direction * distance_m).z;
            if !(distance_m > 0.0 && within_m.contains(&depth_m)) {
                return None;
            }
            let under = given(sighting, self.is_guessed);
            let agrees = self.is_guessed || under.is_some_and(|hit| self.agrees(hit, AGREES_WITHIN));
            footings.push(if agrees { sighting.footing() } else { Footing::Bridged });
            Some(sighting.ray.at(distance_m))
        };
        sightings.iter().map(place).collect()
    }

    fn agrees(&self, hit: &Hit, within: f64) -> bool {
        seen_from(&self.eye, hit.point_m).is_some_and(|point| self.affine.holds(&point, within))
    }

    /// The part of the stroke's points that agree.
    fn share(&self, sightings: &[Sighting], within: f64) -> f64 {
        let surfaces = sightings.iter().filter_map(Sighting::surface);
        surfaces.filter(|hit| self.agrees(hit, within)).count() as f64 / sightings.len().max(1) as f64
    }
}

/// What a plane is made of: surfaces if there are any, otherwise guesses.
fn given(sighting: &Sighting, is_guessed: bool) -> Option<&Hit> {
    sighting
        .hit
        .as_ref()
        .filter(|hit| is_guessed || hit.source.is_surface())
}

fn is_closed(sightings: &[Sighting]) -> bool {
    let (Some(first), Some(last)) = (sightings.first(), sightings.last()) else {
        return false;
    };
    let gap_rad = first.ray.direction.distance(last.ray.direction);
    last.drawn_rad >= CLOSED_RAD && gap_rad <= CLOSED_GAP * last.drawn_rad
}

/// Where a point appears in a picture of focal length 1, and its inverse depth.
fn seen_from(eye: &Pose, point_m: Vec3) -> Option<DVec3> {
    let local = eye.to_local(point_m).as_dvec3();
    let inverse = -1.0 / local.z;
    let seen = DVec3::new(local.x * inverse, local.y * inverse, inverse);
    (inverse > 0.0 && seen.is_finite()).then_some(seen)
}

fn dominant(points: &[DVec3]) -> Option<Affine> {
    if points.len() < 3 {
        return None;
    }
    let agreeing = |affine: &Affine| points.iter().filter(|point| affine.holds(point, AGREES_WITHIN)).count();
    let clear = (points.len() as f64 * CLEAR) as usize;
    let mut best = Affine::through(points.iter())?;
    let mut most = agreeing(&best);
    let mut random = 0x9e37_79b9_u32;
    for _ in 0..ROUNDS {
        if most >= clear {
            break;
        }
        let mut pick = || {
            // Marsaglia's xorshift (2003).
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            points.get(random as usize % points.len())
        };
        let three = [pick()?, pick()?, pick()?];
        let Some(affine) = Affine::through(three.into_iter()) else {
            continue;
        };
        let count = agreeing(&affine);
        if count > most {
            (best, most) = (affine, count);
        }
    }
    for _ in 0..REFINEMENTS {
        let over = best;
        best = Affine::through(points.iter().filter(|point| over.holds(point, AGREES_WITHIN))).unwrap_or(best);
    }
    Some(best)
}

impl Affine {
    /// The least-squares plane through some points.
    fn through<'a>(points: impl Iterator<Item = &'a DVec3> + Clone) -> Option<Self> {
        let count = points.clone().count() as f64;
        let mean = points.clone().sum::<DVec3>() / count;
        let (mut xx, mut xy, mut yy) = (LEAST_SPREAD * count, 0.0, LEAST_SPREAD * count);
        let mut along = DVec2::ZERO;
        for point in points {
            let offset = *point - mean;
            xx += offset.x * offset.x;
            xy += offset.x * offset.y;
            yy += offset.y * offset.y;
            along += offset.truncate() * offset.z;
        }
        let determinant = xx * yy - xy * xy;
        let slope = DVec2::new(yy * along.x - xy * along.y, xx * along.y - xy * along.x) / determinant;
        let affine = Self {
            slope,
            offset: mean.z - slope.dot(mean.truncate()),
        };
        (slope.is_finite() && affine.offset.is_finite()).then_some(affine)
    }

    /// Whether a point's depth is the plane's within a part of it.
    fn holds(&self, point: &DVec3, within: f64) -> bool {
        (self.slope.dot(point.truncate()) + self.offset - point.z).abs() <= within * point.z
    }

    /// The vector whose product with a point of the plane, in the eye's space, is 1.
    fn in_space(&self) -> Vec3 {
        DVec3::new(self.slope.x, self.slope.y, -self.offset).as_vec3()
    }
}
