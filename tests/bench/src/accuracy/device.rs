//! What a technician's device keeps of what its AR platform says, as the engine keeps it.

use std::sync::Arc;

use assist_engine::annotations::ArFrame;
use assist_scene::{
    AnchorSet, Camera, DepthMap, DepthView, Interpretation, Lifted, PicturePoint, PoseHistory, ShapeKind, StrokePoint,
    Surroundings, Tracking, lift,
};

/// The engine keeps depth pictures this far apart.
const DEPTH_SPACING_US: u64 = 500_000;

/// A point of a stroke: the capture time of the frame it was drawn on, and where in that frame.
pub(super) type Drawn = (u64, PicturePoint);

/// The device.
#[derive(Debug, Default)]
pub(super) struct Device {
    history: PoseHistory,
    surroundings: Surroundings,
    depth_due_us: u64,
    /// The anchors as the platform told them last.
    pub(super) anchors: AnchorSet,
}

impl Device {
    /// Takes in a frame. What is not usable of it is left out, as the engine does.
    pub(super) fn observe(&mut self, frame: ArFrame) {
        let time_us = frame.capture_time_us;
        let is_tracked = frame.tracking != Tracking::Lost;
        let known = self.history.push(time_us, frame.camera, frame.tracking);
        let position_m = is_tracked.then_some(frame.camera.pose.position_m);
        self.anchors.observe_camera(time_us, position_m);
        if let Some(planes) = frame.planes {
            let _ = self.surroundings.set_planes(&planes);
        }
        for anchor in frame.anchors.unwrap_or_default() {
            let _ = self.anchors.update(anchor.id, anchor.pose, anchor.tracking);
        }
        let is_usable = is_tracked && known.is_ok() && time_us >= self.depth_due_us;
        let Some(depth) = frame.depth.filter(|_| is_usable) else {
            return;
        };
        let map = DepthMap::new(depth.width as usize, depth.height as usize, &depth.depths_m, None);
        if let Some(view) = map
            .ok()
            .and_then(|map| DepthView::new(map, &frame.camera, time_us).ok())
        {
            self.surroundings.add_depth(Arc::new(view));
            self.depth_due_us = time_us + DEPTH_SPACING_US;
        }
    }

    /// The camera of a frame, as the platform told it.
    pub(super) fn camera(&self, capture_time_us: u64) -> Option<Camera> {
        self.history.at(capture_time_us).ok().map(|sample| sample.camera)
    }

    /// Lifts a stroke, in the platform's world. `None` where nothing was placed.
    pub(super) fn lift(&self, kind: ShapeKind, how: Interpretation, points: &[Drawn]) -> Option<Lifted> {
        let (first_us, _) = points.first()?;
        let mut surroundings = self.surroundings.clone();
        surroundings.prefer_moment(*first_us);
        let points: Option<Vec<_>> = points
            .iter()
            .map(|(capture_us, point)| {
                Some(StrokePoint {
                    camera: self.camera(*capture_us)?,
                    point: *point,
                })
            })
            .collect();
        lift(kind, how, &points?, &surroundings).ok()
    }
}
