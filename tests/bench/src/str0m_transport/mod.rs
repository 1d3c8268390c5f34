//! The yardstick: a bare str0m sender behind the engine's own transport trait, so that session, signalling and page are
//! the same and only the transport differs.
//!
//! It does what the comparison needs: it answers the page's offer, sends video, tells of key-frame requests and carries
//! the data channels. It receives no media and places no call.

mod driver;

use std::net::SocketAddr;
use std::sync::Arc;

use assist_engine::media::{AccessUnit, AudioPacket};
use assist_engine::transport::{Transport, TransportError, TransportEvent, TransportFactory};
use assist_protocol::messages::{call::Candidate, channel::Channel, signalling::IceServer};
use async_trait::async_trait;
use bytes::Bytes;
use str0m::change::SdpOffer;
use str0m::{Rtc, RtcConfig};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, oneshot};

use self::driver::{Command, Driver};

/// Commands waiting at most: a second of pictures and then some.
const QUEUE: usize = 64;

/// Opens str0m paths on one local address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Str0mFactory {
    local_address: SocketAddr,
}

impl Str0mFactory {
    /// Binds this address for every connection.
    pub(crate) fn new(local_address: SocketAddr) -> Self {
        Self { local_address }
    }
}

#[async_trait]
impl TransportFactory for Str0mFactory {
    async fn open(
        &self,
        _ice_servers: Vec<IceServer>,
        events: mpsc::Sender<TransportEvent>,
    ) -> Result<Arc<dyn Transport>, TransportError> {
        let socket = UdpSocket::bind(self.local_address).await.map_err(no_socket)?;
        let address = socket.local_addr().map_err(no_socket)?;
        let mut rtc = rtc();
        rtc.add_local_candidate(str0m::Candidate::host(address, "udp").map_err(no_socket)?);
        let (commands, queue) = mpsc::channel(QUEUE);
        tokio::spawn(Driver::new(rtc, socket, address, events).run(queue));
        Ok(Arc::new(Str0mTransport { commands }))
    }
}

fn rtc() -> Rtc {
    RtcConfig::new()
        .clear_codecs()
        .enable_h264(true)
        .enable_opus(true, false)
        .build(std::time::Instant::now())
}

fn no_socket(error: impl std::fmt::Display) -> TransportError {
    TransportError::NoSocket {
        reason: error.to_string(),
    }
}

/// The handle; when it is dropped, the driver ends.
struct Str0mTransport {
    commands: mpsc::Sender<Command>,
}

#[async_trait]
impl Transport for Str0mTransport {
    async fn create_offer(&self, _restart: bool) -> Result<String, TransportError> {
        Err(TransportError::BadDescription {
            reason: "the yardstick only answers".to_owned(),
        })
    }

    async fn create_answer(&self, offer: String) -> Result<String, TransportError> {
        let bad = |error: &dyn std::fmt::Display| TransportError::BadDescription {
            reason: error.to_string(),
        };
        let offer = SdpOffer::from_sdp_string(&offer).map_err(|error| bad(&error))?;
        let (reply, answer) = oneshot::channel();
        let command = Command::Answer {
            offer: Box::new(offer),
            reply,
        };
        self.commands.send(command).await.map_err(|_| TransportError::Closed)?;
        answer
            .await
            .map_err(|_| TransportError::Closed)?
            .map_err(|error| bad(&error))
    }

    async fn apply_answer(&self, _answer: String) -> Result<(), TransportError> {
        Err(TransportError::BadDescription {
            reason: "the yardstick made no offer".to_owned(),
        })
    }

    async fn add_candidates(&self, candidates: Vec<Candidate>) {
        for candidate in candidates {
            match str0m::Candidate::from_sdp_string(&candidate.candidate) {
                // A driver that is gone needs no candidates.
                Ok(candidate) => drop(self.commands.send(Command::Candidate(candidate)).await),
                // A browser hides its addresses behind mDNS names; its own checks reveal them.
                Err(error) => log::debug!("str0m: a candidate was skipped: {error}"),
            }
        }
    }

    fn send_video(&self, unit: AccessUnit) -> bool {
        self.commands.try_send(Command::Video(unit)).is_ok()
    }

    fn send_audio(&self, _packet: AudioPacket) -> bool {
        false
    }

    fn send_message(&self, channel: Channel, message: Bytes) -> Result<(), TransportError> {
        self.commands
            .try_send(Command::Message { channel, message })
            .map_err(|_| TransportError::QueueFull {
                channel: channel.label(),
            })
    }

    /// The benchmarks send no bulk.
    fn set_bulk_rate(&self, _bitrate_bps: u32) {}

    fn request_key_frame(&self) {}

    async fn close(&self) {
        let _ = self.commands.send(Command::Close).await;
    }
}
