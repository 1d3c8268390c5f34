//! The owner task of a session's calls: everything that happens to a call happens here, one thing at a time.
//!
//! It feeds the pure machines (the call, its operations) with commands, signalling, the transport's events and time,
//! and carries out what they answer. The hot path does not pass here: see `media_path`.

mod commands;
mod media;
mod outputs;
mod signals;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use assist_protocol::call::{CallConfig, CallMachine, CallState, Input};
use assist_protocol::ids::TextId;
use assist_protocol::messages::signalling::IceServer;
use assist_protocol::{CallId, PersonId, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};

use super::live::LiveCall;
use super::negotiation::{Report, Told};
use super::{Call, CallError};
use crate::clock::{Clock, wall_clock_ms};
use crate::media::VideoMost;
use crate::session::SessionSnapshot;
use crate::signalling::{Signalling, SignallingEvent};
use crate::sleep_watch::SleepWatch;
use crate::transport::TransportFactory;

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
    LinkOfferAnswered {
        call: CallId,
        is_yes: bool,
    },
    SendingCeiling {
        call: CallId,
        ceiling_bps: Option<u32>,
    },
    /// Something was drawn, and is to be sent.
    Annotated,
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
    pub(crate) encoder: VideoMost,
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
    transport_events: mpsc::Sender<Told>,
    reports: mpsc::Sender<Report>,
    closing: Option<oneshot::Sender<()>>,
    sleep: SleepWatch,
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
            sleep: SleepWatch::default(),
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
                Some((source, event)) = inbox.from_transports.recv(), if room => self.transport(&source, event),
                Some((source, progress)) = inbox.from_negotiations.recv() => self.progress(&source, progress),
                () = sleep_until(timeout) => self.handle_timeouts(),
                () = sleep_until(deadline.map(Into::into)) => break,
                _ = measure.tick() => self.measure(),
            }
            self.carry_out();
            self.signalling.hurry(self.waits_for_media());
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

    /// Whether a call needs signalling to get its media (back).
    fn waits_for_media(&self) -> bool {
        let state = self
            .machine
            .as_ref()
            .and_then(CallMachine::snapshot)
            .map(|call| call.state);
        matches!(state, Some(CallState::Connecting | CallState::Reconnecting))
    }

    fn measure(&mut self) {
        if self.sleep.look(wall_clock_ms()) {
            log::info!("the device slept");
            self.signalling.reconnect_now();
            self.input(Input::Woke);
        }
        let now = self.config.clock.now();
        self.calls.values_mut().for_each(|call| call.measure(now));
    }
}

/// What comes to the desk from the tasks it started.
pub(crate) struct Inbox {
    from_transports: mpsc::Receiver<Told>,
    from_negotiations: mpsc::Receiver<Report>,
}

async fn sleep_until(instant: Option<std::time::Instant>) {
    match instant {
        Some(instant) => tokio::time::sleep_until(instant.into()).await,
        None => std::future::pending().await,
    }
}
