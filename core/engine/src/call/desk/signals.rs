//! What comes from the hub.

use assist_protocol::call::{CallMachine, Input};
use assist_protocol::messages::HubMessage;

use super::Desk;
use crate::session::SessionSnapshot;
use crate::signalling::SignallingEvent;

impl Desk {
    pub(super) fn signal(&mut self, signal: SignallingEvent) {
        match signal {
            SignallingEvent::Connected(welcome) => {
                let calls = self.config.calls.clone();
                let machine = self
                    .machine
                    .get_or_insert_with(|| CallMachine::new(welcome.me.clone(), calls));
                machine.handle_input(Input::SignallingConnected, self.config.clock.now());
                self.ice_servers = welcome.ice_servers;
                self.show_session(|session| {
                    session.connected = true;
                    session.sign_in_needed = None;
                    session.me = Some(welcome.me);
                    session.name = welcome.name;
                    session.people = welcome.people;
                });
            }
            SignallingEvent::Lost { reason, retry_in } => {
                log::info!(
                    "signalling lost ({reason}), trying again in {} ms",
                    retry_in.as_millis()
                );
                self.show_session(|session| session.connected = false);
                self.input(Input::SignallingLost);
            }
            SignallingEvent::SignInNeeded { message } => {
                self.show_session(|session| {
                    session.connected = false;
                    session.sign_in_needed = Some(message);
                });
                self.input(Input::SignallingLost);
            }
            SignallingEvent::Message(message) => self.hub_message(message),
        }
    }

    fn show_session(&self, change: impl FnOnce(&mut SessionSnapshot)) {
        self.session.send_modify(|session| {
            change(session);
            session.revision += 1;
        });
    }

    pub(super) fn hub_message(&mut self, message: HubMessage) {
        match message {
            HubMessage::Relayed { call, from, id, body } => self.input(Input::from_relayed(call, from, id, body)),
            HubMessage::Refused {
                call: Some(call),
                id: Some(id),
                code,
                ..
            } => {
                self.input(Input::Refused { call, id, code });
            }
            HubMessage::Refused { code, .. } => log::warn!("the hub refused a message: {code:?}"),
            HubMessage::Presence { person, presence } => self.show_session(|session| {
                if let Some(known) = session.people.iter_mut().find(|known| known.id == person) {
                    known.presence = presence;
                }
            }),
            HubMessage::Welcome { .. } | HubMessage::Pong { .. } | HubMessage::GoingAway { .. } => {}
        }
    }
}
