//! The samples of a depth picture.

/// Distances along the optical axis, row by row from the top left.
#[derive(Debug, Clone, PartialEq)]
pub struct DepthMap {
    width: usize,
    height: usize,
    /// 1/m; 0 where nothing is known.
    inverse_depths: Vec<f32>,
}

/// Why values are no depth picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDepth {
    /// It is smaller than 2x2 or larger than [`DepthMap::MAX_SIDE`] on a side.
    #[error("a depth picture has 2 to {max} samples on a side; this one was not used", max = DepthMap::MAX_SIDE)]
    Size,
    /// There is not one depth, and one confidence if any, for each sample.
    #[error("a depth picture needs width times height values; this one was not used")]
    Count,
    /// The camera it was taken with is not usable.
    #[error("the camera of the depth picture is not usable, so the depth was not used")]
    Camera,
}

impl DepthMap {
    /// The most samples on a side.
    pub const MAX_SIDE: usize = 1_024;
    /// Depths of less confidence than this (of 255) count as unknown.
    pub const LEAST_CONFIDENCE: u8 = 64;
    /// Nearer or farther than this (metres) no depth sensor of a phone sees; such values count as unknown.
    const PLAUSIBLE_M: std::ops::RangeInclusive<f32> = 0.01..=1_000.0;

    /// From metres along the optical axis, row by row; what is not a number or not positive is unknown. The confidence
    /// goes from 0, useless, to 255.
    pub fn new(width: usize, height: usize, depths_m: &[f32], confidence: Option<&[u8]>) -> Result<Self, InvalidDepth> {
        let sides = 2..=Self::MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(InvalidDepth::Size);
        }
        if depths_m.len() != width * height || confidence.is_some_and(|values| values.len() != depths_m.len()) {
            return Err(InvalidDepth::Count);
        }
        let inverted = |depth_m: &f32| {
            if Self::PLAUSIBLE_M.contains(depth_m) {
                1.0 / depth_m
            } else {
                0.0
            }
        };
        let mut inverse_depths: Vec<f32> = depths_m.iter().map(inverted).collect();
        for (inverse, &confidence) in inverse_depths.iter_mut().zip(confidence.unwrap_or_default()) {
            if confidence < Self::LEAST_CONFIDENCE {
                *inverse = 0.0;
            }
        }
        Ok(Self {
            width,
            height,
            inverse_depths,
        })
    }

    /// Samples in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Metres along the optical axis of one sample; `None` where unknown or outside.
    pub fn depth_m(&self, x: usize, y: usize) -> Option<f32> {
        let inside = x < self.width && y < self.height;
        let inverse = inside.then(|| self.row(y).get(x).copied())??;
        (inverse > 0.0).then(|| 1.0 / inverse)
    }

    /// 1/m, row by row; 0 where unknown.
    pub(super) fn inverses(&self) -> &[f32] {
        &self.inverse_depths
    }

    /// 1/m of a row; empty beyond the last.
    pub(super) fn row(&self, y: usize) -> &[f32] {
        let start = y * self.width;
        self.inverse_depths.get(start..start + self.width).unwrap_or_default()
    }
}
