//! What was drawn, and where it is.

use super::assembly::Assembly;
use crate::ids::PersonId;
use crate::messages::annotation::{Ink, InkSample, MAX_INK_POINTS, PICTURE_UNITS, RefusedBecause, Stroke, Tool};

/// One mark among all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarkId {
    /// Who drew it.
    pub author: PersonId,
    /// The author's number for it.
    pub number: u32,
}

/// A point of a stroke, with the frame it was drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InkPoint {
    /// The epoch of that frame.
    pub epoch: u32,
    /// When that frame was captured, in µs of the owner's clock.
    pub capture_us: u64,
    /// To the right: 0 to 65,536 over the picture's width.
    pub x: u32,
    /// Down: 0 to 65,536 over the picture's height.
    pub y: u32,
}

impl InkPoint {
    /// From picture widths and heights, at the picture's edge if it lies beyond. What is no number counts as 0.
    pub fn from_fractions(epoch: u32, capture_us: u64, x: f32, y: f32) -> Self {
        let units = |fraction: f32| (fraction.clamp(0.0, 1.0) * PICTURE_UNITS as f32).round() as u32;
        Self {
            epoch,
            capture_us,
            x: units(x),
            y: units(y),
        }
    }

    /// In picture widths and heights.
    pub fn to_fractions(self) -> [f32; 2] {
        [self.x, self.y].map(|units| units as f32 / PICTURE_UNITS as f32)
    }
}

/// A mark, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkView<'a> {
    /// Who drew it.
    pub author: &'a PersonId,
    /// The author's number for it.
    pub number: u32,
    /// What it is.
    pub stroke: &'a Stroke,
    /// As it was drawn, up to the first point that has not arrived yet.
    pub points: &'a [InkPoint],
    /// The author is done with it, and all points are here.
    pub is_done: bool,
    /// Where it is.
    pub placement: Placement<'a>,
    /// The [`revision`](super::Document::revision) of the document with which it last changed.
    pub changed_at: u64,
}

impl MarkView<'_> {
    /// Which mark it is.
    pub fn id(&self) -> MarkId {
        MarkId {
            author: self.author.clone(),
            number: self.number,
        }
    }
}

/// Where a mark is, as the owner of its space says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement<'a> {
    /// The owner has not said it yet.
    Waiting,
    /// In the world.
    Shape {
        /// Grows when it is placed anew.
        revision: u32,
        /// The anchor that the points move with.
        anchor: u32,
        /// What it looks like.
        kind: Tool,
        /// Points (x, y, z) in µm, in the anchor's frame, up to the first that has not arrived yet.
        points_um: &'a [[i32; 3]],
        /// No more points come.
        is_complete: bool,
    },
    /// In the picture, with whose motion it goes; `live` names it by the revision.
    Picture {
        /// Grows when it is placed anew.
        revision: u32,
        /// Points (x, y) in the picture in which the mark began, 65,536 to its width and to its height, up to the first that
        /// has not arrived yet. They may lie outside.
        points: &'a [[i32; 2]],
        /// No more points come.
        is_complete: bool,
    },
    /// Nowhere: it cannot be shown where it was drawn.
    Refused(RefusedBecause),
}

/// Where an owner places a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing<'a> {
    /// In the world.
    Shape {
        /// The anchor that the points move with.
        anchor: u32,
        /// What it looks like.
        kind: Tool,
        /// Points (x, y, z) in µm, in the anchor's frame: the first ones, or all.
        points_um: &'a [[i32; 3]],
        /// No more points come.
        is_complete: bool,
    },
    /// In the picture, with whose motion it goes.
    Picture {
        /// Points (x, y) in the picture in which the mark began, 65,536 to its width and to its height: the first ones, or
        /// all.
        points: &'a [[i32; 2]],
        /// No more points come.
        is_complete: bool,
    },
    /// Nowhere.
    Refused(RefusedBecause),
}

/// A mark as its author's messages make it.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) stroke: Stroke,
    pub(super) ink: Assembly<InkPoint>,
    pub(super) changed_at: u64,
}

/// The points that an `ink` carries.
pub(super) fn points(ink: &Ink) -> Vec<InkPoint> {
    let point = |sample: &InkSample| InkPoint {
        epoch: ink.epoch,
        capture_us: ink.at_us.saturating_add(sample.dt_us.into()),
        x: sample.x,
        y: sample.y,
    };
    ink.points.iter().map(point).collect()
}

/// Messages with the points of a mark from number `from` on; without points there is one all the same.
pub(super) fn inks(mark: u32, stroke: &Stroke, from: usize, points: &[InkPoint], done: bool) -> Vec<Ink> {
    let mut inks = Vec::with_capacity(points.len() / MAX_INK_POINTS + 1);
    let (mut from, mut rest) = (from, points);
    loop {
        let (part, after) = rest.split_at(fitting(rest));
        let first = part.first();
        let at_us = first.map_or(0, |first| first.capture_us);
        let sample = |point: &InkPoint| InkSample {
            dt_us: u32::try_from(point.capture_us.saturating_sub(at_us)).unwrap_or(u32::MAX),
            x: point.x,
            y: point.y,
        };
        inks.push(Ink {
            mark,
            stroke: stroke.clone(),
            epoch: first.map_or(0, |first| first.epoch),
            from: u32::try_from(from).unwrap_or(u32::MAX),
            at_us,
            points: part.iter().map(sample).collect(),
            done: done && after.is_empty(),
        });
        if after.is_empty() {
            return inks;
        }
        from += part.len();
        rest = after;
    }
}

/// How many of the first points fit one message: of one epoch, none before the first.
fn fitting(points: &[InkPoint]) -> usize {
    let Some(first) = points.first() else { return 0 };
    let fits = |point: &&InkPoint| {
        let later_us = point.capture_us.checked_sub(first.capture_us);
        point.epoch == first.epoch && later_us.is_some_and(|later_us| u32::try_from(later_us).is_ok())
    };
    points.iter().take(MAX_INK_POINTS).take_while(fits).count()
}
