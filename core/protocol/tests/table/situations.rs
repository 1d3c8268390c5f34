//! Every state a call can be in, from both ends, and how it comes to that.

use assist_protocol::call::{CallConfig, CallMachine, Input};
use assist_protocol::messages::CallMessage;
use assist_protocol::messages::call::{Description, DescriptionKind, EndReason};
use assist_protocol::{Address, CallId, DeviceId, PersonId, Timestamp};

/// The call all situations are about.
pub(crate) const CALL: &str = "call-m";

pub(crate) const ALL: [&str; 23] = [
    "idle",
    "placed",
    "inviting",
    "alerting",
    "ringing",
    "answer ready",
    "accepting",
    "caller connecting",
    "callee connecting",
    "caller connected",
    "callee connected",
    "caller reconnecting",
    "callee reconnecting",
    "caller renewing",
    "callee renewing",
    "caller renewing beside the old",
    "callee renewed",
    "cancelling",
    "caller hanging up",
    "callee hanging up",
    "declining",
    "caller ended",
    "callee ended",
];

pub(crate) fn call_id(text: &str) -> CallId {
    CallId::new(text).unwrap()
}

pub(crate) fn address(person: &str, device: &str) -> Address {
    Address {
        person: PersonId::new(person).unwrap(),
        device: DeviceId::new(device).unwrap(),
    }
}

fn received(id: u64, body: CallMessage) -> Input {
    Input::Received {
        call: call_id(CALL),
        from: address("you", "y1"),
        id,
        body,
    }
}

/// How a situation comes about: from another one, by one more input.
fn origin(situation: &str) -> Option<(&'static str, Input)> {
    let call = call_id(CALL);
    let origin = match situation {
        "idle" => return None,
        "placed" => (
            "idle",
            Input::Place {
                call,
                callee: PersonId::new("you").unwrap(),
            },
        ),
        "inviting" => (
            "placed",
            Input::OfferCreated {
                call,
                round: 0,
                sdp: "offer".to_owned(),
            },
        ),
        "alerting" => ("inviting", received(1, CallMessage::Ringing)),
        "ringing" => (
            "idle",
            received(
                1,
                CallMessage::Invite {
                    lifetime_ms: 60_000,
                    offer: "offer".to_owned(),
                },
            ),
        ),
        "answer ready" => (
            "ringing",
            Input::AnswerCreated {
                call,
                round: 0,
                sdp: "answer".to_owned(),
            },
        ),
        "accepting" => ("answer ready", Input::Accept),
        "caller connecting" => (
            "alerting",
            received(
                2,
                CallMessage::Answer {
                    answer: "answer".to_owned(),
                    renews: true,
                },
            ),
        ),
        "callee connecting" => (
            "accepting",
            received(
                2,
                CallMessage::Select {
                    device: DeviceId::new("m1").unwrap(),
                },
            ),
        ),
        "caller connected" => ("caller connecting", Input::MediaConnected { call, connection: 0 }),
        "callee connected" => ("callee connecting", Input::MediaConnected { call, connection: 0 }),
        "caller reconnecting" => ("caller connected", Input::MediaDisconnected { call, connection: 0 }),
        "callee reconnecting" => ("callee connected", Input::MediaDisconnected { call, connection: 0 }),
        "caller renewing" => (
            "caller reconnecting",
            Input::OfferCreated {
                call,
                round: 1,
                sdp: "offer".to_owned(),
            },
        ),
        "callee renewing" => (
            "callee reconnecting",
            received(
                4,
                CallMessage::Negotiate {
                    round: 1,
                    description: Description {
                        kind: DescriptionKind::Offer,
                        sdp: "offer".to_owned(),
                    },
                    fresh: true,
                },
            ),
        ),
        "caller renewing beside the old" => ("caller renewing", Input::MediaConnected { call, connection: 0 }),
        "callee renewed" => ("callee renewing", Input::MediaConnected { call, connection: 1 }),
        "cancelling" => ("alerting", Input::HangUp),
        "caller hanging up" => ("caller connected", Input::Fail { call }),
        "callee hanging up" => ("callee connected", Input::Fail { call }),
        "declining" => ("answer ready", Input::Decline),
        "caller ended" => (
            "caller connected",
            received(
                3,
                CallMessage::HangUp {
                    reason: EndReason::HungUp,
                },
            ),
        ),
        "callee ended" => (
            "callee connected",
            received(
                3,
                CallMessage::HangUp {
                    reason: EndReason::HungUp,
                },
            ),
        ),
        other => panic!("nobody knows how to come to {other}"),
    };
    Some(origin)
}

/// A machine in that situation, and the time there. Everything said so far was acknowledged unless it ends the call.
pub(crate) fn make(situation: &str) -> (CallMachine, Timestamp) {
    let Some((before, input)) = origin(situation) else {
        return (
            CallMachine::new(address("me", "m1"), CallConfig::default()),
            Timestamp::ZERO,
        );
    };
    let (mut machine, mut now) = make(before);
    now = now + std::time::Duration::from_millis(100);
    machine.handle_input(
        received(
            0,
            CallMessage::Ack {
                ids: (1..=20).collect(),
                ended: None,
            },
        ),
        now,
    );
    machine.handle_input(input, now);
    while machine.poll_output().is_some() {}
    (machine, now)
}
