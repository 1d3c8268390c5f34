//! A mark as the overlay keeps it.

use glam::Vec3;

use super::chunk::{Chunk, LANES, point_of, write_chunks};
use super::levels::{LEVELS, TOLERANCES_M, simplify};
use super::scene::MAX_POINTS_PER_MARK;
use super::style::MarkStyle;
use crate::anchor::is_within_reach;
use crate::{Pose, ShapeKind};

/// Why a mark is not taken. Those that are there stay as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMark {
    /// A coordinate or the width is not a number, or a point is too far away.
    #[error("a mark's points must be finite and within ten kilometres, and its width a number")]
    NotFinite,
    /// It has no points, or an arrow has not exactly two.
    #[error("ink needs at least one point and an arrow exactly two")]
    PointCount,
    /// It is longer than [`MAX_POINTS_PER_MARK`].
    #[error("the stroke has too many points; begin a new one")]
    TooLong,
    /// There are as many marks or points as fit.
    #[error("there are too many marks; delete some first")]
    TooMany,
    /// There is no such mark to extend.
    #[error("there is no such mark")]
    Unknown,
}

/// Where the points of one version of a line are among a mark's chunks.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    first_chunk: usize,
    points: usize,
}

/// A mark, with its line in several versions in the frame of reference it hangs on, and all of them in the world.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) id: u64,
    pub(super) kind: ShapeKind,
    pub(super) style: MarkStyle,
    /// Which of the scene's frames of reference.
    pub(super) frame: usize,
    local_m: Vec<Vec3>,
    /// The numbers of the points that make the coarser versions.
    kept: [Vec<u16>; TOLERANCES_M.len()],
    levels: [Level; LEVELS],
    chunks: Vec<Chunk>,
}

impl Mark {
    pub(super) fn new(
        id: u64,
        frame: usize,
        kind: ShapeKind,
        style: MarkStyle,
        points_m: &[Vec3],
    ) -> Result<Self, InvalidMark> {
        if !style.width.is_finite() {
            return Err(InvalidMark::NotFinite);
        }
        let mut mark = Self {
            id,
            kind,
            style,
            frame,
            local_m: Vec::new(),
            kept: Default::default(),
            levels: [Level::default(); LEVELS],
            chunks: Vec::new(),
        };
        mark.extend(points_m)?;
        Ok(mark)
    }

    pub(super) fn point_count(&self) -> usize {
        self.local_m.len()
    }

    /// Adds points at the end; they are not in the world before [`Mark::place`].
    pub(super) fn extend(&mut self, points_m: &[Vec3]) -> Result<(), InvalidMark> {
        let count = self.local_m.len() + points_m.len();
        if !points_m.iter().copied().all(is_within_reach) {
            return Err(InvalidMark::NotFinite);
        }
        if count == 0 || (self.kind == ShapeKind::Arrow && count != 2) {
            return Err(InvalidMark::PointCount);
        }
        if count > MAX_POINTS_PER_MARK {
            return Err(InvalidMark::TooLong);
        }
        self.local_m.extend_from_slice(points_m);
        self.simplify();
        Ok(())
    }

    /// A version that leaves out no more points than the finer one before it is that one.
    fn simplify(&mut self) {
        let mut level = Level {
            first_chunk: 0,
            points: self.local_m.len(),
        };
        let mut chunks = level.points.div_ceil(LANES);
        self.levels[0] = level;
        let coarser = self.levels.iter_mut().skip(1).zip(&mut self.kept).zip(TOLERANCES_M);
        for ((slot, kept), tolerance_m) in coarser {
            if level.points > 2 {
                simplify(&self.local_m, tolerance_m, kept);
                if kept.len() < level.points {
                    level = Level {
                        first_chunk: chunks,
                        points: kept.len(),
                    };
                    chunks += kept.len().div_ceil(LANES);
                }
            }
            *slot = level;
        }
    }

    /// Brings all versions of the line to where the frame of reference is. Returns the sphere around it as centre and
    /// radius, in metres.
    pub(super) fn place(&mut self, frame: &Pose) -> (Vec3, f32) {
        self.chunks.clear();
        write_chunks(
            &mut self.chunks,
            self.local_m.iter().map(|point_m| frame.to_world(*point_m)),
        );
        let (mut least, mut greatest) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for number in 0..self.local_m.len() {
            let point_m = point_of(&self.chunks, number);
            least = least.min(point_m);
            greatest = greatest.max(point_m);
        }
        let centre_m = (least + greatest) / 2.0;
        let squares = (0..self.local_m.len()).map(|number| point_of(&self.chunks, number).distance_squared(centre_m));
        let radius_m = squares.fold(0.0, f32::max).sqrt();

        let mut written = self.levels[0];
        for (level, kept) in self.levels.iter().skip(1).zip(&self.kept) {
            if level.first_chunk != written.first_chunk {
                let local = kept.iter().filter_map(|number| self.local_m.get(usize::from(*number)));
                write_chunks(&mut self.chunks, local.map(|point_m| frame.to_world(*point_m)));
                written = *level;
            }
        }
        (centre_m, radius_m)
    }

    /// One version of the line in the world, and how many points it has.
    pub(super) fn line(&self, level: usize) -> (&[Chunk], usize) {
        let Level { first_chunk, points } = self.levels[level.min(LEVELS - 1)];
        let chunks = first_chunk..first_chunk + points.div_ceil(LANES);
        (self.chunks.get(chunks).unwrap_or_default(), points)
    }
}
