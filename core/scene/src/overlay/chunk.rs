//! Points of lines, side by side for vector instructions.

use glam::{Vec3, Vec4};

/// How many points a [`Chunk`] holds: a vector register of every phone.
pub(super) const LANES: usize = 4;

/// Four points of the world, in metres, side by side. What a line does not fill repeats its last point.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Chunk {
    pub(super) x: Vec4,
    pub(super) y: Vec4,
    pub(super) z: Vec4,
}

impl Chunk {
    /// The same point four times.
    pub(super) fn splat(point_m: Vec3) -> Self {
        Self {
            x: Vec4::splat(point_m.x),
            y: Vec4::splat(point_m.y),
            z: Vec4::splat(point_m.z),
        }
    }

    pub(super) fn point(&self, lane: usize) -> Vec3 {
        let lane = lane % LANES;
        Vec3::new(self.x[lane], self.y[lane], self.z[lane])
    }

    /// Sets a point and all after it.
    pub(super) fn set_from(&mut self, lane: usize, point_m: Vec3) {
        for lane in lane..LANES {
            self.x[lane] = point_m.x;
            self.y[lane] = point_m.y;
            self.z[lane] = point_m.z;
        }
    }

    /// `row · (x, y, z, 1)` of each point.
    #[inline(always)]
    pub(super) fn dot(&self, row: Vec4) -> Vec4 {
        self.x * row.x + self.y * row.y + self.z * row.z + Vec4::splat(row.w)
    }
}

/// The point with this number of a line of at least one point; the last one beyond its end.
pub(super) fn point_of(line: &[Chunk], number: usize) -> Vec3 {
    line.get(number / LANES)
        .or(line.last())
        .map_or(Vec3::ZERO, |chunk| chunk.point(number))
}

/// Appends a line, beginning with a new chunk.
pub(super) fn write_chunks(chunks: &mut Vec<Chunk>, points_m: impl Iterator<Item = Vec3>) {
    let mut lane = LANES;
    for point_m in points_m {
        if lane == LANES {
            chunks.push(Chunk::splat(point_m));
            lane = 0;
        } else if let Some(chunk) = chunks.last_mut() {
            chunk.set_from(lane, point_m);
        }
        lane += 1;
    }
}
