//! What everybody was last told about who is there.

use std::collections::BTreeMap;

use assist_protocol::{PersonId, messages::signalling::Presence};

use crate::{calls::Calls, sessions::Sessions};

/// Where somebody is now: reachable at all, and if so, in a call or not.
pub(crate) fn of(person: &PersonId, sessions: &Sessions, calls: &Calls) -> Presence {
    if sessions.devices_of(person).next().is_none() {
        Presence::Offline
    } else if calls.has_answered_call(person) {
        Presence::Busy
    } else {
        Presence::Online
    }
}

/// The presence that was last announced for each person.
#[derive(Debug, Default)]
pub(crate) struct Announced {
    by_person: BTreeMap<PersonId, Presence>,
}

impl Announced {
    /// Notes a person's presence; true if it is news.
    pub(crate) fn update(&mut self, person: &PersonId, presence: Presence) -> bool {
        self.by_person
            .insert(person.clone(), presence)
            .unwrap_or(Presence::Offline)
            != presence
    }
}
