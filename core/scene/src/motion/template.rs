//! A small window of one picture, found again in another: Lucas-Kanade in its inverse compositional form, where slopes
//! and normal equations belong to the window alone and are computed once (S. Baker, I. Matthews, "Lucas-Kanade 20 Years
//! On", IJCV 56, 2004). The slopes are made orthogonal to the window itself and to a constant, so that a change of
//! contrast or brightness moves nothing.

use glam::{Mat2, Vec2};

use super::pyramid::Level;

/// Side of a window in pixels.
pub(super) const WINDOW: usize = 16;
const AREA: usize = WINDOW * WINDOW;
const BORDERED: usize = WINDOW + 2;
/// From a window's first pixel to its centre.
const TO_CENTRE: f32 = (WINDOW as f32 - 1.0) / 2.0;
const MAX_STEPS: usize = 8;
/// A window that wanders further than this from where it was expected has lost its way.
const FARTHEST_PX: f32 = 8.0;
/// The weakest slope along any direction that can be told from a sensor's noise, in squared grey per pixel.
const WEAKEST_SLOPE: f32 = 2.0;
/// Values carry four fractional bits, slopes three (in grey per pixel): 4080 x 2000 x 256 still fits 32 bits.
const GREY: f32 = 16.0;
const STEEPEST: f32 = 2000.0;
/// Makes all slopes positive.
const ABOVE: f32 = 4096.0;
/// Fractional bits are kept where a window is correlated, too: 255 x 255 x 16 x 256 fits 32 bits.
const CENTRED: f32 = 16.0;

/// A window cut out of a picture, ready to be found in others.
#[derive(Debug, Clone)]
pub(super) struct Template {
    values: [i16; AREA],
    slopes_x: [i16; AREA],
    slopes_y: [i16; AREA],
    /// xx, xy and yy of the inverse normal matrix.
    inverse: [f32; 3],
    mean: f32,
    deviation: f32,
}

/// Where a window was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its centre, in pixels of the level searched.
    pub(super) at: Vec2,
    /// Correlation of window and picture there, -1 to 1.
    pub(super) likeness: f32,
}

impl Default for Template {
    fn default() -> Self {
        Self {
            values: [0; AREA],
            slopes_x: [0; AREA],
            slopes_y: [0; AREA],
            inverse: [0.0; 3],
            mean: 0.0,
            deviation: 0.0,
        }
    }
}

impl Template {
    /// Cuts the window around `centre` (pixels of `level`), whose pixels lie apart as `step` maps unit steps. False,
    /// and of no use, where it leaves the picture or shows too little.
    pub(super) fn cut(&mut self, level: &Level, centre: Vec2, step: Mat2) -> bool {
        let mut bordered = [0i16; BORDERED * BORDERED];
        if !sample_window(level, centre, step, &mut bordered) {
            return false;
        }
        let (mut sum, mut squares) = (0i32, 0i64);
        let (mut slope_sums, mut slope_products) = ([0i32; 2], [0i64; 2]);
        let rows = self.values.chunks_exact_mut(WINDOW);
        let slopes = self
            .slopes_x
            .chunks_exact_mut(WINDOW)
            .zip(self.slopes_y.chunks_exact_mut(WINDOW));
        for (y, (values, (slopes_x, slopes_y))) in rows.zip(slopes).enumerate() {
            let above = &bordered[y * BORDERED..][..BORDERED];
            let here = &bordered[(y + 1) * BORDERED..][..BORDERED];
            let below = &bordered[(y + 2) * BORDERED..][..BORDERED];
            // A row's sums fit 32 bits.
            let (mut row_squares, mut row_products) = (0i32, [0i32; 2]);
            for x in 0..WINDOW {
                let value = here[x + 1];
                let slope = [here[x + 2] - here[x], below[x + 1] - above[x + 1]];
                (values[x], slopes_x[x], slopes_y[x]) = (value, slope[0], slope[1]);
                let value = i32::from(value);
                let slope = slope.map(i32::from);
                sum += value;
                row_squares += value * value;
                slope_sums = [slope_sums[0] + slope[0], slope_sums[1] + slope[1]];
                row_products = [row_products[0] + slope[0] * value, row_products[1] + slope[1] * value];
            }
            squares += i64::from(row_squares);
            for (all, row) in slope_products.iter_mut().zip(row_products) {
                *all += i64::from(row);
            }
        }
        self.mean = sum as f32 / AREA as f32;
        let variance = (squares as f64 - f64::from(sum) * f64::from(self.mean)).max(0.0) as f32;
        self.deviation = variance.sqrt();
        if variance < 1.0 {
            return false;
        }
        for (axis, slopes) in [&mut self.slopes_x, &mut self.slopes_y].into_iter().enumerate() {
            let mean = slope_sums[axis] as f32 / AREA as f32;
            let shared = (slope_products[axis] as f64 - f64::from(slope_sums[axis]) * f64::from(self.mean)) as f32;
            let share = shared / variance;
            for (slope, value) in slopes.iter_mut().zip(&self.values) {
                let own = f32::from(*slope) - mean - share * (f32::from(*value) - self.mean);
                // Rounds, without the function call that this takes on some processors.
                *slope = ((own / 4.0).clamp(-STEEPEST, STEEPEST) + (ABOVE + 0.5)) as i32 as i16 - ABOVE as i16;
            }
        }
        self.invert()
    }

    fn invert(&mut self) -> bool {
        let (mut xx, mut xy, mut yy) = (0i32, 0i32, 0i32);
        for (x, y) in self.slopes_x.iter().zip(&self.slopes_y) {
            let (x, y) = (i32::from(*x), i32::from(*y));
            (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        }
        let (xx, xy, yy) = (xx as f32, xy as f32, yy as f32);
        let determinant = xx * yy - xy * xy;
        let smaller = (xx + yy - ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt()) / 2.0;
        // A stored slope is half the slope in sixteenths.
        let weakest = WEAKEST_SLOPE * AREA as f32 * (GREY / 2.0) * (GREY / 2.0);
        self.inverse = [yy / determinant, -xy / determinant, xx / determinant];
        smaller >= weakest && self.inverse.iter().all(|value| value.is_finite())
    }

    /// Finds the window in `level`, beginning at `from`, until it moves by less than `still_px`; `None` when it leaves
    /// the picture or its way.
    pub(super) fn find(&self, level: &Level, from: Vec2, still_px: f32) -> Option<Found> {
        let mut at = from;
        let mut window = [0i16; AREA];
        for _ in 0..MAX_STEPS {
            cut_straight(level, at, &mut window)?;
            let (x, y) = self.mismatch(&window);
            let [xx, xy, yy] = self.inverse;
            let step = 0.5 * Vec2::new(xx * x + xy * y, xy * x + yy * y);
            at -= step;
            if (at - from).length_squared() >= FARTHEST_PX * FARTHEST_PX {
                return None;
            }
            if step.length_squared() < still_px * still_px {
                break;
            }
        }
        // The window as it was a step ago, which is as good here.
        let likeness = self.likeness(&window);
        Some(Found { at, likeness })
    }

    /// The share of the window's contrast that is more than noise.
    pub(super) fn signal(&self, noise_variance: f64) -> f32 {
        let variance = self.deviation * self.deviation / (GREY * GREY * AREA as f32);
        (1.0 - noise_variance as f32 / variance.max(1e-3)).max(0.0)
    }

    /// The window's pixels about their mean, and the root of their summed squares, in grey.
    pub(super) fn centred(&self) -> ([i16; AREA], f32) {
        let centred = self
            .values
            .map(|value| ((f32::from(value) - self.mean) / GREY * CENTRED).round() as i16);
        (centred, self.deviation / GREY * CENTRED)
    }

    #[inline]
    fn mismatch(&self, window: &[i16; AREA]) -> (f32, f32) {
        let (mut sum_x, mut sum_y) = (0i32, 0i32);
        let slopes = self.slopes_x.iter().zip(&self.slopes_y);
        for ((seen, value), (slope_x, slope_y)) in window.iter().zip(&self.values).zip(slopes) {
            let difference = i32::from(seen - value);
            sum_x += difference * i32::from(*slope_x);
            sum_y += difference * i32::from(*slope_y);
        }
        (sum_x as f32, sum_y as f32)
    }

    fn likeness(&self, window: &[i16; AREA]) -> f32 {
        let (mut sum, mut squares, mut product) = (0i32, 0i64, 0i64);
        for (seen, value) in window.chunks_exact(WINDOW).zip(self.values.chunks_exact(WINDOW)) {
            let (mut row_squares, mut row_product) = (0i32, 0i32);
            for (seen, value) in seen.iter().zip(value) {
                let (seen, value) = (i32::from(*seen), i32::from(*value));
                sum += seen;
                row_squares += seen * seen;
                row_product += seen * value;
            }
            squares += i64::from(row_squares);
            product += i64::from(row_product);
        }
        let sum = f64::from(sum);
        let variance = squares as f64 - sum * sum / AREA as f64;
        let covariance = product as f64 - sum * f64::from(self.mean);
        (covariance / (variance.max(1.0).sqrt() * f64::from(self.deviation))) as f32
    }
}

/// Samples a window on a slanted grid, with a border of one. False where it leaves the picture.
fn sample_window(level: &Level, centre: Vec2, step: Mat2, window: &mut [i16; BORDERED * BORDERED]) -> bool {
    let reach = (BORDERED as f32 - 1.0) / 2.0;
    let extent = step.x_axis.abs() * reach + step.y_axis.abs() * reach;
    let last = Vec2::new(level.width as f32, level.height as f32) - 2.01;
    let inside = (centre - extent).cmpge(Vec2::ZERO).all() && (centre + extent).cmple(last).all();
    if !inside {
        return false;
    }
    // Sixteen fractional bits: far finer than the eight used of them, so that steps may be summed up.
    let fixed = |value: f32| (value * 65536.0) as i32;
    let (step_x, step_y) = (fixed(step.x_axis.x), fixed(step.x_axis.y));
    let start = centre - step * Vec2::splat(reach);
    for (y, row) in window.chunks_exact_mut(BORDERED).enumerate() {
        let first = start + step.y_axis * y as f32;
        let (mut at_x, mut at_y) = (fixed(first.x), fixed(first.y));
        for value in row {
            let (right, down) = (((at_x >> 8) & 255) as u32, ((at_y >> 8) & 255) as u32);
            let index = (at_y >> 16) as usize * level.width + (at_x >> 16) as usize;
            let (Some([a, b]), Some([c, d])) = (
                level.pixels.get(index..index + 2),
                level.pixels.get(index + level.width..index + level.width + 2),
            ) else {
                return false;
            };
            // Upper and lower neighbours side by side in one number, so that one multiplication serves both.
            let left = u32::from(*a) | u32::from(*c) << 16;
            let beside = u32::from(*b) | u32::from(*d) << 16;
            let both = left * (256 - right) + beside * right;
            *value = (((both & 0xffff) * (256 - down) + (both >> 16) * down) >> 12) as i16;
            at_x += step_x;
            at_y += step_y;
        }
    }
    true
}

/// Cuts an upright window between pixels, bilinear; `None` where it leaves the picture.
#[inline]
fn cut_straight(level: &Level, centre: Vec2, window: &mut [i16; AREA]) -> Option<()> {
    let corner = centre - TO_CENTRE;
    // Also false for what is not a number.
    if !(corner.x >= 0.0 && corner.y >= 0.0) {
        return None;
    }
    let (column, row) = (corner.x as usize, corner.y as usize);
    if column + WINDOW >= level.width || row + WINDOW >= level.height {
        return None;
    }
    let part = (corner - corner.floor()) * 256.0;
    let (right, down) = ((part.x + 0.5) as u16, (part.y + 0.5) as u16);
    // The four add up to 256, so that a sum of products fits 16 bits.
    let lower_right = ((u32::from(right) * u32::from(down) + 128) >> 8) as u16;
    let upper_right = right - lower_right;
    let lower_left = down - lower_right;
    let upper_left = 256 - lower_right - upper_right - lower_left;
    let mut upper = level.pixels.get(row * level.width + column..)?;
    for target in window.chunks_exact_mut(WINDOW) {
        let lower = upper.get(level.width..)?;
        let (above, below) = (upper.get(..=WINDOW)?, lower.get(..=WINDOW)?);
        for (x, value) in target.iter_mut().enumerate() {
            let sum = u16::from(above[x]) * upper_left
                + u16::from(above[x + 1]) * upper_right
                + u16::from(below[x]) * lower_left
                + u16::from(below[x + 1]) * lower_right;
            *value = (sum >> 4) as i16;
        }
        upper = lower;
    }
    Some(())
}
