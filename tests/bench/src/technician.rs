//! The technician's end without a browser: a real session of the engine that answers every call and plays a recording.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assist_engine::call::Call;
use assist_engine::session::Session;
use assist_engine::sign_in::{SandboxAccount, sign_in_as};
use assist_engine::transport::TransportFactory;
use assist_protocol::DeviceId;

use crate::error::{BenchError, within};
use crate::recording::Recording;

/// The sandbox account of everything that sends pictures here.
pub(crate) const ACCOUNT: &str = "technician";
/// How long signing in may take.
const SIGN_IN_LIMIT: Duration = Duration::from_secs(20);

/// Where the hub is, and what opens its sandbox.
#[derive(Clone)]
pub(crate) struct HubAccess {
    /// `http://127.0.0.1:8080`, say.
    pub(crate) base_url: String,
    /// The key of the sandbox accounts.
    pub(crate) key: String,
}

/// A signed-in technician.
pub(crate) struct Technician {
    session: Session,
    current: Mutex<Option<Call>>,
}

impl Technician {
    /// Signs in and waits until calls can come.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub(crate) async fn sign_in(hub: &HubAccess, transport: Arc<dyn TransportFactory>) -> Result<Self, BenchError> {
        let refused = |error: &dyn std::fmt::Display| BenchError::SignIn(error.to_string());
        let device = format!("bench-{}", uuid::Uuid::new_v4().simple());
        let device = DeviceId::new(device).map_err(|error| refused(&error))?;
        let account = SandboxAccount {
            hub_url: hub.base_url.clone(),
            account: ACCOUNT.to_owned(),
            key: hub.key.clone(),
            certificate_pem: None,
        };
        let client = concat!("assist-bench/", env!("CARGO_PKG_VERSION"));
        let session = sign_in_as(device, account, client, transport)
            .await
            .map_err(|error| refused(&error))?;
        within("signing in", SIGN_IN_LIMIT, async {
            let snapshot = session.wait_connected().await;
            snapshot
                .sign_in_needed
                .map_or(Ok(()), |reason| Err(BenchError::SignIn(reason)))
        })
        .await?;
        Ok(Self {
            session,
            current: Mutex::default(),
        })
    }

    /// Answers every call and plays `recording` in it, until the session ends or the future is dropped.
    ///
    /// # Errors
    /// [`BenchError::Call`] when the session has ended.
    pub(crate) async fn answer_all(&self, recording: &Recording) -> Result<Infallible, BenchError> {
        loop {
            let call = self.answer().await?;
            recording.play(&call).await;
        }
    }

    /// Waits for the next call and answers it.
    ///
    /// # Errors
    /// [`BenchError::Call`] when the session has ended.
    pub(crate) async fn answer(&self) -> Result<Call, BenchError> {
        let ended = || BenchError::Call("the technician's session ended by itself".to_owned());
        let call = self.session.next_incoming().await.ok_or_else(ended)?;
        log::debug!("the call rings");
        call.accept().map_err(|error| BenchError::Call(error.to_string()))?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(call.clone());
        Ok(call)
    }

    /// The call that was answered last.
    pub(crate) fn call(&self) -> Option<Call> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hangs up and signs out.
    pub(crate) async fn sign_out(self) {
        self.session.close().await;
    }
}
