//! From strokes in a picture to shapes in the world.
//!
//! Every point is drawn on a frame of its own and is cast through that frame's camera (`sighting`). Ink is then laid
//! on what lies under each point (`surface`) or on the dominant plane under all of them (`flat`); an arrow stands
//! with its tip on what it points at (`arrow`). A point of ink never leaves its line of sight, so that seen from where
//! it was drawn it is where it was drawn, whatever is known of the world.
//!
//! Which of the two is better depends on what was meant. Strokes that close (circles around a thing) are read as one
//! flat figure: seen from the side, one that follows every bump falls apart. Open ones are traced on their object and
//! stay on its surface, unless that is flat anyway: then the plane only takes the noise away.

mod arrow;
mod flat;
mod sighting;
mod surface;

use serde::{Deserialize, Serialize};

use crate::{Camera, PicturePoint, Shape, ShapeKind, Source, Surroundings};
use sighting::{Beside, Sighting};

/// How ink is laid into the world. Arrows have one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interpretation {
    /// [`Self::Plane`] for a closed stroke of which at least half lies on one plane, for an open one that lies on a
    /// plane as exactly as can be told, and where distances are guesses anyway; otherwise [`Self::Surface`].
    #[default]
    Automatic,
    /// Each point on what lies under it; short stretches that miss it are bridged.
    Surface,
    /// All points on the dominant plane under them; [`Self::Surface`] where there is none that can hold them all.
    Plane,
}

/// A point as it was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StrokePoint {
    /// The camera of the very frame it was drawn on.
    pub camera: Camera,
    /// Where in that camera's picture.
    pub point: PicturePoint,
}

/// What holds a point of a shape in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Footing {
    /// It lies on what was found under it.
    On {
        /// Who found it.
        source: Source,
        /// See [`crate::Hit::samples_from_edge`].
        samples_from_edge: f32,
    },
    /// Something else is under it, or nothing known: it is where the rest of the stroke leads.
    Bridged,
}

/// A stroke that has a place in the world.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifted {
    /// Where it goes through, in the world.
    pub shape: Shape,
    /// How ink was laid; never [`Interpretation::Automatic`], and [`Interpretation::Surface`] for an arrow.
    pub interpretation: Interpretation,
    /// For each point of the stroke, or the tip of an arrow alone.
    pub footings: Vec<Footing>,
}

impl Lifted {
    /// The least reliable source that a point rests on.
    pub fn weakest_source(&self) -> Option<Source> {
        let sources = self.footings.iter().filter_map(|footing| match footing {
            Footing::On { source, .. } => Some(*source),
            Footing::Bridged => None,
        });
        sources.max()
    }
}

/// Why a stroke has no place in the world. Nothing was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LiftError {
    /// There are no points.
    #[error("nothing was drawn, so nothing was placed; draw again")]
    Empty,
    /// There are more than [`Lifting::MAX_POINTS`].
    #[error("a stroke has at most {max} points and the rest was not placed; start another one", max = Lifting::MAX_POINTS)]
    TooLong,
    /// A point or its camera is not usable. What was there before still is.
    #[error("a point of this stroke has no usable place in a picture and was not placed; draw again")]
    NotAPoint,
    /// Nothing is known about what is under the stroke.
    #[error(
        "nothing is known yet about what is under this stroke, so it was not placed; move the phone and draw again"
    )]
    NothingKnown,
}

/// A stroke on its way into the world. Points may be added while it is drawn: each is cast once, when it comes, and
/// [`Lifting::lifted`] weighs all of them anew.
#[derive(Debug, Clone)]
pub struct Lifting {
    kind: ShapeKind,
    interpretation: Interpretation,
    /// Ink: all points. Arrow: its ends.
    sightings: Vec<Sighting>,
    beside: Beside,
}

impl Lifting {
    /// The most points of a stroke.
    pub const MAX_POINTS: usize = 4_096;

    /// A stroke without points.
    pub fn new(kind: ShapeKind, interpretation: Interpretation) -> Self {
        Self {
            kind,
            interpretation,
            sightings: Vec::new(),
            beside: Beside::new(),
        }
    }

    /// Adds points, given what was known of the surroundings when they were drawn. Either all are added or none.
    pub fn extend(&mut self, points: &[StrokePoint], surroundings: &Surroundings) -> Result<(), LiftError> {
        if self.sightings.len() + points.len() > Self::MAX_POINTS {
            return Err(LiftError::TooLong);
        }
        let is_usable = |point: &StrokePoint| {
            let place = (point.point.x, point.point.y);
            point.camera.is_usable() && (-1.0..=2.0).contains(&place.0) && (-1.0..=2.0).contains(&place.1)
        };
        if !points.iter().all(is_usable) {
            return Err(LiftError::NotAPoint);
        }
        match self.kind {
            ShapeKind::Ink => self.extend_ink(points, surroundings),
            ShapeKind::Arrow => self.extend_arrow(points, surroundings),
        }
        Ok(())
    }

    /// The stroke as far as it is drawn.
    pub fn lifted(&self) -> Result<Lifted, LiftError> {
        if self.sightings.is_empty() {
            return Err(LiftError::Empty);
        }
        match self.kind {
            ShapeKind::Ink => self.lifted_ink(),
            ShapeKind::Arrow => self.lifted_arrow(),
        }
    }

    fn extend_ink(&mut self, points: &[StrokePoint], surroundings: &Surroundings) {
        self.sightings.reserve(points.len());
        for point in points {
            let sighting = Sighting::of(point, self.sightings.last(), surroundings);
            if self.interpretation != Interpretation::Surface {
                self.beside.follow(point, &sighting, surroundings);
            }
            self.sightings.push(sighting);
        }
    }

    /// Of an arrow only the ends count: the first point there was, and the newest.
    fn extend_arrow(&mut self, points: &[StrokePoint], surroundings: &Surroundings) {
        if let Some(first) = points.first().filter(|_| self.sightings.is_empty()) {
            self.sightings.push(Sighting::of(first, None, surroundings));
        }
        let Some(newest) = points.last() else { return };
        self.sightings.truncate(1);
        self.sightings.push(Sighting::of(newest, None, surroundings));
        self.beside.move_to(newest, surroundings);
    }

    fn lifted_ink(&self) -> Result<Lifted, LiftError> {
        let mut footings = Vec::with_capacity(self.sightings.len());
        let plane = match self.interpretation {
            Interpretation::Surface => None,
            Interpretation::Plane => flat::Fit::under(&self.sightings, &self.beside),
            Interpretation::Automatic => {
                flat::Fit::under(&self.sightings, &self.beside).filter(|fit| fit.is_chosen(&self.sightings))
            }
        };
        let on_plane = plane.and_then(|fit| fit.lay(&self.sightings, &mut footings));
        let (interpretation, points_m) = match on_plane {
            Some(points_m) => (Interpretation::Plane, points_m),
            None => {
                let points_m = surface::lay(&self.sightings, &mut footings).ok_or(LiftError::NothingKnown)?;
                (Interpretation::Surface, points_m)
            }
        };
        Ok(Lifted {
            shape: Shape {
                kind: ShapeKind::Ink,
                points_m,
            },
            interpretation,
            footings,
        })
    }

    fn lifted_arrow(&self) -> Result<Lifted, LiftError> {
        let (Some(tail), Some(tip)) = (self.sightings.first(), self.sightings.last()) else {
            return Err(LiftError::Empty);
        };
        let hit = tip.hit.ok_or(LiftError::NothingKnown)?;
        let tail_m = arrow::tail_m(&hit, &tip.ray, &tail.ray, &self.beside);
        Ok(Lifted {
            shape: Shape {
                kind: ShapeKind::Arrow,
                points_m: vec![tail_m, hit.point_m],
            },
            interpretation: Interpretation::Surface,
            footings: vec![tip.footing()],
        })
    }
}

/// Lifts a whole stroke: ink as it was drawn, or an arrow from the first point to its tip, the last.
pub fn lift(
    kind: ShapeKind,
    interpretation: Interpretation,
    points: &[StrokePoint],
    surroundings: &Surroundings,
) -> Result<Lifted, LiftError> {
    let mut lifting = Lifting::new(kind, interpretation);
    lifting.extend(points, surroundings)?;
    lifting.lifted()
}
