//! One mark, followed from picture to picture.
//!
//! ```text
//! CatchingUp --reaches now--> Trusted <--stays good-- Refound
//!     |                         |                        ^  |
//!     +------ not sure ---------+--> Lost --found twice--+  |
//!                                     ^------ not sure -----+
//! ```

use std::sync::Arc;

use glam::{DMat2, DVec2, Mat2};

use super::MotionState;
use super::fit::Match;
use super::homography::{Homography, scale_and_stretch};
use super::key::{FEATURES, Key, Measured, Windows, into_picture};
use super::outline::Outline;
use super::pyramid::{Pyramid, from_level, to_level};
use super::search::{PEAKS, Peak, Search};
use super::template::Template;

/// Confidence below which a mark that is shown is dropped, after so many pictures in a row.
const DOUBTFUL: f64 = 0.3;
const DOUBTFUL_PICTURES: u32 = 2;
/// Confidence below which it is dropped at once.
const HOPELESS: f64 = 0.12;
/// Confidence that a mark found again must have, in so many pictures in a row, before it is shown.
const CERTAIN: f64 = 0.55;
const CERTAIN_PICTURES: u32 = 2;
/// For so many pictures a mark that came back is said to be refound.
const REFOUND_PICTURES: u32 = 10;
/// What the place of a mark may be off by in the picture in which it is held anew.
const GROWTH_ERROR_PX: f64 = 0.3;
/// For so many pictures a lost mark is looked for where the picture's motion would have carried it.
const NEARBY_PICTURES: u32 = 15;
/// Key frames per mark; the first is the frame it was drawn on and stays.
const KEYS: usize = 5;
/// So many pictures at least lie between two new key frames.
const KEY_INTERVAL: u32 = 6;
/// A new key frame is made where the present one is seen this much larger or smaller, or stretched.
const KEY_ZOOM: f64 = 1.5;
const KEY_STRETCH: f64 = 1.6;
/// How far a mark may move between two pictures, in pixels of the smallest level.
const REACH: f32 = 11.0;
/// Zooms and turns (radians) that a lost mark is looked for in.
const APPEARANCES: [(f32, f32); 7] = [
    (1.0, 0.0),
    (1.0, 0.35),
    (1.3, 0.0),
    (1.0, -0.35),
    (0.77, 0.0),
    (1.3, 0.35),
    (0.77, -0.35),
];
const APPEARANCES_PER_PICTURE: usize = 2;
/// Likeness below which a place is not worth measuring.
const WORTH_A_LOOK: f32 = 0.5;

/// Buffers that all marks share.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    matches: Vec<Match>,
    search: Search,
    template: Template,
}

#[derive(Debug)]
pub(super) struct Mark {
    /// Points of it in the frame it was drawn on.
    drawn: Vec<DVec2>,
    keys: Vec<Key>,
    /// Which of the keys is held against the picture.
    key: usize,
    keys_made: u32,
    pictures_since_key: u32,
    windows: Windows,
    now_from_key: Homography,
    pub(super) state: MotionState,
    pub(super) confidence: f64,
    /// Pictures in a row that were doubtful while shown, or certain while lost.
    streak: u32,
    /// The most features that agreed since this key frame is held against the pictures.
    most_features: usize,
    pictures_lost: u32,
    /// Which appearance is looked for next.
    appearance: usize,
}

impl Mark {
    /// A mark drawn on a picture; `None` where there is too little to follow.
    pub(super) fn new(picture: &Arc<Pyramid>, outline: Outline) -> Option<Self> {
        let drawn = outline.points().to_vec();
        let key = Key::new(picture, outline, Homography::IDENTITY, 0.0, 1)?;
        Some(Self {
            drawn,
            keys: vec![key],
            key: 0,
            keys_made: 1,
            pictures_since_key: 0,
            windows: Windows::default(),
            now_from_key: Homography::IDENTITY,
            state: MotionState::CatchingUp,
            confidence: 1.0,
            streak: 0,
            pictures_lost: 0,
            appearance: 0,
            most_features: 0,
        })
    }

    /// From the frame it was drawn on to the picture last followed to; the last that was known when lost.
    pub(super) fn now_from_drawn(&self) -> Homography {
        self.keys
            .get(self.key)
            .map_or(Homography::IDENTITY, |key| self.now_from_key.after(&key.from_drawn))
    }

    /// Its features in the frame it was drawn on.
    pub(super) fn features(&self) -> impl Iterator<Item = DVec2> {
        let key = self.keys.first().into_iter();
        let to_drawn = |key: &Key| key.from_drawn.inverse().unwrap_or(Homography::IDENTITY);
        key.flat_map(move |key| {
            let back = to_drawn(key);
            key.corners().filter_map(move |corner| back.map(corner))
        })
    }

    /// The mark has more points: those of it in the frame it was drawn on, all of them. From here on it is held against the
    /// picture it was followed to last. Returns whether it could be: its place in that picture must be known.
    pub(super) fn grow(&mut self, now: &Arc<Pyramid>, drawn: Outline) -> bool {
        if !matches!(self.state, MotionState::Trusted | MotionState::Refound) {
            return false;
        }
        let from_drawn = self.now_from_drawn();
        let error_px = self
            .keys
            .get(self.key)
            .map_or(0.0, |key| key.error_px)
            .hypot(GROWTH_ERROR_PX);
        let points = drawn.points().iter().filter_map(|point| from_drawn.map(*point));
        let key =
            Outline::new(points).and_then(|outline| Key::new(now, outline, from_drawn, error_px, self.keys_made + 1));
        let Some(key) = key else {
            return false;
        };
        self.drawn = drawn.points().to_vec();
        self.keys = vec![key];
        self.keys_made += 1;
        (self.key, self.pictures_since_key, self.most_features, self.appearance) = (0, 0, 0, 0);
        self.now_from_key = Homography::IDENTITY;
        true
    }

    /// The mark has reached the newest picture.
    pub(super) fn caught_up(&mut self) {
        if self.state == MotionState::CatchingUp {
            self.state = MotionState::Trusted;
        }
    }

    /// There is no way from picture to picture to follow: it must be looked for.
    pub(super) fn lose(&mut self) {
        (self.state, self.streak, self.appearance) = (MotionState::Lost, 0, 0);
        self.pictures_lost = 0;
        self.confidence = 0.0;
    }

    /// Pictures have another size from now on.
    pub(super) fn resize(&mut self, from_px: DVec2, to_px: DVec2) {
        let grow = to_px / from_px;
        let linear = DMat2::from_diagonal(grow);
        self.now_from_key = Homography::about(linear, DVec2::splat(-0.5), DVec2::splat(-0.5)).after(&self.now_from_key);
    }

    /// Whether it is lost, and nothing is known yet of where it might be again.
    pub(super) fn must_search(&self) -> bool {
        self.state == MotionState::Lost && self.streak == 0
    }

    /// Follows to the next picture. `limit` bounds the features used; only when it may search, a lost mark is looked
    /// for everywhere.
    pub(super) fn follow(
        &mut self,
        before: &Pyramid,
        now: &Arc<Pyramid>,
        limit: usize,
        may_search: bool,
        scratch: &mut Scratch,
    ) {
        if self.state == MotionState::Lost {
            self.look_for(before, now, limit, may_search, scratch);
            return;
        }
        let guess = self.guess(before, now, scratch);
        let measured = guess.and_then(|guess| self.measure(now, guess, limit, scratch));
        let confidence = measured.as_ref().map_or(0.0, |measured| self.confidence_in(measured));
        self.confidence = confidence;
        if let Some(measured) = measured {
            self.now_from_key = measured.now_from_key;
            self.most_features = self.most_features.max(measured.features);
        }
        self.streak = if confidence < DOUBTFUL { self.streak + 1 } else { 0 };
        if confidence < HOPELESS || self.streak >= DOUBTFUL_PICTURES {
            self.lose();
            return;
        }
        self.pictures_since_key += 1;
        if self.state == MotionState::Refound && self.pictures_since_key > REFOUND_PICTURES {
            self.state = MotionState::Trusted;
        }
        if let Some(measured) = measured {
            self.choose_key(now, &measured);
        }
    }

    /// Where the key frame would lie by the motion of the picture around the mark.
    fn guess(&self, before: &Pyramid, now: &Pyramid, scratch: &mut Scratch) -> Option<Homography> {
        let key = self.keys.get(self.key)?;
        let centre = key.outline.centre;
        let still = self.now_from_key;
        let Some(shift) = still.map(centre).and_then(|at| shift(before, now, at, scratch)) else {
            return Some(still);
        };
        let shifted = Homography::translation(shift).after(&still);
        let likeness = |guess| key.surface.compare(now, guess, centre).likeness;
        // Something that passes before the mark would carry it along.
        let stays = self.state != MotionState::Lost && likeness(&still) > likeness(&shifted);
        Some(if stays { still } else { shifted })
    }

    fn measure(&mut self, now: &Pyramid, guess: Homography, limit: usize, scratch: &mut Scratch) -> Option<Measured> {
        let key = self.keys.get(self.key)?;
        key.measure(now, guess, false, limit, &mut self.windows, &mut scratch.matches)
    }

    /// 0 to 1. Every doubt lowers it: few or scattered features, an uncertain place, a surface that looks different.
    fn confidence_in(&self, measured: &Measured) -> f64 {
        let error_px = self.keys.get(self.key).map_or(f64::INFINITY, |key| key.error_px);
        let uncertainty_px = measured.uncertainty_px.hypot(error_px);
        let ramp = |value: f64, none: f64, full: f64| ((value - none) / (full - none)).clamp(0.0, 1.0);
        // A shadow's edge or a reflection changes the surface as a whole, but not all of its corners; a thing before
        // it does.
        let looks = ramp(measured.surface.likeness, 0.25, 0.65) * ramp(measured.surface.seen, 0.2, 0.6);
        let surface = looks.max(0.8 * ramp(measured.near_share, 0.5, 0.75) * ramp(measured.near, 3.0, 8.0));
        // Either everything around moves alike, or something on the mark itself does.
        let belongs = ramp(measured.unity, 0.55, 0.8).max(ramp(measured.near, 2.0, 6.0));
        belongs
            * ramp(measured.share, 0.1, 0.45)
            * ramp(measured.near_share, 0.3, 0.6)
            * ramp(measured.features as f64, 3.0, 9.0)
            * ramp(uncertainty_px, 8.0, 2.0)
            * surface
            * ramp(measured.surface.in_view, 0.25, 0.6)
    }

    /// Holds the mark against the key frame that looks most like the picture; makes one when none does.
    fn choose_key(&mut self, now: &Arc<Pyramid>, measured: &Measured) {
        let now_from_drawn = self.now_from_drawn();
        let difference = |key: &Key| -> f64 {
            let linear = key
                .from_drawn
                .inverse()
                .and_then(|back| now_from_drawn.after(&back).linear_at(key.outline.centre));
            linear.map_or(f64::INFINITY, |linear| {
                let (scale, stretch) = scale_and_stretch(linear);
                scale.ln().abs() / KEY_ZOOM.ln() + stretch.ln() / KEY_STRETCH.ln()
            })
        };
        let Some(key) = self.keys.get(self.key) else {
            return;
        };
        // The older, the truer: a later key frame must look clearly more alike.
        let mut best = (self.key, difference(key) - 0.25);
        for (index, key) in self.keys.iter().enumerate() {
            let difference = difference(key) + 0.1 * key.error_px;
            if difference < best.1 {
                best = (index, difference);
            }
        }
        let present = difference(key);
        if best.0 != self.key && self.pictures_since_key >= KEY_INTERVAL {
            let Some(back) = self.keys.get(best.0).and_then(|key| key.from_drawn.inverse()) else {
                return;
            };
            self.now_from_key = now_from_drawn.after(&back);
            self.key = best.0;
            self.most_features = 0;
            self.pictures_since_key = 0;
            return;
        }
        let fading = measured.share < 0.4 && measured.surface.likeness > 0.7;
        // Not that they are hidden: they show too little as they look now, or have left the picture.
        let dwindling =
            measured.share > 0.8 && measured.surface.seen > 0.85 && measured.features * 5 < self.most_features * 3;
        // Where things at other distances pull, a new key frame would make their motion the mark's own.
        let is_one_motion = measured.unity > 0.75 || measured.near > 6.0;
        let is_sound = is_one_motion && self.confidence > 0.6 && measured.surface.in_view > 0.9;
        if !(present > 1.0 || fading || dwindling) || !is_sound || self.pictures_since_key < KEY_INTERVAL {
            return;
        }
        let is_sharp = key.surface.sharpness(now, &self.now_from_key) > 0.6 * key.sharpness;
        if !is_sharp && present < 2.0 {
            return;
        }
        let error_px = key.error_px.hypot(measured.uncertainty_px.max(0.3));
        let outline = Outline::new(self.drawn.iter().filter_map(|point| now_from_drawn.map(*point)));
        self.keys_made += 1;
        let new = outline.and_then(|outline| Key::new(now, outline, now_from_drawn, error_px, self.keys_made));
        let Some(new) = new else {
            return;
        };
        if self.keys.len() == KEYS {
            self.keys.remove(1);
        }
        self.keys.push(new);
        self.key = self.keys.len() - 1;
        self.most_features = 0;
        self.now_from_key = Homography::IDENTITY;
        self.pictures_since_key = 0;
    }

    /// Looks for a lost mark: where the picture's motion would have carried it, for a while, and then everywhere in a
    /// few of its possible appearances.
    fn look_for(
        &mut self,
        before: &Pyramid,
        now: &Arc<Pyramid>,
        limit: usize,
        may_search: bool,
        scratch: &mut Scratch,
    ) {
        self.pictures_lost = self.pictures_lost.saturating_add(1);
        let mut found = None;
        let is_nearby = self.streak > 0 || self.pictures_lost <= NEARBY_PICTURES;
        if let Some(guess) = is_nearby.then(|| self.guess(before, now, scratch)).flatten() {
            let measured = self.measure(now, guess, limit, scratch);
            found = measured.filter(|measured| self.is_certain(measured));
            self.now_from_key = guess;
        }
        if found.is_none() && may_search {
            found = self.look_everywhere(now, limit, scratch);
        }
        let Some(measured) = found else {
            (self.streak, self.confidence) = (0, 0.0);
            return;
        };
        self.now_from_key = measured.now_from_key;
        self.confidence = self.confidence_in(&measured);
        self.streak += 1;
        if self.streak >= CERTAIN_PICTURES {
            (self.state, self.streak, self.pictures_since_key) = (MotionState::Refound, 0, 0);
        }
    }

    fn is_certain(&self, measured: &Measured) -> bool {
        let looks = self
            .keys
            .get(self.key)
            .and_then(|key| measured.now_from_key.linear_at(key.outline.centre));
        let is_plausible = looks.is_some_and(|looks| {
            let (scale, stretch) = scale_and_stretch(looks);
            (0.5..2.0).contains(&scale) && stretch < 2.0
        });
        is_plausible
            && self.confidence_in(measured) >= CERTAIN
            && measured.features >= 14
            && measured.share >= 0.5
            && measured.unity >= 0.7
            && measured.likeness >= 0.5
            && measured.surface.likeness >= 0.7
            && measured.surface.seen >= 0.8
    }

    fn look_everywhere(&mut self, now: &Pyramid, limit: usize, scratch: &mut Scratch) -> Option<Measured> {
        for _ in 0..APPEARANCES_PER_PICTURE {
            let turn = self.appearance;
            self.appearance = self.appearance.wrapping_add(1);
            let (zoom, angle) = APPEARANCES[(turn / 2) % APPEARANCES.len()];
            // In turns as it was last seen, and as one of its key frames shows it.
            let (index, looked) = if turn.is_multiple_of(2) {
                let centre = self.keys.get(self.key)?.outline.centre;
                (self.key, self.now_from_key.linear_at(centre).unwrap_or(DMat2::IDENTITY))
            } else {
                (turn / 2 % self.keys.len(), DMat2::IDENTITY)
            };
            let change = Mat2::from_angle(angle) * zoom;
            let linear = change.as_dmat2() * looked;
            let key = self.keys.get(index)?;
            for (centre, guess) in places(key, now, linear, scratch) {
                if centre.likeness < key.lookalike.max(WORTH_A_LOOK) {
                    continue;
                }
                let measured = key.measure(now, guess, true, limit, &mut self.windows, &mut scratch.matches);
                let Some(measured) = measured else {
                    continue;
                };
                // What is certain depends on the key frame.
                let before = std::mem::replace(&mut self.key, index);
                if self.is_certain(&measured) {
                    return Some(measured);
                }
                self.key = before;
            }
        }
        None
    }
}

/// How far the part of the picture around `at` moved, by its likeness at the smallest size; `None` when nothing is
/// alike.
fn shift(before: &Pyramid, now: &Pyramid, at: DVec2, scratch: &mut Scratch) -> Option<DVec2> {
    let top = before.levels().len().min(now.levels().len()).checked_sub(1)?;
    let (from, to) = (before.levels().get(top)?, now.levels().get(top)?);
    let centre = into_picture(to_level(at, top), from);
    scratch.template.cut(from, centre.as_vec2(), Mat2::IDENTITY);
    let [best, ..] = scratch.search.around(to, &scratch.template, centre.as_vec2(), REACH);
    let moved = best.centre.as_dvec2() - centre;
    (best.likeness > WORTH_A_LOOK).then(|| moved * f64::from(1u32 << top))
}

/// Where the surface under the mark might be, if it looks as `linear` says.
fn places(key: &Key, now: &Pyramid, linear: DMat2, scratch: &mut Scratch) -> [(Peak, Homography); PEAKS] {
    let nowhere = [(Peak::default(), Homography::IDENTITY); PEAKS];
    let picture = &key.picture;
    let Some(top) = picture.levels().len().min(now.levels().len()).checked_sub(1) else {
        return nowhere;
    };
    let (Some(from), Some(to)) = (picture.levels().get(top), now.levels().get(top)) else {
        return nowhere;
    };
    let centre = into_picture(to_level(key.outline.centre, top), from);
    scratch.template.cut(from, centre.as_vec2(), linear.inverse().as_mat2());
    let at = from_level(centre, top);
    scratch.search.everywhere(to, &scratch.template).map(|peak| {
        let to = from_level(peak.centre.as_dvec2(), top);
        (peak, Homography::about(linear, at, to))
    })
}

/// Features to use for each of so many marks.
pub(super) fn features_per_mark(marks: usize) -> usize {
    (4 * FEATURES / marks.max(1)).clamp(24, FEATURES)
}
