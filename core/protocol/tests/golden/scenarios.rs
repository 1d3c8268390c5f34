//! Calls, step by step: one device's inputs, and what it does after each.

use assist_protocol::call::{CallConfig, CallMachine, Input, Output};
use assist_protocol::{Address, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{files, read};

#[derive(Debug, Serialize, Deserialize)]
struct Scenario {
    name: String,
    me: Address,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Step {
    at_ms: u64,
    /// None: the time has come.
    input: Option<Value>,
    #[serde(default)]
    outputs: Vec<Value>,
    #[serde(default)]
    state: String,
}

fn replay(scenario: &Scenario) -> Vec<Step> {
    let mut machine = CallMachine::new(scenario.me.clone(), CallConfig::default());
    let run = |step: &Step| {
        let now = Timestamp::from_millis(step.at_ms);
        match &step.input {
            Some(input) => {
                let parsed: Input = serde_json::from_value(input.clone())
                    .unwrap_or_else(|error| panic!("{}: {input}: {error}", scenario.name));
                assert_eq!(
                    serde_json::to_value(&parsed).unwrap(),
                    *input,
                    "{}: a field too many",
                    scenario.name
                );
                machine.handle_input(parsed, now);
            }
            None => {
                let due = machine.poll_timeout();
                assert_eq!(due, Some(now), "{}: nothing is due at {} ms", scenario.name, step.at_ms);
                machine.handle_timeout(now);
            }
        }
        let outputs = std::iter::from_fn(|| machine.poll_output());
        let outputs = outputs
            .map(|output: Output| serde_json::to_value(output).unwrap())
            .collect();
        let state = machine.snapshot().map_or_else(
            || "idle".to_owned(),
            |snapshot| {
                serde_json::to_value(snapshot.state)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            },
        );
        Step {
            at_ms: step.at_ms,
            input: step.input.clone(),
            outputs,
            state,
        }
    };
    scenario.steps.iter().map(run).collect()
}

#[test]
fn every_scenario_replays() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    for (name, path) in files("call") {
        let mut scenario: Scenario = serde_json::from_value(read(&path)).unwrap();
        assert_eq!(scenario.name, name);
        let steps = replay(&scenario);
        if update {
            scenario.steps = steps;
            std::fs::write(&path, serde_json::to_string_pretty(&scenario).unwrap() + "\n").unwrap();
            continue;
        }
        for (number, (expected, actual)) in scenario.steps.iter().zip(&steps).enumerate() {
            let label = format!("{name}, step {number} at {} ms", expected.at_ms);
            assert_eq!(actual.outputs, expected.outputs, "{label}");
            assert_eq!(actual.state, expected.state, "{label}");
        }
    }
}
