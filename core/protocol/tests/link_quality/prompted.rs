//! A pause that is offered and accepted: while nothing but sound is sent, the verdict has to find out that the link is good again.

use std::time::Duration;

use assist_protocol::Timestamp;
use assist_protocol::link::{LinkOffer, LinkPrompt, PromptInput, PromptOutput, PromptRole};

use crate::evaluation::{Drop, Times, begins, drop, ms, s};
use crate::world::{Judged, Picture, run};

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
    for round_trip_ms in [50, 150, 300, 800] {
        let mut back = Times::default();
        for seed in 0..20 {
            let mut scenario = drop(Drop::Rate(3_000_000, 500_000), ms(round_trip_ms), HELD, seed);
            let dropped = begins(&scenario);
            scenario.picture.push((dropped + s(6), Picture::Paused));
            let judged = run(&scenario);
            assert_eq!(outputs(&judged), expected, "{:?}", judged.changes);
            back.push(judged.first_from(dropped + HELD, true));
        }
        println!("paused, round trip {round_trip_ms} ms: back {}", back.said());
        assert!(back.missed == 0 && back.share(1.0) <= 30.0);
    }
}
