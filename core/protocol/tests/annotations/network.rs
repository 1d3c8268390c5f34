//! People in one call over a bad network: breaks, other ways, new connections, late joiners, lost replicas.
//!
//! Every two people have an operation log at each end and a link each way. A new connection of two people begins with
//! new logs, and each tells the other what is theirs. The seed replays.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use assist_link::{Link, LinkConfig};
use assist_protocol::annotations::Document;
use assist_protocol::messages::channel::Operation;
use assist_protocol::messages::{CallMessage, ChannelMessage};
use assist_protocol::operations::{OperationLog, OperationOutput, SendError};
use assist_protocol::{PersonId, Timestamp};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::any_order::{PEOPLE, owners};
use super::model::Model;
use super::script::{OWNERS, act};
use super::setup::{annotation, person, shown};

const STEP_MS: u64 = 50;

const BAD: LinkConfig = LinkConfig {
    delay: Duration::from_millis(40),
    jitter: Duration::from_millis(400),
    loss: 0.2,
    duplication: 0.2,
    is_ordered: false,
};

/// One person's end of a connection with another.
struct End {
    log: OperationLog,
    /// What the log has no room for yet.
    waiting: VecDeque<Operation>,
    link: Link<(u32, OperationOutput)>,
    /// Which connection of the two this is; what is left of an older one is dropped.
    connection: u32,
}

impl End {
    fn new(seed: u64) -> Self {
        Self {
            log: OperationLog::new(),
            waiting: VecDeque::new(),
            link: Link::new(BAD, seed),
            connection: 0,
        }
    }

    fn reconnect(&mut self, told: Vec<Operation>) {
        self.log = OperationLog::new();
        self.waiting = told.into();
        self.connection += 1;
    }

    fn send_what_waits(&mut self, now: Timestamp) {
        while let Some(operation) = self.waiting.front() {
            match self.log.send(operation.clone(), now) {
                Ok(_) => drop(self.waiting.pop_front()),
                Err(SendError::Full) => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.log.unacknowledged() == 0
    }
}

struct World {
    random: ChaCha8Rng,
    model: Model,
    present: BTreeMap<&'static str, Document>,
    /// By who sends, and to whom.
    ends: BTreeMap<(&'static str, &'static str), End>,
    now_ms: u64,
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
            model: Model::default(),
            present: BTreeMap::new(),
            ends: BTreeMap::new(),
            now_ms: 0,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now_ms)
    }

    /// Somebody comes, with an empty replica.
    fn join(&mut self, name: &'static str, document: Document) {
        self.present.insert(name, document);
        for other in self.names().into_iter().filter(|other| *other != name) {
            for pair in [(name, other), (other, name)] {
                let seed = self.random.random();
                self.ends.entry(pair).or_insert_with(|| End::new(seed));
            }
            self.reconnect(name, other);
        }
    }

    fn names(&self) -> Vec<&'static str> {
        self.present.keys().copied().collect()
    }

    fn reconnect(&mut self, one: &'static str, other: &'static str) {
        for (from, to) in [(one, other), (other, one)] {
            let told = self.present[from].for_newcomer();
            self.ends.get_mut(&(from, to)).unwrap().reconnect(told);
        }
    }

    fn two(&mut self) -> Option<(&'static str, &'static str)> {
        let names = self.names();
        let one = names[self.random.random_range(0..names.len())];
        let other = names[self.random.random_range(0..names.len())];
        (one != other).then_some((one, other))
    }

    /// Something happens to somebody's connection.
    fn disturb(&mut self) {
        let Some((one, other)) = self.two() else { return };
        match self.random.random_range(0..10) {
            0..4 => self.ends.get_mut(&(one, other)).unwrap().log.channel_opened(),
            4..7 => self.ends.get_mut(&(one, other)).unwrap().log.channel_closed(),
            7 => self.ends.get_mut(&(one, other)).unwrap().link.cut(),
            8 => self.ends.get_mut(&(one, other)).unwrap().link.mend(),
            _ => self.reconnect(one, other),
        }
    }

    /// Somebody's replica is lost; they come back with an empty one.
    fn lose(&mut self) {
        let losers: Vec<_> = self.names().into_iter().filter(|name| !OWNERS.contains(name)).collect();
        let Some(name) = losers.first().copied() else { return };
        self.model.lose(&person(name));
        let above = u32::try_from(self.now_ms).unwrap();
        self.join(name, Document::above(person(name), above));
    }

    fn somebody_acts(&mut self) {
        let names = self.names();
        let name = names[self.random.random_range(0..names.len())];
        let now = self.now();
        let document = self.present.get_mut(name).unwrap();
        let operations = act(document, &mut self.model, &mut self.random, now);
        for (_, end) in self.ends.iter_mut().filter(|((from, _), _)| *from == name) {
            end.waiting.extend(operations.iter().cloned());
        }
    }

    fn step(&mut self) {
        self.now_ms += STEP_MS;
        let (now, since) = (self.now(), Duration::from_millis(self.now_ms));
        let mut arrived = Vec::new();
        for ((from, to), end) in &mut self.ends {
            end.send_what_waits(now);
            end.log.handle_timeout(now);
            while let Some(output) = end.log.poll_output() {
                match output {
                    OperationOutput::Delivered(operation) => {
                        // Of the one we hear: the log of `from` receives what `to` sent.
                        let document = self.present.get_mut(from).unwrap();
                        let result = document.receive(&person(to), annotation(&operation), now);
                        assert!(result.is_ok(), "an honest person is refused: {result:?}: {operation:?}");
                    }
                    OperationOutput::Acknowledged(_) => {}
                    message @ (OperationOutput::OnChannel(_) | OperationOutput::ThroughHub(_)) => {
                        end.link.send((end.connection, message), since);
                    }
                }
            }
            while let Some(packet) = end.link.receive(since) {
                arrived.push((*to, *from, packet));
            }
        }
        for (at, from, (connection, message)) in arrived {
            let end = self.ends.get_mut(&(at, from)).unwrap();
            if end.connection != connection {
                continue;
            }
            match message {
                OperationOutput::OnChannel(ChannelMessage::Operation(sequenced))
                | OperationOutput::ThroughHub(CallMessage::Operation(sequenced)) => end.log.received(sequenced),
                OperationOutput::OnChannel(ChannelMessage::OperationAck { through })
                | OperationOutput::ThroughHub(CallMessage::OperationAck { through }) => end.log.acknowledged(through),
                other @ (OperationOutput::OnChannel(_)
                | OperationOutput::ThroughHub(_)
                | OperationOutput::Delivered(_)
                | OperationOutput::Acknowledged(_)) => panic!("{other:?} does not travel"),
            }
        }
    }

    /// No more is done and nothing breaks any more; the links are as bad as they were.
    fn settle(&mut self) {
        for end in self.ends.values_mut() {
            end.link.mend();
            end.log.channel_closed();
        }
        // A lost acknowledgement is repeated after 12 s at the latest.
        for _ in 0..40_000 {
            if self.ends.values().all(End::is_done) {
                return;
            }
            self.step();
        }
        panic!("it never settles");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn all_replicas_come_to_the_same(seed: u64, steps in 20_usize..500) {
        let mut world = World::new(seed);
        let late = world.random.random_range(0..steps);
        for name in ["tina", "erik"] {
            world.join(name, Document::new(person(name)));
        }
        for step in 0..steps {
            if step == late / 2 {
                world.join("otto", Document::new(person("otto")));
            }
            if step == late {
                world.join("vera", Document::new(person("vera")));
            }
            if world.random.random_bool(0.004) {
                world.lose();
            }
            if world.random.random_bool(0.05) {
                world.disturb();
            }
            world.somebody_acts();
            world.step();
        }
        world.settle();
        let expected = world.model.shown();
        prop_assert_eq!(world.present.len(), PEOPLE.len());
        let owners: Vec<PersonId> = owners();
        for (name, document) in &world.present {
            prop_assert_eq!(shown(document, &owners), expected.clone(), "{} differs", name);
        }
    }
}
