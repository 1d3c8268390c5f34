//! One call after the other, input by input.

use assist_protocol::link::LinkOffer::{self, ResumeVideo};
use assist_protocol::link::PromptInput::{self, Accepted, Dismissed, Judged, VideoPaused, VideoResumed};
use assist_protocol::link::PromptOutput::{self, Offer, SoundAlone, Withdraw};
use assist_protocol::link::{LinkPrompt, LinkReason, PromptRole, Verdict};

use crate::{GROUP, GUEST, PAIR, POOR, at, device, said};

const OFFER_PAUSE: PromptOutput = Offer(LinkOffer::PauseVideo);
const OFFER_RESUME: PromptOutput = Offer(ResumeVideo);
const PAUSE: PromptOutput = PromptOutput::PauseVideo { for_everyone: true };
const RESUME: PromptOutput = PromptOutput::ResumeVideo { for_everyone: true };

/// When, what happens, and what comes of it.
type Row<'a> = (u64, PromptInput, &'a [PromptOutput]);

fn play(role: PromptRole, rows: &[Row<'_>]) {
    let mut prompt = LinkPrompt::new(role, at(0));
    for (row, (seconds, input, expected)) in rows.iter().enumerate() {
        let outputs = said(&mut prompt, *seconds, input.clone());
        assert_eq!(outputs, *expected, "row {row}: {input:?} at {seconds} s");
    }
}

#[test]
fn a_pause_is_offered_once_and_so_is_the_way_back() {
    play(
        PromptRole::Sharing,
        &[
            (10, Judged(POOR), &[OFFER_PAUSE]),
            (12, Accepted, &[Withdraw, PAUSE]),
            (13, Accepted, &[]),
            (40, Judged(Verdict::Good), &[OFFER_RESUME]),
            (42, Accepted, &[Withdraw, RESUME]),
            // Not good for long enough.
            (60, Judged(POOR), &[]),
            (70, Judged(Verdict::Good), &[]),
            (131, Judged(POOR), &[OFFER_PAUSE]),
        ],
    );
}

#[test]
fn an_offer_that_was_dismissed_or_that_time_has_settled_does_not_come_again() {
    play(
        PromptRole::Sharing,
        &[
            (10, Judged(POOR), &[OFFER_PAUSE]),
            (12, Dismissed, &[Withdraw]),
            (30, Judged(Verdict::Good), &[]),
            (35, Judged(POOR), &[]),
            (50, Judged(Verdict::Good), &[]),
            (120, Judged(POOR), &[OFFER_PAUSE]),
            (125, Judged(Verdict::Good), &[Withdraw]),
            (130, Judged(POOR), &[]),
        ],
    );
}

#[test]
fn a_critical_link_pauses_by_itself_and_says_so() {
    play(
        PromptRole::Sharing,
        &[
            (10, Judged(POOR), &[OFFER_PAUSE]),
            (11, Judged(Verdict::Critical), &[Withdraw, PAUSE, SoundAlone]),
            // As it was before, and so enough for a picture.
            (20, Judged(POOR), &[OFFER_RESUME]),
            (30, Judged(Verdict::Good), &[]),
            (31, Judged(POOR), &[]),
            (35, Judged(Verdict::Critical), &[Withdraw]),
            (40, Judged(Verdict::Good), &[OFFER_RESUME]),
            (41, Dismissed, &[Withdraw]),
            (50, Judged(Verdict::Critical), &[]),
            (60, Judged(Verdict::Good), &[]),
            (61, VideoResumed, &[]),
            (70, Judged(Verdict::Critical), &[PAUSE, SoundAlone]),
        ],
    );
}

#[test]
fn what_the_user_does_himself_counts() {
    play(
        PromptRole::Sharing,
        &[
            // Nothing to pause.
            (5, VideoPaused, &[]),
            (10, Judged(POOR), &[]),
            (20, Judged(Verdict::Good), &[]),
            (21, VideoResumed, &[]),
            // The same as accepting it.
            (90, Judged(POOR), &[OFFER_PAUSE]),
            (91, VideoPaused, &[Withdraw]),
            (99, Judged(Verdict::Good), &[OFFER_RESUME]),
            (100, VideoResumed, &[Withdraw]),
            // He wants it although the link is critical; not again after that was over.
            (110, Judged(Verdict::Critical), &[PAUSE, SoundAlone]),
            (111, VideoResumed, &[]),
            (120, Judged(POOR), &[]),
            (130, Judged(Verdict::Critical), &[PAUSE, SoundAlone]),
            // And returns to a poor link without being asked about it.
            (140, Judged(POOR), &[OFFER_RESUME]),
            (141, Accepted, &[Withdraw, RESUME]),
            (150, Judged(Verdict::Good), &[]),
            (160, Judged(POOR), &[]),
        ],
    );
}

#[test]
fn who_watches_pauses_for_himself_and_a_pair_for_both_but_a_guest_never_for_others() {
    for (role, for_everyone) in [(PAIR, true), (GUEST, false), (GROUP, false)] {
        let pause = PromptOutput::PauseVideo { for_everyone };
        let resume = PromptOutput::ResumeVideo { for_everyone };
        play(
            role,
            &[
                (10, Judged(POOR), &[OFFER_PAUSE]),
                (12, Accepted, &[Withdraw, pause]),
                (40, Judged(Verdict::Good), &[OFFER_RESUME]),
                (42, Accepted, &[Withdraw, resume]),
            ],
        );
    }
}

#[test]
fn a_group_is_prompted_for_more_than_half_of_it() {
    let judged = |number, verdict| PromptInput::ReceiverJudged(device(number), verdict);
    play(
        PromptRole::Sharing,
        &[
            (1, judged(1, Verdict::Good), &[]),
            (1, judged(2, Verdict::Good), &[]),
            (1, judged(3, Verdict::Good), &[]),
            (10, judged(1, Verdict::Critical), &[]),
            (20, judged(2, POOR), &[OFFER_PAUSE]),
            (25, PromptInput::ReceiverLeft(device(1)), &[Withdraw]),
            // The only one left.
            (90, PromptInput::ReceiverLeft(device(3)), &[OFFER_PAUSE]),
            (91, judged(2, Verdict::Critical), &[Withdraw, PAUSE, SoundAlone]),
            (99, judged(2, Verdict::Good), &[OFFER_RESUME]),
        ],
    );
}

#[test]
fn another_reason_is_no_other_offer() {
    let poor = |reason| Judged(Verdict::Poor { reason });
    let mut prompt = LinkPrompt::new(PromptRole::Sharing, at(0));
    assert_eq!(said(&mut prompt, 10, poor(LinkReason::Delay)), [OFFER_PAUSE]);
    assert_eq!(said(&mut prompt, 10, poor(LinkReason::Bandwidth)), []);
    assert_eq!(prompt.offer(), Some(LinkOffer::PauseVideo));
    // Of a receiver that is poor, too, the reason is his own affair.
    let other = PromptInput::ReceiverJudged(device(1), POOR);
    assert_eq!(said(&mut prompt, 11, other), []);
    said(&mut prompt, 12, Dismissed);
    assert_eq!(prompt.offer(), None);
}
