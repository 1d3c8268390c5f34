//! The owner task of a session's calls: everything that happens to a call happens here, one thing at a time.
//!
//! It feeds the pure machines (the call, its operations) with commands, signalling, the transport's events and time,
//! and carries out what they answer. The hot path does not pass here: see `media_path`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use assist_protocol::call::{CallConfig, CallMachine, CallSnapshot as MachineSnapshot, CallState, Input, Output, Role};
use assist_protocol::ids::TextId;
use assist_protocol::messages::channel::{
    CameraState, Channel, ChannelMessage, MediaState, MicrophoneState, Operation,
};
use assist_protocol::messages::signalling::IceServer;
use assist_protocol::messages::{CallMessage, ClientMessage, HubMessage};
use assist_protocol::operations::OperationOutput;
use assist_protocol::{CallId, PersonId, Timestamp};
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use super::live::{EVENTS, LiveCall, PICTURES};
use super::media_path::MediaPath;
use super::negotiation::{Negotiation, Progress, Report, Step};
use super::snapshot::{CallEvent, CallSnapshot, LinkSnapshot, ReceivedVideo};
use super::{Call, CallError, Shared};
use crate::audio::{AudioEncoder, AudioEncoderConfig, AudioReceiver};
use crate::clock::{Clock, wall_clock_ms};
use crate::media::EncoderTarget;
use crate::session::SessionSnapshot;
use crate::signalling::{Signalling, SignallingEvent};
use crate::transport::{TransportEvent, TransportFactory};

/// What an app asks for.
pub(crate) enum Command {
    Place {
        callee: PersonId,
        reply: oneshot::Sender<Result<Call, CallError>>,
    },
    Accept(CallId),
    Decline(CallId),
    HangUp(CallId),
    SendText {
        call: CallId,
        id: TextId,
        text: String,
    },
    MicrophoneMuted {
        call: CallId,
        muted: bool,
    },
    CameraPaused {
        call: CallId,
        paused: bool,
    },
    RequestKeyFrame(CallId),
    MeasureRoundTrip {
        call: CallId,
        reply: oneshot::Sender<Duration>,
    },
    NetworkChanged,
    /// End the live call politely, then everything.
    Close(oneshot::Sender<()>),
}

/// What a desk needs.
pub(crate) struct DeskConfig {
    pub(crate) factory: Arc<dyn TransportFactory>,
    pub(crate) calls: CallConfig,
    pub(crate) encoder: EncoderTarget,
    pub(crate) clock: Clock,
    /// Whether this device has a camera to share.
    pub(crate) has_camera: bool,
}

/// How often figures are renewed.
const MEASURE_EVERY: Duration = Duration::from_secs(1);
/// How long closing waits for the hub to have heard of a hang-up.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);
const QUEUE: usize = 1_024;

pub(crate) struct Desk {
    config: DeskConfig,
    signalling: Signalling,
    machine: Option<CallMachine>,
    ice_servers: Vec<IceServer>,
    calls: BTreeMap<CallId, LiveCall>,
    commands: mpsc::Sender<Command>,
    incoming: mpsc::Sender<Call>,
    session: watch::Sender<SessionSnapshot>,
    transport_events: mpsc::Sender<(CallId, TransportEvent)>,
    reports: mpsc::Sender<Report>,
    closing: Option<oneshot::Sender<()>>,
}

impl Desk {
    pub(crate) fn new(
        config: DeskConfig,
        signalling: Signalling,
        commands: mpsc::Sender<Command>,
        incoming: mpsc::Sender<Call>,
        session: watch::Sender<SessionSnapshot>,
    ) -> (Self, Inbox) {
        let (transport_events, from_transports) = mpsc::channel(QUEUE);
        let (reports, from_negotiations) = mpsc::channel(QUEUE);
        let desk = Self {
            config,
            signalling,
            machine: None,
            ice_servers: Vec::new(),
            calls: BTreeMap::new(),
            commands,
            incoming,
            session,
            transport_events,
            reports,
            closing: None,
        };
        (
            desk,
            Inbox {
                from_transports,
                from_negotiations,
            },
        )
    }

    /// Runs until closed, or until every handle and the signalling are gone.
    pub(crate) async fn run(
        mut self,
        mut inbox: Inbox,
        mut commands: mpsc::Receiver<Command>,
        mut signals: mpsc::Receiver<SignallingEvent>,
    ) {
        let clock = self.config.clock;
        let mut measure = tokio::time::interval(MEASURE_EVERY);
        let mut deadline = None;
        loop {
            let timeout = self.next_timeout().map(|time| clock.instant(time));
            let room = self.calls.values().all(LiveCall::has_room);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Close(done)) => {
                        self.closing = Some(done);
                        deadline = Some(tokio::time::Instant::now() + CLOSE_LIMIT);
                        self.input(Input::HangUp);
                    }
                    Some(command) => self.command(command),
                    None => break,
                },
                signal = signals.recv() => match signal {
                    Some(signal) => self.signal(signal),
                    None => break,
                },
                Some((call, event)) = inbox.from_transports.recv(), if room => self.transport(&call, event),
                Some((call, progress)) = inbox.from_negotiations.recv() => self.progress(&call, progress),
                () = sleep_until(timeout) => self.handle_timeouts(),
                () = sleep_until(deadline.map(Into::into)) => break,
                _ = measure.tick() => self.measure(),
            }
            self.carry_out();
            if self.closing.is_some() && self.calls.is_empty() {
                break;
            }
        }
        for call in self.calls.values_mut() {
            call.close_media();
        }
        self.signalling.close().await;
        if let Some(done) = self.closing {
            let _ = done.send(());
        }
    }

    fn input(&mut self, input: Input) {
        let now = self.config.clock.now();
        if let Some(machine) = &mut self.machine {
            machine.handle_input(input, now);
        }
    }

    fn next_timeout(&self) -> Option<Timestamp> {
        let machine = self.machine.as_ref().and_then(CallMachine::poll_timeout);
        let operations = self.calls.values().filter_map(|call| call.operations.poll_timeout());
        operations.chain(machine).min()
    }

    fn handle_timeouts(&mut self) {
        let now = self.config.clock.now();
        if let Some(machine) = &mut self.machine {
            machine.handle_timeout(now);
        }
        self.calls
            .values_mut()
            .for_each(|call| call.operations.handle_timeout(now));
    }

    fn is_live(&self, call: &CallId) -> bool {
        self.machine
            .as_ref()
            .and_then(CallMachine::snapshot)
            .is_some_and(|snapshot| snapshot.call == *call)
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Place { callee, reply } => {
                let _ = reply.send(self.place(callee));
            }
            Command::Accept(call) if self.is_live(&call) => self.input(Input::Accept),
            Command::Decline(call) if self.is_live(&call) => self.input(Input::Decline),
            Command::HangUp(call) if self.is_live(&call) => self.input(Input::HangUp),
            Command::Accept(_) | Command::Decline(_) | Command::HangUp(_) => {}
            Command::SendText { call, id, text } => {
                let Some(call) = self.calls.get_mut(&call) else { return };
                let operation = Operation::Text {
                    id: id.clone(),
                    sent_at_ms: wall_clock_ms(),
                    text,
                };
                match call.operations.send(operation, self.config.clock.now()) {
                    Ok(seq) => call.texts_waiting.push_back((seq, id)),
                    Err(error) => log::warn!("a line of text was refused: {error}"),
                }
            }
            Command::MicrophoneMuted { call, muted } => {
                if let Some(call) = self.calls.get(&call) {
                    let state = if muted {
                        MicrophoneState::Muted
                    } else {
                        MicrophoneState::On
                    };
                    call.say_media(|media| media.microphone = state);
                }
            }
            Command::CameraPaused { call, paused } => {
                if let Some(call) = self.calls.get(&call) {
                    let state = if paused { CameraState::Paused } else { CameraState::On };
                    call.say_media(|media| media.camera = state);
                }
            }
            Command::RequestKeyFrame(call) => {
                if let Some(transport) = self.calls.get(&call).and_then(|call| call.transport.as_ref()) {
                    transport.request_key_frame();
                }
            }
            Command::MeasureRoundTrip { call, reply } => {
                let now = self.config.clock.now();
                // Without a channel there is nothing to measure: the reply is dropped, which says so.
                if let Some(call) = self
                    .calls
                    .get_mut(&call)
                    .filter(|call| call.shared.snapshot.borrow().channel_open)
                {
                    call.ping(Some(reply), now);
                }
            }
            Command::NetworkChanged => {
                self.signalling.reconnect_now();
                self.input(Input::NetworkChanged);
            }
            Command::Close(_) => {}
        }
    }

    fn place(&mut self, callee: PersonId) -> Result<Call, CallError> {
        let Some(machine) = &self.machine else {
            return Err(CallError::NotReady);
        };
        let live = machine
            .snapshot()
            .is_some_and(|call| !matches!(call.state, CallState::Ending | CallState::Ended));
        if live {
            return Err(CallError::Busy);
        }
        let id = CallId::new(uuid::Uuid::new_v4().to_string()).map_err(|_| CallError::Ended)?;
        let call = self.open(&id, &callee, Role::Caller)?;
        self.input(Input::Place { call: id, callee });
        Ok(call)
    }

    /// Makes the handle of a call and keeps its other side.
    fn open(&mut self, id: &CallId, peer: &PersonId, role: Role) -> Result<Call, CallError> {
        let (events, event_queue) = mpsc::channel(EVENTS);
        let (video, video_queue) = mpsc::channel(PICTURES);
        let encoder = AudioEncoder::new(AudioEncoderConfig::default()).map_err(|_| CallError::Ended)?;
        let receiver = AudioReceiver::new().map_err(|_| CallError::Ended)?;
        let media = MediaPath::new(self.config.encoder, encoder, receiver);
        if !self.config.has_camera {
            media.set_camera_on(false);
        }
        let camera = if self.config.has_camera {
            CameraState::On
        } else {
            CameraState::Absent
        };
        let state = if role == Role::Caller {
            CallState::Inviting
        } else {
            CallState::Ringing
        };
        let shared = Arc::new(Shared {
            id: id.clone(),
            peer: peer.clone(),
            snapshot: watch::Sender::new(CallSnapshot {
                revision: 1,
                call: id.clone(),
                role,
                peer: peer.clone(),
                state,
                end_reason: None,
                local: MediaState {
                    microphone: MicrophoneState::On,
                    camera,
                },
                remote: None,
                link: LinkSnapshot::default(),
                channel_open: false,
            }),
            media,
            commands: self.commands.clone(),
            events: Mutex::new(event_queue),
            video: Mutex::new(video_queue),
            clock: self.config.clock,
        });
        let live = LiveCall::new(Arc::clone(&shared), events, video, self.config.clock.now());
        self.calls.insert(id.clone(), live);
        Ok(Call::new(shared))
    }

    fn signal(&mut self, signal: SignallingEvent) {
        match signal {
            SignallingEvent::Connected(welcome) => {
                let calls = self.config.calls.clone();
                let machine = self
                    .machine
                    .get_or_insert_with(|| CallMachine::new(welcome.me.clone(), calls));
                machine.handle_input(Input::SignallingConnected, self.config.clock.now());
                self.ice_servers = welcome.ice_servers;
                self.session.send_modify(|session| {
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
                self.session.send_modify(|session| session.connected = false);
                self.input(Input::SignallingLost);
            }
            SignallingEvent::SignInNeeded { message } => {
                self.session.send_modify(|session| {
                    session.connected = false;
                    session.sign_in_needed = Some(message);
                });
                self.input(Input::SignallingLost);
            }
            SignallingEvent::Message(message) => self.hub_message(message),
        }
    }

    fn hub_message(&mut self, message: HubMessage) {
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
            HubMessage::Presence { person, presence } => self.session.send_modify(|session| {
                if let Some(known) = session.people.iter_mut().find(|known| known.id == person) {
                    known.presence = presence;
                }
            }),
            HubMessage::Welcome { .. } | HubMessage::Pong { .. } | HubMessage::GoingAway { .. } => {}
        }
    }

    fn progress(&mut self, id: &CallId, progress: Progress) {
        let Some(call) = self.calls.get_mut(id) else { return };
        let call_id = id.clone();
        match progress {
            Progress::Opened(transport) => {
                call.transport = Some(transport);
                self.attach_when_accepted(id);
            }
            Progress::Offered { round, sdp } => {
                call.round = round;
                self.input(Input::OfferCreated {
                    call: call_id,
                    round,
                    sdp,
                });
            }
            Progress::Answered { round, sdp } => {
                log::debug!("the answer of round {round} is made");
                call.round = round;
                self.input(Input::AnswerCreated {
                    call: call_id,
                    round,
                    sdp,
                });
            }
            Progress::Failed(error) => {
                log::warn!("the media path of a call failed: {error}");
                self.input(Input::MediaFailed { call: call_id });
            }
        }
    }

    fn attach_when_accepted(&self, id: &CallId) {
        let Some(call) = self.calls.get(id) else { return };
        let wanted = sends_pictures(call.shared.snapshot.borrow().state);
        if let Some(transport) = call.transport.as_ref().filter(|_| wanted) {
            call.shared.media.attach(Arc::clone(transport));
        }
    }

    fn transport(&mut self, id: &CallId, event: TransportEvent) {
        let now = self.config.clock.now();
        let Some(call) = self.calls.get_mut(id) else { return };
        let id = id.clone();
        match event {
            TransportEvent::Candidates { candidates, complete } => {
                let round = call.round;
                self.input(Input::CandidatesGathered {
                    call: id,
                    round,
                    candidates,
                    complete,
                });
            }
            TransportEvent::Connected => {
                call.path_is_back();
                self.input(Input::MediaConnected { call: id });
            }
            TransportEvent::Disconnected | TransportEvent::Failed => {
                call.path_is_lost();
                self.input(Input::MediaDisconnected { call: id });
            }
            TransportEvent::ChannelsOpened => call.channels_opened(),
            TransportEvent::ChannelsClosed => call.channels_closed(),
            TransportEvent::Message {
                channel: Channel::Control,
                bytes,
            } => self.control_message(&id, &bytes),
            TransportEvent::Message {
                channel: Channel::Live | Channel::Bulk,
                ..
            } => {
                log::debug!("a message on a channel that nothing uses yet was dropped");
            }
            TransportEvent::Video { rtp_time, annex_b } => call.show_video(ReceivedVideo { rtp_time, annex_b }),
            TransportEvent::Audio(packet) => call.shared.media.receive_audio(&packet, now),
            TransportEvent::KeyFrameRequested => call.shared.media.request_key_frame(),
            TransportEvent::Link(report) => call.report(&report, now),
            TransportEvent::Epoch {
                epoch,
                rtp_time,
                capture_time_us,
            } => {
                let message = ChannelMessage::Epoch {
                    epoch,
                    rtp: rtp_time,
                    capture_us: capture_time_us,
                };
                if call.shared.snapshot.borrow().channel_open {
                    call.say(&message);
                }
                call.epoch = Some(message);
            }
        }
    }

    fn control_message(&mut self, id: &CallId, bytes: &[u8]) {
        let now = self.config.clock.now();
        let Some(call) = self.calls.get_mut(id) else { return };
        let message = match LiveCall::read(bytes) {
            Ok(message) => message,
            Err(answer) => return call.say(&answer),
        };
        match message {
            ChannelMessage::Operation(operation) => call.operations.received(operation),
            ChannelMessage::OperationAck { through } => call.operations.acknowledged(through),
            ChannelMessage::Media(remote) => call.show(|snapshot| snapshot.remote = Some(remote)),
            ChannelMessage::Epoch { epoch, rtp, capture_us } => {
                call.tell(CallEvent::Epoch {
                    epoch,
                    rtp_time: rtp,
                    capture_time_us: capture_us,
                });
            }
            ChannelMessage::Ping { nonce } => call.say(&ChannelMessage::Pong { nonce }),
            ChannelMessage::Pong { nonce } => call.pong(nonce, now),
            ChannelMessage::HangUp => self.input(Input::PeerHungUp { call: id.clone() }),
            ChannelMessage::Error { code, .. } => log::warn!("the peer did not understand a message: {code:?}"),
        }
    }

    fn measure(&mut self) {
        let now = self.config.clock.now();
        self.calls.values_mut().for_each(|call| call.measure(now));
    }

    /// Does what the machines want done.
    fn carry_out(&mut self) {
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

    fn drain_operations(&mut self) -> Vec<(CallId, CallMessage)> {
        let mut relayed = Vec::new();
        for (id, call) in &mut self.calls {
            while let Some(output) = call.operations.poll_output() {
                match output {
                    OperationOutput::OnChannel(message) => call.say(&message),
                    OperationOutput::ThroughHub(body) => relayed.push((id.clone(), body)),
                    OperationOutput::Delivered(Operation::Text { id, sent_at_ms, text }) => {
                        call.tell(CallEvent::TextReceived { id, sent_at_ms, text });
                    }
                    OperationOutput::Delivered(Operation::Unknown) => {}
                    OperationOutput::Acknowledged(through) => call.delivered(through),
                }
            }
        }
        relayed
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Send { to, call, id, body } => self.send(to, call, id, &body),
            Output::CreateOffer { call, round, restart } => self.step(&call, Step::Offer { round, restart }),
            Output::CreateAnswer { call, round, offer } => self.step(&call, Step::Answer { round, offer }),
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
                match body {
                    CallMessage::Operation(operation) => call.operations.received(operation),
                    CallMessage::OperationAck { through } => call.operations.acknowledged(through),
                    _ => {}
                }
            }
            Output::Changed { snapshot } => self.changed(&snapshot),
        }
    }

    fn send(&self, to: assist_protocol::messages::signalling::Recipient, call: CallId, id: u64, body: &CallMessage) {
        let Ok(body) = serde_json::to_value(body) else { return };
        // The machine repeats what matters.
        if let Err(error) = self.signalling.send(&ClientMessage::Relay { call, to, id, body }) {
            log::debug!("a signalling message waits: {error}");
        }
    }

    fn step(&mut self, id: &CallId, step: Step) {
        let (factory, ice_servers) = (&self.config.factory, &self.ice_servers);
        let (events, reports) = (&self.transport_events, &self.reports);
        let Some(call) = self.calls.get_mut(id) else { return };
        call.negotiation
            .get_or_insert_with(|| {
                Negotiation::start(
                    id.clone(),
                    Arc::clone(factory),
                    ice_servers.clone(),
                    events.clone(),
                    reports.clone(),
                )
            })
            .take(step);
    }

    /// Tells the app of a call that somebody else placed, the first time anything is to be done for it.
    fn meet(&mut self) {
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

    fn changed(&mut self, snapshot: &MachineSnapshot) {
        let Some(call) = self.calls.get(&snapshot.call) else {
            return;
        };
        let before = call.shared.snapshot.borrow().state;
        log::debug!("a call is {:?}", snapshot.state);
        call.show_machine(snapshot);
        if !sends_pictures(before) && sends_pictures(snapshot.state) {
            self.attach_when_accepted(&snapshot.call);
        }
    }
}

/// Pictures are encoded, and kept until the path opens, from the moment both ends want the call: not while it rings.
fn sends_pictures(state: CallState) -> bool {
    match state {
        CallState::Accepting | CallState::Connecting | CallState::Connected | CallState::Reconnecting => true,
        CallState::Inviting | CallState::Alerting | CallState::Ringing | CallState::Ending | CallState::Ended => false,
    }
}

/// What comes to the desk from the tasks it started.
pub(crate) struct Inbox {
    from_transports: mpsc::Receiver<(CallId, TransportEvent)>,
    from_negotiations: mpsc::Receiver<Report>,
}

async fn sleep_until(instant: Option<std::time::Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
