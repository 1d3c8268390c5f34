//! What this device knows of the space before its camera, now and a while ago.

use std::sync::Arc;

use assist_protocol::PersonId;
use assist_protocol::messages::annotation::RefusedBecause;
use assist_scene::anchor::{AnchorError, AnchorSet};
use assist_scene::{
    Camera, DepthMap, DepthView, InvalidDepth, InvalidMesh, InvalidSample, InvalidSurroundings, Mesh, PoseHistory,
    Surroundings, Tracking, UnknownMoment,
};

use super::ar_frame::{ArAnchor, ArDepth, ArFrame};
use super::pins::Pins;

/// Depth pictures are kept this far apart: the newest 4 s, since strokes come a link's delay and a pen's stroke after their
/// frames.
const DEPTH_SPACING_US: u64 = 500_000;

/// Why a part of a frame was not used. The rest of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArFrameError {
    /// The camera.
    #[error(transparent)]
    Camera(#[from] InvalidSample),
    /// The depth picture.
    #[error(transparent)]
    Depth(#[from] InvalidDepth),
    /// The planes, or the feature points.
    #[error(transparent)]
    Planes(#[from] InvalidSurroundings),
    /// The anchors.
    #[error(transparent)]
    Anchors(#[from] AnchorError),
    /// The mesh.
    #[error(transparent)]
    Mesh(#[from] InvalidMesh),
}

/// The space of this device's camera.
#[derive(Debug, Default)]
pub(super) struct Space {
    history: PoseHistory,
    surroundings: Surroundings,
    newest_depth_us: Option<u64>,
    /// As the platform told them last, but for those that were refused.
    known_anchors: Vec<ArAnchor>,
    anchors: AnchorSet,
    pins: Pins<(Camera, Surroundings)>,
}

impl Space {
    /// Takes in a frame; of one that is not all usable, what is. Tells the first thing that was not. A frame whose camera is
    /// none says nothing about anything else.
    pub(super) fn observe(&mut self, frame: &mut ArFrame) -> Result<(), ArFrameError> {
        let time_us = frame.capture_time_us;
        let camera = self.history.push(time_us, frame.camera, frame.tracking);
        let is_tracked = camera.is_ok() && frame.tracking != Tracking::Lost;
        let position_m = is_tracked.then_some(frame.camera.pose.position_m);
        self.anchors.observe_camera(time_us, position_m);
        camera?;
        let planes = frame
            .planes
            .take()
            .map_or(Ok(()), |planes| self.surroundings.set_planes(&planes));
        let anchors = frame
            .anchors
            .take()
            .map_or(Ok(()), |anchors| self.observe_anchors(anchors));
        let depth = match frame.depth.take().filter(|_| is_tracked) {
            Some(depth) => self.observe_depth(&depth, &frame.camera, time_us),
            None => Ok(()),
        };
        let mesh = match frame.mesh.take() {
            Some(mesh) => {
                Mesh::new(&mesh.corners_m, &mesh.triangles).map(|mesh| self.surroundings.set_mesh(Arc::new(mesh)))
            }
            None => Ok(()),
        };
        let points = frame.feature_points_m.take();
        let points = points.map_or(Ok(()), |points_m| self.surroundings.set_feature_points(&points_m));
        planes?;
        anchors?;
        depth?;
        mesh?;
        Ok(points?)
    }

    fn observe_depth(&mut self, depth: &ArDepth, camera: &Camera, time_us: u64) -> Result<(), InvalidDepth> {
        let is_recent = |newest_us: u64| time_us.saturating_sub(newest_us) < DEPTH_SPACING_US;
        if self.newest_depth_us.is_some_and(is_recent) {
            return Ok(());
        }
        let (width, height) = (depth.width as usize, depth.height as usize);
        let map = DepthMap::new(width, height, &depth.depths_m, depth.confidence.as_deref())?;
        self.surroundings
            .add_depth(Arc::new(DepthView::new(map, camera, time_us)?));
        self.newest_depth_us = Some(time_us);
        Ok(())
    }

    /// All that can be used are; tells why one could not.
    fn observe_anchors(&mut self, anchors: Vec<ArAnchor>) -> Result<(), AnchorError> {
        for known in std::mem::take(&mut self.known_anchors) {
            if !anchors.iter().any(|anchor| anchor.id == known.id) {
                self.anchors.remove(known.id);
            }
        }
        let mut result = Ok(());
        for anchor in anchors {
            match self.anchors.update(anchor.id, anchor.pose, anchor.tracking) {
                Ok(()) => self.known_anchors.push(anchor),
                Err(error) => {
                    self.anchors.remove(anchor.id);
                    result = result.and(Err(error));
                }
            }
        }
        result
    }

    /// The anchors as the platform told them last.
    pub(super) fn known_anchors(&self) -> &[ArAnchor] {
        &self.known_anchors
    }

    pub(super) fn anchors(&self) -> &AnchorSet {
        &self.anchors
    }

    /// The camera of a frame that was drawn on.
    pub(super) fn camera_at(&self, capture_us: u64) -> Result<Camera, RefusedBecause> {
        self.history
            .at(capture_us)
            .map(|sample| sample.camera)
            .map_err(|unknown| match unknown {
                UnknownMoment::Forgotten => RefusedBecause::FrameForgotten,
                UnknownMoment::NotYet => RefusedBecause::FrameNotKnown,
                UnknownMoment::TrackingLost => RefusedBecause::TrackingLost,
            })
    }

    /// What was known around that time.
    pub(super) fn surroundings_at(&self, capture_us: u64) -> Surroundings {
        let mut surroundings = self.surroundings.clone();
        surroundings.prefer_moment(capture_us);
        surroundings
    }

    /// Keeps a frame for someone who draws on it. Asked again, nothing changes.
    pub(super) fn pin(&mut self, by: &PersonId, pin: u32, capture_us: u64) -> Result<(), RefusedBecause> {
        if self.pins.is_new(by, pin)? {
            let seen = (self.camera_at(capture_us)?, self.surroundings_at(capture_us));
            let now_us = self.history.newest_us().unwrap_or(capture_us);
            self.pins.keep(by, pin, now_us, seen);
        }
        Ok(())
    }

    /// The camera of a frozen frame, and what was known then.
    pub(super) fn pinned(&self, by: &PersonId, pin: u32) -> Result<(Camera, &Surroundings), RefusedBecause> {
        self.pins
            .get(by, pin)
            .map(|(camera, surroundings)| (*camera, surroundings))
    }

    /// Keeps only the frames that `wanted` selects.
    pub(super) fn retain_pins(&mut self, wanted: impl Fn(&PersonId, u32) -> bool) {
        self.pins.retain(wanted);
    }

    /// The frames that were kept for as long as frames are.
    pub(super) fn expired_pins(&self) -> Vec<(PersonId, u32)> {
        self.pins.expired(self.history.newest_us().unwrap_or(0))
    }
}
