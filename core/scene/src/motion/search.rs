//! Where in an area a window fits best, tried at every pixel.

use glam::Vec2;

use super::pyramid::Level;
use super::template::{Template, WINDOW};

const AREA: f32 = (WINDOW * WINDOW) as f32;
const TO_CENTRE: f32 = (WINDOW as f32 - 1.0) / 2.0;
/// Peaks are at least this far apart.
const APART: usize = 5;
/// Below this contrast (summed squares of grey about the mean) nothing can be recognised.
const FLAT: f32 = AREA * 1.5;
/// How much likeness a pixel of distance from where the window was expected must be made up for.
const DISTANCE_COST: f32 = 0.003;

/// How many places a search gives.
pub(super) const PEAKS: usize = 3;

/// A place where the window fits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Peak {
    /// Where its centre would be, in pixels of the level.
    pub(super) centre: Vec2,
    /// Correlation, -1 to 1; 0 for no peak at all.
    pub(super) likeness: f32,
}

/// Buffers of a search, kept for the next.
#[derive(Debug, Default)]
pub(super) struct Search {
    scores: Vec<f32>,
    /// Sums of grey and of its squares over all pixels above and to the left.
    sums: Vec<[u32; 2]>,
}

impl Search {
    /// The best places for the centre of `template` within `reach` pixels of `around`, best first.
    pub(super) fn around(&mut self, level: &Level, template: &Template, around: Vec2, reach: f32) -> [Peak; PEAKS] {
        let low = around - TO_CENTRE - reach;
        let high = around - TO_CENTRE + reach;
        let clip = |value: f32, size: usize| value.round().clamp(0.0, size.saturating_sub(WINDOW) as f32) as usize;
        let x = clip(low.x, level.width)..clip(high.x, level.width) + 1;
        let y = clip(low.y, level.height)..clip(high.y, level.height) + 1;
        self.search(level, template, (x, y), Some(around))
    }

    /// The best places in the whole picture, best first.
    pub(super) fn everywhere(&mut self, level: &Level, template: &Template) -> [Peak; PEAKS] {
        let x = 0..(level.width + 1).saturating_sub(WINDOW);
        let y = 0..(level.height + 1).saturating_sub(WINDOW);
        self.search(level, template, (x, y), None)
    }

    fn search(
        &mut self,
        level: &Level,
        template: &Template,
        (columns, rows): (std::ops::Range<usize>, std::ops::Range<usize>),
        expected: Option<Vec2>,
    ) -> [Peak; PEAKS] {
        let mut peaks = [Peak::default(); PEAKS];
        let (across, down) = (columns.len(), rows.len());
        let fits = columns.end + WINDOW <= level.width + 1 && rows.end + WINDOW <= level.height + 1;
        if across == 0 || down == 0 || !fits {
            return peaks;
        }
        self.sum_up(level, columns.start, rows.start, across + WINDOW - 1, down + WINDOW - 1);
        let stride = across + WINDOW;
        let (centred, deviation) = template.centred();
        self.scores.clear();
        for y in 0..down {
            for x in 0..across {
                let sum = |part: usize| {
                    let at = |x: usize, y: usize| self.sums[y * stride + x][part];
                    let right = at(x + WINDOW, y + WINDOW).wrapping_sub(at(x + WINDOW, y));
                    right.wrapping_sub(at(x, y + WINDOW).wrapping_sub(at(x, y))) as f32
                };
                let variance = sum(1) - sum(0) * sum(0) / AREA;
                let product = product(level, columns.start + x, rows.start + y, &centred);
                let likeness = if variance < FLAT {
                    0.0
                } else {
                    product as f32 / (variance.sqrt() * deviation)
                };
                let cost = expected.map_or(0.0, |expected| {
                    let corner = Vec2::new((columns.start + x) as f32, (rows.start + y) as f32);
                    DISTANCE_COST * (corner + TO_CENTRE).distance(expected)
                });
                self.scores.push(likeness - cost);
            }
        }
        for found in 0..PEAKS {
            let mut best = (0, 0, 0.0);
            for (y, row) in self.scores.chunks_exact(across).enumerate() {
                for (x, score) in row.iter().enumerate() {
                    let apart = |peak: &Peak| {
                        let corner = peak.centre - TO_CENTRE - Vec2::new(columns.start as f32, rows.start as f32);
                        (corner - Vec2::new(x as f32, y as f32)).abs().max_element() >= APART as f32
                    };
                    if *score > best.2 && peaks[..found].iter().all(apart) {
                        best = (x, y, *score);
                    }
                }
            }
            let (x, y, likeness) = best;
            let score = |x: usize, y: usize| self.scores.get(y * across + x).copied().unwrap_or(0.0);
            let shift = Vec2::new(
                if x > 0 && x + 1 < across {
                    between(score(x - 1, y), likeness, score(x + 1, y))
                } else {
                    0.0
                },
                if y > 0 && y + 1 < down {
                    between(score(x, y - 1), likeness, score(x, y + 1))
                } else {
                    0.0
                },
            );
            let corner = Vec2::new((columns.start + x) as f32, (rows.start + y) as f32);
            peaks[found] = Peak {
                centre: corner + TO_CENTRE + shift,
                likeness,
            };
        }
        peaks
    }

    fn sum_up(&mut self, level: &Level, left: usize, top: usize, width: usize, height: usize) {
        let stride = width + 1;
        self.sums.clear();
        self.sums.resize(stride * (height + 1), [0; 2]);
        for y in 0..height {
            let row = &level.pixels[(top + y) * level.width + left..][..width];
            let mut line = [0u32; 2];
            for (x, grey) in row.iter().enumerate() {
                let grey = u32::from(*grey);
                line = [line[0] + grey, line[1] + grey * grey];
                let above = self.sums[y * stride + x + 1];
                // Only differences of these are used, so that they may wrap.
                self.sums[(y + 1) * stride + x + 1] = [above[0].wrapping_add(line[0]), above[1].wrapping_add(line[1])];
            }
        }
    }
}

/// The top of a parabola through three neighbours, from the middle one.
fn between(before: f32, here: f32, after: f32) -> f32 {
    let bend = before - 2.0 * here + after;
    if bend < -1e-6 {
        ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

#[inline]
fn product(level: &Level, x: usize, y: usize, centred: &[i16; WINDOW * WINDOW]) -> i32 {
    let mut sum = 0i32;
    let rows = level.pixels[y * level.width + x..].chunks(level.width);
    for (row, values) in rows.zip(centred.chunks_exact(WINDOW)) {
        for (grey, value) in row[..WINDOW].iter().zip(values) {
            sum += i32::from(i16::from(*grey)) * i32::from(*value);
        }
    }
    sum
}
