//! One path between two devices: pictures, sound and messages, whatever carries them.
//!
//! The call driver knows only the traits of this module. [`webrtc`] is what ships; [`memory`] joins two engines of one
//! process for tests.

mod channels;
pub mod memory;
pub mod webrtc;

use std::sync::Arc;
use std::time::Duration;

use assist_protocol::messages::{call::Candidate, channel::Channel, signalling::IceServer};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::media::{AccessUnit, AudioPacket, LinkReport};

/// Most the stack may hold of data-channel messages, in bytes, so that control never waits behind bulk.
pub const MAX_BUFFERED_BYTES: usize = 16 * 1024;

/// Opens paths.
#[async_trait]
pub trait TransportFactory: Send + Sync + 'static {
    /// A new path that reports to `events`. Nothing is sent before a description is made.
    ///
    /// # Errors
    /// When no socket can be bound.
    async fn open(
        &self,
        ice_servers: Vec<IceServer>,
        events: mpsc::Sender<TransportEvent>,
    ) -> Result<Arc<dyn Transport>, TransportError>;

    /// The device is on another network: what was known of the last one is worth nothing.
    fn network_changed(&self) {}
}

/// One path, from its first description to its end. Dropping it closes it.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Makes an offer; `restart` asks for fresh ways to reach each other.
    async fn create_offer(&self, restart: bool) -> Result<String, TransportError>;

    /// Applies an offer and makes the answer.
    async fn create_answer(&self, offer: String) -> Result<String, TransportError>;

    /// Applies the answer to our last offer.
    async fn apply_answer(&self, answer: String) -> Result<(), TransportError>;

    /// Adds ways to reach the peer. A candidate that cannot be used is skipped.
    async fn add_candidates(&self, candidates: Vec<Candidate>);

    /// Sends a picture. Never waits: a picture that finds no room is dropped, and `false` is returned.
    fn send_video(&self, unit: AccessUnit) -> bool;

    /// Sends 20 ms of encoded sound; the RTP time is in 48 kHz samples. Never waits.
    fn send_audio(&self, packet: AudioPacket) -> bool;

    /// Queues a message. Control goes first; `live` drops its oldest message when it has no room.
    ///
    /// # Errors
    /// [`TransportError::QueueFull`] when a reliable channel has no room.
    fn send_message(&self, channel: Channel, message: Bytes) -> Result<(), TransportError>;

    /// What the link leaves for `bulk`, in bits a second; before it is told, and at 0, bulk waits.
    fn set_bulk_rate(&self, bitrate_bps: u32);

    /// How long what waits here takes to leave. Nothing waits where nothing is paced.
    fn waiting(&self) -> Duration {
        Duration::ZERO
    }

    /// Asks the peer for a picture that decodes on its own.
    fn request_key_frame(&self);

    /// Closes the path and frees its sockets. Further calls do nothing.
    async fn close(&self);
}

/// What a path tells its owner.
#[derive(Debug)]
pub enum TransportEvent {
    /// Ways to reach us; `complete` when no more will come.
    Candidates {
        /// The new ones.
        candidates: Vec<Candidate>,
        /// Gathering has ended.
        complete: bool,
    },
    /// Media can flow.
    Connected,
    /// Media does not flow now; it may come back.
    Disconnected,
    /// The path is lost for good unless restarted.
    Failed,
    /// The data channels are open.
    ChannelsOpened,
    /// The data channels are gone.
    ChannelsClosed,
    /// A message came.
    Message {
        /// By which channel.
        channel: Channel,
        /// Its bytes.
        bytes: Bytes,
    },
    /// A picture came, by its sender's RTP time.
    Video {
        /// RTP timestamp, 90 kHz.
        rtp_time: u32,
        /// Annex B.
        annex_b: Bytes,
    },
    /// An audio packet came.
    Audio(AudioPacket),
    /// The peer needs a key frame.
    KeyFrameRequested,
    /// The peer reported on what it gets from us.
    Link(LinkReport),
    /// The line between our capture times and RTP times: to be told to the peer.
    Epoch {
        /// Counts the tracks of this device in this process.
        epoch: u32,
        /// RTP time of …
        rtp_time: u32,
        /// … this capture time, µs.
        capture_time_us: u64,
    },
}

/// Why a path cannot do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No socket.
    #[error("no network socket could be opened: {reason}")]
    NoSocket {
        /// The system's words.
        reason: String,
    },
    /// The peer's description cannot be used.
    #[error("the other side's description cannot be used: {reason}")]
    BadDescription {
        /// What is wrong with it, without its contents.
        reason: String,
    },
    /// Too much is waiting to be sent.
    #[error("too much is waiting to be sent on \"{channel}\"; try again when the link recovers")]
    QueueFull {
        /// Which channel.
        channel: &'static str,
    },
    /// The path was closed.
    #[error("the connection is closed")]
    Closed,
}
