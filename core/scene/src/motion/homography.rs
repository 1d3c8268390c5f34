//! How a flat piece of a picture lies in another picture.

use glam::{DMat2, DMat3, DVec2, DVec3};

use crate::PicturePoint;

/// A projective map of the plane. What [`super::MarkMotion`] gives maps [`PicturePoint`]s of the frame that a mark was
/// drawn on to those of the frame now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography(pub(super) DMat3);

impl Homography {
    /// Everything stays where it is.
    pub const IDENTITY: Self = Self(DMat3::IDENTITY);

    /// Where a point goes; `None` when it goes to infinity or beyond.
    pub fn apply(&self, point: PicturePoint) -> Option<PicturePoint> {
        let to = self.map(DVec2::new(f64::from(point.x), f64::from(point.y)))?;
        Some(PicturePoint::new(to.x as f32, to.y as f32))
    }

    /// The 3 x 3 matrix row by row, for column vectors (x, y, 1), scaled so that the last element is 1 where it can be.
    pub fn to_rows(&self) -> [f32; 9] {
        let last = self.0.z_axis.z;
        let scaled = if last.abs() > f64::MIN_POSITIVE {
            self.0 * last.recip()
        } else {
            self.0
        };
        scaled.transpose().to_cols_array().map(|value| value as f32)
    }

    pub(super) fn translation(by: DVec2) -> Self {
        Self(DMat3::from_translation(by))
    }

    /// `linear` about `from`, which goes to `to`.
    pub(super) fn about(linear: DMat2, from: DVec2, to: DVec2) -> Self {
        let shift = to - linear * from;
        Self(DMat3::from_cols(
            linear.x_axis.extend(0.0),
            linear.y_axis.extend(0.0),
            shift.extend(1.0),
        ))
    }

    /// First `first`, then this one.
    pub(super) fn after(&self, first: &Self) -> Self {
        let product = self.0 * first.0;
        // Keeps numbers in range over long chains; the scale of a homography means nothing.
        let size = product.z_axis.z.abs();
        Self(if size > 1e-12 { product * size.recip() } else { product })
    }

    /// The way back; `None` for a map that squeezes the plane into a line.
    pub(super) fn inverse(&self) -> Option<Self> {
        let inverse = self.0.inverse();
        inverse.is_finite().then_some(Self(inverse))
    }

    pub(super) fn map(&self, point: DVec2) -> Option<DVec2> {
        let DVec3 { x, y, z } = self.0 * point.extend(1.0);
        let to = DVec2::new(x, y) / z;
        (z > 1e-9 && to.is_finite()).then_some(to)
    }

    /// The linear map that comes closest around a point.
    pub(super) fn linear_at(&self, point: DVec2) -> Option<DMat2> {
        let to = self.map(point)?;
        let depth = (self.0 * point.extend(1.0)).z;
        let column = |axis: DVec3| (axis.truncate() - to * axis.z) / depth;
        let linear = DMat2::from_cols(column(self.0.x_axis), column(self.0.y_axis));
        linear.is_finite().then_some(linear)
    }
}

/// How much a linear map enlarges, and how much more it stretches one way than the other (≥ 1).
pub(super) fn scale_and_stretch(linear: DMat2) -> (f64, f64) {
    let determinant = linear.determinant().abs().max(1e-12);
    let squares = linear.x_axis.length_squared() + linear.y_axis.length_squared();
    // The singular values a ≥ b have ab = determinant and a² + b² = squares.
    let larger = ((squares + (squares * squares - 4.0 * determinant * determinant).max(0.0).sqrt()) / 2.0).sqrt();
    (determinant.sqrt(), (larger * larger / determinant).max(1.0))
}
