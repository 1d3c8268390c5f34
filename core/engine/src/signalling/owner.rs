//! The task that owns the connection.

use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use assist_protocol::messages::call::ErrorCode;
use assist_protocol::messages::{ClientMessage, HubMessage, encode};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::backoff::{Backoff, spread_by_a_quarter};
use super::connect::{ConnectError, Connection, Connector, Heard, Socket, hear, lost_reason};
use super::events::{LostReason, SignallingEvent};
use super::heartbeat::{Beat, Heartbeat};
use super::token::TokenSource;
use super::{OUTBOX_MESSAGES, Outbox};

/// How long what still waits may take to be written when the client is closed.
const GOODBYE_LIMIT: Duration = Duration::from_secs(1);

/// Longest wait that a hub may ask for.
const LONGEST_ASKED_WAIT: Duration = Duration::from_secs(60);

pub(super) struct Owner {
    pub(super) connector: Connector,
    pub(super) tokens: Arc<dyn TokenSource>,
    pub(super) events: mpsc::Sender<SignallingEvent>,
    pub(super) outbox: Outbox,
    pub(super) reconnect: Arc<Notify>,
    pub(super) hurried: watch::Receiver<bool>,
    /// Its sender is gone when the client is to end.
    pub(super) ended: watch::Receiver<()>,
}

/// The client was closed or dropped, or nobody reads its events.
struct Closed;

/// How one connection, or the try to make one, came to its end.
enum End {
    Lost { reason: LostReason, retry: Retry },
    TokenRefused { message: String },
    SignInNeeded { message: String },
}

enum Retry {
    /// After the next wait of the backoff.
    Later,
    /// When the hub asked for it.
    After(Duration),
    Now,
}

impl End {
    fn lost(reason: LostReason) -> Self {
        Self::Lost {
            reason,
            retry: Retry::Later,
        }
    }
}

impl Owner {
    pub(super) async fn run(mut self) {
        // Its only way out is `Closed`.
        let _ = self.connect_for_ever().await;
        self.set_outbox(None);
    }

    async fn connect_for_ever(&mut self) -> Result<(), Closed> {
        let config = &self.connector.config;
        let longest_retry = config.longest_retry;
        let hurried_retry = config.hurried_retry.min(longest_retry);
        let mut backoff = Backoff::new(config.first_retry, longest_retry);
        let mut renew_token = false;
        loop {
            let end = match self.connect(renew_token).await? {
                Ok(connection) => {
                    let since = Instant::now();
                    let end = self.serve(connection).await?;
                    self.set_outbox(None);
                    // One that breaks at once must not be made again and again without a pause.
                    if since.elapsed() >= longest_retry {
                        backoff.reset();
                    }
                    renew_token = matches!(
                        end,
                        End::Lost {
                            reason: LostReason::TokenExpired,
                            ..
                        }
                    );
                    end
                }
                Err(End::TokenRefused { .. }) if !renew_token => {
                    renew_token = true;
                    continue;
                }
                Err(end) => end,
            };
            match end {
                End::Lost { reason, retry } => {
                    let spread: u16 = rand::random();
                    let retry_in = match retry {
                        Retry::Later if *self.hurried.borrow() => spread_by_a_quarter(hurried_retry, spread),
                        Retry::Later => backoff.next_delay(spread),
                        Retry::After(wait) => spread_by_a_quarter(wait.min(LONGEST_ASKED_WAIT), spread),
                        Retry::Now => Duration::ZERO,
                    };
                    log::info!("signalling lost ({reason}); next try in {} ms", retry_in.as_millis());
                    self.tell(SignallingEvent::Lost { reason, retry_in }).await?;
                    self.wait(Some(Instant::now() + retry_in)).await?;
                }
                End::TokenRefused { message } | End::SignInNeeded { message } => {
                    renew_token = false;
                    log::info!("signalling waits for a sign-in");
                    self.tell(SignallingEvent::SignInNeeded { message }).await?;
                    self.wait(None).await?;
                    backoff.reset();
                }
            }
        }
    }

    async fn connect(&mut self, renew_token: bool) -> Result<Result<Connection, End>, Closed> {
        let result = tokio::select! {
            biased;
            _ = self.ended.changed() => return Err(Closed),
            () = self.reconnect.notified() => {
                return Ok(Err(End::Lost { reason: LostReason::NetworkChanged, retry: Retry::Now }));
            }
            result = self.connector.connect(&*self.tokens, renew_token, &self.hurried) => result,
        };
        Ok(result.map_err(|error| match error {
            ConnectError::Lost { reason, retry_after } => End::Lost {
                reason,
                retry: retry_after.map_or(Retry::Later, Retry::After),
            },
            ConnectError::TokenRefused { message } => End::TokenRefused { message },
            ConnectError::SignInNeeded { message } => End::SignInNeeded { message },
        }))
    }

    async fn serve(&mut self, connection: Connection) -> Result<End, Closed> {
        let Connection {
            socket,
            welcome,
            heartbeat,
        } = connection;
        let (sink, mut stream) = socket.split();
        let (outgoing, queue) = mpsc::channel(OUTBOX_MESSAGES);
        // Reading goes on while a write waits, so that neither side can hold the other up for good.
        let mut writing = pin!(write_all(sink, queue));
        let interval = heartbeat;
        let hurried_silence = self.connector.config.hurried_silence;
        let mut heartbeat = Heartbeat::new(interval, Instant::now());
        self.hurried.mark_changed();
        let mut leave_at: Option<Instant> = None;
        self.set_outbox(Some(outgoing.clone()));
        log::info!("signalling connected");
        let mut news = Some(SignallingEvent::Connected(welcome));
        let mut pings = 0;
        loop {
            if let Some(event) = news.take() {
                self.tell(event).await?;
                heartbeat.heard(Instant::now());
            }
            let deadline = leave_at.map_or(heartbeat.deadline(), |leave_at| leave_at.min(heartbeat.deadline()));
            let reason = tokio::select! {
                biased;
                _ = self.ended.changed() => {
                    self.set_outbox(None);
                    drop(outgoing);
                    // Too slow to take the last words: then it does without.
                    let _ = timeout(GOODBYE_LIMIT, writing).await;
                    return Err(Closed);
                }
                () = self.reconnect.notified() => {
                    return Ok(End::Lost { reason: LostReason::NetworkChanged, retry: Retry::Now });
                }
                Ok(()) = self.hurried.changed() => {
                    if *self.hurried.borrow_and_update() {
                        heartbeat.hurry(hurried_silence, Instant::now());
                    } else {
                        heartbeat.calm(interval);
                    }
                    continue;
                }
                reason = &mut writing => reason,
                heard = hear(&mut stream) => match heard {
                    Ok(heard) => {
                        heartbeat.heard(Instant::now());
                        match heard {
                            Heard::Message(HubMessage::Pong { .. } | HubMessage::Welcome { .. }) | Heard::Nothing => {}
                            Heard::Message(HubMessage::GoingAway { reconnect_after_ms }) => {
                                let wait = Duration::from_millis(reconnect_after_ms.into());
                                leave_at = Some(Instant::now() + wait.min(LONGEST_ASKED_WAIT));
                            }
                            Heard::Message(HubMessage::Refused { call: None, code: ErrorCode::Unauthenticated, .. }) => {
                                return Ok(End::lost(LostReason::TokenExpired));
                            }
                            Heard::Message(
                                message @ (HubMessage::Presence { .. }
                                | HubMessage::Relayed { .. }
                                | HubMessage::Refused { .. }),
                            ) => news = Some(SignallingEvent::Message(message)),
                        }
                        continue;
                    }
                    Err(reason) => reason,
                },
                () = sleep_until(deadline) => {
                    let now = Instant::now();
                    match heartbeat.beat(now) {
                        Beat::Dead => LostReason::Silent,
                        Beat::Ping => {
                            pings += 1;
                            // A full queue is as good: its messages make the hub talk, or its silence ends this.
                            let _ = outgoing.try_send(encode(&ClientMessage::Ping { nonce: pings }).into());
                            continue;
                        }
                        Beat::Wait if leave_at.is_some_and(|leave_at| leave_at <= now) => LostReason::GoingAway,
                        Beat::Wait => continue,
                    }
                }
            };
            return Ok(match leave_at {
                Some(leave_at) => {
                    let wait = leave_at.saturating_duration_since(Instant::now());
                    End::Lost {
                        reason: LostReason::GoingAway,
                        retry: Retry::After(wait),
                    }
                }
                None => End::lost(reason),
            });
        }
    }

    async fn tell(&mut self, event: SignallingEvent) -> Result<(), Closed> {
        tokio::select! {
            biased;
            _ = self.ended.changed() => Err(Closed),
            sent = self.events.send(event) => sent.map_err(|_| Closed),
        }
    }

    /// Waits for `until`, or for ever; `reconnect_now` ends either, and so does a hurry that begins.
    async fn wait(&mut self, until: Option<Instant>) -> Result<(), Closed> {
        let time = async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            _ = self.ended.changed() => Err(Closed),
            () = self.events.closed() => Err(Closed),
            () = self.reconnect.notified() => Ok(()),
            () = begins_to_hurry(&mut self.hurried) => Ok(()),
            () = time => Ok(()),
        }
    }

    fn set_outbox(&self, sender: Option<mpsc::Sender<Utf8Bytes>>) {
        *self.outbox.lock().unwrap_or_else(PoisonError::into_inner) = sender;
    }
}

/// Waits until a call that was not in a hurry is.
async fn begins_to_hurry(hurried: &mut watch::Receiver<bool>) {
    let was_calm = hurried.wait_for(|hurried| !*hurried).await.is_ok();
    if !was_calm || hurried.wait_for(|hurried| *hurried).await.is_err() {
        // The client is closed, which is noticed elsewhere.
        std::future::pending().await
    }
}

/// Writes what the queue brings; when its senders are gone, says goodbye.
async fn write_all(mut sink: SplitSink<Socket, Message>, mut queue: mpsc::Receiver<Utf8Bytes>) -> LostReason {
    while let Some(text) = queue.recv().await {
        if let Err(error) = sink.send(Message::Text(text)).await {
            return lost_reason(&error);
        }
    }
    match sink.close().await {
        Ok(()) => LostReason::Closed,
        Err(error) => lost_reason(&error),
    }
}
