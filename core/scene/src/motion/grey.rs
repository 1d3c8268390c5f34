//! The grey pictures a phone hands over.

use super::MotionError;

/// A borrowed grey picture: eight bits of luma per pixel, row by row, rows possibly padded.
#[derive(Debug, Clone, Copy)]
pub struct GreyPicture<'a> {
    pixels: &'a [u8],
    width_px: usize,
    height_px: usize,
    stride: usize,
}

impl<'a> GreyPicture<'a> {
    /// A picture of `width_px` x `height_px` pixels whose rows begin `stride` bytes apart. The last row needs no
    /// padding.
    pub fn new(pixels: &'a [u8], width_px: usize, height_px: usize, stride: usize) -> Result<Self, MotionError> {
        let needed = height_px
            .checked_sub(1)
            .and_then(|rows| rows.checked_mul(stride))
            .and_then(|bytes| bytes.checked_add(width_px));
        match needed {
            Some(needed) if width_px > 0 && stride >= width_px && pixels.len() >= needed => Ok(Self {
                pixels,
                width_px,
                height_px,
                stride,
            }),
            _ => Err(MotionError::NotAPicture),
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

    /// The pixels of one row; empty below the picture.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        if y >= self.height_px {
            return &[];
        }
        &self.pixels[y * self.stride..][..self.width_px]
    }
}
