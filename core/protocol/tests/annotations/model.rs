//! What all replicas must come to: everything done, as if there were one document and no network.

use std::collections::BTreeMap;

use assist_protocol::PersonId;
use assist_protocol::annotations::{InkPoint, MarkId, Placing};
use assist_protocol::messages::annotation::{Anchor, Lens, PinOutcome, Space, Stroke};
use serde::Serialize;
use serde_json::{Value, json};

use super::setup::shown_points;

#[derive(Default)]
pub(crate) struct Model {
    marks: BTreeMap<MarkId, Mark>,
    pins: BTreeMap<(PersonId, u32), Pin>,
    anchors: BTreeMap<Space, Vec<Anchor>>,
    lenses: BTreeMap<Space, Lens>,
}

struct Mark {
    stroke: Stroke,
    points: Vec<InkPoint>,
    is_done: bool,
    placement: Value,
}

struct Pin {
    space: Space,
    epoch: u32,
    at_us: u64,
    outcome: Option<PinOutcome>,
}

impl Model {
    pub(crate) fn begin(&mut self, id: MarkId, stroke: Stroke, points: &[InkPoint]) {
        let mark = Mark {
            stroke,
            points: points.to_vec(),
            is_done: false,
            placement: json!("waiting"),
        };
        self.marks.insert(id, mark);
    }

    pub(crate) fn extend(&mut self, id: &MarkId, points: &[InkPoint]) {
        self.marks.get_mut(id).unwrap().points.extend(points);
    }

    pub(crate) fn finish(&mut self, id: &MarkId) {
        self.marks.get_mut(id).unwrap().is_done = true;
    }

    pub(crate) fn remove(&mut self, id: &MarkId) {
        self.marks.remove(id).unwrap();
    }

    pub(crate) fn clear(&mut self, author: &PersonId) {
        self.marks.retain(|id, _| id.author != *author);
    }

    pub(crate) fn freeze(&mut self, author: &PersonId, pin: u32, space: Space, epoch: u32, at_us: u64) {
        let asked = Pin {
            space,
            epoch,
            at_us,
            outcome: None,
        };
        self.pins.insert((author.clone(), pin), asked);
    }

    pub(crate) fn thaw(&mut self, author: &PersonId, pin: u32) {
        self.pins.remove(&(author.clone(), pin));
    }

    /// The owner may not have heard yet that it is gone; so with places.
    pub(crate) fn answer(&mut self, by: &PersonId, pin: u32, outcome: PinOutcome) {
        if let Some(pin) = self.pins.get_mut(&(by.clone(), pin)) {
            pin.outcome = pin.outcome.max(Some(outcome));
        }
    }

    pub(crate) fn place(&mut self, id: &MarkId, revision: u32, placing: Placing<'_>) {
        let Some(mark) = self.marks.get_mut(id) else { return };
        mark.placement = match placing {
            Placing::Shape {
                anchor,
                kind,
                points_um,
                is_complete,
            } => json!({"shape": {
                "revision": revision, "anchor": anchor, "kind": kind, "points_um": points_um, "is_complete": is_complete,
            }}),
            Placing::Picture { points, is_complete } => json!({"picture": {
                "revision": revision, "points": points, "is_complete": is_complete,
            }}),
            Placing::Refused(because) => json!({"refused": because}),
        };
    }

    pub(crate) fn extend_place(&mut self, id: &MarkId, points_um: &[[i32; 3]], is_complete: bool) {
        self.grow(id, "shape", "points_um", points_um, is_complete);
    }

    pub(crate) fn extend_picture(&mut self, id: &MarkId, points: &[[i32; 2]], is_complete: bool) {
        self.grow(id, "picture", "points", points, is_complete);
    }

    fn grow(&mut self, id: &MarkId, kind: &str, list: &str, points: &[impl Serialize], is_complete: bool) {
        let Some(mark) = self.marks.get_mut(id) else { return };
        let placed = &mut mark.placement[kind];
        let points = points.iter().map(|point| json!(point));
        placed[list].as_array_mut().unwrap().extend(points);
        placed["is_complete"] = json!(is_complete);
    }

    pub(crate) fn set_anchors(&mut self, space: Space, anchors: Vec<Anchor>) {
        self.anchors.insert(space, anchors);
    }

    pub(crate) fn set_lens(&mut self, space: Space, lens: Lens) {
        self.lenses.insert(space, lens);
    }

    /// Somebody's replica is lost, and with it what they drew.
    pub(crate) fn lose(&mut self, author: &PersonId) {
        self.clear(author);
        self.pins.retain(|(by, _), _| by != author);
    }

    /// What a replica must show; see [`shown`](super::setup::shown).
    pub(crate) fn shown(&self) -> Value {
        let marks = self.marks.iter().map(|(id, mark)| {
            json!({
                "author": id.author,
                "number": id.number,
                "stroke": mark.stroke,
                "points": shown_points(&mark.points),
                "is_done": mark.is_done,
                "placement": mark.placement,
            })
        });
        let pins = self.pins.iter().map(|((author, number), pin)| {
            json!({
                "author": author,
                "pin": number,
                "space": pin.space,
                "epoch": pin.epoch,
                "at_us": pin.at_us,
                "outcome": pin.outcome,
            })
        });
        let mut spaces: Vec<&Space> = self.anchors.keys().chain(self.lenses.keys()).collect();
        spaces.sort();
        spaces.dedup();
        let spaces = spaces
            .into_iter()
            .map(|space| json!({"space": space, "anchors": self.anchors.get(space), "lens": self.lenses.get(space)}));
        json!({
            "marks": marks.collect::<Vec<_>>(), "pins": pins.collect::<Vec<_>>(), "spaces": spaces.collect::<Vec<_>>(),
        })
    }
}
