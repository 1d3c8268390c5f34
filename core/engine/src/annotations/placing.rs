//! From what was drawn on our picture to places in our space.

use std::collections::BTreeMap;

use assist_protocol::annotations::{Document, InkPoint, MarkId, MarkView, Placement, Placing, Refusal};
use assist_protocol::messages::annotation::{self as wire, RefusedBecause};
use assist_protocol::messages::channel::Operation;
use assist_scene::anchor::{AnchorId, AnchorSet};
use assist_scene::lift::{Interpretation, LiftError, Lifting, StrokePoint};
use assist_scene::{PicturePoint, Pose, Shape};

use super::space::Space;
use super::units::{to_shape_kind, to_tool, to_um};

/// A mark that is still being drawn.
#[derive(Debug)]
struct Underway {
    lifting: Lifting,
    /// Points that are lifted already.
    taken: usize,
    /// What the shape hangs on, once it has a place: chosen once.
    anchor: Option<AnchorId>,
}

/// Lifts marks into the space as they are drawn.
#[derive(Debug, Default)]
pub(super) struct Placer {
    underway: BTreeMap<MarkId, Underway>,
}

impl Placer {
    /// A mark of our space has more points or is done: says where it is. Returns what to send to everybody.
    pub(super) fn drawn(&mut self, id: &MarkId, document: &mut Document, space: &Space) -> Vec<Operation> {
        let Some(mark) = document.mark(id) else {
            return Vec::new();
        };
        if matches!(mark.placement, Placement::Refused(_)) || is_complete(mark.placement) {
            return Vec::new();
        }
        let underway = self.underway.entry(id.clone()).or_insert_with(|| Underway {
            lifting: Lifting::new(
                to_shape_kind(mark.stroke.tool),
                interpretation(mark.stroke.interpretation),
            ),
            taken: 0,
            anchor: None,
        });
        let placed = underway.take(&mark, space);
        let is_done = mark.is_done;
        let result = match placed {
            Ok(None) => Ok(Vec::new()),
            Ok(Some(shape)) => underway.tell(id, &shape, is_done, document, space.anchors()),
            Err(because) => document.place(id, Placing::Refused(because)),
        };
        if is_done || placed_is_refused(document, id) {
            self.underway.remove(id);
        }
        result.unwrap_or_else(|refusal: Refusal| {
            log::warn!("a drawing could not be placed: {refusal}");
            Vec::new()
        })
    }

    /// Marks are gone.
    pub(super) fn removed(&mut self, document: &Document) {
        self.underway.retain(|id, _| document.mark(id).is_some());
    }
}

impl Underway {
    /// Lifts what is new of a mark. Nothing: there is nothing new to say yet.
    fn take(&mut self, mark: &MarkView<'_>, space: &Space) -> Result<Option<Shape>, RefusedBecause> {
        let new = mark.points.get(self.taken..).unwrap_or_default();
        if new.is_empty() && !mark.is_done {
            return Ok(None);
        }
        if let Some(first) = new.first() {
            self.extend(mark, new, first, space)?;
            self.taken = mark.points.len();
        }
        match self.lifting.lifted() {
            Ok(lifted) => Ok(Some(lifted.shape)),
            // What is known may grow while the pen moves on.
            Err(LiftError::NothingKnown | LiftError::Empty) if !mark.is_done => Ok(None),
            Err(error) => Err(because(error)),
        }
    }

    fn extend(
        &mut self,
        mark: &MarkView<'_>,
        new: &[InkPoint],
        first: &InkPoint,
        space: &Space,
    ) -> Result<(), RefusedBecause> {
        let added = match mark.stroke.pin {
            Some(pin) => {
                let (camera, surroundings) = space.pinned(mark.author, pin)?;
                let points: Vec<_> = new
                    .iter()
                    .map(|point| StrokePoint {
                        camera,
                        point: place(point),
                    })
                    .collect();
                self.lifting.extend(&points, surroundings)
            }
            None => {
                let point = |point: &InkPoint| {
                    Ok(StrokePoint {
                        camera: space.camera_at(point.capture_us)?,
                        point: place(point),
                    })
                };
                let points = new.iter().map(point).collect::<Result<Vec<_>, RefusedBecause>>()?;
                self.lifting.extend(&points, &space.surroundings_at(first.capture_us))
            }
        };
        added.map_err(because)
    }

    /// Tells the shape as it is now; of one that only grew, what was added.
    fn tell(
        &mut self,
        id: &MarkId,
        shape: &Shape,
        is_complete: bool,
        document: &mut Document,
        anchors: &AnchorSet,
    ) -> Result<Vec<Operation>, Refusal> {
        let count = shape.points_m.len().max(1) as f32;
        let middle_m = shape.points_m.iter().sum::<glam::Vec3>() / count;
        let anchor = *self.anchor.get_or_insert_with(|| anchors.nearest(middle_m));
        let pose = anchors.pose(anchor).unwrap_or(Pose::IDENTITY);
        let points_um: Vec<_> = shape
            .points_m
            .iter()
            .map(|point_m| to_um(pose.to_local(*point_m)))
            .collect();
        let kind = to_tool(shape.kind);
        if let Some(Placement::Shape {
            points_um: before,
            kind: kind_before,
            ..
        }) = document.mark(id).map(|mark| mark.placement)
            && kind_before == kind
            && let Some(added) = points_um.strip_prefix(before)
        {
            let added = added.to_vec();
            return document.extend_place(id, &added, is_complete);
        }
        document.place(
            id,
            Placing::Shape {
                anchor: anchor.0,
                kind,
                points_um: &points_um,
                is_complete,
            },
        )
    }
}

fn is_complete(placement: Placement<'_>) -> bool {
    matches!(placement, Placement::Shape { is_complete: true, .. })
}

fn placed_is_refused(document: &Document, id: &MarkId) -> bool {
    matches!(
        document.mark(id).map(|mark| mark.placement),
        Some(Placement::Refused(_))
    )
}

fn place(point: &InkPoint) -> PicturePoint {
    let [x, y] = point.to_fractions();
    PicturePoint::new(x, y)
}

const fn interpretation(wire: wire::Interpretation) -> Interpretation {
    match wire {
        wire::Interpretation::Automatic => Interpretation::Automatic,
        wire::Interpretation::Surface => Interpretation::Surface,
        wire::Interpretation::Plane => Interpretation::Plane,
    }
}

const fn because(error: LiftError) -> RefusedBecause {
    match error {
        LiftError::Empty | LiftError::NotAPoint | LiftError::NothingKnown => RefusedBecause::NothingThere,
        LiftError::TooLong => RefusedBecause::TooLong,
    }
}
