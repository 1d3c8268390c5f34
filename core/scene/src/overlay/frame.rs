//! The flat buffer that a frame's lines are in.
//!
//! Everything is little-endian; `u32` and `f32` lie on multiples of four bytes. The buffer is a header of 64 bytes and
//! then the polylines, one after the other, each a header of 32 bytes and its points.
//!
//! | header of the buffer | | |
//! | --- | --- | --- |
//! | 0 | `u32` | `0x324C564F`, the letters `OVL2`: other numbers are other formats |
//! | 4 | `u32` | bytes in all |
//! | 8 | `u32` | polylines |
//! | 12 | `f32`, `f32` | width and height of the viewport, in pixels |
//! | 20 | `u32` | marks that are stale |
//! | 24 | `u32` | marks that are lost, and so not in the buffer |
//! | 28 | `u32` | 0 |
//! | 32 | `u64` | capture time of the picture that the lines belong to, in µs |
//! | 40 | 6 × `f32` | where the picture lies in the viewport: a, b, c, d, e, f; its point (x, y) is at pixel (ax + cy + e, bx + dy + f) |
//!
//! | header of a polyline | | |
//! | --- | --- | --- |
//! | 0 | `u64` | id of the mark |
//! | 8 | `u8` × 4 | colour: red, green, blue, alpha, not premultiplied |
//! | 12 | `u8` × 4 | colour of the outline, the same way |
//! | 16 | `f32` | width of the line, in pixels; of an arrow head, 0 |
//! | 20 | `f32` | width of the outline on either side, in pixels |
//! | 24 | `u8` | part: 0 line, 1 arrow head, 2 dot |
//! | 25 | `u8` | flags: 1 dimmed, 2 behind something, 4 stale; either of these is dimmed too |
//! | 26 | `u8` | of a stale one, how far it may be off, in mm; 255 is that or more |
//! | 27 | `u8` | of a stale one, for how long nothing has confirmed it, in tenths of a second; 255 is that or more |
//! | 28 | `u32` | points |
//! | 32 | (`f32`, `f32`) × points | x to the right and y down, in pixels of the viewport |
//!
//! A line has two points or more and is stroked with round caps and joins. An arrow head is a closed triangle, its tip
//! first, filled. A dot has one point: a disc as wide as the line. The polylines of a mark follow each other: draw the
//! outlines of all of them first, then the colours. What is dimmed is drawn with 45 % of its opacity; a dimmed line is
//! dashed, two widths of it drawn and three and a half left out in turn, outline and colour alike. Later marks lie
//! above earlier ones.

use glam::{Vec2, Vec4};

use super::chunk::LANES;
use super::style::Colour;
use super::viewport::Viewport;

pub(super) const MAGIC: u32 = u32::from_le_bytes(*b"OVL2");
/// Of the buffer,
pub(super) const FRAME_HEADER: usize = 64;
/// and of a polyline.
pub(super) const HEADER: usize = 32;

/// What a polyline of the buffer is drawn as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Stroked.
    Line,
    /// A filled triangle, the tip first.
    ArrowHead,
    /// A disc.
    Dot,
}

/// Drawn weakly.
pub(super) const DIMMED: u8 = 1;
/// Something is in front of it.
pub(super) const BEHIND: u8 = 2;
/// Its place is not sure.
pub(super) const STALE: u8 = 4;

/// How a polyline is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    pub(super) id: u64,
    pub(super) colour: Colour,
    pub(super) width_px: f32,
    pub(super) doubt: Option<Doubt>,
}

/// How sure the place of a stale mark is, as bytes 26 and 27.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Doubt {
    pub(super) drift_mm: u8,
    pub(super) age_ds: u8,
}

/// Width of the outline on either side, as a fraction of the line's, and at least this many pixels.
const OUTLINE: f32 = 0.3;
const LEAST_OUTLINE_PX: f32 = 1.0;

impl Pen {
    pub(super) fn outline_px(&self) -> f32 {
        (self.width_px * OUTLINE).max(LEAST_OUTLINE_PX)
    }
}

/// The lines of a frame, in bytes as the [module](self) describes them; [`Polylines`](super::Polylines) reads them.
#[derive(Debug, Clone, Default)]
pub struct OverlayFrame {
    /// Longer than what is used, so that it need not grow again.
    bytes: Vec<u8>,
    used: usize,
    polylines: u32,
    /// Where the polyline that is being written begins.
    open: Option<usize>,
}

impl OverlayFrame {
    /// The buffer.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.used).unwrap_or_default()
    }

    pub(super) fn begin(&mut self, viewport: &Viewport, capture_time_us: u64) {
        self.used = 0;
        self.polylines = 0;
        self.open = None;
        let words = [
            MAGIC,
            0,
            0,
            viewport.width_px.to_bits(),
            viewport.height_px.to_bits(),
            0,
            0,
            0,
        ];
        self.push_words(&words);
        let [a, b, c, d, e, f] = viewport.from_picture.to_cols_array().map(f32::to_bits);
        let time = [capture_time_us as u32, (capture_time_us >> 32) as u32];
        self.push_words(&[time[0], time[1], a, b, c, d, e, f]);
    }

    /// Ends the buffer, with how many more marks are stale and how many are lost.
    pub(super) fn finish(&mut self, (stale, lost): (u32, u32)) {
        self.end_polyline();
        self.patch(4, self.used as u32);
        self.patch(8, self.polylines);
        self.patch(20, self.word(20) + stale);
        self.patch(24, self.word(24) + lost);
    }

    pub(super) fn begin_polyline(&mut self, pen: &Pen, part: Part, is_behind: bool) {
        self.end_polyline();
        self.open = Some(self.used);
        self.polylines += 1;
        let mut flags = 0;
        if is_behind {
            flags |= DIMMED | BEHIND;
        }
        if pen.doubt.is_some() {
            flags |= DIMMED | STALE;
        }
        let doubt = pen.doubt.unwrap_or_default();
        let (number, width_px) = match part {
            Part::Line => (0, pen.width_px),
            Part::ArrowHead => (1, 0.0),
            Part::Dot => (2, pen.width_px),
        };
        self.push_words(&[
            pen.id as u32,
            (pen.id >> 32) as u32,
            u32::from_le_bytes(pen.colour.to_bytes()),
            u32::from_le_bytes(pen.colour.outline().to_bytes()),
            width_px.to_bits(),
            pen.outline_px().to_bits(),
            u32::from_le_bytes([number, flags, doubt.drift_mm, doubt.age_ds]),
            0,
        ]);
    }

    /// Adds `count` points from chunks of four of their coordinates.
    pub(super) fn push_chunks(&mut self, chunks: impl ExactSizeIterator<Item = (Vec4, Vec4)>, count: usize) {
        let start = self.used;
        let target = self.grow(chunks.len() * 8 * LANES);
        for (slot, (x, y)) in target.as_chunks_mut::<{ 8 * LANES }>().0.iter_mut().zip(chunks) {
            let interleaved = [x.x, y.x, x.y, y.y, x.z, y.z, x.w, y.w];
            for (slot, value) in slot.as_chunks_mut::<4>().0.iter_mut().zip(interleaved) {
                *slot = value.to_le_bytes();
            }
        }
        self.used = (start + 8 * count).min(self.used);
    }

    pub(super) fn push_point(&mut self, point_px: Vec2) {
        let target = self.grow(8);
        for (slot, value) in target.as_chunks_mut::<4>().0.iter_mut().zip(point_px.to_array()) {
            *slot = value.to_le_bytes();
        }
    }

    fn end_polyline(&mut self) {
        if let Some(start) = self.open.take() {
            let points = (self.used - start - HEADER) / 8;
            self.patch(start + HEADER - 4, points as u32);
        }
    }

    fn push_words(&mut self, words: &[u32; 8]) {
        let target = self.grow(HEADER);
        for (slot, word) in target.as_chunks_mut::<4>().0.iter_mut().zip(words) {
            *slot = word.to_le_bytes();
        }
    }

    fn grow(&mut self, length: usize) -> &mut [u8] {
        let start = self.used;
        self.used += length;
        if self.used > self.bytes.len() {
            self.bytes.resize(self.used.max(2 * self.bytes.len()), 0);
        }
        self.bytes.get_mut(start..self.used).unwrap_or_default()
    }

    fn word(&self, at: usize) -> u32 {
        let word = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        word.map_or(0, |word| u32::from_le_bytes(*word))
    }

    fn patch(&mut self, at: usize, word: u32) {
        if let Some(slot) = self.bytes.get_mut(at..at + 4) {
            slot.copy_from_slice(&word.to_le_bytes());
        }
    }
}
