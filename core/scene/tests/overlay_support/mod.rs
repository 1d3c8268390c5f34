//! What the tests of the overlay share.
#![allow(dead_code, clippy::unwrap_used, reason = "for tests, and none uses all of it")]

use assist_scene::overlay::{Colour, MarkStyle, OverlayScene, Part, Polyline, Polylines, Projector, Viewport};
use assist_scene::{AnchorId, Camera, Intrinsics, Pose, ShapeKind};
use glam::{DVec2, DVec3, Quat, Vec2, Vec3};
use proptest::prelude::*;

pub(crate) const WIDTH_PX: f32 = 1280.0;
pub(crate) const HEIGHT_PX: f32 = 720.0;
pub(crate) const RED: MarkStyle = MarkStyle {
    colour: Colour::opaque(220, 40, 30),
    width: 0.005,
};

pub(crate) fn phone() -> Intrinsics {
    Intrinsics {
        focal_x_px: 950.0,
        focal_y_px: 950.0,
        principal_x_px: 636.0,
        principal_y_px: 363.0,
        width_px: 1280,
        height_px: 720,
    }
}

pub(crate) fn camera_at_origin() -> Camera {
    Camera {
        pose: Pose::IDENTITY,
        intrinsics: phone(),
    }
}

pub(crate) fn viewport() -> Viewport {
    Viewport::whole(WIDTH_PX, HEIGHT_PX)
}

pub(crate) fn scene_of(marks: &[(ShapeKind, Vec<Vec3>)]) -> OverlayScene {
    let mut scene = OverlayScene::new();
    for (id, (kind, points_m)) in marks.iter().enumerate() {
        scene.set(id as u64, AnchorId::WORLD, *kind, RED, points_m).unwrap();
    }
    scene
}

/// A polyline of a frame, kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) id: u64,
    pub(crate) part: Part,
    pub(crate) width_px: f32,
    pub(crate) is_dimmed: bool,
    pub(crate) is_behind: bool,
    pub(crate) is_stale: bool,
    pub(crate) points_px: Vec<Vec2>,
}

impl From<Polyline<'_>> for Drawn {
    fn from(polyline: Polyline<'_>) -> Self {
        Self {
            id: polyline.id,
            part: polyline.part,
            width_px: polyline.width_px,
            is_dimmed: polyline.is_dimmed,
            is_behind: polyline.is_behind,
            is_stale: polyline.is_stale,
            points_px: polyline.points().collect(),
        }
    }
}

pub(crate) fn read(bytes: &[u8]) -> Vec<Drawn> {
    Polylines::read(bytes).unwrap().map(Drawn::from).collect()
}

pub(crate) fn project(scene: &OverlayScene, camera: &Camera) -> Vec<Drawn> {
    let mut projector = Projector::default();
    read(projector.project(scene, camera, &viewport(), None).unwrap().as_bytes())
}

pub(crate) fn vector(extent: f32) -> impl Strategy<Value = Vec3> {
    [-extent..extent, -extent..extent, -extent..extent].prop_map(Vec3::from)
}

/// Anywhere near, with anything from a wide lens to a long one.
pub(crate) fn camera() -> impl Strategy<Value = Camera> {
    (vector(3.0), vector(1.0), -3.1..3.1f32, 250.0..1500.0f32).prop_map(|(position_m, axis, angle, focal_px)| Camera {
        pose: Pose {
            position_m,
            orientation: Quat::from_axis_angle(axis.try_normalize().unwrap_or(Vec3::Y), angle),
        },
        intrinsics: Intrinsics {
            focal_x_px: focal_px,
            focal_y_px: focal_px,
            ..phone()
        },
    })
}

/// Strokes of a hand and strokes of nobody, near and far, some of them behind the camera.
pub(crate) fn stroke() -> impl Strategy<Value = Vec<Vec3>> {
    let wild = prop::collection::vec(vector(4.0), 1..20);
    let steady =
        (vector(4.0), vector(0.1), prop::collection::vec(vector(0.02), 1..120)).prop_map(|(start, first, turns)| {
            let mut step = first;
            let mut points = vec![start];
            for turn in turns {
                step = (step + turn) * 0.95;
                points.push(points[points.len() - 1] + step);
            }
            points
        });
    prop_oneof![wild, steady]
}

/// The line as it appears, by the book and in double precision: cut at the near plane, then projected. What is drawn of
/// it is straight from point to point.
pub(crate) fn true_segments(camera: &Camera, points_m: &[Vec3], near_m: f64) -> Vec<(DVec2, DVec2)> {
    let Pose {
        position_m,
        orientation,
    } = camera.pose;
    let to_camera =
        |point_m: &Vec3| orientation.as_dquat().normalize().conjugate() * (point_m.as_dvec3() - position_m.as_dvec3());
    let points: Vec<DVec3> = points_m.iter().map(to_camera).collect();
    let pixel = |point: DVec3| {
        let Intrinsics {
            focal_x_px,
            focal_y_px,
            principal_x_px,
            principal_y_px,
            ..
        } = camera.intrinsics;
        DVec2::new(
            f64::from(principal_x_px) + f64::from(focal_x_px) * point.x / -point.z,
            f64::from(principal_y_px) - f64::from(focal_y_px) * point.y / -point.z,
        )
    };
    let cut = |pair: &[DVec3]| {
        let (from, to) = (pair[0], pair[1]);
        let share = (-near_m - from.z) / (to.z - from.z);
        match (from.z <= -near_m, to.z <= -near_m) {
            (true, true) => Some((pixel(from), pixel(to))),
            (true, false) => Some((pixel(from), pixel(from.lerp(to, share)))),
            (false, true) => Some((pixel(from.lerp(to, share)), pixel(to))),
            (false, false) => None,
        }
    };
    points.windows(2).filter_map(cut).collect()
}

pub(crate) fn drawn_segments(drawn: &[Drawn], id: u64) -> Vec<(DVec2, DVec2)> {
    let lines = drawn.iter().filter(|line| line.id == id && line.part == Part::Line);
    lines
        .flat_map(|line| {
            line.points_px
                .windows(2)
                .map(|pair| (pair[0].as_dvec2(), pair[1].as_dvec2()))
        })
        .collect()
}

pub(crate) fn distance_px(point: DVec2, segments: &[(DVec2, DVec2)]) -> f64 {
    let to_segment = |(from, to): &(DVec2, DVec2)| {
        let along = *to - *from;
        let share = ((point - *from).dot(along) / along.length_squared().max(1e-300)).clamp(0.0, 1.0);
        (point - *from - along * share).length()
    };
    segments.iter().map(to_segment).fold(f64::INFINITY, f64::min)
}

/// Points along the part of a segment that is in the picture.
pub(crate) fn samples_in_picture((from, to): (DVec2, DVec2)) -> Vec<DVec2> {
    let (mut start, mut end) = (0.0f64, 1.0f64);
    let size = [
        (from.x, to.x, f64::from(WIDTH_PX)),
        (from.y, to.y, f64::from(HEIGHT_PX)),
    ];
    for (from, to, size) in size {
        for (a, b) in [(from, to), (size - from, size - to)] {
            if a < 0.0 && b < 0.0 {
                return Vec::new();
            }
            if a < 0.0 {
                start = start.max(a / (a - b));
            } else if b < 0.0 {
                end = end.min(a / (a - b));
            }
        }
    }
    if start > end {
        return Vec::new();
    }
    (0..=20)
        .map(|step| from.lerp(to, start + (end - start) * f64::from(step) / 20.0))
        .collect()
}
