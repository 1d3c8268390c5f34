//! From judged points to the few figures that are quoted.

use serde::Serialize;

use super::lifting::{Excluded, Measured, Subject};
use crate::figures::percentile;

/// Of some values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) points: usize,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) worst: f64,
}

/// How far lifted points are from the true surface, in cm for each metre that it was away.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Lifted {
    pub(crate) strokes: usize,
    pub(crate) refused: usize,
    /// All points that count, and the same by what was drawn on.
    pub(crate) counted: Spread,
    pub(crate) by_subject: Vec<Named>,
    /// Points that do not count, by the first reason that holds.
    pub(crate) excluded: Vec<Named>,
    /// In pixels of a picture 1280 wide, of points that count, in each of the other viewpoints that see them.
    pub(crate) elsewhere_px: Option<Spread>,
}

/// Some of the points.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Named {
    pub(crate) what: &'static str,
    #[serde(flatten)]
    pub(crate) spread: Spread,
}

const SUBJECTS: [(Subject, &str); 6] = [
    (Subject::SurfaceOnRoom, "ink on the surface: walls and floor"),
    (Subject::SurfaceOnBoxes, "ink on the surface: boxes and signs"),
    (Subject::SurfaceOnPipes, "ink on the surface: pipes"),
    (Subject::Plane, "ink on a plane, drawn on one flat face"),
    (Subject::Automatic, "ink as the pages send it, on one flat face"),
    (Subject::ArrowTip, "tip of an arrow, anywhere"),
];
const EXCLUDED: [(Excluded, &str); 3] = [
    (Excluded::TooOblique, "met at more than 70°"),
    (Excluded::NearAnEdge, "less than 3 samples from an edge"),
    (Excluded::Bridged, "bridged, although away from edges"),
];

impl Spread {
    /// `None` of none.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        Some(Self {
            points: values.len(),
            p50: percentile(values, 50.0)?,
            p95: percentile(values, 95.0)?,
            worst: percentile(values, 100.0)?,
        })
    }
}

impl Lifted {
    /// `None` if no point counts.
    pub(super) fn of(measured: &Measured) -> Option<Self> {
        let counted = || measured.points.iter().filter(|point| point.excluded.is_none());
        let all: Vec<f64> = counted().map(|point| point.error_cm_per_m).collect();
        let elsewhere_px: Vec<f64> = counted().flat_map(|point| point.elsewhere_px.iter().copied()).collect();
        let by_subject = SUBJECTS.into_iter().filter_map(|(subject, what)| {
            let own = counted().filter(|point| point.subject == subject);
            let spread = Spread::of(&own.map(|point| point.error_cm_per_m).collect::<Vec<_>>())?;
            Some(Named { what, spread })
        });
        let excluded = EXCLUDED.into_iter().filter_map(|(why, what)| {
            let own = measured.points.iter().filter(|point| point.excluded == Some(why));
            let spread = Spread::of(&own.map(|point| point.error_cm_per_m).collect::<Vec<_>>())?;
            Some(Named { what, spread })
        });
        Some(Self {
            strokes: measured.strokes,
            refused: measured.refused,
            counted: Spread::of(&all)?,
            by_subject: by_subject.collect(),
            excluded: excluded.collect(),
            elsewhere_px: Spread::of(&elsewhere_px),
        })
    }
}
