//! The process.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use assist_engine::session::Session as EngineSession;
use assist_engine::sign_in::{SandboxAccount, SignInError, sign_in};
use assist_engine::transport::webrtc::WebRtcFactory;

use crate::errors::plain;
use crate::logging::set_sink;
use crate::runtime::Threads;
use crate::secure_store::StorePort;
use crate::{AssistError, LogLevel, LogSink, SecureStore, Session, SignInFailure};

/// How the library is to work.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AssistConfig {
    /// Name and version of the app, for people who read the hub's logs.
    pub client: String,
    /// Media stays on this machine: for tests, and for a technician and an expert on one computer.
    pub loopback_only: bool,
    /// The most detailed lines that the log sink gets.
    pub log_level: LogLevel,
}

/// The library in this process. Dropping it, on any thread, ends what nobody else holds.
#[derive(uniffi::Object)]
pub struct Assist {
    config: AssistConfig,
    store: Arc<StorePort>,
    threads: Arc<Threads>,
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    closed: bool,
    open: Vec<Weak<EngineSession>>,
}

#[uniffi::export]
impl Assist {
    /// Starts the library: two threads, no network.
    #[uniffi::constructor]
    pub fn new(
        config: AssistConfig,
        secure_store: Arc<dyn SecureStore>,
        log_sink: Option<Arc<dyn LogSink>>,
    ) -> Result<Self, AssistError> {
        set_sink(log_sink, config.log_level);
        let threads = Threads::start().map_err(|error| AssistError::NoThreads {
            advice: plain(&format!("the system gives the library no threads: {error}")),
        })?;
        Ok(Self {
            config,
            store: Arc::new(StorePort(secure_store)),
            threads: Arc::new(threads),
            sessions: Mutex::default(),
        })
    }

    /// Signs in and starts a session. Cancelled, nobody is signed in.
    pub async fn sign_in(&self, account: SandboxAccount) -> Result<Arc<Session>, SignInFailure> {
        let addresses: Vec<SocketAddr> = if self.config.loopback_only {
            vec![(Ipv4Addr::LOCALHOST, 0).into()]
        } else {
            vec![(Ipv4Addr::UNSPECIFIED, 0).into(), (Ipv6Addr::UNSPECIFIED, 0).into()]
        };
        let (store, client) = (Arc::clone(&self.store), self.config.client.clone());
        let work = async move {
            let transport = Arc::new(WebRtcFactory::new(addresses));
            sign_in(account, &client, store, transport).await.map(Arc::new)
        };
        let session = self.threads.run(work).await.unwrap_or(Err(SignInError::Closed))?;
        {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            if sessions.closed {
                return Err(SignInError::Closed.into());
            }
            sessions.open.retain(|session| session.strong_count() > 0);
            sessions.open.push(Arc::downgrade(&session));
        }
        Ok(Arc::new(Session::new(session, Arc::clone(&self.threads))))
    }

    /// Ends every session politely, within 5 s whatever the network does. Nobody can sign in any more.
    pub async fn close(&self) {
        let open = {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.closed = true;
            std::mem::take(&mut sessions.open)
        };
        let work = async move {
            let mut closing = tokio::task::JoinSet::new();
            for session in open.iter().filter_map(Weak::upgrade) {
                closing.spawn(async move { session.close().await });
            }
            closing.join_all().await;
        };
        self.threads.run(work).await;
    }
}
