//! A technician with a simulated phone, and the expert's page in a real Chromium.

use std::path::PathBuf;

use assist_browser::{Browser, BrowserConfig};
use assist_end_to_end::{DEADLINE, TestHub, until, within};
use assist_engine::call::Call;
use assist_engine::session::Session;
use assist_headless::camera::CameraSource;
use assist_headless::microphone::Microphone;
use assist_headless::phone::{Attendance, SimulatedPhone};
use assist_protocol::call::CallState;
use assist_protocol::messages::call::EndReason;

pub(crate) const ENTER: &str = "\u{E007}";

/// A technician with a simulated phone, waiting for a call.
pub(crate) struct Technician {
    pub(crate) session: Session,
    pub(crate) phone: SimulatedPhone,
}

impl Technician {
    pub(crate) fn with(session: Session) -> Self {
        let phone = SimulatedPhone::new(CameraSource::scene(1), Microphone::tone(1)).unwrap();
        Self { session, phone }
    }

    /// Takes the next call: the call, and the phone at work on it.
    pub(crate) async fn take_call(&self) -> (Call, Attendance) {
        let call = within(self.session.next_incoming()).await.unwrap();
        call.accept().unwrap();
        let attendance = self.phone.attend(&call);
        (call, attendance)
    }
}

/// The expert's page, signed in and ready to join.
pub(crate) async fn expert_page(hub: &TestHub, config: BrowserConfig) -> Browser {
    let browser = Browser::start(config).await.unwrap();
    let address = format!("{}/#key={}&account=expert", hub.hub.base_url(), hub.hub.sandbox_key());
    browser.open(&address).await.unwrap();
    browser
        .wait_for(
            "assist.connected && assist.ready && document.querySelector('.join')",
            DEADLINE,
        )
        .await
        .unwrap();
    browser
}

pub(crate) async fn join(page: &Browser, technician: &Technician) -> (Call, Attendance) {
    page.click(".join").await.unwrap();
    let (call, attendance) = technician.take_call().await;
    until(&call, CallState::Connected).await;
    page.wait_for("assist.state === 'connected'", DEADLINE).await.unwrap();
    (call, attendance)
}

pub(crate) async fn ended(call: &Call, reason: EndReason) {
    let snapshot = within(call.wait_for(|_| false)).await;
    assert_eq!((snapshot.state, snapshot.end_reason), (CallState::Ended, Some(reason)));
}

pub(crate) fn artefact(name: &str) -> PathBuf {
    let folder = std::env::var_os("ASSIST_ARTEFACTS").map_or_else(std::env::temp_dir, PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}
