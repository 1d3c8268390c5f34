//! A surface of triangles, as a platform reconstructs it.

use glam::{Vec3, Vec3A};

use crate::Ray;

/// Triangles in the world, in a tree of boxes.
#[derive(Debug, Clone, Default)]
pub struct Mesh {
    /// Neighbours in space are neighbours here.
    triangles: Vec<[Vec3A; 3]>,
    /// A complete binary tree, root first: the children of `i` are `2 i + 1` and `2 i + 2`. The last level has one box
    /// for each [`LEAF`] triangles, in order, and empty ones after them.
    boxes: Vec<Box3>,
}

#[derive(Debug, Clone, Copy)]
struct Box3 {
    low: Vec3A,
    high: Vec3A,
}

/// Why values are no mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMesh {
    /// A corner is not a finite position.
    #[error("a corner of the mesh is not a position; the mesh was not used")]
    NotFinite,
    /// A triangle names a corner that is not there.
    #[error("a triangle of the mesh names a corner that does not exist; the mesh was not used")]
    NoSuchCorner,
    /// There are more than [`Mesh::MAX_TRIANGLES`].
    #[error("a mesh has at most {max} triangles; this one was not used, send what is near", max = Mesh::MAX_TRIANGLES)]
    TooMany,
}

const LEAF: usize = 4;

impl Mesh {
    /// The most triangles of a mesh.
    pub const MAX_TRIANGLES: usize = 200_000;

    /// From corners in the world (metres) and three indices of them per triangle.
    pub fn new(corners_m: &[Vec3], triangles: &[[u32; 3]]) -> Result<Self, InvalidMesh> {
        if triangles.len() > Self::MAX_TRIANGLES {
            return Err(InvalidMesh::TooMany);
        }
        let corner = |index: u32| corners_m.get(index as usize).copied().ok_or(InvalidMesh::NoSuchCorner);
        let mut keyed = Vec::with_capacity(triangles.len());
        let bounds = Box3::around(corners_m.iter().map(|corner| Vec3A::from(*corner)));
        for &[first, second, third] in triangles {
            let corners = [corner(first)?, corner(second)?, corner(third)?];
            if !corners.iter().all(|corner| corner.is_finite()) {
                return Err(InvalidMesh::NotFinite);
            }
            let corners = corners.map(Vec3A::from);
            keyed.push((bounds.morton(corners.iter().sum::<Vec3A>() / 3.0), corners));
        }
        keyed.sort_by_key(|(key, _)| *key);
        let triangles: Vec<_> = keyed.into_iter().map(|(_, corners)| corners).collect();
        Ok(Self {
            boxes: boxes(&triangles),
            triangles,
        })
    }

    /// How far along the ray the first triangle is, in metres, met from either side.
    pub fn cast(&self, ray: &Ray) -> Option<f32> {
        let (origin, direction) = (Vec3A::from(ray.origin_m), Vec3A::from(ray.direction));
        // Not infinite along an axis: 0 times that would be no number.
        let inverse = direction.map(|along| if along.abs() < 1e-20 { 1e20 } else { 1.0 / along });
        let first_leaf = self.boxes.len() / 2;
        let mut nearest_m = f32::INFINITY;
        // A tree of at most 2^16 leaves is 17 levels deep, and each level leaves one box waiting.
        let mut waiting = [0usize; 32];
        let mut count = usize::from(!self.boxes.is_empty());
        while count > 0 {
            count -= 1;
            let node = waiting.get(count).copied().unwrap_or(0);
            let is_hit = self
                .boxes
                .get(node)
                .is_some_and(|own| own.is_met(origin, inverse, nearest_m));
            if !is_hit {
                continue;
            }
            if node >= first_leaf {
                let start = (node - first_leaf) * LEAF;
                for triangle in self.triangles.iter().skip(start).take(LEAF) {
                    nearest_m =
                        meet(triangle, origin, direction).map_or(nearest_m, |distance_m| distance_m.min(nearest_m));
                }
                continue;
            }
            if let Some(places) = waiting.get_mut(count..count + 2) {
                places.copy_from_slice(&[2 * node + 1, 2 * node + 2]);
                count += 2;
            }
        }
        nearest_m.is_finite().then_some(nearest_m)
    }

    /// How many triangles there are.
    pub fn len(&self) -> usize {
        self.triangles.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.triangles.is_empty()
    }

    /// A corner of each triangle.
    pub(crate) fn corners_m(&self) -> impl ExactSizeIterator<Item = Vec3> {
        self.triangles.iter().map(|[corner, ..]| Vec3::from(*corner))
    }
}

/// Distance at which a ray meets a triangle (Möller and Trumbore, 1997).
fn meet([first, second, third]: &[Vec3A; 3], origin: Vec3A, direction: Vec3A) -> Option<f32> {
    let (side, other) = (second - first, third - first);
    let across = direction.cross(other);
    let scale = 1.0 / side.dot(across);
    let from_first = origin - first;
    let u = from_first.dot(across) * scale;
    let turned = from_first.cross(side);
    let v = direction.dot(turned) * scale;
    let distance_m = other.dot(turned) * scale;
    let is_met = u >= 0.0 && v >= 0.0 && u + v <= 1.0 && distance_m > 0.0 && distance_m.is_finite();
    is_met.then_some(distance_m)
}

fn boxes(triangles: &[[Vec3A; 3]]) -> Vec<Box3> {
    let leaves = triangles.len().div_ceil(LEAF).next_power_of_two();
    if triangles.is_empty() {
        return Vec::new();
    }
    let mut boxes = vec![Box3::EMPTY; 2 * leaves - 1];
    for (leaf, corners) in boxes.iter_mut().skip(leaves - 1).zip(triangles.chunks(LEAF)) {
        *leaf = Box3::around(corners.iter().flatten().copied());
    }
    for node in (0..leaves - 1).rev() {
        if let Some(&[first, second]) = boxes.get(2 * node + 1..2 * node + 3) {
            boxes[node] = Box3 {
                low: first.low.min(second.low),
                high: first.high.max(second.high),
            };
        }
    }
    boxes
}

impl Box3 {
    const EMPTY: Self = Self {
        low: Vec3A::INFINITY,
        high: Vec3A::NEG_INFINITY,
    };

    fn around(points: impl Iterator<Item = Vec3A>) -> Self {
        points.fold(Self::EMPTY, |bounds, point| Self {
            low: bounds.low.min(point),
            high: bounds.high.max(point),
        })
    }

    /// Whether a ray enters it nearer than `limit_m`.
    fn is_met(&self, origin: Vec3A, inverse_direction: Vec3A, limit_m: f32) -> bool {
        if self.low.x > self.high.x {
            return false;
        }
        let to_low = (self.low - origin) * inverse_direction;
        let to_high = (self.high - origin) * inverse_direction;
        let enters = to_low.min(to_high).max_element().max(0.0);
        let leaves = to_low.max(to_high).min_element();
        // Rounding must not lose what lies flat in a side.
        enters <= leaves * (1.0 + 1e-5) + 1e-6 && enters < limit_m
    }

    /// The place of a point on a curve that keeps neighbours together: the bits of its coordinates, interleaved.
    fn morton(&self, point: Vec3A) -> u32 {
        let part = (point - self.low) / (self.high - self.low).max(Vec3A::splat(f32::MIN_POSITIVE)) * 1023.0;
        let spread = |value: f32| (0..10).fold(0, |bits, bit| bits | ((value as u32 >> bit & 1) << (3 * bit)));
        spread(part.x) | spread(part.y) << 1 | spread(part.z) << 2
    }
}
