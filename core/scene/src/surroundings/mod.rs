//! What is known at a moment of the things around the camera, and what a line of sight meets of them.
//!
//! The best source that knows an answer gives it, and the answer says which one that was: depth pictures, then detected
//! planes within their outline, then the same planes gone on beyond it as far as that is plausible, then the mesh, then
//! feature points, then the median distance of all that is known.

mod feature_points;
mod known;

use std::cmp::Reverse;
use std::sync::Arc;

use glam::Vec3;
use serde::{Deserialize, Serialize};

use crate::{DepthView, Mesh, Plane, PlaneHit, Ray};
use known::KnownPoints;

/// What the platform has told about the world around. Cloning is cheap, so that a frozen frame can keep its own.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// The one to ask first, first.
    depth_views: Vec<Arc<DepthView>>,
    planes: Arc<[Plane]>,
    mesh: Arc<Mesh>,
    feature_points_m: Arc<[Vec3]>,
    known: KnownPoints,
}

/// Where an answer comes from, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A depth picture.
    Depth,
    /// A detected plane, within its outline.
    Plane,
    /// A detected plane, beyond its outline.
    ExtendedPlane,
    /// The reconstructed mesh.
    Mesh,
    /// Feature points near the line of sight: the distance is that of something beside it.
    FeaturePoints,
    /// The median distance of all that is known: a guess.
    MedianDepth,
}

impl Source {
    /// Whether the answer is a surface that the line of sight meets, and not a guess from what lies around.
    pub fn is_surface(self) -> bool {
        self <= Self::Mesh
    }
}

/// What a line of sight meets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// From the ray's origin, in metres.
    pub distance_m: f32,
    /// In the world, in metres; on the ray.
    pub point_m: Vec3,
    /// Who says so.
    pub source: Source,
    /// For [`Source::Depth`]: how far from an edge of the depth picture, in its samples, as far as
    /// [`DepthView::EDGE_REACH`]; otherwise 0.
    pub samples_from_edge: f32,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// Nothing is known in that direction.
    #[error("nothing is known yet about what is there, so nothing was placed; move the phone a little and try again")]
    NothingKnown,
    /// The ray is not one: a value is no number, or it has no direction.
    #[error("this is not a line of sight, so nothing was placed; draw again")]
    NotALineOfSight,
}

/// Why something was not added. What was known before still is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSurroundings {
    /// A position or a turn is not a finite number.
    #[error("a plane or feature point has no usable position; none of these were used")]
    NotFinite,
    /// More planes or corners than [`Surroundings::MAX_PLANES`] and [`Surroundings::MAX_CORNERS`].
    #[error("too many planes, or planes of too many corners; none of these were used, send the nearest")]
    TooManyPlanes,
    /// More than [`Surroundings::MAX_FEATURE_POINTS`].
    #[error("too many feature points; none of these were used, send the most reliable")]
    TooManyFeaturePoints,
}

impl Surroundings {
    /// The most depth pictures that are kept.
    pub const MAX_DEPTH_VIEWS: usize = 8;
    /// The most planes.
    pub const MAX_PLANES: usize = 256;
    /// The most corners of one plane.
    pub const MAX_CORNERS: usize = 1_024;
    /// The most feature points.
    pub const MAX_FEATURE_POINTS: usize = 8_192;

    /// Cosine of the angle (80°) to the normal up to which a plane beyond its outline is met plausibly.
    const GRAZING: f32 = 0.174;
    /// A plane beyond its outline is met plausibly up to this many times the median distance of what is known,
    const EXTENDED_DISTANCES: f32 = 3.0;
    /// and up to this many times the outline's size from its middle.
    const EXTENDED_SIZES: f32 = 3.0;

    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a depth picture; when there are [`Self::MAX_DEPTH_VIEWS`], the oldest makes room. The newest is asked
    /// first.
    pub fn add_depth(&mut self, view: Arc<DepthView>) {
        self.depth_views.push(view);
        self.depth_views.sort_by_key(|view| Reverse(view.capture_us()));
        self.depth_views.truncate(Self::MAX_DEPTH_VIEWS);
        self.gather();
    }

    /// From now on asks the depth picture first that was taken nearest to a capture time, until another is added:
    /// things move, and it shows them as they were when a stroke was drawn.
    pub fn prefer_moment(&mut self, capture_us: u64) {
        self.depth_views
            .sort_by_key(|view| view.capture_us().abs_diff(capture_us));
    }

    /// Replaces the detected planes.
    pub fn set_planes(&mut self, planes: &[Plane]) -> Result<(), InvalidSurroundings> {
        let has_too_many = |plane: &Plane| plane.polygon_m.len() > Self::MAX_CORNERS;
        if planes.len() > Self::MAX_PLANES || planes.iter().any(has_too_many) {
            return Err(InvalidSurroundings::TooManyPlanes);
        }
        if !planes.iter().all(is_usable) {
            return Err(InvalidSurroundings::NotFinite);
        }
        self.planes = planes.into();
        self.gather();
        Ok(())
    }

    /// Replaces the mesh.
    pub fn set_mesh(&mut self, mesh: Arc<Mesh>) {
        self.mesh = mesh;
        self.gather();
    }

    /// Replaces the feature points: positions in the world, in metres.
    pub fn set_feature_points(&mut self, points_m: &[Vec3]) -> Result<(), InvalidSurroundings> {
        if points_m.len() > Self::MAX_FEATURE_POINTS {
            return Err(InvalidSurroundings::TooManyFeaturePoints);
        }
        if !points_m.iter().all(|point| point.is_finite()) {
            return Err(InvalidSurroundings::NotFinite);
        }
        self.feature_points_m = points_m.into();
        self.gather();
        Ok(())
    }

    /// What a line of sight meets, by the best source that knows.
    pub fn cast(&self, ray: &Ray) -> Result<Hit, CastError> {
        let is_ray = ray.origin_m.is_finite() && (ray.direction.length_squared() - 1.0).abs() < 1e-3;
        if !is_ray {
            return Err(CastError::NotALineOfSight);
        }
        let by = |source| move |distance_m| (distance_m, source, 0.0);
        self.cast_depth(ray)
            .or_else(|| self.cast_planes(ray).map(by(Source::Plane)))
            .or_else(|| self.cast_extended_planes(ray).map(by(Source::ExtendedPlane)))
            .or_else(|| self.mesh.cast(ray).map(by(Source::Mesh)))
            .or_else(|| feature_points::cast(&self.feature_points_m, ray).map(by(Source::FeaturePoints)))
            .or_else(|| self.known.median_distance_m(ray).map(by(Source::MedianDepth)))
            .map(|(distance_m, source, samples_from_edge)| Hit {
                distance_m,
                point_m: ray.at(distance_m),
                source,
                samples_from_edge,
            })
            .filter(|hit| hit.point_m.is_finite())
            .ok_or(CastError::NothingKnown)
    }

    fn cast_depth(&self, ray: &Ray) -> Option<(f32, Source, f32)> {
        self.depth_views.iter().find_map(|view| {
            let hit = view.cast(ray)?;
            Some((hit.distance_m, Source::Depth, view.samples_from_edge(hit.sample)))
        })
    }

    fn cast_planes(&self, ray: &Ray) -> Option<f32> {
        let in_front = self
            .planes
            .iter()
            .filter(|plane| plane.normal().dot(ray.direction) < 0.0);
        let hits = in_front.filter_map(|plane| plane.intersect(ray));
        hits.map(|hit| hit.distance_m).min_by(f32::total_cmp)
    }

    fn cast_extended_planes(&self, ray: &Ray) -> Option<f32> {
        let farthest_m = self.known.median_distance_m(ray)? * Self::EXTENDED_DISTANCES;
        let in_front = self
            .planes
            .iter()
            .filter(|plane| plane.normal().dot(ray.direction) < -Self::GRAZING);
        let hits = in_front.filter_map(|plane| plane.intersect_unbounded(ray).map(|hit| (plane, hit)));
        let plausible = hits.filter(|(plane, hit)| hit.distance_m <= farthest_m && is_near_outline(plane, hit));
        plausible.map(|(_, hit)| hit.distance_m).min_by(f32::total_cmp)
    }

    fn gather(&mut self) {
        self.known = KnownPoints::default();
        for view in &self.depth_views {
            self.known.add_depth(view);
        }
        for plane in self.planes.iter() {
            let corners = plane
                .polygon_m
                .iter()
                .map(|corner| plane.pose.to_world(Vec3::new(corner.x, 0.0, corner.y)));
            self.known.add(corners);
        }
        self.known.add(self.mesh.corners_m());
        self.known.add(self.feature_points_m.iter().copied());
    }
}

fn is_usable(plane: &Plane) -> bool {
    let orientation = plane.pose.orientation;
    plane.pose.position_m.is_finite()
        && (orientation.length_squared() - 1.0).abs() < 1e-3
        && plane.polygon_m.iter().all(|corner| corner.is_finite())
}

fn is_near_outline(plane: &Plane, hit: &PlaneHit) -> bool {
    let corners = &plane.polygon_m;
    let middle = corners.iter().sum::<glam::Vec2>() / corners.len().max(1) as f32;
    let radius_m = corners.iter().map(|corner| corner.distance(middle)).fold(0.0, f32::max);
    hit.on_plane_m.distance(middle) <= radius_m * Surroundings::EXTENDED_SIZES
}
