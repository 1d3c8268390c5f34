//! Strokes as people draw them, at random places of the picture.

use assist_scene::PicturePoint;
use glam::{Vec2, vec2};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// Points of a stroke.
pub(super) const POINTS: usize = 64;
/// The picture's width over its height.
const ASPECT: f32 = 16.0 / 9.0;
/// Nothing is drawn nearer to the picture's border than this, in picture heights.
const BORDER: f32 = 0.02;

/// A line, a circle or a wave of up to `size` picture heights, somewhere in the picture.
pub(super) fn stroke(random: &mut ChaCha8Rng, size: f32) -> Vec<PicturePoint> {
    let reach = size * random.random_range(0.2..1.0) / 2.0;
    let within = |length: f32| reach + BORDER..(length - reach - BORDER).max(reach + BORDER + 0.01);
    let middle = vec2(random.random_range(within(ASPECT)), random.random_range(within(1.0)));
    let turn = Vec2::from_angle(random.random_range(0.0..std::f32::consts::TAU));
    let kind = random.random_range(0..3);
    let at = |index: usize| {
        let part = index as f32 / (POINTS - 1) as f32;
        let angle = part * std::f32::consts::TAU;
        let place = match kind {
            0 => vec2(2.0 * part - 1.0, 0.0),
            1 => Vec2::from_angle(angle),
            _ => vec2(2.0 * part - 1.0, 0.3 * (2.0 * angle).sin()),
        };
        let place = middle + turn.rotate(place) * reach;
        PicturePoint::new(place.x / ASPECT, place.y)
    };
    (0..POINTS).map(at).collect()
}
