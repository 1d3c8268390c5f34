//! From faces to the colours of pixels.

use super::project::ProjectedFace;
use super::texture::{Edge, Level, Texture};

/// Perspective is exact at the ends of stretches of this many samples, and straight between them.
const STRETCH: usize = 32;
/// One texel in the fixed-point coordinates of the inner loops.
const ONE: f32 = 65_536.0;

/// A straight walk over one level of a texture.
struct Walk<'a> {
    level: &'a Level,
    u: i32,
    v: i32,
    u_step: i32,
    v_step: i32,
}

/// Texture coordinates and depth at one place of the picture.
#[derive(Clone, Copy)]
struct TexturePoint {
    u: f32,
    v: f32,
    depth: f32,
}

impl TexturePoint {
    fn new(face: &ProjectedFace, x: f32, y: f32) -> Self {
        let depth = 1.0 / face.inverse_depth.at(x, y);
        Self {
            u: face.u_by_depth.at(x, y) * depth,
            v: face.v_by_depth.at(x, y) * depth,
            depth,
        }
    }
}

impl<'a> Walk<'a> {
    /// The walk for `count` samples between two points of the texture, `step` pixels apart in the picture.
    fn new(
        face: &ProjectedFace,
        texture: &'a Texture,
        (from, to): (TexturePoint, TexturePoint),
        count: usize,
        step: f32,
    ) -> Self {
        let per_sample = 1.0 / count as f32;
        // How far one sample moves over the full-size texture, to the side and down, decides the level.
        let full = &texture.levels[0];
        let (width, height) = ((1 << full.width_log2) as f32, (1 << full.height_log2) as f32);
        let aside = length((to.u - from.u) * width, (to.v - from.v) * height) * per_sample;
        let per_row = face.inverse_depth.per_row();
        let scale = from.depth * step;
        let down_u = (face.u_by_depth.per_row() - from.u * per_row) * scale * width;
        let down_v = (face.v_by_depth.per_row() - from.v * per_row) * scale * height;
        let texels = 0.5 * (aside + length(down_u, down_v));
        let level = ((texels * 1.3) as u32).max(1).ilog2() as usize;
        let level = &texture.levels[level.min(texture.levels.len() - 1)];

        let fixed = |part: f32, size_log2: u32| {
            let size = (1u32 << size_log2) as f32;
            let texel = part * size - 0.5;
            ONE * if texture.edge == Edge::Clamped {
                texel.clamp(0.0, size - 1.0)
            } else {
                texel
            }
        };
        let (u, v) = (fixed(from.u, level.width_log2), fixed(from.v, level.height_log2));
        let u_step = (fixed(to.u, level.width_log2) - u) * per_sample;
        let v_step = (fixed(to.v, level.height_log2) - v) * per_sample;
        Self {
            level,
            u: u as i32,
            v: v as i32,
            u_step: u_step as i32,
            v_step: v_step as i32,
        }
    }

    fn luma(&mut self, pixels: &mut [u8]) {
        let (shift, columns, rows) = (
            self.level.width_log2,
            (1 << self.level.width_log2) - 1,
            (1 << self.level.height_log2) - 1,
        );
        let texels = self.level.luma.as_slice();
        let (mut u, mut v) = (self.u, self.v);
        for pixel in pixels {
            let index = (((v >> 16) & rows) << shift) | ((u >> 16) & columns);
            let quad = texels[index as usize];
            let (right, below) = ((u >> 8) as u32 & 255, (v >> 8) as u32 & 255);
            // Two interpolations at once, in the halves of a word: the upper row's and the lower row's.
            let sides = (quad & 0x00ff_00ff) * (256 - right) + ((quad >> 8) & 0x00ff_00ff) * right;
            let (upper, lower) = ((sides >> 8) & 0xff, sides >> 24);
            *pixel = ((upper * (256 - below) + lower * below) >> 8) as u8;
            u = u.wrapping_add(self.u_step);
            v = v.wrapping_add(self.v_step);
        }
    }

    fn chroma(&mut self, blue: &mut [u8], red: &mut [u8]) {
        let (shift, columns, rows) = (
            self.level.width_log2,
            (1 << self.level.width_log2) - 1,
            (1 << self.level.height_log2) - 1,
        );
        let texels = self.level.chroma.as_slice();
        let half = (ONE / 2.0) as i32;
        let (mut u, mut v) = (self.u.wrapping_add(half), self.v.wrapping_add(half));
        for (blue, red) in blue.iter_mut().zip(red) {
            let index = (((v >> 16) & rows) << shift) | ((u >> 16) & columns);
            [*blue, *red] = texels[index as usize];
            u = u.wrapping_add(self.u_step);
            v = v.wrapping_add(self.v_step);
        }
    }
}

/// Luma of the pixels from `from` on in row `row`, all of one face.
pub(crate) fn shade_luma(face: &ProjectedFace, texture: &Texture, row: usize, from: usize, pixels: &mut [u8]) {
    let y = row as f32 + 0.5;
    let mut x = from as f32 + 0.5;
    let mut here = TexturePoint::new(face, x, y);
    for stretch in pixels.chunks_mut(STRETCH) {
        x += stretch.len() as f32;
        let next = TexturePoint::new(face, x, y);
        Walk::new(face, texture, (here, next), stretch.len(), 1.0).luma(stretch);
        here = next;
    }
}

/// Chroma of the samples from `from` on in chroma row `row`, all of one face.
pub(crate) fn shade_chroma(
    face: &ProjectedFace,
    texture: &Texture,
    row: usize,
    from: usize,
    (blue, red): (&mut [u8], &mut [u8]),
) {
    let y = row as f32 * 2.0 + 1.0;
    let mut x = from as f32 * 2.0 + 1.0;
    let mut here = TexturePoint::new(face, x, y);
    for (blue, red) in blue.chunks_mut(STRETCH / 2).zip(red.chunks_mut(STRETCH / 2)) {
        x += blue.len() as f32 * 2.0;
        let next = TexturePoint::new(face, x, y);
        Walk::new(face, texture, (here, next), blue.len(), 2.0).chroma(blue, red);
        here = next;
    }
}

fn length(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}
