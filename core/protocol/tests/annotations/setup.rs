//! People, strokes, and what a replica shows.

use assist_protocol::annotations::{Document, InkPoint, MarkId, Placement};
use assist_protocol::messages::annotation::{
    Anchor, AnchorState, Annotation, Colour, Ink, InkSample, Interpretation, Lens, PicturePart, Place, PlaceOutcome,
    ShapePart, Space, Stroke, Tool, Width,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::{PersonId, Timestamp};
use serde_json::{Value, json};

/// Shares that replicas are compared in.
pub(crate) const SHARES: std::ops::Range<u32> = 0..6;

pub(crate) fn person(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(crate) fn space(owner: &str, share: u32) -> Space {
    Space {
        owner: person(owner),
        share,
    }
}

/// A stroke in what Tina's camera sees.
pub(crate) fn stroke() -> Stroke {
    Stroke {
        space: space("tina", 0),
        tool: Tool::Ink,
        colour: Colour::Red,
        width: Width::DEFAULT,
        interpretation: Interpretation::Automatic,
        pin: None,
    }
}

pub(crate) fn mark(author: &str, number: u32) -> MarkId {
    MarkId {
        author: person(author),
        number,
    }
}

pub(crate) fn points(numbers: std::ops::Range<u32>) -> Vec<InkPoint> {
    let point = |number: u32| InkPoint {
        epoch: 1,
        capture_us: 5_000_000 + u64::from(number) * 16_683,
        x: number,
        y: 65_536 - number,
    };
    numbers.map(point).collect()
}

/// An `ink` with the points of those numbers.
pub(crate) fn ink(mark: u32, numbers: std::ops::Range<u32>, done: bool) -> Annotation {
    let at = points(numbers.clone());
    let at_us = at.first().map_or(0, |point| point.capture_us);
    let sample = |point: &InkPoint| InkSample {
        dt_us: (point.capture_us - at_us) as u32,
        x: point.x,
        y: point.y,
    };
    Annotation::Ink(Ink {
        mark,
        stroke: stroke(),
        epoch: 1,
        from: numbers.start,
        at_us,
        points: at.iter().map(sample).collect(),
        done,
    })
}

/// Tina's word on a mark.
pub(crate) fn place(id: &MarkId, revision: u32, outcome: PlaceOutcome) -> Annotation {
    Annotation::Place(Place {
        author: id.author.clone(),
        mark: id.number,
        share: 0,
        revision,
        outcome,
    })
}

pub(crate) fn in_picture() -> PlaceOutcome {
    PlaceOutcome::Picture(PicturePart {
        from: 0,
        points: Vec::new(),
        complete: true,
    })
}

pub(crate) fn shape(numbers: std::ops::Range<i32>, complete: bool) -> PlaceOutcome {
    PlaceOutcome::Shape(ShapePart {
        anchor: 1,
        kind: Tool::Ink,
        from: numbers.start as u32,
        points_um: points_um(numbers),
        complete,
    })
}

pub(crate) fn points_um(numbers: std::ops::Range<i32>) -> Vec<[i32; 3]> {
    numbers.map(|number| [number, -number, number * 1_000]).collect()
}

pub(crate) fn anchor(id: u32, x_um: i32) -> Anchor {
    Anchor {
        id,
        position_um: [x_um, 0, 0],
        orientation_ppm: [0, 0, 0, 1_000_000],
        state: AnchorState::Tracked,
    }
}

pub(crate) fn lens(epoch: u32) -> Lens {
    Lens {
        epoch,
        focal_ppm: [750_000 + epoch, 1_333_333],
        principal_ppm: [500_000, 500_000],
    }
}

pub(crate) fn annotation(operation: &Operation) -> &Annotation {
    match operation {
        Operation::Annotation(annotation) => annotation,
        Operation::Text { .. } | Operation::Unknown => panic!("{operation:?} is no annotation"),
    }
}

/// Delivers operations of an honest person: none may be refused.
pub(crate) fn deliver(document: &mut Document, from: &str, operations: &[Operation]) {
    for operation in operations {
        document
            .receive(&person(from), annotation(operation), Timestamp::ZERO)
            .unwrap_or_else(|refusal| panic!("{refusal:?}: {operation:?}"));
    }
}

/// All that a replica shows, but for its revision.
pub(crate) fn shown(document: &Document, owners: &[PersonId]) -> Value {
    let marks: Vec<Value> = document
        .marks()
        .map(|mark| {
            json!({
                "author": mark.author,
                "number": mark.number,
                "stroke": mark.stroke,
                "points": shown_points(mark.points),
                "is_done": mark.is_done,
                "placement": placement(&mark.placement),
            })
        })
        .collect();
    let pins: Vec<Value> = document
        .pins()
        .map(|pin| {
            json!({
                "author": pin.author,
                "pin": pin.pin,
                "space": pin.space,
                "epoch": pin.epoch,
                "at_us": pin.at_us,
                "outcome": pin.outcome,
            })
        })
        .collect();
    let of_all = owners.iter().flat_map(|owner| {
        SHARES.map(|share| Space {
            owner: owner.clone(),
            share,
        })
    });
    let spaces = of_all.filter_map(|space| {
        let (anchors, lens) = (document.anchors(&space), document.lens(&space));
        (anchors.is_some() || lens.is_some()).then(|| json!({"space": space, "anchors": anchors, "lens": lens}))
    });
    json!({"marks": marks, "pins": pins, "spaces": spaces.collect::<Vec<_>>()})
}

pub(crate) fn shown_points(points: &[InkPoint]) -> Value {
    let point = |point: &InkPoint| json!([point.epoch, point.capture_us, point.x, point.y]);
    points.iter().map(point).collect()
}

fn placement(placement: &Placement<'_>) -> Value {
    match placement {
        Placement::Waiting => json!("waiting"),
        Placement::Shape {
            revision,
            anchor,
            kind,
            points_um,
            is_complete,
        } => json!({"shape": {
            "revision": revision, "anchor": anchor, "kind": kind, "points_um": points_um, "is_complete": is_complete,
        }}),
        Placement::Picture {
            revision,
            points,
            is_complete,
        } => json!({"picture": {"revision": revision, "points": points, "is_complete": is_complete}}),
        Placement::Refused(because) => json!({"refused": because}),
    }
}
