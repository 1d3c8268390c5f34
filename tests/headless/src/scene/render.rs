//! One picture, row by row.

use assist_scene::Camera;

use super::noise::hash;
use super::project::{NOTHING, ProjectedFace, Row, project};
use super::shade::{shade_chroma, shade_luma};
use super::solids::Face;
use super::texture::Texture;
use crate::picture::I420;

/// Lengths of noise to choose from for a row; the longest row is as long as what follows them.
const NOISE_OFFSETS: usize = 8192;
const LONGEST_ROW_PX: usize = 4096;

/// Draws pictures with the grain of a camera's sensor.
pub(crate) struct Renderer {
    grain: Vec<i8>,
}

impl Renderer {
    pub(crate) fn new(seed: u64) -> Self {
        // The sum of two even distributions, about ±3 of 255.
        let grain = (0..(NOISE_OFFSETS + LONGEST_ROW_PX) as u64).map(|index| {
            let bits = hash(seed, index, 99);
            (bits % 4) as i8 + (bits >> 8) as i8 % 4 - 1
        });
        Self {
            grain: grain.map(|value| value.clamp(-3, 3)).collect(),
        }
    }

    /// Draws what the camera sees. `exposure` seeds the grain of this picture.
    pub(crate) fn draw<'a>(
        &self,
        faces: impl Iterator<Item = &'a Face>,
        textures: &[Texture],
        camera: &Camera,
        exposure: u64,
    ) -> I420 {
        let (width, height) = (
            camera.intrinsics.width_px as usize,
            camera.intrinsics.height_px as usize,
        );
        let mut picture = I420::new(width, height);
        let projected = project(faces, camera);
        let (mut row, mut above) = (Row::default(), Row::default());
        for y in 0..height {
            row.look(&projected, y, width);
            self.draw_row(&mut picture, &projected, textures, y, &row);
            if y > 0 {
                let (upper, lower) = picture.y[(y - 1) * width..].split_at_mut(width);
                soften_rows(&projected, &above.faces, &row.faces, upper, &mut lower[..width]);
                self.add_grain(upper, hash(exposure, y as u64, 0));
            }
            std::mem::swap(&mut row, &mut above);
        }
        picture
    }

    fn draw_row(&self, picture: &mut I420, projected: &[ProjectedFace], textures: &[Texture], y: usize, row: &Row) {
        let width = picture.width_px();
        let chroma = y / 2 * picture.chroma_width();
        let luma = &mut picture.y[y * width..][..width];
        for (index, from, to) in row.runs() {
            let Some(face) = projected.get(index as usize) else {
                continue;
            };
            let texture = &textures[face.texture];
            shade_luma(face, texture, y, from, &mut luma[from..to]);
            if y.is_multiple_of(2) {
                // A chroma sample belongs to the face at the upper left of its four pixels.
                let (from, to) = (from.div_ceil(2), to.div_ceil(2));
                let samples = (
                    &mut picture.u[chroma + from..chroma + to],
                    &mut picture.v[chroma + from..chroma + to],
                );
                shade_chroma(face, texture, y / 2, from, samples);
            }
        }
        for (index, _, border) in row.runs() {
            if border < width && is_edge(projected, index, row.faces[border]) {
                let (left, right) = (luma[border - 1], luma[border]);
                (luma[border - 1], luma[border]) = (lean(left, right), lean(right, left));
            }
        }
    }

    fn add_grain(&self, pixels: &mut [u8], choice: u64) {
        let grain = self.grain.iter().skip((choice % NOISE_OFFSETS as u64) as usize);
        for (pixel, grain) in pixels.iter_mut().zip(grain) {
            *pixel = (i16::from(*pixel) + i16::from(*grain)).clamp(0, 255) as u8;
        }
    }
}

fn is_edge(projected: &[ProjectedFace], one: u32, other: u32) -> bool {
    if one == other {
        return false;
    }
    match (projected.get(one as usize), projected.get(other as usize)) {
        (Some(one), Some(other)) => one.has_edge_to(other),
        _ => one != NOTHING || other != NOTHING,
    }
}

/// A pixel at an edge takes a quarter of its neighbour beyond it, as a lens would do.
fn lean(pixel: u8, neighbour: u8) -> u8 {
    ((3 * u16::from(pixel) + u16::from(neighbour) + 2) / 4) as u8
}

fn soften_rows(projected: &[ProjectedFace], above: &[u32], here: &[u32], upper: &mut [u8], lower: &mut [u8]) {
    const BLOCK: usize = 32;
    for (block, (faces_above, faces_here)) in above.chunks(BLOCK).zip(here.chunks(BLOCK)).enumerate() {
        if faces_above == faces_here {
            continue;
        }
        for (offset, (one, other)) in faces_above.iter().zip(faces_here).enumerate() {
            if is_edge(projected, *one, *other) {
                let x = block * BLOCK + offset;
                (upper[x], lower[x]) = (lean(upper[x], lower[x]), lean(lower[x], upper[x]));
            }
        }
    }
}
