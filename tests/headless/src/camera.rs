//! The phone's camera: the scene or a clip, at the rate and size asked for.

use std::path::Path;

use assist_engine::annotations::ArFrame;
use assist_scene::Camera;

use crate::clip::{Clip, ClipError};
use crate::picture::I420;
use crate::scene::Scene;
use crate::tracking::Tracker;

/// One picture of the camera.
#[derive(Debug, Clone)]
pub struct Frame {
    /// When it was taken, in µs.
    pub capture_time_us: u64,
    /// What was seen.
    pub picture: I420,
    /// Pose and intrinsics; a clip knows none.
    pub camera: Option<Camera>,
}

/// What the camera looks at.
pub enum CameraSource {
    /// The rendered scene.
    Scene(Box<Scene>),
    /// A recorded clip, in a loop.
    Clip(Box<Clip>),
}

impl CameraSource {
    /// The rendered scene of a seed.
    pub fn scene(seed: u64) -> Self {
        Self::Scene(Box::new(Scene::new(seed)))
    }

    /// A recorded clip.
    pub fn clip(path: &Path) -> Result<Self, ClipError> {
        Ok(Self::Clip(Box::new(Clip::open(path)?)))
    }

    /// The frame of a capture time, at a size in pixels. A clip is scaled to it.
    pub fn frame(&mut self, capture_time_us: u64, width_px: u32, height_px: u32) -> Frame {
        let (picture, camera) = match self {
            Self::Scene(scene) => (
                scene.picture(capture_time_us, width_px, height_px),
                Some(scene.camera(capture_time_us, width_px, height_px)),
            ),
            Self::Clip(clip) => {
                let picture = clip.picture_at(capture_time_us);
                (picture.scaled_to(width_px as usize, height_px as usize), None)
            }
        };
        Frame {
            capture_time_us,
            picture,
            camera,
        }
    }
}

impl CameraSource {
    /// What an AR platform would say about the frame of a capture time; a clip has none.
    pub fn ar_frame(
        &self,
        tracker: &mut Tracker,
        capture_time_us: u64,
        width_px: u32,
        height_px: u32,
    ) -> Option<ArFrame> {
        match self {
            Self::Scene(scene) => Some(tracker.frame(scene, capture_time_us, width_px, height_px)),
            Self::Clip(_) => None,
        }
    }

    /// An AR platform for what this camera sees that is never wrong; a clip has none.
    pub fn exact_tracker(&self) -> Option<Tracker> {
        match self {
            Self::Scene(scene) => Some(Tracker::exact(scene)),
            Self::Clip(_) => None,
        }
    }
}

/// When a camera of a constant rate takes its `index`th frame after `start_us`, in µs. Never drifts.
pub fn capture_time_us(start_us: u64, frame_rate: u32, index: u64) -> u64 {
    let offset = u128::from(index) * 1_000_000 / u128::from(frame_rate.max(1));
    start_us.saturating_add(u64::try_from(offset).unwrap_or(u64::MAX))
}
