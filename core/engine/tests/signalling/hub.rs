//! A hub of a few lines, for tests that say themselves what the hub does.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assist_engine::signalling::{AccessToken, Signalling, SignallingConfig, SignallingEvent, TokenError, TokenSource};
use assist_protocol::messages::{ClientMessage, HubMessage, decode, encode};
use assist_protocol::{Address, DeviceId, PersonId};
use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Receiver;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// The shortest that a client accepts.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(1);

pub(crate) struct Hub {
    listener: TcpListener,
}

/// The hub's end of one connection.
pub(crate) struct Connection<S = TcpStream> {
    pub(crate) socket: WebSocketStream<S>,
}

impl Hub {
    pub(crate) async fn open() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// The protocol's waits, 25 times as fast.
    pub(crate) fn config(&self) -> SignallingConfig {
        let device = DeviceId::new("phone").unwrap();
        SignallingConfig {
            first_retry: Duration::from_millis(20),
            longest_retry: Duration::from_millis(400),
            ..SignallingConfig::new(format!("ws://127.0.0.1:{}/signal", self.port()), device, "test 1.0")
        }
    }

    pub(crate) async fn accept_tcp(&self) -> TcpStream {
        self.listener.accept().await.unwrap().0
    }

    pub(crate) async fn accept(&self) -> Connection {
        Connection::over(self.accept_tcp().await).await
    }

    /// Accepts, takes the hello and says welcome.
    pub(crate) async fn welcome(&self) -> Connection {
        let mut connection = self.accept().await;
        connection.hello().await;
        connection.say(&welcome_message()).await;
        connection
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) async fn over(stream: S) -> Self {
        Self {
            socket: tokio_tungstenite::accept_async(stream).await.unwrap(),
        }
    }

    /// The token of the hello.
    pub(crate) async fn hello(&mut self) -> String {
        match self.hear().await {
            Some(ClientMessage::Hello { token, .. }) => token,
            other => panic!("expected hello, got {other:?}"),
        }
    }

    pub(crate) async fn say(&mut self, message: &HubMessage) {
        self.socket.send(Message::text(encode(message))).await.unwrap();
    }

    pub(crate) async fn say_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    /// The next message; `None` when the client said goodbye or is gone.
    pub(crate) async fn hear(&mut self) -> Option<ClientMessage> {
        loop {
            match self.socket.next().await? {
                Ok(Message::Text(text)) => return Some(decode(text.as_bytes()).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

pub(crate) fn welcome_message() -> HubMessage {
    HubMessage::Welcome {
        me: Address {
            person: PersonId::new("tech").unwrap(),
            device: DeviceId::new("phone").unwrap(),
        },
        name: "Terry Technician".into(),
        ice_servers: Vec::new(),
        people: Vec::new(),
        heartbeat_ms: u32::try_from(HEARTBEAT.as_millis()).unwrap(),
    }
}

/// Counts how often it was asked; a renewed token has another name.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) asked: AtomicUsize,
    pub(crate) renewed: AtomicUsize,
    pub(crate) error: Option<TokenError>,
    pub(crate) never_answers: bool,
}

#[async_trait]
impl TokenSource for Tokens {
    async fn access_token(&self, renew: bool) -> Result<AccessToken, TokenError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.never_answers {
            std::future::pending::<()>().await;
        }
        if let Some(error) = &self.error {
            return Err(error.clone());
        }
        if renew {
            self.renewed.fetch_add(1, Ordering::SeqCst);
            return Ok(AccessToken::new("renewed"));
        }
        Ok(AccessToken::new("cached"))
    }
}

pub(crate) fn start(config: SignallingConfig) -> (Signalling, Receiver<SignallingEvent>) {
    start_with(config, Arc::default())
}

pub(crate) fn start_with(config: SignallingConfig, tokens: Arc<Tokens>) -> (Signalling, Receiver<SignallingEvent>) {
    Signalling::start(&Handle::current(), config, tokens).unwrap()
}

pub(crate) async fn expect_connected(events: &mut Receiver<SignallingEvent>) {
    match events.recv().await {
        Some(SignallingEvent::Connected(_)) => {}
        other => panic!("expected connected, got {other:?}"),
    }
}

pub(crate) async fn expect_lost(
    events: &mut Receiver<SignallingEvent>,
) -> (assist_engine::signalling::LostReason, Duration) {
    match events.recv().await {
        Some(SignallingEvent::Lost { reason, retry_in }) => (reason, retry_in),
        other => panic!("expected lost, got {other:?}"),
    }
}
