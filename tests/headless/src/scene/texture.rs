//! Painted surfaces, ready to be sampled fast.

use super::canvas::{Canvas, Colour};

/// Whether a texture goes on beyond its edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// The last texels go on for ever.
    Clamped,
    /// It begins again.
    Repeated,
}

/// A surface's picture at full and at every halved size.
pub(crate) struct Texture {
    pub(crate) levels: Vec<Level>,
    pub(crate) edge: Edge,
}

/// One size of a texture; width and height are powers of two.
pub(crate) struct Level {
    pub(crate) width_log2: u32,
    pub(crate) height_log2: u32,
    /// For each texel its luma and those to the right, below, and below right, lowest byte first: one load gives
    /// all that interpolation needs.
    pub(crate) luma: Vec<u32>,
    /// For each texel (Cb, Cr).
    pub(crate) chroma: Vec<[u8; 2]>,
}

impl Texture {
    /// The texture of a painted canvas.
    pub(crate) fn new(canvas: &Canvas, edge: Edge) -> Self {
        let mut levels = Vec::new();
        let (mut width, mut height) = (canvas.width, canvas.height);
        let mut texels = canvas.texels.clone();
        loop {
            levels.push(Level::new(&texels, width, height, edge));
            if width == 1 || height == 1 {
                return Self { levels, edge };
            }
            texels = halved(&texels, width);
            (width, height) = (width / 2, height / 2);
        }
    }
}

fn halved(texels: &[Colour], width: usize) -> Vec<Colour> {
    texels
        .chunks_exact(width * 2)
        .flat_map(|rows| {
            let (upper, lower) = rows.split_at(width);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pairs.map(|(upper, lower)| (upper[0] + upper[1] + lower[0] + lower[1]) / 4.0)
        })
        .collect()
}

impl Level {
    fn new(texels: &[Colour], width: usize, height: usize, edge: Edge) -> Self {
        let after = |at: usize, limit: usize| match edge {
            Edge::Clamped => (at + 1).min(limit - 1),
            Edge::Repeated => (at + 1) % limit,
        };
        let coded: Vec<[u8; 3]> = texels.iter().map(|colour| to_bt709(*colour)).collect();
        let mut luma = Vec::with_capacity(texels.len());
        for y in 0..height {
            let (row, below) = (y * width, after(y, height) * width);
            for x in 0..width {
                let right = after(x, width);
                let quad = [row + x, row + right, below + x, below + right].map(|index| coded[index][0]);
                luma.push(u32::from_le_bytes(quad));
            }
        }
        let chroma = coded.iter().map(|[_, u, v]| [*u, *v]).collect();
        Self {
            width_log2: width.trailing_zeros(),
            height_log2: height.trailing_zeros(),
            luma,
            chroma,
        }
    }
}

/// ITU-R BT.709, limited range.
fn to_bt709(colour: Colour) -> [u8; 3] {
    let colour = colour.clamp(Colour::ZERO, Colour::splat(255.0)) / 255.0;
    let luma = 0.2126 * colour.x + 0.7152 * colour.y + 0.0722 * colour.z;
    let u = (colour.z - luma) / 1.8556;
    let v = (colour.x - luma) / 1.5748;
    [16.5 + 219.0 * luma, 128.5 + 224.0 * u, 128.5 + 224.0 * v].map(|value| value as u8)
}
