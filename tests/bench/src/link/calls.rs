//! Whole calls: pictures, sound, repairs and feedback, sent through what ships. `assist-bench link` shows the same and more.

#![allow(clippy::print_stdout, reason = "a test shows its figures")]

use std::ops::RangeInclusive;
use std::time::Duration;

use assist_link::media::{self, Case, Outcome};

use super::Ours;

/// One seed proves little: 5.1's goodput differs by 0.02 from one to the next.
const SEEDS: RangeInclusive<u64> = 1..=8;

fn outcomes(name: &str) -> Vec<Outcome> {
    let case: Case = media::cases()
        .unwrap()
        .into_iter()
        .find(|case| case.name == name)
        .unwrap();
    let run = |seed| media::run(&case, seed, case.setups().iter().map(Ours::new).collect()).0;
    let outcomes: Vec<Outcome> = SEEDS.map(run).collect();
    for outcome in &outcomes {
        let (goodput, p95) = (outcome.goodput(), outcome.wait_ms(0.95));
        println!(
            "{name}: goodput {goodput:.3}, p95 {p95:.0?} ms, reaction {:?} s, Jain {:.3?}",
            outcome.reaction_s(),
            outcome.jain()
        );
    }
    outcomes
}

fn mean_goodput(outcomes: &[Outcome]) -> f64 {
    outcomes.iter().map(Outcome::goodput).sum::<f64>() / outcomes.len() as f64
}

fn queues_are_short(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| outcome.wait_ms(0.95).unwrap() <= 100.0)
}

#[test]
fn variable_capacity_is_used_and_a_drop_is_answered() {
    let outcomes = outcomes("case_5_1");
    assert!(mean_goodput(&outcomes) >= 0.9 && queues_are_short(&outcomes));
    assert!(outcomes.iter().all(|outcome| outcome.reaction_s().unwrap() <= 1.5));
}

#[test]
fn a_tenth_lost_does_not_stop_a_call() {
    assert!(mean_goodput(&outcomes("case_5_1_loss10")) >= 0.75);
}

#[test]
fn calls_share_a_link_fairly() {
    let outcomes = outcomes("case_5_4");
    assert!(mean_goodput(&outcomes) >= 0.9 && queues_are_short(&outcomes));
    assert!(outcomes.iter().all(|outcome| outcome.jain().unwrap() >= 0.9));
}

#[test]
fn a_call_beside_tcp_is_not_starved() {
    for name in ["case_5_6", "case_5_6_queue1000"] {
        assert!(mean_goodput(&outcomes(name)) >= 0.3, "{name}");
    }
}

#[test]
fn what_would_change_after_the_end_is_no_drop_and_no_rise() {
    let mut case = media::cases().unwrap().into_iter().next().unwrap();
    case.length = Duration::from_secs(15);
    let (outcome, _) = media::run(&case, 1, case.setups().iter().map(Ours::new).collect());
    assert_eq!((outcome.reaction_s(), outcome.recovery_s()), (None, None));
    assert!(outcome.goodput() > 0.5);
}
