//! Who is in which call: the rules of "Relaying" in `docs/protocol.md`.
//!
//! ```text
//!            invite                select                    hang_up, or ack of one
//!   (none) ─────────▶ ringing ─────────────▶ answered ─────────────────────────────▶ ended ──2 min──▶ forgotten
//!                        └────────────── hang_up by the caller, ring time over ──────▶
//! ```
//!
//! Nothing here does I/O or reads a clock: [`Calls::admit`] says whether a message may pass, whom it is for, and what
//! has changed.

use std::collections::BTreeMap;

use assist_protocol::{
    Address, CallId, DeviceId, PersonId,
    messages::{
        CallMessage,
        call::{EndReason, ErrorCode},
        from_value,
        signalling::Recipient,
    },
};
use serde_json::Value;

mod refusal;

pub(crate) use refusal::Refusal;

/// The longest time an invite is kept, whatever it asks for: no device rings for longer.
const MAX_LIFETIME_MS: u64 = 60_000;
/// After its ring time, what a caller that vanished has left behind is ended.
const RING_GRACE_MS: u64 = 30_000;
/// An answered call of which both devices have been away for this long is over: a call waits 90 s for lost media.
const ABANDONED_MS: u64 = 10 * 60_000;
/// Ended calls are remembered for this long, so that hang-ups and their acknowledgements still pass.
const ENDED_MEMORY_MS: u64 = 120_000;
/// What is kept for devices that connect while it rings: the invite and the candidates after it.
const MAX_KEPT: usize = 32;

/// A message of a call on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Envelope<'a> {
    pub(crate) call: &'a CallId,
    pub(crate) from: &'a Address,
    pub(crate) to: &'a Recipient,
    pub(crate) id: u64,
    pub(crate) body: &'a Value,
}

/// A message that may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// Whom it is for, as the rules read it.
    pub(crate) to: Recipient,
    /// What it changed about the call.
    pub(crate) change: Option<Change>,
}

/// What has become of a call, to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// It began.
    Started(Call),
    /// A device of the callee was selected.
    Answered { device: DeviceId, at_ms: u64 },
    /// It is over.
    Ended { reason: EndReason, at_ms: u64 },
}

/// A call as the relay knows it. Times are ms since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) caller: Address,
    pub(crate) callee: PersonId,
    pub(crate) started_at_ms: u64,
    pub(crate) ring_until_ms: u64,
    pub(crate) selected: Option<DeviceId>,
    pub(crate) ended: Option<(EndReason, u64)>,
    /// For devices of the callee that connect while it rings.
    pub(crate) kept: Vec<Kept>,
    /// Since when neither device has been connected.
    pub(crate) abandoned_since_ms: Option<u64>,
}

/// A message kept for devices that connect later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) device: Option<DeviceId>,
    pub(crate) id: u64,
    pub(crate) body: Value,
}

impl Call {
    fn selected_address(&self) -> Option<Address> {
        self.selected.clone().map(|device| Address {
            person: self.callee.clone(),
            device,
        })
    }

    fn is_party(&self, address: &Address) -> bool {
        *address == self.caller || self.selected_address().as_ref() == Some(address)
    }

    fn rings(&self, now_ms: u64) -> bool {
        self.selected.is_none() && self.ended.is_none() && now_ms < self.ring_until_ms
    }
}

/// Every call that has not been forgotten.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    by_id: BTreeMap<CallId, Call>,
    per_device: usize,
}

impl Calls {
    /// With the calls known from before, and at most `per_device` unfinished ones of one caller's device.
    pub(crate) fn new(known: impl IntoIterator<Item = (CallId, Call)>, per_device: usize) -> Self {
        Self {
            by_id: known.into_iter().collect(),
            per_device,
        }
    }

    /// Whether this message may pass, and what it changes.
    pub(crate) fn admit(&mut self, envelope: Envelope<'_>, now_ms: u64) -> Result<Admitted, Refusal> {
        let message = Meaning::of(envelope.body)?;
        if let Meaning::Invite { lifetime_ms } = message
            && !self.by_id.contains_key(envelope.call)
        {
            return self.start(envelope, u64::from(lifetime_ms), now_ms);
        }
        let call = self.by_id.get_mut(envelope.call).ok_or_else(Refusal::not_in_call)?;
        let to = recipient(call, envelope, &message)?;
        let change = match message {
            Meaning::Invite { .. } | Meaning::Other | Meaning::Ack { ended: None } => None,
            Meaning::Candidates => {
                keep(call, envelope, now_ms);
                None
            }
            Meaning::Select { device } => select(call, envelope.from, device, now_ms)?,
            Meaning::HangUp { reason } | Meaning::Ack { ended: Some(reason) } => {
                if call.is_party(envelope.from) {
                    end(call, reason, now_ms)
                } else {
                    None
                }
            }
        };
        Ok(Admitted { to, change })
    }

    /// Forgets a call that could not be started after all.
    pub(crate) fn forget(&mut self, id: &CallId) {
        self.by_id.remove(id);
    }

    /// What a device that has just connected must hear of: everything that rings for it.
    pub(crate) fn ringing_for<'a>(
        &'a self,
        device: &'a Address,
        now_ms: u64,
    ) -> impl Iterator<Item = (&'a CallId, &'a Address, &'a Kept)> {
        self.by_id
            .iter()
            .filter(move |(_, call)| call.callee == device.person && call.rings(now_ms))
            .flat_map(|(id, call)| call.kept.iter().map(move |kept| (id, &call.caller, kept)))
            .filter(|(_, _, kept)| kept.device.as_ref().is_none_or(|wanted| *wanted == device.device))
    }

    /// Whether a person is in a call that was answered.
    pub(crate) fn has_answered_call(&self, person: &PersonId) -> bool {
        self.by_id.values().any(|call| {
            call.selected.is_some() && call.ended.is_none() && (call.caller.person == *person || call.callee == *person)
        })
    }

    /// Ends what nobody will end any more and forgets what ended long ago. To be called every few seconds.
    pub(crate) fn tidy(&mut self, now_ms: u64, is_connected: impl Fn(&Address) -> bool) -> Vec<(CallId, Change)> {
        self.by_id
            .retain(|_, call| call.ended.is_none_or(|(_, at_ms)| now_ms < at_ms + ENDED_MEMORY_MS));
        let mut changes = Vec::new();
        for (id, call) in &mut self.by_id {
            let change = match call.selected_address() {
                None if now_ms >= call.ring_until_ms + RING_GRACE_MS => end(call, EndReason::NoAnswer, now_ms),
                None => None,
                Some(selected) if is_connected(&call.caller) || is_connected(&selected) => {
                    call.abandoned_since_ms = None;
                    None
                }
                Some(_) => {
                    let since_ms = *call.abandoned_since_ms.get_or_insert(now_ms);
                    if now_ms >= since_ms + ABANDONED_MS {
                        end(call, EndReason::ConnectionLost, now_ms)
                    } else {
                        None
                    }
                }
            };
            changes.extend(change.map(|change| (id.clone(), change)));
        }
        changes
    }

    fn start(&mut self, envelope: Envelope<'_>, lifetime_ms: u64, now_ms: u64) -> Result<Admitted, Refusal> {
        let Envelope { call: id, from, to, .. } = envelope;
        if to.person == from.person {
            return Err(Refusal::new(
                ErrorCode::Unreachable,
                "Nobody can call themselves. Choose another person.",
            ));
        }
        let unfinished = self
            .by_id
            .values()
            .filter(|call| call.caller == *from && call.ended.is_none())
            .count();
        if unfinished >= self.per_device {
            return Err(Refusal::too_many_calls());
        }
        let mut call = Call {
            caller: from.clone(),
            callee: to.person.clone(),
            started_at_ms: now_ms,
            ring_until_ms: now_ms + lifetime_ms.min(MAX_LIFETIME_MS),
            selected: None,
            ended: None,
            kept: Vec::new(),
            abandoned_since_ms: None,
        };
        keep(&mut call, envelope, now_ms);
        self.by_id.insert(id.clone(), call.clone());
        Ok(Admitted {
            to: to.clone(),
            change: Some(Change::Started(call)),
        })
    }
}

/// What the relay reads of a body; the rest is between the two devices.
enum Meaning {
    Invite { lifetime_ms: u32 },
    Candidates,
    Select { device: DeviceId },
    HangUp { reason: EndReason },
    Ack { ended: Option<EndReason> },
    Other,
}

impl Meaning {
    fn of(body: &Value) -> Result<Self, Refusal> {
        let kind = body
            .get("type")
            .and_then(Value::as_str)
            .ok_or_else(Refusal::body_without_type)?;
        match kind {
            "candidates" => return Ok(Self::Candidates),
            "invite" | "select" | "hang_up" | "ack" => {}
            // A type of a newer protocol as well: the other device answers it.
            _ => return Ok(Self::Other),
        }
        match from_value::<CallMessage>(body.clone()).map_err(|error| Refusal::body(&error))? {
            CallMessage::Invite { lifetime_ms, .. } => Ok(Self::Invite { lifetime_ms }),
            CallMessage::Select { device } => Ok(Self::Select { device }),
            CallMessage::HangUp { reason } => Ok(Self::HangUp { reason }),
            CallMessage::Ack { ended, .. } => Ok(Self::Ack { ended }),
            CallMessage::Ringing
            | CallMessage::Answer { .. }
            | CallMessage::Reject { .. }
            | CallMessage::Candidates { .. }
            | CallMessage::Negotiate { .. }
            | CallMessage::NegotiateRequest { .. }
            | CallMessage::Operation(_)
            | CallMessage::OperationAck { .. }
            | CallMessage::Error { .. } => Ok(Self::Other),
        }
    }
}

/// Only between the caller's device and the devices of the callee; after `select` only the two devices send.
fn recipient(call: &Call, envelope: Envelope<'_>, message: &Meaning) -> Result<Recipient, Refusal> {
    let Envelope { from, to, .. } = envelope;
    let from_caller = *from == call.caller;
    let between = if from_caller {
        to.person == call.callee
    } else {
        let to_caller = to.device.as_ref().is_none_or(|device| *device == call.caller.device);
        from.person == call.callee
            && to.person == call.caller.person
            && to_caller
            && !matches!(message, Meaning::Invite { .. })
    };
    let may_send = call.selected.is_none() || call.is_party(from) || matches!(message, Meaning::Ack { .. });
    if !between || !may_send {
        return Err(Refusal::not_in_call());
    }
    if from_caller {
        return Ok(to.clone());
    }
    Ok(Recipient {
        person: call.caller.person.clone(),
        device: Some(call.caller.device.clone()),
    })
}

fn keep(call: &mut Call, envelope: Envelope<'_>, now_ms: u64) {
    let Envelope { from, to, id, body, .. } = envelope;
    let known = call.kept.iter().any(|kept| kept.id == id);
    if *from == call.caller && call.rings(now_ms) && !known && call.kept.len() < MAX_KEPT {
        call.kept.push(Kept {
            device: to.device.clone(),
            id,
            body: body.clone(),
        });
    }
}

fn select(call: &mut Call, from: &Address, device: DeviceId, now_ms: u64) -> Result<Option<Change>, Refusal> {
    if *from != call.caller || call.selected.as_ref().is_some_and(|selected| *selected != device) {
        return Err(Refusal::not_in_call());
    }
    if call.selected.is_some() || call.ended.is_some() {
        return Ok(None);
    }
    call.selected = Some(device.clone());
    call.kept.clear();
    Ok(Some(Change::Answered { device, at_ms: now_ms }))
}

/// Ends a call; of two reasons the one that stands first counts, as it does on the devices.
fn end(call: &mut Call, reason: EndReason, now_ms: u64) -> Option<Change> {
    let (reason, at_ms) = match call.ended {
        Some((earlier, _)) if earlier <= reason => return None,
        Some((_, at_ms)) => (reason, at_ms),
        None => (reason, now_ms),
    };
    call.ended = Some((reason, at_ms));
    call.kept.clear();
    Some(Change::Ended { reason, at_ms })
}

#[cfg(test)]
mod tests;
