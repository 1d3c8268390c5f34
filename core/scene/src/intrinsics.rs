//! How a lens and a sensor map directions to picture points.

use glam::{Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::PicturePoint;

/// A pinhole camera without distortion. Pixel positions count from the top left corner of the picture, so the centre of
/// the top left pixel is (0.5, 0.5) and scaling a picture scales every value alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Intrinsics {
    /// Horizontal focal length, in pixels.
    pub focal_x_px: f32,
    /// Vertical focal length, in pixels.
    pub focal_y_px: f32,
    /// Horizontal position of the principal point, in pixels.
    pub principal_x_px: f32,
    /// Vertical position of the principal point, in pixels.
    pub principal_y_px: f32,
    /// Width of the picture the other values belong to, in pixels.
    pub width_px: u32,
    /// Height of the picture the other values belong to, in pixels.
    pub height_px: u32,
}

/// Why values describe no camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIntrinsics {
    /// A focal length is zero, negative or not a number.
    #[error("a focal length must be a positive number of pixels")]
    FocalLength,
    /// The principal point is not a number.
    #[error("the principal point must be a finite position in pixels")]
    PrincipalPoint,
    /// The picture has no pixels.
    #[error("the picture must be at least one pixel wide and high")]
    PictureSize,
}

impl Intrinsics {
    /// Checks that the values describe a camera, as values from outside must be before they are used.
    pub fn validated(self) -> Result<Self, InvalidIntrinsics> {
        let is_length = |value: f32| value.is_finite() && value > 0.0;
        if !is_length(self.focal_x_px) || !is_length(self.focal_y_px) {
            return Err(InvalidIntrinsics::FocalLength);
        }
        if !self.principal_x_px.is_finite() || !self.principal_y_px.is_finite() {
            return Err(InvalidIntrinsics::PrincipalPoint);
        }
        if self.width_px == 0 || self.height_px == 0 {
            return Err(InvalidIntrinsics::PictureSize);
        }
        Ok(self)
    }

    /// The same camera delivering the same field of view as a picture of another size.
    pub fn scaled_to(self, width_px: u32, height_px: u32) -> Self {
        let x = width_px as f32 / self.width_px as f32;
        let y = height_px as f32 / self.height_px as f32;
        Self {
            focal_x_px: self.focal_x_px * x,
            focal_y_px: self.focal_y_px * y,
            principal_x_px: self.principal_x_px * x,
            principal_y_px: self.principal_y_px * y,
            width_px,
            height_px,
        }
    }

    /// Where a point in camera space (metres) appears; `None` for one that is not in front of the camera.
    pub fn project(&self, point_m: Vec3) -> Option<PicturePoint> {
        let depth_m = -point_m.z;
        if depth_m <= 0.0 {
            return None;
        }
        let pixel = Vec2::new(
            self.principal_x_px + self.focal_x_px * point_m.x / depth_m,
            self.principal_y_px - self.focal_y_px * point_m.y / depth_m,
        );
        pixel
            .is_finite()
            .then(|| PicturePoint::from_pixels(pixel, self.width_px, self.height_px))
    }

    /// The point in camera space that appears at `point`, `depth_m` metres along the optical axis.
    pub fn unproject(&self, point: PicturePoint, depth_m: f32) -> Vec3 {
        let pixel = point.to_pixels(self.width_px, self.height_px);
        Vec3::new(
            (pixel.x - self.principal_x_px) / self.focal_x_px * depth_m,
            (self.principal_y_px - pixel.y) / self.focal_y_px * depth_m,
            -depth_m,
        )
    }
}
