//! The standard test cases for congestion control of interactive media (RFC 8867) as far as one direction goes, and more.

use std::sync::Arc;
use std::time::Duration;

use assist_link::loss::Loss;
use assist_link::mobile::Mobile;
use assist_link::path::PathConfig;
use assist_link::rate::Rate;
use assist_link::tcp::TcpSender;
use assist_protocol::Timestamp;
use assist_protocol::link::{EstimatorConfig, LinkEstimator, Received};
use proptest::prelude::*;

use crate::world::{Outcome, Source, run};

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// One way 50 ms, queue in ms; from each second on, so many Mbit/s.
fn path(queue_ms: u64, steps: &[(u64, f64)]) -> PathConfig {
    let step = |(second, mbps): &(u64, f64)| (Duration::from_secs(*second), (mbps * 1e6) as u64);
    PathConfig {
        rate: Rate::Schedule(steps.iter().map(step).collect::<Vec<_>>().into()),
        ..PathConfig::clean(0, ms(50), ms(queue_ms))
    }
}

const CASE_5_1: [(u64, f64); 4] = [(0, 1.0), (40, 2.5), (60, 0.6), (80, 1.0)];

/// In words; `--nocapture` shows them.
fn said(outcome: &Outcome) -> String {
    let (goodput, fairness) = (&outcome.goodput, outcome.fairness());
    let waits = (outcome.wait_ms(0.5), outcome.wait_ms(0.95));
    let words = format!("goodput {goodput:.3?}, waits {waits:.0?} ms, fairness {fairness:.3}");
    println!("{words}");
    words
}

#[test]
fn case_5_1_variable_capacity() {
    let outcome = run(&path(300, &CASE_5_1), &[Source::at(0)], None, 100);
    let reaction_s = outcome.reaction_s(0, Duration::from_secs(60), 600_000.0);
    let words = format!("{}, reaction {reaction_s} s", said(&outcome));
    assert!(outcome.whole() >= 0.90 && outcome.wait_ms(0.95) <= 100.0, "{words}");
    assert!(reaction_s <= 1.5, "{words}");
}

#[test]
fn case_5_1_with_a_tenth_lost() {
    let config = PathConfig {
        loss: Loss::Random(0.1),
        ..path(300, &CASE_5_1)
    };
    let outcome = run(&config, &[Source::at(0)], None, 100);
    let words = said(&outcome);
    assert!(outcome.whole() >= 0.75 && outcome.wait_ms(0.95) <= 150.0, "{words}");
}

#[test]
fn case_5_2_two_flows_on_a_variable_capacity() {
    let steps = [(0, 4.0), (25, 2.0), (50, 3.5), (75, 1.0), (100, 2.0)];
    let outcome = run(&path(300, &steps), &[Source::at(0), Source::at(0)], None, 125);
    let words = said(&outcome);
    assert!(outcome.whole() >= 0.85 && outcome.fairness() >= 0.9, "{words}");
}

#[test]
fn case_5_4_three_flows_that_come_one_after_the_other() {
    let sources = [Source::at(0), Source::at(20), Source::at(40)];
    let outcome = run(&path(300, &[(0, 3.5)]), &sources, None, 120);
    let words = said(&outcome);
    assert!(outcome.whole() >= 0.9 && outcome.fairness() >= 0.9, "{words}");
}

#[test]
fn case_5_5_five_flows_with_ways_of_their_own() {
    // One way 10, 25, 50, 100 and 150 ms.
    let mut config = path(300, &[(0, 4.0)]);
    config.way.delay = ms(10);
    let source = |(index, extra_ms): (u64, &u64)| Source {
        extra: ms(*extra_ms),
        ..Source::at(10 * index)
    };
    let sources: Vec<_> = (0..).zip(&[0, 15, 40, 90, 140]).map(source).collect();
    let outcome = run(&config, &sources, None, 300);
    let words = said(&outcome);
    assert!(outcome.whole() >= 0.85 && outcome.fairness() >= 0.8, "{words}");
}

#[test]
fn case_5_6_beside_a_long_tcp_flow() {
    for queue_ms in [300, 1_000] {
        let tcp = Some(TcpSender::new(None));
        let outcome = run(&path(queue_ms, &[(0, 2.0)]), &[Source::at(0)], tcp, 120);
        let words = said(&outcome);
        assert!(outcome.whole() >= 0.3, "queue of {queue_ms} ms: {words}");
    }
}

#[test]
fn case_5_8_one_of_three_pauses() {
    let mut sources = [Source::at(0); 3];
    sources[0].pause = (Duration::from_secs(40), Duration::from_secs(60));
    let outcome = run(&path(300, &[(0, 3.5)]), &sources, None, 120);
    let words = said(&outcome);
    assert!(outcome.whole() >= 0.9 && outcome.fairness() >= 0.9, "{words}");
}

#[test]
fn mobile_links_are_used_and_not_filled() {
    for mobile in [Mobile::LTE_DOWN, Mobile::LTE_UP, Mobile::UMTS_UP] {
        let trace = mobile.trace(1, Duration::from_secs(300)).unwrap();
        let config = PathConfig {
            rate: Rate::Trace(Arc::new(trace)),
            ..PathConfig::clean(0, ms(50), ms(1_000))
        };
        let outcome = run(&config, &[Source::at(0)], None, 120);
        let words = said(&outcome);
        assert!(outcome.whole() >= 0.3, "{mobile:?}: {words}");
    }
}

#[test]
fn a_pause_is_not_forgotten_capacity() {
    let mut source = Source::at(0);
    source.pause = (Duration::from_secs(30), Duration::from_secs(60));
    let outcome = run(&path(300, &[(0, 2.0)]), &[source], None, 65);
    // In the first second after it.
    assert!(
        outcome.sent_bps[0][121] > 1_200_000.0,
        "{:.0?}",
        &outcome.sent_bps[0][118..124]
    );
}

proptest! {
    /// A peer may say anything.
    #[test]
    fn whatever_is_told_the_target_stays_in_its_bounds(
        told in prop::collection::vec((0..300_u64, any::<u64>(), prop::option::of(any::<u64>())), 0..200),
    ) {
        let config = EstimatorConfig::default();
        let mut estimator = LinkEstimator::new(config);
        for (number, (numbered, now_us, at_us)) in told.into_iter().enumerate() {
            let now = Timestamp::from_micros(now_us);
            estimator.sent(number as u64, 1_200, now);
            estimator.feedback(&[Received { number: numbered, at_us }], now);
            let target = estimator.target_bps();
            prop_assert!((config.least_bps..=config.most_bps).contains(&target), "{target}");
            prop_assert!(estimator.loss() <= 1.0 && estimator.queue_delay() >= Duration::ZERO);
        }
    }
}
