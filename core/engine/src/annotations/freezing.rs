//! Frozen frames: those that others draw on in our space, and those that our person draws on.

use std::collections::BTreeMap;

use assist_protocol::annotations::{MarkId, Refusal};
use assist_protocol::messages::annotation::{PinOutcome, RefusedBecause, Space as SpaceId};
use assist_protocol::messages::live::Transform;
use assist_protocol::{PersonId, Timestamp};
use assist_scene::Camera;
use assist_scene::overlay::{OverlayFrame, ProjectionError, Viewport};

use super::board::{Board, DrawnPoint, Notice, StrokeStyle};

/// Where a point is that has not moved.
const STILL: Transform = Transform::Affine([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);

/// The frames that our person froze, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Frozen {
    frames: BTreeMap<u32, FrozenFrame>,
}

/// What is known of a frozen frame: as soon as it is known, and for as long as it is frozen.
#[derive(Debug)]
struct FrozenFrame {
    space: SpaceId,
    capture_us: u64,
    camera: Option<Camera>,
    /// Of marks in the picture, by the revisions of their places.
    motions: BTreeMap<u32, Transform>,
}

impl Board {
    /// Freezes a frame of the picture that is looked at, to draw on it however far the camera moves meanwhile. Its number.
    pub(crate) fn freeze_frame(&mut self, capture_time_us: u64, now: Timestamp) -> Result<u32, Refusal> {
        let (pin, operation) = self
            .document
            .freeze(self.viewed.clone(), self.epoch, capture_time_us, now)?;
        self.outgoing.push_back(operation);
        let frame = FrozenFrame {
            space: self.viewed.clone(),
            capture_us: capture_time_us,
            camera: None,
            motions: BTreeMap::new(),
        };
        self.frozen.frames.insert(pin, frame);
        let me = self.me().clone();
        self.freeze(&me, pin);
        self.pin_answered(&me, pin);
        Ok(pin)
    }

    /// Lets a frozen frame of ours go. What was drawn on it stays.
    pub(crate) fn thaw_frame(&mut self, frame: u32) -> Result<(), Refusal> {
        let operation = self.document.thaw(frame)?;
        self.outgoing.push_back(operation);
        self.frozen.frames.remove(&frame);
        let me = self.me().clone();
        self.let_pin_go(&me, frame);
        Ok(())
    }

    /// Begins a stroke of ours on a frozen frame. Its number. The points' times are not looked at.
    pub(crate) fn begin_on(
        &mut self,
        frame: u32,
        style: StrokeStyle,
        points: &[DrawnPoint],
        now: Timestamp,
    ) -> Result<u32, Refusal> {
        let frozen = self.frozen.frames.get(&frame);
        // Of the picture that is looked at: after a change of view one of the other's is none.
        let frozen = frozen
            .filter(|frozen| frozen.space == self.viewed)
            .ok_or(Refusal::NoSuchPin)?;
        let capture_time_us = frozen.capture_us;
        let points: Vec<_> = points
            .iter()
            .map(|point| DrawnPoint {
                capture_time_us,
                ..*point
            })
            .collect();
        let points = self.ink(&points);
        let (mark, operations) = self.document.begin(self.stroke(style, Some(frame)), &points, now)?;
        self.drew(mark, operations);
        Ok(mark)
    }

    /// All marks on a frozen frame of ours.
    pub(crate) fn overlay_of_frozen(
        &mut self,
        frame: u32,
        viewport: &Viewport,
    ) -> Result<Option<&OverlayFrame>, ProjectionError> {
        let is_ours = self.viewed == self.my_space();
        let frozen = self.frozen.frames.get_mut(&frame);
        let Some(frozen) = frozen.filter(|frozen| frozen.space == self.viewed) else {
            return Ok(None);
        };
        let me = self.document.me().clone();
        if frozen.camera.is_none() {
            frozen.camera = if is_ours {
                self.space.pinned(&me, frame).ok().map(|(camera, _)| camera)
            } else {
                self.theirs.camera_at(frozen.capture_us)
            };
        }
        let (document, theirs, owner) = (&self.document, &self.theirs, &self.viewed.owner);
        // Where it was drawn is where it is; of others, what was told.
        let is_drawn_here =
            |id: MarkId| id.author == me && document.mark(&id).is_some_and(|mark| mark.stroke.pin == Some(frame));
        let motions = &mut frozen.motions;
        let capture_us = frozen.capture_us;
        let mut motion = |revision| {
            if document.mark_in_picture(owner, revision).is_some_and(is_drawn_here) {
                return Some(STILL);
            }
            if let Some(known) = theirs.motion(revision, capture_us) {
                motions.insert(revision, known);
            }
            motions.get(&revision).copied()
        };
        let anchors = if is_ours {
            self.space.anchors()
        } else {
            self.theirs.anchors()
        };
        let camera = frozen.camera;
        let shown = &mut self.shown;
        shown
            .project(camera.as_ref(), anchors, capture_us, viewport, false, &mut motion)
            .map(Some)
    }

    /// The owner of a space says whether a frame is frozen there.
    pub(super) fn pin_answered(&mut self, author: &PersonId, pin: u32) {
        let outcome = self
            .document
            .pins()
            .find(|asked| asked.author == author && asked.pin == pin)
            .and_then(|asked| asked.outcome);
        if let Some(PinOutcome::Refused(because)) = outcome
            && author == self.document.me()
        {
            self.notices.push_back(Notice::NotFrozen { frame: pin, because });
        }
    }

    pub(super) fn let_old_pins_go(&mut self) {
        let mut expired = self.space.expired_pins();
        expired.extend(self.following.expired_pins());
        for (by, pin) in expired {
            let answer = self
                .document
                .answer_pin(&by, pin, PinOutcome::Refused(RefusedBecause::PinExpired));
            self.say(answer.into_iter());
            self.let_pin_go(&by, pin);
        }
    }

    pub(super) fn let_pin_go(&mut self, by: &PersonId, pin: u32) {
        self.space.retain_pins(|author, number| (author, number) != (by, pin));
        self.following
            .retain_pins(|author, number| (author, number) != (by, pin));
    }

    /// Somebody asks for a frame of ours.
    pub(super) fn freeze(&mut self, author: &PersonId, pin: u32) {
        let mine = self.my_space();
        let asked = self
            .document
            .pins()
            .find(|asked| asked.author == author && asked.pin == pin);
        let Some(at_us) = asked.filter(|asked| *asked.space == mine).map(|asked| asked.at_us) else {
            return;
        };
        let pinned = if self.is_in_picture {
            self.following.pin(author, pin, at_us)
        } else {
            self.space.pin(author, pin, at_us)
        };
        let outcome = match pinned {
            Ok(()) => PinOutcome::Kept,
            Err(because) => PinOutcome::Refused(because),
        };
        let answer = self.document.answer_pin(author, pin, outcome);
        self.say(answer.into_iter());
    }
}
