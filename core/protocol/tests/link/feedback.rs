//! Word of what arrived is lost, or stays away, while the way there is as good as ever.

use std::time::Duration;

use crate::call::{Outcome, Plan, run};
use crate::probing::{path, s};

fn call(kbps: u64, feedback_lost: fn(Duration) -> f64, seed: u64) -> Outcome {
    let plan = Plan {
        there: vec![(s(0), path(kbps))],
        has_picture: |_| true,
        feedback_lost,
        start_bps: 1_500_000.0,
        length: s(60),
    };
    run(&plan, seed)
}

const RATES_KBPS: [u64; 3] = [300, 1_000, 3_000];

#[test]
fn with_half_of_the_feedback_lost_a_call_goes_on() {
    for (share_lost, least) in [(0.1, 0.95), (0.5, 0.85)] {
        for kbps in RATES_KBPS {
            for seed in 0..4 {
                let feedback_lost = if share_lost < 0.5 { |_| 0.1 } else { |_| 0.5 };
                let outcome = call(kbps, feedback_lost, seed);
                let share = outcome.arrived(10, 60) / (1_000 * kbps) as f64;
                let sound = outcome.sound_within(Duration::from_millis(450), 10, 59);
                println!("{kbps} kbit/s, {} lost: {share:.3} used, sound {sound:.4}", share_lost);
                assert!(share >= least && sound >= 0.99);
            }
        }
    }
}

#[test]
fn ten_seconds_without_feedback_are_neither_a_collapse_nor_a_flood() {
    let is_away = |now| if (s(20)..s(30)).contains(&now) { 1.0 } else { 0.0 };
    for kbps in RATES_KBPS {
        for seed in 0..4 {
            let outcome = call(kbps, is_away, seed);
            let (before, meanwhile) = (outcome.arrived(10, 20), outcome.sent(21, 30));
            let (after, sound) = (
                outcome.arrived(40, 50),
                outcome.sound_within(Duration::from_millis(450), 20, 59),
            );
            println!(
                "{kbps} kbit/s: {before:.0} before, {meanwhile:.0} sent meanwhile, {after:.0} after, sound {sound:.4}, {:.1?}",
                outcome.verdicts
            );
            assert!(meanwhile <= before && after >= 0.8 * before && sound >= 0.99);
        }
    }
}
