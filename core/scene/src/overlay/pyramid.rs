//! The least and the greatest value of any part of a map, in a few look-ups.

/// The least and the greatest of several thresholds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    pub(super) least: f32,
    pub(super) greatest: f32,
}

impl Thresholds {
    /// Nothing can be said.
    pub(super) const ANY: Self = Self {
        least: 0.0,
        greatest: f32::INFINITY,
    };

    /// Nothing is hidden.
    pub(super) const NONE: Self = Self {
        least: 0.0,
        greatest: 0.0,
    };

    /// Of no thresholds at all.
    const EMPTY: Self = Self {
        least: f32::INFINITY,
        greatest: 0.0,
    };

    fn and(self, other: Self) -> Self {
        Self {
            least: if other.least < self.least {
                other.least
            } else {
                self.least
            },
            greatest: if other.greatest > self.greatest {
                other.greatest
            } else {
                self.greatest
            },
        }
    }

    /// Whether all that is between two distances along the depth camera's axis is hidden (`true`) or visible (`false`);
    /// `None` when each point must be looked up.
    pub(super) fn hide(&self, nearest_m: f32, farthest_m: f32) -> Option<bool> {
        if 1.0 >= self.greatest * farthest_m {
            Some(false)
        } else if 1.0 < self.least * nearest_m {
            Some(true)
        } else {
            None
        }
    }
}

/// Sides of the smallest tiles, in samples; those of each next level are twice as large.
const SMALLEST_TILE: usize = 4;

const LEVELS: usize = 6;

/// A part of the map is looked up as at most this many tiles along each side.
const TILES: usize = 3;

#[derive(Debug, Clone, Copy, Default)]
struct Level {
    first: usize,
    columns: usize,
    rows: usize,
}

/// Tiles of several sizes.
#[derive(Debug, Clone, Default)]
pub(super) struct Pyramid {
    tiles: Vec<Thresholds>,
    levels: [Level; LEVELS],
}

impl Pyramid {
    /// Of a map, row by row.
    pub(super) fn build(&mut self, map: &[f32], columns: usize, rows: usize) {
        self.tiles.clear();
        let tile_columns = columns.div_ceil(SMALLEST_TILE);
        for band in map.chunks(SMALLEST_TILE * columns.max(1)) {
            let first = self.tiles.len();
            self.tiles.resize(first + tile_columns, Thresholds::EMPTY);
            for row in band.chunks(columns.max(1)) {
                for (tile, values) in self.tiles.iter_mut().skip(first).zip(row.chunks(SMALLEST_TILE)) {
                    for value in values {
                        *tile = tile.and(Thresholds {
                            least: *value,
                            greatest: *value,
                        });
                    }
                }
            }
        }
        let rows = rows.div_ceil(SMALLEST_TILE);
        let mut level = Level {
            first: 0,
            columns: tile_columns,
            rows,
        };
        for number in 0..LEVELS {
            self.levels[number] = level;
            let next = Level {
                first: self.tiles.len(),
                columns: level.columns.div_ceil(2),
                rows: level.rows.div_ceil(2),
            };
            for row in 0..next.rows {
                for column in 0..next.columns {
                    let four =
                        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| self.tile(level, 2 * column + x, 2 * row + y));
                    self.tiles
                        .push(four.into_iter().fold(Thresholds::EMPTY, Thresholds::and));
                }
            }
            level = next;
        }
    }

    /// The thresholds of the tiles that a square reaches into, with the middle and half the side in samples. Beyond the
    /// map there is nothing but its outermost samples.
    pub(super) fn around(&self, x: f32, y: f32, reach: f32) -> Thresholds {
        // Three tiles that together are longer than the side by one of them hold it wherever it begins.
        let Some(number) = (0..LEVELS).find(|number| reach <= (SMALLEST_TILE << number) as f32) else {
            return Thresholds::ANY;
        };
        let Some(level) = self.levels.get(number) else {
            return Thresholds::ANY;
        };
        let side = (SMALLEST_TILE << number) as f32;
        // The conversions hold what is beyond the map at its edge.
        let (left, top) = (((x - reach) / side) as usize, ((y - reach) / side) as usize);
        let mut thresholds = Thresholds::EMPTY;
        for row in top..=top.saturating_add(TILES - 1) {
            for column in left..=left.saturating_add(TILES - 1) {
                thresholds = thresholds.and(self.tile(*level, column, row));
            }
        }
        thresholds
    }

    /// A tile of a level; the last one of its row or column beyond its end.
    fn tile(&self, level: Level, column: usize, row: usize) -> Thresholds {
        let (column, row) = (
            column.min(level.columns.saturating_sub(1)),
            row.min(level.rows.saturating_sub(1)),
        );
        let tile = self.tiles.get(level.first + row * level.columns + column);
        tile.copied().unwrap_or(Thresholds::ANY)
    }
}
