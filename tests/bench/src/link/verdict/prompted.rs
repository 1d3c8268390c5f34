//! A pause that is offered and accepted: while nothing but sound is sent, the verdict has to find out that the link is good again.

#![allow(clippy::print_stdout, reason = "a test shows its figures")]

use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::link::{LinkOffer, LinkPrompt, PromptInput, PromptOutput, PromptRole};

use super::measures::Times;
use super::scenarios::{Drop, ROUND_TRIPS, drop, ms, s};
use super::world::{Judged, Picture, run};

/// What a user is told who accepts whatever is offered.
fn outputs(judged: &Judged) -> Vec<PromptOutput> {
    let mut prompt = LinkPrompt::new(PromptRole::Sharing, Timestamp::ZERO);
    let mut outputs = Vec::new();
    for (at, verdict) in &judged.changes {
        let now = Timestamp::ZERO + *at;
        prompt.handle_input(PromptInput::Judged(*verdict), now);
        if prompt.offer().is_some() {
            prompt.handle_input(PromptInput::Accepted, now + ms(1));
        }
        outputs.extend(std::iter::from_fn(|| prompt.poll_output()));
    }
    outputs
}

#[test]
fn the_way_back_is_offered_although_nothing_but_sound_is_sent() {
    let expected = [
        PromptOutput::Offer(LinkOffer::PauseVideo),
        PromptOutput::Withdraw,
        PromptOutput::PauseVideo { for_everyone: true },
        PromptOutput::Offer(LinkOffer::ResumeVideo),
        PromptOutput::Withdraw,
        PromptOutput::ResumeVideo { for_everyone: true },
    ];
    const HELD: Duration = s(60);
    for round_trip in ROUND_TRIPS {
        let mut back = Times::default();
        for seed in 0..20 {
            let (mut scenario, at) = drop(Drop::Rate(3_000_000, 500_000), round_trip, HELD, seed);
            scenario.picture.push((at + s(6), Picture::Paused));
            let judged = run(&scenario);
            assert_eq!(outputs(&judged), expected, "{:?}", judged.changes);
            back.push(judged.first_from(at + HELD, true));
        }
        let most_s = back.most_s().unwrap();
        println!("paused, round trip {round_trip:?}: back after {most_s:.2} s at most");
        assert!(most_s <= 30.0);
    }
}
