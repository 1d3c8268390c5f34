//! What people do, at random.

use std::time::Duration;

use assist_protocol::CallId;
use assist_protocol::call::{CallSnapshot, CallState, Input};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

/// What a person wants, and how long they take to do it.
pub(crate) type Wish = (Duration, Input);

fn after(random: &mut ChaCha8Rng, most_ms: u64) -> Duration {
    Duration::from_millis(random.random_range(0..most_ms))
}

/// How somebody reacts to what they are shown.
pub(crate) fn react(snapshot: &CallSnapshot, random: &mut ChaCha8Rng) -> Vec<Wish> {
    let call = snapshot.call.clone();
    let mut wishes = Vec::new();
    match snapshot.state {
        CallState::Ringing => match random.random_range(0..100) {
            0..65 => wishes.push((after(random, 20_000), Input::Accept)),
            65..75 => wishes.push((after(random, 20_000), Input::Decline)),
            75..78 => wishes.push((after(random, 20_000), Input::Fail { call })),
            78..80 => wishes.push((after(random, 70_000), Input::Accept)),
            _ => {}
        },
        CallState::Alerting => match random.random_range(0..100) {
            0..15 => wishes.push((after(random, 70_000), Input::HangUp)),
            15..20 => wishes.push((after(random, 10_000), Input::NetworkChanged)),
            _ => {}
        },
        CallState::Accepting | CallState::Connecting => match random.random_range(0..100) {
            0..10 => wishes.push((after(random, 5_000), Input::HangUp)),
            10..12 => wishes.push((after(random, 5_000), Input::MediaFailed { call })),
            _ => {}
        },
        CallState::Connected => match random.random_range(0..100) {
            0..50 => wishes.push((after(random, 100_000), Input::HangUp)),
            50..57 => wishes.push((after(random, 50_000), Input::NetworkChanged)),
            57..60 => wishes.push((after(random, 50_000), Input::Woke)),
            60..63 => wishes.push((after(random, 50_000), Input::Fail { call })),
            _ => {}
        },
        CallState::Reconnecting => {
            if random.random_bool(0.1) {
                wishes.push((after(random, 60_000), Input::HangUp));
            }
        }
        CallState::Inviting | CallState::Ending | CallState::Ended => {}
    }
    wishes
}

/// A call's id: its order decides a glare.
pub(crate) fn call_id(random: &mut ChaCha8Rng) -> CallId {
    CallId::new(format!("call-{:08x}", random.random::<u32>())).unwrap()
}
