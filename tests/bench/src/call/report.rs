//! The figures, for people and for programs, beside what they should be.

use std::fmt::Write;

use serde::Serialize;
use serde_json::json;

use super::Plan;
use super::cost::Cost;
use super::first_frame::FirstFrames;
use crate::error::BenchError;
use crate::figures::{median, percentile, range};
use crate::machine::{Machine, Versions};

/// All that was measured.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    plan: Plan,
    machine: Machine,
    versions: Versions,
    first_frames: FirstFrames,
    cost: Cost,
    figures: Figures,
}

/// What is quoted.
#[derive(Debug, Clone, Copy, Serialize)]
struct Figures {
    /// Median from the click on *Join* to the first picture, ms.
    first_frame_ms: f64,
    /// The same, divided by that of a call from browser to browser.
    first_frame_ratio: f64,
    /// The same, divided by that of the bare str0m sender.
    first_frame_vs_str0m: f64,
    /// Processor time of the replaying process, percent of one core.
    cpu_percent: f64,
    /// Most memory it had resident, MB.
    rss_mb: f64,
    channel_rtt_ms: ChannelRoundTrip,
    /// Times the picture stood still while it was replayed.
    freezes: u64,
}

/// Of a ping that the page answers, ms.
#[derive(Debug, Clone, Copy, Serialize)]
struct ChannelRoundTrip {
    p50: f64,
    p99: f64,
}

/// One line of the table.
struct Line {
    what: &'static str,
    measured: f64,
    decimals: usize,
    unit: &'static str,
    at_most: f64,
}

impl Report {
    /// Sums up.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when one is missing or makes no sense.
    pub(super) fn new(
        plan: Plan,
        machine: Machine,
        versions: Versions,
        first_frames: FirstFrames,
        cost: Cost,
    ) -> Result<Self, BenchError> {
        let ours = positive("first_frame_ms", median(&first_frames.ours))?;
        let chromium = positive("first_frame_ratio", median(&first_frames.chromium))?;
        let str0m = positive("first_frame_vs_str0m", median(&first_frames.str0m))?;
        let figures = Figures {
            first_frame_ms: ours,
            first_frame_ratio: ours / chromium,
            first_frame_vs_str0m: ours / str0m,
            cpu_percent: positive("cpu_percent", Some(cost.cpu_percent))?,
            rss_mb: positive("rss_mb", Some(cost.peak_resident_mb))?,
            channel_rtt_ms: ChannelRoundTrip {
                p50: positive("channel_rtt_ms", percentile(&cost.round_trips_ms, 50.0))?,
                p99: positive("channel_rtt_ms", percentile(&cost.round_trips_ms, 99.0))?,
            },
            freezes: cost.freezes,
        };
        // A picture that never moved does not freeze.
        if cost.frames_decoded == 0 {
            return Err(BenchError::Figure("freezes"));
        }
        Ok(Self {
            plan,
            machine,
            versions,
            first_frames,
            cost,
            figures,
        })
    }

    /// One JSON object.
    pub(crate) fn json(&self) -> Result<String, BenchError> {
        let raw = json!({
            "smoke": self.plan.smoke,
            "first_frames_ms": {
                "ours": self.first_frames.ours,
                "chromium": self.first_frames.chromium,
                "str0m": self.first_frames.str0m,
            },
            "replay": {
                "seconds": self.cost.seconds,
                "video_mbps": self.cost.video_mbps,
                "frames_decoded": self.cost.frames_decoded,
                "frames_dropped": self.cost.frames_dropped,
            },
            "channel_rtts_ms": self.cost.round_trips_ms,
            "machine": self.machine,
            "versions": self.versions,
        });
        let mut object = json!(self.figures);
        if let (Some(object), serde_json::Value::Object(raw)) = (object.as_object_mut(), raw) {
            object.extend(raw);
        }
        let text = serde_json::to_string_pretty(&object).map_err(|_| BenchError::Figure("(all of them)"))?;
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
        let Self {
            plan,
            machine,
            versions,
            first_frames,
            cost,
            figures,
        } = self;
        writeln!(
            out,
            "assist-bench call: Chromium {}, webrtc {}, str0m {}; {} cores, load {:.1} at the start",
            versions.chromium, versions.webrtc, versions.str0m, machine.cores, machine.load
        )?;
        if machine.load > machine.cores as f64 * 0.75 {
            writeln!(
                out,
                "The machine was busy with other things: the figures are worse than they need to be."
            )?;
        }
        if plan.smoke {
            writeln!(
                out,
                "A short run that shows that everything works; its figures prove nothing."
            )?;
        }
        writeln!(out, "\n{:<56}{:>10}     {:>8}", "", "measured", "goal")?;
        for line in Line::all(figures) {
            let Line {
                what,
                measured,
                decimals,
                unit,
                at_most,
            } = line;
            let verdict = if measured <= at_most { "reached" } else { "MISSED" };
            writeln!(
                out,
                "{what:<56}{measured:>10.decimals$} {unit:<3} ≤ {at_most:>6} {unit:<3} {verdict}"
            )?;
        }
        writeln!(
            out,
            "\nClick on Join to first picture, ms (median of {} calls each, least to greatest):",
            plan.calls
        )?;
        let subjects = [
            ("ours", &first_frames.ours),
            ("browser to browser", &first_frames.chromium),
            ("bare str0m sender", &first_frames.str0m),
        ];
        for (subject, times) in subjects {
            let middle = median(times).unwrap_or(f64::NAN);
            let (least, greatest) = range(times).unwrap_or((f64::NAN, f64::NAN));
            let times = times
                .iter()
                .map(|time| format!("{time:.0}"))
                .collect::<Vec<_>>()
                .join(" ");
            writeln!(
                out,
                "  {subject:<20}{middle:>6.0}  ({least:.0} to {greatest:.0})   {times}"
            )?;
        }
        writeln!(
            out,
            "Replay of {:.0} s: {:.2} Mbit/s of video, {} pictures decoded ({:.1} a second), {} dropped by the page, {} freezes.",
            cost.seconds,
            cost.video_mbps,
            cost.frames_decoded,
            cost.frames_decoded as f64 / cost.seconds,
            cost.frames_dropped,
            cost.freezes,
        )?;
        let (least, greatest) = range(&cost.round_trips_ms).unwrap_or((f64::NAN, f64::NAN));
        writeln!(
            out,
            "Data channel, {} round trips: p50 {:.2} ms, p99 {:.2} ms ({least:.2} to {greatest:.2}).",
            cost.round_trips_ms.len(),
            figures.channel_rtt_ms.p50,
            figures.channel_rtt_ms.p99,
        )
    }
}

impl Line {
    fn all(figures: &Figures) -> [Self; 7] {
        let line = |what, measured, decimals, unit, at_most| Self {
            what,
            measured,
            decimals,
            unit,
            at_most,
        };
        [
            line(
                "first picture after the click on Join",
                figures.first_frame_ms,
                0,
                "ms",
                100.0,
            ),
            line(
                "  divided by browser to browser",
                figures.first_frame_ratio,
                2,
                "",
                0.35,
            ),
            line(
                "  divided by a bare str0m sender",
                figures.first_frame_vs_str0m,
                2,
                "",
                1.2,
            ),
            line(
                "processor time of the sending process, of one core",
                figures.cpu_percent,
                2,
                "%",
                3.0,
            ),
            line("its memory at most", figures.rss_mb, 1, "MB", 30.0),
            line("data channel round trip, p99", figures.channel_rtt_ms.p99, 2, "ms", 4.0),
            line("freezes of the picture", figures.freezes as f64, 0, "", 0.0),
        ]
    }
}

fn positive(name: &'static str, figure: Option<f64>) -> Result<f64, BenchError> {
    figure
        .filter(|figure| figure.is_finite() && *figure > 0.0)
        .ok_or(BenchError::Figure(name))
}
