//! Frames that an author asked to keep.

use std::collections::{BTreeMap, BTreeSet};

use super::limits::PINS_REMEMBERED;
use crate::ids::PersonId;
use crate::messages::annotation::{PinOutcome, Space};

/// A frozen frame, and what its owner said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinView<'a> {
    /// Who asked for it.
    pub author: &'a PersonId,
    /// The author's number for it.
    pub pin: u32,
    /// Whose picture it is.
    pub space: &'a Space,
    /// The epoch of the frame.
    pub epoch: u32,
    /// When it was captured, in µs of the owner's clock.
    pub at_us: u64,
    /// None: the owner has not answered yet.
    pub outcome: Option<PinOutcome>,
}

/// What a `freeze` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) space: Space,
    pub(super) epoch: u32,
    pub(super) at_us: u64,
}

/// One author's frozen frames. Old numbers are forgotten, so that it stays small without being told.
#[derive(Debug, Default)]
pub(super) struct Pins {
    newest: u32,
    asked: BTreeMap<u32, Asked>,
    thawed: BTreeSet<u32>,
}

impl Pins {
    /// Of an author whose pins up to a number are gone.
    pub(super) fn above(number: u32) -> Self {
        let mut pins = Self::default();
        pins.advance(number);
        pins.thawed = (number.saturating_sub(PINS_REMEMBERED) + 1..=number).collect();
        pins
    }

    /// Returns whether that is news.
    pub(super) fn freeze(&mut self, pin: u32, asked: Asked) -> bool {
        if self.is_gone(pin) || self.asked.contains_key(&pin) {
            return false;
        }
        self.asked.insert(pin, asked);
        self.advance(pin);
        true
    }

    /// Returns whether there was one.
    pub(super) fn thaw(&mut self, pin: u32) -> bool {
        if self.is_gone(pin) {
            return false;
        }
        self.thawed.insert(pin);
        self.advance(pin);
        self.asked.remove(&pin).is_some()
    }

    /// Whether it was thawed, or is too old to be remembered.
    pub(super) fn is_gone(&self, pin: u32) -> bool {
        pin <= self.forgotten_through() || self.thawed.contains(&pin)
    }

    pub(super) fn get(&self, pin: u32) -> Option<&Asked> {
        self.asked.get(&pin)
    }

    pub(super) fn asked(&self) -> impl ExactSizeIterator<Item = (u32, &Asked)> {
        self.asked.iter().map(|(pin, asked)| (*pin, asked))
    }

    pub(super) fn thawed(&self) -> impl Iterator<Item = u32> {
        self.thawed.iter().copied()
    }

    fn forgotten_through(&self) -> u32 {
        self.newest.saturating_sub(PINS_REMEMBERED)
    }

    fn advance(&mut self, pin: u32) {
        if pin > self.newest {
            self.newest = pin;
            let first_kept = self.forgotten_through() + 1;
            self.asked = self.asked.split_off(&first_kept);
            self.thawed = self.thawed.split_off(&first_kept);
        }
    }
}
