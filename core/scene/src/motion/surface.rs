//! What lies under a mark, and how much a picture still looks like it.

use glam::DVec2;

use super::homography::{Homography, scale_and_stretch};
use super::outline::Outline;
use super::pyramid::{Pyramid, noise_at, to_level};

/// Samples along the longer side.
const ACROSS: f64 = 24.0;
/// Cells along each side; each is compared by itself, so that a shadow's edge or a hand over a part spoils only its
/// cells.
const CELLS: usize = 3;
/// What is farther from the mark than this does not belong to it.
const NEAR: f64 = 0.4;
/// The weakest contrast of a cell that can be recognised, in grey.
const FLAT_GREY: f64 = 2.5;
/// What interpolation leaves of noise, on average.
const BETWEEN_PIXELS: f64 = 4.0 / 9.0;
/// A cell's correlation from which on it counts as seen.
const SEEN: f64 = 0.5;

#[derive(Debug, Clone, Copy)]
struct Sample {
    at: DVec2,
    grey: f32,
    cell: usize,
}

/// The picture under a mark in a key frame, sampled.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    samples: Vec<Sample>,
    level: usize,
    step_px: f64,
    /// Of the samples.
    noise_variance: f64,
}

/// How a picture compares with the key frame.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Comparison {
    /// Mean correlation of the cells, -1 to 1; cells without contrast do not count.
    pub(super) likeness: f64,
    /// Share of the surface that looks as it did.
    pub(super) seen: f64,
    /// Share of the surface that lies within the picture.
    pub(super) in_view: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    key: f64,
    now: f64,
    key_key: f64,
    now_now: f64,
    key_now: f64,
}

impl Surface {
    pub(super) fn new(key: &Pyramid, noise_variance: f64, outline: &Outline) -> Self {
        let (low, high) = outline.bounds();
        let step_px = ((high - low).max_element() / ACROSS).max(1.5);
        let level = (step_px.log2().floor().max(0.0) as usize).min(key.levels().len().saturating_sub(1));
        let mut samples = Vec::new();
        let count = ((high - low) / step_px).ceil();
        for row in 0..=count.y as usize {
            for column in 0..=count.x as usize {
                let part = DVec2::new(column as f64, row as f64) / count.max(DVec2::ONE);
                let at = low + (high - low) * part;
                let cell = (part * (CELLS as f64 - 0.01)).floor();
                let Some(grey) = grey_at(key, at, level).filter(|_| outline.nearness(at) >= NEAR) else {
                    continue;
                };
                let cell = cell.y as usize * CELLS + cell.x as usize;
                samples.push(Sample { at, grey, cell });
            }
        }
        Self {
            samples,
            level,
            step_px,
            noise_variance: BETWEEN_PIXELS * noise_at(level, noise_variance),
        }
    }

    /// How many samples there are; none where the mark lies outside the picture.
    pub(super) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Compares with a picture in which the key frame lies as `now_from_key` says.
    pub(super) fn compare(&self, now: &Pyramid, now_from_key: &Homography, centre: DVec2) -> Comparison {
        let Some(linear) = now_from_key.linear_at(centre) else {
            return Comparison::default();
        };
        let (scale, _) = scale_and_stretch(linear);
        let level = self.level as f64 + scale.log2();
        let level = (level.round().max(0.0) as usize).min(now.levels().len().saturating_sub(1));
        let mut cells = [Sums::default(); CELLS * CELLS];
        let mut in_view = 0;
        for sample in &self.samples {
            let Some(grey) = now_from_key.map(sample.at).and_then(|at| grey_at(now, at, level)) else {
                continue;
            };
            in_view += 1;
            let Some(sums) = cells.get_mut(sample.cell) else {
                continue;
            };
            let (key, now) = (f64::from(sample.grey), f64::from(grey));
            sums.count += 1.0;
            sums.key += key;
            sums.now += now;
            sums.key_key += key * key;
            sums.now_now += now * now;
            sums.key_now += key * now;
        }
        let (mut weight_sum, mut likeness, mut seen) = (0.0, 0.0, 0.0);
        for cell in cells.iter().filter(|cell| cell.count >= 8.0) {
            let key_variance = (cell.key_key - cell.key * cell.key / cell.count) / cell.count;
            if key_variance - self.noise_variance < FLAT_GREY * FLAT_GREY {
                continue;
            }
            let now_variance = (cell.now_now - cell.now * cell.now / cell.count) / cell.count;
            let covariance = (cell.key_now - cell.key * cell.now / cell.count) / cell.count;
            // What noise adds to either is taken off, as far as that can be told.
            let of_scene = |variance: f64| (variance - self.noise_variance).max(0.3 * variance).max(1.0);
            let correlation = (covariance / (of_scene(key_variance) * of_scene(now_variance)).sqrt()).min(1.0);
            let weight = cell.count * key_variance.sqrt().min(20.0);
            weight_sum += weight;
            likeness += weight * correlation;
            seen += weight * f64::from(u8::from(correlation > SEEN));
        }
        Comparison {
            likeness: likeness / f64::max(weight_sum, 1e-9),
            seen: seen / f64::max(weight_sum, 1e-9),
            in_view: f64::from(in_view) / self.samples.len().max(1) as f64,
        }
    }

    /// How sharp a picture is under the mark: the mean squared step between neighbouring samples over the variance.
    /// Independent of contrast and brightness; smaller when blurred.
    pub(super) fn sharpness(&self, picture: &Pyramid, from_key: &Homography) -> f64 {
        let (mut steps, mut sum, mut squares, mut count) = (0.0, 0.0, 0.0, 0.0);
        for sample in &self.samples {
            let side = sample.at + DVec2::new(self.step_px.min(3.0), 0.0);
            let place = |at: DVec2| from_key.map(at).and_then(|at| grey_at(picture, at, self.level));
            let (Some(here), Some(beside)) = (place(sample.at), place(side)) else {
                continue;
            };
            let (here, beside) = (f64::from(here), f64::from(beside));
            steps += (beside - here).powi(2);
            sum += here;
            squares += here * here;
            count += 1.0;
        }
        let variance = squares - sum * sum / f64::max(count, 1.0);
        steps / variance.max(count).max(1.0)
    }
}

fn grey_at(picture: &Pyramid, at: DVec2, level: usize) -> Option<f32> {
    let at = to_level(at, level);
    picture.levels().get(level)?.sample(at.x as f32, at.y as f32)
}
