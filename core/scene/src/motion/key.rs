//! A frame that a mark is held against, so that errors do not add up from frame to frame.

use std::sync::Arc;

use glam::{DVec2, Mat2, Vec2};

use super::corners::{Corner, find_corners};
use super::fit::{Fit, Fitted, Match, fit};
use super::homography::{Homography, scale_and_stretch};
use super::outline::Outline;
use super::pyramid::{Level, Pyramid, from_level, noise_at, to_level};
use super::search::Search;
use super::surface::{Comparison, Surface};
use super::template::{Template, WINDOW};

/// Corners per mark.
pub(super) const FEATURES: usize = 64;
/// Windows on the mark itself, corners or not: at the smaller sizes even a dull surface may show enough.
const ON_MARK: usize = 8;
const ON_MARK_APART_PX: f64 = 12.0;
/// So many corners come before them.
const LEADING: usize = 12;
/// Fewer cannot hold a mark.
pub(super) const FEWEST_FEATURES: usize = 8;
/// Levels at which features are measured.
const MEASURED_LEVELS: usize = 3;
/// A window's correlation from which on it counts as found, were there no noise.
const FOUND: f32 = 0.65;
/// A window with less of its contrast from the scene than this is not looked for.
const MERE_NOISE: f32 = 0.35;
/// A step smaller than this ends the search for a feature; at smaller sizes less will do.
const STILL_PX: f32 = 0.03;
const NEARLY_STILL_PX: f32 = 0.1;
/// The share that must agree with a wild guess at each size.
const WORTH_MORE: f64 = 0.3;
/// How much less exact a place is that was found at half the size.
const COARSER: f64 = 1.7;
/// How far a window's pixels may be off at its rim before it is cut anew, as a share of the distance from its centre.
const SLANT: f32 = 0.08;

/// What is done at one level: of how many features, with how many freedoms, how far off one may be.
struct Pass {
    level: usize,
    features: usize,
    freedom: usize,
    tolerance_px: f64,
}

const PASSES: [Pass; MEASURED_LEVELS] = [
    Pass {
        level: 2,
        features: 24,
        freedom: 4,
        tolerance_px: 4.0,
    },
    Pass {
        level: 1,
        features: 40,
        freedom: 6,
        tolerance_px: 2.5,
    },
    Pass {
        level: 0,
        features: FEATURES + ON_MARK,
        freedom: 8,
        tolerance_px: 1.5,
    },
];

/// A key frame of one mark.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) picture: Arc<Pyramid>,
    /// From the frame that the mark was drawn on.
    pub(super) from_drawn: Homography,
    /// The mark in this frame.
    pub(super) outline: Outline,
    pub(super) surface: Surface,
    pub(super) sharpness: f64,
    /// What `from_drawn` is likely to be off by.
    pub(super) error_px: f64,
    noise_variance: f64,
    /// How much the place that is most like it, elsewhere in the same picture, is alike.
    pub(super) lookalike: f32,
    /// The most useful first.
    features: Vec<Feature>,
    number: u32,
}

#[derive(Debug, Clone, Copy)]
struct Feature {
    corner: Corner,
    is_corner: bool,
}

fn lookalike(picture: &Pyramid, centre: DVec2) -> f32 {
    let top = picture.levels().len().saturating_sub(1);
    let Some(level) = picture.levels().get(top) else {
        return 1.0;
    };
    let mut template = Template::default();
    template.cut(
        level,
        into_picture(to_level(centre, top), level).as_vec2(),
        Mat2::IDENTITY,
    );
    let [_, second, ..] = Search::default().everywhere(level, &template);
    second.likeness
}

/// The nearest place whose window lies within the picture.
pub(super) fn into_picture(at: DVec2, level: &Level) -> DVec2 {
    let margin = WINDOW as f64 / 2.0 + 2.0;
    let high = DVec2::new(level.width as f64, level.height as f64) - 1.0 - margin;
    at.max(DVec2::splat(margin)).min(high.max(DVec2::splat(margin)))
}

/// The corners, and places on the mark that no corner is near to.
fn features(corners: Vec<Corner>, outline: &Outline) -> Vec<Feature> {
    let mut places = Vec::with_capacity(ON_MARK);
    for at in outline.spread_out(2 * ON_MARK) {
        let taken = corners.iter().map(|corner| corner.at).chain(places.iter().copied());
        let is_free = taken.into_iter().all(|other| at.distance(other) >= ON_MARK_APART_PX);
        if is_free && places.len() < ON_MARK {
            places.push(at);
        }
    }
    let corner = |corner| Feature {
        corner,
        is_corner: true,
    };
    let on_mark = places.into_iter().map(|at| Feature {
        corner: Corner { at, nearness: 1.0 },
        is_corner: false,
    });
    let mut corners = corners.into_iter().map(corner);
    let mut features: Vec<Feature> = corners.by_ref().take(LEADING).collect();
    features.extend(on_mark);
    features.extend(corners);
    features
}

/// How a key frame lies in a picture, and how sure that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) now_from_key: Homography,
    pub(super) features: usize,
    /// Weight of the features that agree, of all that should be visible; near ones weigh more.
    pub(super) share: f64,
    /// The same of those that were found at all, each weighing the same: how much everything around moves alike.
    pub(super) unity: f64,
    /// How much those look as they did, on average, 0 to 1.
    pub(super) likeness: f64,
    /// Summed nearness of the features that agree.
    pub(super) near: f64,
    /// The share of those on the mark or close to it that are where they should be.
    pub(super) near_share: f64,
    /// Standard deviation of the mark's points, the worst of them.
    pub(super) uncertainty_px: f64,
    pub(super) surface: Comparison,
}

/// Windows cut for the present key frame, and other buffers of a measurement.
#[derive(Debug, Default)]
pub(super) struct Windows {
    cut: Vec<Window>,
    found: Vec<Option<Place>>,
}

#[derive(Debug, Clone, Default)]
struct Window {
    template: Template,
    key: u32,
    step: Mat2,
    is_useful: bool,
    /// The share of its contrast that is not noise.
    signal: f32,
}

/// Where a feature is now, by the finest size at which it was found.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// In pixels of level 0.
    at: DVec2,
    /// 0 to 1.
    likeness: f64,
    level: usize,
}

/// The weight of all features that should be visible, and the squares of their nearness.
#[derive(Debug, Clone, Copy, Default)]
struct Attempted {
    weight: f64,
    near_squared: f64,
}

impl Attempted {
    fn add(&mut self, weight: f64, nearness: f64) {
        self.weight += weight;
        self.near_squared += nearness * nearness;
    }
}

impl Window {
    fn find(&self, picture: &Level, expected: Vec2, level: usize) -> Option<Place> {
        let found = self
            .template
            .find(picture, expected, if level == 0 { STILL_PX } else { NEARLY_STILL_PX })?;
        let likeness = found.likeness / self.signal;
        (likeness > FOUND).then(|| Place {
            at: from_level(found.at.as_dvec2(), level),
            likeness: f64::from((likeness - FOUND) / (1.0 - FOUND)).min(1.0),
            level,
        })
    }
}

impl Key {
    /// Makes a key frame; `number` tells it from the mark's others, from 1 on. `None` where there is too little to
    /// follow.
    pub(super) fn new(
        picture: &Arc<Pyramid>,
        outline: Outline,
        from_drawn: Homography,
        error_px: f64,
        number: u32,
    ) -> Option<Self> {
        let noise_variance = picture.levels().first()?.noise_variance();
        let corners = find_corners(picture, noise_variance, &outline, FEATURES);
        let enough = corners.len() >= FEWEST_FEATURES;
        let features = features(corners, &outline);
        let surface = Surface::new(picture, noise_variance, &outline);
        (enough && surface.len() > 0).then(|| Self {
            picture: Arc::clone(picture),
            from_drawn,
            sharpness: surface.sharpness(picture, &Homography::IDENTITY),
            lookalike: lookalike(picture, outline.centre),
            outline,
            surface,
            error_px,
            noise_variance,
            features,
            number,
        })
    }

    /// The corners, the most useful first.
    pub(super) fn corners(&self) -> impl Iterator<Item = DVec2> {
        let corners = self.features.iter().filter(|feature| feature.is_corner);
        corners.map(|feature| feature.corner.at)
    }

    /// Finds the key frame in a picture, beginning with a guess. A wild guess is given up as soon as little speaks
    /// for it.
    pub(super) fn measure(
        &self,
        now: &Pyramid,
        guess: Homography,
        is_wild: bool,
        limit: usize,
        windows: &mut Windows,
        matches: &mut Vec<Match>,
    ) -> Option<Measured> {
        windows
            .cut
            .resize_with((FEATURES + ON_MARK) * MEASURED_LEVELS, Window::default);
        windows.found.clear();
        windows.found.resize(FEATURES + ON_MARK, None);
        let mut guess = guess;
        let mut best: Option<(Fitted, f64, f64)> = None;
        for pass in &PASSES {
            let Some(attempted) = self.find_features(now, &guess, pass, limit, windows, matches) else {
                continue;
            };
            let centre = guess.map(self.outline.centre)?;
            let (scale, _) = scale_and_stretch(guess.linear_at(self.outline.centre)?);
            let about = Fit {
                centre,
                radius_px: (self.outline.radius_px * scale).clamp(30.0, 300.0),
                tolerance_px: pass.tolerance_px,
                freedom: if matches.len() < 6 { 4 } else { pass.freedom },
            };
            let Some(fitted) = fit(matches, about) else {
                if is_wild {
                    return None;
                }
                continue;
            };
            let found: f64 = matches.iter().map(|it| it.weight).sum();
            let share = fitted.share * found / attempted.weight;
            let next = fitted.correction.after(&guess);
            // A finer level is worth more unless much less agrees there, as when the picture is blurred.
            if best.is_none_or(|(_, coarser, _)| share >= 0.4 * coarser) {
                best = Some((fitted, share, attempted.near_squared));
                guess = next;
            }
            if is_wild && share < WORTH_MORE {
                return None;
            }
        }
        let (fitted, share, near_attempted) = best?;
        let drawn = self.outline.points().iter();
        let uncertainty_px = drawn
            .filter_map(|point| guess.map(*point))
            .map(|point| fitted.uncertainty_px(point))
            .fold(0.0, f64::max);
        Some(Measured {
            now_from_key: guess,
            features: fitted.inliers,
            share,
            unity: fitted.unity,
            near: fitted.near,
            near_share: fitted.near_squared / near_attempted.max(1.0),
            likeness: fitted.likeness,
            uncertainty_px,
            surface: self.surface.compare(now, &guess, self.outline.centre),
        })
    }

    /// Finds features at one level.
    fn find_features(
        &self,
        now: &Pyramid,
        guess: &Homography,
        pass: &Pass,
        limit: usize,
        windows: &mut Windows,
        matches: &mut Vec<Match>,
    ) -> Option<Attempted> {
        let level = now.levels().get(pass.level)?;
        matches.clear();
        let mut attempted = Attempted::default();
        let slots = windows.cut.chunks_exact_mut(MEASURED_LEVELS);
        let features = self.features.iter().zip(slots).zip(&mut windows.found);
        for ((feature, slots), found) in features.take(pass.features.min(limit)) {
            let Corner { at, nearness } = feature.corner;
            let Some(expected) = guess.map(at) else {
                continue;
            };
            let on_level = to_level(expected, pass.level);
            let inside =
                on_level.min_element() >= 0.0 && on_level.x < level.width as f64 && on_level.y < level.height as f64;
            let window = slots.get_mut(pass.level)?;
            let weight = 0.05 + 0.95 * nearness;
            let is_expected = inside && self.prepare(window, feature, guess, pass.level);
            if is_expected {
                // Where a picture is too blurred for this size, what a smaller one showed must do.
                *found = window.find(level, on_level.as_vec2(), pass.level).or(*found);
            }
            let Some(found) = *found else {
                // A dull place on the mark that is not found says nothing.
                if is_expected && feature.is_corner {
                    attempted.add(weight, nearness);
                }
                continue;
            };
            let spread = COARSER.powi(found.level.saturating_sub(pass.level) as i32);
            let weight = weight / (spread * spread);
            attempted.add(weight, nearness);
            matches.push(Match {
                expected,
                found: found.at,
                weight: weight * (0.3 + 0.7 * found.likeness),
                spread,
                nearness,
                likeness: found.likeness,
            });
        }
        matches.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        Some(attempted)
    }

    /// Makes sure that a window is cut as the feature appears now. False for one that shows too little.
    fn prepare(&self, window: &mut Window, feature: &Feature, guess: &Homography, level: usize) -> bool {
        let at = feature.corner.at;
        let Some(linear) = guess.linear_at(at) else {
            return false;
        };
        let (scale, _) = scale_and_stretch(linear);
        // Seen twice as large, a feature's details are those of the next larger level in the key frame.
        let key_level = (level as f64 - scale.log2()).round().max(0.0) as usize;
        let key_level = key_level.min(self.picture.levels().len().saturating_sub(1));
        let ratio = f64::from(1u32 << level) / f64::from(1u32 << key_level);
        let step = (linear.inverse() * ratio).as_mat2();
        let slant = (step - window.step)
            .to_cols_array()
            .into_iter()
            .fold(0.0, |most: f32, it| most.max(it.abs()));
        if window.key == self.number && slant < SLANT {
            return window.is_useful;
        }
        let source = self.picture.levels().get(key_level);
        let centre = to_level(at, key_level).as_vec2();
        window.signal = 0.0;
        if source.is_some_and(|source| window.template.cut(source, centre, step)) {
            window.signal = window.template.signal(noise_at(key_level, self.noise_variance));
        }
        window.is_useful = window.signal >= MERE_NOISE;
        (window.key, window.step) = (self.number, step);
        window.is_useful
    }
}
