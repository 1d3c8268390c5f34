//! Painting of surfaces.

use glam::{Vec2, Vec3, vec2};

use super::font;
use super::noise::{Clouds, hash};

/// A colour: red, green and blue from 0 to 255.
pub(crate) type Colour = Vec3;

/// A picture that is being painted; positions and sizes are in its texels, from the top left.
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) texels: Vec<Colour>,
}

impl Canvas {
    /// A canvas of one colour. Sides must be powers of two, so that a texture can wrap.
    pub(crate) fn new(width: usize, height: usize, colour: Colour) -> Self {
        debug_assert!(width.is_power_of_two() && height.is_power_of_two());
        Self {
            width,
            height,
            texels: vec![colour; width * height],
        }
    }

    /// The same picture once more.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            texels: self.texels.clone(),
            ..*self
        }
    }

    /// Its size as a vector.
    pub(crate) fn size(&self) -> Vec2 {
        vec2(self.width as f32, self.height as f32)
    }

    /// Changes every texel, given where it is.
    pub(crate) fn each(&mut self, change: impl Fn(Vec2, Colour) -> Colour) {
        for (index, texel) in self.texels.iter_mut().enumerate() {
            *texel = change(vec2((index % self.width) as f32, (index / self.width) as f32), *texel);
        }
    }

    /// Fills where `distance` (in texels, negative inside) says so, with a soft edge, within `centre` ± `reach`.
    fn shape(&mut self, centre: Vec2, reach: Vec2, colour: Colour, distance: impl Fn(Vec2) -> f32) {
        let low = (centre - reach - 1.0).floor().max(Vec2::ZERO);
        let high = (centre + reach + 2.0).ceil().min(self.size());
        for y in low.y as usize..high.y.max(0.0) as usize {
            for x in low.x as usize..high.x.max(0.0) as usize {
                let cover = (0.5 - distance(vec2(x as f32 + 0.5, y as f32 + 0.5))).clamp(0.0, 1.0);
                let texel = &mut self.texels[y * self.width + x];
                *texel = texel.lerp(colour, cover);
            }
        }
    }

    /// A rectangle with rounded corners.
    pub(crate) fn rect(&mut self, at: Vec2, size: Vec2, corner: f32, colour: Colour) {
        let (centre, half) = (at + size / 2.0, size / 2.0);
        self.shape(centre, half, colour, |point| {
            let outside = (point - centre).abs() - half + corner;
            outside.max(Vec2::ZERO).length() + outside.max_element().min(0.0) - corner
        });
    }

    /// A disc.
    pub(crate) fn disc(&mut self, centre: Vec2, radius: f32, colour: Colour) {
        self.shape(centre, Vec2::splat(radius), colour, |point| {
            (point - centre).length() - radius
        });
    }

    /// A circle line.
    pub(crate) fn ring(&mut self, centre: Vec2, radius: f32, width: f32, colour: Colour) {
        let distance = |point: Vec2| ((point - centre).length() - radius).abs() - width / 2.0;
        self.shape(centre, Vec2::splat(radius + width), colour, distance);
    }

    /// A line with round ends.
    pub(crate) fn line(&mut self, from: Vec2, to: Vec2, width: f32, colour: Colour) {
        let along = to - from;
        self.shape((from + to) / 2.0, along.abs() / 2.0 + width, colour, |point| {
            let part = ((point - from).dot(along) / along.length_squared().max(1e-6)).clamp(0.0, 1.0);
            (point - from - along * part).length() - width / 2.0
        });
    }

    /// Lettering whose signs are `height` texels high, starting at the top left of the first sign.
    pub(crate) fn text(&mut self, at: Vec2, height: f32, colour: Colour, text: &str) {
        let unit = height / 6.0;
        for (index, sign) in text.chars().enumerate() {
            let origin = at + vec2(index as f32 * unit * 5.6, 0.0);
            for stroke in font::strokes(sign) {
                for pair in stroke.windows(2) {
                    self.line(
                        origin + Vec2::from(pair[0]) * unit,
                        origin + Vec2::from(pair[1]) * unit,
                        unit * 0.95,
                        colour,
                    );
                }
            }
        }
    }

    /// Lettering centred on a point.
    pub(crate) fn centred_text(&mut self, centre: Vec2, height: f32, colour: Colour, text: &str) {
        let width = (text.chars().count() as f32 * 5.6 - 1.6) * height / 6.0;
        self.text(centre - vec2(width, height) / 2.0, height, colour, text);
    }

    /// A slotted screw head.
    pub(crate) fn screw(&mut self, centre: Vec2, radius: f32, turn: f32) {
        self.disc(centre + radius * 0.25, radius * 1.15, Vec3::splat(38.0));
        self.disc(centre, radius, Vec3::splat(150.0));
        self.disc(centre - radius * 0.15, radius * 0.75, Vec3::splat(182.0));
        let slot = Vec2::from_angle(turn) * radius * 0.8;
        self.line(centre - slot, centre + slot, radius * 0.3, Vec3::splat(45.0));
    }

    /// Slanting stripes of two colours over a rectangle.
    pub(crate) fn stripes(&mut self, at: Vec2, size: Vec2, pitch: f32, colours: [Colour; 2]) {
        self.rect(at, size, 0.0, colours[0]);
        let centre = at + size / 2.0;
        self.shape(centre, size / 2.0, colours[1], |point| {
            let outside = ((point - centre).abs() - size / 2.0).max_element();
            let phase = (point.x + point.y).rem_euclid(pitch) - pitch / 2.0;
            outside.max((phase.abs() - pitch / 4.0) * std::f32::consts::FRAC_1_SQRT_2)
        });
    }

    /// Wear: patches of light and dark, fine grain and scratches, so that no part of a surface is quite even.
    pub(crate) fn weather(&mut self, seed: u64, clouds: &Clouds, strength: f32) {
        let shift = (hash(seed, 1, 0) % 256) as f32;
        self.each(|at, colour| {
            let patches = clouds.at(at.x * 0.3 + shift, at.y * 0.3) + 0.6 * clouds.at(at.x * 1.7, at.y * 1.7 + shift);
            let grain = (hash(seed, at.x as u64, at.y as u64) >> 58) as f32 / 64.0 - 0.5;
            colour * (1.0 + strength * (0.22 * patches + 0.1 * grain))
        });
        for scratch in 0..(self.width * self.height / 12_000) as u64 {
            let random = |which: u64| super::noise::uniform(seed, scratch, which + 10);
            let from = vec2(random(0), random(1)) * self.size();
            let to = from + Vec2::from_angle(random(2) * 7.0) * (4.0 + 26.0 * random(3).powi(2));
            let tone = if random(4) > 0.5 { 235.0 } else { 25.0 };
            let under = self.texel(from);
            self.line(
                from,
                to,
                0.6 + random(5),
                under.lerp(Vec3::splat(tone), 0.35 * strength),
            );
        }
    }

    /// Darkens towards the edges, as light does that reaches into corners less.
    pub(crate) fn shade_edges(&mut self, reach: f32, depth: f32) {
        let size = self.size();
        self.each(|at, colour| {
            let inset = at.min(size - at).min_element();
            colour * (1.0 - depth * (1.0 - (inset / reach).min(1.0)).powi(2))
        });
    }

    fn texel(&self, at: Vec2) -> Colour {
        let (x, y) = (
            (at.x as usize).min(self.width - 1),
            (at.y as usize).min(self.height - 1),
        );
        self.texels[y * self.width + x]
    }
}
