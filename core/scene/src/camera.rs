//! A camera at a place in the world.

use glam::Vec3;
use serde::{Deserialize, Serialize};

use crate::{Intrinsics, PicturePoint, Pose, Ray};

/// What is needed to go from the world to a picture and back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Camera-to-world.
    pub pose: Pose,
    /// Lens and picture size.
    pub intrinsics: Intrinsics,
}

impl Camera {
    /// Where a point of the world (metres) appears; `None` for one that is not in front of the camera.
    pub fn project(&self, point_m: Vec3) -> Option<PicturePoint> {
        self.intrinsics.project(self.pose.to_local(point_m))
    }

    /// The point of the world that appears at `point`, `depth_m` metres along the optical axis.
    pub fn unproject(&self, point: PicturePoint, depth_m: f32) -> Vec3 {
        self.pose.to_world(self.intrinsics.unproject(point, depth_m))
    }

    /// The line of sight through `point`.
    pub fn ray(&self, point: PicturePoint) -> Ray {
        let direction = self.pose.orientation * self.intrinsics.unproject(point, 1.0);
        Ray {
            origin_m: self.pose.position_m,
            direction: direction.normalize(),
        }
    }

    /// The distance of a point of the world along the optical axis, in metres; negative behind the camera.
    pub fn depth_m(&self, point_m: Vec3) -> f32 {
        -self.pose.to_local(point_m).z
    }

    /// Whether every value is one a camera can have, as values from outside must be before they are used.
    pub fn is_usable(&self) -> bool {
        self.pose.position_m.is_finite()
            && self.pose.orientation.is_finite()
            && (self.pose.orientation.length_squared() - 1.0).abs() < 1e-3
            && self.intrinsics.validated().is_ok()
    }
}
