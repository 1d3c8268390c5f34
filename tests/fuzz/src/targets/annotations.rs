//! An annotation document that is told anything: what others drew stays as it is, and only so much is kept.

use assist_protocol::annotations::limits::{
    MAX_GONE_RUNS, MAX_MARKS_RECEIVED, MAX_PLACES_RECEIVED, MAX_POINTS_RECEIVED, MAX_SHAPES_POINTS_RECEIVED,
    PINS_REMEMBERED,
};
use assist_protocol::annotations::{Changed, Document, MarkView, PinView};
use assist_protocol::messages::annotation::Annotation;
use assist_protocol::{PersonId, Timestamp};
use assist_scene::burn_in::burn_in;
use assist_scene::overlay::Polylines;

/// One annotation a line: a letter that says whose it is, and then its JSON.
pub(crate) fn annotation_document(bytes: &[u8]) {
    let ids = ["vera", "erik", "tina", "mallory"].map(|name| PersonId::new(name).ok());
    let [Some(me), Some(erik), Some(tina), Some(mallory)] = ids else {
        return;
    };
    let (mut calm, mut attacked) = (Document::new(me.clone()), Document::new(me));
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((letter, json)) = line.split_first() else {
            continue;
        };
        let Ok(annotation) = serde_json::from_slice::<Annotation>(json) else {
            continue;
        };
        let from = match letter {
            b'e' => &erik,
            b't' => &tina,
            _ => &mallory,
        };
        let result = attacked.receive(from, &annotation, Timestamp::ZERO);
        if *from != mallory {
            let expected = calm.receive(from, &annotation, Timestamp::ZERO);
            assert!(
                result == expected || is_about(&annotation, &mallory),
                "somebody is kept from drawing"
            );
        }
        let again = attacked.receive(from, &annotation, Timestamp::ZERO);
        assert!(
            again.is_err() || again == Ok(Changed::Nothing),
            "the same is news twice"
        );
        check_bounds(&attacked, from);
    }
    let is_others_mark = |mark: &MarkView<'_>| *mark.author != mallory && mark.stroke.space.owner != mallory;
    let is_others_pin = |pin: &PinView<'_>| *pin.author != mallory && pin.space.owner != mallory;
    let same = |one: MarkView<'_>, other: MarkView<'_>| {
        MarkView { changed_at: 0, ..one } == MarkView { changed_at: 0, ..other }
    };
    let marks = calm.marks().filter(is_others_mark);
    let others = attacked.marks().filter(is_others_mark);
    assert!(
        marks.zip(others).all(|(one, other)| same(one, other)),
        "another's mark is not as it was"
    );
    let count = |document: &Document| document.marks().filter(is_others_mark).count();
    assert_eq!(count(&calm), count(&attacked), "another's marks are not all there");
    assert!(
        calm.pins()
            .filter(is_others_pin)
            .eq(attacked.pins().filter(is_others_pin)),
        "another's frozen frame"
    );
}

/// What is said about somebody's own depends on what they drew.
fn is_about(annotation: &Annotation, person: &PersonId) -> bool {
    match annotation {
        Annotation::Place(place) => place.author == *person,
        Annotation::Pinned { by, .. } => by == person,
        Annotation::Ink(_)
        | Annotation::Undo { .. }
        | Annotation::Clear { .. }
        | Annotation::Freeze { .. }
        | Annotation::Thaw { .. }
        | Annotation::Anchors { .. }
        | Annotation::Lens { .. }
        | Annotation::Unknown => false,
    }
}

fn check_bounds(document: &Document, of: &PersonId) {
    let usage = document.usage(of);
    assert!(usage.marks <= MAX_MARKS_RECEIVED, "marks");
    assert!(usage.points <= MAX_POINTS_RECEIVED, "points");
    assert!(usage.gone_runs <= MAX_GONE_RUNS, "runs of what is gone");
    assert!(usage.pins <= PINS_REMEMBERED as usize, "frozen frames");
    assert!(usage.places <= MAX_PLACES_RECEIVED, "places");
    assert!(usage.shape_points <= MAX_SHAPES_POINTS_RECEIVED, "points of shapes");
}

/// What draws an overlay reads its bytes: all of them or none, and a still stays as it was.
pub(crate) fn overlay_lines(bytes: &[u8]) {
    let mut still = [7; 4 * 32 * 18];
    let is_drawn = burn_in(&mut still, 32, 18, bytes).is_ok();
    match Polylines::read(bytes) {
        Ok(lines) => lines.for_each(|line| assert!(line.points().all(|point| point.is_finite()))),
        Err(_) => assert!(!is_drawn && still.iter().all(|byte| *byte == 7)),
    }
}
