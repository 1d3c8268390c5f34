//! Devices, their links to the hub, and what happens when.

use std::collections::BTreeMap;
use std::time::Duration;

use assist_link::Link;
use assist_protocol::call::{CallConfig, CallMachine, CallState, Input, Output};
use assist_protocol::messages::call::Candidate;
use assist_protocol::{Address, CallId, PersonId, Timestamp};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::Tally;
use super::hub::{Hub, Packet};
use super::media::Media;
use super::model::Model;
use super::setup::{Network, Setup};
use super::users::{call_id, react};

/// Nobody begins anything after this.
const LAST_WISH: Duration = Duration::from_secs(200);
/// Everything is over by then: the longest wait is for lost media, then for the end, then for forgetting.
const HORIZON: Duration = Duration::from_secs(200 + 90 + 10 + 120 + 5);

#[derive(Debug)]
enum Event {
    /// Something happens at a device.
    Input(usize, Input),
    /// A device has its peer connection's own description for a round.
    Described(usize, CallId, u32, Input),
    SignallingBreaks(usize),
    SignallingIsBack(usize),
    PathBreaks,
    PathMends,
    Vanishes(usize),
}

struct Device {
    address: Address,
    machine: CallMachine,
    up: Link<Packet>,
    down: Link<Packet>,
    is_online: bool,
    is_gone: bool,
    /// What the media layer says keeps its order.
    media_told: Duration,
}

pub(crate) struct World {
    now: Duration,
    devices: Vec<Device>,
    hub: Hub,
    media: Media,
    model: Model,
    events: BTreeMap<(Duration, u64), Event>,
    event_count: u64,
    random: ChaCha8Rng,
    is_old: bool,
    tells: bool,
}

impl World {
    /// With `tells`, everything that happens is printed.
    pub(crate) fn new(setup: Setup, tells: bool) -> Self {
        let Setup {
            network,
            devices,
            link,
            is_old,
            mut random,
        } = setup;
        let model = Model::new(devices.clone());
        let devices = devices
            .into_iter()
            .map(|address| Device {
                machine: CallMachine::new(address.clone(), CallConfig::default()),
                address,
                up: Link::new(link, random.random()),
                down: Link::new(link, random.random()),
                is_online: true,
                is_gone: false,
                media_told: Duration::ZERO,
            })
            .collect();
        let mut world = Self {
            now: Duration::ZERO,
            devices,
            hub: Hub::default(),
            media: Media::default(),
            model,
            events: BTreeMap::new(),
            event_count: 0,
            random,
            is_old,
            tells,
        };
        world.plan(network);
        world
    }

    /// What will happen whatever the devices do.
    fn plan(&mut self, network: Network) {
        self.plan_call(0, "bob", 5_000);
        if self.random.random_bool(0.5) {
            let caller = self.random.random_range(1..self.devices.len());
            self.plan_call(caller, "ann", 6_000);
        }
        if self.random.random_bool(0.5) {
            let caller = self.random.random_range(0..self.devices.len());
            self.plan_call(caller, if caller == 0 { "bob" } else { "ann" }, 150_000);
        }
        for device in 0..self.devices.len() {
            for second in 0..30 {
                self.at(
                    LAST_WISH + Duration::from_secs(second),
                    Event::Input(device, Input::HangUp),
                );
            }
        }
        if network == Network::Good {
            return;
        }
        for _ in 0..self.random.random_range(0..3) {
            let device = self.random.random_range(0..self.devices.len());
            let from = self.within(150_000);
            let until = from + self.within(15_000);
            self.at(from, Event::SignallingBreaks(device));
            self.at(until, Event::SignallingIsBack(device));
        }
        for _ in 0..self.random.random_range(0..3) {
            let from = self.within(150_000);
            let until = from + self.within(120_000);
            self.at(from, Event::PathBreaks);
            self.at(until, Event::PathMends);
        }
        if network == Network::BadAndVanishing {
            let device = self.random.random_range(0..self.devices.len());
            let when = self.within(100_000);
            self.at(when, Event::Vanishes(device));
        }
    }

    fn plan_call(&mut self, caller: usize, callee: &str, most_ms: u64) {
        let when = self.within(most_ms);
        let callee = PersonId::new(callee).unwrap();
        let call = call_id(&mut self.random);
        self.at(when, Event::Input(caller, Input::Place { call, callee }));
    }

    fn within(&mut self, most_ms: u64) -> Duration {
        Duration::from_millis(self.random.random_range(0..most_ms))
    }

    fn at(&mut self, when: Duration, event: Event) {
        self.event_count += 1;
        self.events.insert((when, self.event_count), event);
    }

    pub(crate) fn run(mut self) -> Tally {
        while let Some(next) = self.next_time().filter(|next| *next <= HORIZON) {
            // A machine's time has whole microseconds.
            let micros = next.as_nanos().div_ceil(1_000);
            self.now = self.now.max(Duration::from_micros(u64::try_from(micros).unwrap()));
            self.step();
        }
        let silent = self
            .devices
            .iter()
            .all(|device| device.is_gone || device.machine.poll_timeout().is_none());
        assert!(silent, "a machine still waits for something at the end");
        self.model.finish()
    }

    fn next_time(&self) -> Option<Duration> {
        let devices = self.devices.iter().flat_map(|device| {
            let timer = device.machine.poll_timeout().filter(|_| !device.is_gone);
            let timer = timer.map(|due| Duration::from_micros(due.as_micros()));
            [device.up.next_arrival(), device.down.next_arrival(), timer]
        });
        let event = self.events.keys().next().map(|(when, _)| *when);
        devices.chain([event]).flatten().min()
    }

    fn step(&mut self) {
        for index in 0..self.devices.len() {
            while let Some(packet) = self.devices[index].up.receive(self.now) {
                self.relay(index, packet);
            }
            while let Some(packet) = self.devices[index].down.receive(self.now) {
                if self.devices[index].is_online {
                    self.arrive(index, packet);
                }
            }
            self.wake(index);
        }
        while let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let event = entry.remove();
            self.happen(event);
        }
    }

    fn relay(&mut self, from: usize, packet: Packet) {
        let address = self.devices[from].address.clone();
        for (to, packet) in self.hub.relay(&address, packet, self.now) {
            for device in &mut self.devices {
                let is_meant = device.address.person == to.person
                    && to.device.as_ref().is_none_or(|wanted| *wanted == device.address.device);
                if is_meant && device.is_online && !device.is_gone {
                    device.down.send(packet.clone(), self.now);
                }
            }
        }
    }

    fn arrive(&mut self, device: usize, packet: Packet) {
        match packet {
            Packet::Relayed { call, from, id, body } => {
                self.input(device, Input::from_relayed(call, from, id, body));
            }
            Packet::Refused { call, id, code } => self.input(device, Input::Refused { call, id, code }),
            Packet::Up { .. } => panic!("a message that goes up came down"),
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Input(device, input) => self.input(device, input),
            Event::Described(device, call, round, input) => {
                self.input(device, input);
                self.described(device, &call, round, None);
            }
            Event::SignallingBreaks(device) => {
                self.devices[device].is_online = false;
                self.devices[device].up.cut();
                self.devices[device].down.cut();
                self.input(device, Input::SignallingLost);
            }
            Event::SignallingIsBack(device) => {
                self.devices[device].is_online = true;
                self.devices[device].up.mend();
                self.devices[device].down.mend();
                for packet in self.hub.ringing_for(&self.devices[device].address, self.now) {
                    self.devices[device].down.send(packet, self.now);
                }
                self.input(device, Input::SignallingConnected);
            }
            Event::PathBreaks => {
                let for_good = self.random.random_bool(0.5);
                for ((call, number), pair) in self.media.cut(for_good) {
                    self.media_stops(&call, pair.map(|end| (end, number)), 5_000);
                }
            }
            Event::PathMends => {
                let pairs = self.media.mend();
                self.media_is_there(pairs);
            }
            Event::Vanishes(device) => {
                self.devices[device].is_gone = true;
                self.devices[device].up.cut();
                self.devices[device].down.cut();
                self.model.vanished(device);
                for (call, losses) in self.media.vanished(device) {
                    self.media_stops(&call, losses, 5_000);
                }
            }
        }
    }

    /// A device has both descriptions of a round.
    fn described(&mut self, device: usize, call: &CallId, round: u32, chosen: Option<usize>) {
        let linked = self.media.described(call, device, round, chosen);
        self.media_is_there(linked.map(|(number, pair)| ((call.clone(), number), pair)));
    }

    fn media_is_there(&mut self, pairs: impl IntoIterator<Item = ((CallId, u32), [usize; 2])>) {
        for ((call, connection), pair) in pairs {
            for end in pair {
                let call = call.clone();
                self.media_says(end, 300, Input::MediaConnected { call, connection });
            }
        }
    }

    fn media_stops(&mut self, call: &CallId, losses: impl IntoIterator<Item = (usize, u32)>, most_ms: u64) {
        for (device, connection) in losses {
            let call = call.clone();
            self.media_says(device, most_ms, Input::MediaDisconnected { call, connection });
        }
    }

    fn media_says(&mut self, device: usize, most_ms: u64, input: Input) {
        let when = (self.now + self.within(most_ms)).max(self.devices[device].media_told);
        self.devices[device].media_told = when;
        self.at(when, Event::Input(device, input));
    }

    fn input(&mut self, device: usize, input: Input) {
        if self.devices[device].is_gone {
            return;
        }
        if let Input::MediaConnected { call, connection } | Input::MediaDisconnected { call, connection } = &input
            && !self.media.has(call, device, *connection)
        {
            return;
        }
        self.tell(device, || format!("← {input:?}"));
        if input == Input::Woke {
            self.model.woke(device, self.now);
        }
        let is_up = if let Input::MediaConnected { call, connection } = &input {
            Some((call.clone(), *connection))
        } else {
            None
        };
        let now = self.timestamp();
        self.devices[device].machine.handle_input(input, now);
        self.drain(device);
        if let Some((call, connection)) = is_up {
            let losses = self.media.told_up(&call, device, connection);
            self.media_stops(&call, losses, 6_000);
        }
    }

    /// Lets a machine do what is due.
    fn wake(&mut self, device: usize) {
        let now = self.timestamp();
        let is_due = self.devices[device]
            .machine
            .poll_timeout()
            .is_some_and(|due| due <= now);
        if is_due && !self.devices[device].is_gone {
            self.devices[device].machine.handle_timeout(now);
            let next = self.devices[device].machine.poll_timeout();
            assert!(next.is_none_or(|next| next > now), "what was due is still due");
            self.drain(device);
        }
    }

    fn timestamp(&self) -> Timestamp {
        Timestamp::from_micros(u64::try_from(self.now.as_micros()).unwrap())
    }

    fn drain(&mut self, device: usize) {
        while let Some(output) = self.devices[device].machine.poll_output() {
            self.tell(device, || format!("→ {output:?}"));
            self.model.observe(device, &output, self.now);
            self.act(device, output);
        }
    }

    fn act(&mut self, device: usize, output: Output) {
        match output {
            Output::Send { to, call, id, body } => {
                assert!(self.devices[device].is_online, "sends without signalling");
                let mut body = serde_json::to_value(body).unwrap();
                if self.is_old {
                    // As clients before fresh rounds say it.
                    for field in ["renews", "fresh", "after"] {
                        body.as_object_mut().unwrap().remove(field);
                    }
                }
                self.devices[device]
                    .up
                    .send(Packet::Up { to, call, id, body }, self.now);
            }
            Output::CreateOffer { call, round, fresh, .. } => {
                self.renew_if(fresh || round == 0, device, &call, round);
                let when = self.now + self.within(40);
                let sdp = format!("offer {round}");
                self.at(
                    when,
                    Event::Input(
                        device,
                        Input::OfferCreated {
                            call: call.clone(),
                            round,
                            sdp,
                        },
                    ),
                );
                self.gather(device, &call, round, when);
            }
            Output::CreateAnswer { call, round, fresh, .. } => {
                self.renew_if(fresh || round == 0, device, &call, round);
                let when = self.now + self.within(40);
                let answer = Input::AnswerCreated {
                    call: call.clone(),
                    round,
                    sdp: format!("answer {round}"),
                };
                self.at(when, Event::Described(device, call.clone(), round, answer));
                self.gather(device, &call, round, when);
            }
            Output::ApplyAnswer { call, round, .. } => {
                let chosen = self.devices[device]
                    .machine
                    .snapshot()
                    .and_then(|shown| shown.peer_device.clone());
                let chosen = self
                    .devices
                    .iter()
                    .position(|other| Some(&other.address.device) == chosen.as_ref());
                self.described(device, &call, round, chosen);
            }
            Output::CloseMedia { call } => {
                let losses = self.media.closed(&call, device);
                let other = losses.first().map(|(other, _)| *other);
                self.media_stops(&call, losses, 6_000);
                if let Some(other) = other
                    && self.random.random_bool(0.5)
                {
                    let when = self.now + self.within(500);
                    self.at(when, Event::Input(other, Input::PeerHungUp { call }));
                }
            }
            Output::Changed { snapshot } => {
                if self.now < LAST_WISH {
                    for (delay, wish) in react(&snapshot, &mut self.random) {
                        self.at(self.now + delay, Event::Input(device, wish));
                    }
                }
            }
            Output::AddCandidates { .. } | Output::Deliver { .. } => {}
        }
    }

    fn renew_if(&mut self, wanted: bool, device: usize, call: &CallId, round: u32) {
        if wanted {
            let losses = self.media.renewed(call, device, round);
            self.media_stops(call, losses, 6_000);
        }
    }

    fn gather(&mut self, device: usize, call: &CallId, round: u32, from: Duration) {
        for complete in [false, true] {
            let candidate = Candidate {
                candidate: format!("candidate of {device}"),
                mid: None,
                line: None,
            };
            let when = from + self.within(200);
            let input = Input::CandidatesGathered {
                call: call.clone(),
                round,
                candidates: vec![candidate],
                complete,
            };
            self.at(when, Event::Input(device, input));
        }
    }

    fn tell(&self, device: usize, what: impl Fn() -> String) {
        if self.tells {
            let state = self.devices[device].machine.snapshot().map(|snapshot| snapshot.state);
            let state = state.map_or_else(|| "idle".to_owned(), |state: CallState| format!("{state:?}"));
            eprintln!(
                "{:>10.3} s {} {state:12} {}",
                self.now.as_secs_f64(),
                self.devices[device].address.device,
                what()
            );
        }
    }
}
