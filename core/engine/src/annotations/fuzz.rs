//! Bytes of a shell, or of whoever pretends to be one, taken for everything that they could be.

use assist_protocol::{PersonId, Timestamp};
use assist_scene::overlay::Viewport;

use super::board::{Board, DrawnPoint, StrokeStyle};
use super::{ArFrame, Colour, Interpretation, Tool, grey_from_flat, points_from_flat};

/// Takes bytes for an AR frame, for a grey picture and for points of a stroke, draws on what that gives, and looks at it: for
/// fuzzing.
pub fn fuzz_frames(bytes: &[u8]) {
    let Ok(me) = PersonId::new("technician") else { return };
    let mut board = Board::new(me.clone(), me);
    let mut drawn = points_from_flat(bytes).unwrap_or_default();
    if let Ok(frame) = ArFrame::from_flat(bytes) {
        drawn.extend(across(frame.capture_time_us));
        // What is wrong with it is told; what is not is used.
        let _ = board.observe(frame);
    }
    if let Ok((capture_time_us, picture)) = grey_from_flat(bytes) {
        drawn.extend(across(capture_time_us));
        let _ = board.observe_picture(capture_time_us, &picture);
    }
    let style = StrokeStyle {
        tool: Tool::Ink,
        colour: Colour::Red,
        width_per_mille: 6,
        interpretation: Interpretation::Automatic,
    };
    if let Ok(stroke) = board.begin(style, &drawn, Timestamp::ZERO) {
        let _ = board.finish(stroke);
    }
    let _ = board.overlay(&Viewport::whole(640.0, 360.0));
}

/// A line across the picture of a capture time.
fn across(capture_time_us: u64) -> impl Iterator<Item = DrawnPoint> {
    [0.2, 0.5, 0.8].into_iter().map(move |x| DrawnPoint {
        capture_time_us,
        point: assist_scene::PicturePoint::new(x, 0.5),
    })
}
