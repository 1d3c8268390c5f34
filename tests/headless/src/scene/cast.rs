//! What a line of sight truly meets: no samples, no pictures, only the faces themselves.

use assist_scene::Ray;
use glam::{DVec2, DVec3, Vec3};

use super::solids::Face;

/// A face as wide as this, in metres, belongs to the room.
const ROOM_M: f64 = 5.0;

/// All that can be seen at one moment.
#[derive(Debug, Clone)]
pub struct Surfaces {
    faces: Vec<FlatFace>,
}

/// What a line of sight meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurfaceHit {
    /// From the ray's origin, in metres.
    pub distance_m: f32,
    /// In the world, in metres.
    pub point_m: Vec3,
    /// The direction that the surface faces there.
    pub normal: Vec3,
    /// Which surface.
    pub surface: Surface,
}

/// A surface without an edge in it; the numbers stay the same from moment to moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// A wall or the floor.
    Room(usize),
    /// A side of a box, a sign or a lid.
    Flat(usize),
    /// A pipe: many faces, as smooth as a painted picture of them.
    Round(u32),
}

#[derive(Debug, Clone)]
struct FlatFace {
    origin_m: DVec3,
    normal: DVec3,
    /// From a point of the plane, relative to the origin, to the outline's coordinates.
    to_u: DVec3,
    to_v: DVec3,
    outline: Vec<DVec2>,
    surface: Surface,
}

impl Surfaces {
    pub(super) fn new<'a>(faces: impl Iterator<Item = &'a Face>) -> Self {
        let faces = faces.enumerate().map(|(index, face)| FlatFace::new(index, face));
        Self { faces: faces.collect() }
    }

    /// What a ray meets first, from its front.
    pub fn cast(&self, ray: &Ray) -> Option<SurfaceHit> {
        let (origin, direction) = (ray.origin_m.as_dvec3(), ray.direction.as_dvec3());
        let hits = self.faces.iter().filter_map(|face| {
            let distance_m = face.meet(origin, direction)?;
            Some((distance_m, face))
        });
        let (distance_m, face) = hits.min_by(|(one, _), (other, _)| one.total_cmp(other))?;
        Some(SurfaceHit {
            distance_m: distance_m as f32,
            point_m: (origin + direction * distance_m).as_vec3(),
            normal: face.normal.as_vec3(),
            surface: face.surface,
        })
    }
}

impl FlatFace {
    fn new(index: usize, face: &Face) -> Self {
        let (right, down) = (face.right_m.as_dvec3(), face.down_m.as_dvec3());
        let low = face.outline.iter().copied().reduce(glam::Vec2::min).unwrap_or_default();
        let high = face.outline.iter().copied().reduce(glam::Vec2::max).unwrap_or_default();
        let is_room = right.length() * f64::from(high.x - low.x) >= ROOM_M;
        // The dual basis: what is 1 along one side and 0 along the other.
        let normal = down.cross(right).normalize();
        let (across_down, across_right) = (down.cross(normal), right.cross(normal));
        Self {
            origin_m: face.origin_m.as_dvec3(),
            normal,
            to_u: across_down / across_down.dot(right),
            to_v: across_right / across_right.dot(down),
            outline: face.outline.iter().map(|corner| corner.as_dvec2()).collect(),
            surface: match face.body {
                0 if is_room => Surface::Room(index),
                0 => Surface::Flat(index),
                body => Surface::Round(body),
            },
        }
    }

    fn meet(&self, origin_m: DVec3, direction: DVec3) -> Option<f64> {
        let towards = self.normal.dot(direction);
        let distance_m = self.normal.dot(self.origin_m - origin_m) / towards;
        if towards >= 0.0 || distance_m <= 0.0 {
            return None;
        }
        let on_plane_m = origin_m + direction * distance_m - self.origin_m;
        let point = DVec2::new(self.to_u.dot(on_plane_m), self.to_v.dot(on_plane_m));
        let corners = self.outline.iter().zip(self.outline.iter().cycle().skip(1));
        let turns = corners.map(|(from, to)| (to - from).perp_dot(point - from));
        let (low, high) = turns.fold((0.0f64, 0.0f64), |(low, high), turn| (low.min(turn), high.max(turn)));
        // Outlines are convex: inside, every side turns the same way.
        (low == 0.0 || high == 0.0).then_some(distance_m)
    }
}

#[cfg(test)]
mod tests {
    use assist_scene::PicturePoint;

    use crate::scene::Scene;

    #[test]
    fn a_line_of_sight_meets_what_the_depth_picture_shows() {
        let scene = Scene::new(1);
        let (width, height) = (160, 90);
        for capture_time_us in [0, 7_300_000] {
            let depth = scene.depth(capture_time_us, width, height);
            let surfaces = scene.surfaces(capture_time_us);
            let differing = (0..width * height).filter(|index| {
                let (x, y) = ((index % width) as f32 + 0.5, (index / width) as f32 + 0.5);
                let point = PicturePoint::new(x / width as f32, y / height as f32);
                let hit = surfaces.cast(&depth.camera.ray(point));
                let cast_m = hit.map(|hit| depth.camera.depth_m(hit.point_m));
                match (cast_m, depth.at(point)) {
                    (Some(cast_m), Some(drawn_m)) => (cast_m - drawn_m).abs() > 1e-4 * drawn_m,
                    (None, None) => false,
                    _ => true,
                }
            });
            // Where an edge goes through the centre of a sample, either side is right.
            assert!(differing.count() < 10);
        }
    }
}
