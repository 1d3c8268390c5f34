//! What was said and is not acknowledged yet.

use std::collections::{BTreeMap, BTreeSet};

use super::Output;
use super::context::Context;
use super::reconnect::is_of_a_round;
use crate::ids::{CallId, DeviceId};
use crate::messages::CallMessage;
use crate::messages::signalling::Recipient;
use crate::time::Timestamp;

/// A message and who has it.
#[derive(Debug)]
struct Entry {
    to: Recipient,
    body: CallMessage,
    acknowledged_by: BTreeSet<DeviceId>,
    repetitions: u32,
    due: Timestamp,
}

/// Whose acknowledgement a message to all devices of a person needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Audience {
    /// The one device that is in the call, once that is decided.
    pub(super) chosen: Option<DeviceId>,
    /// The devices that take part, and have not left.
    pub(super) heard: BTreeSet<DeviceId>,
    /// Whether devices that were not chosen may still ring.
    pub(super) others_ring: bool,
}

impl Entry {
    fn is_settled(&self, audience: &Audience) -> bool {
        let has = |device: &DeviceId| self.acknowledged_by.contains(device);
        if let Some(device) = &self.to.device {
            return has(device);
        }
        let for_others = matches!(self.body, CallMessage::Select { .. }) && audience.others_ring;
        match &audience.chosen {
            Some(chosen) if !for_others => has(chosen),
            Some(_) | None => !self.acknowledged_by.is_empty() && audience.heard.iter().all(has),
        }
    }
}

/// The unacknowledged messages of one call.
#[derive(Debug)]
pub(super) struct Outbox {
    call: CallId,
    last_id: u64,
    entries: BTreeMap<u64, Entry>,
}

impl Outbox {
    pub(super) fn new(call: CallId) -> Self {
        Self {
            call,
            last_id: 0,
            entries: BTreeMap::new(),
        }
    }

    /// Says something until it is acknowledged.
    pub(super) fn post(&mut self, to: Recipient, body: CallMessage, context: &mut Context) {
        self.last_id += 1;
        let mut entry = Entry {
            to,
            body,
            acknowledged_by: BTreeSet::new(),
            repetitions: 0,
            due: context.now,
        };
        if context.online {
            entry.due = context.now + context.config.repeat_after(0);
            context.put(output(&self.call, self.last_id, &entry));
        }
        self.entries.insert(self.last_id, entry);
    }

    /// Says something once; what nobody acknowledges has no number of its own.
    pub(super) fn post_once(&self, to: Recipient, body: CallMessage, context: &mut Context) {
        if context.online {
            context.put(Output::Send {
                to,
                call: self.call.clone(),
                id: 0,
                body,
            });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What `id` says, if it is still kept.
    pub(super) fn body(&self, id: u64) -> Option<&CallMessage> {
        self.entries.get(&id).map(|entry| &entry.body)
    }

    pub(super) fn acknowledge(&mut self, id: u64, by: &DeviceId) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.acknowledged_by.insert(by.clone());
        }
    }

    /// As if `by` had acknowledged every message that `which` selects.
    pub(super) fn acknowledge_where(&mut self, by: &DeviceId, which: impl Fn(&CallMessage) -> bool) {
        for entry in self.entries.values_mut().filter(|entry| which(&entry.body)) {
            entry.acknowledged_by.insert(by.clone());
        }
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.entries.remove(&id);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&CallMessage) -> bool) {
        self.entries.retain(|_, entry| keep(&entry.body));
    }

    pub(super) fn count(&self, which: impl Fn(&CallMessage) -> bool) -> usize {
        self.entries.values().filter(|entry| which(&entry.body)).count()
    }

    /// Forgets what was acknowledged. What went to all devices stays until one is chosen: another may still turn up.
    pub(super) fn settle(&mut self, audience: &Audience) {
        self.entries
            .retain(|_, entry| (entry.to.device.is_none() && audience.chosen.is_none()) || !entry.is_settled(audience));
    }

    /// Whether everything that `which` selects was acknowledged.
    pub(super) fn is_settled(&self, audience: &Audience, which: impl Fn(&CallMessage) -> bool) -> bool {
        self.entries
            .values()
            .filter(|entry| which(&entry.body))
            .all(|entry| entry.is_settled(audience))
    }

    /// A device turned up that may have missed what was said to all before: that is repeated after the first wait.
    pub(super) fn turned_up(&mut self, context: &Context) {
        for entry in self.entries.values_mut().filter(|entry| entry.to.device.is_none()) {
            entry.repetitions = 0;
            entry.due = context.now + context.config.repeat_after(0);
        }
    }

    /// Says everything again, as after a break of signalling.
    pub(super) fn repeat_all(&mut self, audience: &Audience, context: &mut Context) {
        self.repeat_where(|_| true, audience, context);
    }

    /// Says again what belongs to the newest round.
    pub(super) fn repeat_rounds(&mut self, audience: &Audience, context: &mut Context) {
        if context.online {
            self.repeat_where(is_of_a_round, audience, context);
        }
    }

    fn repeat_where(&mut self, which: impl Fn(&CallMessage) -> bool, audience: &Audience, context: &mut Context) {
        for (id, entry) in &mut self.entries {
            if which(&entry.body) && !entry.is_settled(audience) {
                entry.repetitions = 0;
                entry.due = context.now + context.config.repeat_after(0);
                context.put(output(&self.call, *id, entry));
            }
        }
    }

    /// Says again what is due.
    pub(super) fn repeat_due(&mut self, audience: &Audience, context: &mut Context) {
        if !context.online {
            return;
        }
        for (id, entry) in &mut self.entries {
            if entry.due <= context.now && !entry.is_settled(audience) {
                entry.repetitions = entry.repetitions.saturating_add(1);
                entry.due = context.now + context.config.repeat_after(entry.repetitions);
                context.put(output(&self.call, *id, entry));
            }
        }
    }

    /// When the next repetition is due.
    pub(super) fn next_due(&self, audience: &Audience) -> Option<Timestamp> {
        self.entries
            .values()
            .filter(|entry| !entry.is_settled(audience))
            .map(|entry| entry.due)
            .min()
    }
}

fn output(call: &CallId, id: u64, entry: &Entry) -> Output {
    Output::Send {
        to: entry.to.clone(),
        call: call.clone(),
        id,
        body: entry.body.clone(),
    }
}
