//! One picture of each case: what the link bears, what is sent and what arrives, and how long it waits, over time.

use std::fmt::Write;
use std::path::Path;

use assist_link::media::{BIN, Case, FlowRecord, Outcome, percentile};

use crate::error::BenchError;

const WIDTH: f64 = 900.0;
const MARGIN: f64 = 60.0;
/// Of the panel of rates, and of that of waits.
const HEIGHTS: [f64; 2] = [150.0, 90.0];
const GAP: f64 = 34.0;
/// A point of a line is of so many bins: half a second.
const POINT_BINS: usize = 10;

/// Writes `NAME.svg`.
///
/// # Errors
/// [`BenchError::Io`].
pub(super) fn write(folder: &Path, case: &Case, ours: &Outcome, str0m: &Outcome) -> Result<(), BenchError> {
    std::fs::create_dir_all(folder).map_err(BenchError::io("making the plots' folder"))?;
    let path = folder.join(format!("{}.svg", case.name));
    std::fs::write(path, picture(case, ours, str0m)).map_err(BenchError::io("writing a plot"))
}

fn picture(case: &Case, ours: &Outcome, str0m: &Outcome) -> String {
    let seconds = case.length.as_secs_f64();
    let panels = 2.0 * (HEIGHTS[0] + HEIGHTS[1] + 2.0 * GAP);
    let height = panels + 40.0;
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{w}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"18\" font-size=\"14\">{}</text>\n",
        case.title,
        w = WIDTH + MARGIN + 20.0,
    );
    let most_mbps = [ours, str0m]
        .iter()
        .flat_map(|outcome| rates(outcome))
        .flat_map(|(_, _, line)| line)
        .fold(0.5_f64, |most, (_, mbps)| most.max(mbps));
    let most_ms = [ours, str0m]
        .iter()
        .flat_map(|outcome| waits(outcome))
        .fold(100.0_f64, |most, (_, ms)| most.max(ms));
    let mut top = 40.0;
    for (name, outcome) in [("ours", ours), ("str0m", str0m)] {
        let panel = Panel {
            top,
            height: HEIGHTS[0],
            seconds,
            most: most_mbps,
        };
        panel.frame(&mut out, &format!("{name}: Mbit/s"));
        for (index, (label, colour, line)) in rates(outcome).iter().enumerate() {
            panel.line(&mut out, colour, line);
            let _ = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" fill=\"{colour}\">{label}</text>",
                MARGIN + 200.0 + 150.0 * index as f64,
                top - 4.0
            );
        }
        top += HEIGHTS[0] + GAP;
        let panel = Panel {
            top,
            height: HEIGHTS[1],
            seconds,
            most: most_ms,
        };
        panel.frame(
            &mut out,
            &format!("{name}: wait in the queue, ms (95 % of each half second)"),
        );
        panel.line(&mut out, "#7a3b9a", &waits(outcome));
        top += HEIGHTS[1] + GAP;
    }
    out + "</svg>\n"
}

/// A line: seconds and values.
type Line = Vec<(f64, f64)>;

/// What the link bears, what is sent, and what arrives, in Mbit/s.
fn rates(outcome: &Outcome) -> [(&'static str, &'static str, Line); 3] {
    let sum = |of: fn(&FlowRecord) -> &Vec<f64>| {
        let mut sum = vec![0.0; outcome.capacity(true).len()];
        for flow in outcome.flows.iter().filter(|flow| flow.is_forward) {
            sum.iter_mut().zip(of(flow)).for_each(|(sum, bits)| *sum += bits);
        }
        line(&sum)
    };
    [
        ("what the link bears", "#999999", line(outcome.capacity(true))),
        ("sent", "#d2691e", sum(|flow| &flow.sent_bits)),
        ("arrived", "#1f6fb4", sum(|flow| &flow.arrived_bits)),
    ]
}

fn line(bits: &[f64]) -> Line {
    let bin_s = BIN.as_secs_f64();
    let point = |(index, bins): (usize, &[f64])| {
        let middle = (index * POINT_BINS) as f64 + POINT_BINS as f64 / 2.0;
        (
            middle * bin_s,
            bins.iter().sum::<f64>() / (POINT_BINS as f64 * bin_s) / 1e6,
        )
    };
    bits.chunks_exact(POINT_BINS).enumerate().map(point).collect()
}

fn waits(outcome: &Outcome) -> Line {
    let point_s = BIN.as_secs_f64() * POINT_BINS as f64;
    let mut points = vec![Vec::new(); outcome.capacity(true).len() / POINT_BINS + 1];
    for (at_s, wait_ms) in outcome
        .flows
        .iter()
        .filter(|flow| flow.is_forward)
        .flat_map(|flow| &flow.waits_ms)
    {
        if let Some(point) = points.get_mut((f64::from(*at_s) / point_s) as usize) {
            point.push(*wait_ms);
        }
    }
    let told =
        |(index, mut waits): (usize, Vec<f32>)| Some(((index as f64 + 0.5) * point_s, percentile(&mut waits, 0.95)?));
    points.into_iter().enumerate().filter_map(told).collect()
}

struct Panel {
    top: f64,
    height: f64,
    seconds: f64,
    most: f64,
}

impl Panel {
    fn x(&self, at_s: f64) -> f64 {
        MARGIN + WIDTH * at_s / self.seconds
    }

    fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - value / self.most)
    }

    fn frame(&self, out: &mut String, label: &str) {
        let bottom = self.top + self.height;
        let _ = writeln!(out, "<text x=\"{MARGIN}\" y=\"{}\">{label}</text>", self.top - 4.0);
        for part in 0..=4 {
            let value = self.most * f64::from(part) / 4.0;
            let digits = usize::from(self.most < 10.0);
            let y = self.y(value);
            let _ = writeln!(
                out,
                "<path d=\"M{MARGIN} {y:.1}H{}\" stroke=\"#e5e5e5\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{value:.digits$}</text>",
                MARGIN + WIDTH,
                MARGIN - 6.0,
                y + 4.0
            );
        }
        for part in 0..=5 {
            let at_s = self.seconds * f64::from(part) / 5.0;
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{at_s:.0} s</text>",
                self.x(at_s),
                bottom + 14.0
            );
        }
    }

    fn line(&self, out: &mut String, colour: &str, line: &Line) {
        let points: Vec<String> = line
            .iter()
            .map(|(at_s, value)| format!("{:.1},{:.1}", self.x(*at_s), self.y(*value)))
            .collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.3\" points=\"{}\"/>",
            points.join(" ")
        );
    }
}
