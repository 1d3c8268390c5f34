//! Pulled streams: `next` gives the current value at once, then each further one; none means over for good. `close` ends
//! a stream from any thread, a waiting `next` included.

use std::future::Future;
use std::sync::Arc;
#[cfg(feature = "test-exports")]
use std::sync::atomic::{AtomicI64, Ordering};

use assist_engine::call::{CallEvent, CallSnapshot, LinkSnapshot, ReceivedVideo};
use assist_engine::media::EncoderControl;
use assist_engine::session::SessionSnapshot;
use assist_protocol::call::CallState;
use tokio::sync::{Mutex, watch};

use crate::Call;
use crate::runtime::Threads;

/// Streams that have not been dropped.
#[cfg(feature = "test-exports")]
pub(crate) static LIVE: AtomicI64 = AtomicI64::new(0);

/// Whether a stream was closed, and how a waiting `next` learns of it.
struct Gate {
    closed: watch::Sender<bool>,
}

impl Gate {
    fn new() -> Self {
        #[cfg(feature = "test-exports")]
        LIVE.fetch_add(1, Ordering::Relaxed);
        Self {
            closed: watch::Sender::new(false),
        }
    }

    fn close(&self) {
        self.closed.send_replace(true);
    }

    /// What the source gives, unless the stream is closed first.
    async fn pass<T>(&self, next: impl Future<Output = Option<T>>) -> Option<T> {
        let mut closed = self.closed.subscribe();
        tokio::select! {
            biased;
            // The sender lives as long as this gate.
            _ = closed.wait_for(|closed| *closed) => None,
            value = next => value,
        }
    }
}

#[cfg(feature = "test-exports")]
impl Drop for Gate {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The latest value of something, each time it changed.
struct Latest<T> {
    gate: Gate,
    source: Mutex<watch::Receiver<T>>,
}

impl<T: Clone> Latest<T> {
    fn new(mut source: watch::Receiver<T>) -> Self {
        // What is there now counts as news.
        source.mark_changed();
        Self {
            gate: Gate::new(),
            source: Mutex::new(source),
        }
    }

    /// The same of something that is over when a call is.
    async fn next_in(&self, call: &assist_engine::call::Call) -> Option<T> {
        tokio::select! {
            biased;
            value = self.next(|_| false) => value,
            _ = call.wait_for(|_| false) => None,
        }
    }

    /// `is_last` says of a value that none comes after it.
    async fn next(&self, is_last: impl Fn(&T) -> bool) -> Option<T> {
        let next = async {
            let mut source = self.source.lock().await;
            if is_last(&source.borrow()) && !source.has_changed().unwrap_or(false) {
                return None;
            }
            source.changed().await.ok()?;
            Some(source.borrow_and_update().clone())
        };
        self.gate.pass(next).await
    }
}

/// A session, each time it changed.
#[derive(uniffi::Object)]
pub struct SessionStream(Latest<SessionSnapshot>);

/// A call, each time it changed; over after it has ended.
#[derive(uniffi::Object)]
pub struct CallStream(Latest<CallSnapshot>);

/// What the encoder is to do, each time it changed.
#[derive(uniffi::Object)]
pub struct EncoderControlStream {
    latest: Latest<Option<EncoderControl>>,
    call: assist_engine::call::Call,
}

/// What is known of the way to the peer, each time it changed.
#[derive(uniffi::Object)]
pub struct LinkStream {
    latest: Latest<LinkSnapshot>,
    call: assist_engine::call::Call,
}

/// What happens in a call: every event once, in order.
#[derive(uniffi::Object)]
pub struct CallEventStream {
    gate: Gate,
    call: assist_engine::call::Call,
}

/// The peer's pictures.
#[derive(uniffi::Object)]
pub struct VideoStream {
    gate: Gate,
    call: assist_engine::call::Call,
}

/// Calls that ring at this device.
#[derive(uniffi::Object)]
pub struct IncomingCallStream {
    gate: Gate,
    session: Arc<assist_engine::session::Session>,
    threads: Arc<Threads>,
}

/// What the encoder is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct EncoderRequest {
    /// None while no picture is wanted: the encoder may rest.
    pub control: Option<EncoderControl>,
}

impl SessionStream {
    pub(crate) fn new(source: watch::Receiver<SessionSnapshot>) -> Self {
        Self(Latest::new(source))
    }
}

impl CallStream {
    pub(crate) fn new(source: watch::Receiver<CallSnapshot>) -> Self {
        Self(Latest::new(source))
    }
}

impl EncoderControlStream {
    pub(crate) fn new(call: assist_engine::call::Call) -> Self {
        Self {
            latest: Latest::new(call.encoder_control()),
            call,
        }
    }
}

impl LinkStream {
    pub(crate) fn new(call: assist_engine::call::Call) -> Self {
        Self {
            latest: Latest::new(call.link()),
            call,
        }
    }
}

impl CallEventStream {
    pub(crate) fn new(call: assist_engine::call::Call) -> Self {
        Self {
            gate: Gate::new(),
            call,
        }
    }
}

impl VideoStream {
    pub(crate) fn new(call: assist_engine::call::Call) -> Self {
        Self {
            gate: Gate::new(),
            call,
        }
    }
}

impl IncomingCallStream {
    pub(crate) fn new(session: Arc<assist_engine::session::Session>, threads: Arc<Threads>) -> Self {
        Self {
            gate: Gate::new(),
            session,
            threads,
        }
    }
}

#[uniffi::export]
impl SessionStream {
    /// The session as it stands, then each time it changed; none when closed.
    pub async fn next(&self) -> Option<SessionSnapshot> {
        self.0.next(|_| false).await
    }

    /// Ends the stream.
    pub fn close(&self) {
        self.0.gate.close();
    }
}

#[uniffi::export]
impl CallStream {
    /// The call as it stands, then each time it changed; none after it has ended.
    pub async fn next(&self) -> Option<CallSnapshot> {
        self.0.next(|snapshot| snapshot.state == CallState::Ended).await
    }

    /// Ends the stream.
    pub fn close(&self) {
        self.0.gate.close();
    }
}

#[uniffi::export]
impl EncoderControlStream {
    /// What the encoder is to do now, then each time it changed; none when the call is over.
    pub async fn next(&self) -> Option<EncoderRequest> {
        let control = self.latest.next_in(&self.call).await?;
        Some(EncoderRequest { control })
    }

    /// Ends the stream.
    pub fn close(&self) {
        self.latest.gate.close();
    }
}

#[uniffi::export]
impl LinkStream {
    /// What is known now, then each time it changed; none when the call is over.
    pub async fn next(&self) -> Option<LinkSnapshot> {
        self.latest.next_in(&self.call).await
    }

    /// Ends the stream.
    pub fn close(&self) {
        self.latest.gate.close();
    }
}

#[uniffi::export]
impl CallEventStream {
    /// The next event; none when the call is over and all were taken.
    pub async fn next(&self) -> Option<CallEvent> {
        self.gate.pass(self.call.next_event()).await
    }

    /// Ends the stream; what was not taken waits for the next one.
    pub fn close(&self) {
        self.gate.close();
    }
}

#[uniffi::export]
impl VideoStream {
    /// The peer's next picture; none when the call is over. Pictures that nobody takes are dropped.
    pub async fn next(&self) -> Option<ReceivedVideo> {
        self.gate.pass(self.call.next_video()).await
    }

    /// Ends the stream.
    pub fn close(&self) {
        self.gate.close();
    }
}

#[uniffi::export]
impl IncomingCallStream {
    /// The next call that rings; none when the session is closed.
    pub async fn next(&self) -> Option<Arc<Call>> {
        let call = self.gate.pass(self.session.next_incoming()).await?;
        Some(Arc::new(Call::new(call, Arc::clone(&self.threads))))
    }

    /// Ends the stream; calls that ring later wait for the next one.
    pub fn close(&self) {
        self.gate.close();
    }
}
