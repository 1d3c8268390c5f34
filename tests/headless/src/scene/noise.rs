//! Seeded irregularity.

/// A well mixed number for a place; the same for the same seed and place.
pub(crate) fn hash(seed: u64, x: u64, y: u64) -> u64 {
    // The finaliser of SplitMix64 over a linear combination.
    let mut mixed = seed ^ x.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ y.wrapping_mul(0xd1b5_4a32_d192_ed03);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A number between 0 and 1 for a place.
pub(crate) fn uniform(seed: u64, x: u64, y: u64) -> f32 {
    (hash(seed, x, y) >> 40) as f32 / (1u64 << 24) as f32
}

/// Side of the tile below, in samples.
const TILE: usize = 256;

/// Cloudy noise without a visible grid, which repeats after 256 samples.
pub(crate) struct Clouds {
    tile: Vec<f32>,
}

impl Clouds {
    /// The noise of one seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut tile = vec![0.0; TILE * TILE];
        for octave in 0..5u32 {
            let cell = 64 >> octave;
            let cells = TILE / cell;
            let weight = 0.5 / (1 << octave) as f32;
            let corner = |x: usize, y: usize| {
                uniform(seed + u64::from(octave), (x % cells) as u64, (y % cells) as u64) * 2.0 - 1.0
            };
            for (index, value) in tile.iter_mut().enumerate() {
                let (x, y) = (index % TILE, index / TILE);
                let ease = |at: usize| {
                    let part = (at % cell) as f32 / cell as f32;
                    part * part * (3.0 - 2.0 * part)
                };
                let mix = |from: f32, to: f32, part: f32| from + (to - from) * part;
                let (left, top) = (x / cell, y / cell);
                let upper = mix(corner(left, top), corner(left + 1, top), ease(x));
                let lower = mix(corner(left, top + 1), corner(left + 1, top + 1), ease(x));
                *value += weight * mix(upper, lower, ease(y));
            }
        }
        Self { tile }
    }

    /// About −1 to 1 at a place given in samples.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let column = (x as i64).rem_euclid(TILE as i64) as usize;
        let row = (y as i64).rem_euclid(TILE as i64) as usize;
        self.tile[row * TILE + column]
    }
}
