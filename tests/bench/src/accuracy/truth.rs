//! What is truly under a point of the picture, from the scene's own faces.

use assist_headless::scene::{Scene, SurfaceHit, Surfaces};
use assist_scene::{Camera, PicturePoint};
use glam::Vec2;

/// Samples of the depth picture that a phone has.
const DEPTH_SIZE: Vec2 = Vec2::new(160.0, 90.0);
/// Size of the picture that is drawn on, in pixels.
pub(super) const PICTURE_PX: (u32, u32) = (1_280, 720);
/// A step in distance by more than this part is an edge,
const STEP: f32 = 0.002;
/// and so is a change by more than this part from one place to the next: a sliver that is seen nearly along.
const SLIVER: f32 = 0.02;
/// How far around a point edges are looked for, in samples; how many ways, and how far apart.
pub(super) const EDGE_REACH: f32 = 4.0;
const WAYS: usize = 16;
const APART: f32 = 0.5;
/// Between two places there are at most this many borders of surfaces, found this exactly by halving.
const BORDERS: usize = 4;
const HALVINGS: usize = 12;

/// The scene at one moment, seen by its camera.
pub(super) struct Moment {
    pub(super) camera: Camera,
    pub(super) surfaces: Surfaces,
}

impl Moment {
    pub(super) fn new(scene: &Scene, capture_time_us: u64) -> Self {
        Self {
            camera: scene.camera(capture_time_us, PICTURE_PX.0, PICTURE_PX.1),
            surfaces: scene.surfaces(capture_time_us),
        }
    }

    /// What is under a point of the picture.
    pub(super) fn under(&self, point: PicturePoint) -> Option<SurfaceHit> {
        self.surfaces.cast(&self.camera.ray(point))
    }

    /// The angle between the line of sight and the surface's normal, in degrees.
    pub(super) fn incidence_deg(&self, hit: &SurfaceHit) -> f32 {
        let towards = (self.camera.pose.position_m - hit.point_m).normalize_or_zero();
        towards.dot(hit.normal).clamp(-1.0, 1.0).acos().to_degrees()
    }

    /// How many samples of the depth picture a point is from the nearest edge; at most [`EDGE_REACH`].
    pub(super) fn samples_from_edge(&self, point: PicturePoint) -> f32 {
        let own = self.under(point);
        let mut rings: Vec<_> = (0..WAYS)
            .map(|way| Vec2::from_angle(way as f32 / WAYS as f32 * std::f32::consts::TAU))
            .map(|way| (way, point, own))
            .collect();
        let mut radius = 0.0;
        while radius < EDGE_REACH {
            for (way, place, hit) in &mut rings {
                let offset = *way * (radius + APART) / DEPTH_SIZE;
                let next = PicturePoint::new(point.x + offset.x, point.y + offset.y);
                let there = self.under(next);
                if self.has_edge((*place, *hit), (next, there)) {
                    return radius;
                }
                (*place, *hit) = (next, there);
            }
            radius += APART;
        }
        EDGE_REACH
    }

    /// Whether there is an edge between two places of the picture.
    fn has_edge(&self, from: (PicturePoint, Option<SurfaceHit>), to: (PicturePoint, Option<SurfaceHit>)) -> bool {
        let surface = |hit: &Option<SurfaceHit>| hit.map(|hit| hit.surface);
        if differs(&from.1, &to.1, SLIVER) {
            return true;
        }
        let mut near = from;
        for _ in 0..BORDERS {
            if surface(&near.1) == surface(&to.1) {
                return false;
            }
            let mut far = to;
            for _ in 0..HALVINGS {
                let middle = PicturePoint::new((near.0.x + far.0.x) / 2.0, (near.0.y + far.0.y) / 2.0);
                let hit = self.under(middle);
                if surface(&hit) == surface(&near.1) {
                    near = (middle, hit);
                } else {
                    far = (middle, hit);
                }
            }
            if differs(&near.1, &far.1, STEP) {
                return true;
            }
            near = far;
        }
        true
    }
}

/// Whether two distances differ by more than a part of them; whatever differs from nothing.
fn differs(one: &Option<SurfaceHit>, other: &Option<SurfaceHit>, part: f32) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            (one.distance_m - other.distance_m).abs() > part * one.distance_m.min(other.distance_m)
        }
        (None, None) => false,
        _ => true,
    }
}
