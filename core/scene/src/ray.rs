//! Lines of sight.

use glam::Vec3;

/// A half line in the world.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ray {
    /// Where it begins, in metres.
    pub origin_m: Vec3,
    /// Where it goes; of unit length.
    pub direction: Vec3,
}

impl Ray {
    /// The point `distance_m` metres along the ray.
    pub fn at(&self, distance_m: f32) -> Vec3 {
        self.origin_m + self.direction * distance_m
    }
}
