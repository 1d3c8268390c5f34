//! Reading the flat buffer that [`frame`](super::frame) describes.

use glam::{Affine2, Vec2};

use super::frame::{BEHIND, DIMMED, FRAME_HEADER, HEADER, MAGIC, Part, STALE};
use super::style::Colour;
use super::viewport::Viewport;

/// Why bytes are no such buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFrame {
    /// They begin with something else.
    #[error("these bytes are no overlay, or one of another version")]
    Format,
    /// There are fewer or more bytes than announced.
    #[error("the overlay is cut off or has something behind it")]
    Length,
    /// A size, a width or a coordinate is not a number, or a part is unknown or has the wrong number of points.
    #[error("the overlay holds values that cannot be drawn")]
    Values,
}

/// One polyline of a buffer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polyline<'a> {
    /// Of the mark.
    pub id: u64,
    /// Of the line.
    pub colour: Colour,
    /// Of the outline.
    pub outline: Colour,
    /// Of the line, in pixels.
    pub width_px: f32,
    /// Of the outline on either side, in pixels.
    pub outline_px: f32,
    /// What it is drawn as.
    pub part: Part,
    /// Whether it is drawn weakly.
    pub is_dimmed: bool,
    /// Whether something is in front of it.
    pub is_behind: bool,
    /// Whether its place is not sure.
    pub is_stale: bool,
    /// If so, how far it may be off, in metres: 0.255 is that or more.
    pub drift_m: f32,
    /// If so, for how long nothing has confirmed it, in seconds: 25.5 is that or more.
    pub stale_for_s: f32,
    points: &'a [u8],
}

impl Polyline<'_> {
    /// Its points, in pixels of the viewport.
    pub fn points(&self) -> impl ExactSizeIterator<Item = Vec2> + '_ {
        self.points.as_chunks::<8>().0.iter().map(|[a, b, c, d, e, f, g, h]| {
            Vec2::new(
                f32::from_le_bytes([*a, *b, *c, *d]),
                f32::from_le_bytes([*e, *f, *g, *h]),
            )
        })
    }
}

/// Reads a buffer. It is an iterator over its polylines.
#[derive(Debug, Clone)]
pub struct Polylines<'a> {
    /// Width of the viewport, in pixels.
    pub width_px: f32,
    /// Height of the viewport, in pixels.
    pub height_px: f32,
    /// How many marks are stale.
    pub stale: u32,
    /// How many marks are lost.
    pub lost: u32,
    /// Capture time of the picture that they belong to, in µs.
    pub capture_time_us: u64,
    /// From points of that picture to pixels of the viewport.
    pub from_picture: Affine2,
    rest: &'a [u8],
}

impl<'a> Polylines<'a> {
    /// Checks all of a buffer, so that iterating over it cannot fail.
    pub fn read(bytes: &'a [u8]) -> Result<Self, InvalidFrame> {
        let (header, rest) = bytes.split_first_chunk::<FRAME_HEADER>().ok_or(InvalidFrame::Format)?;
        let words: [u32; 16] = words(header);
        if words[0] != MAGIC {
            return Err(InvalidFrame::Format);
        }
        if words[1] as usize != bytes.len() {
            return Err(InvalidFrame::Length);
        }
        let frame = Self {
            width_px: f32::from_bits(words[3]),
            height_px: f32::from_bits(words[4]),
            stale: words[5],
            lost: words[6],
            capture_time_us: u64::from(words[8]) | u64::from(words[9]) << 32,
            from_picture: Affine2::from_cols_array(&std::array::from_fn(|part| f32::from_bits(words[10 + part]))),
            rest,
        };
        let viewport = Viewport {
            width_px: frame.width_px,
            height_px: frame.height_px,
            from_picture: frame.from_picture,
        };
        if viewport.validated().is_err() {
            return Err(InvalidFrame::Values);
        }
        let mut unread = rest;
        for _ in 0..words[2] {
            read_polyline(&mut unread)?;
        }
        if unread.is_empty() {
            Ok(frame)
        } else {
            Err(InvalidFrame::Length)
        }
    }
}

impl<'a> Iterator for Polylines<'a> {
    type Item = Polyline<'a>;

    fn next(&mut self) -> Option<Polyline<'a>> {
        read_polyline(&mut self.rest).ok()
    }
}

fn read_polyline<'a>(rest: &mut &'a [u8]) -> Result<Polyline<'a>, InvalidFrame> {
    let (header, behind) = rest.split_first_chunk::<HEADER>().ok_or(InvalidFrame::Length)?;
    let words: [u32; 8] = words(header);
    let length = (words[7] as usize).checked_mul(8).ok_or(InvalidFrame::Length)?;
    let (points, behind) = behind.split_at_checked(length).ok_or(InvalidFrame::Length)?;
    let [number, flags, drift_mm, age_ds] = words[6].to_le_bytes();
    let part = match (number, words[7]) {
        (0, 2..) => Part::Line,
        (1, 3) => Part::ArrowHead,
        (2, 1) => Part::Dot,
        _ => return Err(InvalidFrame::Values),
    };
    let polyline = Polyline {
        id: u64::from(words[0]) | u64::from(words[1]) << 32,
        colour: Colour::from_bytes(words[2].to_le_bytes()),
        outline: Colour::from_bytes(words[3].to_le_bytes()),
        width_px: f32::from_bits(words[4]),
        outline_px: f32::from_bits(words[5]),
        part,
        is_dimmed: flags & DIMMED != 0,
        is_behind: flags & BEHIND != 0,
        is_stale: flags & STALE != 0,
        drift_m: f32::from(drift_mm) / 1_000.0,
        stale_for_s: f32::from(age_ds) / 10.0,
        points,
    };
    let is_size = |size_px: f32| (0.0..=1e6).contains(&size_px);
    let mut coordinates = polyline.points();
    if !is_size(polyline.width_px)
        || !is_size(polyline.outline_px)
        || !coordinates.all(|point_px| point_px.abs().max_element() <= 1e6 && point_px.is_finite())
    {
        return Err(InvalidFrame::Values);
    }
    *rest = behind;
    Ok(polyline)
}

fn words<const N: usize>(header: &[u8]) -> [u32; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(header.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}
