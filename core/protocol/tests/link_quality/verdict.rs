//! The verdict on links that get worse, and on links that do not.

use std::time::Duration;

use assist_link::LinkConfig;
use assist_link::mobile::Mobile;
use assist_link::path::PathConfig;

use crate::evaluation::{Drop, drop, mobile, ms, path, per_minute, s, steady, timed};
use crate::world::{Picture, run};

const ROUND_TRIPS_MS: [u64; 4] = [50, 150, 300, 800];
const SEEDS: std::ops::Range<u64> = 0..20;

/// Said within 3 s, or 5 s where round trips are over 300 ms, and taken back within so long after its end.
fn is_said(of: Drop, unprompt: Duration) {
    for round_trip_ms in ROUND_TRIPS_MS {
        if matches!(of, Drop::RoundTrip(_)) && round_trip_ms > 300 {
            continue;
        }
        let (prompt, back) = timed(of, ms(round_trip_ms), SEEDS);
        println!(
            "{of:?}, round trip {round_trip_ms} ms: prompt {}; back {}",
            prompt.said(),
            back.said()
        );
        let goal_s = if round_trip_ms <= 300 { 3.0 } else { 5.0 };
        assert_eq!((prompt.missed, back.missed), (0, 0));
        assert!(prompt.share(1.0) <= goal_s, "{of:?} at {round_trip_ms} ms");
        assert!(
            back.share(1.0) <= unprompt.as_secs_f64(),
            "{of:?} at {round_trip_ms} ms"
        );
    }
}

#[test]
fn a_link_that_carries_less() {
    is_said(Drop::Rate(2_500_000, 1_000_000), s(16));
    is_said(Drop::Rate(4_000_000, 300_000), s(16));
    is_said(Drop::Rate(2_500_000, 0), s(16));
}

#[test]
fn a_link_that_loses_more() {
    is_said(Drop::Loss(0.0, 0.2), s(10));
    is_said(Drop::Loss(0.01, 0.3), s(10));
}

#[test]
fn a_link_that_takes_longer() {
    is_said(Drop::RoundTrip(ms(1_500)), s(10));
    is_said(Drop::RoundTrip(ms(2_500)), s(10));
}

#[test]
fn a_dip_of_two_seconds_is_not_said() {
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
            for seed in SEEDS {
                let judged = run(&drop(dip, ms(round_trip_ms), s(2), seed));
                assert_eq!(
                    judged.prompts(),
                    0,
                    "{dip:?} at {round_trip_ms} ms: {:?}",
                    judged.changes
                );
            }
        }
    }
}

/// Ten minutes from each of three seeds: what is prompted, and how much probes take, kB.
fn at_rest(bps: u64, jitter: f64, loss: f64, picture: Picture, round_trip: Duration) -> (usize, u64) {
    let of_seed = |seed| {
        let mut config = path(bps, loss, round_trip);
        config.way = LinkConfig {
            jitter: config.way.delay.mul_f64(jitter),
            is_ordered: false,
            ..config.way
        };
        let judged = run(&steady(config, picture, s(600), seed));
        (judged.prompts(), judged.probe_bytes / 1_000)
    };
    let of_all = (0..3).map(of_seed);
    of_all.fold((0, 0), |(prompts, kb), (more, more_kb)| (prompts + more, kb + more_kb))
}

#[test]
fn nothing_is_said_of_good_links_jitter_and_still_scenes() {
    for (bps, jitter, loss, picture) in [
        (4_000_000, 0.0, 0.0, Picture::Moving),
        (2_500_000, 0.0, 0.0, Picture::Moving),
        (2_000_000, 0.0, 0.0, Picture::Moving),
        (2_000_000, 0.0, 0.01, Picture::Moving),
        (3_000_000, 0.0, 0.05, Picture::Moving),
        (2_500_000, 0.2, 0.0, Picture::Moving),
        (2_500_000, 0.2, 0.0, Picture::Still(50_000.0)),
        (2_500_000, 0.0, 0.0, Picture::Still(50_000.0)),
        (2_500_000, 0.0, 0.01, Picture::Still(400_000.0)),
        (2_500_000, 0.2, 0.01, Picture::Paused),
    ] {
        for round_trip_ms in ROUND_TRIPS_MS {
            let (prompts, kb) = at_rest(bps, jitter, loss, picture, ms(round_trip_ms));
            println!(
                "{bps} bit/s, jitter {jitter}, loss {loss}, {picture:?}, {round_trip_ms} ms: {prompts} prompts, {kb} kB of probes"
            );
            assert_eq!(prompts, 0, "{picture:?} at {round_trip_ms} ms");
        }
    }
}

/// Within 25 % of a threshold either verdict is right, if it stays.
#[test]
fn near_a_threshold_it_changes_at_most_once_a_minute() {
    let mut most: f64 = 0.0;
    let near = |most: &mut f64, name: String, config: PathConfig| {
        for seed in 0..5 {
            let judged = run(&steady(config.clone(), Picture::Moving, s(300), seed));
            *most = per_minute(&judged).max(*most);
            assert!(per_minute(&judged) <= 1.0, "{name}: {:?}", judged.changes);
        }
    };
    for kbps in [120, 150, 187, 1_150, 1_300, 1_500, 1_700, 1_870] {
        near(&mut most, format!("{kbps} kbit/s"), path(kbps * 1_000, 0.0, ms(100)));
    }
    for loss in [0.08, 0.09, 0.10, 0.11, 0.12] {
        near(&mut most, format!("{loss} lost"), path(3_000_000, loss, ms(100)));
    }
    for round_trip_ms in [800, 900, 1_000, 1_100, 1_200] {
        near(
            &mut most,
            format!("{round_trip_ms} ms"),
            path(3_000_000, 0.0, ms(round_trip_ms)),
        );
    }
    println!("{most:.1} changes a minute at most");
}

/// Short of the goal: neither how often it agrees with the truth here is good yet, nor how often it changes, which should be once a
/// minute (`docs/link.md`). This bounds what it does, so that it does not get worse unseen.
#[test]
fn on_mobile_links_it_changes_less_than_twice_a_minute() {
    for (name, link) in [
        ("4G downwards", Mobile::LTE_DOWN),
        ("4G upwards", Mobile::LTE_UP),
        ("3G upwards", Mobile::UMTS_UP),
    ] {
        for seed in 0..3 {
            let (judged, agreement) = mobile(link, seed, s(600));
            println!(
                "{name}, seed {seed}: right in {:.2} of the {:.2} of the time where only one is, {:.1} changes a minute, {} prompts",
                agreement.right,
                agreement.decided,
                agreement.changes_per_min,
                judged.prompts()
            );
            assert!(agreement.changes_per_min < 2.0);
        }
    }
}
