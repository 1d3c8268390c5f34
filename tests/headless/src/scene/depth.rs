//! How far everything is.

use assist_scene::{Camera, PicturePoint};

use super::project::{Row, project};
use super::solids::Face;

/// Depths along the optical axis, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthPicture {
    /// The camera that sees them; its picture size is the number of samples.
    pub camera: Camera,
    /// Metres along the optical axis at the centre of each sample; infinite where nothing is.
    pub depths_m: Vec<f32>,
}

impl DepthPicture {
    pub(crate) fn new<'a>(faces: impl Iterator<Item = &'a Face>, camera: &Camera) -> Self {
        let (width, height) = (
            camera.intrinsics.width_px as usize,
            camera.intrinsics.height_px as usize,
        );
        let projected = project(faces, camera);
        let mut row = Row::default();
        let mut depths_m = Vec::with_capacity(width * height);
        for y in 0..height {
            row.look(&projected, y, width);
            depths_m.extend(row.inverse_depth.iter().map(|inverse| 1.0 / inverse));
        }
        Self {
            camera: *camera,
            depths_m,
        }
    }

    /// The depth of the sample that covers a point of the picture, in metres; `None` outside it or where nothing is.
    pub fn at(&self, point: PicturePoint) -> Option<f32> {
        let (width, height) = (self.camera.intrinsics.width_px, self.camera.intrinsics.height_px);
        let sample = point.to_pixels(width, height);
        let inside = sample.x >= 0.0 && sample.y >= 0.0 && sample.x < width as f32 && sample.y < height as f32;
        let index = sample.y as usize * width as usize + sample.x as usize;
        let depth_m = *self.depths_m.get(index)?;
        (inside && depth_m.is_finite()).then_some(depth_m)
    }
}
