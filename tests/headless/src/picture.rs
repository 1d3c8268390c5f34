//! Pictures as the encoder wants them.

/// A picture of planar YUV 4:2:0, eight bits, BT.709 limited range, rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I420 {
    width_px: usize,
    height_px: usize,
    /// Luma, one byte per pixel, row by row.
    pub y: Vec<u8>,
    /// Blue difference, one byte per 2x2 pixels.
    pub u: Vec<u8>,
    /// Red difference, one byte per 2x2 pixels.
    pub v: Vec<u8>,
}

/// Eight bits of brightness a pixel, rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Luma {
    /// Width in pixels.
    pub width_px: usize,
    /// Height in pixels.
    pub height_px: usize,
    /// Row by row.
    pub pixels: Vec<u8>,
}

impl I420 {
    /// A black picture.
    pub fn new(width_px: usize, height_px: usize) -> Self {
        let chroma = width_px.div_ceil(2) * height_px.div_ceil(2);
        Self {
            width_px,
            height_px,
            y: vec![16; width_px * height_px],
            u: vec![128; chroma],
            v: vec![128; chroma],
        }
    }

    /// Width in pixels.
    pub fn width_px(&self) -> usize {
        self.width_px
    }

    /// Height in pixels.
    pub fn height_px(&self) -> usize {
        self.height_px
    }

    /// Width of `u` and `v`, in bytes.
    pub fn chroma_width(&self) -> usize {
        self.width_px.div_ceil(2)
    }

    /// Height of `u` and `v`, in rows.
    pub fn chroma_height(&self) -> usize {
        self.height_px.div_ceil(2)
    }

    /// Copies one plane's rows out of a buffer with longer rows; rows that the buffer lacks stay as they are.
    pub(crate) fn copy_rows(target: &mut [u8], width: usize, source: &[u8], stride: usize) {
        if width == 0 || stride < width {
            return;
        }
        for (to, from) in target.chunks_exact_mut(width).zip(source.chunks(stride)) {
            if let Some(from) = from.get(..width) {
                to.copy_from_slice(from);
            }
        }
    }

    /// The whole picture at another size, each new pixel the mean of those it covers.
    pub fn scaled_to(&self, width_px: usize, height_px: usize) -> Self {
        if (width_px, height_px) == (self.width_px, self.height_px) {
            return self.clone();
        }
        let mut scaled = Self::new(width_px, height_px);
        let from = (self.width_px, self.height_px);
        scale_plane(&self.y, from, &mut scaled.y, (width_px, height_px));
        let from = (self.chroma_width(), self.chroma_height());
        let to = (scaled.chroma_width(), scaled.chroma_height());
        scale_plane(&self.u, from, &mut scaled.u, to);
        scale_plane(&self.v, from, &mut scaled.v, to);
        scaled
    }

    /// The brightness alone, of so many pixels in a row and as many rows as belong to them, as motion is followed in.
    pub fn luma_of_width(&self, width_px: usize) -> Luma {
        let height_px = (self.height_px * width_px / self.width_px.max(1)).max(1);
        let mut pixels = vec![0; width_px * height_px];
        scale_plane(
            &self.y,
            (self.width_px, self.height_px),
            &mut pixels,
            (width_px, height_px),
        );
        Luma {
            width_px,
            height_px,
            pixels,
        }
    }

    /// Peak signal-to-noise ratio of the luma against another picture of the same size, in dB; infinite for equal ones.
    pub fn luma_psnr_db(&self, other: &Self) -> f64 {
        let squares = self
            .y
            .iter()
            .zip(&other.y)
            .map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
        let mean = squares.sum::<f64>() / self.y.len().max(1) as f64;
        10.0 * (255.0f64.powi(2) / mean).log10()
    }

    /// Interleaved eight-bit RGB, for looking at.
    pub fn to_rgb(&self) -> Vec<u8> {
        let mut rgb = Vec::with_capacity(self.y.len() * 3);
        for row in 0..self.height_px {
            for column in 0..self.width_px {
                let chroma = row / 2 * self.chroma_width() + column / 2;
                let y = (f32::from(self.y[row * self.width_px + column]) - 16.0) * 255.0 / 219.0;
                let u = (f32::from(self.u[chroma]) - 128.0) * 255.0 / 224.0;
                let v = (f32::from(self.v[chroma]) - 128.0) * 255.0 / 224.0;
                rgb.extend([y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u].map(|value| value as u8));
            }
        }
        rgb
    }
}

/// For each target position, the first source position and the weights (of 256) of it and those after it.
fn weights(from: usize, to: usize) -> Vec<(usize, Vec<u32>)> {
    let step = from as f64 / to as f64;
    let reach = step.max(1.0);
    let limit = from.saturating_sub(1) as f64;
    (0..to)
        .map(|index| {
            let centre = (index as f64 + 0.5) * step - 0.5;
            let first = (centre - reach).ceil().clamp(0.0, limit) as usize;
            let last = (centre + reach).floor().clamp(0.0, limit) as usize;
            let raw: Vec<f64> = (first..=last)
                .map(|at| (1.0 - (at as f64 - centre).abs() / reach).max(1e-6))
                .collect();
            let sum: f64 = raw.iter().sum();
            (
                first,
                raw.iter().map(|weight| (weight / sum * 256.0).round() as u32).collect(),
            )
        })
        .collect()
}

/// Scales one plane with a triangle filter, rows first.
fn scale_plane(source: &[u8], from: (usize, usize), target: &mut [u8], to: (usize, usize)) {
    if source.is_empty() || target.is_empty() {
        return;
    }
    let columns = weights(from.0, to.0);
    let mix = |values: &mut dyn Iterator<Item = u8>, weights: &[u32]| {
        let sum: u32 = values
            .zip(weights)
            .map(|(value, weight)| u32::from(value) * weight)
            .sum();
        ((sum + 128) >> 8).min(255) as u8
    };
    let narrow: Vec<u8> = source
        .chunks_exact(from.0)
        .flat_map(|row| {
            columns
                .iter()
                .map(|(first, weights)| mix(&mut row[*first..].iter().copied(), weights))
        })
        .collect();
    for (row, (first, weights)) in target.chunks_exact_mut(to.0).zip(weights(from.1, to.1)) {
        for (column, value) in row.iter_mut().enumerate() {
            *value = mix(
                &mut narrow[first * to.0 + column..].iter().step_by(to.0).copied(),
                &weights,
            );
        }
    }
}
