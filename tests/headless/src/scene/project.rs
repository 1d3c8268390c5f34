//! From faces in the world to what can be seen in each row of a picture.

use assist_scene::Camera;
use glam::{DMat3, DVec3, Vec2, Vec3};

use super::solids::Face;

/// Nothing nearer than this is drawn, in metres.
const NEAR_M: f32 = 0.05;
/// Marks a pixel at which nothing is seen.
pub(crate) const NOTHING: u32 = u32::MAX;

/// A function that is linear over the picture: `x`, `y` and constant coefficients, for pixels.
#[derive(Clone, Copy)]
pub(crate) struct Linear(Vec3);

impl Linear {
    pub(crate) fn at(self, x: f32, y: f32) -> f32 {
        self.0.x * x + self.0.y * y + self.0.z
    }

    /// Its change from one row to the next.
    pub(crate) fn per_row(self) -> f32 {
        self.0.y
    }
}

/// A face as it appears in a picture. Texture coordinates are linear over the picture once divided by depth.
pub(crate) struct ProjectedFace {
    pub(crate) u_by_depth: Linear,
    pub(crate) v_by_depth: Linear,
    pub(crate) inverse_depth: Linear,
    pub(crate) texture: usize,
    body: u32,
    corners: Vec<Vec2>,
    top: f32,
    bottom: f32,
}

impl ProjectedFace {
    /// `None` when the face is turned away, behind the camera or beside the picture.
    fn new(face: &Face, camera: &Camera) -> Option<Self> {
        if face.normal().dot(camera.pose.position_m - face.origin_m) <= 0.0 {
            return None;
        }
        let corners: Vec<Vec3> = face
            .outline
            .iter()
            .map(|corner| camera.pose.to_local(face.at(*corner)))
            .collect();
        let size = Vec2::new(camera.intrinsics.width_px as f32, camera.intrinsics.height_px as f32);
        let corners: Vec<Vec2> = clip_near(&corners)
            .into_iter()
            .filter_map(|corner| camera.intrinsics.project(corner))
            .map(|point| Vec2::new(point.x, point.y) * size)
            .collect();
        let low = corners.iter().copied().reduce(Vec2::min)?;
        let high = corners.iter().copied().reduce(Vec2::max)?;
        if high.x < 0.0 || high.y < 0.0 || low.x > size.x || low.y > size.y {
            return None;
        }
        // Columns take (u, v, 1) to a homogeneous pixel whose last part is the depth; the inverse is what is wanted.
        let to_local = camera.pose.orientation.conjugate();
        let columns = [face.right_m, face.down_m, face.origin_m - camera.pose.position_m]
            .map(|vector| to_homogeneous_pixel(to_local * vector, camera));
        let matrix = DMat3::from_cols_array_2d(&columns.map(|column| column.to_array()));
        if matrix.determinant().abs() < 1e-12 {
            return None;
        }
        let rows = matrix.inverse().transpose();
        Some(Self {
            u_by_depth: Linear(rows.x_axis.as_vec3()),
            v_by_depth: Linear(rows.y_axis.as_vec3()),
            inverse_depth: Linear(rows.z_axis.as_vec3()),
            texture: face.texture,
            body: face.body,
            corners,
            top: low.y,
            bottom: high.y,
        })
    }

    /// The first pixel and the one after the last whose centres the face covers in the row whose centre is `y`.
    fn span(&self, y: f32, width: usize) -> Option<(usize, usize)> {
        if y < self.top || y >= self.bottom {
            return None;
        }
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        let mut from = *self.corners.last()?;
        for &to in &self.corners {
            if (from.y <= y) != (to.y <= y) {
                let x = from.x + (to.x - from.x) * (y - from.y) / (to.y - from.y);
                left = left.min(x);
                right = right.max(x);
            }
            from = to;
        }
        let pixel = |x: f32| ((x - 0.5).ceil().max(0.0) as usize).min(width);
        (left < right).then(|| (pixel(left), pixel(right)))
    }

    /// Whether the border between two faces is to be seen as an edge.
    pub(crate) fn has_edge_to(&self, other: &Self) -> bool {
        self.body == 0 || self.body != other.body
    }
}

fn to_homogeneous_pixel(vector: Vec3, camera: &Camera) -> DVec3 {
    let lens = &camera.intrinsics;
    let (x, y, depth) = (f64::from(vector.x), f64::from(vector.y), -f64::from(vector.z));
    DVec3::new(
        f64::from(lens.focal_x_px) * x + f64::from(lens.principal_x_px) * depth,
        f64::from(lens.principal_y_px) * depth - f64::from(lens.focal_y_px) * y,
        depth,
    )
}

/// The part of a polygon in camera space that lies before the near plane (Sutherland and Hodgman).
fn clip_near(corners: &[Vec3]) -> Vec<Vec3> {
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
        let (here, there) = (-from.z - NEAR_M, -to.z - NEAR_M);
        if here >= 0.0 {
            kept.push(*from);
        }
        if (here >= 0.0) != (there >= 0.0) {
            kept.push(from.lerp(*to, here / (here - there)));
        }
    }
    kept
}

/// All faces that may be seen in one picture.
pub(crate) fn project<'a>(faces: impl Iterator<Item = &'a Face>, camera: &Camera) -> Vec<ProjectedFace> {
    faces.filter_map(|face| ProjectedFace::new(face, camera)).collect()
}

/// What is seen in one row: for each pixel the index of the nearest face, and one over its depth in metres.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) faces: Vec<u32>,
    pub(crate) inverse_depth: Vec<f32>,
}

impl Row {
    /// Finds what is seen in row `row` of a picture `width` pixels wide.
    pub(crate) fn look(&mut self, projected: &[ProjectedFace], row: usize, width: usize) {
        self.faces.clear();
        self.faces.resize(width, NOTHING);
        self.inverse_depth.clear();
        self.inverse_depth.resize(width, 0.0);
        let y = row as f32 + 0.5;
        for (index, face) in projected.iter().enumerate() {
            let Some((from, to)) = face.span(y, width) else {
                continue;
            };
            if from >= to {
                continue;
            }
            let (start, step) = (face.inverse_depth.at(0.5, y), face.inverse_depth.0.x);
            let pixels = self.faces[from..to].iter_mut().zip(&mut self.inverse_depth[from..to]);
            for (offset, (seen, nearest)) in pixels.enumerate() {
                let inverse_depth = start + step * (from as i32 + offset as i32) as f32;
                let nearer = inverse_depth > *nearest;
                *nearest = if nearer { inverse_depth } else { *nearest };
                *seen = if nearer { index as u32 } else { *seen };
            }
        }
    }

    /// Stretches of one face: the face, its first pixel and the one after its last.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (u32, usize, usize)> {
        let mut from = 0;
        self.faces.chunk_by(PartialEq::eq).map(move |run| {
            let start = from;
            from += run.len();
            (run[0], start, from)
        })
    }
}
