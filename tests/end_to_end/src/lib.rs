//! What the tests of the whole share: a real hub in a folder of its own, and devices signed in to it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects"
)]

mod tcp_proxy;

use std::sync::Arc;
use std::time::Duration;

use assist_engine::call::{Call, CallEvent, CallSnapshot};
use assist_engine::session::Session;
use assist_engine::sign_in::{SandboxAccount, sign_in_as};
use assist_engine::transport::TransportFactory;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_hub::{Hub, HubConfig, RunningHub};
use assist_protocol::call::CallState;
use assist_protocol::{DeviceId, PersonId};
use tempfile::TempDir;

pub use assist_headless::bad_link::RelayedFactory;
pub use tcp_proxy::TcpProxy;

/// No event takes this long unless something is broken.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A hub of this test, and the folder it lives in.
pub struct TestHub {
    /// The hub.
    pub hub: RunningHub,
    folder: TempDir,
}

impl TestHub {
    /// A new hub on a free port.
    pub async fn start() -> Self {
        let _ = env_logger::builder().is_test(true).try_init();
        let folder = TempDir::new().expect("a temporary folder");
        let listen = "127.0.0.1:0".parse().expect("an address");
        let hub = Hub::start(HubConfig::new(listen, folder.path()))
            .await
            .expect("the hub starts");
        Self { hub, folder }
    }

    /// Kills the hub as a crash would and starts another on the same folder and port.
    pub async fn restart(self) -> Self {
        let Self { hub, folder } = self;
        let address = hub.address();
        hub.abort().await;
        let hub = Hub::start(HubConfig::new(address, folder.path()))
            .await
            .expect("the hub starts again");
        Self { hub, folder }
    }

    /// A device of an account, over real WebRTC on loopback.
    pub async fn device(&self, account: &str, device: &str) -> Session {
        let loopback = "127.0.0.1:0".parse().expect("an address");
        self.device_over(account, device, Arc::new(WebRtcFactory::new(vec![loopback])))
            .await
    }

    /// A device of an account, connected to the hub, over any transport.
    pub async fn device_over(&self, account: &str, device: &str, transport: Arc<dyn TransportFactory>) -> Session {
        self.device_at(self.hub.base_url(), account, device, transport).await
    }

    /// The same, with another way to the hub.
    pub async fn device_at(
        &self,
        hub_url: String,
        account: &str,
        device: &str,
        transport: Arc<dyn TransportFactory>,
    ) -> Session {
        let device = DeviceId::new(device).expect("a device id");
        let account = SandboxAccount {
            hub_url,
            account: account.to_owned(),
            key: self.hub.sandbox_key().to_owned(),
            certificate_pem: None,
        };
        let session = sign_in_as(device, account, "test", transport)
            .await
            .expect("the session starts");
        let snapshot = within(session.wait_connected()).await;
        assert!(snapshot.connected, "{:?}", snapshot.sign_in_needed);
        session
    }
}

/// The id of the sandbox account that is not `account`, as `session` knows it.
pub fn other_person(session: &Session) -> PersonId {
    session
        .snapshots()
        .borrow()
        .people
        .first()
        .expect("somebody to call")
        .id
        .clone()
}

/// Fails loudly instead of waiting for ever.
pub async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future)
        .await
        .expect("it did not happen in time")
}

/// Waits for a state; fails if the call ends instead.
pub async fn until(call: &Call, state: CallState) -> CallSnapshot {
    let snapshot = within(call.wait_for(|snapshot| snapshot.state == state)).await;
    assert_eq!(snapshot.state, state, "ended: {:?}", snapshot.end_reason);
    snapshot
}

/// Waits for something the call shows; fails if the call ends instead.
pub async fn until_shown(call: &Call, wanted: impl FnMut(&CallSnapshot) -> bool) -> CallSnapshot {
    let snapshot = within(call.wait_for(wanted)).await;
    assert_ne!(snapshot.state, CallState::Ended, "ended: {:?}", snapshot.end_reason);
    snapshot
}

/// The next line the peer wrote.
pub async fn next_text(call: &Call) -> String {
    within(async {
        loop {
            match call.next_event().await.expect("the call goes on") {
                CallEvent::TextReceived { text, .. } => return text,
                CallEvent::TextDelivered { .. }
                | CallEvent::StrokeRefused { .. }
                | CallEvent::FreezeRefused { .. }
                | CallEvent::Epoch { .. } => {}
            }
        }
    })
    .await
}

/// Places a call from one device to the other and accepts it there: both ends, connected.
pub async fn connect(caller: &Session, callee: &Session) -> (Call, Call) {
    let placed = caller.call(other_person(caller)).await.expect("the call is placed");
    let taken = within(callee.next_incoming()).await.expect("it rings");
    assert_eq!(placed.id(), taken.id());
    taken.accept().expect("it can be accepted");
    until(&placed, CallState::Connected).await;
    until(&taken, CallState::Connected).await;
    (placed, taken)
}
