//! An honest author is never refused by a receiver, however much there is.

use assist_protocol::Timestamp;
use assist_protocol::annotations::limits::RECEIVED_AT_ONCE;
use assist_protocol::annotations::{Document, Placing};
use assist_protocol::messages::annotation::{PinOutcome, Tool};
use assist_protocol::messages::call::Sequenced;
use assist_protocol::messages::channel::{ChannelMessage, Operation};
use assist_protocol::messages::{MAX_MESSAGE_BYTES, encode};
use assist_protocol::operations::{OperationLog, SendError};

use super::setup::{anchor, deliver, ink, mark, person, points, points_um, shown, stroke};

/// Erik with as much as there can be: 1,000 strokes, 65,536 points.
fn full() -> (Document, Vec<Operation>) {
    let mut erik = Document::new(person("erik"));
    let said = fill(&mut erik, 0);
    (erik, said)
}

fn fill(erik: &mut Document, from_s: u64) -> Vec<Operation> {
    let mut said = Vec::new();
    for number in 0..1_000 {
        let now = Timestamp::from_millis(1_000 * from_s + number * 1_000);
        let count = if number == 999 { 65_536 - 999 * 65 } else { 65 };
        let (mark, begun) = erik.begin(stroke(), &points(0..count), now).unwrap();
        said.extend(begun);
        said.extend(erik.finish(mark).unwrap());
    }
    said
}

#[test]
fn a_full_author_reaches_everybody() {
    let (erik, said) = full();
    let mut viewer = Document::new(person("vera"));
    deliver(&mut viewer, "erik", &said);
    assert_eq!(viewer.usage(&person("erik")).points, 65_536);
    assert_eq!(shown(&viewer, &[]), shown(&erik, &[]));
    let mut late = Document::new(person("late"));
    let told = erik.for_newcomer();
    assert_eq!(
        told.len(),
        999 + 5,
        "one for each stroke, but for the last, of 601 points"
    );
    deliver(&mut late, "erik", &told);
    assert_eq!(shown(&late, &[]), shown(&erik, &[]));
}

#[test]
fn additions_before_removals_pass_as_far_as_a_backlog_goes() {
    let (mut erik, said) = full();
    let clear = erik.clear().unwrap();
    // 1,000 operations can wait at a sender: what they add may come before the removal that made room for it.
    let again: Vec<_> = fill(&mut erik, 10_000).into_iter().take(999).collect();
    let mut viewer = Document::new(person("vera"));
    deliver(&mut viewer, "erik", &said);
    deliver(&mut viewer, "erik", &again);
    deliver(&mut viewer, "erik", &[clear]);
    assert_eq!(viewer.marks().count(), 500);
}

#[test]
fn many_removals_stay_small_and_reach_a_newcomer_in_one_line() {
    let mut erik = Document::new(person("erik"));
    let mut viewer = Document::new(person("vera"));
    // Every third stays until there are 1,000; then there is much coming and going.
    for number in 0..6_000_u64 {
        let now = Timestamp::from_millis(number * 1_000);
        let (_, begun) = erik.begin(stroke(), &points(0..1), now).unwrap();
        deliver(&mut viewer, "erik", &begun);
        if number % 3 != 0 || number > 2_900 {
            deliver(&mut viewer, "erik", &[erik.undo().unwrap().1]);
        }
    }
    assert!(viewer.usage(&person("erik")).gone_runs <= 1_001);
    let told = erik.for_newcomer();
    let clears = told
        .iter()
        .filter(|operation| format!("{operation:?}").contains("Clear"));
    assert_eq!(clears.count(), 1);
    let mut late = Document::new(person("late"));
    deliver(&mut late, "erik", &told);
    assert_eq!(shown(&late, &[]), shown(&viewer, &[]));
    deliver(&mut late, "erik", &[Operation::Annotation(ink(6_000, 0..1, false))]);
    assert_eq!(shown(&late, &[]), shown(&viewer, &[]), "gone, though it was never seen");
}

#[test]
fn a_full_owner_tells_a_newcomer_no_faster_than_is_taken() {
    let mut tina = Document::new(person("tina"));
    let points_um = points_um(0..16);
    for author in 0..8 {
        let author = format!("p{author}");
        for number in 1..=1_000 {
            deliver(&mut tina, &author, &[Operation::Annotation(ink(number, 0..1, true))]);
            let placing = Placing::Shape {
                anchor: 1,
                kind: Tool::Ink,
                points_um: &points_um,
                is_complete: true,
            };
            tina.place(&mark(&author, number), placing).unwrap();
        }
    }
    let told = tina.for_newcomer();
    assert!(told.len() as u64 <= RECEIVED_AT_ONCE);
    let mut late = Document::new(person("late"));
    deliver(&mut late, "tina", &told);
    assert_eq!(late.usage(&person("tina")), tina.usage(&person("tina")));
}

#[test]
fn frames_can_be_frozen_and_let_go_all_day() {
    let (mut erik, mut tina) = (Document::new(person("erik")), Document::new(person("tina")));
    let mut viewer = Document::new(person("vera"));
    for number in 0..500 {
        let now = Timestamp::from_millis(number * 1_000);
        let (pin, frozen) = erik.freeze(stroke().space, 1, number, now).unwrap();
        deliver(&mut tina, "erik", std::slice::from_ref(&frozen));
        let kept = tina.answer_pin(&person("erik"), pin, PinOutcome::Kept).unwrap();
        deliver(&mut viewer, "erik", &[frozen]);
        deliver(&mut viewer, "tina", &[kept]);
        let thawed = erik.thaw(pin).unwrap();
        for reader in [&mut tina, &mut viewer] {
            deliver(reader, "erik", std::slice::from_ref(&thawed));
        }
    }
    assert_eq!(erik.for_newcomer().len(), 64, "what is old is not told");
    assert_eq!(tina.for_newcomer(), [], "answers go with their frames");
}

#[test]
fn every_operation_fits_a_message_and_the_log_takes_it() {
    let mut erik = Document::new(person(&"e".repeat(64)));
    let mut log = OperationLog::new();
    let mut check = |operation: Operation| {
        let sequenced = Sequenced {
            seq: u64::MAX,
            operation: operation.clone(),
        };
        let bytes = encode(&ChannelMessage::Operation(sequenced)).len();
        assert!(bytes <= MAX_MESSAGE_BYTES / 2, "{bytes} bytes");
        let seq = log.send(operation, Timestamp::ZERO).unwrap();
        log.acknowledged(seq);
    };
    let far = |numbers: std::ops::Range<u32>| {
        let mut points = points(numbers);
        for (index, point) in points.iter_mut().enumerate() {
            point.capture_us = u64::from(u32::MAX) * (1 + u64::from(index > 0));
            (point.x, point.y) = (65_536, 65_536);
        }
        points
    };
    let (_, said) = erik.begin(stroke(), &far(0..500), Timestamp::ZERO).unwrap();
    said.into_iter().for_each(&mut check);
    for _ in 0..998 {
        erik.begin(stroke(), &[], Timestamp::from_millis(60_000)).unwrap();
    }
    erik.undo().unwrap();
    erik.for_newcomer().into_iter().for_each(&mut check);
    let mut tina = Document::new(person("tina"));
    deliver(&mut tina, "erik", &[Operation::Annotation(ink(1, 0..1, true))]);
    let placing = Placing::Shape {
        anchor: u32::MAX,
        kind: Tool::Ink,
        points_um: &[[i32::MIN; 3]; 4_096],
        is_complete: false,
    };
    tina.place(&mark("erik", 1), placing)
        .unwrap()
        .into_iter()
        .for_each(&mut check);
    check(tina.set_anchors(0, vec![anchor(u32::MAX, i32::MIN); 64]).unwrap());
}

#[test]
fn the_log_takes_no_annotation_that_a_receiver_would_not_understand() {
    let mut log = OperationLog::new();
    let long = Operation::Annotation(ink(1, 0..129, false));
    assert_eq!(log.send(long, Timestamp::ZERO), Err(SendError::ListTooLong));
    let unknown = Operation::Annotation(assist_protocol::messages::annotation::Annotation::Unknown);
    assert_eq!(log.send(unknown, Timestamp::ZERO), Err(SendError::Unknown));
}
