//! People who draw, take back, freeze and place whatever comes to their mind.

use assist_protocol::annotations::{Document, InkPoint, MarkId, Placement, Placing};
use assist_protocol::messages::annotation::{
    Annotation, Colour, Interpretation, PICTURE_UNITS, PinOutcome, RefusedBecause, Space, Stroke, Tool, Width,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::{PersonId, Timestamp};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::model::Model;
use super::setup::{anchor, annotation, lens};

/// Those whose cameras others draw on.
pub(crate) const OWNERS: [&str; 2] = ["otto", "tina"];

fn pick<T: Clone>(random: &mut ChaCha8Rng, of: &[T]) -> Option<T> {
    (!of.is_empty()).then(|| of[random.random_range(0..of.len())].clone())
}

fn ink_points(random: &mut ChaCha8Rng) -> Vec<InkPoint> {
    let most = if random.random_bool(0.1) { 300 } else { 12 };
    let count = random.random_range(0..most);
    let start_us = random.random_range(1_000_000..1_000_000_000_u64);
    let is_orderly = random.random_bool(0.9);
    let point = |number: u64| InkPoint {
        epoch: if is_orderly { 1 } else { random.random_range(1..3) },
        capture_us: if is_orderly {
            start_us + number * 8_000
        } else {
            random.random_range(0..1_000_000)
        },
        x: random.random_range(0..=PICTURE_UNITS),
        y: random.random_range(0..=PICTURE_UNITS),
    };
    (0..count).map(point).collect()
}

fn shape_points(random: &mut ChaCha8Rng) -> Vec<[i32; 3]> {
    let most = if random.random_bool(0.1) { 600 } else { 12 };
    let count = random.random_range(0..most);
    (0..count)
        .map(|_| [random.random(), random.random(), random.random()])
        .collect()
}

fn flat(points_um: &[[i32; 3]]) -> Vec<[i32; 2]> {
    points_um.iter().map(|[x, y, _]| [*x, *y]).collect()
}

fn a_space(random: &mut ChaCha8Rng) -> Space {
    Space {
        owner: PersonId::new(OWNERS[random.random_range(0..2)]).unwrap(),
        share: random.random_range(0..2),
    }
}

fn a_stroke(document: &Document, random: &mut ChaCha8Rng) -> Stroke {
    let pins: Vec<_> = document.pins().filter(|pin| pin.author == document.me()).collect();
    let pin = pick(random, &pins).filter(|_| random.random_bool(0.3));
    Stroke {
        space: pin.map_or_else(|| a_space(random), |pin| pin.space.clone()),
        tool: if random.random_bool(0.5) {
            Tool::Ink
        } else {
            Tool::Arrow
        },
        colour: Colour::ALL[random.random_range(0..6)],
        width: Width::clamped(random.random()),
        interpretation: Interpretation::Automatic,
        pin: pin.map(|pin| pin.pin),
    }
}

/// One of our marks that is not done.
fn unfinished(document: &Document, random: &mut ChaCha8Rng) -> Option<MarkId> {
    let open = document
        .marks()
        .filter(|mark| mark.author == document.me() && !mark.is_done);
    pick(random, &open.map(|mark| mark.id()).collect::<Vec<_>>())
}

/// One mark in a space of ours.
fn owned(document: &Document, random: &mut ChaCha8Rng) -> Option<MarkId> {
    let ours = document
        .marks()
        .filter(|mark| mark.stroke.space.owner == *document.me());
    pick(random, &ours.map(|mark| mark.id()).collect::<Vec<_>>())
}

fn revision(operations: &[Operation]) -> u32 {
    let Annotation::Place(place) = annotation(&operations[0]) else {
        panic!("not a place")
    };
    place.revision
}

/// Lets somebody do something, and the model too. Returns what is to be sent.
pub(crate) fn act(
    document: &mut Document,
    model: &mut Model,
    random: &mut ChaCha8Rng,
    now: Timestamp,
) -> Vec<Operation> {
    let me = document.me().clone();
    let done = match random.random_range(0..40) {
        0..8 => begin(document, model, random, now),
        8..16 => extend(document, model, random, now),
        16..20 => unfinished(document, random).map(|id| {
            model.finish(&id);
            document.finish(id.number).unwrap()
        }),
        20..22 => document.undo().ok().map(|(number, operation)| {
            model.remove(&MarkId { author: me, number });
            vec![operation]
        }),
        22 if random.random_bool(0.3) => document.clear().ok().map(|operation| {
            model.clear(&me);
            vec![operation]
        }),
        22 => None,
        23..25 => {
            let (space, at_us) = (a_space(random), random.random_range(0..1_000_000));
            document
                .freeze(space.clone(), 1, at_us, now)
                .ok()
                .map(|(pin, operation)| {
                    model.freeze(&me, pin, space, 1, at_us);
                    vec![operation]
                })
        }
        25..27 => {
            let pins: Vec<u32> = document
                .pins()
                .filter(|pin| *pin.author == me)
                .map(|pin| pin.pin)
                .collect();
            pick(random, &pins).map(|pin| {
                model.thaw(&me, pin);
                vec![document.thaw(pin).unwrap()]
            })
        }
        27..33 => place(document, model, random),
        33..36 => extend_place(document, model, random),
        36..38 => answer(document, model, random),
        38 => Some(anchors(document, model, random)).filter(|said| !said.is_empty()),
        _ => Some(lenses(document, model, random)).filter(|said| !said.is_empty()),
    };
    done.unwrap_or_default()
}

fn begin(
    document: &mut Document,
    model: &mut Model,
    random: &mut ChaCha8Rng,
    now: Timestamp,
) -> Option<Vec<Operation>> {
    let (stroke, points) = (a_stroke(document, random), ink_points(random));
    let (number, operations) = document.begin(stroke.clone(), &points, now).ok()?;
    let author = document.me().clone();
    model.begin(MarkId { author, number }, stroke, &points);
    Some(operations)
}

fn extend(
    document: &mut Document,
    model: &mut Model,
    random: &mut ChaCha8Rng,
    now: Timestamp,
) -> Option<Vec<Operation>> {
    let (id, points) = (unfinished(document, random)?, ink_points(random));
    let operations = document.extend(id.number, &points, now).ok()?;
    model.extend(&id, &points);
    Some(operations)
}

fn place(document: &mut Document, model: &mut Model, random: &mut ChaCha8Rng) -> Option<Vec<Operation>> {
    let (id, points_um) = (owned(document, random)?, shape_points(random));
    let points = flat(&points_um);
    let placing = match random.random_range(0..6) {
        0 => Placing::Picture {
            points: &points,
            is_complete: random.random_bool(0.4),
        },
        1 => Placing::Refused(RefusedBecause::NothingThere),
        _ => Placing::Shape {
            anchor: random.random_range(0..3),
            kind: Tool::Ink,
            points_um: &points_um,
            is_complete: random.random_bool(0.4),
        },
    };
    let operations = document.place(&id, placing).unwrap();
    model.place(&id, revision(&operations), placing);
    Some(operations)
}

fn extend_place(document: &mut Document, model: &mut Model, random: &mut ChaCha8Rng) -> Option<Vec<Operation>> {
    let (id, points_um) = (owned(document, random)?, shape_points(random));
    let is_complete = random.random_bool(0.4);
    match document.mark(&id)?.placement {
        Placement::Shape { is_complete: false, .. } => {
            let operations = document.extend_place(&id, &points_um, is_complete).ok()?;
            model.extend_place(&id, &points_um, is_complete);
            Some(operations)
        }
        Placement::Picture { is_complete: false, .. } => {
            let points = flat(&points_um);
            let operations = document.extend_picture(&id, &points, is_complete).ok()?;
            model.extend_picture(&id, &points, is_complete);
            Some(operations)
        }
        Placement::Waiting | Placement::Shape { .. } | Placement::Picture { .. } | Placement::Refused(_) => None,
    }
}

fn answer(document: &mut Document, model: &mut Model, random: &mut ChaCha8Rng) -> Option<Vec<Operation>> {
    let ours = document.pins().filter(|pin| pin.space.owner == *document.me());
    let (by, pin) = pick(
        random,
        &ours.map(|pin| (pin.author.clone(), pin.pin)).collect::<Vec<_>>(),
    )?;
    let outcomes = [
        PinOutcome::Kept,
        PinOutcome::Kept,
        PinOutcome::Refused(RefusedBecause::FrameForgotten),
        PinOutcome::Refused(RefusedBecause::PinExpired),
    ];
    let outcome = pick(random, &outcomes)?;
    model.answer(&by, pin, outcome);
    Some(vec![document.answer_pin(&by, pin, outcome).unwrap()])
}

fn anchors(document: &mut Document, model: &mut Model, random: &mut ChaCha8Rng) -> Vec<Operation> {
    let (space, anchors) = (
        a_space(random),
        (0..random.random_range(0..4)).map(|id| anchor(id, random.random())),
    );
    let anchors: Vec<_> = anchors.collect();
    if space.owner != *document.me() {
        return vec![];
    }
    let operation = document.set_anchors(space.share, anchors.clone()).unwrap();
    model.set_anchors(space, anchors);
    vec![operation]
}

fn lenses(document: &mut Document, model: &mut Model, random: &mut ChaCha8Rng) -> Vec<Operation> {
    let (space, lens) = (a_space(random), lens(random.random_range(0..9)));
    if space.owner != *document.me() {
        return vec![];
    }
    let operation = document.set_lens(space.share, lens).unwrap();
    model.set_lens(space, lens);
    vec![operation]
}
