//! Markup drawn into a still picture, for good.
//!
//! The lines come from the same buffer that a screen shows ([`crate::overlay::frame`]), so a still looks as the screen
//! did. The buffer may be of any viewport with the still's proportions; everything is scaled alike.

use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, PixmapMut, Stroke, StrokeDash, Transform};

use crate::overlay::{Colour, InvalidFrame, Part, Polyline, Polylines};

/// No still is larger, in pixels: more than any phone's camera takes.
pub const MAX_PIXELS: u64 = 120_000_000;

/// No still is wider or higher, in pixels.
pub const MAX_SIDE_PX: u32 = 32_768;

/// How far proportions may differ for the sake of whole pixels, as a fraction.
const PROPORTION_TOLERANCE: f32 = 0.02;

/// How much of its opacity a dimmed line keeps.
const DIMMED_OPACITY: f32 = 0.45;

/// How far a dimmed line is drawn and left out in turn, in widths of the line; round ends make each dash longer by one.
const DASHES: [f32; 2] = [2.0, 3.5];

/// Why nothing was drawn. The picture is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BurnInError {
    /// A side is zero or longer than [`MAX_SIDE_PX`], or there are more than [`MAX_PIXELS`].
    #[error("a picture must have between one and 120 million pixels, and sides of at most 32,768")]
    PictureSize,
    /// The bytes do not go with the sides.
    #[error("a picture's bytes must be four times its width times its height")]
    BufferSize,
    /// The lines are no overlay.
    #[error("no markup was drawn: {0}")]
    Frame(#[from] InvalidFrame),
    /// The overlay is of a viewport of other proportions.
    #[error(
        "the markup was made for a picture of other proportions; project it into a viewport with the picture's own"
    )]
    Proportions,
}

/// Draws an overlay into a picture: `rgba` holds red, green, blue and alpha of each pixel, row by row from the top. A
/// camera's picture is opaque; if it is not, its colours must be premultiplied.
pub fn burn_in(rgba: &mut [u8], width_px: u32, height_px: u32, overlay: &[u8]) -> Result<(), BurnInError> {
    let pixels = u64::from(width_px) * u64::from(height_px);
    if !(1..=MAX_PIXELS).contains(&pixels) || width_px.max(height_px) > MAX_SIDE_PX {
        return Err(BurnInError::PictureSize);
    }
    if rgba.len() as u64 != 4 * pixels {
        return Err(BurnInError::BufferSize);
    }
    let polylines = Polylines::read(overlay)?;
    let (scale_x, scale_y) = (
        width_px as f32 / polylines.width_px,
        height_px as f32 / polylines.height_px,
    );
    if (scale_x / scale_y - 1.0).abs() > PROPORTION_TOLERANCE {
        return Err(BurnInError::Proportions);
    }
    let picture = PixmapMut::from_bytes(rgba, width_px, height_px).ok_or(BurnInError::PictureSize)?;
    let mut canvas = Canvas {
        picture,
        scale_x,
        scale_y,
    };
    let mut rest = polylines.peekable();
    while let Some(first) = rest.next() {
        // A mark's polylines follow each other; its outlines lie below all of its colours, so that they do not show
        // where a line goes behind something or into its arrow head.
        let mut mark = vec![first];
        while let Some(next) = rest.next_if(|next| next.id == first.id) {
            mark.push(next);
        }
        mark.iter().for_each(|polyline| canvas.draw(polyline, Layer::Outline));
        mark.iter().for_each(|polyline| canvas.draw(polyline, Layer::Colour));
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Outline,
    Colour,
}

struct Canvas<'a> {
    picture: PixmapMut<'a>,
    scale_x: f32,
    scale_y: f32,
}

impl Canvas<'_> {
    fn draw(&mut self, polyline: &Polyline<'_>, layer: Layer) {
        let scale = self.scale_x.min(self.scale_y);
        let (width_px, outline_px) = (polyline.width_px * scale, polyline.outline_px * scale);
        let (colour, spread_px) = match layer {
            Layer::Outline => (polyline.outline, 2.0 * outline_px),
            Layer::Colour => (polyline.colour, 0.0),
        };
        let paint = paint(colour, polyline.is_dimmed);
        match polyline.part {
            Part::Line => {
                let Some(path) = self.path(polyline, false) else {
                    return;
                };
                let mut stroke = round_stroke(width_px + spread_px);
                if polyline.is_dimmed {
                    stroke.dash = StrokeDash::new(DASHES.map(|widths| widths * width_px).to_vec(), 0.0);
                }
                self.picture
                    .stroke_path(&path, &paint, &stroke, Transform::identity(), None);
            }
            Part::ArrowHead => {
                let Some(path) = self.path(polyline, true) else {
                    return;
                };
                if layer == Layer::Outline {
                    let stroke = round_stroke(spread_px);
                    self.picture
                        .stroke_path(&path, &paint, &stroke, Transform::identity(), None);
                } else {
                    self.picture
                        .fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
                }
            }
            Part::Dot => {
                let Some(centre_px) = polyline.points().next() else {
                    return;
                };
                let (x, y) = (centre_px.x * self.scale_x, centre_px.y * self.scale_y);
                if let Some(path) = PathBuilder::from_circle(x, y, (width_px + spread_px) / 2.0) {
                    self.picture
                        .fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
                }
            }
        }
    }

    /// The polyline in pixels of the picture.
    fn path(&self, polyline: &Polyline<'_>, is_closed: bool) -> Option<Path> {
        let mut builder = PathBuilder::with_capacity(polyline.points().len() + 1, polyline.points().len());
        for (number, point_px) in polyline.points().enumerate() {
            let (x, y) = (point_px.x * self.scale_x, point_px.y * self.scale_y);
            if number == 0 {
                builder.move_to(x, y);
            } else {
                builder.line_to(x, y);
            }
        }
        if is_closed {
            builder.close();
        }
        builder.finish()
    }
}

fn round_stroke(width_px: f32) -> Stroke {
    Stroke {
        width: width_px,
        line_cap: LineCap::Round,
        line_join: LineJoin::Round,
        ..Stroke::default()
    }
}

fn paint(colour: Colour, is_dimmed: bool) -> Paint<'static> {
    let mut paint = Paint::default();
    let Colour {
        red,
        green,
        blue,
        alpha,
    } = colour;
    let opacity = if is_dimmed { DIMMED_OPACITY } else { 1.0 };
    paint.set_color_rgba8(red, green, blue, (f32::from(alpha) * opacity) as u8);
    paint.anti_alias = true;
    paint
}
