//! Marks that are nowhere but in the picture, as on phones without AR: into the same buffer, with the same look.

use glam::{Vec2, Vec3, Vec4};

use super::arrow::{draw_arrow, head_length_px};
use super::clip::{Limits, clip_line};
use super::frame::{Doubt, OverlayFrame, Pen};
use super::piece::Screen;
use super::project::Projector;
use super::pyramid::Thresholds;
use super::scene::MAX_POINTS_PER_MARK;
use super::style::MarkStyle;
use super::viewport::{InvalidViewport, Viewport};
use crate::{PicturePoint, ShapeKind};

/// A mark at its place in the picture that is shown.
#[derive(Debug, Clone, Copy)]
pub struct PictureMark<'a> {
    /// Which mark.
    pub id: u64,
    /// What it looks like.
    pub kind: ShapeKind,
    /// Its colour and width.
    pub style: MarkStyle,
    /// Where it goes through in this picture, in order. An arrow has two points, a dot of ink one.
    pub points: &'a [PicturePoint],
    /// Whether its place is not sure.
    pub is_stale: bool,
}

/// No mark is farther out of the picture, in widths or heights of it.
const GREATEST_COORDINATE: f32 = 100.0;

impl PictureMark<'_> {
    fn is_sound(&self) -> bool {
        let counts = match self.kind {
            ShapeKind::Ink => 1..=MAX_POINTS_PER_MARK,
            ShapeKind::Arrow => 2..=2,
        };
        let bounds = -GREATEST_COORDINATE..=GREATEST_COORDINATE;
        counts.contains(&self.points.len())
            && self.style.width.is_finite()
            && self
                .points
                .iter()
                .all(|point| bounds.contains(&point.x) && bounds.contains(&point.y))
    }
}

impl Projector {
    /// Draws marks of the picture into `viewport`, in the order they come in. A mark that is none, for its points are
    /// not finite, far outside or not as many as they should be, counts as lost and is not drawn.
    pub fn project_picture<'a>(
        &mut self,
        marks: impl IntoIterator<Item = PictureMark<'a>>,
        viewport: &Viewport,
    ) -> Result<&OverlayFrame, InvalidViewport> {
        viewport.validated()?;
        self.frame.begin(viewport, self.capture_time_us);
        self.add_picture(marks, viewport)
    }

    /// The same, beside what the frame of this viewport has already.
    pub fn add_picture<'a>(
        &mut self,
        marks: impl IntoIterator<Item = PictureMark<'a>>,
        viewport: &Viewport,
    ) -> Result<&OverlayFrame, InvalidViewport> {
        viewport.validated()?;
        let longer_side_px = viewport.longer_side_px();
        let widest_px = MarkStyle::WIDTHS.end() * longer_side_px;
        let margin_px = head_length_px(widest_px) + widest_px;
        let rows = rows(viewport);
        let limits = Limits::new(rows, viewport.width_px, viewport.height_px, margin_px, 0.0);
        let screen = Screen {
            rows,
            least_px: Vec2::splat(-margin_px),
            greatest_px: Vec2::new(viewport.width_px, viewport.height_px) + margin_px,
            near_m: 1.0,
            depth: None,
            drops_hidden: false,
        };
        let Self {
            frame,
            drawer,
            piece,
            line,
            ..
        } = self;
        let (mut stale, mut lost) = (0, 0);
        for mark in marks {
            if !mark.is_sound() {
                lost += 1;
                continue;
            }
            stale += u32::from(mark.is_stale);
            let pen = Pen {
                id: mark.id,
                colour: mark.style.colour,
                width_px: mark.style.bounded_width() * longer_side_px,
                doubt: mark.is_stale.then(Doubt::default),
            };
            line.clear();
            mark.points
                .iter()
                .for_each(|point| line.push(Vec3::new(point.x, point.y, 0.0)));
            match mark.kind {
                ShapeKind::Arrow => draw_arrow(line.line().0, &limits, &screen, &pen, (drawer, piece), frame),
                ShapeKind::Ink => clip_line(line.line(), &limits, piece, |piece| {
                    drawer.draw(piece.line(), Thresholds::ANY, &screen, &pen, frame);
                }),
            }
        }
        frame.finish((stale, lost));
        Ok(frame)
    }
}

/// The picture as a plane one metre away: the rows of [`Viewport::rows`] for points (x, y) of the picture.
fn rows(viewport: &Viewport) -> [Vec4; 3] {
    let (matrix, shift) = (viewport.from_picture.matrix2, viewport.from_picture.translation);
    [
        Vec4::new(matrix.x_axis.x, matrix.y_axis.x, 0.0, shift.x),
        Vec4::new(matrix.x_axis.y, matrix.y_axis.y, 0.0, shift.y),
        Vec4::W,
    ]
}
