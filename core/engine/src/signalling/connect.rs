//! Making a connection: token, TCP, TLS, WebSocket, `hello`, `welcome`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use assist_cloud::tls;
use assist_protocol::messages::call::ErrorCode;
use assist_protocol::messages::{ClientMessage, HubMessage, MAX_MESSAGE_BYTES, decode, encode};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, Stream, StreamExt};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::events::{LostReason, Welcome};
use super::token::{AccessToken, TokenError, TokenSource};
use super::{SignallingConfig, StartError};

pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection that the hub has welcomed.
pub(super) struct Connection {
    pub(super) socket: Socket,
    pub(super) welcome: Welcome,
    pub(super) heartbeat: Duration,
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum ConnectError {
    Lost {
        reason: LostReason,
        retry_after: Option<Duration>,
    },
    TokenRefused {
        message: String,
    },
    SignInNeeded {
        message: String,
    },
}

impl From<LostReason> for ConnectError {
    fn from(reason: LostReason) -> Self {
        Self::Lost {
            reason,
            retry_after: None,
        }
    }
}

/// What came on the socket.
pub(super) enum Heard {
    Message(HubMessage),
    /// A sign of life without a message for us, or one that we do not understand.
    Nothing,
}

/// How long one of many tries may take: at a round trip of a second, TCP, TLS and the upgrade take three.
const HURRIED_LIMIT: Duration = Duration::from_secs(5);

async fn within<T, E: From<LostReason>>(limit: Duration, what: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    tokio::time::timeout(limit, what)
        .await
        .unwrap_or_else(|_| Err(LostReason::TimedOut.into()))
}

/// Knows where to connect to, and whom to trust.
pub(super) struct Connector {
    pub(super) config: SignallingConfig,
    tls: Arc<ClientConfig>,
}

impl Connector {
    pub(super) fn new(config: SignallingConfig) -> Result<Self, StartError> {
        config.check()?;
        let extra_roots: Vec<_> = config.extra_root.iter().cloned().collect();
        let tls = tls::client_config(&extra_roots).map_err(|_| StartError::InvalidRoot)?;
        Ok(Self {
            config,
            tls: Arc::new(tls),
        })
    }

    /// Connects, within the configured limit. The future may be dropped at any point.
    pub(super) async fn connect(
        &self,
        tokens: &dyn TokenSource,
        renew: bool,
        hurried: &watch::Receiver<bool>,
    ) -> Result<Connection, ConnectError> {
        let connecting = async {
            let token = self.token(tokens, renew).await?;
            let socket = self.open_soon(hurried.clone()).await?;
            let limit = if *hurried.borrow() {
                HURRIED_LIMIT
            } else {
                self.config.connect_limit
            };
            within(limit, self.greet(socket, &token)).await
        };
        within(self.config.connect_limit, connecting).await
    }

    async fn token(&self, tokens: &dyn TokenSource, renew: bool) -> Result<AccessToken, ConnectError> {
        tokens.access_token(renew).await.map_err(|error| match error {
            TokenError::SignInNeeded { message } => ConnectError::SignInNeeded { message },
            TokenError::Unavailable { .. } => LostReason::TokenUnavailable.into(),
        })
    }

    /// Opens a socket. In a hurry one try is made beside the other, as one whose first packets were lost waits longer and
    /// longer by itself; nobody has said `hello` on those that come too late.
    async fn open_soon(&self, mut hurried: watch::Receiver<bool>) -> Result<Socket, LostReason> {
        let mut tries = FuturesUnordered::new();
        tries.push(self.open().boxed());
        loop {
            let another = async {
                if hurried.wait_for(|hurried| *hurried).await.is_err() {
                    // The client is closed: what it waits for ends with it.
                    std::future::pending::<()>().await;
                }
                tokio::time::sleep(self.config.hurried_retry).await;
            };
            tokio::select! {
                Some(opened) = tries.next() => match opened {
                    Err(reason) if tries.is_empty() => return Err(reason),
                    Err(_) => {}
                    Ok(socket) => return Ok(socket),
                },
                () = another => tries.push(within(HURRIED_LIMIT, self.open()).boxed()),
            }
        }
    }

    async fn greet(&self, mut socket: Socket, token: &AccessToken) -> Result<Connection, ConnectError> {
        let hello = ClientMessage::Hello {
            token: token.reveal().to_owned(),
            device: self.config.device.clone(),
            client: self.config.client.clone(),
        };
        socket
            .send(Message::text(encode(&hello)))
            .await
            .map_err(|error| lost_reason(&error))?;
        loop {
            match hear(&mut socket).await? {
                Heard::Message(HubMessage::Welcome {
                    me,
                    name,
                    ice_servers,
                    people,
                    heartbeat_ms,
                }) => {
                    let welcome = Welcome {
                        me,
                        name,
                        ice_servers,
                        people,
                    };
                    let heartbeat = Duration::from_millis(heartbeat_ms.into());
                    return Ok(Connection {
                        socket,
                        welcome,
                        heartbeat,
                    });
                }
                Heard::Message(HubMessage::Refused {
                    code: ErrorCode::Unauthenticated,
                    message,
                    ..
                }) => {
                    return Err(ConnectError::TokenRefused { message });
                }
                Heard::Message(HubMessage::Refused {
                    code, retry_after_ms, ..
                }) => {
                    let retry_after = retry_after_ms.map(|wait| Duration::from_millis(wait.into()));
                    return Err(ConnectError::Lost {
                        reason: LostReason::Refused(code),
                        retry_after,
                    });
                }
                Heard::Message(HubMessage::GoingAway { reconnect_after_ms }) => {
                    let retry_after = Some(Duration::from_millis(reconnect_after_ms.into()));
                    return Err(ConnectError::Lost {
                        reason: LostReason::GoingAway,
                        retry_after,
                    });
                }
                // Nothing else means anything before the welcome.
                Heard::Message(HubMessage::Presence { .. } | HubMessage::Relayed { .. } | HubMessage::Pong { .. })
                | Heard::Nothing => {}
            }
        }
    }

    async fn open(&self) -> Result<Socket, LostReason> {
        let request = self
            .config
            .url
            .as_str()
            .into_client_request()
            .map_err(|error| lost_reason(&error))?;
        let limits = WebSocketConfig::default()
            .read_buffer_size(16 * 1024)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let tls = tokio_tungstenite::Connector::Rustls(self.tls.clone());
        let connecting = tokio_tungstenite::connect_async_tls_with_config(request, Some(limits), true, Some(tls));
        let (socket, _) = connecting.await.map_err(|error| lost_reason(&error))?;
        Ok(socket)
    }
}

impl SignallingConfig {
    /// Whether the address can be used, before anything is sent to it.
    ///
    /// # Errors
    /// [`StartError::InvalidUrl`] and [`StartError::PlainText`].
    pub fn check(&self) -> Result<(), StartError> {
        let url: Uri = self.url.parse().map_err(|_| StartError::InvalidUrl)?;
        let host = url
            .host()
            .filter(|host| !host.is_empty())
            .ok_or(StartError::InvalidUrl)?;
        match url.scheme_str() {
            Some("wss") => Ok(()),
            Some("ws") if self.allow_plain_text || is_loopback(host) => Ok(()),
            Some("ws") => Err(StartError::PlainText),
            _ => Err(StartError::InvalidUrl),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// Waits for the next sign of life. What cannot be decoded is named in the log by its kind only, and skipped.
pub(super) async fn hear<S>(socket: &mut S) -> Result<Heard, LostReason>
where
    S: Stream<Item = Result<Message, tungstenite::Error>> + Unpin,
{
    match socket.next().await {
        Some(Ok(Message::Text(text))) => match decode::<HubMessage>(text.as_bytes()) {
            Ok(message) => Ok(Heard::Message(message)),
            Err(error) => {
                log::warn!("skipped a signalling message: {error}");
                Ok(Heard::Nothing)
            }
        },
        Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(Heard::Nothing),
        Some(Ok(Message::Close(_))) | None => Err(LostReason::Closed),
        Some(Err(error)) => Err(lost_reason(&error)),
    }
}

/// What an error of the socket means for its user. Its text may name addresses: it stays at debug level.
pub(super) fn lost_reason(error: &tungstenite::Error) -> LostReason {
    log::debug!("signalling socket: {error}");
    match error {
        tungstenite::Error::Capacity(_) => LostReason::OversizedMessage,
        tungstenite::Error::ConnectionClosed
        | tungstenite::Error::AlreadyClosed
        | tungstenite::Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)
        | tungstenite::Error::WriteBufferFull(_) => LostReason::Closed,
        tungstenite::Error::Io(error) if is_certificate_error(error) => LostReason::Untrusted,
        tungstenite::Error::Tls(_) => LostReason::Untrusted,
        tungstenite::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => LostReason::NotAHub,
        tungstenite::Error::Io(_) | tungstenite::Error::Url(_) => LostReason::Unreachable,
        tungstenite::Error::Protocol(_)
        | tungstenite::Error::Utf8(_)
        | tungstenite::Error::AttackAttempt
        | tungstenite::Error::Http(_)
        | tungstenite::Error::HttpFormat(_) => LostReason::NotAHub,
    }
}

fn is_certificate_error(error: &std::io::Error) -> bool {
    let tls: Option<&rustls::Error> = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(tls, Some(rustls::Error::InvalidCertificate(_)))
}
