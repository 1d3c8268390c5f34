//! All marks, kept ready for any number of frames.

use glam::Vec3;

use super::bounds::Bounds;
use super::mark::{InvalidMark, Mark};
use super::style::MarkStyle;
use crate::anchor::{AnchorId, AnchorSet};
use crate::drift::ShapeState;
use crate::{Pose, ShapeKind};

/// As many marks as fit.
pub const MAX_MARKS: usize = 32_768;

/// As many points as fit, over all marks.
pub const MAX_POINTS: usize = 524_288;

/// As many points as one mark can have.
pub const MAX_POINTS_PER_MARK: usize = 4_096;

/// The marks of a document with their places in the world.
///
/// Marks are drawn in the order of their ids, higher ones above. Adding, changing and removing cost something for the
/// mark in question alone; a corrected anchor costs something for the marks that hang on it.
#[derive(Debug, Clone, Default)]
pub struct OverlayScene {
    /// By id.
    marks: Vec<Mark>,
    bounds: Bounds,
    frames: Vec<ReferenceFrame>,
    points: usize,
    /// Of the broadest line, as a fraction of the viewport's longer side.
    widest: f32,
}

/// What marks hang on.
#[derive(Debug, Clone)]
struct ReferenceFrame {
    anchor: AnchorId,
    pose: Pose,
    state: ShapeState,
    marks: usize,
}

impl OverlayScene {
    /// Without marks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a mark, or replaces the one with this id. Its points are in metres from the anchor. Before the next
    /// [`OverlayScene::follow`] a mark on an anchor that no other mark hangs on is lost; the world itself is tracked.
    pub fn set(
        &mut self,
        id: u64,
        anchor: AnchorId,
        kind: ShapeKind,
        style: MarkStyle,
        points_m: &[Vec3],
    ) -> Result<(), InvalidMark> {
        let found = self.find(id);
        let replaced = found
            .ok()
            .and_then(|index| self.marks.get(index))
            .map_or(0, Mark::point_count);
        if self.points - replaced + points_m.len() > MAX_POINTS || (found.is_err() && self.marks.len() == MAX_MARKS) {
            return Err(InvalidMark::TooMany);
        }
        let mark = Mark::new(id, 0, kind, style, points_m)?;
        if let Ok(index) = found {
            self.remove_at(index);
        }
        let (Ok(index) | Err(index)) = found;
        self.points += mark.point_count();
        self.widest = self.widest.max(style.bounded_width());
        self.marks.insert(index, mark);
        self.bounds.insert(index);
        let frame = self.frame_of(anchor);
        if let (Some(mark), Some(frame)) = (self.marks.get_mut(index), self.frames.get_mut(frame)) {
            frame.marks += 1;
            let (centre_m, radius_m) = mark.place(&frame.pose);
            self.bounds.set(index, centre_m, radius_m);
        }
        if let Some(mark) = self.marks.get_mut(index) {
            mark.frame = frame;
        }
        Ok(())
    }

    /// Adds points to ink that is being drawn, in metres from its anchor.
    pub fn extend(&mut self, id: u64, points_m: &[Vec3]) -> Result<(), InvalidMark> {
        let index = self.find(id).map_err(|_| InvalidMark::Unknown)?;
        if self.points + points_m.len() > MAX_POINTS {
            return Err(InvalidMark::TooMany);
        }
        let Some(mark) = self.marks.get_mut(index) else {
            return Err(InvalidMark::Unknown);
        };
        mark.extend(points_m)?;
        self.points += points_m.len();
        if let Some(frame) = self.frames.get(mark.frame) {
            let (centre_m, radius_m) = mark.place(&frame.pose);
            self.bounds.set(index, centre_m, radius_m);
        }
        Ok(())
    }

    /// Removes a mark; whether there was one.
    pub fn remove(&mut self, id: u64) -> bool {
        let found = self.find(id);
        if let Ok(index) = found {
            self.remove_at(index);
        }
        found.is_ok()
    }

    /// Removes all marks.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.bounds.clear();
        self.frames.clear();
        self.points = 0;
        self.widest = 0.0;
    }

    /// How many marks there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are no marks.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The ids of all marks, ascending.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.marks.iter().map(|mark| mark.id)
    }

    /// How far to trust where a mark is shown; `None` when there is no such mark.
    pub fn state(&self, id: u64) -> Option<ShapeState> {
        let mark = self.marks.get(self.find(id).ok()?)?;
        Some(self.state_of(mark))
    }

    /// Takes over how sure the anchors are, and moves the marks of those that were corrected. Call it once per frame.
    pub fn follow(&mut self, anchors: &AnchorSet) {
        let Self {
            marks, bounds, frames, ..
        } = self;
        for (number, frame) in frames.iter_mut().enumerate().filter(|(_, frame)| frame.marks > 0) {
            frame.state = anchors.state(frame.anchor);
            let Some(pose) = anchors.pose(frame.anchor).filter(|pose| *pose != frame.pose) else {
                continue;
            };
            frame.pose = pose;
            for (index, mark) in marks.iter_mut().enumerate().filter(|(_, mark)| mark.frame == number) {
                let (centre_m, radius_m) = mark.place(&pose);
                bounds.set(index, centre_m, radius_m);
            }
        }
    }

    pub(super) fn marks(&self) -> &[Mark] {
        &self.marks
    }

    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(super) fn widest(&self) -> f32 {
        self.widest
    }

    pub(super) fn state_of(&self, mark: &Mark) -> ShapeState {
        self.frames
            .get(mark.frame)
            .map_or(ShapeState::Lost, |frame| frame.state)
    }

    /// How many marks are stale, and how many are lost.
    pub(super) fn doubtful(&self) -> (u32, u32) {
        self.frames
            .iter()
            .fold((0, 0), |(stale, lost), frame| match frame.state {
                ShapeState::Tracked => (stale, lost),
                ShapeState::Stale { .. } => (stale + frame.marks as u32, lost),
                ShapeState::Lost => (stale, lost + frame.marks as u32),
            })
    }

    fn find(&self, id: u64) -> Result<usize, usize> {
        match self.marks.last() {
            Some(last) if last.id < id => Err(self.marks.len()),
            _ => self.marks.binary_search_by_key(&id, |mark| mark.id),
        }
    }

    fn remove_at(&mut self, index: usize) {
        let mark = self.marks.remove(index);
        self.bounds.remove(index);
        self.points -= mark.point_count();
        if mark.style.bounded_width() >= self.widest {
            self.widest = self
                .marks
                .iter()
                .map(|mark| mark.style.bounded_width())
                .fold(0.0, f32::max);
        }
        if let Some(frame) = self.frames.get_mut(mark.frame) {
            frame.marks -= 1;
        }
    }

    /// The number of the frame of reference of this anchor; an unused one takes it over when it is new.
    fn frame_of(&mut self, anchor: AnchorId) -> usize {
        let known = self
            .frames
            .iter()
            .position(|frame| frame.anchor == anchor && frame.marks > 0);
        let unused = || self.frames.iter().position(|frame| frame.marks == 0);
        if let Some(number) = known {
            return number;
        }
        let is_world = anchor == AnchorId::WORLD;
        let frame = ReferenceFrame {
            anchor,
            pose: Pose::IDENTITY,
            state: if is_world {
                ShapeState::Tracked
            } else {
                ShapeState::Lost
            },
            marks: 0,
        };
        match unused() {
            Some(number) => {
                self.frames[number] = frame;
                number
            }
            None => {
                self.frames.push(frame);
                self.frames.len() - 1
            }
        }
    }
}
