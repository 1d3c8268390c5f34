//! A depth picture with the camera it was taken with: the surface between its samples, and the edges of it.

use glam::{Vec2, Vec3, vec2};

use super::edges::{JOINED, JOINED_DOWN, JOINED_RIGHT, WHOLE, joins};
use super::{DepthMap, InvalidDepth};
use crate::{Camera, PicturePoint, Ray};

/// What the camera saw in depth at one moment.
#[derive(Debug, Clone)]
pub struct DepthView {
    pub(super) map: DepthMap,
    /// Its picture size is the number of samples.
    pub(super) camera: Camera,
    capture_us: u64,
    /// Per sample: [`JOINED_RIGHT`], [`JOINED_DOWN`], [`WHOLE`].
    joins: Vec<u8>,
    /// Per square of [`BLOCK`] samples: the greatest inverse depth in it and next to it.
    block_nearest: Vec<f32>,
    /// Of the known samples, in 1/m: the farthest and the nearest.
    pub(super) farthest: f32,
    pub(super) nearest: f32,
}

/// Where a line of sight meets what a depth picture shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DepthHit {
    /// From the ray's origin, in metres.
    pub distance_m: f32,
    /// In the world, in metres.
    pub point_m: Vec3,
    /// Where in the depth picture, in samples; the centre of the top left one is (0.5, 0.5).
    pub sample: Vec2,
}

/// Samples on a side of a block.
pub(super) const BLOCK: usize = 8;

impl DepthView {
    /// How far [`DepthView::samples_from_edge`] looks.
    pub const EDGE_REACH: usize = 4;

    /// The depth seen by `camera` at a capture time; the camera's picture may have another size of the same shape.
    pub fn new(map: DepthMap, camera: &Camera, capture_us: u64) -> Result<Self, InvalidDepth> {
        if !camera.is_usable() {
            return Err(InvalidDepth::Camera);
        }
        let intrinsics = camera.intrinsics.scaled_to(map.width() as u32, map.height() as u32);
        let camera = Camera { intrinsics, ..*camera };
        let block_nearest = block_nearest(&map);
        let known = map.inverses().iter().copied().filter(|inverse| *inverse > 0.0);
        Ok(Self {
            joins: joins(&map, &camera),
            farthest: known.fold(f32::INFINITY, f32::min),
            nearest: block_nearest.iter().copied().fold(0.0, f32::max),
            block_nearest,
            map,
            camera,
            capture_us,
        })
    }

    /// The samples.
    pub fn map(&self) -> &DepthMap {
        &self.map
    }

    /// The camera; its picture size is the number of samples.
    pub fn camera(&self) -> &Camera {
        &self.camera
    }

    /// When it was taken, in µs of capture time.
    pub fn capture_us(&self) -> u64 {
        self.capture_us
    }

    /// Metres along the optical axis at a point of the depth camera's picture; `None` outside it or where unknown.
    pub fn depth_m(&self, point: PicturePoint) -> Option<f32> {
        let sample = point.to_pixels(self.map.width() as u32, self.map.height() as u32);
        let inverse = point.is_inside().then(|| self.inverse_at(sample))?;
        (inverse > 0.0).then(|| 1.0 / inverse)
    }

    /// Where a line of sight of any camera first meets the surfaces that the picture shows, from their front. `None`
    /// where it leaves the picture, or passes behind something so that what it meets was not seen.
    pub fn cast(&self, ray: &Ray) -> Option<DepthHit> {
        let (distance_m, sample) = super::march::march(self, ray)?;
        Some(DepthHit {
            distance_m,
            point_m: ray.at(distance_m),
            sample,
        })
    }

    /// How far a place of the picture is from the nearest edge, where depth jumps or is unknown, in samples; at most
    /// [`DepthView::EDGE_REACH`].
    pub fn samples_from_edge(&self, sample: Vec2) -> f32 {
        let reach = Self::EDGE_REACH;
        let at = sample - 0.5;
        let around = |value: f32, count: usize| {
            let middle = (value.max(0.0) as usize).min(count - 1);
            middle.saturating_sub(reach)..(middle + reach + 1).min(count)
        };
        let columns = around(at.x, self.map.width());
        let mut nearest_squared = (reach * reach) as f32;
        for y in around(at.y, self.map.height()) {
            let row = y * self.map.width();
            let joins = self
                .joins
                .get(row + columns.start..row + columns.end)
                .unwrap_or_default();
            if joins.iter().all(|joins| joins & JOINED == JOINED) {
                continue;
            }
            for (x, joins) in columns.clone().zip(joins) {
                let offset = vec2(x as f32, y as f32) - at;
                if joins & JOINED_RIGHT == 0 {
                    nearest_squared = nearest_squared.min((offset + vec2(0.5, 0.0)).length_squared());
                }
                if joins & JOINED_DOWN == 0 {
                    nearest_squared = nearest_squared.min((offset + vec2(0.0, 0.5)).length_squared());
                }
            }
        }
        nearest_squared.sqrt()
    }

    /// 1/m of the surface at a place of the picture, in samples; 0 where unknown. Only samples of the surface that the
    /// nearest sample lies on have a say.
    pub(super) fn inverse_at(&self, sample: Vec2) -> f32 {
        let (x, part_x) = cell(sample.x, self.map.width());
        let (y, part_y) = cell(sample.y, self.map.height());
        let [[row, row_right], [next, next_right]] = corners(self.map.inverses(), self.map.width(), x, y);
        let [[here, right], [below, _]] = corners(&self.joins, self.map.width(), x, y);
        if here & WHOLE != 0 {
            let above = row + (row_right - row) * part_x;
            let beneath = next + (next_right - next) * part_x;
            return above + (beneath - above) * part_y;
        }
        let (is_right, is_below) = (part_x > 0.5, part_y > 0.5);
        // Seen from the nearest corner: its value, its neighbours' across and along, and the one opposite.
        let (nearest, across, along, opposite) = match (is_right, is_below) {
            (false, false) => (row, row_right, next, next_right),
            (true, false) => (row_right, row, next_right, next),
            (false, true) => (next, next_right, row, row_right),
            (true, true) => (next_right, next, row_right, row),
        };
        if nearest == 0.0 {
            return 0.0;
        }
        let (top, bottom) = (here & JOINED_RIGHT != 0, below & JOINED_RIGHT != 0);
        let (left, right) = (here & JOINED_DOWN != 0, right & JOINED_DOWN != 0);
        let (to_across, from_along) = if is_below { (bottom, top) } else { (top, bottom) };
        let (to_along, from_across) = if is_right { (right, left) } else { (left, right) };
        let step = |joined: bool, direct: f32, around: bool, side: f32| match (joined, around) {
            (true, _) => direct - nearest,
            (false, true) => opposite - side,
            (false, false) => 0.0,
        };
        let step_across = step(to_across, across, to_along && from_along, along);
        let step_along = step(to_along, along, to_across && from_across, across);
        let part_x = if is_right { 1.0 - part_x } else { part_x };
        let part_y = if is_below { 1.0 - part_y } else { part_y };
        nearest + step_across * part_x + step_along * part_y
    }

    /// Column and row of the block that a place of the picture, in samples, is in.
    pub(super) fn block_of(&self, sample: Vec2) -> (usize, usize) {
        let of = |position: f32, count: usize| (position as usize).min(count - 1) / BLOCK;
        (of(sample.x, self.map.width()), of(sample.y, self.map.height()))
    }

    /// The greatest inverse depth in a block and next to it; 0 if nothing is known there.
    pub(super) fn nearest_in_block(&self, column: usize, row: usize) -> f32 {
        let index = row * self.map.width().div_ceil(BLOCK) + column;
        self.block_nearest.get(index).copied().unwrap_or(f32::INFINITY)
    }
}

/// The values of a sample, the one to the right, and the two below them.
fn corners<T: Copy + Default>(values: &[T], width: usize, x: usize, y: usize) -> [[T; 2]; 2] {
    let pair = |start: usize| {
        values
            .get(start..start + 2)
            .and_then(|pair| pair.try_into().ok())
            .unwrap_or_default()
    };
    let start = y * width + x;
    [pair(start), pair(start + width)]
}

/// The first of two neighbouring samples, and how far (0 to 1, somewhat beyond at the borders) towards the second.
fn cell(position: f32, count: usize) -> (usize, f32) {
    let from_first = position - 0.5;
    let index = (from_first.max(0.0) as usize).min(count - 2);
    (index, from_first - index as f32)
}

fn block_nearest(map: &DepthMap) -> Vec<f32> {
    let with_border =
        |block: usize, count: usize| (block * BLOCK).saturating_sub(1)..(block * BLOCK + BLOCK + 1).min(count);
    let (columns, rows) = (map.width().div_ceil(BLOCK), map.height().div_ceil(BLOCK));
    let mut nearest = Vec::with_capacity(columns * rows);
    for block_y in 0..rows {
        for block_x in 0..columns {
            let columns = with_border(block_x, map.width());
            let lines = with_border(block_y, map.height()).map(|y| map.row(y));
            let samples = lines.flat_map(|line| line.get(columns.clone()).unwrap_or_default());
            nearest.push(samples.fold(
                0.0,
                |nearest: f32, sample| if *sample > nearest { *sample } else { nearest },
            ));
        }
    }
    nearest
}
