//! The tables of `docs/accuracy.md`, for people and for programs.

use std::fmt::Write;

use serde::Serialize;

use super::anchoring::{Anchored, DrawnThen};
use super::summary::{Lifted, Spread};
use crate::error::BenchError;
use crate::motion::{Compared, Judged};

/// In cm for each metre of distance: at most.
const P95_CM_PER_M: f64 = 0.5;
const WORST_CM_PER_M: f64 = 1.0;

/// Of marks that are shown, at least so many percent within 15 pixels; of those where OpenCV is, so many shown.
const SHOWN_RIGHT_PERCENT: f64 = 95.0;
const SHOWN_WHERE_PERCENT: f64 = 80.0;

/// All that was measured.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    pub(crate) smoke: bool,
    pub(crate) lifting: Lifted,
    /// The same where each depth sample errs by 1 %; there is no goal for it.
    pub(crate) with_depth_noise: Lifted,
    pub(crate) anchoring: Anchored,
    pub(crate) motion: Compared,
}

impl Report {
    /// One JSON object.
    ///
    /// # Errors
    /// [`BenchError::Figure`] when a figure is no number.
    pub(crate) fn json(&self) -> Result<String, BenchError> {
        let text = serde_json::to_string_pretty(self).map_err(|_| BenchError::Figure("of accuracy"))?;
        Ok(text + "\n")
    }

    /// Tables for people.
    pub(crate) fn table(&self) -> String {
        // Writing into a string cannot fail.
        let mut table = String::new();
        let _ = self.write_lifting(&mut table);
        let _ = self.write_anchoring(&mut table);
        let _ = self.write_motion(&mut table);
        table
    }

    fn write_lifting(&self, out: &mut String) -> std::fmt::Result {
        let Lifted {
            strokes,
            refused,
            counted,
            by_subject,
            excluded,
            elsewhere_px,
        } = &self.lifting;
        if self.smoke {
            writeln!(
                out,
                "A short run that shows that everything works; its figures prove little.\n"
            )?;
        }
        writeln!(
            out,
            "Lifted points from the true surface: {strokes} strokes, {refused} refused.\n"
        )?;
        head(out, "cm per metre of distance")?;
        for named in by_subject {
            line(out, named.what, &named.spread)?;
        }
        line(out, "all that count", counted)?;
        let verdict = |measured: f64, goal: f64| if measured <= goal { "reached" } else { "MISSED" };
        let (p95, worst) = (
            verdict(counted.p95, P95_CM_PER_M),
            verdict(counted.worst, WORST_CM_PER_M),
        );
        writeln!(
            out,
            "goals: p95 at most {P95_CM_PER_M}: {p95}; worst at most {WORST_CM_PER_M}: {worst}\n"
        )?;
        head(out, "what does not count, cm per metre")?;
        for named in excluded {
            line(out, named.what, &named.spread)?;
        }
        if let Some(spread) = elsewhere_px {
            writeln!(out)?;
            head(out, "pixels of 1280x720")?;
            line(out, "seen from 20 other viewpoints", spread)?;
        }
        writeln!(out)?;
        head(out, "where depth errs by 1 %, cm per metre")?;
        for named in &self.with_depth_noise.by_subject {
            line(out, named.what, &named.spread)?;
        }
        line(out, "all that count", &self.with_depth_noise.counted)
    }

    fn write_motion(&self, out: &mut String) -> std::fmt::Result {
        let Compared {
            opencv,
            planar,
            one_face,
            across_edges,
        } = &self.motion;
        let has_opencv = opencv.is_some();
        writeln!(
            out,
            "\nMarks that follow the picture's motion, percent of marks in pictures, against {}.\n",
            opencv.as_deref().unwrap_or("nothing: OpenCV could not be had")
        )?;
        writeln!(
            out,
            "{:<24} {:>6} {:>7} {:>8} {:>7} {:>8} {:>9} {:>9} {:>7}",
            "", "pairs", "≤ 5 px", "OpenCV", "≤ 15 px", "OpenCV", "shown and", "shown as", "worst"
        )?;
        writeln!(out, "{:>75} {:>9} {:>7}", "right", "OpenCV is", "px")?;
        for judged in planar {
            motion_line(out, judged, has_opencv)?;
        }
        let totals = [
            ("scene, one face", one_face),
            ("scene, across edges", across_edges),
            ("planar, all", planar),
        ];
        for (name, clips) in totals {
            motion_line(out, &Judged::total(name, clips), has_opencv)?;
        }
        let scene: Vec<Judged> = one_face.iter().chain(across_edges).cloned().collect();
        motion_line(out, &Judged::total("scene, all", &scene), has_opencv)?;
        writeln!(
            out,
            "goals in the scene: of those shown {SHOWN_RIGHT_PERCENT} % within 15 px, shown on {SHOWN_WHERE_PERCENT} % of those where \
             OpenCV is right"
        )
    }

    fn write_anchoring(&self, out: &mut String) -> std::fmt::Result {
        let anchored = &self.anchoring;
        writeln!(
            out,
            "\nMarks while the platform errs, cm from what they were drawn on: mean (worst mark).\n"
        )?;
        writeln!(
            out,
            "{:>7} {:>9}  {:<28} {:>4} {:>16} {:>16}",
            "time", "platform", "shown as", "of", "on anchors", "fixed to anchor 0"
        )?;
        for row in &anchored.rows {
            let state = match (row.age_s, row.estimated_drift_cm) {
                (Some(age_s), Some(drift_cm)) => format!("{} {age_s:.1} s, up to {drift_cm:.1} cm", row.state),
                _ => row.state.to_owned(),
            };
            let mut lead = format!("{:>5.1} s {:>6.1} cm  {state:<28}", row.at_s, row.platform_off_cm);
            for DrawnThen {
                drawn_s,
                anchored,
                fixed,
            } in &row.marks
            {
                let told = |spread: &Option<super::anchoring::Spread>| {
                    spread.map_or_else(
                        || "not shown".to_owned(),
                        |spread| format!("{:.2} ({:.2})", spread.mean_cm, spread.worst_cm),
                    )
                };
                writeln!(out, "{lead} {drawn_s:>2} s {:>16} {:>16}", told(anchored), told(fixed))?;
                lead = " ".repeat(lead.chars().count());
            }
        }
        writeln!(
            out,
            "\nMarks and frames: {} shown as tracked, {} as stale, {} not shown. Shown as tracked, none was farther off than \
             {:.2} cm, but for the half second until anchors are told after the jump: {:.2} cm. {} stale ones had moved farther than was said.",
            anchored.tracked,
            anchored.stale,
            anchored.lost,
            anchored.tracked_worst_cm,
            anchored.jump_worst_cm,
            anchored.stale_beyond_estimate,
        )
    }
}

/// A clip, or several: in percent of marks and pictures.
fn motion_line(out: &mut String, judged: &Judged, has_opencv: bool) -> std::fmt::Result {
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let of_pairs = |part: usize| format!("{:.1}", percent(part, judged.pairs));
    let theirs = |told: String| if has_opencv { told } else { "none".to_owned() };
    writeln!(
        out,
        "{:<24} {:>6} {:>7} {:>8} {:>7} {:>8} {:>9.1} {:>9} {:>7.1}",
        judged.name,
        judged.pairs,
        of_pairs(judged.ours_5),
        theirs(of_pairs(judged.opencv_5)),
        of_pairs(judged.ours_15),
        theirs(of_pairs(judged.opencv_15)),
        percent(judged.shown_15, judged.shown),
        theirs(format!(
            "{:.1}",
            percent(judged.shown_where_opencv_15, judged.opencv_15)
        )),
        judged.worst_shown_px,
    )
}

fn head(out: &mut String, unit: &str) -> std::fmt::Result {
    writeln!(
        out,
        "{unit:<46} {:>9} {:>8} {:>8} {:>8}",
        "points", "p50", "p95", "worst"
    )
}

fn line(out: &mut String, what: &str, spread: &Spread) -> std::fmt::Result {
    let Spread {
        points,
        p50,
        p95,
        worst,
    } = spread;
    writeln!(out, "{what:<46} {points:>9} {p50:>8.3} {p95:>8.3} {worst:>8.3}")
}
