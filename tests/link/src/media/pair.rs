//! What is measured: both ends of a flow, sans I/O.

use std::time::Duration;

/// What SRTP, UDP and IPv4 add to an RTP packet, bytes.
pub const WIRE_OVERHEAD_BYTES: u32 = 10 + 8 + 20;

/// What a packet is to whoever counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound, for the first time.
    Audio,
    /// A picture's packet, for the first time.
    Video,
    /// A picture's packet again.
    Retransmission,
    /// Bytes that mean nothing.
    Padding,
    /// Feedback, messages, and what a connection needs.
    Control,
}

/// One packet of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaPacket {
    /// [`Kind::Audio`] or [`Kind::Video`].
    pub kind: Kind,
    /// Counted by itself for each of the two, from 0.
    pub index: u64,
    /// Without any header.
    pub payload_bytes: u32,
    /// The last one of its picture.
    pub is_last: bool,
}

/// A packet that is put on a path.
#[derive(Debug, Clone)]
pub struct Transmit<P> {
    /// Whatever the other end understands.
    pub packet: P,
    /// What it counts as.
    pub kind: Kind,
    /// Its RTP header and payload; 0 if it has none.
    pub rtp_bytes: u32,
    /// All of it.
    pub wire_bytes: u32,
}

/// One of the two ends of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Which sends media.
    Sender,
    /// Which receives it.
    Receiver,
}

/// What an end tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A media packet is there, for the first time or again.
    Arrived {
        /// [`Kind::Audio`] or [`Kind::Video`].
        kind: Kind,
        /// Its index.
        index: u64,
    },
    /// A message is there.
    MessageArrived(u64),
    /// The sending end is to make a key frame.
    KeyFrameRequested,
}

/// What a flow begins with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowSetup {
    /// Which of the flows, from 0.
    pub number: u64,
    /// When it begins.
    pub starts: Duration,
    /// What is guessed of the link, bits a second.
    pub start_bps: f64,
    /// Bounds of what it is to send, bits a second.
    pub least_bps: f64,
    /// See `least_bps`.
    pub most_bps: f64,
}

/// Both ends of a flow.
pub trait Pair {
    /// What it puts on the paths.
    type Packet: Clone;

    /// The source has made a packet.
    fn push(&mut self, packet: MediaPacket, now: Duration);
    /// The sending end's user says something that has to arrive.
    fn say(&mut self, message: u64, now: Duration);
    /// The receiving end can decode nothing more.
    fn request_key_frame(&mut self, now: Duration);
    /// What the sending end thinks it may send in all, bits a second on the wire.
    fn target_bps(&self) -> f64;
    /// A packet has come to an end.
    fn receive(&mut self, end: End, packet: Self::Packet, now: Duration);
    /// The next packet that leaves an end now.
    fn poll_transmit(&mut self, end: End, now: Duration) -> Option<Transmit<Self::Packet>>;
    /// What has happened.
    fn poll_event(&mut self) -> Option<Event>;
    /// When to come back.
    fn poll_timeout(&self) -> Option<Duration>;
    /// It is that late now.
    fn handle_timeout(&mut self, now: Duration);
}
