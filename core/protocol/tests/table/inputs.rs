//! One of every kind of input, and of the kinds that matter twice, several.

use std::time::Duration;

use assist_protocol::call::Input;
use assist_protocol::messages::CallMessage;
use assist_protocol::messages::call::{
    Candidate, Description, DescriptionKind, EndReason, ErrorCode, RejectReason, Sequenced,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::{Address, CallId, DeviceId, PersonId};

use super::situations::{CALL, address, call_id};

/// What happens to a machine.
pub(crate) enum Stimulus {
    Input(Box<Input>),
    Time(Duration),
}

/// The kinds of input. [`kind`] makes sure that none is forgotten.
pub(crate) const KINDS: [&str; 20] = [
    "place",
    "accept",
    "decline",
    "hang_up",
    "fail",
    "received ",
    "received_unknown",
    "refused",
    "offer_created",
    "answer_created",
    "candidates_gathered",
    "media_connected",
    "media_disconnected",
    "media_failed",
    "network_changed",
    "woke",
    "signalling_connected",
    "signalling_lost",
    "peer_hung_up",
    "relay",
];

/// A new kind of input does not compile until it has a name here; the name then fails until the table has its rows.
fn kind(input: &Input) -> &'static str {
    let index = match input {
        Input::Place { .. } => 0,
        Input::Accept => 1,
        Input::Decline => 2,
        Input::HangUp => 3,
        Input::Fail { .. } => 4,
        Input::Received { .. } => 5,
        Input::ReceivedUnknown { .. } => 6,
        Input::Refused { .. } => 7,
        Input::OfferCreated { .. } => 8,
        Input::AnswerCreated { .. } => 9,
        Input::CandidatesGathered { .. } => 10,
        Input::MediaConnected { .. } => 11,
        Input::MediaDisconnected { .. } => 12,
        Input::MediaFailed { .. } => 13,
        Input::NetworkChanged => 14,
        Input::Woke => 15,
        Input::SignallingConnected => 16,
        Input::SignallingLost => 17,
        Input::PeerHungUp { .. } => 18,
        Input::Relay { .. } => 19,
    };
    KINDS[index]
}

fn candidate() -> Candidate {
    Candidate {
        candidate: "candidate:1".to_owned(),
        mid: None,
        line: None,
    }
}

fn operation() -> CallMessage {
    CallMessage::Operation(Sequenced {
        seq: 1,
        operation: Operation::Unknown,
    })
}

fn description(kind: DescriptionKind) -> Description {
    Description {
        kind,
        sdp: "sdp".to_owned(),
    }
}

fn negotiate_request(fresh: bool, after: Option<u32>) -> CallMessage {
    CallMessage::NegotiateRequest {
        restart: true,
        fresh,
        after,
    }
}

/// What the peer may say in the call itself.
fn bodies() -> Vec<(&'static str, CallMessage)> {
    vec![
        (
            "invite",
            CallMessage::Invite {
                lifetime_ms: 60_000,
                offer: "offer".to_owned(),
            },
        ),
        ("ringing", CallMessage::Ringing),
        (
            "answer",
            CallMessage::Answer {
                answer: "answer".to_owned(),
                renews: true,
            },
        ),
        (
            "select of this device",
            CallMessage::Select {
                device: DeviceId::new("m1").unwrap(),
            },
        ),
        (
            "select of another device",
            CallMessage::Select {
                device: DeviceId::new("m2").unwrap(),
            },
        ),
        (
            "reject (declined)",
            CallMessage::Reject {
                reason: RejectReason::Declined,
            },
        ),
        (
            "reject (busy)",
            CallMessage::Reject {
                reason: RejectReason::Busy,
            },
        ),
        (
            "candidates of round 0",
            CallMessage::Candidates {
                round: 0,
                candidates: vec![candidate()],
                complete: false,
            },
        ),
        (
            "candidates of round 1",
            CallMessage::Candidates {
                round: 1,
                candidates: vec![candidate()],
                complete: false,
            },
        ),
        (
            "negotiate with an offer",
            CallMessage::Negotiate {
                round: 1,
                description: description(DescriptionKind::Offer),
                fresh: false,
            },
        ),
        (
            "negotiate with a fresh offer",
            CallMessage::Negotiate {
                round: 1,
                description: description(DescriptionKind::Offer),
                fresh: true,
            },
        ),
        (
            "negotiate with an answer",
            CallMessage::Negotiate {
                round: 1,
                description: description(DescriptionKind::Answer),
                fresh: false,
            },
        ),
        ("negotiate_request of an old client", negotiate_request(false, None)),
        ("negotiate_request after round 0", negotiate_request(false, Some(0))),
        (
            "negotiate_request (fresh) after round 0",
            negotiate_request(true, Some(0)),
        ),
        (
            "negotiate_request (fresh) after round 1",
            negotiate_request(true, Some(1)),
        ),
        (
            "hang_up (hung_up)",
            CallMessage::HangUp {
                reason: EndReason::HungUp,
            },
        ),
        (
            "hang_up (failed)",
            CallMessage::HangUp {
                reason: EndReason::Failed,
            },
        ),
        (
            "ack of everything",
            CallMessage::Ack {
                ids: (1..=20).collect(),
                ended: None,
            },
        ),
        (
            "ack of everything (hung_up)",
            CallMessage::Ack {
                ids: (1..=20).collect(),
                ended: Some(EndReason::HungUp),
            },
        ),
        ("operation", operation()),
        ("operation_ack", CallMessage::OperationAck { through: 1 }),
        (
            "error about our first message",
            CallMessage::Error {
                about: 1,
                code: ErrorCode::Malformed,
                message: String::new(),
            },
        ),
    ]
}

/// One of everything, by name.
pub(crate) fn all() -> Vec<(String, Stimulus)> {
    let call = || call_id(CALL);
    let received = |call: &str, from: Address, body| Input::Received {
        call: call_id(call),
        from,
        id: 100,
        body,
    };
    let invite = || CallMessage::Invite {
        lifetime_ms: 60_000,
        offer: "offer".to_owned(),
    };
    let refused = |id, code| Input::Refused { call: call(), id, code };
    let place = |call: CallId| Input::Place {
        call,
        callee: PersonId::new("you").unwrap(),
    };
    let media_connected = |connection| Input::MediaConnected {
        call: call(),
        connection,
    };
    let media_disconnected = |connection| Input::MediaDisconnected {
        call: call(),
        connection,
    };
    let named: Vec<(&str, Input)> = vec![
        ("", place(call_id("call-z"))),
        (" under a known id", place(call())),
        ("", Input::Accept),
        ("", Input::Decline),
        ("", Input::HangUp),
        ("", Input::Fail { call: call() }),
        (
            "invite of a smaller call",
            received("call-a", address("you", "y1"), invite()),
        ),
        (
            "invite of a larger call",
            received("call-y", address("you", "y1"), invite()),
        ),
        (
            "invite by another device of the peer",
            received("call-y", address("you", "y2"), invite()),
        ),
        (
            "invite by another person",
            received("call-y", address("other", "o1"), invite()),
        ),
        ("hang_up of an unknown call", {
            received(
                "call-y",
                address("other", "o1"),
                CallMessage::HangUp {
                    reason: EndReason::Cancelled,
                },
            )
        }),
        (
            "ringing of an unknown call",
            received("call-y", address("other", "o1"), CallMessage::Ringing),
        ),
        ("hang_up by a stranger", {
            received(
                CALL,
                address("other", "o1"),
                CallMessage::HangUp {
                    reason: EndReason::HungUp,
                },
            )
        }),
        ("hang_up by another device of the peer", {
            received(
                CALL,
                address("you", "y2"),
                CallMessage::HangUp {
                    reason: EndReason::HungUp,
                },
            )
        }),
        ("answer by another device of the peer", {
            received(
                CALL,
                address("you", "y2"),
                CallMessage::Answer {
                    answer: "another answer".to_owned(),
                    renews: false,
                },
            )
        }),
        (
            "",
            Input::ReceivedUnknown {
                call: call(),
                from: address("you", "y1"),
                id: 100,
                code: ErrorCode::UnknownType,
                message: "unknown".to_owned(),
            },
        ),
        (" as unreachable", refused(1, ErrorCode::Unreachable)),
        (" as not_in_call", refused(1, ErrorCode::NotInCall)),
        (" as too_fast", refused(1, ErrorCode::TooFast)),
        (
            "",
            Input::OfferCreated {
                call: call(),
                round: 0,
                sdp: "offer".to_owned(),
            },
        ),
        (
            " of another round",
            Input::OfferCreated {
                call: call(),
                round: 7,
                sdp: "offer".to_owned(),
            },
        ),
        (
            "",
            Input::AnswerCreated {
                call: call(),
                round: 0,
                sdp: "answer".to_owned(),
            },
        ),
        (
            " of another round",
            Input::AnswerCreated {
                call: call(),
                round: 7,
                sdp: "answer".to_owned(),
            },
        ),
        (
            "",
            Input::CandidatesGathered {
                call: call(),
                round: 0,
                candidates: vec![candidate()],
                complete: true,
            },
        ),
        ("", media_connected(0)),
        (" over connection 1", media_connected(1)),
        ("", media_disconnected(0)),
        (" over connection 1", media_disconnected(1)),
        ("", Input::MediaFailed { call: call() }),
        ("", Input::NetworkChanged),
        ("", Input::Woke),
        ("", Input::SignallingConnected),
        ("", Input::SignallingLost),
        ("", Input::PeerHungUp { call: call() }),
        (
            " of an operation",
            Input::Relay {
                call: call(),
                body: operation(),
            },
        ),
        (
            " of an operation_ack",
            Input::Relay {
                call: call(),
                body: CallMessage::OperationAck { through: 1 },
            },
        ),
        (
            " of something else",
            Input::Relay {
                call: call(),
                body: CallMessage::Ringing,
            },
        ),
    ];
    let said = bodies()
        .into_iter()
        .map(|(name, body)| (name, received(CALL, address("you", "y1"), body)));
    let mut all: Vec<(String, Stimulus)> = named
        .into_iter()
        .chain(said)
        .map(|(name, input)| (format!("{}{name}", kind(&input)), Stimulus::Input(Box::new(input))))
        .collect();
    all.push(("ten seconds pass".to_owned(), Stimulus::Time(Duration::from_secs(10))));
    all.push(("two minutes pass".to_owned(), Stimulus::Time(Duration::from_secs(120))));
    all
}
