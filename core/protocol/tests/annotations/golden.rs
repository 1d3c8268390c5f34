//! The files under `tests/golden/annotations`, which the browser page's tests read too: what some people say, in what
//! orders it arrives, which of it is refused, and what a viewer then sees. `UPDATE_GOLDEN=1` writes the last two anew.

use std::collections::BTreeMap;
use std::path::Path;

use assist_protocol::annotations::{Document, Refusal};
use assist_protocol::messages::annotation::Annotation;
use assist_protocol::messages::channel::Operation;
use assist_protocol::{PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::setup::{annotation, person, shown};

#[derive(Serialize, Deserialize)]
struct Scenario {
    name: String,
    owners: Vec<PersonId>,
    /// By a short name.
    said: BTreeMap<String, Said>,
    orders: Vec<Order>,
    expected: Value,
}

#[derive(Serialize, Deserialize)]
struct Said {
    from: PersonId,
    operation: Value,
}

#[derive(Serialize, Deserialize)]
struct Order {
    arrives: Vec<String>,
    /// By their places in the order.
    refused: BTreeMap<usize, String>,
}

/// As the page calls it.
fn name(refusal: Refusal) -> String {
    let mut name = String::new();
    for letter in format!("{refusal:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

fn replay(scenario: &Scenario, order: &Order) -> (BTreeMap<usize, String>, Value) {
    let mut viewer = Document::new(person("vera"));
    let mut refused = BTreeMap::new();
    for (index, said) in order.arrives.iter().map(|said| &scenario.said[said]).enumerate() {
        let operation: Operation = serde_json::from_value(said.operation.clone()).unwrap();
        let annotation: &Annotation = annotation(&operation);
        if let Err(refusal) = viewer.receive(&said.from, annotation, Timestamp::ZERO) {
            refused.insert(index, name(refusal));
        }
    }
    (refused, shown(&viewer, &scenario.owners))
}

#[test]
fn every_order_comes_to_what_is_expected() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/annotations");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut scenario: Scenario = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(path.file_stem().unwrap().to_str().unwrap(), scenario.name);
        for index in 0..scenario.orders.len() {
            let (refused, expected) = replay(&scenario, &scenario.orders[index]);
            if update {
                scenario.orders[index].refused = refused;
                if index == 0 {
                    scenario.expected = expected;
                }
                continue;
            }
            let label = format!("{}, order {index}", scenario.name);
            assert_eq!(refused, scenario.orders[index].refused, "{label}");
            assert_eq!(expected, scenario.expected, "{label}");
        }
        if update {
            std::fs::write(&path, serde_json::to_string_pretty(&scenario).unwrap() + "\n").unwrap();
        }
        count += 1;
    }
    assert!(count > 0, "there are no golden files");
}
