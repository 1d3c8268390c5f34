//! What a user is offered because of the link, and what he is not.

#![allow(clippy::unwrap_used, reason = "a test states what it expects")]

mod any_call;
mod table;

use std::time::Duration;

use assist_protocol::link::{LinkPrompt, LinkReason, PromptInput, PromptOutput, PromptRole, Verdict};
use assist_protocol::{DeviceId, Timestamp};

const POOR: Verdict = Verdict::Poor {
    reason: LinkReason::Loss,
};
const PAIR: PromptRole = PromptRole::Watching {
    is_guest: false,
    is_alone: true,
};
const GUEST: PromptRole = PromptRole::Watching {
    is_guest: true,
    is_alone: true,
};
const GROUP: PromptRole = PromptRole::Watching {
    is_guest: false,
    is_alone: false,
};

fn device(number: usize) -> DeviceId {
    DeviceId::new(format!("device-{number}")).unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::ZERO + Duration::from_secs(seconds)
}

/// What comes of an input.
fn said(prompt: &mut LinkPrompt, seconds: u64, input: PromptInput) -> Vec<PromptOutput> {
    prompt.handle_input(input, at(seconds));
    std::iter::from_fn(|| prompt.poll_output()).collect()
}
