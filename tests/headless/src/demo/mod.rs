//! The demo: a hub and a technician in one process, and an address to open.

mod commands;
mod drawing;
mod options;
mod terminal;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assist_engine::call::{Call, CallEvent, CallSnapshot};
use assist_engine::session::Session;
use assist_engine::sign_in::{SandboxAccount, sign_in_as};
use assist_engine::transport::TransportFactory;
use assist_engine::transport::webrtc::WebRtcFactory;
use assist_hub::{Hub, HubConfig, HubError, RunningHub};
use assist_protocol::DeviceId;
use assist_protocol::call::CallState;
use tokio::sync::mpsc;

pub use self::options::{CameraChoice, DemoOptions, MicrophoneChoice};
use self::terminal::Terminal;
use crate::bad_link::RelayedFactory;
use crate::camera::CameraSource;
use crate::clip::ClipError;
use crate::encoder::EncoderError;
use crate::microphone::{Microphone, WavError};
use crate::phone::{Attendance, SimulatedPhone};
use crate::preview::Preview;

/// The scene is the same in every demo.
const SEED: u64 = 1;

/// Why the demo did not start. Nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The clip.
    #[error("--camera {path}: {error}")]
    Camera {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        error: ClipError,
    },
    /// The recording.
    #[error("--microphone {path}: {error}")]
    Microphone {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        error: WavError,
    },
    /// The preview.
    #[error("--preview {folder}: {error}")]
    Preview {
        /// As given.
        folder: PathBuf,
        /// Why it cannot be made.
        error: std::io::Error,
    },
    /// The data folder.
    #[error("no folder for the hub's data could be made: {0}")]
    Data(std::io::Error),
    /// The hub: its port or its data folder.
    #[error("{0}")]
    Hub(#[from] HubError),
    /// The encoder.
    #[error("the video encoder could not be started: {0}")]
    Encoder(#[from] EncoderError),
    /// The technician's session.
    #[error("the technician could not sign in: {0}")]
    SignIn(String),
}

/// Runs until Ctrl-C, SIGTERM or the end of `--for`.
///
/// # Errors
/// See [`DemoError`].
pub async fn run(options: DemoOptions) -> Result<(), DemoError> {
    let mut phone = SimulatedPhone::new(camera(&options.camera)?, microphone(&options.microphone)?)?;
    if options.no_ar {
        phone = phone.without_ar();
    }
    if let Some(folder) = options.preview {
        let preview = Preview::new(&folder).map_err(|error| DemoError::Preview { folder, error })?;
        phone = phone.with_preview(preview);
    }
    let (data, temporary) = match options.data {
        Some(folder) => (folder, None),
        None => {
            let folder = tempfile::Builder::new()
                .prefix("assist-demo-")
                .tempdir()
                .map_err(DemoError::Data)?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let hub = Hub::start(HubConfig::new(listen, &data)).await?;
    let network = options
        .link
        .map(|link| Arc::new(RelayedFactory::new(link.into(), SEED)));
    let session = match technician(&hub, network.clone()).await {
        Ok(session) => session,
        Err(error) => {
            hub.shutdown().await;
            return Err(error);
        }
    };

    let mut terminal = Terminal::new(options.json);
    terminal.ready(
        &format!("{}/#key={}&account=expert", hub.base_url(), hub.sandbox_key()),
        &data.display().to_string(),
    );
    let mut technician = Technician {
        session,
        phone,
        terminal,
        lines: standard_input(),
        network,
    };
    tokio::select! {
        () = technician.take_calls() => {}
        () = interrupted() => {}
        () = after(options.seconds) => {}
    }
    technician.terminal.note("Goodbye.");
    technician.session.close().await;
    hub.shutdown().await;
    drop(temporary);
    Ok(())
}

fn camera(choice: &CameraChoice) -> Result<CameraSource, DemoError> {
    match choice {
        CameraChoice::Scene => Ok(CameraSource::scene(SEED)),
        CameraChoice::Clip(path) => CameraSource::clip(path).map_err(|error| DemoError::Camera {
            path: path.clone(),
            error,
        }),
    }
}

fn microphone(choice: &MicrophoneChoice) -> Result<Microphone, DemoError> {
    match choice {
        MicrophoneChoice::Tone => Ok(Microphone::tone(SEED)),
        MicrophoneChoice::Recording(path) => Microphone::wav(path).map_err(|error| DemoError::Microphone {
            path: path.clone(),
            error,
        }),
    }
}

/// The technician's device, signed in and welcomed.
async fn technician(hub: &RunningHub, network: Option<Arc<RelayedFactory>>) -> Result<Session, DemoError> {
    let failed = |error: &dyn std::fmt::Display| DemoError::SignIn(error.to_string());
    let device = DeviceId::new("headless-phone").map_err(|error| failed(&error))?;
    let account = SandboxAccount {
        hub_url: hub.base_url(),
        account: "technician".to_owned(),
        key: hub.sandbox_key().to_owned(),
        certificate_pem: None,
    };
    // The browser is on this machine: loopback first, and every interface for one that does not use loopback.
    let addresses = vec![
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
    ];
    let client = concat!("assist-headless/", env!("CARGO_PKG_VERSION"));
    let transport: Arc<dyn TransportFactory> = match network {
        Some(network) => network,
        None => Arc::new(WebRtcFactory::new(addresses)),
    };
    let session = sign_in_as(device, account, client, transport)
        .await
        .map_err(|error| failed(&error))?;
    match session.wait_connected().await.sign_in_needed {
        None => Ok(session),
        Some(message) => Err(DemoError::SignIn(message)),
    }
}

/// The technician at their phone: takes every call, and shows it on the terminal.
struct Technician {
    session: Session,
    phone: SimulatedPhone,
    terminal: Terminal,
    lines: mpsc::Receiver<String>,
    /// What is between the two, if it is worse than this machine.
    network: Option<Arc<RelayedFactory>>,
}

impl Technician {
    async fn take_calls(&mut self) {
        while let Some(call) = self.session.next_incoming().await {
            if call.accept().is_ok() {
                let attendance = self.phone.attend(&call);
                self.follow(&call, attendance).await;
            }
        }
    }

    async fn follow(&mut self, call: &Call, _attendance: Attendance) {
        let mut snapshots = call.snapshots();
        let mut link = call.link();
        let mut session = self.session.snapshots();
        loop {
            let snapshot: CallSnapshot = snapshots.borrow_and_update().clone();
            if snapshot.state == CallState::Ended {
                return self.terminal.ended(&snapshot);
            }
            self.terminal.call(&snapshot, &link.borrow_and_update());
            tokio::select! {
                changed = snapshots.changed() => if changed.is_err() { return },
                changed = link.changed() => if changed.is_err() { return },
                changed = session.changed() => match changed {
                    Ok(()) => self.terminal.signalling(session.borrow_and_update().connected),
                    Err(_) => return,
                },
                event = call.next_event() => match event {
                    Some(CallEvent::TextReceived { text, .. }) => self.terminal.text("expert", &text),
                    Some(CallEvent::StrokeRefused { because, .. }) => self.terminal.note(&because.to_string()),
                    Some(CallEvent::TextDelivered { .. } | CallEvent::FreezeRefused { .. } | CallEvent::Epoch { .. }) | None => {}
                },
                Some(line) = self.lines.recv() => self.say(call, &line),
            }
        }
    }
}

impl Technician {
    /// Obeys, or else writes to the expert.
    fn say(&mut self, call: &Call, line: &str) {
        match commands::obeyed(call, self.network.as_deref(), line) {
            Some(note) => self.terminal.note(&note),
            None => match call.send_text(line) {
                Ok(_) => self.terminal.text("you", line),
                Err(error) => self.terminal.note(&error.to_string()),
            },
        }
    }
}

/// Lines typed at the terminal; the channel just closes when there are no more.
fn standard_input() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    // A thread of its own: reading a terminal cannot be given up, it only ends with the process.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if !line.trim().is_empty() && sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

async fn after(seconds: Option<u64>) {
    match seconds {
        Some(seconds) => tokio::time::sleep(Duration::from_secs(seconds)).await,
        None => std::future::pending().await,
    }
}

/// Ctrl-C, or being asked to end.
async fn interrupted() {
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(error) => return log::error!("signals cannot be received: {error}"),
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
