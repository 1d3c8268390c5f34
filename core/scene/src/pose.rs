//! Where something is and how it is turned.

use glam::{Quat, Vec3};
use serde::{Deserialize, Serialize};

/// Position and orientation of a body in the world; for a camera this is camera-to-world.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// The body's origin in the world, in metres.
    pub position_m: Vec3,
    /// The turn from the body's axes to the world's; of unit length.
    pub orientation: Quat,
}

impl Pose {
    /// At the world's origin, aligned with it.
    pub const IDENTITY: Self = Self {
        position_m: Vec3::ZERO,
        orientation: Quat::IDENTITY,
    };

    /// A camera at `position_m` that looks at `target_m`, its picture upright with respect to the world's +Y.
    /// Looking straight up or down, +Z takes the place of +Y; a target at the camera itself gives no turn.
    pub fn looking_at(position_m: Vec3, target_m: Vec3) -> Self {
        let Some(back) = (position_m - target_m).try_normalize() else {
            return Self {
                position_m,
                orientation: Quat::IDENTITY,
            };
        };
        let right = Vec3::Y
            .cross(back)
            .try_normalize()
            .unwrap_or_else(|| Vec3::Z.cross(back).normalize());
        let rotation = glam::Mat3::from_cols(right, back.cross(right), back);
        Self {
            position_m,
            orientation: Quat::from_mat3(&rotation).normalize(),
        }
    }

    /// A point of the body, in world coordinates (metres).
    pub fn to_world(&self, point_m: Vec3) -> Vec3 {
        self.position_m + self.orientation * point_m
    }

    /// A point of the world, in the body's coordinates (metres).
    pub fn to_local(&self, point_m: Vec3) -> Vec3 {
        self.orientation.conjugate() * (point_m - self.position_m)
    }

    /// World-to-body.
    pub fn inverse(&self) -> Self {
        let orientation = self.orientation.conjugate();
        Self {
            position_m: orientation * -self.position_m,
            orientation,
        }
    }

    /// The pose of a part whose pose within this body is `part`.
    pub fn then(&self, part: &Self) -> Self {
        Self {
            position_m: self.to_world(part.position_m),
            orientation: (self.orientation * part.orientation).normalize(),
        }
    }
}
