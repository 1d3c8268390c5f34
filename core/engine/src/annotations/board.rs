//! What is drawn in one call, as this device keeps it: the document, and the space of its own camera.
//!
//! ```text
//!   AR frame ──▶ Space ──────────────┐ lifts                 ┌──▶ operations for the others
//!   pen, undo, … ──▶ Document ──▶ Placer ──▶ Document ───────┤
//!   grey picture ──▶ Following ──────┘ carries along         │
//!   others' operations ──▶ Document ─┘                       └──▶ OverlayScene ──▶ polylines of a frame
//! ```

use std::collections::VecDeque;

use assist_protocol::annotations::{Changed, Document, InkPoint, MarkId, Placement, Refusal};
use assist_protocol::messages::annotation::{
    Annotation, Colour, Interpretation, RefusedBecause, Space as SpaceId, Stroke, Tool, Width,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::messages::live::LiveMessage;
use assist_protocol::{PersonId, Timestamp};
use assist_scene::overlay::{OverlayFrame, ProjectionError, Viewport};
use assist_scene::{Camera, GreyPicture, Intrinsics, MotionError, PicturePoint, Tracking};

use super::AnnotationsSnapshot;
use super::ar_frame::ArFrame;
use super::following::Following;
use super::freezing::Frozen;
use super::guest_view::GuestView;
use super::motion_track::MotionTrack;
use super::placing::Placer;
use super::pose_track::PoseTrack;
use super::shown::Shown;
use super::space::{ArFrameError, Space};
use super::units::{to_wire_anchor, to_wire_lens};

/// A lens that changed by less than this, in millionths of the picture, is the same.
const LENS_STEP_PPM: u32 = 2_000;
/// Anchors that moved are told this often.
const ANCHORS_EVERY_US: u64 = 500_000;

/// How a stroke looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct StrokeStyle {
    /// A line or an arrow.
    pub tool: Tool,
    /// Its colour.
    pub colour: Colour,
    /// In thousandths of the picture's width, 1 to 50.
    pub width_per_mille: u8,
    /// How its points are to be found in the world.
    pub interpretation: Interpretation,
}

/// A point of a stroke as the pen made it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawnPoint {
    /// When the frame it was drawn on was captured, in µs of the clock of whose camera it is.
    pub capture_time_us: u64,
    /// Where in that frame.
    pub point: PicturePoint,
}

/// Something that came of a mark, for the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// One of our own marks has no place.
    Refused { mark: u32, because: RefusedBecause },
    /// A frame that we wanted frozen is not, or no longer.
    NotFrozen { frame: u32, because: RefusedBecause },
}

/// Everything that is drawn in one call.
#[derive(Debug)]
pub(crate) struct Board {
    pub(super) document: Document,
    /// Whose picture is looked at here.
    pub(super) viewed: SpaceId,
    pub(super) space: Space,
    /// Where it is now, while that is known.
    camera: Option<Camera>,
    /// The capture time of our newest picture.
    newest_us: u64,
    /// The space that is looked at, if it is another's.
    pub(super) theirs: GuestView,
    placer: Placer,
    /// Of a camera whose platform knows no space.
    pub(super) following: Following,
    pub(super) is_in_picture: bool,
    motions: MotionTrack,
    pub(super) epoch: u32,
    /// As it was last told.
    lens: Option<Intrinsics>,
    anchors_due_us: u64,
    poses: PoseTrack,
    /// For the channel `live`; what is not sent in time is replaced by what is newer.
    live: Vec<Vec<u8>>,
    pub(super) outgoing: VecDeque<Operation>,
    pub(super) notices: VecDeque<Notice>,
    pub(super) shown: Shown,
    pub(super) frozen: Frozen,
}

impl Board {
    /// An empty one. `viewed` is whose picture this call is about: our own, or the peer's.
    pub(crate) fn new(me: PersonId, viewed: PersonId) -> Self {
        Self {
            document: Document::new(me),
            viewed: SpaceId {
                owner: viewed,
                share: 0,
            },
            space: Space::default(),
            camera: None,
            newest_us: 0,
            theirs: GuestView::default(),
            placer: Placer::default(),
            following: Following::default(),
            is_in_picture: false,
            motions: MotionTrack::default(),
            epoch: 0,
            lens: None,
            anchors_due_us: 0,
            poses: PoseTrack::default(),
            live: Vec::new(),
            outgoing: VecDeque::new(),
            notices: VecDeque::new(),
            shown: Shown::default(),
            frozen: Frozen::default(),
        }
    }

    pub(crate) fn me(&self) -> &PersonId {
        self.document.me()
    }

    #[cfg(test)]
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// Grows with everything that may look different.
    pub(crate) fn revision(&self) -> u64 {
        self.document.revision()
    }

    /// What is drawn, in numbers.
    pub(crate) fn snapshot(&self) -> AnnotationsSnapshot {
        let count = |marks: usize| u32::try_from(marks).unwrap_or(u32::MAX);
        AnnotationsSnapshot {
            revision: self.document.revision(),
            marks: count(self.document.marks().count()),
            mine: count(self.document.usage(self.document.me()).marks),
        }
    }

    /// The epoch of our pictures, as the transport counts it.
    pub(crate) fn set_epoch(&mut self, epoch: u32) {
        self.epoch = epoch;
    }

    /// Takes in a frame of our AR platform.
    pub(crate) fn observe(&mut self, mut frame: ArFrame) -> Result<(), ArFrameError> {
        self.is_in_picture = false;
        if let Some(poses) = self.poses.observe(frame.capture_time_us, &frame.camera, frame.tracking) {
            self.live = vec![poses];
        }
        let (time_us, camera) = (frame.capture_time_us, frame.camera);
        self.newest_us = time_us;
        let is_tracked = frame.tracking != Tracking::Lost;
        if let Some(depth) = frame.depth.as_ref().filter(|_| is_tracked)
            && let Err(error) = self.shown.hide_behind(&camera, depth)
        {
            log::debug!("a depth picture hides nothing: {error}");
        }
        let has_anchors = frame.anchors.is_some();
        let observed = self.space.observe(&mut frame);
        if is_tracked && observed.is_ok() {
            self.camera = Some(camera);
            self.tell_lens(&camera.intrinsics);
        } else {
            self.camera = None;
        }
        if has_anchors && time_us >= self.anchors_due_us {
            self.anchors_due_us = time_us.saturating_add(ANCHORS_EVERY_US);
            self.tell_anchors();
        }
        self.let_old_pins_go();
        observed
    }

    /// Takes in the next picture of a camera whose platform knows no space, and carries all marks along.
    pub(crate) fn observe_picture(
        &mut self,
        capture_time_us: u64,
        picture: &GreyPicture<'_>,
    ) -> Result<(), MotionError> {
        self.is_in_picture = true;
        self.following.observe(capture_time_us, picture)?;
        self.newest_us = capture_time_us;
        for id in self.following.underway() {
            self.follow(Changed::Drawn(id));
        }
        let motions = self.motions.tell(capture_time_us, self.following.motions());
        if !motions.is_empty() {
            self.live = motions;
        }
        self.let_old_pins_go();
        Ok(())
    }

    fn tell_lens(&mut self, intrinsics: &Intrinsics) {
        let now = to_wire_lens(intrinsics, self.epoch);
        let is_same = self.lens.as_ref().is_some_and(|before| {
            let before = to_wire_lens(before, self.epoch);
            let near = |a: u32, b: u32| a.abs_diff(b) < LENS_STEP_PPM;
            let focal = now
                .focal_ppm
                .iter()
                .zip(before.focal_ppm)
                .all(|(now, before)| near(*now, before));
            let mut principal = now.principal_ppm.iter().zip(before.principal_ppm);
            focal && principal.all(|(now, before)| now.abs_diff(before) < LENS_STEP_PPM)
        });
        if !is_same {
            self.lens = Some(*intrinsics);
            let told = self.document.set_lens(0, now);
            self.say(told.into_iter());
        }
    }

    fn tell_anchors(&mut self) {
        let wire: Vec<_> = self.space.known_anchors().iter().map(to_wire_anchor).collect();
        let mine = self.my_space();
        if self.document.anchors(&mine) == Some(wire.as_slice()) {
            return;
        }
        match self.document.set_anchors(0, wire) {
            Ok(operation) => self.outgoing.push_back(operation),
            Err(refusal) => log::warn!("the anchors could not be told: {refusal}"),
        }
    }

    pub(super) fn my_space(&self) -> SpaceId {
        SpaceId {
            owner: self.document.me().clone(),
            share: 0,
        }
    }

    pub(super) fn say(&mut self, operations: impl Iterator<Item = Operation>) {
        self.outgoing.extend(operations);
    }

    /// Takes what a person did, `from` being whoever the connection says it is.
    pub(crate) fn receive(&mut self, from: &PersonId, annotation: &Annotation, now: Timestamp) {
        match self.document.receive(from, annotation, now) {
            Ok(changed) => self.follow(changed),
            Err(refusal) => log::warn!("a drawing of somebody's was not taken: {refusal}"),
        }
    }

    /// Takes a message of the channel `live`.
    pub(crate) fn receive_live(&mut self, from: &PersonId, bytes: &[u8]) {
        match LiveMessage::decode(bytes) {
            Ok(message) if *from == self.viewed.owner => self.theirs.receive(&message),
            Ok(LiveMessage::Poses(_) | LiveMessage::Motions(_)) => {}
            Err(error) => log::debug!("{error}"),
        }
    }

    /// Whose picture is looked at from now on.
    pub(crate) fn look_at(&mut self, owner: &PersonId) {
        if self.viewed.owner == *owner {
            return;
        }
        self.viewed.owner = owner.clone();
        self.theirs = GuestView::default();
        let (anchors, lens) = (self.document.anchors(&self.viewed), self.document.lens(&self.viewed));
        if let Some(lens) = lens {
            self.theirs.set_lens(&lens);
        }
        if let Some(anchors) = anchors {
            self.theirs.set_anchors(anchors);
        }
        self.shown.clear();
        let seen = self.document.marks().filter(|mark| mark.stroke.space == self.viewed);
        seen.for_each(|mark| self.shown.show(&mark));
    }

    /// Begins a stroke of ours on the picture that is looked at, or on a frozen frame of it. Its number.
    pub(crate) fn begin(&mut self, style: StrokeStyle, points: &[DrawnPoint], now: Timestamp) -> Result<u32, Refusal> {
        let stroke = self.stroke(style, None);
        let points = self.ink(points);
        let (mark, operations) = self.document.begin(stroke, &points, now)?;
        self.drew(mark, operations);
        Ok(mark)
    }

    pub(super) fn stroke(&self, style: StrokeStyle, pin: Option<u32>) -> Stroke {
        Stroke {
            space: self.viewed.clone(),
            tool: style.tool,
            colour: style.colour,
            width: Width::clamped(style.width_per_mille),
            interpretation: style.interpretation,
            pin,
        }
    }

    /// Adds points to a stroke of ours.
    pub(crate) fn extend(&mut self, mark: u32, points: &[DrawnPoint], now: Timestamp) -> Result<(), Refusal> {
        let points = self.ink(points);
        let operations = self.document.extend(mark, &points, now)?;
        self.drew(mark, operations);
        Ok(())
    }

    /// Ends a stroke of ours.
    pub(crate) fn finish(&mut self, mark: u32) -> Result<(), Refusal> {
        let operations = self.document.finish(mark)?;
        self.drew(mark, operations);
        Ok(())
    }

    /// Takes back our last mark. Its number.
    pub(crate) fn undo(&mut self) -> Result<u32, Refusal> {
        let (mark, operation) = self.document.undo()?;
        self.outgoing.push_back(operation);
        self.forget_removed();
        Ok(mark)
    }

    /// Takes back all our marks.
    pub(crate) fn delete_all(&mut self) -> Result<(), Refusal> {
        let operation = self.document.clear()?;
        self.outgoing.push_back(operation);
        self.forget_removed();
        Ok(())
    }

    pub(super) fn ink(&self, points: &[DrawnPoint]) -> Vec<InkPoint> {
        let ink = |drawn: &DrawnPoint| {
            InkPoint::from_fractions(self.epoch, drawn.capture_time_us, drawn.point.x, drawn.point.y)
        };
        points.iter().map(ink).collect()
    }

    pub(super) fn drew(&mut self, mark: u32, operations: Vec<Operation>) {
        self.say(operations.into_iter());
        self.follow(Changed::Drawn(MarkId {
            author: self.document.me().clone(),
            number: mark,
        }));
    }

    /// Does what a change of the document asks for.
    fn follow(&mut self, changed: Changed) {
        match changed {
            Changed::Drawn(id) => {
                let is_ours = self
                    .document
                    .mark(&id)
                    .is_some_and(|mark| mark.stroke.space == self.my_space());
                if is_ours {
                    let operations = self.place(&id);
                    self.say(operations.into_iter());
                }
                self.placed(&id);
            }
            Changed::Placed(id) => self.placed(&id),
            Changed::Removed { .. } => self.forget_removed(),
            Changed::Frozen { author, pin } => self.freeze(&author, pin),
            Changed::Thawed { author, pin } => self.let_pin_go(&author, pin),
            Changed::Anchors(space) if space == self.viewed => {
                if let Some(anchors) = self.document.anchors(&space) {
                    self.theirs.set_anchors(anchors);
                }
            }
            Changed::Lens(space) if space == self.viewed => {
                if let Some(lens) = self.document.lens(&space) {
                    self.theirs.set_lens(&lens);
                }
            }
            Changed::Pinned { author, pin } => self.pin_answered(&author, pin),
            Changed::Anchors(_) | Changed::Lens(_) | Changed::Nothing => {}
        }
    }

    /// Says where a mark on our own picture is; how it was begun, it goes on.
    fn place(&mut self, id: &MarkId) -> Vec<Operation> {
        let is_in_picture = match self.document.mark(id).map(|mark| mark.placement) {
            Some(Placement::Shape { .. }) => false,
            Some(Placement::Picture { .. }) => true,
            Some(Placement::Waiting | Placement::Refused(_)) | None => self.is_in_picture,
        };
        if is_in_picture {
            self.following.drawn(id, &mut self.document)
        } else {
            self.placer.drawn(id, &mut self.document, &self.space)
        }
    }

    /// A mark has another place: shows it there.
    fn placed(&mut self, id: &MarkId) {
        let Some(mark) = self.document.mark(id) else { return };
        if let Placement::Refused(because) = mark.placement
            && mark.author == self.document.me()
        {
            let notice = Notice::Refused {
                mark: mark.number,
                because,
            };
            if self.notices.back() != Some(&notice) {
                self.notices.push_back(notice);
            }
        }
        if mark.stroke.space == self.viewed {
            self.shown.show(&mark);
        }
    }

    fn forget_removed(&mut self) {
        self.placer.removed(&self.document);
        self.following.removed(&self.document);
        self.shown.retain(&self.document);
    }

    /// Whether something is to be sent, or told to the app.
    pub(crate) fn has_news(&self) -> bool {
        !self.outgoing.is_empty() || !self.notices.is_empty()
    }

    /// What is to be sent to everybody, in order.
    pub(crate) fn next_outgoing(&mut self) -> Option<Operation> {
        self.outgoing.pop_front()
    }

    /// What is to be sent on the channel `live` now.
    pub(crate) fn take_live(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.live)
    }

    /// One that could not be sent yet: it comes first again.
    pub(crate) fn give_back(&mut self, operation: Operation) {
        self.outgoing.push_front(operation);
    }

    /// What the app is to be told.
    pub(crate) fn next_notice(&mut self) -> Option<Notice> {
        self.notices.pop_front()
    }

    /// All marks on our own newest picture. Those in the world as the frame's camera sees them: while that is not known, none.
    pub(crate) fn overlay(&mut self, viewport: &Viewport) -> Result<&OverlayFrame, ProjectionError> {
        let is_ours = self.viewed == self.my_space();
        let camera = self.camera.as_ref().filter(|_| is_ours && !self.is_in_picture);
        let motion = |revision| self.following.transform(revision).filter(|_| self.is_in_picture);
        self.shown
            .project(camera, self.space.anchors(), self.newest_us, viewport, true, motion)
    }

    /// All marks on somebody else's picture of a capture time.
    pub(crate) fn overlay_of(
        &mut self,
        capture_time_us: u64,
        viewport: &Viewport,
    ) -> Result<&OverlayFrame, ProjectionError> {
        let camera = self.theirs.look(capture_time_us);
        let motion = |revision| self.theirs.motion(revision, capture_time_us);
        self.shown.project(
            camera.as_ref(),
            self.theirs.anchors(),
            capture_time_us,
            viewport,
            false,
            motion,
        )
    }
}
