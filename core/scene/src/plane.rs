//! Flat surfaces with an outline.

use glam::{Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::{Pose, Ray};

/// A flat surface found in the world, as ARKit and ARCore describe it: +Y of its pose is the normal, and the outline
/// lies in its x and z.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plane {
    /// Plane-to-world.
    pub pose: Pose,
    /// Corners of the outline as (x, z) of the plane, in metres, in order; it need not be convex.
    pub polygon_m: Vec<Vec2>,
}

/// Where a ray meets a plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaneHit {
    /// From the ray's origin, in metres.
    pub distance_m: f32,
    /// In the world, in metres.
    pub point_m: Vec3,
    /// As (x, z) of the plane, in metres.
    pub on_plane_m: Vec2,
}

impl Plane {
    /// The direction the surface faces, in the world.
    pub fn normal(&self) -> Vec3 {
        self.pose.orientation * Vec3::Y
    }

    /// Where the ray meets the surface within its outline, from either side.
    pub fn intersect(&self, ray: &Ray) -> Option<PlaneHit> {
        self.intersect_unbounded(ray)
            .filter(|hit| self.contains(hit.on_plane_m))
    }

    /// Where the ray meets the plane that the surface lies in, from either side; `None` when it runs along or away.
    pub fn intersect_unbounded(&self, ray: &Ray) -> Option<PlaneHit> {
        let origin = self.pose.to_local(ray.origin_m);
        let direction = self.pose.orientation.conjugate() * ray.direction;
        let distance_m = -origin.y / direction.y;
        if !distance_m.is_finite() || distance_m < 0.0 {
            return None;
        }
        let local = origin + direction * distance_m;
        Some(PlaneHit {
            distance_m,
            point_m: ray.at(distance_m),
            on_plane_m: Vec2::new(local.x, local.z),
        })
    }

    /// Whether a point (x, z) of the plane lies within the outline (even-odd rule).
    pub fn contains(&self, point_m: Vec2) -> bool {
        let corners = self.polygon_m.iter();
        let next_corners = self.polygon_m.iter().cycle().skip(1);
        let crossings = corners.zip(next_corners).filter(|(from, to)| {
            (from.y > point_m.y) != (to.y > point_m.y)
                && point_m.x < (to.x - from.x) * (point_m.y - from.y) / (to.y - from.y) + from.x
        });
        crossings.count() % 2 == 1
    }
}
