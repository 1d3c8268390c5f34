//! Every situation of a call against every kind of input, held against `table.txt`: a situation or an input without a
//! row fails. `UPDATE_GOLDEN=1` writes the table anew; read the difference.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

mod inputs;
mod situations;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use assist_protocol::Timestamp;
use assist_protocol::call::{CallMachine, CallState, Output};
use assist_protocol::messages::{CallMessage, Wire};
use serde::Serialize;
use serde_json::Value;

use inputs::Stimulus;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/table/table.txt");

/// The wire name of a unit-like value.
fn name(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn state(machine: &CallMachine) -> String {
    machine.snapshot().map_or_else(
        || "idle".to_owned(),
        |snapshot| {
            let role = name(snapshot.role);
            let reason = snapshot
                .reason
                .map(|reason| format!(" {}", name(reason)))
                .unwrap_or_default();
            format!("{role} {}{reason}", name(snapshot.state))
        },
    )
}

fn brief(output: &Output) -> String {
    match output {
        Output::Send { body, to, .. } => {
            let body = serde_json::to_value(body).unwrap();
            let extra = body.get("reason").or_else(|| body.get("ended")).and_then(Value::as_str);
            let extra = extra.map(|extra| format!("({extra})")).unwrap_or_default();
            let fresh = body.get("fresh").map_or("", |_| " fresh");
            let all = if to.device.is_none() { " to all" } else { "" };
            format!("send {}{extra}{fresh}{all}", body["type"].as_str().unwrap())
        }
        Output::CreateOffer {
            round, restart, fresh, ..
        } => {
            let with = if *restart { " with restart" } else { "" };
            format!("create_offer {round}{with}{}", if *fresh { " fresh" } else { "" })
        }
        Output::CreateAnswer { round, fresh, .. } => {
            format!("create_answer {round}{}", if *fresh { " fresh" } else { "" })
        }
        Output::ApplyAnswer { round, .. } => format!("apply_answer {round}"),
        Output::AddCandidates { round, .. } => format!("add_candidates {round}"),
        Output::CloseMedia { .. } => "close_media".to_owned(),
        Output::Deliver { .. } => "deliver".to_owned(),
        Output::Changed { snapshot } => format!("changed({})", name(snapshot.state)),
    }
}

/// What a stimulus does in a situation: the state after it, and the outputs.
fn react(machine: &mut CallMachine, stimulus: Stimulus, now: Timestamp) -> (String, String) {
    match stimulus {
        Stimulus::Input(input) => machine.handle_input(*input, now),
        Stimulus::Time(passed) => machine.handle_timeout(now + passed),
    }
    let outputs: Vec<String> = std::iter::from_fn(|| machine.poll_output())
        .map(|output| brief(&output))
        .collect();
    (
        state(machine),
        if outputs.is_empty() {
            "nothing".to_owned()
        } else {
            outputs.join(", ")
        },
    )
}

type Table = BTreeMap<(String, String), (String, String)>;

fn actual() -> Table {
    let mut table = Table::new();
    for situation in situations::ALL {
        for (kind, stimulus) in inputs::all() {
            let (mut machine, now) = situations::make(situation);
            let row = react(&mut machine, stimulus, now);
            assert!(
                table.insert((situation.to_owned(), kind.clone()), row).is_none(),
                "{kind} stands twice"
            );
        }
    }
    table
}

/// Inputs of the same outcome share a row: `state after | outputs | input, input, …`.
fn write(table: &Table) -> String {
    let mut text = String::new();
    for situation in situations::ALL {
        let (machine, _) = situations::make(situation);
        writeln!(text, "# {situation}: {}", state(&machine)).unwrap();
        let mut rows: Vec<((String, String), Vec<String>)> = Vec::new();
        for (kind, _) in inputs::all() {
            let outcome = &table[&(situation.to_owned(), kind.clone())];
            match rows.iter_mut().find(|(known, _)| known == outcome) {
                Some((_, kinds)) => kinds.push(kind),
                None => rows.push((outcome.clone(), vec![kind])),
            }
        }
        for ((state, outputs), kinds) in rows {
            writeln!(text, "{state} | {outputs} | {}", kinds.join(", ")).unwrap();
        }
        text.push('\n');
    }
    text
}

fn read(text: &str) -> Table {
    let mut table = Table::new();
    let mut situation = "";
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("# ") {
            situation = title.split(':').next().unwrap();
            continue;
        }
        let [state, outputs, kinds] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("no row: {line}")
        };
        for kind in kinds.split(", ") {
            let row = (state.to_owned(), outputs.to_owned());
            let known = table.insert((situation.to_owned(), kind.to_owned()), row);
            assert!(known.is_none(), "{situation}: two rows for {kind}");
        }
    }
    table
}

#[test]
fn every_situation_takes_every_input_as_the_table_says() {
    let actual = actual();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(TABLE, write(&actual)).unwrap();
        return;
    }
    let expected = read(&std::fs::read_to_string(TABLE).unwrap());
    for (key, outcome) in &actual {
        let (situation, kind) = key;
        let row = expected
            .get(key)
            .unwrap_or_else(|| panic!("{situation}: no row for {kind}"));
        assert_eq!(outcome, row, "{situation}: {kind}");
    }
    let stray: Vec<_> = expected.keys().filter(|key| !actual.contains_key(*key)).collect();
    assert!(stray.is_empty(), "rows for what does not exist: {stray:?}");
}

#[test]
fn no_state_and_no_input_is_missing() {
    let made: BTreeSet<CallState> = situations::ALL
        .iter()
        .filter_map(|situation| situations::make(situation).0.snapshot().map(|snapshot| snapshot.state))
        .collect();
    assert_eq!(made, BTreeSet::from(CallState::ALL));
    let kinds: BTreeSet<String> = inputs::all().into_iter().map(|(kind, _)| kind).collect();
    for body in CallMessage::TYPES {
        assert!(
            kinds.iter().any(|kind| kind.starts_with(&format!("received {body}"))),
            "no input with {body}"
        );
    }
    for kind in inputs::KINDS {
        assert!(
            kinds.iter().any(|named| named.starts_with(kind)),
            "no input of kind {kind}"
        );
    }
}
