//! Whatever one person sends: what others drew stays as it is, and only so much is kept.

use assist_protocol::annotations::limits::{
    MAX_GONE_RUNS, MAX_MARKS_RECEIVED, MAX_PEOPLE, MAX_PLACES_RECEIVED, MAX_POINTS_RECEIVED,
    MAX_SHAPES_POINTS_RECEIVED, PINS_REMEMBERED,
};
use assist_protocol::annotations::{Document, Refusal};
use assist_protocol::messages::annotation::{
    Anchor, Annotation, Ink, InkSample, PicturePart, PinOutcome, Place, PlaceOutcome, RefusedBecause, ShapePart, Space,
    Stroke, Tool,
};
use assist_protocol::{PersonId, Timestamp};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;

use super::any_order::{PEOPLE, a_call, owners};
use super::setup::{anchor, annotation, in_picture, ink, lens, mark, person, place, shape, shown, stroke};

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..12, any::<u32>()]
}

fn somebody() -> impl Strategy<Value = PersonId> {
    prop::sample::select(vec!["erik", "otto", "tina", "vera", "mallory", "nobody"]).prop_map(person)
}

fn a_space() -> impl Strategy<Value = Space> {
    (somebody(), number()).prop_map(|(owner, share)| Space { owner, share })
}

fn a_stroke() -> impl Strategy<Value = Stroke> {
    (a_space(), prop::option::of(number())).prop_map(|(space, pin)| Stroke { space, pin, ..stroke() })
}

fn an_outcome() -> impl Strategy<Value = PlaceOutcome> {
    let part = (
        number(),
        number(),
        prop::collection::vec(any::<[i32; 3]>(), 0..40),
        any::<bool>(),
    );
    prop_oneof![
        part.prop_map(|(anchor, from, points_um, complete)| PlaceOutcome::Shape(ShapePart {
            anchor,
            kind: Tool::Ink,
            from,
            points_um,
            complete,
        })),
        (number(), prop::collection::vec(any::<[i32; 2]>(), 0..40), any::<bool>())
            .prop_map(|(from, points, complete)| { PlaceOutcome::Picture(PicturePart { from, points, complete }) }),
        Just(PlaceOutcome::Refused(RefusedBecause::TooLong)),
    ]
}

/// Anything that a decoder lets through.
pub(crate) fn anything() -> impl Strategy<Value = Annotation> {
    let samples = prop::collection::vec((any::<u32>(), 0..=65_536_u32, 0..=65_536_u32), 0..40);
    let an_ink = (number(), a_stroke(), number(), any::<u64>(), samples, any::<bool>());
    prop_oneof![
        an_ink.prop_map(|(mark, stroke, from, at_us, samples, done)| {
            let points = samples.into_iter().map(|(dt_us, x, y)| InkSample { dt_us, x, y });
            Annotation::Ink(Ink {
                mark,
                stroke,
                epoch: 1,
                from,
                at_us,
                points: points.collect(),
                done,
            })
        }),
        number().prop_map(|mark| Annotation::Undo { mark }),
        (number(), prop::collection::vec(number(), 0..12))
            .prop_map(|(through, except)| Annotation::Clear { through, except }),
        (number(), a_space()).prop_map(|(pin, space)| Annotation::Freeze {
            pin,
            space,
            epoch: 1,
            at_us: 1
        }),
        number().prop_map(|pin| Annotation::Thaw { pin }),
        (number(), somebody()).prop_map(|(pin, by)| Annotation::Pinned {
            pin,
            by,
            outcome: PinOutcome::Kept
        }),
        (somebody(), number(), number(), number(), an_outcome()).prop_map(
            |(author, mark, share, revision, outcome)| {
                Annotation::Place(Place {
                    author,
                    mark,
                    share,
                    revision,
                    outcome,
                })
            }
        ),
        (number(), number(), prop::collection::vec(any::<i32>(), 0..5)).prop_map(|(share, revision, x_um)| {
            let anchors: Vec<Anchor> = x_um.into_iter().map(|x_um| anchor(1, x_um)).collect();
            Annotation::Anchors {
                share,
                revision,
                anchors,
            }
        }),
        (number(), number()).prop_map(|(share, revision)| Annotation::Lens {
            share,
            revision,
            lens: lens(1)
        }),
        Just(Annotation::Unknown),
    ]
}

/// What a replica shows of everybody but Mallory.
fn shown_of_others(document: &Document) -> Value {
    let mut shown = shown(document, &owners());
    for list in ["marks", "pins"] {
        let entries = shown[list].as_array_mut().unwrap();
        entries.retain(|entry| entry["author"] != "mallory");
    }
    shown
}

fn check_bounds(document: &Document, of: &str) {
    let usage = document.usage(&person(of));
    assert!(usage.marks <= MAX_MARKS_RECEIVED, "{usage:?}");
    assert!(usage.points <= MAX_POINTS_RECEIVED, "{usage:?}");
    assert!(usage.gone_runs <= MAX_GONE_RUNS, "{usage:?}");
    assert!(usage.pins <= PINS_REMEMBERED as usize, "{usage:?}");
    assert!(usage.places <= MAX_PLACES_RECEIVED, "{usage:?}");
    assert!(usage.shape_points <= MAX_SHAPES_POINTS_RECEIVED, "{usage:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn nobody_changes_what_others_did(
        seed: u64,
        steps in 1_usize..200,
        attacks in prop::collection::vec(anything(), 0..400),
    ) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (_, said, model) = a_call(&mut random, steps);
        let (mut calm, mut attacked) = (Document::new(person("late")), Document::new(person("late")));
        let mut attacks = attacks.iter();
        for (from, operation) in &said {
            while let Some(attack) = attacks.next().filter(|_| random.random_bool(0.7)) {
                drop(attacked.receive(&person("mallory"), attack, Timestamp::ZERO));
            }
            let expected = calm.receive(from, annotation(operation), Timestamp::ZERO);
            prop_assert_eq!(attacked.receive(from, annotation(operation), Timestamp::ZERO), expected);
        }
        for attack in attacks {
            drop(attacked.receive(&person("mallory"), attack, Timestamp::ZERO));
        }
        prop_assert_eq!(shown_of_others(&attacked), shown_of_others(&calm));
        prop_assert_eq!(shown_of_others(&calm), model.shown());
        check_bounds(&attacked, "mallory");
        for name in PEOPLE {
            prop_assert_eq!(attacked.usage(&person(name)), calm.usage(&person(name)));
        }
    }
}

/// One day later each time, so that the rate is not what refuses.
fn flood(document: &mut Document, attacks: impl Iterator<Item = Annotation>) -> usize {
    let mut refused = 0;
    for (number, attack) in attacks.enumerate() {
        let now = Timestamp::from_millis(number as u64 * 86_400_000);
        let result = document.receive(&person("mallory"), &attack, now);
        refused += usize::from(result == Err(Refusal::TooMuch));
        if number % 1_000 == 0 {
            check_bounds(document, "mallory");
        }
    }
    check_bounds(document, "mallory");
    refused
}

#[test]
fn floods_end_at_the_bounds() {
    let floods: [(&str, Box<dyn Iterator<Item = Annotation>>); 8] = [
        ("marks", Box::new((1..2_500).map(|mark| ink(mark, 0..1, false)))),
        (
            "points",
            Box::new((1..2_000).map(|mark| ink(mark % 1_900 + 1, 0..128, false))),
        ),
        (
            "points that wait",
            Box::new((0..3_000).map(|number| {
                let from = number % 600 * 3 + 1;
                ink(number / 600 + 1, from..from + 128, false)
            })),
        ),
        (
            "gaps",
            Box::new((1..4_000).map(|mark| Annotation::Undo { mark: mark * 2 })),
        ),
        (
            "places",
            Box::new((1..9_500).map(|number| place(&mark("erik", number), 1, in_picture()))),
        ),
        (
            "shapes",
            Box::new((1..2_000).map(|number| place(&mark("erik", number), 1, shape(0..256, false)))),
        ),
        (
            "people that are placed",
            Box::new((1..100).map(|number| place(&mark(&format!("p{number}"), 1), 1, in_picture()))),
        ),
        (
            "answers",
            Box::new((1..300).map(|pin| Annotation::Pinned {
                pin,
                by: person("erik"),
                outcome: PinOutcome::Kept,
            })),
        ),
    ];
    for (what, attacks) in floods {
        let mut document = Document::new(person("vera"));
        assert!(flood(&mut document, attacks) > 0, "{what}: there is no end");
    }
    let mut document = Document::new(person("vera"));
    let freezes = (1..5_000).map(|pin| Annotation::Freeze {
        pin,
        space: stroke().space,
        epoch: 1,
        at_us: 1,
    });
    assert_eq!(flood(&mut document, freezes), 0, "old ones are forgotten");
    assert_eq!(document.pins().count(), PINS_REMEMBERED as usize);
}

#[test]
fn only_so_many_people_are_kept() {
    let mut document = Document::new(person("vera"));
    for number in 1..MAX_PEOPLE {
        let from = person(&format!("p{number}"));
        assert!(document.receive(&from, &ink(1, 0..1, true), Timestamp::ZERO).is_ok());
    }
    let one_more = document.receive(&person("mallory"), &ink(1, 0..1, true), Timestamp::ZERO);
    assert_eq!(one_more, Err(Refusal::TooManyPeople));
    assert_eq!(document.marks().count(), MAX_PEOPLE - 1);
}

#[test]
fn a_flood_is_slowed_down() {
    let mut document = Document::new(person("vera"));
    let mut send = |milliseconds| {
        document.receive(
            &person("mallory"),
            &ink(1, 0..1, true),
            Timestamp::from_millis(milliseconds),
        )
    };
    assert!((0..65_536).all(|_| send(0).is_ok()));
    assert_eq!(send(0), Err(Refusal::TooFast));
    assert!((0..8_000).all(|_| send(1_000).is_ok()));
    assert_eq!(send(1_000), Err(Refusal::TooFast));
}
