//! Frozen frames, and what is kept of each for as long as somebody draws on it.

use std::collections::BTreeMap;

use assist_protocol::PersonId;
use assist_protocol::messages::annotation::RefusedBecause;

/// Frozen frames that are kept at a time.
pub(super) const MAX_PINS: usize = 8;
/// How long a frozen frame is kept.
pub(super) const PIN_LIFETIME_US: u64 = 10 * 60 * 1_000_000;

/// Frozen frames by author and the author's number.
#[derive(Debug)]
pub(super) struct Pins<T> {
    kept: BTreeMap<(PersonId, u32), (T, u64)>,
}

impl<T> Default for Pins<T> {
    fn default() -> Self {
        Self { kept: BTreeMap::new() }
    }
}

impl<T> Pins<T> {
    /// Whether this one would be new.
    ///
    /// # Errors
    /// [`RefusedBecause::TooMany`]: it would be one too many.
    pub(super) fn is_new(&self, by: &PersonId, pin: u32) -> Result<bool, RefusedBecause> {
        match self.kept.contains_key(&(by.clone(), pin)) {
            true => Ok(false),
            false if self.kept.len() >= MAX_PINS => Err(RefusedBecause::TooMany),
            false => Ok(true),
        }
    }

    /// Keeps something for a frozen frame, from `now_us` on.
    pub(super) fn keep(&mut self, by: &PersonId, pin: u32, now_us: u64, kept: T) {
        self.kept.insert((by.clone(), pin), (kept, now_us));
    }

    /// What is kept of a frozen frame.
    pub(super) fn get(&self, by: &PersonId, pin: u32) -> Result<&T, RefusedBecause> {
        let kept = self.kept.get(&(by.clone(), pin));
        kept.map(|(kept, _)| kept).ok_or(RefusedBecause::PinExpired)
    }

    /// Everything that is kept.
    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.kept.values().map(|(kept, _)| kept)
    }

    /// Keeps only the frames that `wanted` selects.
    pub(super) fn retain(&mut self, wanted: impl Fn(&PersonId, u32) -> bool) {
        self.kept.retain(|(by, pin), _| wanted(by, *pin));
    }

    /// The frames that were kept for as long as frames are.
    pub(super) fn expired(&self, now_us: u64) -> Vec<(PersonId, u32)> {
        let is_old = |since_us: u64| now_us.saturating_sub(since_us) > PIN_LIFETIME_US;
        let old = self.kept.iter().filter(|(_, (_, since_us))| is_old(*since_us));
        old.map(|(key, _)| key.clone()).collect()
    }
}
