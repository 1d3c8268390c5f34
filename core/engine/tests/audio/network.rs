use crate::simulation::{Heard, Network, run};
use crate::voice::{energy, speech};

/// Codec look-ahead and the half frame that a packet waits for its turn: no network has less.
const LEAST_DELAY_MS: f64 = 40.0;

fn report(name: &str, heard: &Heard, delay_ms: f64) {
    let share = heard.concealed_share();
    println!(
        "{name}: concealed {:.2} %, delay {delay_ms} ms, {} could be recovered, {:?}",
        share * 100.0,
        heard.recoverable,
        heard.snapshot
    );
}

#[test]
fn a_perfect_network_loses_nothing_and_adds_little_delay() {
    let spoken = speech(1, 40, true);
    let heard = run(
        1,
        &spoken,
        Network {
            delay_ms: 30.0,
            ..Network::default()
        },
    );
    let delay_ms = heard.delay_ms(&spoken, 15);
    report("perfect", &heard, delay_ms);
    assert_eq!(
        heard.snapshot.concealed + heard.snapshot.recovered_by_fec + heard.snapshot.late,
        0
    );
    assert_eq!(heard.snapshot.played, heard.sent_packets as u64);
    assert!(delay_ms <= 30.0 + LEAST_DELAY_MS + 20.0, "{delay_ms}");
    assert!(heard.snapshot.target_ms <= 30);
}

#[test]
fn jitter_and_reordering_are_absorbed() {
    for (jitter_ms, most) in [(30.0, 0.005), (80.0, 0.02)] {
        let spoken = speech(2, 60, true);
        let heard = run(
            2,
            &spoken,
            Network {
                delay_ms: 40.0,
                jitter_ms,
                ..Network::default()
            },
        );
        let delay_ms = heard.delay_ms(&spoken, 30);
        report("jitter", &heard, delay_ms);
        assert!(heard.concealed_share() < most, "{}", heard.concealed_share());
        assert!(delay_ms <= 40.0 + jitter_ms + LEAST_DELAY_MS + 30.0, "{delay_ms}");
        assert!(heard.targets_ms.iter().all(|target| (20..=200).contains(target)));
    }
}

#[test]
fn every_loss_that_the_next_packet_repeats_is_recovered() {
    for (loss, most_concealed) in [(0.05, 0.045), (0.1, 0.08)] {
        let spoken = speech(3, 60, true);
        let heard = run(
            3,
            &spoken,
            Network {
                delay_ms: 40.0,
                jitter_ms: 15.0,
                loss,
                ..Network::default()
            },
        );
        let delay_ms = heard.delay_ms(&spoken, 30);
        report("loss", &heard, delay_ms);
        assert!(heard.concealed_share() < most_concealed, "{}", heard.concealed_share());
        assert!(heard.recoverable > 50);
        assert!(heard.snapshot.recovered_by_fec as usize * 100 >= heard.recoverable * 95);
        assert!(delay_ms <= 40.0 + 15.0 + LEAST_DELAY_MS + 50.0, "{delay_ms}");
    }
}

#[test]
fn bursts_of_loss_are_bridged_and_do_not_add_delay() {
    let spoken = speech(4, 90, true);
    let network = Network {
        delay_ms: 40.0,
        jitter_ms: 20.0,
        burst: 0.02,
        ..Network::default()
    };
    let heard = run(4, &spoken, network);
    let delay_ms = heard.delay_ms(&spoken, 60);
    report("bursts", &heard, delay_ms);
    assert!(heard.concealed_share() < 0.07, "{}", heard.concealed_share());
    assert!(delay_ms <= 40.0 + 20.0 + LEAST_DELAY_MS + 60.0, "{delay_ms}");
}

#[test]
fn silences_are_not_taken_for_loss() {
    let spoken = speech(5, 60, true);
    let heard = run(
        5,
        &spoken,
        Network {
            delay_ms: 40.0,
            jitter_ms: 40.0,
            ..Network::default()
        },
    );
    report("silences", &heard, 0.0);
    assert!(heard.snapshot.dtx > 500, "{}", heard.snapshot.dtx);
    assert!(heard.sent_packets < spoken.len() * 3 / 4);
    assert!(heard.concealed_share() < 0.01);
}

#[test]
fn drifting_clocks_neither_starve_nor_fill_the_buffer() {
    for drift_ppm in [-200.0, 200.0] {
        let spoken = speech(6, 120, true);
        let network = Network {
            delay_ms: 40.0,
            jitter_ms: 10.0,
            drift_ppm,
            ..Network::default()
        };
        let heard = run(6, &spoken, network);
        let late_part = &heard.buffered_ms[heard.buffered_ms.len() / 2..spoken.len()];
        report("drift", &heard, f64::from(*late_part.iter().max().unwrap()));
        assert!(heard.concealed_share() < 0.005, "{}", heard.concealed_share());
        assert!(
            late_part.iter().all(|&buffered| buffered <= 140),
            "{:?}",
            late_part.iter().max()
        );
    }
}

#[test]
fn drift_is_followed_in_speech_without_pauses() {
    let spoken = speech(7, 60, false);
    let network = Network {
        delay_ms: 40.0,
        jitter_ms: 10.0,
        drift_ppm: 200.0,
        ..Network::default()
    };
    let heard = run(7, &spoken, network);
    report("drift without pauses", &heard, 0.0);
    assert!(heard.concealed_share() < 0.005, "{}", heard.concealed_share());
    assert_eq!(heard.snapshot.late, 0);
}

#[test]
fn after_an_outage_the_delay_returns_to_normal() {
    for (outage_loses, outage_s) in [(true, 3.0), (false, 0.4), (false, 3.0)] {
        let spoken = speech(8, 50, false);
        let outage_ms = Some((15_000.0, 15_000.0 + outage_s * 1_000.0));
        let network = Network {
            delay_ms: 40.0,
            jitter_ms: 10.0,
            outage_ms,
            outage_loses,
            ..Network::default()
        };
        let heard = run(8, &spoken, network);
        let delay_ms = heard.delay_ms(&spoken, 35);
        report("outage", &heard, delay_ms);
        assert!(heard.buffered_ms.iter().all(|&buffered| buffered <= 1_600));
        assert!(delay_ms <= 40.0 + 10.0 + LEAST_DELAY_MS + 200.0, "{delay_ms}");
        assert!(heard.concealed_share() < 0.02, "{}", heard.concealed_share());
    }
}

#[test]
fn a_peer_that_mutes_without_a_word_fades_to_silence_and_comes_back() {
    let spoken = speech(9, 40, false);
    let muted_ms = Some((10_000.0, 25_000.0));
    let heard = run(
        9,
        &spoken,
        Network {
            delay_ms: 40.0,
            muted_ms,
            ..Network::default()
        },
    );
    report("muted", &heard, 0.0);
    let at = |seconds: f64| &heard.frames[(seconds * 50.0) as usize];
    assert!(
        heard.frames[515..1_245].iter().all(|frame| energy(frame) == 0.0),
        "silence after the fade"
    );
    assert!(
        (9..10)
            .chain(27..39)
            .all(|second| energy(at(f64::from(second) + 0.12)) > 100.0)
    );
    assert!(heard.snapshot.concealed <= 8, "{}", heard.snapshot.concealed);
}

#[test]
fn numbers_that_wrap_are_followed() {
    let spoken = speech(10, 20, true);
    let network = Network {
        delay_ms: 40.0,
        jitter_ms: 60.0,
        first_sequence: u16::MAX - 100,
        first_rtp_time: u32::MAX - 200_000,
        ..Network::default()
    };
    let heard = run(10, &spoken, network);
    report("wrap", &heard, 0.0);
    assert!(heard.concealed_share() < 0.03);
}
