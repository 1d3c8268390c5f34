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
/// A point of a line is of so many bins at least: half a second.
const POINT_BINS: usize = 10;
/// A line has so many points at most.
const MOST_POINTS: usize = 240;

/// What came of a case for a subject, and what that is called.
pub(super) type Named<'a> = (&'a str, &'a Outcome);

/// Writes `NAME.svg`: two subjects, one below the other.
///
/// # Errors
/// [`BenchError::Io`].
pub(super) fn write(folder: &Path, name: &str, case: &Case, subjects: [Named<'_>; 2]) -> Result<(), BenchError> {
    std::fs::create_dir_all(folder).map_err(BenchError::io("making the plots' folder"))?;
    let path = folder.join(format!("{name}.svg"));
    std::fs::write(path, picture(case, subjects)).map_err(BenchError::io("writing a plot"))
}

/// Bins of a point.
fn point_bins(outcome: &Outcome) -> usize {
    outcome.capacity(true).len().div_ceil(MOST_POINTS).max(POINT_BINS)
}

/// The next number that is easily divided by four and read.
fn round_up(most: f64) -> f64 {
    let power = 10.0_f64.powf(most.log10().floor());
    let steps = [1.0, 1.2, 1.6, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= most).unwrap_or(most)
}

fn picture(case: &Case, subjects: [Named<'_>; 2]) -> String {
    let seconds = case.length.as_secs_f64();
    let outcomes = subjects.map(|(_, outcome)| outcome);
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
    let most_mbps = outcomes
        .iter()
        .flat_map(|outcome| rates(outcome))
        .flat_map(|(_, _, line)| line)
        .fold(0.1_f64, |most, (_, mbps)| most.max(mbps));
    let most_ms = outcomes
        .iter()
        .flat_map(|outcome| waits(outcome))
        .fold(100.0_f64, |most, (_, ms)| most.max(ms));
    let (most_mbps, most_ms) = (round_up(most_mbps), round_up(most_ms));
    let point_s = point_bins(outcomes[0]) as f64 * BIN.as_secs_f64();
    let mut top = 40.0;
    for (name, outcome) in subjects {
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
            &format!("{name}: wait in the queue, ms (95 % of each {point_s:.2} s)"),
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
    let point_bins = point_bins(outcome);
    let sum = |of: fn(&FlowRecord) -> &Vec<f64>| {
        let mut sum = vec![0.0; outcome.capacity(true).len()];
        for flow in outcome.flows.iter().filter(|flow| flow.is_forward) {
            sum.iter_mut().zip(of(flow)).for_each(|(sum, bits)| *sum += bits);
        }
        line(&sum, point_bins)
    };
    [
        (
            "what the link bears",
            "#999999",
            line(outcome.capacity(true), point_bins),
        ),
        ("sent", "#d2691e", sum(|flow| &flow.sent_bits)),
        ("arrived", "#1f6fb4", sum(|flow| &flow.arrived_bits)),
    ]
}

fn line(bits: &[f64], point_bins: usize) -> Line {
    let point_s = point_bins as f64 * BIN.as_secs_f64();
    let mbps = |bins: &[f64]| bins.iter().sum::<f64>() / point_s / 1e6;
    let points = bits.chunks_exact(point_bins).enumerate();
    points
        .map(|(index, bins)| ((index as f64 + 0.5) * point_s, mbps(bins)))
        .collect()
}

fn waits(outcome: &Outcome) -> Line {
    let point_bins = point_bins(outcome);
    let point_s = BIN.as_secs_f64() * point_bins as f64;
    let mut points = vec![Vec::new(); outcome.capacity(true).len() / point_bins + 1];
    let forward = outcome.flows.iter().filter(|flow| flow.is_forward);
    for (at_s, wait_ms) in forward.flat_map(|flow| &flow.waits_ms) {
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
            let digits = if self.most < 1.0 {
                2
            } else {
                usize::from(self.most < 10.0)
            };
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
