//! What lies under a point when it is drawn.

use glam::{Vec2, Vec3};

use super::{Footing, StrokePoint};
use crate::{Hit, PicturePoint, Ray, Surroundings};

/// A point of a stroke, cast into the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sighting {
    pub(super) ray: Ray,
    /// `None` where nothing at all is known.
    pub(super) hit: Option<Hit>,
    /// Radians drawn since the stroke began, as seen by the cameras.
    pub(super) drawn_rad: f32,
    /// Whether the surface goes on from the point before without a break.
    pub(super) is_joined: bool,
}

/// A step in distance of more than this part may be a break.
const BREAK: f32 = 0.015;
/// A surface whose distance changes by less than this part per radian (at 63° of slant) has no break.
const SLOPE: f32 = 2.0;
/// Where the step has not vanished between lines of sight this near to one another (radians), there is a break.
const NARROWEST_RAD: f32 = 1e-3;
/// How often the way between two points is halved in search of a break.
const HALVINGS: usize = 8;

/// How far beside the stroke is looked, in radians.
const BESIDE_RAD: f32 = 0.015;
/// How much is drawn before it is looked beside the stroke again, in radians, as long as it is short.
const BESIDE_EVERY_RAD: f32 = 0.03;
/// At how many places it is looked, at most.
const BESIDE_PLACES: usize = 8;
const SIDES: [Vec2; 4] = [Vec2::X, Vec2::Y, Vec2::NEG_X, Vec2::NEG_Y];

impl Sighting {
    pub(super) fn of(point: &StrokePoint, before: Option<&Self>, surroundings: &Surroundings) -> Self {
        let ray = point.camera.ray(point.point);
        let hit = surroundings.cast(&ray).ok();
        let turn = |before: &Self| before.ray.direction.distance(ray.direction);
        Self {
            ray,
            hit,
            drawn_rad: before.map_or(0.0, |before| before.drawn_rad + turn(before)),
            is_joined: before.is_some_and(|before| is_joined(before.hit.as_ref(), hit.as_ref(), &ray, surroundings)),
        }
    }

    pub(super) fn footing(&self) -> Footing {
        self.hit.map_or(Footing::Bridged, |hit| Footing::On {
            source: hit.source,
            samples_from_edge: hit.samples_from_edge,
        })
    }

    /// What lies under the point, if that is a surface and no guess.
    pub(super) fn surface(&self) -> Option<&Hit> {
        self.hit.as_ref().filter(|hit| hit.source.is_surface())
    }
}

/// Whether two points lie on one surface: on the way between them, as it is seen from where the second was drawn, the
/// distance makes no step. A steep slant looks like a step from afar; halving the way tells them apart.
fn is_joined(before: Option<&Hit>, here: Option<&Hit>, ray: &Ray, surroundings: &Surroundings) -> bool {
    let (Some(before), Some(here)) = (before, here) else {
        return false;
    };
    let mut from = before.point_m - ray.origin_m;
    let mut to = here.point_m - ray.origin_m;
    for _ in 0..HALVINGS {
        let (from_m, to_m) = (from.length(), to.length());
        let turn = (from / from_m).distance(to / to_m);
        if (from_m - to_m).abs() <= (BREAK + SLOPE * turn) * from_m.min(to_m) {
            return true;
        }
        let Some(direction) = (from / from_m + to / to_m).try_normalize() else {
            return false;
        };
        let between = Ray { direction, ..*ray };
        let Some(middle) = surroundings.cast(&between).ok().filter(|_| turn >= NARROWEST_RAD) else {
            return false;
        };
        let (first_step, second_step) = ((middle.distance_m - from_m).abs(), (middle.distance_m - to_m).abs());
        let middle = middle.point_m - ray.origin_m;
        if first_step > second_step {
            to = middle;
        } else {
            from = middle;
        }
    }
    false
}

/// Surfaces found beside the stroke, so that a straight one lies on one plane only.
#[derive(Debug, Clone)]
pub(super) struct Beside {
    places: Vec<[Option<Vec3>; SIDES.len()]>,
    every_rad: f32,
}

impl Beside {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            every_rad: BESIDE_EVERY_RAD,
        }
    }

    /// Looks around the newest point if enough was drawn since the last time. When there are too many places, every
    /// other one is given up, so that they stay spread over the whole stroke.
    pub(super) fn follow(&mut self, point: &StrokePoint, newest: &Sighting, surroundings: &Surroundings) {
        if newest.drawn_rad < self.places.len() as f32 * self.every_rad {
            return;
        }
        if self.places.len() == BESIDE_PLACES {
            let mut index = 0;
            self.places.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.every_rad *= 2.0;
        }
        self.places.push(look_around(point, surroundings));
    }

    /// Looks around one point, and forgets what was found before.
    pub(super) fn move_to(&mut self, point: &StrokePoint, surroundings: &Surroundings) {
        self.places.clear();
        self.places.push(look_around(point, surroundings));
    }

    pub(super) fn points_m(&self) -> impl Iterator<Item = Vec3> {
        self.places.iter().flatten().flatten().copied()
    }
}

fn look_around(point: &StrokePoint, surroundings: &Surroundings) -> [Option<Vec3>; SIDES.len()] {
    let lens = &point.camera.intrinsics;
    let reach = BESIDE_RAD
        * Vec2::new(
            lens.focal_x_px / lens.width_px as f32,
            lens.focal_y_px / lens.height_px as f32,
        );
    SIDES.map(|side| {
        let offset = reach * side;
        let beside = PicturePoint::new(point.point.x + offset.x, point.point.y + offset.y);
        let hit = surroundings.cast(&point.camera.ray(beside)).ok()?;
        hit.source.is_surface().then_some(hit.point_m)
    })
}
