//! What the hub does with messages, as "Relaying" in `docs/protocol.md` has it.

use std::collections::BTreeMap;
use std::time::Duration;

use assist_protocol::messages::CallMessage;
use assist_protocol::messages::call::ErrorCode;
use assist_protocol::messages::signalling::Recipient;
use assist_protocol::{Address, CallId, DeviceId, PersonId};
use serde_json::Value;

/// A message up or down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Packet {
    Up {
        to: Recipient,
        call: CallId,
        id: u64,
        body: Value,
    },
    Relayed {
        call: CallId,
        from: Address,
        id: u64,
        body: Value,
    },
    Refused {
        call: CallId,
        id: u64,
        code: ErrorCode,
    },
}

#[derive(Debug)]
struct Known {
    caller: Address,
    callee: PersonId,
    selected: Option<DeviceId>,
    ended: bool,
    ring_until: Duration,
    /// For devices of the callee that connect later.
    kept: Vec<Packet>,
}

#[derive(Debug, Default)]
pub(crate) struct Hub {
    calls: BTreeMap<CallId, Known>,
}

impl Hub {
    /// A message came up; what goes down, and to whom.
    pub(crate) fn relay(&mut self, from: &Address, packet: Packet, now: Duration) -> Vec<(Recipient, Packet)> {
        let Packet::Up { to, call, id, body } = packet else {
            return Vec::new();
        };
        let message: CallMessage = serde_json::from_value(body.clone()).unwrap();
        if let CallMessage::Invite { lifetime_ms, .. } = &message {
            self.calls.entry(call.clone()).or_insert_with(|| Known {
                caller: from.clone(),
                callee: to.person.clone(),
                selected: None,
                ended: false,
                ring_until: now + Duration::from_millis((*lifetime_ms).into()),
                kept: Vec::new(),
            });
        }
        let back = Recipient {
            person: from.person.clone(),
            device: Some(from.device.clone()),
        };
        let refuse = |call| {
            vec![(
                back,
                Packet::Refused {
                    call,
                    id,
                    code: ErrorCode::NotInCall,
                },
            )]
        };
        let Some(known) = self.calls.get_mut(&call) else {
            return refuse(call);
        };
        let by_caller = *from == known.caller;
        let to_caller = to.person == known.caller.person && to.device.as_ref() == Some(&known.caller.device);
        let between = if by_caller {
            to.person == known.callee
        } else {
            from.person == known.callee && to_caller
        };
        let is_ack = matches!(message, CallMessage::Ack { .. });
        let may_send = by_caller || is_ack || known.selected.as_ref().is_none_or(|selected| *selected == from.device);
        if !between || !may_send {
            return refuse(call);
        }
        let relayed = Packet::Relayed {
            call,
            from: from.clone(),
            id,
            body,
        };
        match message {
            CallMessage::Select { device } => known.selected = Some(device),
            CallMessage::HangUp { .. } if by_caller => known.ended = true,
            CallMessage::Invite { .. } | CallMessage::Candidates { .. }
                if by_caller && !known.kept.contains(&relayed) =>
            {
                known.kept.push(relayed.clone());
            }
            CallMessage::Invite { .. }
            | CallMessage::Candidates { .. }
            | CallMessage::HangUp { .. }
            | CallMessage::Ringing
            | CallMessage::Answer { .. }
            | CallMessage::Reject { .. }
            | CallMessage::Negotiate { .. }
            | CallMessage::NegotiateRequest { .. }
            | CallMessage::Ack { .. }
            | CallMessage::Operation(_)
            | CallMessage::OperationAck { .. }
            | CallMessage::Error { .. } => {}
        }
        vec![(to, relayed)]
    }

    /// What rings for a device that connects.
    pub(crate) fn ringing_for(&self, device: &Address, now: Duration) -> Vec<Packet> {
        let rings = |call: &&Known| {
            call.callee == device.person && call.selected.is_none() && !call.ended && now < call.ring_until
        };
        self.calls
            .values()
            .filter(rings)
            .flat_map(|call| call.kept.clone())
            .collect()
    }
}
