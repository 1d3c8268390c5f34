//! All calls of one device: at most one that is live, and those that are ending or ended.

use std::collections::{BTreeMap, VecDeque};

use super::context::Context;
use super::invited::{Verdict, judge};
use super::one::Call;
use super::{CallConfig, CallSnapshot, CallState, Input, Output};
use crate::ids::{Address, CallId};
use crate::messages::CallMessage;
use crate::messages::call::{EndReason, ErrorCode};
use crate::messages::signalling::Recipient;
use crate::time::Timestamp;

/// Most calls kept: beyond this the one that would be forgotten first goes at once.
const MAX_CALLS: usize = 64;

/// The calls of one device.
///
/// Tell it what happens with [`handle_input`](Self::handle_input), call [`handle_timeout`](Self::handle_timeout) no later
/// than [`poll_timeout`](Self::poll_timeout) says, and do everything [`poll_output`](Self::poll_output) returns, in
/// order, after each of both.
#[derive(Debug)]
pub struct CallMachine {
    calls: BTreeMap<CallId, Call>,
    /// The call that began last.
    latest: Option<CallId>,
    context: Context,
}

impl CallMachine {
    /// A machine without calls, for the device that the hub's `welcome` named: signalling is there.
    pub fn new(me: Address, config: CallConfig) -> Self {
        let context = Context {
            me,
            config,
            now: Timestamp::ZERO,
            online: true,
            outputs: VecDeque::new(),
        };
        Self {
            calls: BTreeMap::new(),
            latest: None,
            context,
        }
    }

    /// Takes one input.
    pub fn handle_input(&mut self, input: Input, now: Timestamp) {
        self.context.now = now;
        match input {
            Input::Place { call, callee } => self.place(call, callee),
            Input::Accept => self.with_live(Call::accept),
            Input::Decline => self.with_live(Call::decline),
            Input::HangUp => self.with_live(Call::hang_up),
            Input::Fail { call } | Input::MediaFailed { call } => self.with(&call, Call::fail),
            Input::Received { call, from, id, body } => self.received(call, &from, id, body),
            Input::ReceivedUnknown {
                call,
                from,
                id,
                code,
                message,
            } => {
                self.received_unknown(call, from, id, code, message);
            }
            Input::Refused { call, id, code } => self.with(&call, |call, context| call.refused(id, code, context)),
            Input::OfferCreated { call, round, sdp } => {
                self.with(&call, |call, context| call.offer_created(round, sdp, context));
            }
            Input::AnswerCreated { call, round, sdp } => {
                self.with(&call, |call, context| call.answer_created(round, sdp, context));
            }
            Input::CandidatesGathered {
                call,
                round,
                candidates,
                complete,
            } => {
                self.with(&call, |call, context| {
                    call.candidates_gathered(round, candidates, complete, context)
                });
            }
            Input::MediaConnected { call, connection } => self.with(&call, |call, _| call.media_connected(connection)),
            Input::MediaDisconnected { call, connection } => {
                self.with(&call, |call, context| call.media_disconnected(connection, context));
            }
            Input::NetworkChanged => self.with_live(Call::network_changed),
            Input::Woke => self.with_live(Call::woke),
            Input::SignallingConnected => {
                self.context.online = true;
                for call in self.calls.values_mut() {
                    call.signalling_connected(&mut self.context);
                }
            }
            Input::SignallingLost => self.context.online = false,
            Input::PeerHungUp { call } => self.with(&call, Call::peer_hung_up),
            Input::Relay { call, body } => self.with(&call, |call, context| call.relay(body, context)),
        }
        self.show();
    }

    /// Does everything that is due.
    pub fn handle_timeout(&mut self, now: Timestamp) {
        self.context.now = now;
        self.calls.retain(|_, call| call.handle_timeout(&mut self.context));
        self.latest.take_if(|latest| !self.calls.contains_key(latest));
        self.show();
    }

    /// The next thing to do; none means that all is done.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.context.outputs.pop_front()
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next; none means that nothing is waited for.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.calls
            .values()
            .filter_map(|call| call.next_due(&self.context))
            .min()
    }

    /// The call that began last, until it is forgotten. None: idle.
    pub fn snapshot(&self) -> Option<&CallSnapshot> {
        self.calls.get(self.latest.as_ref()?)?.shown()
    }

    fn place(&mut self, id: CallId, callee: crate::ids::PersonId) {
        let is_free = self.live().is_none() && !self.calls.contains_key(&id) && callee != self.context.me.person;
        if is_free {
            let call = Call::place(id, callee, &mut self.context);
            self.admit(call);
        }
    }

    fn received(&mut self, id: CallId, from: &Address, number: u64, body: CallMessage) {
        if *from == self.context.me {
            return;
        }
        if let Some(call) = self.calls.get_mut(&id) {
            if call.is_with(from) {
                call.receive(&from.device, number, body, &mut self.context);
            }
            return;
        }
        match body {
            CallMessage::Invite { lifetime_ms, offer } => self.invited(id, from, number, lifetime_ms, offer),
            CallMessage::HangUp { reason } => {
                // Its invite may still come: it shall not ring.
                let call = Call::unseen(id, from, reason, &mut self.context);
                self.answer_for(call, from, number, true);
            }
            CallMessage::Ringing
            | CallMessage::Answer { .. }
            | CallMessage::Select { .. }
            | CallMessage::Reject { .. }
            | CallMessage::Candidates { .. }
            | CallMessage::Negotiate { .. }
            | CallMessage::NegotiateRequest { .. }
            | CallMessage::Ack { .. }
            | CallMessage::Operation(_)
            | CallMessage::OperationAck { .. }
            | CallMessage::Error { .. } => {}
        }
    }

    fn invited(&mut self, id: CallId, from: &Address, number: u64, lifetime_ms: u32, offer: String) {
        let verdict = judge(self.live(), &id, from);
        let context = &mut self.context;
        let call = match verdict {
            Verdict::Ring => Call::invited(id, from, CallState::Ringing, lifetime_ms, offer, context),
            Verdict::TakeInstead => {
                self.end_live(EndReason::Replaced);
                Call::invited(id, from, CallState::Accepting, lifetime_ms, offer, &mut self.context)
            }
            Verdict::Supersede => {
                self.end_live(EndReason::Replaced);
                Call::invited(id, from, CallState::Ringing, lifetime_ms, offer, &mut self.context)
            }
            Verdict::KeepOurs => Call::unseen(id, from, EndReason::Replaced, context),
            Verdict::Busy => Call::busy(id, from, context),
        };
        self.answer_for(call, from, number, false);
    }

    /// Ends the live call and says so, before the call that takes its place is shown.
    fn end_live(&mut self, reason: EndReason) {
        self.with_live(|call, context| {
            call.end(reason, context);
            call.show(context);
        });
    }

    /// Admits a call that began with this message.
    fn answer_for(&mut self, mut call: Call, from: &Address, number: u64, is_hang_up: bool) {
        if number > 0 {
            call.inbox.record(&from.device, number);
            call.acknowledge(&from.device, number, is_hang_up, &mut self.context);
        }
        self.admit(call);
    }

    fn received_unknown(&mut self, call: CallId, from: Address, id: u64, code: ErrorCode, message: String) {
        if from != self.context.me && self.context.online {
            let to = Recipient {
                person: from.person,
                device: Some(from.device),
            };
            let body = CallMessage::Error {
                about: id,
                code,
                message,
            };
            self.context.put(Output::Send { to, call, id: 0, body });
        }
    }

    fn admit(&mut self, call: Call) {
        if call.visible {
            self.latest = Some(call.id.clone());
        }
        self.calls.insert(call.id.clone(), call);
        while self.calls.len() > MAX_CALLS {
            let over = self.calls.values().filter(|call| !call.state.is_live());
            let Some(oldest) = over.min_by_key(|call| call.deadline).map(|call| call.id.clone()) else {
                break;
            };
            self.calls.remove(&oldest);
        }
    }

    fn live(&self) -> Option<&Call> {
        self.calls.values().find(|call| call.state.is_live())
    }

    fn with_live(&mut self, act: impl FnOnce(&mut Call, &mut Context)) {
        if let Some(call) = self.calls.values_mut().find(|call| call.state.is_live()) {
            act(call, &mut self.context);
        }
    }

    fn with(&mut self, id: &CallId, act: impl FnOnce(&mut Call, &mut Context)) {
        if let Some(call) = self.calls.get_mut(id) {
            act(call, &mut self.context);
        }
    }

    fn show(&mut self) {
        for call in self.calls.values_mut() {
            call.show(&mut self.context);
        }
    }
}
