//! Calls of all kinds, with links and users that do anything: nobody is nagged.

use assist_protocol::link::{LinkOffer, LinkPrompt, LinkReason, PromptInput, PromptOutput, PromptRole, Verdict};
use proptest::prelude::*;

use crate::{GROUP, GUEST, PAIR, POOR, at, device, said};

fn verdict() -> impl Strategy<Value = Verdict> {
    let delay = Verdict::Poor {
        reason: LinkReason::Delay,
    };
    prop_oneof![3 => Just(Verdict::Good), 2 => Just(POOR), 1 => Just(delay), 1 => Just(Verdict::Critical)]
}

fn input() -> impl Strategy<Value = PromptInput> {
    prop_oneof![
        4 => verdict().prop_map(PromptInput::Judged),
        4 => (0..4_usize, verdict()).prop_map(|(number, verdict)| PromptInput::ReceiverJudged(device(number), verdict)),
        1 => (0..4_usize).prop_map(|number| PromptInput::ReceiverLeft(device(number))),
        2 => Just(PromptInput::Accepted),
        2 => Just(PromptInput::Dismissed),
        1 => Just(PromptInput::VideoPaused),
        1 => Just(PromptInput::VideoResumed),
    ]
}

/// What a user has seen.
#[derive(Debug, Default)]
struct Seen {
    offer: Option<LinkOffer>,
    /// Pauses have been offered, and since then the link was not yet good for a minute on end.
    is_quiet: bool,
    good_since: Option<u64>,
    is_paused: bool,
    is_paused_by_itself: bool,
}

proptest! {
    #[test]
    fn nobody_is_nagged(
        role in prop_oneof![Just(PromptRole::Sharing), Just(PAIR), Just(GUEST), Just(GROUP)],
        inputs in prop::collection::vec((0..40_u64, input()), 0..120),
    ) {
        let mut prompt = LinkPrompt::new(role, at(0));
        let mut seen = Seen { good_since: Some(0), ..Seen::default() };
        let mut now = 0;
        for (after, input) in inputs {
            now += after;
            if seen.good_since.is_some_and(|since| now - since >= 60) {
                seen.is_quiet = false;
            }
            let outputs = said(&mut prompt, now, input.clone());
            let is_good = prompt.verdict() == Verdict::Good;
            for output in outputs {
                match output {
                    PromptOutput::Offer(offer @ LinkOffer::PauseVideo) => {
                        let is_new = seen.offer.is_none();
                        prop_assert!(!is_new || !seen.is_quiet, "nagged at {now} s");
                        prop_assert!(!is_good && !seen.is_paused);
                        seen.offer = Some(offer);
                        seen.is_quiet = true;
                    }
                    PromptOutput::Offer(LinkOffer::ResumeVideo) => {
                        let is_enough = is_good || (seen.is_paused_by_itself && prompt.verdict() != Verdict::Critical);
                        prop_assert!(is_enough && seen.is_paused && seen.offer.is_none());
                        seen.offer = Some(LinkOffer::ResumeVideo);
                    }
                    PromptOutput::Withdraw => prop_assert!(seen.offer.take().is_some()),
                    PromptOutput::PauseVideo { for_everyone } => {
                        let is_asked = input == PromptInput::Accepted;
                        prop_assert!(is_asked || prompt.verdict() == Verdict::Critical);
                        prop_assert!(!seen.is_paused);
                        prop_assert_eq!(for_everyone, role == PromptRole::Sharing || role == PAIR);
                        (seen.is_paused, seen.is_paused_by_itself) = (true, !is_asked);
                    }
                    PromptOutput::ResumeVideo { .. } => {
                        prop_assert!(input == PromptInput::Accepted && seen.is_paused);
                        seen.is_paused = false;
                    }
                    PromptOutput::SoundAlone => prop_assert!(seen.is_paused),
                }
            }
            match input {
                PromptInput::VideoPaused => seen.is_paused = true,
                PromptInput::VideoResumed => seen.is_paused = false,
                PromptInput::Judged(_)
                | PromptInput::ReceiverJudged(..)
                | PromptInput::ReceiverLeft(_)
                | PromptInput::RoleChanged(_)
                | PromptInput::Accepted
                | PromptInput::Dismissed => {}
            }
            prop_assert_eq!(prompt.offer().is_some(), seen.offer.is_some());
            seen.good_since = if is_good { seen.good_since.or(Some(now)) } else { None };
        }
        // Whatever there was, a link that stays bad and then good asks a paused user at most once more.
        let mut asked = 0;
        for seconds in 0..20 {
            let verdict = if seconds < 10 { POOR } else { Verdict::Good };
            let outputs = said(&mut prompt, now + 100 * seconds, PromptInput::Judged(verdict));
            asked += outputs.iter().filter(|output| matches!(output, PromptOutput::Offer(_))).count();
        }
        prop_assert!(asked <= 3, "asked {} times", asked);
    }
}
