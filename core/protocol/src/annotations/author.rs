//! What one person drew.

use std::collections::BTreeMap;

use super::assembly::Assembly;
use super::limits::{MAX_GONE_RUNS, MAX_MARKS_RECEIVED, MAX_POINTS_RECEIVED, MAX_STROKE_POINTS};
use super::mark::{Mark, points};
use super::numbers::Numbers;
use super::pins::Pins;
use super::refusal::Refusal;
use crate::messages::annotation::Ink;

/// One person's marks and frozen frames.
#[derive(Debug, Default)]
pub(super) struct Author {
    pub(super) marks: BTreeMap<u32, Mark>,
    /// Numbers of marks that are gone for good, those that were never seen here among them.
    pub(super) gone: Numbers,
    pub(super) pins: Pins,
    /// Points of all marks.
    pub(super) points: usize,
}

impl Author {
    /// Of somebody whose marks and frozen frames up to a number are gone.
    pub(super) fn above(number: u32) -> Self {
        Self {
            gone: Numbers::up_to(number, &[]),
            pins: Pins::above(number),
            ..Self::default()
        }
    }

    /// Returns whether the mark is new, or shows more than before.
    pub(super) fn ink(&mut self, ink: &Ink) -> Result<bool, Refusal> {
        let from = ink.from as usize;
        if ink.mark == 0 || from.saturating_add(ink.points.len()) > MAX_STROKE_POINTS {
            return Err(Refusal::Invalid);
        }
        if self.gone.contains(ink.mark) {
            return Ok(false);
        }
        if self.points + ink.points.len() > MAX_POINTS_RECEIVED {
            return Err(Refusal::TooMuch);
        }
        let is_new = !self.marks.contains_key(&ink.mark);
        if is_new && self.marks.len() >= MAX_MARKS_RECEIVED {
            return Err(Refusal::TooMuch);
        }
        let mark = self.marks.entry(ink.mark).or_insert_with(|| Mark {
            stroke: ink.stroke.clone(),
            ink: Assembly::new(),
            changed_at: 0,
        });
        if mark.stroke != ink.stroke {
            return Err(Refusal::Invalid);
        }
        let before = mark.ink.stored();
        let shows_more = mark.ink.insert(from, &points(ink), ink.done);
        self.points = self.points - before + mark.ink.stored();
        Ok(is_new || shows_more)
    }

    /// Marks that are gone for good. Returns the numbers of those that were here.
    pub(super) fn remove(&mut self, numbers: &Numbers) -> Result<Vec<u32>, Refusal> {
        let gone = self.gone.union(numbers);
        if gone.runs() > MAX_GONE_RUNS {
            return Err(Refusal::TooMuch);
        }
        self.gone = gone;
        let here = self.marks.keys().copied().filter(|number| numbers.contains(*number));
        let removed: Vec<u32> = here.collect();
        for number in &removed {
            if let Some(mark) = self.marks.remove(number) {
                self.points -= mark.ink.stored();
            }
        }
        Ok(removed)
    }
}
