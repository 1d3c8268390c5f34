//! What brings another replica to the same picture, as far as it is ours.

use super::author::Author;
use super::commands::{lines, shapes};
use super::document::Document;
use super::mark::{Placement, inks};
use super::owner::Owner;
use crate::messages::annotation::{Annotation, Place, PlaceOutcome};
use crate::messages::channel::Operation;

impl Document {
    /// All that is ours, for a replica that is empty or behind: marks, what is gone, and what we say as an owner.
    /// Nobody tells what is another's. These can be more than an operation log keeps at once; they may be sent bit by
    /// bit, with anything else in between.
    pub fn for_newcomer(&self) -> Vec<Operation> {
        let mut annotations = Vec::new();
        owned(self.owned(), &mut annotations);
        drawn(self.mine(), &mut annotations);
        places(self.owned(), &mut annotations);
        annotations.into_iter().map(Operation::Annotation).collect()
    }
}

fn owned(owner: &Owner, annotations: &mut Vec<Annotation>) {
    for (share, state) in owner.shares() {
        if let Some((revision, lens)) = state.lens {
            annotations.push(Annotation::Lens { share, revision, lens });
        }
        if let Some((revision, anchors)) = &state.anchors {
            annotations.push(Annotation::Anchors {
                share,
                revision: *revision,
                anchors: anchors.clone(),
            });
        }
    }
}

fn drawn(author: &Author, annotations: &mut Vec<Annotation>) {
    if let Some(through) = author.gone.last() {
        let except = author.marks.range(..=through).map(|(number, _)| *number).collect();
        annotations.push(Annotation::Clear { through, except });
    }
    annotations.extend(author.pins.thawed().map(|pin| Annotation::Thaw { pin }));
    for (pin, asked) in author.pins.asked() {
        annotations.push(Annotation::Freeze {
            pin,
            space: asked.space.clone(),
            epoch: asked.epoch,
            at_us: asked.at_us,
        });
    }
    for (number, mark) in &author.marks {
        let inks = inks(*number, &mark.stroke, 0, mark.ink.ready(), mark.ink.is_complete());
        annotations.extend(inks.into_iter().map(Annotation::Ink));
    }
}

fn places(owner: &Owner, annotations: &mut Vec<Annotation>) {
    for (by, pin, outcome) in owner.answers() {
        let by = by.clone();
        annotations.push(Annotation::Pinned { pin, by, outcome });
    }
    for (author, mark, placed) in owner.places() {
        let outcomes = match placed.view() {
            Placement::Shape {
                anchor,
                kind,
                points_um,
                is_complete,
                ..
            } => shapes(anchor, kind, 0, points_um, is_complete),
            Placement::Picture {
                points, is_complete, ..
            } => lines(0, points, is_complete),
            Placement::Refused(because) => vec![PlaceOutcome::Refused(because)],
            Placement::Waiting => continue,
        };
        annotations.extend(outcomes.into_iter().map(|outcome| {
            Annotation::Place(Place {
                author: author.clone(),
                mark,
                share: placed.share,
                revision: placed.revision,
                outcome,
            })
        }));
    }
}
