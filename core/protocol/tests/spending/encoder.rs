//! The encoder that does not follow what it is asked for.

use assist_protocol::link::{Budget, VideoBudget};

use super::{Running, demand, shape};

/// Runs for so many seconds at 2 Mbit/s with an encoder that makes what `makes` says of what it is asked for, in bits a second;
/// the last budget, and what was made and might have been in the last ten seconds, in bits a second.
fn run(running: &mut Running, seconds: u32, makes: impl Fn(&VideoBudget) -> f64) -> (Budget, f64) {
    let mut budget = running.step(&demand(2e6));
    let mut bits = 0.0;
    for tenth in 1..seconds * 10 {
        let video = budget.video.unwrap();
        let made = makes(&video) / 10.0;
        running.spending.encoded((made / 8.0) as u32, false);
        if seconds * 10 - tenth <= 100 {
            bits += made;
        }
        budget = running.step(&demand(2e6));
    }
    (budget, bits / 10.0)
}

const GRANTED_BPS: f64 = 1_779_648.0;

#[test]
fn one_that_follows_is_let_be() {
    let (budget, _) = run(&mut Running::default(), 30, |video| f64::from(video.bitrate_bps));
    assert_eq!(f64::from(budget.video.unwrap().bitrate_bps), GRANTED_BPS);
}

#[test]
fn one_that_makes_half_as_much_again_is_asked_for_less() {
    let (budget, made) = run(&mut Running::default(), 30, |video| 1.5 * f64::from(video.bitrate_bps));
    assert!((0.85..1.1).contains(&(made / GRANTED_BPS)), "{made}");
    assert_eq!(shape(budget.video), (1280, 720, 15));
}

#[test]
fn one_that_cannot_go_lower_gets_a_smaller_picture() {
    // It needs 2.5 Mbit/s for 1280x720 at 15, and in proportion.
    let needs = |video: &VideoBudget| {
        let pixels = video.width_px * video.height_px * video.frame_rate;
        f64::from(pixels) / f64::from(1280 * 720 * 15) * 2.5e6
    };
    let mut running = Running::default();
    let (budget, made) = run(&mut running, 20, needs);
    assert_eq!(shape(budget.video), (1280, 720, 10));
    assert!(made < 1.15 * GRANTED_BPS, "{made}");
    let mut changes = 0;
    let mut before = shape(budget.video);
    for _ in 0..600 {
        let (budget, _) = run(&mut running, 1, needs);
        changes += usize::from(shape(budget.video) != before);
        before = shape(budget.video);
    }
    // In ten minutes: it is tried again, ever more seldom.
    assert!(changes <= 20, "{changes}");
}

#[test]
fn it_never_takes_the_picture_away() {
    let mut running = Running::default();
    let (budget, _) = run(&mut running, 120, |_| 20e6);
    assert_eq!(shape(budget.video), (640, 360, 5));
    assert_eq!(f64::from(budget.video.unwrap().bitrate_bps), GRANTED_BPS / 2.0);
}

#[test]
fn a_still_scene_is_not_asked_for_more() {
    let (budget, _) = run(&mut Running::default(), 60, |_| 50e3);
    assert_eq!(f64::from(budget.video.unwrap().bitrate_bps), GRANTED_BPS);
}

#[test]
fn key_frames_within_their_limit_are_no_overshoot() {
    let mut running = Running::default();
    let mut budget = running.step(&demand(2e6));
    for tenth in 0..600 {
        let video = budget.video.unwrap();
        running.spending.encoded(video.bitrate_bps / 80, false);
        if tenth % 20 == 0 {
            running.spending.encoded(video.key_frame_bytes, true);
        }
        budget = running.step(&demand(2e6));
    }
    assert!(f64::from(budget.video.unwrap().bitrate_bps) > 0.95 * GRANTED_BPS);
}
