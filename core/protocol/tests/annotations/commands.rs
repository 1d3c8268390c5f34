//! What an author and an owner can do, and are politely kept from.

use assist_protocol::Timestamp;
use assist_protocol::annotations::{Document, InkPoint, Placing, Refusal};
use assist_protocol::messages::annotation::{Annotation, PinOutcome, RefusedBecause, Tool};
use assist_protocol::messages::channel::Operation;

use super::setup::{anchor, annotation, deliver, ink, lens, mark, person, points, points_um, shown, space, stroke};

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn erik() -> Document {
    Document::new(person("erik"))
}

/// Tina's replica, with Erik's first mark in her space.
fn tina() -> Document {
    let mut tina = Document::new(person("tina"));
    deliver(&mut tina, "erik", &[Operation::Annotation(ink(1, 0..2, true))]);
    tina
}

#[test]
fn a_stroke_is_begun_extended_and_finished() {
    let mut erik = erik();
    let (number, begun) = erik.begin(stroke(), &points(0..3), at(0)).unwrap();
    assert_eq!(number, 1);
    let extended = erik.extend(1, &points(3..300), at(0)).unwrap();
    let finished = erik.finish(1).unwrap();
    let said: Vec<_> = [&begun, &extended, &finished]
        .into_iter()
        .flatten()
        .map(annotation)
        .collect();
    let expected = [
        ink(1, 0..3, false),
        ink(1, 3..131, false),
        ink(1, 131..259, false),
        ink(1, 259..300, false),
    ];
    assert_eq!(said[..4], expected.iter().collect::<Vec<_>>());
    let Annotation::Ink(last) = said[4] else {
        panic!("not ink")
    };
    assert!((last.from, last.done, last.points.len()) == (300, true, 0));
    let mut viewer = Document::new(person("vera"));
    for operations in [finished, extended, begun] {
        deliver(&mut viewer, "erik", &operations);
    }
    assert_eq!(shown(&viewer, &[]), shown(&erik, &[]));
    assert!(viewer.mark(&mark("erik", 1)).unwrap().is_done);
    assert_eq!(erik.extend(1, &points(300..301), at(0)), Err(Refusal::NoSuchMark));
    assert_eq!(erik.finish(1), Err(Refusal::NoSuchMark));
}

#[test]
fn points_of_other_epochs_and_earlier_frames_keep_their_times() {
    let point = |epoch, capture_us| InkPoint {
        epoch,
        capture_us,
        x: 1,
        y: 2,
    };
    let drawn = [point(1, 500), point(1, 400), point(2, 450), point(2, 450 + (1 << 33))];
    let mut erik = erik();
    let (_, operations) = erik.begin(stroke(), &drawn, at(0)).unwrap();
    assert_eq!(operations.len(), 4);
    let mut viewer = Document::new(person("vera"));
    deliver(&mut viewer, "erik", &operations);
    assert_eq!(viewer.mark(&mark("erik", 1)).unwrap().points, drawn);
}

#[test]
fn undo_takes_back_the_last_that_is_left_and_clear_all() {
    let mut erik = erik();
    assert_eq!(erik.undo(), Err(Refusal::NothingToUndo));
    assert_eq!(erik.clear(), Err(Refusal::NothingToUndo));
    for _ in 0..3 {
        erik.begin(stroke(), &points(0..1), at(0)).unwrap();
    }
    let undone = |erik: &mut Document| erik.undo().map(|(number, _)| number);
    assert_eq!((undone(&mut erik), undone(&mut erik)), (Ok(3), Ok(2)));
    assert_eq!(
        erik.finish(3),
        Err(Refusal::NoSuchMark),
        "gone while it was being drawn"
    );
    assert_eq!(
        erik.begin(stroke(), &points(0..1), at(0)).unwrap().0,
        4,
        "no number is given twice"
    );
    let clear = erik.clear().unwrap();
    assert_eq!(
        *annotation(&clear),
        Annotation::Clear {
            through: 4,
            except: vec![]
        }
    );
    assert_eq!(erik.marks().count(), 0);
}

#[test]
fn an_author_is_kept_to_the_limits_and_nothing_is_half_done() {
    let mut erik = erik();
    // A very patient author: the limits meet first, not the rate.
    let long = 10_000;
    erik.begin(stroke(), &points(0..2_000), at(long)).unwrap();
    assert_eq!(
        erik.extend(1, &points(2_000..2_049), at(long)),
        Err(Refusal::StrokeTooLong)
    );
    assert_eq!(erik.mark(&mark("erik", 1)).unwrap().points.len(), 2_000);
    assert!(erik.extend(1, &points(2_000..2_048), at(long)).is_ok());
    for minute in 1..32 {
        erik.begin(stroke(), &points(0..2_048), at(long + 60 * minute)).unwrap();
    }
    assert_eq!(
        erik.begin(stroke(), &points(0..1), at(2 * long)),
        Err(Refusal::TooManyPoints)
    );
    erik.clear().unwrap();
    for _ in 0..1_000 {
        erik.begin(stroke(), &points(0..1), at(2 * long)).unwrap();
    }
    assert_eq!(
        erik.begin(stroke(), &points(0..1), at(2 * long)),
        Err(Refusal::TooManyMarks)
    );
    erik.undo().unwrap();
    let outside = InkPoint {
        x: 65_537,
        ..points(0..1)[0]
    };
    assert_eq!(erik.begin(stroke(), &[outside], at(2 * long)), Err(Refusal::Invalid));
    assert!(erik.begin(stroke(), &points(0..1), at(2 * long)).is_ok());
}

#[test]
fn who_draws_too_fast_is_told_and_can_always_finish_and_undo() {
    let mut erik = erik();
    for _ in 0..4 {
        erik.begin(stroke(), &points(0..2_000), at(1)).unwrap();
    }
    assert_eq!(erik.extend(4, &points(0..1), at(1)), Err(Refusal::TooFast));
    assert_eq!(erik.begin(stroke(), &[], at(1)), Err(Refusal::TooFast));
    assert_eq!(erik.freeze(space("tina", 0), 1, 1, at(1)), Err(Refusal::TooFast));
    assert!(erik.finish(3).is_ok());
    assert!(erik.undo().is_ok());
    assert!(erik.begin(stroke(), &points(0..2_000), at(2)).is_ok());
}

#[test]
fn at_most_eight_frames_are_frozen() {
    let mut erik = erik();
    for number in 1..=8 {
        let (pin, _) = erik.freeze(space("tina", 0), 1, 9, at(0)).unwrap();
        assert_eq!(pin, number);
    }
    assert_eq!(erik.freeze(space("tina", 0), 1, 9, at(0)), Err(Refusal::TooManyPins));
    erik.thaw(3).unwrap();
    assert_eq!(erik.thaw(3), Err(Refusal::NoSuchPin));
    assert_eq!(erik.freeze(space("tina", 0), 1, 9, at(0)).unwrap().0, 9);
    let mut on_pin = stroke();
    on_pin.pin = Some(3);
    assert_eq!(
        erik.begin(on_pin.clone(), &points(0..1), at(0)),
        Err(Refusal::NoSuchPin)
    );
    on_pin.pin = Some(4);
    assert!(erik.begin(on_pin.clone(), &points(0..1), at(0)).is_ok());
    on_pin.space = space("otto", 0);
    assert_eq!(erik.begin(on_pin, &points(0..1), at(0)), Err(Refusal::NoSuchPin));
}

#[test]
fn an_owner_places_in_parts_and_anew() {
    let mut tina = tina();
    let id = mark("erik", 1);
    let all = points_um(0..600);
    let placing = |points_um, is_complete| Placing::Shape {
        anchor: 1,
        kind: Tool::Ink,
        points_um,
        is_complete,
    };
    let mut viewer = Document::new(person("vera"));
    deliver(&mut viewer, "erik", &[Operation::Annotation(ink(1, 0..2, true))]);
    let mut said = tina.place(&id, placing(&all[..300], false)).unwrap();
    assert_eq!(said.len(), 2);
    said.extend(tina.extend_place(&id, &all[300..], true).unwrap());
    said.reverse();
    deliver(&mut viewer, "tina", &said);
    assert_eq!(shown(&viewer, &[]), shown(&tina, &[]));
    assert_eq!(tina.usage(&person("tina")).shape_points, 600);
    assert_eq!(
        tina.extend_place(&id, &all[..1], true),
        Err(Refusal::NoSuchMark),
        "complete"
    );
    let line: Vec<_> = (0..300).map(|number| [number, -number]).collect();
    let in_picture = |is_complete| Placing::Picture {
        points: &line,
        is_complete,
    };
    let mut said = tina.place(&id, in_picture(false)).unwrap();
    assert_eq!(
        tina.extend_place(&id, &all[..1], true),
        Err(Refusal::NoSuchMark),
        "no shape"
    );
    said.extend(tina.extend_picture(&id, &line, true).unwrap());
    assert_eq!(said.len(), 4);
    said.reverse();
    deliver(&mut viewer, "tina", &said);
    assert_eq!(shown(&viewer, &[]), shown(&tina, &[]));
    assert_eq!(tina.usage(&person("tina")).shape_points, 600);
    assert_eq!(
        tina.extend_picture(&id, &line[..1], true),
        Err(Refusal::NoSuchMark),
        "complete"
    );
    let too_long = vec![[0; 3]; 4_097];
    assert_eq!(tina.place(&id, placing(&too_long, true)), Err(Refusal::StrokeTooLong));
    assert_eq!(shown(&viewer, &[]), shown(&tina, &[]), "nothing was half done");
}

#[test]
fn an_owner_speaks_of_what_is_their_own_only() {
    let mut tina = tina();
    let refused = Placing::Refused(RefusedBecause::NothingThere);
    assert_eq!(tina.place(&mark("erik", 2), refused), Err(Refusal::NoSuchMark));
    let mut otto = Document::new(person("otto"));
    deliver(&mut otto, "erik", &[Operation::Annotation(ink(1, 0..2, true))]);
    assert_eq!(otto.place(&mark("erik", 1), refused), Err(Refusal::NotTheOwner));
    assert_eq!(
        tina.answer_pin(&person("erik"), 1, PinOutcome::Kept),
        Err(Refusal::NoSuchPin)
    );
    let mut erik = erik();
    let (pin, asked) = erik.freeze(space("tina", 0), 1, 9, at(0)).unwrap();
    deliver(&mut tina, "erik", std::slice::from_ref(&asked));
    deliver(&mut otto, "erik", &[asked]);
    assert_eq!(
        otto.answer_pin(&person("erik"), pin, PinOutcome::Kept),
        Err(Refusal::NotTheOwner)
    );
    let answer = tina.answer_pin(&person("erik"), pin, PinOutcome::Kept).unwrap();
    deliver(&mut erik, "tina", &[answer]);
    assert_eq!(erik.pins().next().unwrap().outcome, Some(PinOutcome::Kept));
    assert_eq!(tina.set_anchors(0, vec![anchor(1, 0); 65]), Err(Refusal::Invalid));
    let mut twisted = anchor(1, 0);
    twisted.orientation_ppm = [0; 4];
    assert_eq!(tina.set_anchors(0, vec![twisted]), Err(Refusal::Invalid));
    assert!(tina.set_lens(0, lens(1)).is_ok());
}

#[test]
fn somebody_who_lost_their_replica_gives_no_number_twice_and_takes_back_what_they_forgot() {
    let mut viewer = Document::new(person("vera"));
    let mut erik = erik();
    let mut said = erik.begin(stroke(), &points(0..2), at(0)).unwrap().1;
    said.push(erik.freeze(space("tina", 0), 1, 9, at(0)).unwrap().1);
    deliver(&mut viewer, "erik", &said);
    assert_eq!((viewer.marks().count(), viewer.pins().count()), (1, 1));
    let mut again = Document::above(person("erik"), 1_000);
    let (number, said) = again.begin(stroke(), &points(0..2), at(0)).unwrap();
    assert_eq!(number, 1_001);
    deliver(&mut viewer, "erik", &said);
    assert_eq!(again.freeze(space("tina", 0), 1, 9, at(0)).unwrap().0, 1_001);
    deliver(&mut viewer, "erik", &again.for_newcomer());
    assert_eq!(shown(&viewer, &[]), shown(&again, &[]));
}
