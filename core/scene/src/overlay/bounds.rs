//! Spheres around the marks, and which of them a camera sees.

use glam::{Vec3, Vec4};

use super::chunk::{Chunk, LANES};

/// A sphere per mark, side by side for vector instructions.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds {
    x: Vec<f32>,
    y: Vec<f32>,
    z: Vec<f32>,
    radius: Vec<f32>,
}

/// What rounding may add to a distance, as a fraction of the coordinates that go into it.
const ROUNDING: f32 = 2e-6;

impl Bounds {
    pub(super) fn insert(&mut self, index: usize) {
        for values in self.arrays() {
            values.insert(index.min(values.len()), 0.0);
        }
    }

    pub(super) fn remove(&mut self, index: usize) {
        for values in self.arrays() {
            if index < values.len() {
                values.remove(index);
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.arrays().into_iter().for_each(Vec::clear);
    }

    pub(super) fn set(&mut self, index: usize, centre_m: Vec3, radius_m: f32) {
        let slack_m = ROUNDING * (centre_m.abs().max_element() + radius_m);
        let values = [centre_m.x, centre_m.y, centre_m.z, radius_m + slack_m];
        for (array, value) in self.arrays().into_iter().zip(values) {
            if let Some(slot) = array.get_mut(index) {
                *slot = value;
            }
        }
    }

    fn arrays(&mut self) -> [&mut Vec<f32>; 4] {
        [&mut self.x, &mut self.y, &mut self.z, &mut self.radius]
    }

    /// How spheres `first` to `first + LANES` lie in the frustum; `None` when all are outside.
    pub(super) fn classify(&self, first: usize, frustum: &Frustum) -> Option<Block> {
        let load = |values: &[f32]| {
            let rest = values.get(first..).unwrap_or_default();
            rest.first_chunk()
                .map_or_else(|| partly_filled(rest), |lanes| Vec4::from_array(*lanes))
        };
        let centres = Chunk {
            x: load(&self.x),
            y: load(&self.y),
            z: load(&self.z),
        };
        let radius = load(&self.radius);
        let distances = frustum.planes.map(|plane| centres.dot(plane));
        let inside_by = distances.into_iter().fold(Vec4::INFINITY, Vec4::min);
        let seen = (inside_by + radius).cmpge(Vec4::splat(-frustum.slack_m)).bitmask();
        if seen == 0 {
            return None;
        }
        let (x, y, z) = (
            centres.x - frustum.position_m.x,
            centres.y - frustum.position_m.y,
            centres.z - frustum.position_m.z,
        );
        let farthest_m = (x * x + y * y + z * z).map(f32::sqrt) + radius + Vec4::splat(f32::MIN_POSITIVE);
        let nearest_m = centres.dot(frustum.ahead) - radius - Vec4::splat(frustum.slack_m);
        let nearest_m = nearest_m.max(Vec4::ZERO);
        Some(Block {
            metres_per_tangent: nearest_m * (nearest_m / farthest_m).max(Vec4::splat(frustum.least_cosine)),
            seen,
            inside: (inside_by - radius).cmpge(Vec4::splat(frustum.slack_m)).bitmask(),
            centres,
            radius,
        })
    }
}

fn partly_filled(values: &[f32]) -> Vec4 {
    let mut lanes = [0.0; LANES];
    lanes.iter_mut().zip(values).for_each(|(lane, value)| *lane = *value);
    Vec4::from_array(lanes)
}

/// What a camera sees: five planes that face inwards, and the distance along the optical axis.
pub(super) struct Frustum {
    planes: [Vec4; 5],
    ahead: Vec4,
    position_m: Vec3,
    least_cosine: f32,
    slack_m: f32,
}

impl Frustum {
    /// From rows that give a point's distances to the planes in any scale, and the cosine of the greatest angle off the
    /// optical axis between them.
    pub(super) fn new(limits: &[Vec4; 5], ahead: Vec4, position_m: Vec3, least_cosine: f32) -> Self {
        let normalised = |plane: Vec4| plane / plane.truncate().length().max(f32::MIN_POSITIVE);
        Self {
            planes: limits.map(normalised),
            ahead,
            position_m,
            least_cosine,
            slack_m: ROUNDING * position_m.abs().max_element(),
        }
    }
}

/// How a sphere lies in the frustum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placement {
    Outside,
    Crossing,
    Inside,
}

/// Several spheres looked at together.
pub(super) struct Block {
    seen: u32,
    inside: u32,
    metres_per_tangent: Vec4,
    centres: Chunk,
    radius: Vec4,
}

impl Block {
    pub(super) fn placement(&self, lane: usize) -> Placement {
        match (self.seen >> lane & 1, self.inside >> lane & 1) {
            (0, _) => Placement::Outside,
            (_, 0) => Placement::Crossing,
            _ => Placement::Inside,
        }
    }

    /// Centre and radius, in metres.
    pub(super) fn sphere(&self, lane: usize) -> (Vec3, f32) {
        (self.centres.point(lane), self.radius[lane % LANES])
    }

    /// How long a step from one point in the sphere to another must be to move a visible point of the picture by one
    /// focal length.
    ///
    /// A step d in camera space, from a point at distance w and angle θ off the optical axis to one at distance w',
    /// moves a pixel by J (d_xy − tan θ d_z) / w', where J holds the focal lengths: by at most |J| |d| / (w' cos θ).
    /// The cosine is at least the sphere's least w over its farthest line of sight, and at least that of the picture's
    /// corners.
    pub(super) fn metres_per_tangent(&self, lane: usize) -> f32 {
        self.metres_per_tangent[lane % LANES]
    }
}
