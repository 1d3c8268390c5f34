//! The technician's finger, by lines typed at the terminal.

use assist_engine::annotations::{Colour, DrawnPoint, Interpretation, StrokeStyle, Tool, Viewport};
use assist_engine::call::Call;
use assist_scene::PicturePoint;
use assist_scene::overlay::Polylines;

/// What there is to type, in words.
pub(super) const COMMANDS: &str = "/arrow X Y, /circle X Y (0 to 1 over the picture), /undo, /delete";

/// Points of a circle.
const CORNERS: u32 = 24;

/// Does what a line that begins with a slash says; none for any other line. What came of it, in words.
pub(super) fn drawn(call: &Call, line: &str) -> Option<String> {
    let mut words = line.strip_prefix('/')?.split_whitespace();
    let what = words.next().unwrap_or_default();
    let mut share = || {
        words
            .next()?
            .parse::<f32>()
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
    };
    let drawn = match (what, share().zip(share())) {
        ("arrow", Some((x, y))) => stroke(call, Tool::Arrow, &[(x - 0.1, y + 0.12), (x, y)]),
        ("circle", Some(middle)) => stroke(call, Tool::Ink, &circle(middle)),
        ("undo", _) => call
            .undo_stroke()
            .map(|_| "taken back")
            .map_err(|error| error.to_string()),
        ("delete", _) => call
            .delete_my_strokes()
            .map(|()| "all taken back")
            .map_err(|error| error.to_string()),
        _ => return Some(format!("there are {COMMANDS}")),
    };
    Some(drawn.map_or_else(|error| error, str::to_owned))
}

fn circle((x, y): (f32, f32)) -> Vec<(f32, f32)> {
    let corner = |corner: u32| {
        let (sine, cosine) = (corner as f32 / CORNERS as f32 * std::f32::consts::TAU).sin_cos();
        (x + 0.06 * cosine, y + 0.06 * 16.0 / 9.0 * sine)
    };
    (0..=CORNERS).map(corner).collect()
}

/// On the newest picture.
fn stroke(call: &Call, tool: Tool, places: &[(f32, f32)]) -> Result<&'static str, String> {
    let newest = call.overlay(&Viewport::whole(1.0, 1.0), |lines| {
        Polylines::read(lines.as_bytes()).map_or(0, |lines| lines.capture_time_us)
    });
    let capture_time_us = newest.map_err(|error| error.to_string())?;
    let points: Vec<_> = places
        .iter()
        .map(|(x, y)| DrawnPoint {
            capture_time_us,
            point: PicturePoint::new(*x, *y),
        })
        .collect();
    let style = StrokeStyle {
        tool,
        colour: Colour::Green,
        width_per_mille: 6,
        interpretation: Interpretation::Automatic,
    };
    let stroke = call.begin_stroke(style, &points).map_err(|error| error.to_string())?;
    // One that has no place is done already; the call says so by an event.
    let _ = call.finish_stroke(stroke);
    Ok("drawn")
}
