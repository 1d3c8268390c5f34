//! What a phone's AR platform says about one frame.

use std::sync::Arc;

use assist_scene::anchor::{AnchorId, AnchorTracking};
use assist_scene::{Camera, Plane, Pose, Tracking};
use glam::Vec3;

/// One frame of AR, as the shell hands it over: before the picture of the same capture time is pushed.
#[derive(Debug, Clone)]
pub struct ArFrame {
    /// When it was captured, in µs of the clock that [`push_video`](crate::call::Call::push_video) has.
    pub capture_time_us: u64,
    /// Pose and lens of the picture that is encoded. Not looked at when tracking is lost.
    pub camera: Camera,
    /// Whether the pose is to be believed.
    pub tracking: Tracking,
    /// How far everything is, by this frame's camera; now and then.
    pub depth: Option<ArDepth>,
    /// The flat surfaces that were found, all of them; when they changed.
    pub planes: Option<Arc<[Plane]>>,
    /// The anchors, all of them; when they changed.
    pub anchors: Option<Vec<ArAnchor>>,
    /// The reconstructed surfaces, all of them; when they changed.
    pub mesh: Option<ArMesh>,
    /// The points that the platform tracks by, in the world, in metres; now and then.
    pub feature_points_m: Option<Vec<Vec3>>,
}

impl ArFrame {
    /// A frame with nothing but its camera.
    pub fn new(capture_time_us: u64, camera: Camera, tracking: Tracking) -> Self {
        Self {
            capture_time_us,
            camera,
            tracking,
            depth: None,
            planes: None,
            anchors: None,
            mesh: None,
            feature_points_m: None,
        }
    }
}

/// How far everything is that a frame's camera sees: samples over the whole of its picture, row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct ArDepth {
    /// Samples in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Metres along the optical axis; what is no positive number is unknown.
    pub depths_m: Vec<f32>,
    /// From 0 to 255 for each sample, where the platform tells it.
    pub confidence: Option<Vec<u8>>,
}

/// Surfaces as triangles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ArMesh {
    /// Corners in the world, in metres.
    pub corners_m: Vec<Vec3>,
    /// Which corners each triangle has.
    pub triangles: Vec<[u32; 3]>,
}

/// An anchor, as the platform sees it now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArAnchor {
    /// Its number, from 1; 0 is the world itself.
    pub id: AnchorId,
    /// Anchor-to-world.
    pub pose: Pose,
    /// Whether that is to be believed.
    pub tracking: AnchorTracking,
}
