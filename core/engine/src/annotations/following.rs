//! Marks on the picture of a camera whose platform knows no space: carried along with what the picture shows.
//!
//! Each point of a mark is brought to the frame of the first one, as far as the mark was followed by then; that line is the
//! mark's place. From there on the tracker says where the line is now.

use std::collections::BTreeMap;

use assist_protocol::PersonId;
use assist_protocol::annotations::{Document, InkPoint, MarkId, MarkView, Placement, Placing, Refusal};
use assist_protocol::messages::annotation::{PICTURE_UNITS, RefusedBecause};
use assist_protocol::messages::channel::Operation;
use assist_protocol::messages::live::Transform;
use assist_scene::{GreyPicture, Homography, MarkMotion, MotionError, MotionState, MotionTracker, PicturePoint};

use super::pins::Pins;

/// While a mark is drawn, what it is followed by is chosen anew this often.
const GROWTH_EVERY_US: u64 = 300_000;

/// The marks that are followed, and the pictures they are followed in.
#[derive(Debug, Default)]
pub(super) struct Following {
    tracker: MotionTracker,
    newest_us: Option<u64>,
    marks: BTreeMap<MarkId, Followed>,
    last_id: u64,
    /// By capture time.
    pins: Pins<u64>,
}

#[derive(Debug)]
struct Followed {
    /// As the tracker knows it.
    id: u64,
    /// The revision of its place, by which others know it; 0 before it has one.
    revision: u32,
    /// In the frame of its first point.
    line: Vec<PicturePoint>,
    /// Of the line, what the tracker knows.
    grown: usize,
    grown_at_us: u64,
    is_done: bool,
}

impl Following {
    /// Takes in the next picture, and follows all marks to it.
    pub(super) fn observe(&mut self, capture_us: u64, picture: &GreyPicture<'_>) -> Result<(), MotionError> {
        self.tracker.push_frame(capture_us, picture)?;
        self.newest_us = Some(capture_us);
        Ok(())
    }

    /// Marks that are not all placed, or not followed as a whole yet.
    pub(super) fn underway(&self) -> Vec<MarkId> {
        let unfinished = self.marks.iter().filter(|(_, mark)| !mark.is_settled());
        unfinished.map(|(id, _)| id.clone()).collect()
    }

    /// A mark of our picture has more points, or is done, or there is a new picture: says where it is. Returns what to send to
    /// everybody.
    pub(super) fn drawn(&mut self, id: &MarkId, document: &mut Document) -> Vec<Operation> {
        let Some(mark) = document.mark(id) else {
            return Vec::new();
        };
        if matches!(mark.placement, Placement::Refused(_)) {
            return Vec::new();
        }
        let result = match self.advance(id, &mark) {
            Ok(None) => Ok(Vec::new()),
            Ok(Some(followed)) => followed.tell(id, document),
            Err(because) => {
                self.forget(id);
                document.place(id, Placing::Refused(because))
            }
        };
        result.unwrap_or_else(|refusal: Refusal| {
            log::warn!("a drawing could not be placed: {refusal}");
            Vec::new()
        })
    }

    /// Nothing: it is not followed yet, for there may be more to hold on to when there is more of it.
    fn advance(&mut self, id: &MarkId, mark: &MarkView<'_>) -> Result<Option<&mut Followed>, RefusedBecause> {
        let Some(first) = mark.points.first() else {
            return Ok(None);
        };
        let drawn_us = match mark.stroke.pin {
            Some(pin) => *self.pins.get(mark.author, pin)?,
            None => first.capture_us,
        };
        if !self.marks.contains_key(id) && !self.begin(id, mark, drawn_us)? {
            return Ok(None);
        }
        let (tracker, newest_us) = (&mut self.tracker, self.newest_us.unwrap_or(0));
        let Some(followed) = self.marks.get_mut(id) else {
            return Ok(None);
        };
        for point in mark.points.get(followed.line.len()..).unwrap_or_default() {
            let seen = place(point);
            if mark.stroke.pin.is_some() || point.capture_us == drawn_us {
                followed.line.push(seen);
                continue;
            }
            match tracker.on_drawn_frame(followed.id, point.capture_us, seen) {
                Some(at) => followed.line.push(at),
                // It is carried forward to there in the next pictures.
                None if is_behind(tracker, followed.id) || point.capture_us > newest_us => break,
                None => return Err(RefusedBecause::TrackingLost),
            }
        }
        followed.is_done = mark.is_done && followed.line.len() == mark.points.len();
        followed.grow(tracker, drawn_us, newest_us);
        Ok(Some(followed))
    }

    /// Whether the tracker holds it from now on.
    fn begin(&mut self, id: &MarkId, mark: &MarkView<'_>, drawn_us: u64) -> Result<bool, RefusedBecause> {
        // What of it is on later frames is not far off: good enough to choose what it is followed by.
        let line: Vec<PicturePoint> = mark.points.iter().map(place).collect();
        self.last_id += 1;
        match self.tracker.add_mark(self.last_id, drawn_us, &line) {
            Ok(()) => {}
            Err(MotionError::TooLittleTexture) if !mark.is_done => return Ok(false),
            Err(error) => return Err(self.because(error, drawn_us)),
        }
        let followed = Followed {
            id: self.last_id,
            revision: 0,
            line: Vec::new(),
            grown: 0,
            grown_at_us: self.newest_us.unwrap_or(0),
            is_done: false,
        };
        self.marks.insert(id.clone(), followed);
        Ok(true)
    }

    fn because(&self, error: MotionError, drawn_us: u64) -> RefusedBecause {
        match error {
            MotionError::FrameForgotten if self.newest_us.is_none_or(|newest_us| drawn_us > newest_us) => {
                RefusedBecause::FrameNotKnown
            }
            MotionError::FrameForgotten => RefusedBecause::FrameForgotten,
            MotionError::TooManyMarks | MotionError::TooManyPins => RefusedBecause::TooMany,
            MotionError::TooLittleTexture
            | MotionError::NotALine
            | MotionError::NotAPicture
            | MotionError::PictureTooSmall
            | MotionError::OutOfOrder => RefusedBecause::NothingThere,
        }
    }

    /// Keeps a frame for someone who draws on it.
    pub(super) fn pin(&mut self, by: &PersonId, pin: u32, capture_us: u64) -> Result<(), RefusedBecause> {
        if self.pins.is_new(by, pin)? {
            let pinned = self.tracker.pin_frame(capture_us);
            pinned.map_err(|error| self.because(error, capture_us))?;
            self.pins
                .keep(by, pin, self.newest_us.unwrap_or(capture_us), capture_us);
        }
        Ok(())
    }

    /// Keeps only the frames that `wanted` selects.
    pub(super) fn retain_pins(&mut self, wanted: impl Fn(&PersonId, u32) -> bool) {
        let before: Vec<u64> = self.pins.all().copied().collect();
        self.pins.retain(wanted);
        for capture_us in before {
            // Several may have asked for the same frame.
            if !self.pins.all().any(|kept_us| *kept_us == capture_us) {
                self.tracker.unpin_frame(capture_us);
            }
        }
    }

    /// The frames that were kept for as long as frames are.
    pub(super) fn expired_pins(&self) -> Vec<(PersonId, u32)> {
        self.pins.expired(self.newest_us.unwrap_or(0))
    }

    /// Marks are gone.
    pub(super) fn removed(&mut self, document: &Document) {
        let gone: Vec<MarkId> = self
            .marks
            .keys()
            .filter(|id| document.mark(id).is_none())
            .cloned()
            .collect();
        gone.iter().for_each(|id| self.forget(id));
    }

    fn forget(&mut self, id: &MarkId) {
        if let Some(followed) = self.marks.remove(id) {
            self.tracker.remove_mark(followed.id);
        }
    }

    /// What is known of each mark that has a place, at the newest picture, by the place's revision.
    pub(super) fn motions(&self) -> impl Iterator<Item = (u32, &MarkMotion)> {
        let placed = self.marks.values().filter(|mark| mark.revision > 0);
        placed.filter_map(|mark| Some((mark.revision, motion(&self.tracker, mark.id)?)))
    }

    /// Where a mark's line is in the newest picture, while that is known.
    pub(super) fn transform(&self, revision: u32) -> Option<Transform> {
        let (_, motion) = self.motions().find(|(known, _)| *known == revision)?;
        motion.is_shown().then(|| to_wire(&motion.now_from_drawn))
    }
}

impl Followed {
    fn is_settled(&self) -> bool {
        self.is_done && self.grown == self.line.len()
    }

    fn grow(&mut self, tracker: &mut MotionTracker, drawn_us: u64, newest_us: u64) {
        let is_due = self.is_done || newest_us.saturating_sub(self.grown_at_us) >= GROWTH_EVERY_US;
        if self.grown == self.line.len() || !is_due {
            return;
        }
        let is_lost = motion(tracker, self.id).is_some_and(|motion| motion.state == MotionState::Lost);
        // What is drawn on a frozen frame is looked for as a whole, if it was not found by its first points.
        let grown = if is_lost {
            tracker.add_mark(self.id, drawn_us, &self.line).map(|()| true)
        } else {
            tracker.grow_mark(self.id, &self.line)
        };
        if grown == Ok(true) {
            (self.grown, self.grown_at_us) = (self.line.len(), newest_us);
        }
    }

    /// Tells the line as it is now; of one that only grew, what was added.
    fn tell(&mut self, id: &MarkId, document: &mut Document) -> Result<Vec<Operation>, Refusal> {
        let told = match document.mark(id).map(|mark| mark.placement) {
            Some(Placement::Picture { is_complete: true, .. }) => return Ok(Vec::new()),
            Some(Placement::Picture { points, .. }) => Some(points.len()),
            _ => None,
        };
        let new = self.line.get(told.unwrap_or(0)..).unwrap_or_default();
        if new.is_empty() && !self.is_done {
            return Ok(Vec::new());
        }
        let points: Vec<_> = new.iter().map(to_units).collect();
        let operations = match told {
            Some(_) => document.extend_picture(id, &points, self.is_done),
            None => document.place(
                id,
                Placing::Picture {
                    points: &points,
                    is_complete: self.is_done,
                },
            ),
        };
        if let Some(Placement::Picture { revision, .. }) = document.mark(id).map(|mark| mark.placement) {
            self.revision = revision;
        }
        operations
    }
}

fn motion(tracker: &MotionTracker, id: u64) -> Option<&MarkMotion> {
    tracker.motions().iter().find(|motion| motion.id == id)
}

fn is_behind(tracker: &MotionTracker, id: u64) -> bool {
    motion(tracker, id).is_none_or(|motion| motion.state == MotionState::CatchingUp)
}

fn place(point: &InkPoint) -> PicturePoint {
    let [x, y] = point.to_fractions();
    PicturePoint::new(x, y)
}

/// A cast of a float saturates.
fn to_units(point: &PicturePoint) -> [i32; 2] {
    [point.x, point.y].map(|share| (share * PICTURE_UNITS as f32).round() as i32)
}

/// As an affine map where it is as good as one: within a quarter of a pixel of 1,280.
pub(super) fn to_wire(homography: &Homography) -> Transform {
    let [a, b, c, d, e, f, g, h, _] = homography.to_rows();
    if g.abs() + h.abs() < 2e-4 {
        Transform::Affine([a, b, c, d, e, f])
    } else {
        Transform::Homography([a, b, c, d, e, f, g, h])
    }
}
