//! Which devices are connected, and how to reach them.

use std::collections::BTreeMap;

use assist_protocol::{
    Address, PersonId,
    messages::{HubMessage, encode},
};
use tokio::sync::{mpsc, watch};

/// Why the hub ends a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The client closed, or its connection broke.
    Gone,
    /// The same device connected again.
    Replaced,
    /// The client does not read what it is sent.
    NotReading,
    /// Nothing was heard of the client for two heartbeats.
    Silent,
    /// The client went on sending more than is accepted.
    TooFast,
    /// The client did not say who it is.
    Unauthenticated,
    /// The person has more devices connected than are accepted.
    TooManyDevices,
    /// The hub shuts down.
    GoingAway,
    /// The hub stops at once, without a word.
    Aborted,
}

/// The way to one connected client: a bounded queue, so that one that never reads costs a bounded amount.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<String>,
    ending: watch::Sender<Option<Ending>>,
}

/// The receiving half of an [`Outbox`].
#[derive(Debug)]
pub(crate) struct OutboxReceiver {
    pub(crate) queue: mpsc::Receiver<String>,
    pub(crate) ending: watch::Receiver<Option<Ending>>,
}

impl Outbox {
    /// Both halves, with room for `capacity` messages.
    pub(crate) fn new(capacity: usize) -> (Self, OutboxReceiver) {
        let (sender, queue) = mpsc::channel(capacity.max(1));
        let (ending_sender, ending) = watch::channel(None);
        (
            Self {
                queue: sender,
                ending: ending_sender,
            },
            OutboxReceiver { queue, ending },
        )
    }

    /// Queues a message; a client whose queue is full is dropped, and comes back with an empty one.
    pub(crate) fn send(&self, message: &HubMessage) {
        self.send_text(encode(message));
    }

    /// The same with a message that is encoded already.
    pub(crate) fn send_text(&self, text: String) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(text) {
            self.end(Ending::NotReading);
        }
    }

    /// Ends the session; the first reason counts.
    pub(crate) fn end(&self, reason: Ending) {
        self.ending.send_if_modified(|ending| {
            let first = ending.is_none();
            ending.get_or_insert(reason);
            first
        });
    }
}

/// One connection of a device, told apart from its earlier and later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Connection(u64);

/// Every connected device.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    devices: BTreeMap<Address, (Connection, Outbox)>,
    connections: u64,
}

impl Sessions {
    /// Adds a device; a connection it had before ends.
    pub(crate) fn connect(&mut self, address: Address, outbox: Outbox) -> Connection {
        self.connections += 1;
        let connection = Connection(self.connections);
        if let Some((_, earlier)) = self.devices.insert(address, (connection, outbox)) {
            earlier.end(Ending::Replaced);
        }
        connection
    }

    /// Removes a device, unless it has connected again since.
    pub(crate) fn disconnect(&mut self, address: &Address, connection: Connection) {
        if self
            .devices
            .get(address)
            .is_some_and(|(current, _)| *current == connection)
        {
            self.devices.remove(address);
        }
    }

    /// Whether this device is connected.
    pub(crate) fn is_connected(&self, address: &Address) -> bool {
        self.devices.contains_key(address)
    }

    /// The connected devices of a person.
    pub(crate) fn devices_of(&self, person: &PersonId) -> impl Iterator<Item = (&Address, &Outbox)> {
        self.devices
            .iter()
            .filter(move |(address, _)| address.person == *person)
            .map(|(address, (_, outbox))| (address, outbox))
    }

    /// The ways to every device of everybody but `person`.
    pub(crate) fn others(&self, person: &PersonId) -> impl Iterator<Item = &Outbox> {
        self.devices
            .iter()
            .filter(move |(address, _)| address.person != *person)
            .map(|(_, (_, outbox))| outbox)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assist_protocol::DeviceId;

    fn address(person: &str, device: &str) -> Address {
        Address {
            person: PersonId::new(person).unwrap(),
            device: DeviceId::new(device).unwrap(),
        }
    }

    #[test]
    fn an_earlier_connection_of_a_device_ends_and_takes_nothing_with_it() {
        let mut sessions = Sessions::default();
        let phone = address("technician", "phone");
        let (first, first_receiver) = Outbox::new(1);
        let (second, second_receiver) = Outbox::new(1);
        let earlier = sessions.connect(phone.clone(), first);
        sessions.connect(phone.clone(), second);
        assert_eq!(*first_receiver.ending.borrow(), Some(Ending::Replaced));
        assert_eq!(*second_receiver.ending.borrow(), None);
        sessions.disconnect(&phone, earlier);
        assert!(sessions.is_connected(&phone));
    }

    #[test]
    fn a_full_queue_ends_the_session_and_the_first_reason_counts() {
        let (outbox, receiver) = Outbox::new(1);
        outbox.send(&HubMessage::Pong { nonce: 1 });
        assert_eq!(*receiver.ending.borrow(), None);
        outbox.send(&HubMessage::Pong { nonce: 2 });
        outbox.end(Ending::GoingAway);
        assert_eq!(*receiver.ending.borrow(), Some(Ending::NotReading));
    }
}
