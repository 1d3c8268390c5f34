//! Where an arrow stands that points at something.
//!
//! The tip is on the surface. The tail could lie along the surface too, but an arrow drawn away from the viewer over a
//! floor would then be metres long, and from other sides a dash; or in the plane that faces the viewer, but then half
//! of all arrows would end inside the thing they point at. So the arrow lies in the plane that faces the viewer and is
//! tilted towards the viewer only as far as it takes to stand off the surface: in the picture it was drawn in that
//! changes nothing about its direction, and from oblique views nothing of it is buried or flattened onto the surface.
//! Its length is the drawn one, within bounds that keep it readable at its distance.

use glam::Vec3;

use super::flat::Fit;
use super::sighting::Beside;
use crate::{Hit, Pose, Ray};

/// Sine of the angle (20°) at which an arrow stands off the surface at least.
const STANDS_OFF: f32 = 0.342;
/// The most it is tilted towards the viewer (75°), in radians: farther, it would be seen end on.
const MOST_TILT: f32 = 1.309;
/// Bounds of its length, in metres for each metre that its tip is away.
const SHORTEST: f32 = 0.08;
const LONGEST: f32 = 0.3;
/// Ends nearer to one another than this, in radians, were a tap: the arrow points down at the place.
const TAP_RAD: f32 = 0.004;

/// Where the tail of an arrow is, in the world: `tip` as seen along `tip_ray`, drawn from `tail_ray`; `beside` is what
/// was found around the tip.
pub(super) fn tail_m(tip: &Hit, tip_ray: &Ray, tail_ray: &Ray, beside: &Beside) -> Vec3 {
    let eye_m = tip_ray.origin_m;
    let away = tip_ray.direction;
    // Drawn on another frame, the tail is taken as far away as the tip, so that it is where it was drawn.
    let drawn = (tail_ray.at(tip.distance_m) - eye_m).normalize_or(away);
    let angle_rad = drawn.angle_between(away);
    let up = Pose::looking_at(eye_m, tip.point_m).orientation * Vec3::Y;
    let is_tap = angle_rad < TAP_RAD;
    let across = if is_tap {
        up
    } else {
        drawn.reject_from(away).normalize_or(up)
    };

    let around = beside.points_m().chain([tip.point_m]);
    let normal = Fit::of(around, eye_m, away).and_then(|fit| fit.normal());
    let tilt_rad = normal.map_or(0.0, |normal| tilt_rad(across.dot(normal), -away.dot(normal)));
    let (sin, cos) = tilt_rad.sin_cos();
    let direction = across * cos - away * sin;

    let tangent = angle_rad.min(1.2).tan();
    let drawn_m = tip.distance_m * tangent / (cos + sin * tangent);
    let length_m = drawn_m.clamp(SHORTEST * tip.distance_m, LONGEST * tip.distance_m);
    tip.point_m + direction * length_m
}

/// The least tilt at which the arrow stands off the surface; `across` and `towards` are the normal's parts along the
/// untilted arrow and towards the viewer. Tilted by `t`, the arrow rises by `across cos t + towards sin t`.
fn tilt_rad(across: f32, towards: f32) -> f32 {
    let steepest_rad = towards.atan2(across);
    let rise = (STANDS_OFF / across.hypot(towards)).clamp(-1.0, 1.0);
    (steepest_rad - rise.acos()).clamp(0.0, MOST_TILT)
}
