//! A call machine that is told anything, in any order, at any time.

use std::collections::BTreeMap;
use std::time::Duration;

use assist_protocol::call::{CallConfig, CallMachine, CallState, Input, Output};
use assist_protocol::messages::CallMessage;
use assist_protocol::messages::call::{
    Candidate, Description, DescriptionKind, EndReason, ErrorCode, RejectReason, Sequenced,
};
use assist_protocol::messages::channel::Operation;
use assist_protocol::{Address, CallId, DeviceId, PersonId, Timestamp};

/// More outputs than this after one input would be a loop.
const MAX_OUTPUTS: usize = 1_000;

/// Reads small choices from bytes; zeros when they are used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    fn of<T: Clone>(&mut self, options: &[T]) -> T {
        options[usize::from(self.byte()) % options.len()].clone()
    }

    fn call(&mut self) -> Option<CallId> {
        CallId::new(self.of(&["a", "b", "c"])).ok()
    }

    fn address(&mut self) -> Option<Address> {
        let (person, device) = self.of(&[
            ("you", "y1"),
            ("you", "y2"),
            ("other", "o1"),
            ("me", "m1"),
            ("me", "m2"),
        ]);
        Some(Address {
            person: PersonId::new(person).ok()?,
            device: DeviceId::new(device).ok()?,
        })
    }

    fn round(&mut self) -> u32 {
        self.of(&[0, 1, 2, 3, u32::MAX])
    }

    fn reason(&mut self) -> EndReason {
        self.of(&[
            EndReason::HungUp,
            EndReason::Cancelled,
            EndReason::Declined,
            EndReason::Replaced,
            EndReason::Failed,
        ])
    }

    fn code(&mut self) -> ErrorCode {
        self.of(&[
            ErrorCode::Unreachable,
            ErrorCode::NotInCall,
            ErrorCode::TooFast,
            ErrorCode::Malformed,
        ])
    }

    fn candidates(&mut self) -> Vec<Candidate> {
        let candidate = Candidate {
            candidate: "candidate:1".to_owned(),
            mid: None,
            line: None,
        };
        vec![candidate; usize::from(self.byte())]
    }

    fn operation(&mut self) -> CallMessage {
        CallMessage::Operation(Sequenced {
            seq: self.byte().into(),
            operation: Operation::Unknown,
        })
    }

    fn body(&mut self) -> Option<CallMessage> {
        Some(match self.byte() % 13 {
            0 => CallMessage::Invite {
                lifetime_ms: self.of(&[60_000, 0, u32::MAX]),
                offer: String::new(),
            },
            1 => CallMessage::Ringing,
            2 => CallMessage::Answer {
                answer: String::new(),
                renews: self.byte() > 127,
            },
            3 => CallMessage::Select {
                device: self.address()?.device,
            },
            4 => CallMessage::Reject {
                reason: self.of(&[RejectReason::Busy, RejectReason::Declined]),
            },
            5 => CallMessage::Candidates {
                round: self.round(),
                candidates: self.candidates(),
                complete: false,
            },
            6 => {
                let kind = self.of(&[DescriptionKind::Offer, DescriptionKind::Answer]);
                CallMessage::Negotiate {
                    round: self.round(),
                    description: Description {
                        kind,
                        sdp: String::new(),
                    },
                    fresh: self.byte() > 127,
                }
            }
            7 => CallMessage::NegotiateRequest {
                restart: self.byte() > 0,
                fresh: self.byte() > 127,
                after: Some(self.round()),
            },
            8 => CallMessage::HangUp { reason: self.reason() },
            9 => CallMessage::Ack {
                ids: (0..u64::from(self.byte() % 20)).collect(),
                ended: None,
            },
            10 => CallMessage::Ack {
                ids: vec![self.byte().into()],
                ended: Some(self.reason()),
            },
            11 => self.operation(),
            _ => CallMessage::Error {
                about: self.byte().into(),
                code: self.code(),
                message: String::new(),
            },
        })
    }

    fn input(&mut self) -> Option<Input> {
        Some(match self.byte() % 23 {
            0 => Input::Place {
                call: self.call()?,
                callee: self.address()?.person,
            },
            1 => Input::Accept,
            2 => Input::Decline,
            3 => Input::HangUp,
            4 => Input::Fail { call: self.call()? },
            5 => Input::ReceivedUnknown {
                call: self.call()?,
                from: self.address()?,
                id: 1,
                code: self.code(),
                message: String::new(),
            },
            6 => Input::Refused {
                call: self.call()?,
                id: self.byte().into(),
                code: self.code(),
            },
            7 => Input::OfferCreated {
                call: self.call()?,
                round: self.round(),
                sdp: String::new(),
            },
            8 => Input::AnswerCreated {
                call: self.call()?,
                round: self.round(),
                sdp: String::new(),
            },
            9 => Input::CandidatesGathered {
                call: self.call()?,
                round: self.round(),
                candidates: self.candidates(),
                complete: self.byte() > 0,
            },
            10 => Input::MediaConnected {
                call: self.call()?,
                connection: self.round(),
            },
            11 => Input::MediaDisconnected {
                call: self.call()?,
                connection: self.round(),
            },
            12 => Input::MediaFailed { call: self.call()? },
            13 => Input::NetworkChanged,
            14 => Input::SignallingConnected,
            15 => Input::SignallingLost,
            16 => Input::PeerHungUp { call: self.call()? },
            17 => Input::Relay {
                call: self.call()?,
                body: self.operation(),
            },
            18 => Input::Woke,
            _ => Input::Received {
                call: self.call()?,
                from: self.address()?,
                id: self.of(&[1, 2, 3, 4, 5, 6, 0, 7, 8, 9, 1_000, 1_001, u64::MAX]),
                body: self.body()?,
            },
        })
    }
}

/// Steps of one byte that says how time passes, and an input.
pub(crate) fn call_machine(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let Some(me) = Choices(&[3]).address() else { return };
    let mut machine = CallMachine::new(me, CallConfig::default());
    let mut now = Timestamp::ZERO;
    let mut states: BTreeMap<CallId, CallState> = BTreeMap::new();
    while !choices.0.is_empty() {
        match choices.byte() {
            wait @ 0..200 => now = now + Duration::from_millis(u64::from(wait) * 10),
            200..240 => now = machine.poll_timeout().unwrap_or(now).max(now),
            _ => now = now + Duration::from_secs(120),
        }
        if machine.poll_timeout().is_some_and(|due| due <= now) {
            machine.handle_timeout(now);
            assert!(
                machine.poll_timeout().is_none_or(|due| due > now),
                "what was due is still due"
            );
        }
        if let Some(input) = choices.input() {
            machine.handle_input(input, now);
        }
        check(&mut machine, &mut states);
    }
}

fn check(machine: &mut CallMachine, states: &mut BTreeMap<CallId, CallState>) {
    for count in 0.. {
        assert!(count < MAX_OUTPUTS, "no end of outputs");
        let Some(output) = machine.poll_output() else { break };
        let Output::Changed { snapshot } = output else { continue };
        let before = states.insert(snapshot.call.clone(), snapshot.state);
        let is_new_call = matches!(
            snapshot.state,
            CallState::Inviting | CallState::Ringing | CallState::Accepting
        );
        assert!(before != Some(CallState::Ended) || is_new_call, "changes after its end");
        let live = states.values().filter(|state| state.is_live()).count();
        assert!(live <= 1, "{live} live calls");
    }
}
