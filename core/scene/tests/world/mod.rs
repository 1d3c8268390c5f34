//! A world of flat and round things whose every distance is computed, for tests.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::sync::Arc;

use assist_scene::{Camera, DepthMap, DepthView, Intrinsics, PicturePoint, Pose, Ray, StrokePoint, Surroundings};
use glam::{Vec3, vec3};
use proptest::prelude::*;

/// Something solid.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Solid {
    /// Everything on one side of a plane: a point of it and its unit normal.
    Wall { point_m: Vec3, normal: Vec3 },
    /// A box aligned with the world.
    Cuboid { low_m: Vec3, high_m: Vec3 },
    /// An endless round bar: a point of its axis, its unit direction, its radius.
    Bar { point_m: Vec3, along: Vec3, radius_m: f32 },
}

/// What a line of sight truly meets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Truth {
    pub(crate) point_m: Vec3,
    pub(crate) distance_m: f32,
    pub(crate) incidence_deg: f32,
    pub(crate) normal: Vec3,
    /// Which solid.
    pub(crate) solid: usize,
}

impl Solid {
    /// Distance and outward normal where a ray enters.
    fn meet(&self, ray: &Ray) -> Option<(f64, Vec3)> {
        let (origin, direction) = (ray.origin_m.as_dvec3(), ray.direction.as_dvec3());
        match *self {
            Self::Wall { point_m, normal } => {
                let toward = normal.as_dvec3().dot(direction);
                let distance = normal.as_dvec3().dot(point_m.as_dvec3() - origin) / toward;
                (toward < 0.0 && distance > 0.0).then_some((distance, normal))
            }
            Self::Cuboid { low_m, high_m } => {
                let to_low = (low_m.as_dvec3() - origin) / direction;
                let to_high = (high_m.as_dvec3() - origin) / direction;
                let (enters, leaves) = (to_low.min(to_high), to_low.max(to_high));
                let (enter, leave) = (enters.max_element(), leaves.min_element());
                let axis = Vec3::AXES[enters.max_position()];
                let normal = -axis * direction.as_vec3().dot(axis).signum();
                (enter < leave && enter > 0.0).then_some((enter, normal))
            }
            Self::Bar {
                point_m,
                along,
                radius_m,
            } => {
                let along = along.as_dvec3().normalize();
                let from = (origin - point_m.as_dvec3()).reject_from_normalized(along);
                let across = direction.reject_from_normalized(along);
                let (a, b) = (across.length_squared(), from.dot(across));
                let c = from.length_squared() - f64::from(radius_m).powi(2);
                let root = (b * b - a * c).sqrt();
                let distance = (-b - root) / a;
                let normal = ((from + across * distance) / f64::from(radius_m)).as_vec3();
                (root.is_finite() && distance > 0.0).then_some((distance, normal))
            }
        }
    }
}

/// Some solids.
pub(crate) struct World(pub(crate) Vec<Solid>);

impl World {
    /// What a ray meets first.
    pub(crate) fn cast(&self, ray: &Ray) -> Option<Truth> {
        let met = self
            .0
            .iter()
            .enumerate()
            .filter_map(|(solid, thing)| Some((solid, thing.meet(ray)?)));
        let (solid, (distance, normal)) = met.min_by(|(_, one), (_, other)| one.0.total_cmp(&other.0))?;
        Some(Truth {
            point_m: (ray.origin_m.as_dvec3() + ray.direction.as_dvec3() * distance).as_vec3(),
            distance_m: distance as f32,
            incidence_deg: (-normal.dot(ray.direction)).clamp(-1.0, 1.0).acos().to_degrees(),
            normal,
            solid,
        })
    }

    /// Exact depths at the sample centres, with an error for each sample as a part of the depth.
    pub(crate) fn depths_m(
        &self,
        camera: &Camera,
        width: usize,
        height: usize,
        mut error: impl FnMut() -> f32,
    ) -> Vec<f32> {
        let samples = (0..width * height).map(|index| ((index % width) as f32, (index / width) as f32));
        let points = samples.map(|(x, y)| PicturePoint::new((x + 0.5) / width as f32, (y + 0.5) / height as f32));
        let depth_m = |truth: Truth| camera.depth_m(truth.point_m);
        points
            .map(|point| self.cast(&camera.ray(point)).map_or(f32::INFINITY, depth_m) * (1.0 + error()))
            .collect()
    }

    /// An exact depth picture.
    pub(crate) fn depth_view(&self, camera: &Camera, width: usize, height: usize) -> DepthView {
        let depths_m = self.depths_m(camera, width, height, || 0.0);
        let map = DepthMap::new(width, height, &depths_m, None).unwrap();
        DepthView::new(map, camera, 0).unwrap()
    }

    /// Nothing known but one exact depth picture.
    pub(crate) fn seen_by(&self, camera: &Camera, width: usize, height: usize) -> Surroundings {
        let mut surroundings = Surroundings::new();
        surroundings.add_depth(Arc::new(self.depth_view(camera, width, height)));
        surroundings
    }

    /// How many samples of a depth picture a point is from where another solid, or another side of a cuboid, begins.
    pub(crate) fn samples_from_edge(&self, camera: &Camera, point: PicturePoint, width: usize, height: usize) -> f32 {
        let name = |point: PicturePoint| {
            let truth = self.cast(&camera.ray(point))?;
            let is_round = matches!(self.0[truth.solid], Solid::Bar { .. });
            Some((truth.solid, if is_round { Vec3::ZERO } else { truth.normal }))
        };
        let own = name(point);
        for radius in 1..=8 {
            let radius = radius as f32 * 0.5;
            let around =
                (0..16).map(|turn| glam::Vec2::from_angle(turn as f32 * std::f32::consts::TAU / 16.0) * radius);
            let mut places =
                around.map(|by| PicturePoint::new(point.x + by.x / width as f32, point.y + by.y / height as f32));
            if places.any(|place| name(place) != own) {
                return radius - 0.5;
            }
        }
        4.5
    }
}

/// Numbers that look random and are the same every time (a linear congruential generator).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((self.0 >> 40) as f32 / (1u64 << 24) as f32)
    }
}

/// A phone's lens at 1280x720.
pub(crate) fn lens() -> Intrinsics {
    Intrinsics {
        focal_x_px: 962.0,
        focal_y_px: 961.0,
        principal_x_px: 642.5,
        principal_y_px: 357.5,
        width_px: 1280,
        height_px: 720,
    }
}

/// A camera with that lens.
pub(crate) fn looking(from_m: Vec3, at_m: Vec3) -> Camera {
    Camera {
        pose: Pose::looking_at(from_m, at_m),
        intrinsics: lens(),
    }
}

/// Pixels of a 1280x720 picture between two points.
pub(crate) fn pixels_between(one: PicturePoint, other: PicturePoint) -> f32 {
    one.to_pixels(1280, 720).distance(other.to_pixels(1280, 720))
}

/// A stroke all drawn on one frame.
pub(crate) fn drawn(camera: &Camera, points: impl IntoIterator<Item = PicturePoint>) -> Vec<StrokePoint> {
    let on_frame = |point| StrokePoint { camera: *camera, point };
    points.into_iter().map(on_frame).collect()
}

/// `count` points on a straight line.
pub(crate) fn line(from: (f32, f32), to: (f32, f32), count: usize) -> Vec<PicturePoint> {
    let part = |index: usize| index as f32 / (count - 1).max(1) as f32;
    let at = |part: f32| PicturePoint::new(from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
    (0..count).map(|index| at(part(index))).collect()
}

/// `count` points on a circle in the picture; the radius is in picture heights.
pub(crate) fn circle(middle: (f32, f32), radius: f32, count: usize) -> Vec<PicturePoint> {
    let turn =
        |index: usize| glam::Vec2::from_angle(index as f32 / (count - 1) as f32 * std::f32::consts::TAU) * radius;
    let at = |turn: glam::Vec2| PicturePoint::new(middle.0 + turn.x * 9.0 / 16.0, middle.1 + turn.y);
    (0..count).map(|index| at(turn(index))).collect()
}

/// A wall 3 m away, a floor, a box and a bar before it: most of what a picture can show.
pub(crate) fn workshop() -> World {
    World(vec![
        Solid::Wall {
            point_m: vec3(0.0, 0.0, -3.0),
            normal: Vec3::Z,
        },
        Solid::Wall {
            point_m: vec3(0.0, -1.2, 0.0),
            normal: Vec3::Y,
        },
        Solid::Cuboid {
            low_m: vec3(-1.0, -1.2, -2.6),
            high_m: vec3(-0.2, 0.3, -1.9),
        },
        Solid::Bar {
            point_m: vec3(0.6, 0.0, -2.2),
            along: Vec3::Y,
            radius_m: 0.18,
        },
    ])
}

/// The bar among the solids of the workshop.
pub(crate) const BAR: usize = 3;

/// Cameras that see the workshop.
pub(crate) fn visitors() -> impl Strategy<Value = Camera> {
    let from = (-0.7..0.7f32, -0.5..0.7f32, -0.3..0.5f32).prop_map(Vec3::from);
    let at = (-0.5..0.5f32, -0.5..0.3f32).prop_map(|(x, y)| vec3(x, y, -2.3));
    (from, at).prop_map(|(from_m, at_m)| looking(from_m, at_m))
}

/// Points of a picture.
pub(crate) fn places() -> impl Strategy<Value = PicturePoint> {
    (0.0..1.0f32, 0.0..1.0f32).prop_map(|(x, y)| PicturePoint::new(x, y))
}
