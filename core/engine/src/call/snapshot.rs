//! What an app sees of a call.

use assist_protocol::call::{CallState, Role};
use assist_protocol::ids::TextId;
use assist_protocol::link::{LinkOffer, Verdict};
use assist_protocol::messages::annotation::RefusedBecause;
use assist_protocol::messages::call::EndReason;
use assist_protocol::messages::channel::MediaState;
use assist_protocol::{CallId, PersonId};
use bytes::Bytes;

use crate::annotations::AnnotationsSnapshot;

/// A call as it stands. Latest wins; `revision` grows with every change.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct CallSnapshot {
    /// Grows by one with every change.
    pub revision: u64,
    /// The call.
    pub call: CallId,
    /// Whether this device placed it.
    pub role: Role,
    /// Who is at the other end.
    pub peer: PersonId,
    /// Where the call stands.
    pub state: CallState,
    /// How it ended, once it has.
    pub end_reason: Option<EndReason>,
    /// What this device shares.
    pub local: MediaState,
    /// What the peer shares, once it has said so.
    pub remote: Option<MediaState>,
    /// What is drawn.
    pub annotations: AnnotationsSnapshot,
    /// Whether text sent now goes directly; otherwise it goes through the hub, or waits.
    pub channel_open: bool,
}

/// What is known of the way between two devices: renewed once a second, and at once when the verdict or the offer changes.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LinkSnapshot {
    /// Grows by one with every change.
    pub revision: u64,
    /// How it is, in English words to show: "Good, 1.4 Mbit/s", "Poor: 12 % of packets lost". Of both ways, the worse one.
    /// Empty before the call is connected.
    pub words: String,
    /// Round trip in ms, once measured.
    pub round_trip_ms: Option<f32>,
    /// Our packets, on their way to the peer.
    pub up: LinkDirection,
    /// The peer's packets, on their way here.
    pub down: LinkDirection,
    /// All that was sent in the last second, bits a second on the wire.
    pub sent_bps: u32,
    /// Of that, encoded video.
    pub sent_video_bps: u32,
    /// Pictures sent in the last second.
    pub sent_frame_rate: u32,
    /// All that came in the last second, bits a second on the wire.
    pub received_bps: u32,
    /// The user's own ceiling for what is sent, bits a second on the wire.
    pub ceiling_bps: Option<u32>,
    /// Something to answer with yes or no.
    pub offer: Option<LinkOffer>,
    /// The video was paused because the link carries sound alone; the way back is offered in time.
    pub sound_alone: bool,
}

/// What is known of one of the two ways.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LinkDirection {
    /// What it is good for. Of the way here, as the peer says: good, if it says nothing, as a browser.
    pub verdict: Verdict,
    /// What it bears, bits a second on the wire, once known to who sends on it.
    pub bears_bps: Option<u32>,
    /// Share of the packets lost in the last seconds, 0 to 1.
    pub loss: f32,
    /// Interarrival jitter of the picture in ms.
    pub jitter_ms: f32,
}

/// Something that happened in a call and must not be missed. In order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum CallEvent {
    /// The peer wrote a line.
    TextReceived {
        /// Its id.
        id: TextId,
        /// When it was sent: ms since 1970 by the peer's clock.
        sent_at_ms: u64,
        /// The line.
        text: String,
    },
    /// A line of ours has reached the peer's app.
    TextDelivered {
        /// Its id.
        id: TextId,
    },
    /// A stroke of ours is not shown: whose picture it was drawn on cannot say where it is.
    StrokeRefused {
        /// Its number.
        stroke: u32,
        /// Why.
        because: RefusedBecause,
    },
    /// A frame that we wanted frozen is not, or no longer: whose picture it is says why.
    FreezeRefused {
        /// Its number.
        frame: u32,
        /// Why.
        because: RefusedBecause,
    },
    /// The peer's pictures: from this RTP time on, capture time is known.
    Epoch {
        /// Counts the peer's tracks.
        epoch: u32,
        /// RTP time of …
        rtp_time: u32,
        /// … this capture time by the peer's clock, µs.
        capture_time_us: u64,
    },
}

/// A picture of the peer's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ReceivedVideo {
    /// RTP time, 90 kHz.
    pub rtp_time: u32,
    /// H.264, Annex B.
    pub annex_b: Bytes,
}

#[cfg(feature = "uniffi")]
uniffi::custom_type!(Bytes, Vec<u8>, {
    remote,
    lower: |bytes| bytes.to_vec(),
    try_lift: |bytes| Ok(Bytes::from(bytes)),
});
