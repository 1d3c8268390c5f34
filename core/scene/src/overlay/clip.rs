//! Cutting lines at the edges of what a camera sees.

use glam::{Vec3, Vec4};

use super::chunk::{Chunk, LANES, point_of};

/// What a point must satisfy to be drawn: for each row, `row · (x, y, z, 1) ≥ 0` of its place in the world. All are
/// linear in space, also the edges of the picture once the near plane holds; so lines are cut in the world, before any
/// division, and what is behind the camera never comes near one.
pub(super) struct Limits {
    pub(super) rows: [Vec4; 5],
}

impl Limits {
    /// Those of a viewport's rows: `near_m` in front of the camera, and no farther out of the rectangle than
    /// `margin_px`. The first is the near plane's.
    pub(super) fn new([x, y, ahead]: [Vec4; 3], width_px: f32, height_px: f32, margin_px: f32, near_m: f32) -> Self {
        Self {
            rows: [
                ahead - Vec4::W * near_m,
                x + ahead * margin_px,
                ahead * (width_px + margin_px) - x,
                y + ahead * margin_px,
                ahead * (height_px + margin_px) - y,
            ],
        }
    }

    pub(super) fn contain(&self, point_m: Vec3) -> bool {
        let point = point_m.extend(1.0);
        self.rows.iter().all(|row| row.dot(point) >= 0.0)
    }

    /// The part of a segment that may be drawn, as shares of the way; `None` when there is none (Liang and Barsky,
    /// 1984).
    pub(super) fn cut(&self, from_m: Vec3, to_m: Vec3) -> Option<(f32, f32)> {
        let (from, to) = (from_m.extend(1.0), to_m.extend(1.0));
        share_inside(self.rows.iter().map(|row| (row.dot(from), row.dot(to))))
    }
}

/// What of a way is inside, as shares of it, given how far its start and its end are inside of each border (Liang and
/// Barsky); `None` when nothing is.
#[inline]
pub(super) fn share_inside(borders: impl IntoIterator<Item = (f32, f32)>) -> Option<(f32, f32)> {
    let (mut start, mut end) = (0.0f32, 1.0f32);
    for (at_start, at_end) in borders {
        if at_start < 0.0 && at_end < 0.0 {
            return None;
        }
        let share = at_start / (at_start - at_end);
        if at_start < 0.0 {
            start = start.max(share);
        } else if at_end < 0.0 {
            end = end.min(share);
        }
    }
    (start <= end).then_some((start, end))
}

/// A line being put together point by point.
#[derive(Debug, Clone, Default)]
pub(super) struct LineBuffer {
    chunks: Vec<Chunk>,
    points: usize,
}

impl LineBuffer {
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.points = 0;
    }

    pub(super) fn push(&mut self, point_m: Vec3) {
        if self.points.is_multiple_of(LANES) {
            self.chunks.push(Chunk::splat(point_m));
        } else if let Some(chunk) = self.chunks.last_mut() {
            chunk.set_from(self.points % LANES, point_m);
        }
        self.points += 1;
    }

    pub(super) fn line(&self) -> (&[Chunk], usize) {
        (&self.chunks, self.points)
    }
}

/// Hands the parts of a line that may be drawn to `draw`, each in `piece`.
pub(super) fn clip_line(
    (line, points): (&[Chunk], usize),
    limits: &Limits,
    piece: &mut LineBuffer,
    mut draw: impl FnMut(&LineBuffer),
) {
    piece.clear();
    if points == 1 && limits.contain(point_of(line, 0)) {
        piece.push(point_of(line, 0));
        draw(piece);
        return;
    }
    for number in 1..points {
        let (from_m, to_m) = (point_of(line, number - 1), point_of(line, number));
        let Some((start, end)) = limits.cut(from_m, to_m) else {
            flush(piece, &mut draw);
            continue;
        };
        if start > 0.0 {
            flush(piece, &mut draw);
        }
        if piece.points == 0 {
            piece.push(from_m.lerp(to_m, start));
        }
        piece.push(from_m.lerp(to_m, end));
        if end < 1.0 {
            flush(piece, &mut draw);
        }
    }
    flush(piece, &mut draw);
}

fn flush(piece: &mut LineBuffer, draw: &mut impl FnMut(&LineBuffer)) {
    if piece.points > 0 {
        draw(piece);
        piece.clear();
    }
}
