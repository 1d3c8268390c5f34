//! Arrows: a shaft in space, and a head that is always seen from the front.

use glam::Vec2;

use super::chunk::{Chunk, point_of};
use super::clip::{Limits, LineBuffer};
use super::frame::{OverlayFrame, Part, Pen};
use super::piece::{LineDrawer, Screen};
use super::pyramid::Thresholds;

/// Length of the head in widths of the line; the head of a line of the least width is [`LEAST_HEAD_PX`].
const HEAD_LENGTH: f32 = 4.5;

/// Half of the head's width, in lengths of the head.
const HEAD_HALF_WIDTH: f32 = 0.45;

/// A smaller head is not recognised as one, in pixels.
const LEAST_HEAD_PX: f32 = 8.0;

/// How far into the head the shaft goes, so that its round end does not show at the tip, in lengths of the head.
const SHAFT_INTO_HEAD: f32 = 0.25;

/// How far an arrow head reaches from the tip, in pixels.
pub(super) fn head_length_px(width_px: f32) -> f32 {
    (width_px * HEAD_LENGTH).max(LEAST_HEAD_PX)
}

/// Draws an arrow from its first point to its second. The head points the way the shaft goes in the picture; down, when
/// the arrow is seen along itself.
pub(super) fn draw_arrow(
    line: &[Chunk],
    limits: &Limits,
    screen: &Screen<'_>,
    pen: &Pen,
    (drawer, shaft): (&mut LineDrawer, &mut LineBuffer),
    frame: &mut OverlayFrame,
) {
    let (tail_m, tip_m) = (point_of(line, 0), point_of(line, 1));
    let Some((start, end)) = limits.cut(tail_m, tip_m) else {
        return;
    };
    let (from_m, to_m) = (tail_m.lerp(tip_m, start), tail_m.lerp(tip_m, end));
    let (from_px, to_px) = (screen.pixel(from_m), screen.pixel(to_m));
    let shows_tip = end >= 1.0;
    let length_px = from_px.distance(to_px);
    let head_px = head_length_px(pen.width_px);

    let head_in_shaft_px = if shows_tip {
        head_px * (1.0 - SHAFT_INTO_HEAD)
    } else {
        0.0
    };
    if length_px > head_in_shaft_px {
        let share = 1.0 - head_in_shaft_px / length_px;
        // From a share of the way in the picture to one in space.
        let (near, far) = (share / screen.depth_m(to_m), (1.0 - share) / screen.depth_m(from_m));
        shaft.clear();
        shaft.push(from_m);
        shaft.push(from_m.lerp(to_m, near / (near + far)));
        drawer.draw(shaft.line(), Thresholds::ANY, screen, pen, frame);
    }
    if shows_tip {
        let is_behind = screen.depth.as_ref().is_some_and(|depth| depth.hides(tip_m));
        if is_behind && screen.drops_hidden {
            return;
        }
        let along = if length_px >= 1.0 {
            (to_px - from_px) / length_px
        } else {
            Vec2::Y
        };
        let base_px = to_px - along * head_px;
        let aside_px = along.perp() * head_px * HEAD_HALF_WIDTH;
        frame.begin_polyline(pen, Part::ArrowHead, is_behind);
        for corner_px in [to_px, base_px + aside_px, base_px - aside_px] {
            frame.push_point(corner_px);
        }
    }
}
