//! What two ends of a call tell each other directly, on the data channel `control`.

use serde::{Deserialize, Deserializer, Serialize};

use super::annotation::Annotation;
use super::call::{ErrorCode, Sequenced};
use super::decode::Wire;
use crate::ids::TextId;
use crate::link::{LinkOffer, LinkReason, Verdict};

/// Longest line of in-call text, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 8 * 1024;

/// A data channel every call has, agreed on beforehand by its number so that opening it costs no round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Reliable and ordered: control, annotations, text.
    Control,
    /// Unordered, never retransmitted: pointers and pose track.
    Live,
    /// Reliable and ordered, scheduled last: files and snapshots.
    Bulk,
}

impl Channel {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Control, Self::Live, Self::Bulk];

    /// The SCTP stream, the same on both ends.
    pub const fn stream(self) -> u16 {
        match self {
            Self::Control => 0,
            Self::Live => 1,
            Self::Bulk => 2,
        }
    }

    /// The label, for people reading statistics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Live => "live",
            Self::Bulk => "bulk",
        }
    }
}

/// A message on the channel `control`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ChannelMessage {
    /// Something the other end must not miss: kept by its sender until acknowledged.
    Operation(Sequenced),
    /// All operations up to and including this number have arrived.
    OperationAck {
        /// The highest number without a gap below it.
        through: u64,
    },
    /// What the sender shares now. Sent when the channel opens and at every change; the last one counts.
    Media(MediaState),
    /// From this RTP time on, RTP time maps to capture time by this pair (90,000 ticks a second).
    Epoch {
        /// Counts up with every new track or connection.
        epoch: u32,
        /// An RTP timestamp of the epoch.
        rtp: u32,
        /// The capture time it stands for, in µs of the sender's clock.
        capture_us: u64,
    },
    /// Send this back as `pong`, at once.
    Ping {
        /// Told back.
        nonce: u64,
    },
    /// The answer to `ping`.
    Pong {
        /// As in the ping.
        nonce: u64,
    },
    /// What the sender knows of its way to the peer. Sent when the channel opens, when the verdict or the offer changes, and every few
    /// seconds while the figures do; the last one counts.
    Link(LinkState),
    /// Says yes to what the peer offers because of its link. Of an offer that is not there any more, nothing.
    LinkOfferAccepted {
        /// Which.
        offer: LinkOffer,
    },
    /// The sender ends the call: faster than the hang-up that goes through the hub as well.
    HangUp,
    /// A message could not be understood. Never answered.
    Error {
        /// What is wrong with it.
        code: ErrorCode,
        /// The same in plain words.
        message: String,
    },
}

/// Something done in a call that everybody in it must see, once and in its sender's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Operation {
    /// A line of in-call text.
    Text {
        /// Its id.
        id: TextId,
        /// When it was sent: ms since 1970 by the sender's clock.
        sent_at_ms: u64,
        /// The text itself, at most [`MAX_TEXT_BYTES`].
        #[serde(deserialize_with = "short_text")]
        text: String,
    },
    /// Something drawn, or done about what is drawn.
    Annotation(Annotation),
    /// An operation of a newer version: acknowledged, counted, not shown.
    #[serde(other)]
    Unknown,
}

/// What one end shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MediaState {
    /// The microphone.
    pub microphone: MicrophoneState,
    /// The camera.
    pub camera: CameraState,
}

/// A microphone, as its owner shares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum MicrophoneState {
    /// It is heard.
    On,
    /// Its owner muted it.
    Muted,
    /// There is none, or its use was refused: a listener.
    Absent,
}

/// A camera, as its owner shares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum CameraState {
    /// It is seen.
    On,
    /// Its owner paused it.
    Paused,
    /// This end sends no picture.
    Absent,
}

/// One end's way to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkState {
    /// What it is good for.
    pub grade: LinkGrade,
    /// Which of its measures makes it poor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<LinkReason>,
    /// What it bears, bits a second on the wire; none before that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bears_bps: Option<u32>,
    /// Share of the packets lost of late, 0 to 1,000.
    pub lost_per_mille: u32,
    /// Interarrival jitter of the picture, ms.
    pub jitter_ms: u32,
    /// What the sender's user is offered because of it; the peer's may accept it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<LinkOffer>,
    /// The video was paused because the link carries sound alone.
    pub sound_alone: bool,
}

/// What a link is good for ([`Verdict`], without its reason).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkGrade {
    /// For live video, or nothing else is known.
    Good,
    /// For snapshots rather than video.
    Poor,
    /// For sound alone.
    Critical,
}

impl LinkState {
    /// The verdict of both fields. A poor link without a reason is taken to be short of bandwidth.
    pub fn verdict(&self) -> Verdict {
        match self.grade {
            LinkGrade::Good => Verdict::Good,
            LinkGrade::Poor => Verdict::Poor {
                reason: self.reason.unwrap_or(LinkReason::Bandwidth),
            },
            LinkGrade::Critical => Verdict::Critical,
        }
    }
}

fn short_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.len() > MAX_TEXT_BYTES {
        return Err(serde::de::Error::custom("the text is too long"));
    }
    Ok(text)
}

impl Wire for ChannelMessage {
    const TYPES: &'static [&'static str] = &[
        "operation",
        "operation_ack",
        "media",
        "epoch",
        "ping",
        "pong",
        "link",
        "link_offer_accepted",
        "hang_up",
        "error",
    ];
}
