//! `assist-bench accuracy`: whether marks are where they were drawn, held against exact truth. No speed is measured.

pub(crate) mod anchoring;
mod device;
pub(crate) mod lifting;
mod report;
mod strokes;
pub(crate) mod summary;
mod truth;

use self::summary::Lifted;
use crate::error::BenchError;
use crate::{motion, progress};

pub(crate) use self::report::Report;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// For lifting.
    pub(crate) lifting: lifting::Plan,
    /// Marks drawn at each of two moments.
    pub(crate) anchored_marks: usize,
    pub(crate) motion: motion::Plan,
    /// Whether this only shows that it works.
    pub(crate) smoke: bool,
}

/// What the depth of a phone errs by, sample by sample, as a part of it.
const DEPTH_NOISE: f32 = 0.01;

impl Plan {
    /// What the figures are made with.
    pub(crate) const FULL: Self = Self {
        lifting: lifting::Plan {
            seeds: 8,
            rounds: 40,
            depth_noise: 0.0,
        },
        anchored_marks: 20,
        motion: motion::Plan::FULL,
        smoke: false,
    };
    /// What a test has time for.
    pub(crate) const SMOKE: Self = Self {
        lifting: lifting::Plan {
            seeds: 1,
            rounds: 4,
            depth_noise: 0.0,
        },
        anchored_marks: 4,
        motion: motion::Plan::SMOKE,
        smoke: true,
    };
}

/// Measures all of it. Blocks.
///
/// # Errors
/// See [`BenchError`]: something did not work. A missed goal is a figure like any other.
pub(crate) fn run(plan: Plan) -> Result<Report, BenchError> {
    progress("holding lifted points against the true surfaces");
    let lifting = lifted(plan.lifting)?;
    let with_depth_noise = lifted(lifting::Plan {
        depth_noise: DEPTH_NOISE,
        ..plan.lifting
    })?;
    progress("watching marks while the platform errs");
    let anchoring = anchoring::measure(1, plan.anchored_marks);
    Ok(Report {
        smoke: plan.smoke,
        lifting,
        with_depth_noise,
        anchoring,
        motion: motion::compare_all(plan.motion)?,
    })
}

/// How far lifted points are from the true surface.
///
/// # Errors
/// [`BenchError::Figure`] when no point counts.
pub(crate) fn lifted(plan: lifting::Plan) -> Result<Lifted, BenchError> {
    Lifted::of(&lifting::measure(plan)).ok_or(BenchError::Figure("error_cm_per_m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In cm for each metre of distance.
    const P95: f64 = 0.5;
    const WORST: f64 = 1.0;

    #[test]
    fn lifted_points_are_on_the_surface_they_were_drawn_on() {
        let lifted = lifted(lifting::Plan {
            rounds: 6,
            ..Plan::SMOKE.lifting
        })
        .expect("points that count");
        assert!(lifted.counted.points > 500, "{lifted:?}");
        assert_eq!(lifted.refused, 0, "{lifted:?}");
        assert!(lifted.counted.p95 <= P95 && lifted.counted.worst <= WORST, "{lifted:?}");
    }

    #[test]
    fn anchored_marks_stay_and_say_so_when_they_may_not() {
        let anchored = anchoring::measure(1, 5);
        assert!(anchored.tracked_worst_cm < 2.0, "{anchored:?}");
        assert!(anchored.stale > 0 && anchored.lost > 0, "{anchored:?}");
        assert_eq!(anchored.stale_beyond_estimate, 0, "{anchored:?}");
    }
}
