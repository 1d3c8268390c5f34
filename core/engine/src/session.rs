//! A signed-in device: it can be called, and can call.

use std::sync::Arc;
use std::time::Duration;

use assist_protocol::call::CallConfig;
use assist_protocol::messages::signalling::Person;
use assist_protocol::{Address, PersonId};
use tokio::runtime::Handle;
use tokio::sync::{Mutex, mpsc, oneshot, watch};

use crate::call::{Call, CallError, Command, Desk, DeskConfig};
use crate::clock::Clock;
use crate::media::{VIDEO_FLOOR, VideoMost};
use crate::signalling::{Signalling, SignallingConfig, StartError, TokenSource};
use crate::transport::TransportFactory;

/// Commands and incoming calls that may wait.
const QUEUE: usize = 256;
/// Longest wait of [`Session::close`].
const CLOSE_LIMIT: Duration = Duration::from_secs(5);

/// What a session needs.
pub struct SessionConfig {
    /// Where and as which device to connect.
    pub signalling: SignallingConfig,
    /// Access tokens of the signed-in person.
    pub tokens: Arc<dyn TokenSource>,
    /// What carries media and messages.
    pub transport: Arc<dyn TransportFactory>,
    /// The call's time-outs.
    pub calls: CallConfig,
    /// The best the encoder is asked for.
    pub encoder: VideoMost,
    /// Whether this device has a camera to share.
    pub has_camera: bool,
}

impl SessionConfig {
    /// The protocol's time-outs, the product's video floor, a camera.
    pub fn new(
        signalling: SignallingConfig,
        tokens: Arc<dyn TokenSource>,
        transport: Arc<dyn TransportFactory>,
    ) -> Self {
        Self {
            signalling,
            tokens,
            transport,
            calls: CallConfig::default(),
            encoder: VIDEO_FLOOR,
            has_camera: true,
        }
    }
}

/// A session as it stands. Latest wins; `revision` grows with every change.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct SessionSnapshot {
    /// Grows by one with every change.
    pub revision: u64,
    /// Whether the hub can be reached now. Calls go on without.
    pub connected: bool,
    /// Set when only the user can help, in plain words.
    pub sign_in_needed: Option<String>,
    /// Who this is, once welcomed.
    pub me: Option<Address>,
    /// Their name, for showing.
    pub name: String,
    /// Everybody this person may call.
    pub people: Vec<Person>,
}

/// A running session. Dropping it ends its call and its connection soon; [`Session::close`] waits for both.
pub struct Session {
    commands: mpsc::Sender<Command>,
    incoming: Mutex<mpsc::Receiver<Call>>,
    snapshot: watch::Receiver<SessionSnapshot>,
}

impl Session {
    /// Starts on `runtime` and connects.
    ///
    /// # Errors
    /// See [`StartError`]: the configuration is at fault.
    pub fn start(runtime: &Handle, config: SessionConfig) -> Result<Self, StartError> {
        let (signalling, signals) = Signalling::start(runtime, config.signalling, config.tokens)?;
        let (commands, command_queue) = mpsc::channel(QUEUE);
        let (incoming_sender, incoming) = mpsc::channel(QUEUE);
        let (session, snapshot) = watch::channel(SessionSnapshot::default());
        let desk_config = DeskConfig {
            factory: config.transport,
            calls: config.calls,
            encoder: config.encoder,
            clock: Clock::start(),
            has_camera: config.has_camera,
        };
        let (desk, inbox) = Desk::new(desk_config, signalling, commands.clone(), incoming_sender, session);
        runtime.spawn(desk.run(inbox, command_queue, signals));
        Ok(Self {
            commands,
            incoming: Mutex::new(incoming),
            snapshot,
        })
    }

    /// The session as it stands, and every change from now on.
    pub fn snapshots(&self) -> watch::Receiver<SessionSnapshot> {
        self.snapshot.clone()
    }

    /// Waits until the hub has welcomed this device, or only the user can help.
    pub async fn wait_connected(&self) -> SessionSnapshot {
        let mut snapshots = self.snapshots();
        let ready = |session: &SessionSnapshot| session.connected || session.sign_in_needed.is_some();
        match snapshots.wait_for(ready).await {
            Ok(session) => session.clone(),
            Err(_) => SessionSnapshot::default(),
        }
    }

    /// Calls a person: the call is there at once, in state *inviting*. Dropped before it returned, no call remains.
    ///
    /// # Errors
    /// [`CallError::NotReady`], [`CallError::Busy`], [`CallError::Ended`] when the session is closed.
    pub async fn call(&self, callee: PersonId) -> Result<Call, CallError> {
        let (reply, answer) = oneshot::channel();
        self.commands
            .send(Command::Place { callee, reply })
            .await
            .map_err(|_| CallError::Ended)?;
        PlacedCall(Some(answer)).taken().await
    }

    /// The next call that rings; `None` when the session is closed. Safe to cancel.
    pub async fn next_incoming(&self) -> Option<Call> {
        self.incoming.lock().await.recv().await
    }

    /// Tells the session that this device changed its network.
    pub fn network_changed(&self) {
        let _ = self.commands.try_send(Command::NetworkChanged);
    }

    /// Hangs up politely, says goodbye to the hub, and ends: within 5 s whatever the network does.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.commands.send(Command::Close(done)).await.is_ok() {
            let _ = tokio::time::timeout(CLOSE_LIMIT, closed).await;
        }
    }
}

/// A call that the desk was asked to place: hung up if nobody takes it.
struct PlacedCall(Option<oneshot::Receiver<Result<Call, CallError>>>);

impl PlacedCall {
    async fn taken(mut self) -> Result<Call, CallError> {
        let Some(answer) = &mut self.0 else {
            return Err(CallError::Ended);
        };
        let placed = answer.await;
        self.0 = None;
        placed.map_err(|_| CallError::Ended)?
    }
}

impl Drop for PlacedCall {
    fn drop(&mut self) {
        let Some(answer) = &mut self.0 else { return };
        answer.close();
        if let Ok(Ok(call)) = answer.try_recv() {
            let _ = call.hang_up();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let (done, _) = oneshot::channel();
        let _ = self.commands.try_send(Command::Close(done));
    }
}
