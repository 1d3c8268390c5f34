//! Colours and widths.

/// Red, green, blue and opacity, 0 to 255 each; not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
    /// Opacity.
    pub alpha: u8,
}

impl Colour {
    /// An opaque colour.
    pub const fn opaque(red: u8, green: u8, blue: u8) -> Self {
        Self {
            red,
            green,
            blue,
            alpha: 255,
        }
    }

    /// What is drawn below a line of this colour, a little wider, so that it shows on any background: black, or white
    /// below a dark colour.
    pub const fn outline(self) -> Self {
        // Luma of BT.601, in 1/256.
        let luma = (77 * self.red as u32 + 150 * self.green as u32 + 29 * self.blue as u32) / 256;
        let level = if luma < 48 { 255 } else { 0 };
        let alpha = (self.alpha as u32 * 4 / 5) as u8;
        Self {
            red: level,
            green: level,
            blue: level,
            alpha,
        }
    }

    pub(super) const fn to_bytes(self) -> [u8; 4] {
        [self.red, self.green, self.blue, self.alpha]
    }

    pub(super) const fn from_bytes([red, green, blue, alpha]: [u8; 4]) -> Self {
        Self {
            red,
            green,
            blue,
            alpha,
        }
    }
}

/// What a mark looks like, apart from its shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarkStyle {
    /// Of its lines.
    pub colour: Colour,
    /// Width of its lines as a fraction of the viewport's longer side; held within [`MarkStyle::WIDTHS`].
    pub width: f32,
}

impl MarkStyle {
    /// From a hair to a broad marker.
    pub const WIDTHS: std::ops::RangeInclusive<f32> = 0.001..=0.03;

    pub(super) fn bounded_width(&self) -> f32 {
        self.width.clamp(*Self::WIDTHS.start(), *Self::WIDTHS.end())
    }
}
