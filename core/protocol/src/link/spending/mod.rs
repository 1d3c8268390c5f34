//! Who gets what of the link: sound first, then control and annotations, then the picture, then bulk.
//!
//! ```text
//!   target ──▶ own ceiling ──▶ − sound ──▶ − messages ──▶ bulk's eighth ──▶ picture ──▶ ladder ──▶ encoder
//!                                                                                         ▲           │
//!                                                                                         └─ watch ◀──┘
//! ```
//!
//! `docs/link.md` gives the ladder with its reasons.

mod encoder;
mod ladder;

use std::time::Duration;

use self::encoder::EncoderWatch;
use self::ladder::{AMPLY, Borne, Rung, Steps, TWICE};
use super::quality::CRITICAL_BPS;
use crate::Timestamp;

/// The most that a camera gives or a peer takes. Which side is the longer one is the camera's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoMost {
    /// Picture width in px.
    pub width_px: u32,
    /// Picture height in px.
    pub height_px: u32,
    /// Frames a second.
    pub frame_rate: u32,
    /// Of encoded video, bits a second.
    pub bitrate_bps: u32,
}

impl Default for VideoMost {
    /// 1920x1080, 30 frames/s, 4.5 Mbit/s.
    fn default() -> Self {
        Self {
            width_px: 1_920,
            height_px: 1_080,
            frame_rate: 30,
            bitrate_bps: 4_500_000,
        }
    }
}

/// What there is to spend, and for what. Rates are as on the wire with all headers, in bits a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// What is to be sent now in all.
    pub target_bps: f64,
    /// What the link bears when nothing waits, if that is more: size and frame rate go by it, so that a short queue does not change them.
    pub bears_bps: f64,
    /// What sound takes while somebody speaks ([`sound_on_wire_bps`]); 0 without a microphone.
    pub sound_bps: f64,
    /// Control and annotations sent since the last time.
    pub messages_bps: f64,
    /// There are pictures to send: the camera is on and not paused.
    pub sends_pictures: bool,
    /// Bulk data waits.
    pub has_bulk: bool,
}

/// Who gets what. Rates are as on the wire, in bits a second, but for the picture's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Sound takes it in any case.
    pub sound_bps: u32,
    /// Kept for control and annotations.
    pub messages_bps: u32,
    /// None: no picture is to be sent.
    pub video: Option<VideoBudget>,
    /// What bulk data may spend.
    pub bulk_bps: u32,
}

/// What the encoder is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VideoBudget {
    /// Target in bits a second, of encoded video alone.
    pub bitrate_bps: u32,
    /// Picture width in px, even.
    pub width_px: u32,
    /// Picture height in px, even.
    pub height_px: u32,
    /// Frames a second.
    pub frame_rate: u32,
    /// A key frame should have no more bytes than this.
    pub key_frame_bytes: u32,
}

/// IPv4, UDP, RTP with the number that feedback goes by, and SRTP's tag: 20 + 8 + 12 + 8 + 16 bytes.
const SOUND_HEADER_BYTES: f64 = 64.0;
/// One packet each 20 ms.
const SOUND_PACKETS: f64 = 50.0;
/// Kept for control and annotations while there are none: one live stroke's message of 50 bytes with headers, ten times a second.
const LEAST_MESSAGES_BPS: f64 = 8_000.0;
/// They never take more than half of what sound leaves,
const MOST_MESSAGES: f64 = 0.5;
/// and are evened out over so long.
const MESSAGES: Duration = Duration::from_secs(2);
/// Beside a picture bulk gets an eighth, so that a file moves on and the picture stays sharp,
const BULK_SHARE: f64 = 0.125;
/// and it never stands still.
const LEAST_BULK_BPS: f64 = 4_000.0;
/// What of its part is picture, and not headers and repairs.
const PICTURE_SHARE: f64 = 0.92;
/// A key frame takes the link for no longer than this,
const KEY_FRAME_S: f64 = 0.5;
/// unless it would show nothing then, with fewer bits than this for each pixel.
const KEY_FRAME_BITS: f64 = 0.25;

/// What sound of so many bits a second takes on the wire, in packets of 20 ms.
pub fn sound_on_wire_bps(opus_bps: f64) -> f64 {
    opus_bps + 8.0 * SOUND_HEADER_BYTES * SOUND_PACKETS
}

/// Divides what the link bears, for one direction to one peer.
#[derive(Debug)]
pub struct Spending {
    rungs: Vec<Rung>,
    most_bps: f64,
    ceiling_bps: Option<f64>,
    steps: Steps,
    watch: EncoderWatch,
    /// What the picture was granted the last time, and the frame and key frame that go with it in bits.
    granted: Option<Granted>,
    messages_bps: f64,
    before: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Granted {
    bps: f64,
    frame_bits: f64,
    key_frame_bits: f64,
}

impl Default for Spending {
    fn default() -> Self {
        Self::new(VideoMost::default(), VideoMost::default())
    }
}

impl Spending {
    /// For a camera, and a peer that shows its pictures.
    pub fn new(camera: VideoMost, peer: VideoMost) -> Self {
        Self {
            rungs: ladder::rungs(camera, peer),
            most_bps: f64::from(camera.bitrate_bps.min(peer.bitrate_bps)),
            ceiling_bps: None,
            steps: Steps::default(),
            watch: EncoderWatch::default(),
            granted: None,
            messages_bps: 0.0,
            before: Timestamp::ZERO,
        }
    }

    /// The camera has changed, or what the peer takes: starts with what is borne then.
    pub fn set_most(&mut self, camera: VideoMost, peer: VideoMost) {
        self.rungs = ladder::rungs(camera, peer);
        self.most_bps = f64::from(camera.bitrate_bps.min(peer.bitrate_bps));
        self.steps = Steps::default();
    }

    /// The user's own ceiling for all that is sent ("save data"), in bits a second on the wire. Sound goes on in any case.
    pub fn set_ceiling(&mut self, ceiling_bps: Option<f64>) {
        self.ceiling_bps = ceiling_bps;
    }

    /// The encoder made a frame of so many bytes. A key frame within its limit counts as any other.
    pub fn encoded(&mut self, bytes: u32, is_key_frame: bool) {
        let bits = 8.0 * f64::from(bytes);
        let counted = match self.granted {
            Some(granted) if is_key_frame => granted.frame_bits.min(bits) + (bits - granted.key_frame_bits).max(0.0),
            Some(_) | None => bits,
        };
        self.watch.frame(counted);
    }

    /// Divides what there is; to be asked every 50 to 250 ms.
    pub fn spend(&mut self, now: Timestamp, demand: &Demand) -> Budget {
        let ceiling_bps = self.ceiling_bps.unwrap_or(f64::INFINITY);
        let target_bps = demand.target_bps.min(ceiling_bps).max(0.0);
        let bears_bps = demand.bears_bps.min(ceiling_bps).max(target_bps);
        let after = now.since(std::mem::replace(&mut self.before, now));
        let weight = (after.as_secs_f64() / MESSAGES.as_secs_f64()).min(1.0);
        self.messages_bps += (demand.messages_bps - self.messages_bps) * weight;

        let beside_sound = (target_bps - demand.sound_bps).max(0.0);
        let messages_bps = self
            .messages_bps
            .max(LEAST_MESSAGES_BPS)
            .min(beside_sound * MOST_MESSAGES);
        let rest = beside_sound - messages_bps;
        if self.watch.granted(now, self.granted.map(|granted| granted.bps)) {
            self.steps.down(now);
        }
        let video = demand.sends_pictures.then(|| {
            let bulk_share = if demand.has_bulk { BULK_SHARE } else { 0.0 };
            let most_bps = self.most_bps;
            let picture = |all_bps: f64| {
                let rest = (all_bps - demand.sound_bps - messages_bps).max(0.0);
                (rest * (1.0 - bulk_share) * PICTURE_SHARE).min(most_bps)
            };
            let level = self.level(now, bears_bps, picture(bears_bps));
            self.video(level, picture(target_bps))
        });
        let video = video.flatten();
        if !demand.sends_pictures {
            // The way back to pictures starts with what is borne then.
            self.steps = Steps::default();
        }
        if video.is_none() {
            self.granted = None;
        }
        let bulk = if video.is_some() { rest * BULK_SHARE } else { rest };
        Budget {
            sound_bps: demand.sound_bps as u32,
            messages_bps: messages_bps as u32,
            video,
            bulk_bps: bulk.max(LEAST_BULK_BPS) as u32,
        }
    }

    /// What size and frame rate there is from now on.
    fn level(&mut self, now: Timestamp, bears_bps: f64, picture_bps: f64) -> usize {
        let by = |spare: f64| self.borne(bears_bps / spare, picture_bps / spare);
        let borne = Borne {
            barely: by(1.0),
            amply: by(AMPLY),
            twice: by(TWICE),
        };
        self.steps.push(now, borne)
    }

    fn video(&mut self, level: usize, picture_bps: f64) -> Option<VideoBudget> {
        let rung = *self.rungs.get(level.checked_sub(1)?)?;
        let pixels = f64::from(rung.width_px) * f64::from(rung.height_px);
        let key_frame_bits = (picture_bps * KEY_FRAME_S).max(pixels * KEY_FRAME_BITS);
        self.granted = Some(Granted {
            bps: picture_bps,
            frame_bits: picture_bps / f64::from(rung.frame_rate),
            key_frame_bits,
        });
        Some(VideoBudget {
            bitrate_bps: (picture_bps * self.watch.share()) as u32,
            width_px: rung.width_px,
            height_px: rung.height_px,
            frame_rate: rung.frame_rate,
            key_frame_bytes: (key_frame_bits / 8.0) as u32,
        })
    }

    /// The level that is borne: none on a link that is critical.
    fn borne(&self, bears_bps: f64, picture_bps: f64) -> usize {
        if bears_bps < CRITICAL_BPS {
            return 0;
        }
        let is_borne = |rung: &&Rung| f64::from(rung.least_bps) <= picture_bps;
        self.rungs.iter().take_while(is_borne).count()
    }
}
