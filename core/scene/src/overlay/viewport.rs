//! Where on a screen the camera's picture is shown.

use glam::{Affine2, Mat2, Vec2, Vec4};

use crate::{Camera, Intrinsics};

/// No screen and no still is larger, in pixels along a side.
const MAX_SIDE_PX: f32 = 32_768.0;

/// The rectangle that is drawn into, and how the camera's picture lies in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewport {
    /// Width of the rectangle, in pixels.
    pub width_px: f32,
    /// Height of the rectangle, in pixels.
    pub height_px: f32,
    /// From points of the camera's picture (0 to 1, y down) to pixels of the rectangle: rotation, crop and scale.
    pub from_picture: Affine2,
}

/// Why values describe no viewport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidViewport {
    /// A side is not a number of pixels from 1 to 32,768.
    #[error("a viewport's sides must be between 1 and 32,768 pixels")]
    Size,
    /// The transform is not finite, or shows nothing of the picture or all of it in a point.
    #[error("the transform from the picture to the viewport must be finite and must be possible to undo")]
    Transform,
}

impl Viewport {
    /// The whole picture, upright, filling a rectangle of this size.
    pub fn whole(width_px: f32, height_px: f32) -> Self {
        Self {
            width_px,
            height_px,
            from_picture: Affine2::from_scale(Vec2::new(width_px, height_px)),
        }
    }

    /// Checks that the values describe a viewport, as values from outside must be before they are used.
    pub fn validated(self) -> Result<Self, InvalidViewport> {
        let is_side = |side_px: f32| (1.0..=MAX_SIDE_PX).contains(&side_px);
        if !is_side(self.width_px) || !is_side(self.height_px) {
            return Err(InvalidViewport::Size);
        }
        let matrix = self.from_picture.matrix2;
        let is_bounded = |v: Vec2| v.is_finite() && v.abs().max_element() <= 1e3 * MAX_SIDE_PX;
        let columns = [matrix.x_axis, matrix.y_axis, self.from_picture.translation];
        if !columns.into_iter().all(is_bounded) || matrix.determinant().abs() < 1e-3 {
            return Err(InvalidViewport::Transform);
        }
        Ok(self)
    }

    /// The longer side, which widths of strokes are fractions of, in pixels.
    pub(super) fn longer_side_px(&self) -> f32 {
        self.width_px.max(self.height_px)
    }

    /// The rows that take a point (x, y, z, 1) of the world to homogeneous pixels of the viewport; the third is the
    /// distance along the optical axis.
    pub(super) fn rows(&self, camera: &Camera) -> [Vec4; 3] {
        let [u, v, w] = picture_rows(camera);
        let Affine2 { matrix2, translation } = self.from_picture;
        let (x_axis, y_axis) = (matrix2.x_axis, matrix2.y_axis);
        [
            u * x_axis.x + v * y_axis.x + w * translation.x,
            u * x_axis.y + v * y_axis.y + w * translation.y,
            w,
        ]
    }

    /// The focal length in pixels of the viewport, where it is longest.
    pub(super) fn focal_px(&self, intrinsics: &Intrinsics) -> f32 {
        let size = Vec2::new(intrinsics.width_px as f32, intrinsics.height_px as f32);
        let focal = Vec2::new(intrinsics.focal_x_px, intrinsics.focal_y_px);
        largest_singular_value(self.from_picture.matrix2 * Mat2::from_diagonal(focal / size))
    }

    /// One over the cosine of the greatest angle off the optical axis of what is at most `margin_px` outside.
    pub(super) fn greatest_secant(&self, intrinsics: &Intrinsics, margin_px: f32) -> f32 {
        let size = Vec2::new(intrinsics.width_px as f32, intrinsics.height_px as f32);
        let principal = Vec2::new(intrinsics.principal_x_px, intrinsics.principal_y_px);
        let focal = Vec2::new(intrinsics.focal_x_px, intrinsics.focal_y_px);
        let to_picture = self.from_picture.inverse();
        let secant = |x: f32, y: f32| {
            let pixel = to_picture.transform_point2(Vec2::new(x, y)) * size;
            (1.0 + ((pixel - principal) / focal).length_squared()).sqrt()
        };
        let (right, bottom) = (self.width_px + margin_px, self.height_px + margin_px);
        let corners = [
            (-margin_px, -margin_px),
            (right, -margin_px),
            (-margin_px, bottom),
            (right, bottom),
        ];
        corners.into_iter().map(|(x, y)| secant(x, y)).fold(1.0, f32::max)
    }
}

/// The rows that take a point (x, y, z, 1) of the world to homogeneous points of the picture (0 to 1, y down); the
/// third is the distance along the optical axis.
pub(super) fn picture_rows(camera: &Camera) -> [Vec4; 3] {
    let Camera { pose, intrinsics } = camera;
    let axis = |direction: glam::Vec3| {
        let direction = pose.orientation * direction;
        direction.extend(-direction.dot(pose.position_m))
    };
    let (right, up, ahead) = (axis(glam::Vec3::X), axis(glam::Vec3::Y), axis(glam::Vec3::NEG_Z));
    let (width, height) = (intrinsics.width_px as f32, intrinsics.height_px as f32);
    [
        (right * intrinsics.focal_x_px + ahead * intrinsics.principal_x_px) / width,
        (ahead * intrinsics.principal_y_px - up * intrinsics.focal_y_px) / height,
        ahead,
    ]
}

/// No lens focuses or is off its middle by more, in widths or heights of the picture.
const GREATEST_LENS: f32 = 1_000.0;

/// Whether a lens is one that single precision can project through.
pub(super) fn is_bearable(intrinsics: &Intrinsics) -> bool {
    let size = Vec2::new(intrinsics.width_px as f32, intrinsics.height_px as f32);
    let focal = Vec2::new(intrinsics.focal_x_px, intrinsics.focal_y_px) / size;
    let principal = Vec2::new(intrinsics.principal_x_px, intrinsics.principal_y_px) / size;
    focal.min_element() >= 1.0 / GREATEST_LENS && focal.max(principal.abs()).max_element() <= GREATEST_LENS
}

fn largest_singular_value(matrix: Mat2) -> f32 {
    let (a, b) = (matrix.x_axis, matrix.y_axis);
    let sum = a.length_squared() + b.length_squared();
    let difference = a.length_squared() - b.length_squared();
    let product = 2.0 * a.dot(b);
    ((sum + difference.hypot(product)) / 2.0).sqrt()
}
