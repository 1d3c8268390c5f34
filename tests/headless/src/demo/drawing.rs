//! The technician's finger, by lines typed at the terminal.

use assist_engine::annotations::{Colour, DrawnPoint, Interpretation, StrokeStyle, Tool, Viewport};
use assist_engine::call::Call;
use assist_scene::PicturePoint;
use assist_scene::overlay::Polylines;

/// Points of a circle.
const CORNERS: u32 = 24;

/// Draws what was typed; none if it is no drawing. What came of it, in words.
pub(super) fn drawn(call: &Call, what: &str, rest: &[&str]) -> Option<Result<String, String>> {
    let shares: Option<Vec<f32>> = rest.iter().map(|word| share(word)).collect();
    let drawn = match (what, shares?.as_slice()) {
        ("arrow", [x, y]) => stroke(call, Tool::Arrow, &[(x - 0.1, y + 0.12), (*x, *y)]),
        ("circle", [x, y]) => stroke(call, Tool::Ink, &circle((*x, *y))),
        ("undo", []) => call
            .undo_stroke()
            .map(|_| "taken back")
            .map_err(|error| error.to_string()),
        ("delete", []) => call
            .delete_my_strokes()
            .map(|()| "all taken back")
            .map_err(|error| error.to_string()),
        _ => return None,
    };
    Some(drawn.map(str::to_owned))
}

fn share(word: &str) -> Option<f32> {
    word.parse().ok().filter(|share| (0.0..=1.0).contains(share))
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
