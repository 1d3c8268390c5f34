//! The verdict on links that get worse, and on links that do not.

use std::time::Duration;

use crate::evaluation::{Drop, begins, drop, ms, s, timed};
use crate::world::run;

const ROUND_TRIPS_MS: [u64; 4] = [50, 150, 300, 800];
const SEEDS: std::ops::Range<u64> = 0..20;

fn prompted(of: Drop) {
    for round_trip_ms in ROUND_TRIPS_MS {
        if matches!(of, Drop::RoundTrip(_)) && round_trip_ms > 300 {
            continue;
        }
        let (prompt, unprompt) = timed(of, ms(round_trip_ms), SEEDS);
        println!(
            "{of:?}, round trip {round_trip_ms} ms: prompt {}; back {}",
            prompt.said(),
            unprompt.said()
        );
    }
}

#[test]
fn a_link_that_carries_less() {
    prompted(Drop::Rate(2_500_000, 1_000_000));
    prompted(Drop::Rate(4_000_000, 300_000));
    prompted(Drop::Rate(2_500_000, 0));
    prompted(Drop::Rate(2_500_000, 0));
}

#[test]
fn a_link_that_loses_more() {
    prompted(Drop::Loss(0.0, 0.2));
    prompted(Drop::Loss(0.01, 0.3));
}

#[test]
fn a_link_that_takes_longer() {
    prompted(Drop::RoundTrip(ms(1_500)));
    prompted(Drop::RoundTrip(ms(2_500)));
}

#[test]
fn dips() {
    let dips = [
        Drop::Rate(2_500_000, 1_000_000),
        Drop::Rate(2_500_000, 600_000),
        Drop::Rate(4_000_000, 200_000),
        Drop::Rate(2_500_000, 0),
        Drop::Loss(0.0, 0.3),
        Drop::Loss(0.01, 0.9),
        Drop::RoundTrip(ms(1_500)),
    ];
    for dip in dips {
        for round_trip_ms in ROUND_TRIPS_MS {
            let mut prompts = 0;
            let mut probes = 0;
            for seed in SEEDS {
                let scenario = drop(dip, ms(round_trip_ms), s(2), seed);
                let judged = run(&scenario);
                probes += judged.probe_bytes;
                prompts += judged.prompts();
                if seed < 3 && judged.prompts() > 0 {
                    println!("   at {:?} {:?}", begins(&scenario), judged.changes);
                }
            }
            println!(
                "{dip:?} {round_trip_ms} ms: {prompts} prompts, {} kB probes",
                probes / 20_000
            );
        }
    }
    let _ = Duration::ZERO;
}

#[test]
#[ignore]
fn one() {
    for seed in 0..20 {
        let scenario = drop(
            Drop::Rate(2_500_000, 0),
            ms(std::env::var("RTT").unwrap().parse().unwrap()),
            s(2),
            seed,
        );
        println!("seed {seed} at {:?}", begins(&scenario));
        let judged = run(&scenario);
        println!("{:?}", judged.changes);
    }
}

#[test]
fn good_links() {
    use crate::evaluation::*;
    use crate::world::Picture;
    use assist_link::LinkConfig;
    let mut all = 0.0;
    for (name, bps, jitter, loss, picture) in [
        ("good 4M", 4_000_000, 0.0, 0.0, Picture::Moving),
        ("good 2.5M", 2_500_000, 0.0, 0.0, Picture::Moving),
        ("good 2M", 2_000_000, 0.0, 0.0, Picture::Moving),
        ("good 2M 1%", 2_000_000, 0.0, 0.01, Picture::Moving),
        ("good 5%", 3_000_000, 0.0, 0.05, Picture::Moving),
        ("jitter", 2_500_000, 0.2, 0.0, Picture::Moving),
        ("jitter still", 2_500_000, 0.2, 0.0, Picture::Still(50_000.0)),
        ("still", 2_500_000, 0.0, 0.0, Picture::Still(50_000.0)),
        ("still 400k", 2_500_000, 0.0, 0.01, Picture::Still(400_000.0)),
        ("paused", 2_500_000, 0.2, 0.01, Picture::Paused),
    ] {
        for round_trip_ms in ROUND_TRIPS_MS {
            let (mut prompts, mut probes) = (0, 0);
            for seed in 0..5 {
                let mut config = path(bps, loss, ms(round_trip_ms));
                config.way = LinkConfig {
                    jitter: config.way.delay.mul_f64(jitter),
                    is_ordered: false,
                    ..config.way
                };
                let judged = run(&steady(config, picture, s(600), seed));
                all += 600.0;
                prompts += judged.prompts();
                probes += judged.probe_bytes;
                if judged.prompts() > 0 {
                    println!("   {:?}", judged.changes);
                }
            }
            println!(
                "{name} {round_trip_ms} ms: {prompts} prompts, {} kB probes",
                probes / 1_000
            );
        }
    }
    println!("{} h", all / 3600.0);
}

#[test]
fn mobiles() {
    use crate::evaluation::*;
    use assist_link::mobile::Mobile;
    for (name, link) in [
        ("LTE down", Mobile::LTE_DOWN),
        ("LTE up", Mobile::LTE_UP),
        ("3G", Mobile::UMTS_UP),
    ] {
        for seed in 0..3 {
            let (judged, agreement) = mobile(link, seed, s(600));
            println!(
                "{name} {seed}: {agreement:?} prompts {} probes {} kB",
                judged.prompts(),
                judged.probe_bytes / 1000
            );
        }
    }
}
