//! Whatever order, however often: the same picture.

use assist_protocol::annotations::Document;
use assist_protocol::messages::channel::Operation;
use assist_protocol::{PersonId, Timestamp};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::model::Model;
use super::script::{OWNERS, act};
use super::setup::{annotation, person, shown};

pub(crate) const PEOPLE: [&str; 4] = ["erik", "otto", "tina", "vera"];

pub(crate) fn owners() -> Vec<PersonId> {
    OWNERS.map(person).to_vec()
}

/// People who hear each other now and then. Returns their replicas, all that was said, and what it must come to.
pub(crate) fn a_call(random: &mut ChaCha8Rng, steps: usize) -> (Vec<Document>, Vec<(PersonId, Operation)>, Model) {
    let mut model = Model::default();
    let mut documents: Vec<Document> = PEOPLE.map(|name| Document::new(person(name))).into();
    let mut heard = [0; PEOPLE.len()];
    let mut said = Vec::new();
    for step in 0..steps {
        let who = random.random_range(0..PEOPLE.len());
        let now = Timestamp::from_millis(step as u64 * 50);
        let operations = act(&mut documents[who], &mut model, random, now);
        said.extend(operations.into_iter().map(|operation| (person(PEOPLE[who]), operation)));
        let listener = random.random_range(0..PEOPLE.len());
        if random.random_bool(0.5) {
            for (from, operation) in &said[heard[listener]..] {
                documents[listener].receive(from, annotation(operation), now).unwrap();
            }
            heard[listener] = said.len();
        }
    }
    (documents, said, model)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_order_and_any_repetition_comes_to_the_same(seed: u64, steps in 1_usize..400) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (documents, mut said, model) = a_call(&mut random, steps);
        // Some of it twice, and some of what a newcomer is told at any time.
        for index in 0..said.len() {
            if random.random_bool(0.3) {
                said.push(said[index].clone());
            }
        }
        for document in &documents {
            let told = document.for_newcomer().into_iter().filter(|_| random.random_bool(0.5));
            said.extend(told.map(|operation| (document.me().clone(), operation)));
        }
        let expected = model.shown();
        for reader in documents.into_iter().chain([Document::new(person("late"))]) {
            let mut reader = reader;
            said.shuffle(&mut random);
            for (from, operation) in &said {
                prop_assert!(reader.receive(from, annotation(operation), Timestamp::ZERO).is_ok(), "{:?}", operation);
            }
            prop_assert_eq!(shown(&reader, &owners()), expected.clone());
            let revision = reader.revision();
            for (from, operation) in &said {
                reader.receive(from, annotation(operation), Timestamp::ZERO).unwrap();
            }
            prop_assert_eq!(reader.revision(), revision, "nothing of it is news any more");
        }
    }

    #[test]
    fn a_newcomer_needs_nothing_else(seed: u64, steps in 1_usize..400) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let (documents, said, model) = a_call(&mut random, steps);
        let told = documents.iter().flat_map(|document| {
            document.for_newcomer().into_iter().map(|operation| (document.me().clone(), operation))
        });
        let mut told: Vec<_> = told.collect();
        told.shuffle(&mut random);
        // One replica is empty, another stopped hearing at some time.
        let mut behind = Document::new(person("late"));
        for (from, operation) in &said[..random.random_range(0..=said.len())] {
            behind.receive(from, annotation(operation), Timestamp::ZERO).unwrap();
        }
        for mut reader in [Document::new(person("late")), behind] {
            for (from, operation) in &told {
                prop_assert!(reader.receive(from, annotation(operation), Timestamp::ZERO).is_ok(), "{:?}", operation);
            }
            prop_assert_eq!(shown(&reader, &owners()), model.shown());
        }
    }
}
