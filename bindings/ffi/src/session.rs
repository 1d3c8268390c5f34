//! A signed-in device.

use std::sync::Arc;

use assist_engine::session::{Session as EngineSession, SessionSnapshot};
use assist_protocol::PersonId;

use crate::runtime::Threads;
use crate::streams::{IncomingCallStream, SessionStream};
use crate::{Call, CallFailure};

/// A signed-in device: it can be called, and can call. Dropping it, on any thread, ends its call and its connection soon.
#[derive(uniffi::Object)]
pub struct Session {
    session: Arc<EngineSession>,
    threads: Arc<Threads>,
}

impl Session {
    pub(crate) fn new(session: Arc<EngineSession>, threads: Arc<Threads>) -> Self {
        Self { session, threads }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let (session, threads) = (Arc::clone(&self.session), Arc::clone(&self.threads));
        // The goodbye keeps the threads until it is said.
        self.threads.spawn(async move {
            session.close().await;
            drop(threads);
        });
    }
}

#[uniffi::export]
impl Session {
    /// The session as it stands.
    pub fn snapshot(&self) -> SessionSnapshot {
        self.session.snapshots().borrow().clone()
    }

    /// The session, each time it changed.
    pub fn snapshots(&self) -> SessionStream {
        SessionStream::new(self.session.snapshots())
    }

    /// Calls that ring here. Two streams share the calls.
    pub fn incoming_calls(&self) -> IncomingCallStream {
        IncomingCallStream::new(Arc::clone(&self.session), Arc::clone(&self.threads))
    }

    /// Calls a person by their id; the call is there at once, in state *inviting*. Cancelled, no call remains.
    pub async fn call(&self, person: String) -> Result<Arc<Call>, CallFailure> {
        let person = PersonId::new(person).map_err(|_| CallFailure::unknown_person())?;
        let call = self.session.call(person).await?;
        Ok(Arc::new(Call::new(call, Arc::clone(&self.threads))))
    }

    /// Tells that this device changed its network.
    pub fn network_changed(&self) {
        self.session.network_changed();
    }

    /// Hangs up, says goodbye to the hub and ends: within 5 s whatever the network does. Once is enough.
    pub async fn close(&self) {
        let session = Arc::clone(&self.session);
        self.threads.run(async move { session.close().await }).await;
    }
}
