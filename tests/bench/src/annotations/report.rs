//! The figures, for people and for programs, beside what they should be.

use std::fmt::Write;

use serde::Serialize;

use super::frame::{STROKES, Times};
use super::lift::LiftTimes;
use super::placed::Placed;
use crate::accuracy::summary::Lifted;
use crate::error::BenchError;
use crate::figures::{median, percentile};
use crate::machine::Machine;
use crate::motion::{Compared, Judged};

/// All that is quoted, and the raw values beside it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// 1,000 strokes of 64 points, all in view, median.
    frame_ms: f64,
    /// The same, divided by a plain loop over all points.
    frame_ratio: f64,
    /// With nine tenths of the strokes outside, divided by the plain loop over all points,
    culled_ratio: f64,
    /// and by the plain loop over those inside.
    culled_inside_ratio: f64,
    /// Strokes in which no point can be left out, divided by the plain loop over all points.
    zigzag_ratio: f64,
    lift_us: LiftTimes,
    /// Following three marks to a grey picture of 640x480: the median of the sequences' medians.
    motion_ms: f64,
    /// The same, divided by OpenCV's time: the median of the sequences' ratios, and the greatest of them.
    motion_ratio: Option<f64>,
    motion_ratio_worst: Option<f64>,
    placed_ms: Percentiles,
    error_cm_per_m: LiftError,
    smoke: bool,
    /// What is done once: adding a stroke of 64 points, and taking over a depth picture of 160x90.
    stroke_added_us: f64,
    depth_taken_us: f64,
    plain_loop_ms: f64,
    culled_ms: f64,
    /// As it was measured, the link's delay included.
    placed_with_link_ms: Vec<f64>,
    channel_rtts_ms: Vec<f64>,
    motion: Vec<Judged>,
    machine: Machine,
    opencv: Option<String>,
    chromium: String,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Percentiles {
    p50: f64,
    p99: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct LiftError {
    p95: f64,
    worst: f64,
}

/// One line of the table.
struct Line {
    what: &'static str,
    measured: Option<f64>,
    decimals: usize,
    unit: &'static str,
    at_most: Option<f64>,
}

impl Report {
    /// Sums up.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when one is missing.
    pub(super) fn new(
        smoke: bool,
        machine: Machine,
        frame: Times,
        lift_us: LiftTimes,
        motion: &Compared,
        placed: Placed,
        lifted: &Lifted,
    ) -> Result<Self, BenchError> {
        // Both ends of the link are on this machine; what it takes is half of what a ping took in the same call.
        let link_ms = median(&placed.round_trips_ms).ok_or(BenchError::Figure("placed_ms"))? / 2.0;
        let own_ms: Vec<f64> = placed.strokes_ms.iter().map(|taken_ms| taken_ms - link_ms).collect();
        let at = |percent| percentile(&own_ms, percent).ok_or(BenchError::Figure("placed_ms"));
        let ratio = |judged: &Judged| Some(judged.ours_ms / judged.opencv_ms?);
        let ratios: Vec<f64> = motion.planar.iter().filter_map(ratio).collect();
        let ours_ms: Vec<f64> = motion.planar.iter().map(|judged| judged.ours_ms).collect();
        Ok(Self {
            frame_ms: frame.frame_ms,
            frame_ratio: frame.frame_ms / frame.plain_ms,
            culled_ratio: frame.culled_ms / frame.plain_ms,
            culled_inside_ratio: frame.culled_ms / frame.plain_inside_ms,
            zigzag_ratio: frame.zigzag_ms / frame.plain_ms,
            lift_us,
            motion_ms: median(&ours_ms).ok_or(BenchError::Figure("motion_ms"))?,
            motion_ratio: median(&ratios),
            motion_ratio_worst: percentile(&ratios, 100.0),
            placed_ms: Percentiles {
                p50: at(50.0)?,
                p99: at(99.0)?,
            },
            error_cm_per_m: LiftError {
                p95: lifted.counted.p95,
                worst: lifted.counted.worst,
            },
            smoke,
            stroke_added_us: 1e3 * frame.adding_ms / STROKES as f64,
            depth_taken_us: 1e3 * frame.depth_ms,
            plain_loop_ms: frame.plain_ms,
            culled_ms: frame.culled_ms,
            placed_with_link_ms: placed.strokes_ms,
            channel_rtts_ms: placed.round_trips_ms,
            motion: motion.planar.clone(),
            machine,
            opencv: motion.opencv.clone(),
            chromium: placed.chromium,
        })
    }

    /// One JSON object.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when a figure is no number.
    pub(crate) fn json(&self) -> Result<String, BenchError> {
        let text = serde_json::to_string_pretty(self).map_err(|_| BenchError::Figure("(all of them)"))?;
        Ok(text + "\n")
    }

    /// A table for people.
    pub(crate) fn table(&self) -> String {
        // Writing into a string cannot fail.
        let mut table = String::new();
        let _ = self.write_table(&mut table);
        table
    }

    fn write_table(&self, out: &mut String) -> std::fmt::Result {
        let Machine { cores, load } = self.machine;
        let opencv = self.opencv.as_deref().unwrap_or("no OpenCV");
        writeln!(
            out,
            "assist-bench annotations: Chromium {}, {opencv}; {cores} cores, load {load:.1} at the start",
            self.chromium
        )?;
        if load > cores as f64 * 0.75 {
            writeln!(
                out,
                "The machine was busy with other things: the figures are worse than they need to be."
            )?;
        }
        if self.smoke {
            writeln!(
                out,
                "A short run that shows that everything works; its figures prove nothing."
            )?;
        }
        writeln!(out, "\n{:<60}{:>10}          {:>8}", "", "measured", "goal")?;
        for line in self.lines() {
            let Line {
                what,
                measured,
                decimals,
                unit,
                at_most,
            } = line;
            let shown = measured.map_or_else(|| "none".to_owned(), |measured| format!("{measured:.decimals$}"));
            write!(out, "{what:<60}{shown:>10} {unit:<8}")?;
            if let Some((goal, measured)) = at_most.zip(measured).filter(|_| !self.smoke) {
                let verdict = if measured <= goal { "reached" } else { "MISSED" };
                write!(out, " ≤ {goal:>5} {verdict}")?;
            }
            writeln!(out)?;
        }
        let rtt_ms = median(&self.channel_rtts_ms).unwrap_or(f64::NAN);
        let with_link = |percent| percentile(&self.placed_with_link_ms, percent).unwrap_or(f64::NAN);
        writeln!(
            out,
            "\nPlaced, {} strokes: p50 {:.2} ms, p99 {:.2} ms with the link; a round trip of it takes {rtt_ms:.2} ms, half of which \
             is taken off above.",
            self.placed_with_link_ms.len(),
            with_link(50.0),
            with_link(99.0),
        )
    }

    fn lines(&self) -> [Line; 16] {
        let line = |what, measured, decimals, unit, at_most| Line {
            what,
            measured: Some(measured),
            decimals,
            unit,
            at_most,
        };
        let maybe = |what, measured, at_most| Line {
            what,
            measured,
            decimals: 2,
            unit: "",
            at_most,
        };
        [
            line("1,000 strokes of 64 points, projected", self.frame_ms, 3, "ms", None),
            line(
                "  divided by a loop that only multiplies",
                self.frame_ratio,
                2,
                "",
                Some(5.0),
            ),
            line(
                "  the same where no point can be left out",
                self.zigzag_ratio,
                2,
                "",
                None,
            ),
            line(
                "  90 % outside, divided by the loop over all",
                self.culled_ratio,
                2,
                "",
                Some(1.5),
            ),
            line(
                "  90 % outside, divided by the loop over those inside",
                self.culled_inside_ratio,
                2,
                "",
                None,
            ),
            line("  once: adding a stroke", self.stroke_added_us, 1, "µs", None),
            line(
                "  once: taking over a depth picture",
                self.depth_taken_us,
                1,
                "µs",
                None,
            ),
            line("lifting a stroke of 64 points, median", self.lift_us.p50, 1, "µs", None),
            line(
                "  at worst, from another camera, median",
                self.lift_us.worst,
                1,
                "µs",
                None,
            ),
            line(
                "following marks to a picture of 640x480",
                self.motion_ms,
                2,
                "ms",
                Some(5.0),
            ),
            maybe(
                "  divided by OpenCV, median of the sequences",
                self.motion_ratio,
                Some(1.0),
            ),
            maybe("  divided by OpenCV, worst sequence", self.motion_ratio_worst, None),
            line(
                "from the pointer handler to the place, p50",
                self.placed_ms.p50,
                2,
                "ms",
                Some(5.0),
            ),
            line("  p99", self.placed_ms.p99, 2, "ms", Some(15.0)),
            line(
                "lifted points off the true surface, p95",
                self.error_cm_per_m.p95,
                3,
                "cm per m",
                Some(0.5),
            ),
            line("  worst", self.error_cm_per_m.worst, 3, "cm per m", Some(1.0)),
        ]
    }
}
