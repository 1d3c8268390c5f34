//! All marks, and the pictures of the last moments.

use std::collections::VecDeque;
use std::sync::Arc;

use glam::{DMat3, DVec2};

use super::homography::Homography;
use super::mark::{Mark, Scratch, features_per_mark};
use super::outline::Outline;
use super::pyramid::{self, Pyramid};
use super::{GreyPicture, MotionError, MotionState};
use crate::PicturePoint;

/// Marks that are followed at once.
pub const MAX_MARKS: usize = 32;
/// Frames that are pinned at once.
pub const MAX_PINS: usize = 8;
/// Frames are kept this long, so that what was drawn on one that has travelled can be carried forward.
pub const HISTORY_US: u64 = 2_000_000;
/// However fast they come, no more than this many.
const HISTORY_FRAMES: usize = 60;
/// Capture times this close belong to the same frame.
const SAME_FRAME_US: u64 = 8_000;
/// Between two frames further apart the picture may have moved anyhow.
const BRIDGED_US: u64 = 200_000;
/// Steps that a mark drawn on an earlier frame makes at each picture, and how many frames each takes.
const CATCH_UP_STEPS: usize = 5;
const CATCH_UP_STRIDE: u64 = 2;

/// What is known of a mark at the newest picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkMotion {
    /// The id it was added with.
    pub id: u64,
    /// Whether it may be shown.
    pub state: MotionState,
    /// How sure its place is, 0 to 1.
    pub confidence: f32,
    /// From the frame it was drawn on to the newest one, in picture coordinates. When lost, the last that was known.
    pub now_from_drawn: Homography,
}

impl MarkMotion {
    /// Whether the mark's place is known well enough to show it.
    pub fn is_shown(&self) -> bool {
        match self.state {
            MotionState::Trusted | MotionState::Refound => true,
            MotionState::CatchingUp | MotionState::Lost => false,
        }
    }
}

#[derive(Debug)]
struct Frame {
    capture_time_us: u64,
    number: u64,
    picture: Arc<Pyramid>,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    mark: Mark,
    /// Size of the picture it was drawn on.
    drawn_size_px: DVec2,
    /// Number of the frame it was followed to.
    at: u64,
    /// Where it was lately, by capture time.
    places: VecDeque<(u64, Homography)>,
}

/// Follows marks through the pictures of a camera. It reads no clock and keeps no more than about two seconds of
/// pictures; the same pictures and calls give the same results.
#[derive(Debug, Default)]
pub struct MotionTracker {
    frames: VecDeque<Frame>,
    pins: Vec<Frame>,
    spare: Vec<Arc<Pyramid>>,
    next_number: u64,
    entries: Vec<Entry>,
    motions: Vec<MarkMotion>,
    pyramid_scratch: pyramid::Scratch,
    scratch: Scratch,
}

impl MotionTracker {
    /// A tracker that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next picture and follows all marks to it; gives what is known of each, in the order they were added.
    /// A picture older than the newest one is refused and changes nothing.
    pub fn push_frame(
        &mut self,
        capture_time_us: u64,
        picture: &GreyPicture<'_>,
    ) -> Result<&[MarkMotion], MotionError> {
        if self
            .frames
            .back()
            .is_some_and(|newest| newest.capture_time_us >= capture_time_us)
        {
            return Err(MotionError::OutOfOrder);
        }
        let mut spare = self.spare.pop().unwrap_or_default();
        match Arc::get_mut(&mut spare) {
            Some(pyramid) => pyramid.rebuild(picture, &mut self.pyramid_scratch)?,
            // A spare one is nobody else's; but should it be, it is left alone.
            None => {
                let mut pyramid = Pyramid::default();
                pyramid.rebuild(picture, &mut self.pyramid_scratch)?;
                spare = Arc::new(pyramid);
            }
        }
        self.take_size(spare.size_px);
        self.next_number += 1;
        self.frames.push_back(Frame {
            capture_time_us,
            number: self.next_number,
            picture: spare,
        });
        self.forget(capture_time_us);
        let limit = features_per_mark(self.entries.len());
        // Looking everywhere takes as long as following several marks: one mark at a time.
        let searching = self
            .entries
            .iter()
            .filter(|entry| entry.mark.must_search())
            .count()
            .max(1);
        let mut turn = self.next_number as usize % searching;
        for entry in &mut self.entries {
            let must_search = entry.mark.must_search();
            advance(entry, &self.frames, limit, must_search && turn == 0, &mut self.scratch);
            turn = if must_search { turn.wrapping_sub(1) } else { turn };
        }
        self.tell();
        Ok(&self.motions)
    }

    /// Begins to follow a mark drawn on the frame of a capture time, `points` being its line in picture coordinates. A
    /// mark of the same id is replaced. Drawn on an earlier frame, the mark is caught up within a few pictures; drawn
    /// on a pinned frame, it is looked for.
    pub fn add_mark(&mut self, id: u64, drawn_at_us: u64, points: &[PicturePoint]) -> Result<(), MotionError> {
        let frame = nearest(self.frames.iter().rev(), drawn_at_us).or_else(|| nearest(self.pins.iter(), drawn_at_us));
        let frame = frame.ok_or(MotionError::FrameForgotten)?;
        let replaced = self.entries.iter().position(|entry| entry.id == id);
        if replaced.is_none() && self.entries.len() >= MAX_MARKS {
            return Err(MotionError::TooManyMarks);
        }
        let size_px = frame.picture.size_px;
        let outline = outline(points, size_px).ok_or(MotionError::NotALine)?;
        let mark = Mark::new(&frame.picture, outline).ok_or(MotionError::TooLittleTexture)?;
        let mut entry = Entry {
            id,
            mark,
            drawn_size_px: size_px,
            at: frame.number,
            places: VecDeque::with_capacity(HISTORY_FRAMES),
        };
        entry.places.push_back((frame.capture_time_us, Homography::IDENTITY));
        if self.frames.back().is_some_and(|newest| newest.number == entry.at) {
            entry.mark.caught_up();
        }
        match replaced.and_then(|index| self.entries.get_mut(index)) {
            Some(present) => *present = entry,
            None => self.entries.push(entry),
        }
        self.tell();
        Ok(())
    }

    /// A mark has grown: `points` are all of it, in picture coordinates of the frame it was drawn on (see
    /// [`on_drawn_frame`](Self::on_drawn_frame)). What it is followed by is chosen anew in the newest picture. Returns whether
    /// that was possible; while the mark's place is not known, or there is too little to see, it is followed as before.
    pub fn grow_mark(&mut self, id: u64, points: &[PicturePoint]) -> Result<bool, MotionError> {
        let (Some(entry), Some(newest)) = (self.entries.iter_mut().find(|entry| entry.id == id), self.frames.back())
        else {
            return Ok(false);
        };
        let outline = outline(points, entry.drawn_size_px).ok_or(MotionError::NotALine)?;
        Ok(entry.at == newest.number && entry.mark.grow(&newest.picture, outline))
    }

    /// Follows a mark no more. Unknown ids are fine.
    pub fn remove_mark(&mut self, id: u64) {
        self.entries.retain(|entry| entry.id != id);
        self.tell();
    }

    /// Keeps the frame of a capture time until it is unpinned, for marks that are drawn on it while it stands still.
    pub fn pin_frame(&mut self, capture_time_us: u64) -> Result<(), MotionError> {
        if nearest(self.pins.iter(), capture_time_us).is_some() {
            return Ok(());
        }
        if self.pins.len() >= MAX_PINS {
            return Err(MotionError::TooManyPins);
        }
        let frame = nearest(self.frames.iter().rev(), capture_time_us).ok_or(MotionError::FrameForgotten)?;
        let pin = Frame {
            picture: Arc::clone(&frame.picture),
            ..*frame
        };
        self.pins.push(pin);
        Ok(())
    }

    /// Lets a pinned frame go. One that is not pinned is fine.
    pub fn unpin_frame(&mut self, capture_time_us: u64) {
        self.pins
            .retain(|pin| pin.capture_time_us.abs_diff(capture_time_us) > SAME_FRAME_US);
    }

    /// What is known of each mark at the newest picture, in the order they were added.
    pub fn motions(&self) -> &[MarkMotion] {
        &self.motions
    }

    /// Where a point seen on a later frame was on the frame that a mark was drawn on. Ink that is drawn while the
    /// camera moves has each point on another frame: this brings them to that of the first, for the mark to
    /// [grow](Self::grow_mark). Between two frames that are not far apart the point lies between. `None` where the mark is
    /// unknown or was not followed there.
    pub fn on_drawn_frame(&self, id: u64, seen_at_us: u64, point: PicturePoint) -> Option<PicturePoint> {
        let entry = self.entries.iter().find(|entry| entry.id == id)?;
        let distance = |place: &&(u64, Homography)| place.0.abs_diff(seen_at_us);
        let (time_us, place) = entry.places.iter().min_by_key(distance)?;
        if time_us.abs_diff(seen_at_us) <= SAME_FRAME_US {
            return place.inverse()?.apply(point);
        }
        let after = entry.places.iter().position(|(time_us, _)| *time_us > seen_at_us)?;
        let (from, to) = (entry.places.get(after.checked_sub(1)?)?, entry.places.get(after)?);
        if to.0 - from.0 > BRIDGED_US {
            return None;
        }
        let share = (seen_at_us - from.0) as f32 / (to.0 - from.0) as f32;
        let (from, to) = (from.1.inverse()?.apply(point)?, to.1.inverse()?.apply(point)?);
        Some(PicturePoint::new(
            from.x + (to.x - from.x) * share,
            from.y + (to.y - from.y) * share,
        ))
    }

    /// The features that a mark is followed by, in picture coordinates of the frame it was drawn on: for showing and
    /// comparing. Empty for an unknown mark.
    pub fn features(&self, id: u64) -> Vec<PicturePoint> {
        let entry = self.entries.iter().find(|entry| entry.id == id);
        let in_picture = |entry: &Entry, at: DVec2| {
            let at = (at + 0.5) / entry.drawn_size_px;
            PicturePoint::new(at.x as f32, at.y as f32)
        };
        entry.map_or_else(Vec::new, |entry| {
            entry.mark.features().map(|at| in_picture(entry, at)).collect()
        })
    }

    fn take_size(&mut self, size_px: DVec2) {
        let Some(before_px) = self.frames.back().map(|newest| newest.picture.size_px) else {
            return;
        };
        if before_px == size_px {
            return;
        }
        self.frames.clear();
        self.spare.clear();
        for entry in &mut self.entries {
            entry.mark.resize(before_px, size_px);
            entry.mark.lose();
        }
    }

    fn forget(&mut self, now_us: u64) {
        while self.frames.len() > HISTORY_FRAMES
            || self
                .frames
                .front()
                .is_some_and(|oldest| now_us - oldest.capture_time_us > HISTORY_US)
        {
            let Some(oldest) = self.frames.pop_front() else {
                break;
            };
            if Arc::strong_count(&oldest.picture) == 1 {
                self.spare.push(oldest.picture);
            }
        }
    }

    fn tell(&mut self) {
        self.motions.clear();
        let Some(now_px) = self.frames.back().map(|newest| newest.picture.size_px) else {
            return;
        };
        self.motions.extend(self.entries.iter().map(|entry| MarkMotion {
            id: entry.id,
            state: entry.mark.state,
            confidence: entry.mark.confidence as f32,
            now_from_drawn: in_picture(&entry.mark.now_from_drawn(), entry.drawn_size_px, now_px),
        }));
    }
}

impl Entry {
    fn remember(&mut self, frame: &Frame) {
        if self.mark.state == MotionState::Lost {
            return;
        }
        if self.places.len() == HISTORY_FRAMES {
            self.places.pop_front();
        }
        let place = in_picture(&self.mark.now_from_drawn(), self.drawn_size_px, frame.picture.size_px);
        self.places.push_back((frame.capture_time_us, place));
    }
}

/// Follows a mark to the newest frame, or as far as it gets in a few steps.
fn advance(entry: &mut Entry, frames: &VecDeque<Frame>, limit: usize, may_search: bool, scratch: &mut Scratch) {
    let (Some(oldest), Some(newest)) = (frames.front(), frames.back()) else {
        return;
    };
    let frame_of = |number: u64| frames.get(number.checked_sub(oldest.number)? as usize);
    for _ in 0..CATCH_UP_STEPS {
        let Some(before) = frame_of(entry.at) else {
            break;
        };
        let behind = newest.number - entry.at;
        if behind == 0 {
            break;
        }
        let stride = if behind > CATCH_UP_STRIDE { CATCH_UP_STRIDE } else { 1 };
        let Some(next) = frame_of(entry.at + stride) else {
            break;
        };
        entry
            .mark
            .follow(&before.picture, &next.picture, limit, may_search, scratch);
        entry.at = next.number;
        entry.remember(next);
        if entry.mark.state == MotionState::Lost {
            // Nothing is gained by looking for it in pictures of the past.
            entry.at = newest.number;
        }
    }
    if entry.at < oldest.number {
        entry.mark.lose();
        entry.at = newest.number;
    }
    if entry.at == newest.number {
        entry.mark.caught_up();
    }
}

fn nearest<'a>(frames: impl Iterator<Item = &'a Frame>, capture_time_us: u64) -> Option<&'a Frame> {
    let distance = |frame: &&Frame| frame.capture_time_us.abs_diff(capture_time_us);
    frames
        .min_by_key(distance)
        .filter(|frame| distance(frame) <= SAME_FRAME_US)
}

fn outline(points: &[PicturePoint], size_px: DVec2) -> Option<Outline> {
    let in_px = |point: &PicturePoint| DVec2::new(f64::from(point.x), f64::from(point.y)) * size_px - 0.5;
    Outline::new(points.iter().map(in_px))
}

/// A map between pixels, as one between picture coordinates.
fn in_picture(now_from_drawn: &Homography, drawn_px: DVec2, now_px: DVec2) -> Homography {
    let to_px = DMat3::from_translation(DVec2::splat(-0.5)) * DMat3::from_scale(drawn_px);
    let from_px = DMat3::from_scale(now_px.recip()) * DMat3::from_translation(DVec2::splat(0.5));
    Homography(from_px * now_from_drawn.0 * to_px)
}
