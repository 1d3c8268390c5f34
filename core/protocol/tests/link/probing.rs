//! What is sent only to find out what the link bears.

use std::time::Duration;

use assist_link::path::PathConfig;
use assist_protocol::link::Verdict;

use crate::call::{Outcome, Plan, run};

pub(crate) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many kbit/s, one way 50 ms, a queue of 300 ms.
pub(crate) fn path(kbps: u64) -> PathConfig {
    PathConfig::clean(1_000 * kbps, Duration::from_millis(50), Duration::from_millis(300))
}

/// The camera is paused from 30 s on. The link is good until 20 s, then so bad, and good again at 60 s, a little later with each seed.
fn paused_on(kbps: u64, seed: u64) -> Outcome {
    let later = Duration::from_millis(31 * seed);
    let plan = Plan {
        there: vec![
            (s(0), path(3_000)),
            (s(20) + later, path(kbps)),
            (s(60) + later, path(3_000)),
        ],
        has_picture: |now| now < s(30),
        feedback_lost: |_| 0.0,
        start_bps: 1_500_000.0,
        length: s(100),
    };
    run(&plan, seed)
}

#[test]
fn the_way_back_is_found_while_the_camera_is_paused() {
    for kbps in [100, 150, 500, 1_000] {
        for seed in 0..4 {
            let outcome = paused_on(kbps, seed);
            let (first, last) = (outcome.verdicts[0], *outcome.verdicts.last().unwrap());
            println!(
                "{kbps} kbit/s: {:.1?}, padding {} bytes, sound within 0.5 s {:.4}",
                outcome.verdicts,
                outcome.padding_bytes.iter().sum::<u64>(),
                outcome.sound_within(Duration::from_millis(500), 35, 99)
            );
            assert!(first.1 != Verdict::Good && first.0 < s(24), "{first:?}");
            assert!(last.1 == Verdict::Good && (s(62)..s(85)).contains(&last.0), "{last:?}");
            // A probe on so thin a link takes 0.26 s, and sound waits behind it, but comes.
            assert!(outcome.sound_within(Duration::from_millis(500), 35, 99) >= 0.999);
        }
    }
}

#[test]
fn a_good_link_is_not_probed() {
    for has_picture in [(|_| false) as fn(Duration) -> bool, |_| true] {
        let plan = Plan {
            there: vec![(s(0), path(3_000))],
            has_picture,
            feedback_lost: |_| 0.0,
            start_bps: 1_500_000.0,
            length: s(60),
        };
        let padding: u64 = run(&plan, 1).padding_bytes.iter().sum();
        assert_eq!(padding, 0);
    }
}

#[test]
fn neither_dips_nor_jitter_are_taken_for_a_poor_link() {
    let mut jittery = path(2_500);
    jittery.way.jitter = Duration::from_millis(20);
    for seed in 0..8 {
        let begins = |dip: u64| s(15 * dip) + Duration::from_millis(31 * seed);
        let dips = (1..8).flat_map(|dip| [(begins(dip), path(300)), (begins(dip) + s(2), path(2_500))]);
        let dips = [(s(0), path(2_500))].into_iter().chain(dips).collect();
        for there in [dips, vec![(s(0), jittery.clone())]] {
            let plan = Plan {
                there,
                has_picture: |now| now.as_secs() % 20 < 15,
                feedback_lost: |_| 0.0,
                start_bps: 1_500_000.0,
                length: s(120),
            };
            assert_eq!(run(&plan, seed).verdicts, []);
        }
    }
}
