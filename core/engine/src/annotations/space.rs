//! What this device knows of the space before its camera, now and a while ago.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use assist_protocol::PersonId;
use assist_protocol::messages::annotation::RefusedBecause;
use assist_scene::anchor::{AnchorError, AnchorId, AnchorSet};
use assist_scene::{
    Camera, DepthMap, DepthView, InvalidDepth, InvalidSample, InvalidSurroundings, PoseHistory, Surroundings, Tracking,
    UnknownMoment,
};

use super::ar_frame::{ArAnchor, ArFrame};

/// Frozen frames that are kept at a time.
pub(super) const MAX_PINS: usize = 8;
/// How long a frozen frame is kept.
pub(super) const PIN_LIFETIME_US: u64 = 10 * 60 * 1_000_000;
/// Depth pictures are kept this far apart,
const DEPTH_SPACING_US: u64 = 300_000;
/// and this many: strokes come a link's delay and a pen's stroke after their frames.
const DEPTH_VIEWS: usize = 12;
/// Of which the nearest in time are asked.
const DEPTH_VIEWS_ASKED: usize = 3;

/// Why a part of a frame was not used. The rest of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArFrameError {
    /// The camera.
    #[error(transparent)]
    Camera(#[from] InvalidSample),
    /// The depth picture.
    #[error(transparent)]
    Depth(#[from] InvalidDepth),
    /// The planes.
    #[error(transparent)]
    Planes(#[from] InvalidSurroundings),
    /// The anchors.
    #[error(transparent)]
    Anchors(#[from] AnchorError),
}

/// A frozen frame.
#[derive(Debug)]
struct Pin {
    camera: Camera,
    surroundings: Surroundings,
    since_us: u64,
}

/// The space of this device's camera.
#[derive(Debug, Default)]
pub(super) struct Space {
    history: PoseHistory,
    depth_views: VecDeque<Arc<DepthView>>,
    /// With planes alone; depth is added for the moment that is asked for.
    planes: Surroundings,
    known_anchors: Vec<AnchorId>,
    anchors: AnchorSet,
    pins: BTreeMap<(PersonId, u32), Pin>,
}

impl Space {
    /// Takes in a frame; of one that is not all usable, what is. Tells the first thing that was not.
    pub(super) fn observe(&mut self, frame: &mut ArFrame) -> Result<(), ArFrameError> {
        let time_us = frame.capture_time_us;
        let camera = self.history.push(time_us, frame.camera, frame.tracking);
        let position_m = (camera.is_ok() && frame.tracking != Tracking::Lost).then_some(frame.camera.pose.position_m);
        self.anchors.observe_camera(time_us, position_m);
        camera?;
        if let Some(planes) = frame.planes.take() {
            self.planes.set_planes(&planes)?;
        }
        if let Some(anchors) = frame.anchors.take() {
            self.observe_anchors(&anchors)?;
        }
        let is_due = |newest: &Arc<DepthView>| time_us.saturating_sub(newest.capture_us()) >= DEPTH_SPACING_US;
        let wants_depth = position_m.is_some() && self.depth_views.back().is_none_or(is_due);
        if let Some(depth) = frame.depth.take().filter(|_| wants_depth) {
            let map = DepthMap::new(
                depth.width as usize,
                depth.height as usize,
                &depth.depths_m,
                depth.confidence.as_deref(),
            )?;
            let view = DepthView::new(map, &frame.camera, time_us)?;
            if self.depth_views.len() == DEPTH_VIEWS {
                self.depth_views.pop_front();
            }
            self.depth_views.push_back(Arc::new(view));
        }
        Ok(())
    }

    fn observe_anchors(&mut self, anchors: &[ArAnchor]) -> Result<(), AnchorError> {
        for id in std::mem::take(&mut self.known_anchors) {
            if !anchors.iter().any(|anchor| anchor.id == id) {
                self.anchors.remove(id);
            }
        }
        for anchor in anchors {
            self.anchors.update(anchor.id, anchor.pose, anchor.tracking)?;
            self.known_anchors.push(anchor.id);
        }
        Ok(())
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
        let mut views: Vec<_> = self.depth_views.iter().collect();
        views.sort_by_key(|view| view.capture_us().abs_diff(capture_us));
        let mut surroundings = self.planes.clone();
        for view in views.into_iter().take(DEPTH_VIEWS_ASKED) {
            surroundings.add_depth(Arc::clone(view));
        }
        surroundings
    }

    /// Keeps a frame for someone who draws on it. Asked again, nothing changes.
    pub(super) fn pin(&mut self, by: &PersonId, pin: u32, capture_us: u64) -> Result<(), RefusedBecause> {
        let key = (by.clone(), pin);
        if self.pins.contains_key(&key) {
            return Ok(());
        }
        if self.pins.len() >= MAX_PINS {
            return Err(RefusedBecause::TooMany);
        }
        let pinned = Pin {
            camera: self.camera_at(capture_us)?,
            surroundings: self.surroundings_at(capture_us),
            since_us: self.history.newest_us().unwrap_or(capture_us),
        };
        self.pins.insert(key, pinned);
        Ok(())
    }

    /// The camera of a frozen frame, and what was known then.
    pub(super) fn pinned(&self, by: &PersonId, pin: u32) -> Result<(Camera, &Surroundings), RefusedBecause> {
        self.pins
            .get(&(by.clone(), pin))
            .map(|pin| (pin.camera, &pin.surroundings))
            .ok_or(RefusedBecause::PinExpired)
    }

    /// Keeps only the frames that `wanted` selects.
    pub(super) fn retain_pins(&mut self, wanted: impl Fn(&PersonId, u32) -> bool) {
        self.pins.retain(|(by, pin), _| wanted(by, *pin));
    }

    /// The frames that were kept for as long as frames are.
    pub(super) fn expired_pins(&self) -> Vec<(PersonId, u32)> {
        let now_us = self.history.newest_us().unwrap_or(0);
        let is_old = |pin: &Pin| now_us.saturating_sub(pin.since_us) > PIN_LIFETIME_US;
        self.pins
            .iter()
            .filter(|(_, pin)| is_old(pin))
            .map(|(key, _)| key.clone())
            .collect()
    }
}
