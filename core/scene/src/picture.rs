//! Where in a picture.

use glam::Vec2;
use serde::{Deserialize, Serialize};

/// A point of a picture, normalised: (0, 0) is the top left corner of the top left pixel, (1, 1) the bottom right
/// corner of the bottom right one. Points outside the picture are allowed; they lie where the picture would go on.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct PicturePoint {
    /// To the right, in picture widths.
    pub x: f32,
    /// Down, in picture heights.
    pub y: f32,
}

impl PicturePoint {
    /// The middle of the picture.
    pub const CENTRE: Self = Self { x: 0.5, y: 0.5 };

    /// The point at (`x`, `y`), in picture widths and heights.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    /// From pixels of a picture of this size; the centre of the top left pixel is (0.5, 0.5).
    pub fn from_pixels(point_px: Vec2, width_px: u32, height_px: u32) -> Self {
        Self {
            x: point_px.x / width_px as f32,
            y: point_px.y / height_px as f32,
        }
    }

    /// In pixels of a picture of this size; the centre of the top left pixel is (0.5, 0.5).
    pub fn to_pixels(self, width_px: u32, height_px: u32) -> Vec2 {
        Vec2::new(self.x * width_px as f32, self.y * height_px as f32)
    }

    /// Whether the point lies within the picture.
    pub fn is_inside(self) -> bool {
        (0.0..=1.0).contains(&self.x) && (0.0..=1.0).contains(&self.y)
    }
}
