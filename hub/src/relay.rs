//! The relay: connected devices, calls and presence under one lock, and what it knows on disk.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use assist_protocol::{
    Address, CallId, PersonId,
    messages::{
        HubMessage, MAX_MESSAGE_BYTES,
        call::ErrorCode,
        encode,
        signalling::{Person, Recipient},
    },
};
use serde_json::Value;

use crate::{
    calls::{Calls, Change, Envelope, Refusal},
    config::IceConfig,
    ice,
    presence::{self, Announced},
    sessions::{Connection, Ending, Outbox, Sessions},
    store::{PersonRow, Store, StoreError},
};

/// The one owner of who is connected and who calls whom.
#[derive(Debug)]
pub(crate) struct Relay {
    store: Store,
    people: Vec<PersonRow>,
    ice: IceConfig,
    heartbeat: Duration,
    devices_per_person: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    sessions: Sessions,
    calls: Calls,
    announced: Announced,
}

/// A message to be relayed, as its sender wrote it.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) call: CallId,
    pub(crate) to: Recipient,
    pub(crate) id: u64,
    pub(crate) body: Value,
}

impl Relay {
    /// With everything the store remembers.
    pub(crate) async fn load(
        store: Store,
        ice: IceConfig,
        heartbeat: Duration,
        (devices_per_person, calls_per_device): (usize, usize),
    ) -> Result<Self, StoreError> {
        let people = store.people().await?;
        let calls = Calls::new(store.calls_not_forgotten(now_ms()).await?, calls_per_device);
        let state = State {
            sessions: Sessions::default(),
            calls,
            announced: Announced::default(),
        };
        Ok(Self {
            store,
            people,
            ice,
            heartbeat,
            devices_per_person,
            state: Mutex::new(state),
        })
    }

    /// Somebody's name, if they have an account.
    pub(crate) fn name_of(&self, person: &PersonId) -> Option<&str> {
        self.people
            .iter()
            .find(|row| row.id == *person)
            .map(|row| row.name.as_str())
    }

    /// Lets a device in: welcomes it, tells the others, hands it what rings for it.
    pub(crate) fn connect(&self, me: &Address, outbox: Outbox) -> Result<Connection, Ending> {
        let mut state = self.state();
        let name = self.name_of(&me.person).ok_or(Ending::Unauthenticated)?;
        let others = state
            .sessions
            .devices_of(&me.person)
            .filter(|(address, _)| *address != me)
            .count();
        if others >= self.devices_per_person {
            return Err(Ending::TooManyDevices);
        }
        let connection = state.sessions.connect(me.clone(), outbox.clone());
        outbox.send(&HubMessage::Welcome {
            me: me.clone(),
            name: name.to_owned(),
            ice_servers: ice::servers(&self.ice, &me.person, SystemTime::now()),
            people: self.others(&state, &me.person),
            heartbeat_ms: u32::try_from(self.heartbeat.as_millis()).unwrap_or(u32::MAX),
        });
        for (call, caller, kept) in state.calls.ringing_for(me, now_ms()) {
            let (call, from, body) = (call.clone(), caller.clone(), kept.body.clone());
            outbox.send(&HubMessage::Relayed {
                call,
                from,
                id: kept.id,
                body,
            });
        }
        state.announce(&me.person);
        Ok(connection)
    }

    /// Notes that a connection has ended.
    pub(crate) fn disconnect(&self, me: &Address, connection: Connection) {
        let mut state = self.state();
        state.sessions.disconnect(me, connection);
        state.announce(&me.person);
    }

    /// Passes a message on within its call, or says why not. What it changes about the call is on disk before it is
    /// passed on, so that a hub that starts again knows every call that a device may know of.
    pub(crate) async fn pass_on(&self, from: &Address, letter: Letter) -> Result<(), Refusal> {
        let Letter { call, to, id, body } = letter;
        if self.name_of(&to.person).is_none() {
            return Err(Refusal::unknown_person());
        }
        // Before anything is changed: a call that cannot ring must not be one.
        let relayed = HubMessage::Relayed {
            call: call.clone(),
            from: from.clone(),
            id,
            body: body.clone(),
        };
        let text = encode(&relayed);
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(Refusal::new(
                ErrorCode::TooLarge,
                "With its sender's name the message is too large to pass on.",
            ));
        }
        let envelope = Envelope {
            call: &call,
            from,
            to: &to,
            id,
            body: &body,
        };
        let admitted = self.state().calls.admit(envelope, now_ms())?;
        if let Some(change) = &admitted.change {
            self.record(&call, change).await?;
        }
        let mut state = self.state();
        state.deliver(&admitted.to, &text);
        if admitted.change.is_some() {
            state.announce(&from.person);
            state.announce(&to.person);
        }
        Ok(())
    }

    /// Ends calls that both devices have left without a word. To be called every few seconds.
    pub(crate) async fn tidy(&self) {
        let changes = {
            let mut state = self.state();
            let State { sessions, calls, .. } = &mut *state;
            calls.tidy(now_ms(), |address| sessions.is_connected(address))
        };
        for (call, change) in &changes {
            if let Err(error) = self.store.record(call, change).await {
                log::error!("a call's end could not be recorded: {error}");
            }
        }
        if !changes.is_empty() {
            let mut state = self.state();
            for row in &self.people {
                state.announce(&row.id);
            }
        }
    }

    async fn record(&self, call: &CallId, change: &Change) -> Result<(), Refusal> {
        match self.store.record(call, change).await {
            Ok(()) => Ok(()),
            Err(StoreError::CallIdUsed) => {
                self.state().calls.forget(call);
                Err(Refusal::call_id_used())
            }
            Err(error @ StoreError::Database(_)) => {
                // The call is worth more than its record.
                log::error!("a call could not be recorded, and goes on: {error}");
                Ok(())
            }
        }
    }

    fn others(&self, state: &State, me: &PersonId) -> Vec<Person> {
        let others = self.people.iter().filter(|row| row.id != *me);
        let person = |row: &PersonRow| Person {
            id: row.id.clone(),
            name: row.name.clone(),
            presence: presence::of(&row.id, &state.sessions, &state.calls),
        };
        others.map(person).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code under the lock leaves the maps half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the database.
    pub(crate) async fn close(&self) {
        self.store.close().await;
    }
}

impl State {
    /// To devices that are not there nothing goes; the sender repeats it until they acknowledge it.
    fn deliver(&self, to: &Recipient, text: &str) {
        for (address, outbox) in self.sessions.devices_of(&to.person) {
            if to.device.as_ref().is_none_or(|device| *device == address.device) {
                outbox.send_text(text.to_owned());
            }
        }
    }

    fn announce(&mut self, person: &PersonId) {
        let presence = presence::of(person, &self.sessions, &self.calls);
        if self.announced.update(person, presence) {
            let text = encode(&HubMessage::Presence {
                person: person.clone(),
                presence,
            });
            for outbox in self.sessions.others(person) {
                outbox.send_text(text.clone());
            }
        }
    }
}

/// Milliseconds since 1970.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
