//! The motion that most matches agree on.
//!
//! A correction is fitted in steps of growing freedom: shift, turn and zoom (4), shear and stretch (6), perspective
//! (8). First by samples of two matches each, the likely ones first (after O. Chum, J. Matas, "Matching with PROSAC",
//! CVPR 2005), scored as P. Torr, A. Zisserman, "MLESAC" (CVIU 78, 2000) do; then by least squares with Tukey's
//! weights.

use glam::{DMat3, DVec2};

use super::homography::Homography;

const SAMPLES: usize = 48;
const ROUNDS: usize = 4;
const FREEDOM: usize = 8;

/// Where a point of the key frame was expected, and where it was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Match {
    pub(super) expected: DVec2,
    pub(super) found: DVec2,
    /// How much it counts, 0 to 1.
    pub(super) weight: f64,
    /// How much farther off than others it may be.
    pub(super) spread: f64,
    /// How near to the mark it is, 0 to 1.
    pub(super) nearness: f64,
    /// How much it looks as it did, 0 to 1.
    pub(super) likeness: f64,
}

/// What a fit is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    /// Where the mark is expected, and about how large it is: the units that the freedoms are measured in.
    pub(super) centre: DVec2,
    pub(super) radius_px: f64,
    /// A match farther off than this speaks for another motion.
    pub(super) tolerance_px: f64,
    /// How many of the eight freedoms may be used.
    pub(super) freedom: usize,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitted {
    /// From expected to found places.
    pub(super) correction: Homography,
    /// Upper triangle of the parameters' covariance, in squared units.
    covariance: [[f64; FREEDOM]; FREEDOM],
    fit: Fit,
    /// Matches that agree.
    pub(super) inliers: usize,
    /// Their share of all weight.
    pub(super) share: f64,
    /// Their share of all matches.
    pub(super) unity: f64,
    /// Their mean likeness.
    pub(super) likeness: f64,
    /// The sum of their nearness.
    pub(super) near: f64,
    /// The sum of the squares of their nearness.
    pub(super) near_squared: f64,
}

/// How far each freedom may go from what was expected before it needs good reason, in units: shift, turn and zoom,
/// stretch, perspective.
const EXPECTED: [f64; FREEDOM] = [1e3, 1e3, 0.5, 0.5, 0.06, 0.06, 0.03, 0.03];
/// What a match is off by when all is well.
const USUAL_ERROR_PX: f64 = 0.3;

/// Fits a correction to the matches, which the caller sorted by falling weight; `None` when nothing agrees.
pub(super) fn fit(matches: &[Match], fit: Fit) -> Option<Fitted> {
    let first = sample_consensus(matches, &fit)?;
    let mut correction = first;
    let mut tolerance_px = fit.tolerance_px * 1.5;
    let mut fitted = None;
    for round in 0..ROUNDS {
        let freedom = if round == 0 { fit.freedom.min(4) } else { fit.freedom };
        let (step, covariance) = least_squares(matches, &correction, &fit, freedom, tolerance_px)?;
        correction = step.after(&correction);
        tolerance_px = (tolerance_px * 0.8).max(fit.tolerance_px);
        fitted = Some(covariance);
    }
    let covariance = fitted?;
    let (mut inliers, mut weight, mut all) = (0, 0.0, 0.0);
    let (mut near, mut near_squared, mut likeness) = (0.0, 0.0, 0.0);
    for it in matches {
        all += it.weight;
        if residual_squared(it, &correction) < fit.tolerance_px * fit.tolerance_px {
            inliers += 1;
            weight += it.weight;
            near += it.nearness;
            near_squared += it.nearness * it.nearness;
            likeness += it.likeness;
        }
    }
    (inliers >= 3).then_some(Fitted {
        correction,
        covariance,
        fit,
        inliers,
        share: weight / all,
        unity: inliers as f64 / matches.len() as f64,
        likeness: likeness / inliers as f64,
        near,
        near_squared,
    })
}

impl Fitted {
    /// How far off the place of a point is likely to be (standard deviation), in pixels.
    pub(super) fn uncertainty_px(&self, expected: DVec2) -> f64 {
        let at = (expected - self.fit.centre) / self.fit.radius_px;
        let [x, y] = effects(at);
        let spread = |effects: &[f64; FREEDOM]| -> f64 {
            let rows = self.covariance.iter().zip(effects);
            rows.map(|(row, a)| a * row.iter().zip(effects).map(|(c, b)| c * b).sum::<f64>())
                .sum()
        };
        (spread(&x) + spread(&y)).max(0.0).sqrt() * self.fit.radius_px
    }
}

fn residual_squared(it: &Match, correction: &Homography) -> f64 {
    correction.map(it.expected).map_or(f64::INFINITY, |at| {
        at.distance_squared(it.found) / (it.spread * it.spread)
    })
}

fn score(matches: &[Match], correction: &Homography, tolerance_px: f64) -> f64 {
    let tolerance = tolerance_px * tolerance_px;
    let of = |it: &Match| it.weight * (1.0 - residual_squared(it, correction) / tolerance).max(0.0);
    matches.iter().map(of).sum()
}

fn sample_consensus(matches: &[Match], fit: &Fit) -> Option<Homography> {
    if matches.len() < 3 {
        return None;
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut best = (0.0, None);
    for sample in 0..SAMPLES {
        // From the few most likely to all.
        let among = (4 + (matches.len() * (sample + 1)) / (SAMPLES * 2 / 3)).min(matches.len());
        let (one, other) = (matches.get(random.below(among))?, matches.get(random.below(among))?);
        let Some(correction) = from_two(one, other, fit) else {
            continue;
        };
        let score = score(matches, &correction, fit.tolerance_px * 1.5);
        if score > best.0 {
            best = (score, Some(correction));
        }
    }
    best.1
}

/// Shift, turn and zoom by two matches.
fn from_two(one: &Match, other: &Match, fit: &Fit) -> Option<Homography> {
    let expected = other.expected - one.expected;
    if expected.length_squared() < 0.04 * fit.radius_px * fit.radius_px {
        return None;
    }
    let found = other.found - one.found;
    let turned = DVec2::new(expected.dot(found), expected.perp_dot(found)) / expected.length_squared();
    // Within a step or two of time nothing turns or grows by half.
    if (turned - DVec2::X).length_squared() > 0.25 {
        return None;
    }
    let linear = glam::DMat2::from_cols(turned, turned.perp());
    Some(Homography::about(linear, one.expected, one.found))
}

/// What each freedom does to a point, in units: a row for x and one for y.
fn effects(at: DVec2) -> [[f64; FREEDOM]; 2] {
    let DVec2 { x, y } = at;
    [
        [1.0, 0.0, x, -y, x, y, x * x, x * y],
        [0.0, 1.0, y, x, -y, x, x * y, y * y],
    ]
}

type Covariance = [[f64; FREEDOM]; FREEDOM];

fn least_squares(
    matches: &[Match],
    correction: &Homography,
    fit: &Fit,
    freedom: usize,
    tolerance_px: f64,
) -> Option<(Homography, Covariance)> {
    let mut normal = [[0.0; FREEDOM]; FREEDOM];
    let mut right = [0.0; FREEDOM];
    let (mut weights, mut errors) = (0.0, 0.0);
    let cut_off = (tolerance_px * 1.5).powi(2);
    for it in matches {
        let Some(at) = correction.map(it.expected) else {
            continue;
        };
        let error = it.found - at;
        let tukey = (1.0 - error.length_squared() / (cut_off * it.spread * it.spread))
            .max(0.0)
            .powi(2);
        let weight = it.weight * tukey;
        if weight <= 0.0 {
            continue;
        }
        weights += weight;
        errors += weight * error.length_squared();
        let rows = effects((at - fit.centre) / fit.radius_px);
        for (row, error) in rows.iter().zip((error / fit.radius_px).to_array()) {
            for i in 0..freedom {
                right[i] += weight * row[i] * error;
                for j in 0..=i {
                    normal[i][j] += weight * row[i] * row[j];
                }
            }
        }
    }
    if weights <= 0.0 {
        return None;
    }
    let error_px = (errors / weights / 2.0).sqrt().max(USUAL_ERROR_PX);
    let noise = (error_px / fit.radius_px).powi(2);
    for (index, expected) in EXPECTED.iter().enumerate() {
        normal[index][index] += if index < freedom {
            noise / (expected * expected)
        } else {
            1e9
        };
    }
    let inverse = invert(normal)?;
    let step: [f64; FREEDOM] = std::array::from_fn(|i| (0..FREEDOM).map(|j| inverse[i][j] * right[j]).sum());
    let [shift_x, shift_y, zoom, turn, stretch, shear, tilt_x, tilt_y] = step;
    let unit_step = DMat3::from_cols_array_2d(&[
        [1.0 + zoom + stretch, turn + shear, -tilt_x],
        [shear - turn, 1.0 + zoom - stretch, -tilt_y],
        [shift_x, shift_y, 1.0],
    ]);
    let to_px = DMat3::from_translation(fit.centre) * DMat3::from_scale(DVec2::splat(fit.radius_px));
    let to_units = DMat3::from_scale(DVec2::splat(fit.radius_px.recip())) * DMat3::from_translation(-fit.centre);
    let step = Homography(to_px * unit_step * to_units);
    step.0
        .is_finite()
        .then_some((step, inverse.map(|row| row.map(|value| value * noise))))
}

/// The inverse of a positive definite matrix of which the lower triangle is given (Cholesky).
fn invert(mut lower: Covariance) -> Option<Covariance> {
    for i in 0..FREEDOM {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = lower[i][j] - dot;
            lower[i][j] = if i == j {
                if rest.is_nan() || rest <= 1e-15 {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / lower[j][j]
            };
        }
    }
    let mut inverse = [[0.0; FREEDOM]; FREEDOM];
    for column in 0..FREEDOM {
        let mut solution = [0.0; FREEDOM];
        for i in 0..FREEDOM {
            let dot: f64 = (0..i).map(|k| lower[i][k] * solution[k]).sum();
            solution[i] = (f64::from(u8::from(i == column)) - dot) / lower[i][i];
        }
        for i in (0..FREEDOM).rev() {
            let dot: f64 = (i + 1..FREEDOM).map(|k| lower[k][i] * solution[k]).sum();
            solution[i] = (solution[i] - dot) / lower[i][i];
        }
        for (row, value) in inverse.iter_mut().zip(solution) {
            row[column] = value;
        }
    }
    Some(inverse)
}

/// Always the same numbers (xorshift64*): a fit depends on its matches alone.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        ((high * limit as u64) >> 32) as usize
    }
}
