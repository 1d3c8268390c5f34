//! What the machines want done.

use std::sync::Arc;

use assist_protocol::CallId;
use assist_protocol::call::{CallMachine, CallSnapshot as MachineSnapshot, CallState, Input, Output, Role};
use assist_protocol::messages::channel::Operation;
use assist_protocol::messages::signalling::Recipient;
use assist_protocol::messages::{CallMessage, ClientMessage};
use assist_protocol::operations::OperationOutput;

use super::Desk;
use super::media::sends_pictures;
use crate::call::negotiation::{Negotiation, Source, Step};
use crate::call::snapshot::CallEvent;

impl Desk {
    /// Does what the machines want done.
    pub(super) fn carry_out(&mut self) {
        // What is wanted for a new call may come before its first snapshot.
        self.meet();
        loop {
            while let Some(output) = self.machine.as_mut().and_then(CallMachine::poll_output) {
                self.output(output);
            }
            let relayed = self.drain_operations();
            if relayed.is_empty() {
                break;
            }
            for (call, body) in relayed {
                self.input(Input::Relay { call, body });
            }
        }
        self.calls.retain(|_, call| !call.is_over());
    }

    pub(super) fn drain_operations(&mut self) -> Vec<(CallId, CallMessage)> {
        let mut relayed = Vec::new();
        let now = self.config.clock.now();
        for (id, call) in &mut self.calls {
            call.send_annotations(now);
            while let Some(output) = call.operations.poll_output() {
                match output {
                    OperationOutput::OnChannel(message) => call.say(&message),
                    OperationOutput::ThroughHub(body) => relayed.push((id.clone(), body)),
                    OperationOutput::Delivered(Operation::Text { id, sent_at_ms, text }) => {
                        call.tell(CallEvent::TextReceived { id, sent_at_ms, text });
                    }
                    OperationOutput::Delivered(Operation::Annotation(annotation)) => {
                        call.receive_annotation(&annotation, now);
                    }
                    OperationOutput::Delivered(Operation::Unknown) => {}
                    OperationOutput::Acknowledged(through) => call.delivered(through),
                }
            }
        }
        relayed
    }

    pub(super) fn output(&mut self, output: Output) {
        match output {
            Output::Send { to, call, id, body } => self.send(to, call, id, &body),
            Output::CreateOffer {
                call,
                round,
                restart,
                fresh,
            } => {
                self.renew_if(fresh, &call, round);
                self.step(&call, Step::Offer { round, restart });
            }
            Output::CreateAnswer {
                call,
                round,
                offer,
                fresh,
            } => {
                self.renew_if(fresh, &call, round);
                self.step(&call, Step::Answer { round, offer });
            }
            Output::ApplyAnswer { call, round, answer } => self.step(&call, Step::ApplyAnswer { round, answer }),
            Output::AddCandidates {
                call,
                round,
                candidates,
                ..
            } => {
                self.step(&call, Step::Candidates { round, candidates });
            }
            Output::CloseMedia { call } => {
                if let Some(call) = self.calls.get_mut(&call) {
                    call.close_media();
                }
            }
            Output::Deliver { call, body } => {
                let Some(call) = self.calls.get_mut(&call) else { return };
                if let CallMessage::Operation(operation) = body {
                    call.operations.received(operation);
                } else if let CallMessage::OperationAck { through } = body {
                    call.operations.acknowledged(through);
                }
            }
            Output::Changed { snapshot } => self.changed(&snapshot),
        }
    }

    pub(super) fn send(&self, to: Recipient, call: CallId, id: u64, body: &CallMessage) {
        let Ok(body) = serde_json::to_value(body) else { return };
        // The machine repeats what matters.
        if let Err(error) = self.signalling.send(&ClientMessage::Relay { call, to, id, body }) {
            log::debug!("a signalling message waits: {error}");
        }
    }

    /// Makes a connection for a round that has one of its own.
    fn renew_if(&mut self, fresh: bool, id: &CallId, round: u32) {
        let Some(call) = self.calls.get_mut(id).filter(|_| fresh || round == 0) else {
            return;
        };
        log::debug!("connection {round} of a call begins");
        let source = Source {
            call: id.clone(),
            connection: round,
        };
        let negotiation = Negotiation::start(
            source,
            Arc::clone(&self.config.factory),
            self.ice_servers.clone(),
            self.transport_events.clone(),
            self.reports.clone(),
        );
        call.connections.renew(round, negotiation);
    }

    fn step(&mut self, id: &CallId, step: Step) {
        let taken = self.calls.get_mut(id).is_some_and(|call| call.connections.take(step));
        if !taken {
            log::debug!("a step of a call without a connection was left out");
        }
    }

    /// Tells the app of a call that somebody else placed, the first time anything is to be done for it.
    pub(super) fn meet(&mut self) {
        let Some(snapshot) = self.machine.as_ref().and_then(CallMachine::snapshot) else {
            return;
        };
        let is_new = snapshot.state != CallState::Ended && !self.calls.contains_key(&snapshot.call);
        if !is_new || snapshot.role == Role::Caller {
            return;
        }
        let (id, peer) = (snapshot.call.clone(), snapshot.peer.clone());
        match self.open(&id, &peer, Role::Callee) {
            Ok(call) => {
                if self.incoming.try_send(call).is_err() {
                    log::warn!("an incoming call found nobody to tell");
                }
            }
            Err(error) => log::warn!("an incoming call could not be taken: {error}"),
        }
    }

    pub(super) fn changed(&mut self, snapshot: &MachineSnapshot) {
        let now = self.config.clock.now();
        let Some(call) = self.calls.get_mut(&snapshot.call) else {
            return;
        };
        let before = call.shared.snapshot.borrow().state;
        log::debug!("a call is {:?}", snapshot.state);
        call.show_machine(snapshot, now);
        if !sends_pictures(before) && sends_pictures(snapshot.state) {
            self.attach_when_accepted(&snapshot.call);
        }
    }
}
