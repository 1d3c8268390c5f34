//! What the verdict on a link is worth, in virtual time.

#[cfg(test)]
mod held;
mod measures;
#[cfg(test)]
mod prompted;
mod scenarios;
mod world;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use self::measures::{Dropped, Times};
use self::scenarios::{SHORT_ROUND_TRIP, s};
use crate::error::BenchError;

/// How much is run: lengths are those of each run.
#[derive(Debug, Clone, Copy)]
struct Plan {
    seeds: u64,
    quiet: Duration,
    quiet_seeds: u64,
    near: Duration,
    near_seeds: u64,
    mobile: Duration,
    mobile_seeds: u64,
}

impl Plan {
    const FULL: Self = Self {
        seeds: 20,
        quiet: s(600),
        quiet_seeds: 3,
        near: s(300),
        near_seeds: 5,
        mobile: s(600),
        mobile_seeds: 3,
    };
    const SMOKE: Self = Self {
        seeds: 1,
        quiet: s(60),
        quiet_seeds: 1,
        near: s(60),
        near_seeds: 1,
        mobile: s(60),
        mobile_seeds: 1,
    };
}

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct VerdictFigures {
    /// From a real drop until it is said, at round trips of up to 300 ms, at most; none: it once was not.
    prompt_s: Option<f64>,
    /// The same at 800 ms.
    prompt_far_s: Option<f64>,
    /// Said although there was only a dip, or nothing.
    false_prompts: usize,
    /// From the end of a drop until that is said, at most; none: it once was not.
    unprompt_s: Option<f64>,
    /// Near a threshold, at most.
    changes_per_min: f64,
    /// Each drop.
    drops: Vec<OfDrop>,
    /// On made-up mobile links.
    mobile: BTreeMap<&'static str, Mobile>,
    measured_over: MeasuredOver,
}

#[derive(Debug, Clone, Serialize)]
struct OfDrop {
    what: String,
    round_trip_ms: u128,
    prompt_s: Option<f64>,
    unprompt_s: Option<f64>,
}

impl OfDrop {
    fn of(dropped: &Dropped) -> Self {
        Self {
            what: dropped.of.to_string(),
            round_trip_ms: dropped.round_trip.as_millis(),
            prompt_s: dropped.prompt.most_s(),
            unprompt_s: dropped.unprompt.most_s(),
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Mobile {
    /// Of the worst seed, and of the best.
    right: [f64; 2],
    changes_per_min: f64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct MeasuredOver {
    drops: usize,
    dips: usize,
    breaks: usize,
    quiet_hours: f64,
    probes_on_quiet_links_kb: f64,
}

/// Measures it. Blocks.
///
/// # Errors
/// [`BenchError::Trace`].
pub(super) fn measure(is_short: bool) -> Result<VerdictFigures, BenchError> {
    let plan = if is_short { Plan::SMOKE } else { Plan::FULL };
    let drops = measures::drops(0..plan.seeds);
    let dips = measures::dips(0..plan.seeds);
    let breaks = measures::breaks(0..plan.seeds);
    let quiet = measures::quiet_links(plan.quiet, 0..plan.quiet_seeds);
    let changes_per_min = measures::near_thresholds(plan.near, 0..plan.near_seeds);
    let mobile = measures::mobile_links(plan.mobile, 0..plan.mobile_seeds)
        .map_err(|error| BenchError::Trace(error.to_string()))?;
    let all = |of: fn(&Dropped) -> &Times, is_near: fn(Duration) -> bool| {
        let wanted = drops.iter().filter(|dropped| is_near(dropped.round_trip));
        wanted.fold(Times::default(), |all, dropped| all.with(of(dropped)))
    };
    let unprompt = all(|dropped| &dropped.unprompt, |_| true);
    let of_mobile = |agreement: &measures::Agreement| {
        let figures = Mobile {
            right: [agreement.right_least, agreement.right_most],
            changes_per_min: agreement.changes_per_min,
        };
        (agreement.link, figures)
    };
    Ok(VerdictFigures {
        prompt_s: all(|dropped| &dropped.prompt, |round_trip| round_trip <= SHORT_ROUND_TRIP).most_s(),
        prompt_far_s: all(|dropped| &dropped.prompt, |round_trip| round_trip > SHORT_ROUND_TRIP).most_s(),
        false_prompts: dips.prompts + breaks.prompts + quiet.prompts,
        unprompt_s: unprompt.most_s(),
        changes_per_min,
        drops: drops.iter().map(OfDrop::of).collect(),
        mobile: mobile.iter().map(of_mobile).collect(),
        measured_over: MeasuredOver {
            drops: unprompt.count(),
            dips: dips.runs,
            breaks: breaks.runs,
            quiet_hours: quiet.length.as_secs_f64() / 3_600.0,
            probes_on_quiet_links_kb: quiet.probe_bytes as f64 / 1_000.0,
        },
    })
}

impl VerdictFigures {
    /// For people.
    pub(super) fn write(&self, out: &mut String) -> std::fmt::Result {
        let told = |time_s: Option<f64>| time_s.map_or("NOT ALWAYS".to_owned(), |time_s| format!("{time_s:.2} s"));
        let over = &self.measured_over;
        writeln!(
            out,
            "\nThe verdict: a drop is said after {} at most, after {} at a round trip of 800 ms; its end after {} ({} drops).\n\
             {} false prompts on {} dips, {} links that break off and in {:.1} h of good links. {:.1} changes a minute near a threshold at most.",
            told(self.prompt_s),
            told(self.prompt_far_s),
            told(self.unprompt_s),
            over.drops,
            self.false_prompts,
            over.dips,
            over.breaks,
            over.quiet_hours,
            self.changes_per_min
        )?;
        for (link, mobile) in &self.mobile {
            let [least, most] = mobile.right;
            let changes = mobile.changes_per_min;
            writeln!(
                out,
                "{link}: right in {least:.2} to {most:.2} of the time, {changes:.1} changes a minute at most"
            )?;
        }
        Ok(())
    }
}
