//! What a hub is told before it starts.

use std::{fmt, net::SocketAddr, path::PathBuf, time::Duration};

/// Everything a hub needs to know.
#[derive(Debug, Clone)]
pub struct HubConfig {
    /// Where to listen; port 0 takes any free port.
    pub listen: SocketAddr,
    /// Folder of the database, the keys and the hub's own certificate. Made if missing; one hub at a time.
    pub data: PathBuf,
    /// Whether and how to speak HTTPS.
    pub tls: Tls,
    /// The servers that help two devices find each other.
    pub ice: IceConfig,
    /// How much a client may ask of the hub.
    pub limits: Limits,
}

impl HubConfig {
    /// Plain HTTP, no STUN or TURN, the usual limits.
    pub fn new(listen: SocketAddr, data: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            data: data.into(),
            tls: Tls::Off,
            ice: IceConfig::default(),
            limits: Limits::default(),
        }
    }
}

/// Whether and how to speak HTTPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Plain HTTP: enough on one machine, and behind a proxy that speaks HTTPS.
    Off,
    /// A certificate the hub makes for this machine's names and addresses and keeps in its data folder.
    SelfSigned,
    /// A certificate from elsewhere.
    Files {
        /// The chain, PEM, the server's own certificate first.
        certificate: PathBuf,
        /// Its private key, PEM.
        key: PathBuf,
    },
}

/// The STUN and TURN servers that clients are told of.
#[derive(Debug, Clone)]
pub struct IceConfig {
    /// `stun:` or `stuns:` addresses.
    pub stun: Vec<String>,
    /// `turn:` or `turns:` addresses. They need a secret.
    pub turn: Vec<String>,
    /// The secret shared with the TURN server (`static-auth-secret` of coturn).
    pub turn_secret: Option<TurnSecret>,
    /// How long a TURN user name is good for.
    pub credential_lifetime: Duration,
}

impl Default for IceConfig {
    fn default() -> Self {
        Self {
            stun: Vec::new(),
            turn: Vec::new(),
            turn_secret: None,
            // Longer than any call: TURN servers look at it again whenever an allocation is refreshed.
            credential_lifetime: Duration::from_secs(12 * 60 * 60),
        }
    }
}

/// A secret shared with a TURN server. Its debug form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TurnSecret(String);

impl TurnSecret {
    /// Wraps a secret, without the white space around it (a file's last line break).
    pub fn new(secret: &str) -> Self {
        Self(secret.trim().to_owned())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for TurnSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TurnSecret(…)")
    }
}

/// How much clients may ask of the hub. The defaults suit a site of some hundred people.
#[derive(Debug, Clone)]
pub struct Limits {
    /// TCP connections that are not WebSockets, at once.
    pub http_connections: usize,
    /// WebSockets at once, signed in or not.
    pub sockets: usize,
    /// Devices of one person at once.
    pub devices_per_person: usize,
    /// Calls of one device that have not ended, at once.
    pub calls_per_device: usize,
    /// Time from the opening of a WebSocket to its `hello`.
    pub hello_timeout: Duration,
    /// Between two WebSocket pings; a client silent for twice this long is dead.
    pub heartbeat: Duration,
    /// Messages a client may send at once; candidates come in bursts.
    pub message_burst: u32,
    /// Messages a client may send each second after that.
    pub messages_per_second: u32,
    /// Messages over these limits that are refused before the connection is closed.
    pub refusals_before_close: u32,
    /// Messages that wait for a client that does not read before it is dropped.
    pub queued_messages: usize,
    /// Sign-ins from one address at once; a failed one counts five times.
    pub sign_in_burst: u32,
    /// Sign-ins from one address each second after that.
    pub sign_ins_per_second: u32,
    /// Time for reading a request and for answering it.
    pub request_timeout: Duration,
    /// Time for connections to close when the hub shuts down.
    pub shutdown_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            http_connections: 1_000,
            sockets: 1_000,
            devices_per_person: 16,
            calls_per_device: 8,
            hello_timeout: Duration::from_secs(5),
            heartbeat: Duration::from_secs(10),
            message_burst: 300,
            messages_per_second: 50,
            refusals_before_close: 200,
            queued_messages: 128,
            sign_in_burst: 60,
            sign_ins_per_second: 5,
            request_timeout: Duration::from_secs(10),
            shutdown_grace: Duration::from_secs(2),
        }
    }
}
