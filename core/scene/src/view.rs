//! What part of the camera's image is shown or encoded, and which way up.

use std::f32::consts::FRAC_PI_2;

use glam::Quat;
use serde::{Deserialize, Serialize};

use crate::{Camera, Intrinsics, PicturePoint, Pose};

/// How far the camera's image is turned clockwise to be shown upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// Not at all.
    #[default]
    None,
    /// By 90°.
    Quarter,
    /// By 180°.
    Half,
    /// By 270°.
    ThreeQuarters,
}

impl Rotation {
    /// From degrees clockwise as a platform tells them; `None` for other than quarter turns.
    pub fn from_degrees(degrees: i32) -> Option<Self> {
        match degrees.rem_euclid(360) {
            0 => Some(Self::None),
            90 => Some(Self::Quarter),
            180 => Some(Self::Half),
            270 => Some(Self::ThreeQuarters),
            _ => None,
        }
    }

    /// Whether width and height change places.
    pub fn is_sideways(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }

    fn quarters(self) -> f32 {
        match self {
            Self::None => 0.0,
            Self::Quarter => 1.0,
            Self::Half => 2.0,
            Self::ThreeQuarters => 3.0,
        }
    }
}

/// Why values describe no view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidView {
    /// A picture has no pixels.
    #[error("the camera's image and what is shown of it must be at least one pixel wide and high")]
    PictureSize,
    /// The part is empty or reaches beyond the image.
    #[error("the part that is shown must lie within the camera's image and must not be empty")]
    Part,
}

/// The view of a camera's image: a part of it, turned. It maps points of what is shown to points of the image and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Top left corner of the part, as a point of the image.
    corner: PicturePoint,
    /// In widths of the image.
    width: f32,
    /// In heights of the image.
    height: f32,
    rotation: Rotation,
}

impl View {
    /// The whole image as it is.
    pub const WHOLE: Self = Self {
        corner: PicturePoint::new(0.0, 0.0),
        width: 1.0,
        height: 1.0,
        rotation: Rotation::None,
    };

    /// The part of the image from `corner`, `width` image widths wide and `height` image heights high, then turned.
    pub fn new(corner: PicturePoint, width: f32, height: f32, rotation: Rotation) -> Result<Self, InvalidView> {
        let is_part = |start: f32, size: f32| start >= 0.0 && size > 1e-4 && start + size <= 1.0 + 1e-6;
        if !is_part(corner.x, width) || !is_part(corner.y, height) {
            return Err(InvalidView::Part);
        }
        Ok(Self {
            corner,
            width,
            height,
            rotation,
        })
    }

    /// The largest part in the middle of an image that, turned, has the shape of a picture of the given size: what a
    /// screen shows that is filled to its edges.
    pub fn filling(
        (image_width_px, image_height_px): (u32, u32),
        rotation: Rotation,
        (shown_width_px, shown_height_px): (u32, u32),
    ) -> Result<Self, InvalidView> {
        if [image_width_px, image_height_px, shown_width_px, shown_height_px].contains(&0) {
            return Err(InvalidView::PictureSize);
        }
        let shown = f64::from(shown_width_px) / f64::from(shown_height_px);
        let wanted = if rotation.is_sideways() { 1.0 / shown } else { shown };
        let wider = (wanted * f64::from(image_height_px) / f64::from(image_width_px)) as f32;
        let (width, height) = (wider.min(1.0), (1.0 / wider).min(1.0));
        let corner = PicturePoint::new((1.0 - width) / 2.0, (1.0 - height) / 2.0);
        Self::new(corner, width, height, rotation)
    }

    /// The point of the camera's image that is shown at `shown`.
    pub fn to_image(&self, shown: PicturePoint) -> PicturePoint {
        let (x, y) = match self.rotation {
            Rotation::None => (shown.x, shown.y),
            Rotation::Quarter => (shown.y, 1.0 - shown.x),
            Rotation::Half => (1.0 - shown.x, 1.0 - shown.y),
            Rotation::ThreeQuarters => (1.0 - shown.y, shown.x),
        };
        PicturePoint::new(self.corner.x + x * self.width, self.corner.y + y * self.height)
    }

    /// Where a point of the camera's image is shown; outside (0, 0) to (1, 1) where it is cut off.
    pub fn to_shown(&self, image: PicturePoint) -> PicturePoint {
        let x = (image.x - self.corner.x) / self.width;
        let y = (image.y - self.corner.y) / self.height;
        match self.rotation {
            Rotation::None => PicturePoint::new(x, y),
            Rotation::Quarter => PicturePoint::new(1.0 - y, x),
            Rotation::Half => PicturePoint::new(1.0 - x, 1.0 - y),
            Rotation::ThreeQuarters => PicturePoint::new(y, 1.0 - x),
        }
    }

    /// The camera whose image is what is shown, as a picture of `width_px` x `height_px` pixels.
    pub fn camera(&self, image: &Camera, width_px: u32, height_px: u32) -> Camera {
        let sideways = self.rotation.is_sideways();
        let (across_px, along_px) = if sideways {
            (height_px, width_px)
        } else {
            (width_px, height_px)
        };
        let Intrinsics {
            focal_x_px,
            focal_y_px,
            principal_x_px,
            principal_y_px,
            width_px: image_width_px,
            height_px: image_height_px,
        } = image.intrinsics;
        let scale_x = across_px as f32 / (self.width * image_width_px as f32);
        let scale_y = along_px as f32 / (self.height * image_height_px as f32);
        let (focal_x, focal_y) = (focal_x_px * scale_x, focal_y_px * scale_y);
        let principal = self.to_shown(PicturePoint::from_pixels(
            glam::vec2(principal_x_px, principal_y_px),
            image_width_px,
            image_height_px,
        ));
        let principal_px = principal.to_pixels(width_px, height_px);
        let turn = Quat::from_rotation_z(self.rotation.quarters() * FRAC_PI_2);
        Camera {
            pose: Pose {
                position_m: image.pose.position_m,
                orientation: (image.pose.orientation * turn).normalize(),
            },
            intrinsics: Intrinsics {
                focal_x_px: if sideways { focal_y } else { focal_x },
                focal_y_px: if sideways { focal_x } else { focal_y },
                principal_x_px: principal_px.x,
                principal_y_px: principal_px.y,
                width_px,
                height_px,
            },
        }
    }
}
