//! The client's end of the WebSocket of `docs/protocol.md`, "Session".
//!
//! One task owns the connection: it fetches a token, connects, says `hello`, keeps the heartbeat, and comes back after
//! a loss. What its owner wants to say goes through [`Signalling::send`], what happens comes as [`SignallingEvent`]s.
//! Nothing is kept over a loss: the call machine repeats what matters.
//!
//! ```text
//!            ┌────────────── wait (0.5, 1, 2 … 10 s; hurried: 0.5 s) ◀────┐
//!            ▼                                                             │
//!   token → connect → hello ── welcome ──▶ connected ── lost, going away ──┤
//!     │                 │                                                  │
//!     │                 └── refused, once: again with a new token          │
//!     └── sign-in needed ──▶ parked ── reconnect_now() ───────────────────▶┘
//! ```

pub mod backoff;
mod connect;
mod events;
mod heartbeat;
mod owner;
mod token;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assist_protocol::DeviceId;
use assist_protocol::messages::{ClientMessage, MAX_MESSAGE_BYTES, encode};
use rustls::pki_types::CertificateDer;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Utf8Bytes;

pub use events::{LostReason, SignallingEvent, Welcome};
pub use token::{AccessToken, TokenError, TokenSource};

/// Messages that may wait for the socket.
const OUTBOX_MESSAGES: usize = 128;

/// Events that may wait for their reader; then the socket is not read either.
const EVENTS: usize = 256;

/// Longest wait of [`Signalling::close`]: the owner needs half of it at most.
const CLOSE_LIMIT: Duration = Duration::from_secs(2);

/// Where and as whom to connect.
#[derive(Debug, Clone)]
pub struct SignallingConfig {
    /// The hub's WebSocket, `wss://HOST[:PORT]/signal`; `ws://` for loopback addresses.
    pub url: String,
    /// This device; the same for the life of the installation.
    pub device: DeviceId,
    /// Name and version of the client, for people reading the hub's logs.
    pub client: String,
    /// A certificate (DER) to trust besides the public ones: a hub's own, or a company's root.
    pub extra_root: Option<CertificateDer<'static>>,
    /// Allows `ws://` to other machines: the token then crosses the network in the clear. For test networks.
    pub allow_plain_text: bool,
    /// How long fetching a token, connecting and being welcomed may take together.
    pub connect_limit: Duration,
    /// The first wait after a loss; doubles.
    pub first_retry: Duration,
    /// The longest wait, before the random spread. A connection held this long starts the waits over.
    pub longest_retry: Duration,
    /// The longest wait while a call waits for the connection, and from one try to another beside it.
    pub hurried_retry: Duration,
    /// How long a connection may then be silent before it is asked, and as long again before it is given up.
    pub hurried_silence: Duration,
}

impl SignallingConfig {
    /// The protocol's defaults.
    pub fn new(url: impl Into<String>, device: DeviceId, client: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            device,
            client: client.into(),
            extra_root: None,
            allow_plain_text: false,
            connect_limit: Duration::from_secs(20),
            first_retry: Duration::from_millis(500),
            longest_retry: Duration::from_secs(10),
            hurried_retry: Duration::from_millis(500),
            hurried_silence: Duration::from_secs(2),
        }
    }
}

/// Why a signalling client cannot start: the configuration is at fault, trying again does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// The address cannot be used.
    #[error("the call service's address is not of the form wss://host[:port]/path")]
    InvalidUrl,
    /// Plain text to another machine.
    #[error("the call service's address is not encrypted (ws://); use wss://, a token must not travel in the clear")]
    PlainText,
    /// The extra root is not a certificate.
    #[error("the additional certificate cannot be read; expected is one X.509 certificate in DER form")]
    InvalidRoot,
}

/// Why a message was not taken. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// There is no connection now.
    #[error("not connected to the call service")]
    NotConnected,
    /// The network does not take messages as fast as they are made.
    #[error("too many messages wait for the network")]
    Full,
    /// Larger than the protocol allows.
    #[error("the message has {bytes} bytes; at most {MAX_MESSAGE_BYTES} are allowed")]
    TooLarge {
        /// Its size as JSON.
        bytes: usize,
    },
}

/// Where the present connection takes messages; `None` while there is none.
type Outbox = Arc<Mutex<Option<mpsc::Sender<Utf8Bytes>>>>;

/// A running signalling client. Dropping it, on any thread, closes the connection soon; [`Self::close`] waits for it.
#[derive(Debug)]
pub struct Signalling {
    outbox: Outbox,
    reconnect: Arc<Notify>,
    /// Whether a call waits for the connection.
    hurry: watch::Sender<bool>,
    /// Its end is what the owner task waits for.
    alive: watch::Sender<()>,
    owner: JoinHandle<()>,
}

impl Signalling {
    /// Starts the owner task on `runtime` and connects. The receiver must be read; dropping it ends the client.
    ///
    /// # Errors
    /// See [`StartError`]; what the network does comes as events.
    pub fn start(
        runtime: &Handle,
        config: SignallingConfig,
        tokens: Arc<dyn TokenSource>,
    ) -> Result<(Self, mpsc::Receiver<SignallingEvent>), StartError> {
        let connector = connect::Connector::new(config)?;
        let outbox = Outbox::default();
        let reconnect = Arc::new(Notify::new());
        let (alive, ended) = watch::channel(());
        let (hurry, hurried) = watch::channel(false);
        let (events, receiver) = mpsc::channel(EVENTS);
        let owner = owner::Owner {
            connector,
            tokens,
            events,
            outbox: outbox.clone(),
            reconnect: reconnect.clone(),
            hurried,
            ended,
        };
        let owner = runtime.spawn(owner.run());
        Ok((
            Self {
                outbox,
                reconnect,
                hurry,
                alive,
                owner,
            },
            receiver,
        ))
    }

    /// Hands a message to the socket. Never blocks; a loss of the connection loses what was not written yet.
    ///
    /// # Errors
    /// See [`SendError`].
    pub fn send(&self, message: &ClientMessage) -> Result<(), SendError> {
        let text = encode(message);
        if text.len() > MAX_MESSAGE_BYTES {
            return Err(SendError::TooLarge { bytes: text.len() });
        }
        let outbox = self.outbox.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = outbox.as_ref().ok_or(SendError::NotConnected)?;
        sender.try_send(text.into()).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => SendError::Full,
            mpsc::error::TrySendError::Closed(_) => SendError::NotConnected,
        })
    }

    /// Connects anew at once: the network changed, the device woke up, or the user has signed in.
    pub fn reconnect_now(&self) {
        self.reconnect.notify_one();
    }

    /// Says whether a call waits for the connection, as its media is lost: then silence is not borne for long, and tries
    /// to connect follow each other quickly.
    pub fn hurry(&self, wanted: bool) {
        self.hurry
            .send_if_modified(|hurried| std::mem::replace(hurried, wanted) != wanted);
    }

    /// Sends what waits, says goodbye and ends, within 2 s whatever the network does.
    pub async fn close(self) {
        let Self { alive, mut owner, .. } = self;
        drop(alive);
        if tokio::time::timeout(CLOSE_LIMIT, &mut owner).await.is_err() {
            owner.abort();
        }
    }
}
