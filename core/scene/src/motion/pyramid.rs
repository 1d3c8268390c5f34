//! A picture at several sizes, each half the one below.

use glam::DVec2;

use super::{GreyPicture, MotionError};

/// Sizes of a picture that are kept: the full one, and three halvings.
pub(super) const LEVELS: usize = 4;
/// A larger picture is halved before anything else: following gains nothing from more pixels than this.
const LONGEST_SIDE_PX: usize = 960;
/// Below this there is no room to follow anything.
const SHORTEST_SIDE_PX: usize = 48;
const SHORTEST_SIDE_OF_A_LEVEL_PX: usize = 24;

/// One size of a picture. Positions within it count from the centre of the top left pixel.
#[derive(Debug, Default)]
pub(super) struct Level {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

/// A picture at up to [`LEVELS`] sizes. Level 0 is what all positions in pixels refer to.
#[derive(Debug, Default)]
pub(super) struct Pyramid {
    levels: [Level; LEVELS],
    count: usize,
    /// Size of the whole picture in pixels of level 0; not whole when halving left an odd pixel out.
    pub(super) size_px: DVec2,
}

/// Buffers for building pyramids, kept between pictures.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    column_sums: Vec<u16>,
    larger: Level,
    smaller: Level,
}

impl Pyramid {
    /// The levels that a picture of this size has, largest first.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels[..self.count]
    }

    /// Replaces the content; buffers of the same size are used again.
    pub(super) fn rebuild(&mut self, picture: &GreyPicture<'_>, scratch: &mut Scratch) -> Result<(), MotionError> {
        let (width, height) = (picture.width_px(), picture.height_px());
        let mut halvings = 0;
        while (width.max(height) >> halvings) > LONGEST_SIDE_PX {
            halvings += 1;
        }
        if (width.min(height) >> halvings) < SHORTEST_SIDE_PX {
            return Err(MotionError::PictureTooSmall);
        }
        self.size_px = DVec2::new(width as f64, height as f64) / f64::from(1u32 << halvings);
        if halvings == 0 {
            self.levels[0].resize(width, height);
            for (y, row) in self.levels[0].pixels.chunks_exact_mut(width).enumerate() {
                row.copy_from_slice(picture.row(y));
            }
        } else {
            let Scratch {
                column_sums,
                larger,
                smaller,
            } = scratch;
            halve(|y| picture.row(y), width, height, smaller, column_sums);
            for _ in 1..halvings {
                std::mem::swap(larger, smaller);
                halve(|y| larger.row(y), larger.width, larger.height, smaller, column_sums);
            }
            std::mem::swap(&mut self.levels[0], smaller);
        }
        self.count = 1;
        while self.count < LEVELS {
            let (done, rest) = self.levels.split_at_mut(self.count);
            let (Some(above), Some(next)) = (done.last(), rest.first_mut()) else {
                break;
            };
            if above.width.min(above.height) / 2 < SHORTEST_SIDE_OF_A_LEVEL_PX {
                break;
            }
            let (width, height) = (above.width, above.height);
            halve(|y| above.row(y), width, height, next, &mut scratch.column_sums);
            self.count += 1;
        }
        Ok(())
    }
}

impl Level {
    fn resize(&mut self, width: usize, height: usize) {
        (self.width, self.height) = (width, height);
        self.pixels.resize(width * height, 0);
    }

    /// The variance of a sensor's noise, from what is left of the picture when its slopes are taken away: half of all
    /// places show little else (after J. Immerkær, "Fast Noise Variance Estimation", CVIU 64, 1996).
    pub(super) fn noise_variance(&self) -> f64 {
        const STEP: usize = 3;
        let mut counts = [0u32; 256];
        for y in (1..self.height.saturating_sub(1)).step_by(STEP) {
            let [above, here, below] = [y - 1, y, y + 1].map(|y| self.row(y));
            for x in (1..self.width.saturating_sub(1)).step_by(STEP) {
                let side = |row: &[u8]| i32::from(row[x - 1]) + i32::from(row[x + 1]);
                let middle = |row: &[u8]| i32::from(row[x]);
                let rest =
                    side(above) + side(below) - 2 * (middle(above) + middle(below) + side(here)) + 4 * middle(here);
                counts[(rest.unsigned_abs() as usize).min(255)] += 1;
            }
        }
        let half = counts.iter().sum::<u32>() / 2;
        let mut below = 0;
        let median = counts.iter().position(|count| {
            below += count;
            below > half
        });
        // Of a normal distribution, half lies within 0.6745 standard deviations; the kernel's squares add up to 36.
        (median.unwrap_or(0) as f64 / (6.0 * 0.6745)).powi(2)
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// The grey at a place between pixels, bilinear; `None` outside.
    #[inline]
    pub(super) fn sample(&self, x: f32, y: f32) -> Option<f32> {
        // Also false for what is not a number.
        if !(x >= 0.0 && y >= 0.0 && x < (self.width - 1) as f32 && y < (self.height - 1) as f32) {
            return None;
        }
        let (column, row) = (x as usize, y as usize);
        let (right, down) = (x - column as f32, y - row as f32);
        let upper = self.pixels.get(row * self.width + column..)?.get(..2)?;
        let lower = self.pixels.get((row + 1) * self.width + column..)?.get(..2)?;
        let mix = |pair: &[u8]| f32::from(pair[0]) + (f32::from(pair[1]) - f32::from(pair[0])) * right;
        let (upper, lower) = (mix(upper), mix(lower));
        Some(upper + (lower - upper) * down)
    }
}

/// Where a position of level 0 lies in a level. Pixels of a smaller level lie between those of the larger one.
pub(super) fn to_level(position: DVec2, level: usize) -> DVec2 {
    (position + 0.5) / f64::from(1u32 << level) - 0.5
}

/// Where a position of a level lies in level 0.
pub(super) fn from_level(position: DVec2, level: usize) -> DVec2 {
    (position + 0.5) * f64::from(1u32 << level) - 0.5
}

/// What a halving leaves of a sensor's noise: the squares of the kernel of [`halve`] add up to this.
const NOISE_LEFT: f64 = (20.0 / 64.0) * (20.0 / 64.0);

/// The variance of noise in a level, if it has this variance in level 0.
pub(super) fn noise_at(level: usize, variance: f64) -> f64 {
    variance * NOISE_LEFT.powi(level as i32)
}

/// Half the size through the kernel (1 3 3 1)/8 both ways: smooth enough for slopes, and it keeps corners of the
/// picture where they are. An odd last row or column is left out.
fn halve<'a>(
    row_of: impl Fn(usize) -> &'a [u8],
    width: usize,
    height: usize,
    half: &mut Level,
    column_sums: &mut Vec<u16>,
) {
    half.resize(width / 2, height / 2);
    // One more sum at each end, so that the kernel needs no special case there.
    column_sums.resize(width + 2, 0);
    for (y, target) in half.pixels.chunks_exact_mut(width / 2).enumerate() {
        let rows = [
            row_of((2 * y).saturating_sub(1)),
            row_of(2 * y),
            row_of(2 * y + 1),
            row_of((2 * y + 2).min(height - 1)),
        ];
        let sums = &mut column_sums[1..=width];
        let rows = rows.map(|row| &row[..width]);
        for (x, sum) in sums.iter_mut().enumerate() {
            *sum = u16::from(rows[0][x]) + 3 * (u16::from(rows[1][x]) + u16::from(rows[2][x])) + u16::from(rows[3][x]);
        }
        column_sums[0] = column_sums[1];
        column_sums[width + 1] = column_sums[width];
        let before = column_sums.chunks_exact(2);
        let after = column_sums[2..].chunks_exact(2);
        for ((pixel, before), after) in target.iter_mut().zip(before).zip(after) {
            // Of the pairs (2x-1, 2x) and (2x+1, 2x+2).
            *pixel = ((before[0] + 3 * (before[1] + after[0]) + after[1] + 32) >> 6) as u8;
        }
    }
}
