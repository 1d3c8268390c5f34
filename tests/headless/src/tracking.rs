//! The AR platform of the simulated phone: where it says the camera is, exact or as wrong as real ones are.

use std::sync::Arc;

use assist_engine::annotations::{ArAnchor, ArDepth, ArFrame};
use assist_scene::anchor::{AnchorId, AnchorTracking};
use assist_scene::{Camera, Plane, Pose, Tracking};
use glam::{Quat, Vec3, vec3};

use crate::scene::Scene;
use crate::scene::noise::uniform;

/// Samples of a depth picture, as phones have them.
const DEPTH_SIZE: (u32, u32) = (160, 90);
/// A depth picture comes this often.
const DEPTH_EVERY_US: u64 = 200_000;
/// Anchors are told this often.
const ANCHORS_EVERY_US: u64 = 500_000;

/// How wrong the platform is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TrackingError {
    /// Standard deviation of the position, in metres, anew in every frame.
    pub position_noise_m: f32,
    /// The same of the turn, in radians.
    pub rotation_noise_rad: f32,
    /// How far the platform's world slides along over a minute, in metres.
    pub drift_m_per_min: f32,
    /// When it finds back, at once, to where it began.
    pub relocalises_at_us: Option<u64>,
    /// While it does not know where it is: from, until.
    pub lost_us: Option<(u64, u64)>,
}

/// An AR platform that watches the rendered scene.
#[derive(Debug, Clone)]
pub struct Tracker {
    error: TrackingError,
    seed: u64,
    anchors: Vec<Pose>,
    planes_told: bool,
    depth_due_us: u64,
    anchors_due_us: u64,
}

impl Tracker {
    /// One that keeps the given places of the world as anchors, numbered from 1.
    pub fn new(error: TrackingError, seed: u64, anchors: Vec<Pose>) -> Self {
        Self {
            error,
            seed,
            anchors,
            planes_told: false,
            depth_due_us: 0,
            anchors_due_us: 0,
        }
    }

    /// One that is never wrong, with an anchor in the middle of every large surface.
    pub fn exact(scene: &Scene) -> Self {
        let middles = scene.planes().iter().map(|plane| plane.pose).take(32).collect();
        Self::new(TrackingError::default(), 0, middles)
    }

    /// What it says of the frame of a capture time, for a picture of this size.
    pub fn frame(&mut self, scene: &Scene, capture_time_us: u64, width_px: u32, height_px: u32) -> ArFrame {
        let truth = scene.camera(capture_time_us, width_px, height_px);
        let map = self.map_error(capture_time_us);
        let camera = Camera {
            pose: map.then(&truth.pose).then(&self.tremor(capture_time_us)),
            ..truth
        };
        let is_lost = self
            .error
            .lost_us
            .is_some_and(|(from, until)| (from..until).contains(&capture_time_us));
        let tracking = if is_lost { Tracking::Lost } else { Tracking::Tracked };
        let mut frame = ArFrame::new(capture_time_us, camera, tracking);
        if is_lost {
            return frame;
        }
        if capture_time_us >= self.depth_due_us {
            self.depth_due_us = capture_time_us + DEPTH_EVERY_US;
            let (width, height) = DEPTH_SIZE;
            let depth = scene.depth(capture_time_us, width, height);
            frame.depth = Some(ArDepth {
                width,
                height,
                depths_m: depth.depths_m,
                confidence: None,
            });
        }
        if !self.planes_told {
            self.planes_told = true;
            frame.planes = Some(
                scene
                    .planes()
                    .iter()
                    .map(|plane| moved(plane, &map))
                    .collect::<Arc<[_]>>(),
            );
        }
        if capture_time_us >= self.anchors_due_us {
            self.anchors_due_us = capture_time_us + ANCHORS_EVERY_US;
            let anchors = self.anchors.iter().zip(1..);
            frame.anchors = Some(anchors.map(|(pose, id)| anchor(AnchorId(id), map.then(pose))).collect());
        }
        frame
    }

    /// Where the platform's world is by now, seen from the true one.
    pub fn map_error(&self, capture_time_us: u64) -> Pose {
        let found_back = self
            .error
            .relocalises_at_us
            .is_some_and(|at_us| capture_time_us >= at_us);
        let minutes = capture_time_us as f32 / 60e6;
        let slid_m = if found_back {
            0.0
        } else {
            self.error.drift_m_per_min * minutes
        };
        Pose {
            position_m: vec3(0.8, 0.1, 0.59) * slid_m,
            orientation: Quat::IDENTITY,
        }
    }

    fn tremor(&self, capture_time_us: u64) -> Pose {
        // Twelve uniform values have, together, a variance of one (Irwin and Hall).
        let normal = |axis: u64| {
            let parts = (0..12).map(|part| uniform(self.seed, capture_time_us, axis * 16 + part));
            parts.sum::<f32>() - 6.0
        };
        let three = |first: u64| Vec3::new(normal(first), normal(first + 1), normal(first + 2));
        Pose {
            position_m: three(0) * self.error.position_noise_m,
            orientation: Quat::from_scaled_axis(three(3) * self.error.rotation_noise_rad),
        }
    }
}

fn anchor(id: AnchorId, pose: Pose) -> ArAnchor {
    ArAnchor {
        id,
        pose,
        tracking: AnchorTracking::Tracked,
    }
}

fn moved(plane: &Plane, map: &Pose) -> Plane {
    Plane {
        pose: map.then(&plane.pose),
        polygon_m: plane.polygon_m.clone(),
    }
}
