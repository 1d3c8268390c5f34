//! `assist-bench annotations`: what drawing together costs, and whether marks are where they were drawn.

mod frame;
mod lift;
mod placed;
mod report;

use std::time::Duration;

use self::report::Report;
use crate::accuracy::{self, lifting};
use crate::error::{BenchError, blocking, within};
use crate::machine::Machine;
use crate::{motion, progress};

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    frame_rounds: usize,
    lift_rounds: usize,
    motion: motion::Plan,
    strokes: usize,
    lifting: lifting::Plan,
    /// Whether this only shows that it works.
    smoke: bool,
    /// After this everything is given up.
    limit: Duration,
}

impl Plan {
    /// What the figures are made with.
    pub(crate) const FULL: Self = Self {
        frame_rounds: 500,
        lift_rounds: 1_000,
        motion: motion::Plan::FULL,
        strokes: 200,
        lifting: accuracy::Plan::FULL.lifting,
        smoke: false,
        limit: Duration::from_secs(20 * 60),
    };
    /// What a test has time for.
    pub(crate) const SMOKE: Self = Self {
        frame_rounds: 20,
        lift_rounds: 20,
        motion: motion::Plan::SMOKE,
        strokes: 6,
        lifting: accuracy::Plan::SMOKE.lifting,
        smoke: true,
        limit: Duration::from_secs(5 * 60),
    };
}

/// Measures all of it.
///
/// # Errors
/// See [`BenchError`]: something did not work. A missed goal is a figure like any other.
pub(crate) async fn run(plan: Plan) -> Result<Report, BenchError> {
    within("the benchmark", plan.limit, measure(plan)).await
}

async fn measure(plan: Plan) -> Result<Report, BenchError> {
    let machine = Machine::look();
    progress("projecting frames, lifting strokes");
    let frame = blocking(move || frame::measure(plan.frame_rounds)).await?;
    let lift_us = blocking(move || lift::measure(plan.lift_rounds)).await?;
    let motion = blocking(move || motion::compare_planar(plan.motion)).await?;
    let placed = placed::measure(plan.strokes).await?;
    progress("holding lifted points against the true surfaces");
    let lifted = blocking(move || accuracy::lifted(plan.lifting)).await?;
    Report::new(plan.smoke, machine, frame, lift_us, &motion, placed, &lifted)
}
