//! One rule at a time.

use assist_protocol::Timestamp;
use assist_protocol::annotations::{Changed, Document, MarkView, Placement, Refusal};
use assist_protocol::messages::annotation::{Annotation, PinOutcome, PlaceOutcome, RefusedBecause, Tool};

use super::setup::{anchor, in_picture, ink, lens, mark, person, place, points, points_um, shape, space};

/// A viewer's replica, and what it is told.
struct Viewer(Document);

impl Viewer {
    fn new() -> Self {
        Self(Document::new(person("vera")))
    }

    fn take(&mut self, from: &str, annotation: &Annotation) -> Result<Changed, Refusal> {
        let before = self.0.revision();
        let result = self.0.receive(&person(from), annotation, Timestamp::ZERO);
        let is_news = result.as_ref().is_ok_and(|changed| *changed != Changed::Nothing);
        assert_eq!(
            self.0.revision() > before,
            is_news,
            "the revision grows with what shows, and only then"
        );
        result
    }

    fn erik(&self, number: u32) -> Option<MarkView<'_>> {
        self.0.mark(&mark("erik", number))
    }

    fn placement(&self) -> Placement<'_> {
        self.erik(1).unwrap().placement
    }
}

fn drawn(number: u32) -> Result<Changed, Refusal> {
    Ok(Changed::Drawn(mark("erik", number)))
}

fn placed() -> Result<Changed, Refusal> {
    Ok(Changed::Placed(mark("erik", 1)))
}

fn removed(numbers: &[u32]) -> Result<Changed, Refusal> {
    Ok(Changed::Removed {
        author: person("erik"),
        numbers: numbers.to_vec(),
    })
}

const NOTHING: Result<Changed, Refusal> = Ok(Changed::Nothing);

#[test]
fn points_show_up_to_the_first_gap() {
    let mut viewer = Viewer::new();
    assert_eq!(viewer.take("erik", &ink(1, 0..3, false)), drawn(1));
    assert_eq!(viewer.take("erik", &ink(1, 5..7, true)), NOTHING);
    assert_eq!(viewer.erik(1).unwrap().points, points(0..3));
    assert!(!viewer.erik(1).unwrap().is_done);
    assert_eq!(viewer.take("erik", &ink(1, 2..6, false)), drawn(1));
    assert_eq!(viewer.erik(1).unwrap().points, points(0..7));
    assert!(viewer.erik(1).unwrap().is_done);
    assert_eq!(viewer.erik(1).unwrap().changed_at, 2);
    for part in [ink(1, 0..3, false), ink(1, 5..7, true), ink(1, 7..7, true)] {
        assert_eq!(viewer.take("erik", &part), NOTHING);
    }
}

#[test]
fn a_mark_that_is_gone_never_comes_back() {
    let mut viewer = Viewer::new();
    assert_eq!(viewer.take("erik", &Annotation::Undo { mark: 1 }), NOTHING);
    assert_eq!(viewer.take("erik", &ink(1, 0..3, false)), NOTHING);
    assert_eq!(viewer.take("erik", &ink(2, 0..3, false)), drawn(2));
    assert_eq!(viewer.take("erik", &Annotation::Undo { mark: 2 }), removed(&[2]));
    assert_eq!(viewer.take("erik", &ink(2, 3..6, true)), NOTHING);
    assert_eq!(viewer.0.marks().count(), 0);
}

#[test]
fn clear_takes_all_up_to_a_number_but_for_exceptions() {
    let mut viewer = Viewer::new();
    for number in [2, 3, 5, 8] {
        assert_eq!(viewer.take("erik", &ink(number, 0..2, true)), drawn(number));
    }
    let clear = |through, except: &[u32]| Annotation::Clear {
        through,
        except: except.to_vec(),
    };
    assert_eq!(viewer.take("erik", &clear(7, &[5, 3])), removed(&[2]));
    assert_eq!(viewer.take("erik", &clear(7, &[5, 3])), NOTHING);
    assert_eq!(viewer.take("erik", &ink(4, 0..2, true)), NOTHING);
    assert_eq!(viewer.take("erik", &clear(8, &[])), removed(&[3, 5, 8]));
    assert_eq!(viewer.take("erik", &ink(9, 0..2, true)), drawn(9));
}

#[test]
fn undo_and_clear_touch_only_the_senders_marks() {
    let mut viewer = Viewer::new();
    viewer.take("erik", &ink(1, 0..2, true)).unwrap();
    viewer.take("mallory", &ink(1, 0..2, true)).unwrap();
    let clear = Annotation::Clear {
        through: 9,
        except: vec![],
    };
    for attempt in [Annotation::Undo { mark: 1 }, clear] {
        viewer.take("mallory", &attempt).unwrap();
    }
    assert!(viewer.erik(1).is_some());
    assert!(viewer.0.mark(&mark("mallory", 1)).is_none());
}

#[test]
fn a_mark_stays_what_it_was_begun_as() {
    let mut viewer = Viewer::new();
    viewer.take("erik", &ink(1, 0..2, false)).unwrap();
    let Annotation::Ink(mut other) = ink(1, 2..4, false) else {
        panic!("not ink")
    };
    other.stroke.tool = Tool::Arrow;
    assert_eq!(viewer.take("erik", &Annotation::Ink(other)), Err(Refusal::Invalid));
    assert_eq!(viewer.erik(1).unwrap().points, points(0..2));
    assert_eq!(
        viewer.take("erik", &ink(0, 0..1, false)),
        Err(Refusal::Invalid),
        "numbers begin at 1"
    );
    assert_eq!(
        viewer.take("erik", &ink(2, 2_000..2_100, false)),
        Err(Refusal::Invalid),
        "too long"
    );
}

#[test]
fn a_shape_is_put_together_and_the_highest_revision_counts() {
    let id = mark("erik", 1);
    let mut viewer = Viewer::new();
    viewer.take("erik", &ink(1, 0..2, true)).unwrap();
    assert_eq!(viewer.placement(), Placement::Waiting);
    let shown = |revision, points: &'static [[i32; 3]], is_complete| Placement::Shape {
        revision,
        anchor: 1,
        kind: Tool::Ink,
        points_um: points,
        is_complete,
    };
    let all: &'static [[i32; 3]] = points_um(0..4).leak();
    assert_eq!(viewer.take("tina", &place(&id, 3, shape(2..4, true))), placed());
    assert_eq!(viewer.placement(), shown(3, &[], false));
    assert_eq!(viewer.take("tina", &place(&id, 3, shape(0..2, false))), placed());
    assert_eq!(viewer.placement(), shown(3, all, true));
    assert_eq!(viewer.take("tina", &place(&id, 3, shape(0..2, false))), NOTHING);
    assert_eq!(viewer.take("tina", &place(&id, 2, in_picture())), NOTHING);
    let contradiction = viewer.take("tina", &place(&id, 3, in_picture()));
    assert_eq!(contradiction, Err(Refusal::Invalid));
    assert_eq!(viewer.take("tina", &place(&id, 4, shape(0..1, false))), placed());
    assert_eq!(viewer.placement(), shown(4, &all[..1], false));
    let refused = PlaceOutcome::Refused(RefusedBecause::TrackingLost);
    assert_eq!(viewer.take("tina", &place(&id, 5, refused)), placed());
    assert_eq!(viewer.placement(), Placement::Refused(RefusedBecause::TrackingLost));
    assert_eq!(viewer.0.usage(&person("tina")).shape_points, 0);
}

#[test]
fn a_place_waits_for_its_mark_and_goes_with_it() {
    let id = mark("erik", 1);
    let mut viewer = Viewer::new();
    assert_eq!(viewer.take("tina", &place(&id, 1, shape(0..2, true))), NOTHING);
    assert_eq!(viewer.take("erik", &ink(1, 0..2, true)), drawn(1));
    assert!(matches!(viewer.placement(), Placement::Shape { is_complete: true, .. }));
    viewer.take("erik", &Annotation::Undo { mark: 1 }).unwrap();
    assert_eq!(viewer.0.usage(&person("tina")), Default::default());
    assert_eq!(viewer.take("tina", &place(&id, 2, shape(0..2, true))), NOTHING);
    assert_eq!(viewer.0.usage(&person("tina")), Default::default());
}

#[test]
fn only_the_owner_of_the_space_places() {
    let id = mark("erik", 1);
    let mut viewer = Viewer::new();
    // Before the mark is known nobody can tell; it does not count all the same.
    assert_eq!(viewer.take("mallory", &place(&id, 9, in_picture())), NOTHING);
    viewer.take("erik", &ink(1, 0..2, true)).unwrap();
    assert_eq!(viewer.placement(), Placement::Waiting);
    for forger in ["mallory", "erik"] {
        let forged = viewer.take(forger, &place(&id, 10, in_picture()));
        assert_eq!(forged, Err(Refusal::NotTheOwner), "{forger}");
    }
    assert_eq!(viewer.placement(), Placement::Waiting);
    assert_eq!(viewer.take("tina", &place(&id, 1, in_picture())), placed());
    assert_eq!(
        viewer.placement(),
        Placement::Picture {
            revision: 1,
            points: &[],
            is_complete: true
        }
    );
}

#[test]
fn a_place_in_another_share_does_not_count() {
    let elsewhere = |revision| {
        let Annotation::Place(mut place) = place(&mark("erik", 1), revision, in_picture()) else {
            panic!("not a place")
        };
        place.share = 1;
        Annotation::Place(place)
    };
    let mut viewer = Viewer::new();
    assert_eq!(viewer.take("tina", &elsewhere(5)), NOTHING);
    viewer.take("erik", &ink(1, 0..2, true)).unwrap();
    assert_eq!(viewer.placement(), Placement::Waiting);
    assert_eq!(viewer.take("tina", &elsewhere(6)), Err(Refusal::NotTheOwner));
    assert_eq!(viewer.placement(), Placement::Waiting);
}

#[test]
fn live_names_a_mark_in_the_picture_by_its_revision() {
    let id = mark("erik", 1);
    let mut viewer = Viewer::new();
    viewer.take("tina", &place(&id, 7, in_picture())).unwrap();
    viewer.take("mallory", &place(&id, 8, in_picture())).unwrap();
    let named = |viewer: &Viewer, owner, revision| viewer.0.mark_in_picture(&person(owner), revision);
    assert_eq!(named(&viewer, "tina", 7), None, "there is no mark yet");
    viewer.take("erik", &ink(1, 0..2, true)).unwrap();
    assert_eq!(named(&viewer, "tina", 7), Some(id.clone()));
    assert_eq!(named(&viewer, "tina", 6), None);
    assert_eq!(named(&viewer, "mallory", 8), None, "not the owner");
    viewer.take("tina", &place(&id, 9, shape(0..2, true))).unwrap();
    assert_eq!(named(&viewer, "tina", 7), None, "placed anew");
    assert_eq!(named(&viewer, "tina", 9), None, "not in the picture");
}

#[test]
fn a_frozen_frame_is_asked_for_answered_and_let_go() {
    let mut viewer = Viewer::new();
    let freeze = |pin| Annotation::Freeze {
        pin,
        space: space("tina", 0),
        epoch: 1,
        at_us: 77,
    };
    let answer = |outcome| Annotation::Pinned {
        pin: 2,
        by: person("erik"),
        outcome,
    };
    let (author, pin) = (person("erik"), 2);
    let expired = PinOutcome::Refused(RefusedBecause::PinExpired);
    assert_eq!(viewer.take("mallory", &answer(expired)), NOTHING);
    assert_eq!(
        viewer.take("erik", &freeze(2)),
        Ok(Changed::Frozen {
            author: author.clone(),
            pin
        })
    );
    assert_eq!(viewer.take("erik", &freeze(2)), NOTHING);
    assert_eq!(viewer.0.pins().next().unwrap().outcome, None);
    assert_eq!(viewer.take("mallory", &answer(expired)), Err(Refusal::NotTheOwner));
    assert_eq!(
        viewer.take("tina", &answer(PinOutcome::Kept)),
        Ok(Changed::Pinned {
            author: author.clone(),
            pin
        })
    );
    assert_eq!(viewer.0.pins().next().unwrap().outcome, Some(PinOutcome::Kept));
    assert_eq!(
        viewer.take("tina", &answer(expired)),
        Ok(Changed::Pinned {
            author: author.clone(),
            pin
        })
    );
    assert_eq!(
        viewer.take("tina", &answer(PinOutcome::Kept)),
        NOTHING,
        "once refused, it stays refused"
    );
    assert_eq!(viewer.0.pins().next().unwrap().outcome, Some(expired));
    assert_eq!(
        viewer.take("erik", &Annotation::Thaw { pin }),
        Ok(Changed::Thawed { author, pin })
    );
    for late in [freeze(2), Annotation::Thaw { pin }] {
        assert_eq!(viewer.take("erik", &late), NOTHING);
    }
    assert_eq!(viewer.take("tina", &answer(PinOutcome::Kept)), NOTHING);
    assert_eq!(viewer.take("erik", &Annotation::Thaw { pin: 3 }), NOTHING);
    assert_eq!(
        viewer.take("erik", &freeze(3)),
        NOTHING,
        "let go before it was asked for"
    );
    assert_eq!(viewer.0.pins().count(), 0);
}

#[test]
fn frozen_frames_much_older_than_the_newest_are_forgotten() {
    let mut viewer = Viewer::new();
    let freeze = |pin| Annotation::Freeze {
        pin,
        space: space("tina", 0),
        epoch: 1,
        at_us: 77,
    };
    for pin in [1, 30, 65] {
        viewer.take("erik", &freeze(pin)).unwrap();
    }
    let pins: Vec<u32> = viewer.0.pins().map(|pin| pin.pin).collect();
    assert_eq!(pins, [30, 65]);
    assert_eq!(viewer.take("erik", &freeze(1)), NOTHING);
}

#[test]
fn anchors_and_lens_are_the_senders_own_and_the_highest_revision_counts() {
    let mut viewer = Viewer::new();
    let anchors = |revision, x_um| Annotation::Anchors {
        share: 0,
        revision,
        anchors: vec![anchor(1, x_um)],
    };
    let told = |revision, epoch| Annotation::Lens {
        share: 0,
        revision,
        lens: lens(epoch),
    };
    let tina = space("tina", 0);
    assert_eq!(viewer.take("tina", &anchors(2, 20)), Ok(Changed::Anchors(tina.clone())));
    assert_eq!(viewer.take("tina", &anchors(1, 10)), NOTHING);
    assert_eq!(viewer.take("tina", &told(4, 4)), Ok(Changed::Lens(tina.clone())));
    assert_eq!(viewer.take("tina", &told(3, 3)), NOTHING);
    viewer.take("mallory", &anchors(9, 90)).unwrap();
    viewer.take("mallory", &told(9, 9)).unwrap();
    assert_eq!(viewer.0.anchors(&tina), Some([anchor(1, 20)].as_slice()));
    assert_eq!(viewer.0.lens(&tina), Some(lens(4)));
}

#[test]
fn only_the_newest_shares_are_kept() {
    let mut viewer = Viewer::new();
    let mut tell = |share| {
        let lens = lens(share);
        let told = viewer.take(
            "tina",
            &Annotation::Lens {
                share,
                revision: 1,
                lens,
            },
        );
        told.unwrap() != Changed::Nothing
    };
    assert!([3, 0, 4, 5, 6].into_iter().all(&mut tell));
    assert!(!tell(0), "older than all that are kept");
    assert_eq!(viewer.0.lens(&space("tina", 0)), None);
    assert_eq!(viewer.0.lens(&space("tina", 3)), Some(lens(3)));
}

#[test]
fn what_comes_back_to_its_sender_changes_nothing() {
    let mut viewer = Viewer::new();
    assert_eq!(viewer.take("vera", &ink(1, 0..2, true)), NOTHING);
    assert_eq!(viewer.0.marks().count(), 0);
    assert_eq!(viewer.take("erik", &Annotation::Unknown), NOTHING);
}

#[test]
fn marks_come_by_author_and_number() {
    let mut viewer = Viewer::new();
    for (author, number) in [("tina", 2), ("erik", 7), ("tina", 1), ("erik", 3)] {
        viewer.take(author, &ink(number, 0..1, true)).unwrap();
    }
    let order: Vec<_> = viewer
        .0
        .marks()
        .map(|mark| (mark.author.as_str(), mark.number))
        .collect();
    assert_eq!(order, [("erik", 3), ("erik", 7), ("tina", 1), ("tina", 2)]);
}
