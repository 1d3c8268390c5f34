//! Which messages have been acted on, so that a repetition is not.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::DeviceId;

/// Ids further ahead than this are not taken: their sender has not waited for an acknowledgement for very long.
const WINDOW: u64 = 1_000;
/// With this many arrived beyond a missing id, that one is not waited for any more: its sender took it back.
const PATIENCE: usize = 500;
/// More devices than a person has.
const MAX_DEVICES: usize = 16;

/// What to do with a message, judged by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Act on it.
    New,
    /// Acknowledge it again.
    Repeated,
    /// Neither: no valid id, or out of the window.
    Unacceptable,
}

/// What came from one device.
#[derive(Debug, Default)]
struct Arrivals {
    /// All ids up to this one have been acted on.
    through: u64,
    /// And these above it.
    above: BTreeSet<u64>,
}

/// What came in one call, by sending device.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    devices: BTreeMap<DeviceId, Arrivals>,
}

impl Inbox {
    pub(super) fn judge(&self, from: &DeviceId, id: u64) -> Freshness {
        let Some(arrivals) = self.devices.get(from) else {
            let acceptable = (1..=WINDOW).contains(&id) && self.devices.len() < MAX_DEVICES;
            return if acceptable {
                Freshness::New
            } else {
                Freshness::Unacceptable
            };
        };
        if id == 0 || id > arrivals.through.saturating_add(WINDOW) {
            Freshness::Unacceptable
        } else if id <= arrivals.through || arrivals.above.contains(&id) {
            Freshness::Repeated
        } else {
            Freshness::New
        }
    }

    /// Notes that the message has been acted on.
    pub(super) fn record(&mut self, from: &DeviceId, id: u64) {
        let arrivals = self.devices.entry(from.clone()).or_default();
        arrivals.above.insert(id);
        if arrivals.above.len() > PATIENCE
            && let Some(first) = arrivals.above.first()
        {
            arrivals.through = first - 1;
        }
        while arrivals.above.remove(&arrivals.through.saturating_add(1)) {
            arrivals.through += 1;
        }
    }

    /// Notes that the device takes part; true if that is news.
    pub(super) fn hear(&mut self, from: &DeviceId) -> bool {
        if self.devices.contains_key(from) || self.devices.len() >= MAX_DEVICES {
            return false;
        }
        self.devices.insert(from.clone(), Arrivals::default());
        true
    }

    /// The devices that take part.
    pub(super) fn heard(&self) -> impl Iterator<Item = &DeviceId> {
        self.devices.keys()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_is_new_once_in_any_order() {
        let device = DeviceId::new("d").unwrap();
        let mut inbox = Inbox::default();
        for id in [3, 1, 2, 5] {
            assert_eq!(inbox.judge(&device, id), Freshness::New);
            inbox.record(&device, id);
            assert_eq!(inbox.judge(&device, id), Freshness::Repeated);
        }
        assert_eq!(inbox.judge(&device, 4), Freshness::New);
        assert_eq!(inbox.judge(&device, 0), Freshness::Unacceptable);
        assert_eq!(inbox.judge(&device, 3 + WINDOW), Freshness::New);
        assert_eq!(inbox.judge(&device, 4 + WINDOW), Freshness::Unacceptable);
    }

    #[test]
    fn what_was_taken_back_does_not_stop_what_comes_after_it() {
        let device = DeviceId::new("d").unwrap();
        let mut inbox = Inbox::default();
        for id in (1..5_000).filter(|id| id % 400 != 7) {
            assert_eq!(inbox.judge(&device, id), Freshness::New, "{id}");
            inbox.record(&device, id);
        }
        assert_eq!(inbox.judge(&device, 4_807), Freshness::New, "it may still come");
        assert_eq!(
            inbox.judge(&device, 7),
            Freshness::Repeated,
            "it is not waited for any more"
        );
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let mut inbox = Inbox::default();
        for number in 0..100 {
            inbox.hear(&DeviceId::new(format!("d{number}")).unwrap());
        }
        assert_eq!(inbox.heard().count(), MAX_DEVICES);
    }
}
