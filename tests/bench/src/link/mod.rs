//! `assist-bench link`: what our rate control makes of bad links, against str0m's on the same emulator in virtual time, and against
//! Chromium's over real sockets.

#[cfg(test)]
mod calls;
mod ours;
mod plot;
mod real;
mod report;
mod verdict;
mod workers;
mod yardstick;

use std::path::{Path, PathBuf};
use std::time::Duration;

use assist_link::media::{self, Case, Outcome};
use assist_link::rate::Trace;

use self::ours::Ours;
use self::report::Measured;
use self::yardstick::Str0m;
use crate::error::{BenchError, blocking};
use crate::progress;

pub(crate) use self::report::Report;

/// What is run.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Plan {
    /// Runs this case alone.
    #[arg(long)]
    pub(crate) case: Option<String>,
    /// Runs the recorded links in this folder too: `*.up` and `*.down`, one delivery opportunity of 1,500 bytes a line, in ms.
    #[arg(long, value_name = "DIR")]
    pub(crate) traces: Option<PathBuf>,
    /// Draws each case into this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
    /// Makes everything random differently.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Runs a few of the cases over real sockets too, and Chromium's own sender; takes a quarter of an hour.
    #[arg(long)]
    pub(crate) real: bool,
}

/// How much of each case a short run has.
const SMOKE: Duration = Duration::from_secs(15);
/// What `--case` calls the figures of the verdict.
const VERDICT: &str = "verdict";

/// Both subjects' figures of a case.
struct Compared {
    case: Case,
    ours: Outcome,
    str0m: Outcome,
}

/// Runs the cases.
///
/// # Errors
/// See [`BenchError`]: something did not work. A missed goal is a figure like any other.
pub(crate) async fn run(plan: Plan, smoke: bool) -> Result<Report, BenchError> {
    let mut report = blocking({
        let plan = plan.clone();
        move || in_virtual_time(&plan, smoke)
    })
    .await?;
    if plan.real {
        for real in real::run(chosen(&plan)?, &plan, smoke).await? {
            if let Some(folder) = &plan.plots {
                let name = format!("real_{}", real.case.name);
                let subjects = [("ours", &real.ours), ("Chromium", &real.chromium)];
                plot::write(folder, &name, &real.case, subjects)?;
            }
            report.add_real(&real.case, Measured::of(&real.ours), Measured::of(&real.chromium));
        }
    }
    Ok(report)
}

/// Blocks.
fn in_virtual_time(plan: &Plan, smoke: bool) -> Result<Report, BenchError> {
    let mut cases = chosen(plan)?;
    if smoke {
        cases.iter_mut().for_each(|case| case.length = case.length.min(SMOKE));
    }
    let mut report = Report::new(smoke);
    for compared in workers::each(&cases, |case| compare(case, plan.seed)) {
        let compared = compared?;
        if let Some(folder) = &plan.plots {
            let subjects = [("ours", &compared.ours), ("str0m", &compared.str0m)];
            plot::write(folder, &compared.case.name, &compared.case, subjects)?;
        }
        report.add(
            &compared.case,
            Measured::of(&compared.ours),
            Measured::of(&compared.str0m),
        );
    }
    if plan.case.as_ref().is_none_or(|name| name == VERDICT) {
        progress("the verdict");
        report.set_verdict(verdict::measure(smoke)?);
    }
    Ok(report)
}

fn chosen(plan: &Plan) -> Result<Vec<Case>, BenchError> {
    let mut cases = media::cases().map_err(|error| BenchError::Trace(error.to_string()))?;
    if let Some(folder) = &plan.traces {
        cases.extend(recorded(folder)?);
    }
    if let Some(name) = &plan.case {
        let mut names: Vec<_> = cases.iter().map(|case| case.name.clone()).collect();
        names.push(VERDICT.to_owned());
        cases.retain(|case| case.name == *name);
        if !names.contains(name) {
            let (name, names) = (name.clone(), names.join(", "));
            return Err(BenchError::NoSuchCase { name, names });
        }
    }
    Ok(cases)
}

/// The recorded links in a folder, by name.
fn recorded(folder: &Path) -> Result<Vec<Case>, BenchError> {
    let reading = || BenchError::io("reading the recorded links");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(reading())? {
        let path = entry.map_err(reading())?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "up" || extension == "down")
        {
            files.push(path);
        }
    }
    files.sort();
    let case = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).map_err(reading())?;
        let trace = Trace::parse(&text).map_err(|error| BenchError::Trace(format!("{name}: {error}")))?;
        Ok(media::mobile_case(&name, &format!("recorded: {name}"), trace))
    };
    files.iter().map(case).collect()
}

fn compare(case: &Case, seed: u64) -> Result<Compared, BenchError> {
    progress(&case.title);
    let setups = case.setups();
    let (ours, _) = media::run(case, seed, setups.iter().map(Ours::new).collect());
    let pairs: Result<Vec<_>, _> = setups.iter().map(Str0m::new).collect();
    let (str0m, pairs) = media::run(case, seed, pairs?);
    pairs.into_iter().try_for_each(Str0m::finish)?;
    Ok(Compared {
        case: case.clone(),
        ours,
        str0m,
    })
}
