//! Somebody else's space, as far as they tell: where their camera was, its lens, their anchors.

use assist_protocol::messages::annotation::{Anchor, Lens};
use assist_protocol::messages::live::{LiveMessage, PoseBatch, PoseTracking, Transform};
use assist_scene::anchor::AnchorSet;
use assist_scene::{Camera, Intrinsics, Pose, PoseHistory, Tracking, UnknownMoment};
use glam::{Quat, Vec3};

use super::guest_motion::GuestMotion;
use super::shown::NOWHERE;
use super::units::{from_wire_anchor, from_wire_lens};

/// What is known of a space from afar.
#[derive(Debug, Default)]
pub(super) struct GuestView {
    lens: Option<Intrinsics>,
    /// With a lens that means nothing: the lens may be told after the first poses.
    history: PoseHistory,
    anchors: AnchorSet,
    motion: GuestMotion,
    known: Vec<assist_scene::AnchorId>,
    last: Option<Camera>,
}

impl GuestView {
    pub(super) fn set_lens(&mut self, lens: &Lens) {
        self.lens = from_wire_lens(lens);
    }

    pub(super) fn set_anchors(&mut self, anchors: &[Anchor]) {
        let now: Vec<_> = anchors.iter().map(from_wire_anchor).collect();
        for id in std::mem::take(&mut self.known) {
            if !now.iter().any(|anchor| anchor.id == id) {
                self.anchors.remove(id);
            }
        }
        for anchor in now {
            match self.anchors.update(anchor.id, anchor.pose, anchor.tracking) {
                Ok(()) => self.known.push(anchor.id),
                Err(error) => log::debug!("an anchor of somebody's was left out: {error}"),
            }
        }
    }

    /// Takes in what they say of their picture.
    pub(super) fn receive(&mut self, message: &LiveMessage) {
        match message {
            LiveMessage::Poses(batch) => self.receive_poses(batch),
            LiveMessage::Motions(batch) => self.motion.receive(batch),
        }
    }

    /// Those that come late or make no sense are left out.
    fn receive_poses(&mut self, batch: &PoseBatch) {
        for sample in &batch.samples {
            let pose = Pose {
                position_m: Vec3::from_array(sample.position_m),
                orientation: Quat::from_array(sample.orientation),
            };
            let tracking = match sample.tracking {
                PoseTracking::Tracked => Tracking::Tracked,
                PoseTracking::Limited => Tracking::Limited,
                PoseTracking::Lost => Tracking::Lost,
            };
            if let Err(error) = self
                .history
                .push(sample.capture_us, Camera { pose, ..NOWHERE }, tracking)
            {
                log::trace!("a pose of somebody's was left out: {error}");
            }
        }
    }

    /// The camera of the picture of a capture time. Where it is not known, the last one that was; how far that is to be
    /// believed is what the anchors then say. Before the lens is known there is nothing to see.
    pub(super) fn look(&mut self, capture_us: u64) -> Option<Camera> {
        match self.history.at(capture_us) {
            Ok(sample) => {
                self.anchors
                    .observe_camera(capture_us, Some(sample.camera.pose.position_m));
                self.last = Some(sample.camera);
            }
            Err(UnknownMoment::TrackingLost) => self.last = None,
            Err(UnknownMoment::NotYet | UnknownMoment::Forgotten) => self.anchors.observe_camera(capture_us, None),
        }
        self.last
            .zip(self.lens)
            .map(|(last, intrinsics)| Camera { intrinsics, ..last })
    }

    /// The camera of the picture of a capture time, if that is known.
    pub(super) fn camera_at(&self, capture_us: u64) -> Option<Camera> {
        let sample = self.history.at(capture_us).ok()?;
        let intrinsics = self.lens?;
        Some(Camera {
            intrinsics,
            ..sample.camera
        })
    }

    /// How far the camera that was looked through last is to be believed.
    pub(super) fn anchors(&self) -> &AnchorSet {
        &self.anchors
    }

    /// How a mark of the picture moved until the picture of a capture time, as far as that is known.
    pub(super) fn motion(&self, revision: u32, capture_us: u64) -> Option<Transform> {
        self.motion.at(revision, capture_us)
    }
}
