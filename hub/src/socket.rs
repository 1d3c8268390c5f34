//! One client's WebSocket: who it is, what it sends, what it is sent, and how it ends.

use std::{sync::Arc, time::Instant};

use assist_protocol::{
    Address,
    messages::{ClientMessage, DecodeError, HubMessage, MAX_MESSAGE_BYTES, call::ErrorCode, decode},
};
use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code, rejection::WebSocketUpgradeRejection},
    },
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use futures_util::{
    SinkExt as _, StreamExt as _,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::watch,
    time::{Duration, interval, timeout},
};

use crate::{
    calls::Refusal,
    limits::TokenBucket,
    relay::Letter,
    server::{ApiError, Shared, host},
    sessions::{Ending, Outbox, OutboxReceiver},
};

/// Larger frames end the connection; between this and [`MAX_MESSAGE_BYTES`] only the message is refused.
const MAX_FRAME_BYTES: usize = 4 * MAX_MESSAGE_BYTES;
/// How much of a message one token pays for.
const BYTES_PER_TOKEN: usize = 4 * 1024;
/// Time for the last words and the closing handshake.
const CLOSING: Duration = Duration::from_millis(500);
/// When clients should come back after a planned restart.
const RECONNECT_AFTER_MS: u32 = 500;

/// `GET /signal`, asking for a WebSocket.
pub(crate) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    if !is_same_origin(&headers) {
        let message = "Only the hub's own page may connect from a browser.";
        return ApiError::new(StatusCode::FORBIDDEN, ErrorCode::Unauthenticated, message).into_response();
    }
    let (Ok(permit), None) = (Arc::clone(&shared.sockets).try_acquire_owned(), *shared.stop.borrow()) else {
        let message = "The hub has as many connections as it accepts. Try again shortly.";
        return ApiError::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::TooFast, message)
            .retry_after(Duration::from_secs(5))
            .into_response();
    };
    let task = shared.tasks.token();
    upgrade
        .max_message_size(MAX_FRAME_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .on_upgrade(async move |socket| {
            run(&shared, socket).await;
            drop((permit, task));
        })
}

/// Browsers name the page's origin and cannot lie about it; native clients name none.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let origin = origin.to_str().ok().and_then(|origin| origin.parse::<Uri>().ok());
    let authority = origin
        .as_ref()
        .and_then(Uri::authority)
        .map(|authority| authority.as_str().to_ascii_lowercase());
    authority.is_some() && authority == host(headers)
}

type Sink = SplitSink<WebSocket, Message>;
type Stream = SplitStream<WebSocket>;

async fn run(shared: &Shared, socket: WebSocket) {
    let (mut sink, mut stream) = socket.split();
    let (outbox, mut receiver) = Outbox::new(shared.limits.queued_messages);
    let mut stop = shared.stop.clone();
    let ending = tokio::select! {
        biased;
        ending = ended(&mut stop) => ending,
        ending = ended(&mut receiver.ending) => ending,
        ending = talk(shared, &mut stream, &outbox) => ending,
        ending = write(&mut sink, &mut receiver.queue, shared.limits.heartbeat) => ending,
    };
    log::debug!("a session ended: {ending:?}");
    if !matches!(ending, Ending::Aborted | Ending::Gone) {
        // Bounded in time: the client may be the one that does not read.
        let _ = timeout(CLOSING, close(sink, stream, receiver, ending)).await;
    }
}

async fn ended(ending: &mut watch::Receiver<Option<Ending>>) -> Ending {
    match ending.wait_for(Option::is_some).await {
        Ok(reason) => reason.unwrap_or(Ending::Aborted),
        Err(_) => Ending::Aborted,
    }
}

/// Sends what is queued, and pings.
async fn write(sink: &mut Sink, queue: &mut tokio::sync::mpsc::Receiver<String>, heartbeat: Duration) -> Ending {
    let mut pings = interval(heartbeat);
    pings.reset();
    loop {
        let message = tokio::select! {
            text = queue.recv() => match text {
                Some(text) => Message::Text(text.into()),
                None => return Ending::Gone,
            },
            _ = pings.tick() => Message::Ping(Default::default()),
        };
        match timeout(2 * heartbeat, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Ending::Gone,
            Err(_) => return Ending::NotReading,
        }
    }
}

/// Hears who the client is, and carries out what it says, until it falls silent, leaves or goes too far.
async fn talk(shared: &Shared, stream: &mut Stream, outbox: &Outbox) -> Ending {
    let me = match timeout(shared.limits.hello_timeout, hello(shared, stream, outbox)).await {
        Ok(Ok(me)) => me,
        Ok(Err(ending)) => return ending,
        Err(_) => return refuse_entry(outbox, "No hello came in time. Connect again, and say hello at once."),
    };
    let connection = match shared.relay.connect(&me, outbox.clone()) {
        Ok(connection) => connection,
        Err(ending) => {
            if ending == Ending::TooManyDevices {
                let message = "This person has as many devices connected as are accepted. Close one of them first.";
                outbox.send(&Refusal::new(ErrorCode::TooFast, message).about(None, None));
            } else {
                refuse_entry(
                    outbox,
                    "This person has no account here any more. Sign in with another one.",
                );
            }
            return ending;
        }
    };
    let presence = Leaving {
        shared,
        me: &me,
        connection,
    };
    let ending = converse(shared, &me, stream, outbox).await;
    drop(presence);
    ending
}

/// Takes the device off the list when its session ends, in whichever way that is.
struct Leaving<'a> {
    shared: &'a Shared,
    me: &'a Address,
    connection: crate::sessions::Connection,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.shared.relay.disconnect(self.me, self.connection);
    }
}

async fn hello(shared: &Shared, stream: &mut Stream, outbox: &Outbox) -> Result<Address, Ending> {
    loop {
        let bytes = match next(stream).await.ok_or(Ending::Gone)? {
            Message::Text(text) => text,
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Binary(_) => return Err(refuse_entry(outbox, "The first message must be a hello, as text.")),
            Message::Close(_) => return Err(Ending::Gone),
        };
        return match decode(bytes.as_bytes()) {
            Ok(ClientMessage::Hello { token, device, client }) => match shared.tokens.person(&token) {
                Some(person) => {
                    log::debug!(
                        "{person}/{device} connects with {:?}",
                        client.chars().take(80).collect::<String>()
                    );
                    Ok(Address { person, device })
                }
                None => Err(refuse_entry(
                    outbox,
                    "The access token is not valid, or no longer. Sign in again.",
                )),
            },
            Ok(ClientMessage::Relay { .. } | ClientMessage::Ping { .. }) => {
                Err(refuse_entry(outbox, "The first message must be a hello."))
            }
            Err(error) => {
                outbox.send(&Refusal::undecodable(&error).about(None, None));
                Err(Ending::Unauthenticated)
            }
        };
    }
}

fn refuse_entry(outbox: &Outbox, message: &str) -> Ending {
    outbox.send(&Refusal::new(ErrorCode::Unauthenticated, message).about(None, None));
    Ending::Unauthenticated
}

async fn converse(shared: &Shared, me: &Address, stream: &mut Stream, outbox: &Outbox) -> Ending {
    let limits = &shared.limits;
    let mut bucket = TokenBucket::new(limits.message_burst, limits.messages_per_second, Instant::now());
    let mut refused = 0;
    loop {
        let message = match timeout(2 * limits.heartbeat, next(stream)).await {
            Ok(Some(message)) => message,
            Ok(None) => return Ending::Gone,
            Err(_) => return Ending::Silent,
        };
        let size = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) => return Ending::Gone,
        };
        let cost = u32::try_from(1 + size / BYTES_PER_TOKEN).unwrap_or(u32::MAX);
        let verdict = bucket.take(cost, Instant::now());
        if verdict.is_err() {
            refused += 1;
            if refused > limits.refusals_before_close {
                return Ending::TooFast;
            }
        }
        let decoded = match message {
            Message::Text(text) => decode(text.as_bytes()),
            Message::Binary(_) => Err(DecodeError::NotAMessage),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => continue,
        };
        match (verdict, decoded) {
            (Ok(()), decoded) => carry_out(shared, me, decoded, outbox).await,
            (Err(retry_after), Ok(ClientMessage::Relay { call, id, .. })) => {
                outbox.send(&Refusal::too_fast(retry_after).about(Some(call), Some(id)));
            }
            (Err(retry_after), _) => outbox.send(&Refusal::too_fast(retry_after).about(None, None)),
        }
    }
}

async fn carry_out(shared: &Shared, me: &Address, message: Result<ClientMessage, DecodeError>, outbox: &Outbox) {
    match message {
        Ok(ClientMessage::Relay { call, to, id, body }) => {
            let about = (call.clone(), id);
            if let Err(refusal) = shared.relay.pass_on(me, Letter { call, to, id, body }).await {
                log::debug!("a message was refused: {:?}", refusal.code);
                outbox.send(&refusal.about(Some(about.0), Some(about.1)));
            }
        }
        Ok(ClientMessage::Ping { nonce }) => outbox.send(&HubMessage::Pong { nonce }),
        Ok(ClientMessage::Hello { .. }) => {
            let message = "This session has said hello already. The second one was not carried out.";
            outbox.send(&Refusal::new(ErrorCode::Malformed, message).about(None, None));
        }
        Err(error) => outbox.send(&Refusal::undecodable(&error).about(None, None)),
    }
}

/// The next message, unless the connection is broken or breaks the WebSocket protocol.
async fn next(stream: &mut Stream) -> Option<Message> {
    stream.next().await?.ok()
}

/// Says the last words and goodbye, and waits for the client's.
async fn close(mut sink: Sink, mut stream: Stream, mut receiver: OutboxReceiver, ending: Ending) {
    let (code, reason) = match ending {
        Ending::Gone | Ending::Aborted => return,
        Ending::Replaced => (close_code::NORMAL, "this device connected again"),
        Ending::NotReading => (close_code::POLICY, "messages were not read in time"),
        Ending::Silent => (close_code::POLICY, "nothing was heard for two heartbeats"),
        Ending::TooFast => (close_code::POLICY, "too many messages"),
        Ending::Unauthenticated => (close_code::POLICY, "not signed in"),
        Ending::TooManyDevices => (close_code::POLICY, "too many devices of this person"),
        Ending::GoingAway => (close_code::AWAY, "the hub goes away"),
    };
    if !matches!(ending, Ending::NotReading | Ending::Silent | Ending::TooFast) {
        while let Ok(text) = receiver.queue.try_recv() {
            if sink.send(Message::Text(text.into())).await.is_err() {
                return;
            }
        }
    }
    if ending == Ending::GoingAway {
        let last = HubMessage::GoingAway {
            reconnect_after_ms: RECONNECT_AFTER_MS,
        };
        let _ = sink
            .send(Message::Text(assist_protocol::messages::encode(&last).into()))
            .await;
    }
    if sink
        .send(Message::Close(Some(CloseFrame {
            code,
            reason: reason.into(),
        })))
        .await
        .is_ok()
    {
        while let Some(Ok(_)) = stream.next().await {}
    }
}
