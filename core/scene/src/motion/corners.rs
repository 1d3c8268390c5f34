//! Places worth following: where the picture changes in every direction (J. Shi, C. Tomasi, "Good Features to Track",
//! CVPR 1994), well spread.

use glam::DVec2;

use super::outline::Outline;
use super::pyramid::{Level, Pyramid, from_level, noise_at, to_level};

/// Half the side of the square whose slopes are summed up.
const REACH: usize = 3;
/// Keeps the windows of the features within the picture.
const MARGIN: usize = 9;
/// The weakest corner: mean squared slope along the weaker direction, in grey per pixel squared.
const WEAKEST: f32 = 1.0;
/// How much stronger than mere noise a corner must be. Noise has slopes of 12/64 of its variance, by Sobel's kernel.
const ABOVE_NOISE: f32 = 3.0 * 12.0 / 64.0;
const FARTHEST_APART_PX: f64 = 24.0;
const CLOSEST_PX: f64 = 5.0;
/// With fewer, as in a blurred picture, corners of the next smaller sizes are taken as well.
const ENOUGH: usize = 32;
const LARGEST_LEVELS: usize = 3;

/// A corner and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub(super) at: DVec2,
    /// 0 to 1: how near to the mark it is.
    pub(super) nearness: f64,
}

struct Candidate {
    corner: Corner,
    strength: f32,
}

/// Up to `limit` corners that stand out of noise in and around the outline, the most useful first.
pub(super) fn find_corners(picture: &Pyramid, noise_variance: f64, outline: &Outline, limit: usize) -> Vec<Corner> {
    let mut chosen: Vec<Corner> = Vec::with_capacity(limit);
    for level in 0..picture.levels().len().min(LARGEST_LEVELS) {
        if chosen.len() >= limit.min(ENOUGH) {
            break;
        }
        let mut candidates = candidates(picture, level, noise_variance, outline);
        // Near ones first, and of those the clear ones; a corner twice as clear is not twice as good.
        candidates.sort_by(|a, b| {
            let rank = |it: &Candidate| it.corner.nearness * f64::from(it.strength).powf(0.25);
            rank(b).total_cmp(&rank(a))
        });
        choose(&candidates, f64::from(1u32 << level), limit, &mut chosen);
    }
    chosen
}

/// Takes candidates, first far apart from each other, then closer.
fn choose(candidates: &[Candidate], pixel: f64, limit: usize, chosen: &mut Vec<Corner>) {
    let mut apart = FARTHEST_APART_PX;
    while apart >= CLOSEST_PX * pixel {
        for Candidate { corner, .. } in candidates {
            if chosen.len() == limit {
                return;
            }
            // Dense near the mark, thin farther away.
            let apart = apart * (1.6 - 0.6 * corner.nearness);
            let is_free = |other: &Corner| other.at.distance_squared(corner.at) >= apart * apart;
            if chosen.iter().all(is_free) {
                chosen.push(*corner);
            }
        }
        apart *= 0.8;
    }
}

/// Every local maximum of corner strength that is not too weak.
fn candidates(picture: &Pyramid, level: usize, noise_variance: f64, outline: &Outline) -> Vec<Candidate> {
    let Some(source) = picture.levels().get(level) else {
        return Vec::new();
    };
    let weakest = WEAKEST.max(ABOVE_NOISE * noise_at(level, noise_variance) as f32);
    let (low, high) = outline.neighbourhood();
    let (low, high) = (to_level(low, level), to_level(high, level));
    let clip = |value: f64, size: usize| value.clamp(MARGIN as f64, size.saturating_sub(MARGIN + 1) as f64) as usize;
    let (left, right) = (clip(low.x, source.width), clip(high.x, source.width));
    let (top, bottom) = (clip(low.y, source.height), clip(high.y, source.height));
    if right < left + 3 || bottom < top + 3 {
        return Vec::new();
    }
    let width = right - left;
    let strengths = strengths(source, left, top, width, bottom - top);
    let mut found = Vec::new();
    for y in 1..bottom - top - 1 {
        for x in 1..width - 1 {
            let strength = strengths[y * width + x];
            if strength < weakest {
                continue;
            }
            let around = [y - 1, y, y + 1]
                .into_iter()
                .flat_map(|row| &strengths[row * width + x - 1..][..3]);
            if around.copied().fold(0.0, f32::max) > strength {
                continue;
            }
            let at = from_level(DVec2::new((left + x) as f64, (top + y) as f64), level);
            found.push(Candidate {
                corner: Corner {
                    at,
                    nearness: outline.nearness(at),
                },
                strength,
            });
        }
    }
    found
}

/// For each pixel of an area, the mean squared slope along the direction in which it is weakest.
fn strengths(level: &Level, left: usize, top: usize, width: usize, height: usize) -> Vec<f32> {
    let across = width + 2 * REACH;
    let mut columns = vec![[0i32; 3]; across];
    let mut strengths = vec![0.0; width * height];
    let products = |x: usize, y: usize| {
        let at = |x: usize, y: usize| i32::from(level.pixels[y * level.width + x]);
        // Sobel's slopes, eight times the slope per pixel.
        let (above, below) = (y - 1, y + 1);
        let dx = at(x + 1, above) + 2 * at(x + 1, y) + at(x + 1, below)
            - at(x - 1, above)
            - 2 * at(x - 1, y)
            - at(x - 1, below);
        let dy = at(x - 1, below) + 2 * at(x, below) + at(x + 1, below)
            - at(x - 1, above)
            - 2 * at(x, above)
            - at(x + 1, above);
        [dx * dx, dx * dy, dy * dy]
    };
    // The square's sums move down by one row and right by one column at a time.
    let add = |sum: &mut [i32; 3], part: [i32; 3], sign: i32| {
        for (sum, part) in sum.iter_mut().zip(part) {
            *sum += sign * part;
        }
    };
    let side = 2 * REACH + 1;
    let mut rows: Vec<[i32; 3]> = vec![[0; 3]; across * side];
    for y in 0..height + 2 * REACH {
        let slot = y % side * across;
        for x in 0..across {
            let part = products(left + x - REACH, top + y - REACH);
            add(&mut columns[x], rows[slot + x], -1);
            add(&mut columns[x], part, 1);
            rows[slot + x] = part;
        }
        if y + 1 < side {
            continue;
        }
        let mut sum = [0i32; 3];
        for (x, column) in columns.iter().enumerate() {
            add(&mut sum, *column, 1);
            if x + 1 < side {
                continue;
            }
            let [xx, xy, yy] = sum.map(|value| value as f32 / (64 * side * side) as f32);
            strengths[(y + 1 - side) * width + x + 1 - side] =
                (xx + yy - ((xx - yy) * (xx - yy) + 4.0 * xy * xy).sqrt()) / 2.0;
            add(&mut sum, columns[x + 1 - side], -1);
        }
    }
    strengths
}
