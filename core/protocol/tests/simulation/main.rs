//! Calls of two and three devices over a bad network, in virtual time, against a simple model of what must hold.
//!
//! A failing seed is printed; `ASSIST_SEED=n cargo test -p assist-protocol --test simulation` runs that one alone, and
//! tells what happens.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]
#![allow(
    clippy::print_stderr,
    reason = "a failing seed is told, and a replayed one tells its story"
)]

mod hub;
mod media;
mod model;
mod setup;
mod users;
mod world;

use std::ops::Range;

use setup::{Network, Setup};
use world::World;

/// What a run came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Tally {
    /// Calls that were shown to anybody.
    calls: u32,
    /// Calls that connected on both ends.
    connected: u32,
    /// Calls that were connected again after media was lost.
    recovered: u32,
    /// Calls that ended because media could not be had.
    given_up: u32,
    /// Calls of which both ends were held against each other.
    compared: u32,
    /// Calls of which one end gave up waiting for the other's word.
    unconfirmed: u32,
    /// Of these, calls that ended differently on both ends: no word came through in time.
    differing: u32,
    /// Calls that a glare replaced.
    replaced: u32,
}

/// Names the seed of a run that panics.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {0} failed; replay it alone with ASSIST_SEED={0}", self.0);
        }
    }
}

fn run(network: Network, seeds: Range<u64>) -> Tally {
    let replayed: Option<u64> = std::env::var("ASSIST_SEED").ok().map(|seed| seed.parse().unwrap());
    let seeds = replayed.map_or(seeds, |seed| seed..seed + 1);
    let mut total = Tally::default();
    for seed in seeds {
        let named = Named(seed);
        let tally = World::new(Setup::of_seed(network, seed), replayed.is_some()).run();
        drop(named);
        total.calls += tally.calls;
        total.connected += tally.connected;
        total.recovered += tally.recovered;
        total.given_up += tally.given_up;
        total.compared += tally.compared;
        total.unconfirmed += tally.unconfirmed;
        total.differing += tally.differing;
        total.replaced += tally.replaced;
    }
    eprintln!("{network:?}: {total:?}");
    total
}

/// A single seed shows too little for a claim about many.
fn is_replay() -> bool {
    std::env::var_os("ASSIST_SEED").is_some()
}

#[test]
fn on_a_good_network_both_ends_always_agree() {
    let tally = run(Network::Good, 0..1_500);
    assert_eq!(
        tally.unconfirmed, 0,
        "an end was not confirmed although nothing was lost"
    );
    assert!(
        is_replay() || tally.connected * 3 > tally.calls,
        "too few calls connect: {tally:?}"
    );
    assert!(is_replay() || tally.replaced > 50, "too few glares: {tally:?}");
}

#[test]
fn on_a_bad_network_calls_still_end_alike() {
    let tally = run(Network::Bad, 0..2_000);
    assert!(
        is_replay() || tally.unconfirmed * 12 < tally.compared,
        "too many ends are guesses: {tally:?}"
    );
    assert!(
        is_replay() || tally.recovered * 40 > tally.calls,
        "too few calls come back: {tally:?}"
    );
}

#[test]
fn a_device_that_vanishes_holds_nobody_up() {
    let tally = run(Network::BadAndVanishing, 0..1_000);
    assert!(
        is_replay() || tally.connected * 10 > tally.calls,
        "too few calls connect: {tally:?}"
    );
}

#[test]
fn a_seed_replays() {
    let tally = |seed| World::new(Setup::of_seed(Network::Bad, seed), false).run();
    assert!((0..20).all(|seed| tally(seed) == tally(seed)));
}
