//! The phone's video encoder: H.264 that does what it is told, at once.

use assist_engine::media::EncoderControl;
use bytes::Bytes;
use openh264::encoder::{
    BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, Profile, RateControlMode, UsageType, VuiConfig,
};
use openh264::formats::YUVSource;
use openh264::{OpenH264API, Timestamp};
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_FRAME_RATE, ENCODER_OPTION_MAX_BITRATE, SBitrateInfo,
    SPATIAL_LAYER_0,
};

use crate::pace::Pace;
use crate::picture::I420;

/// Least side of a picture, in pixels: one macroblock.
const MIN_SIDE_PX: u32 = 16;
/// Greatest side of a picture that the encoder takes, in pixels.
const MAX_SIDE_PX: u32 = 2160;
/// The bit rates that make sense, in bits/s.
const BITRATES_BPS: std::ops::RangeInclusive<u32> = 10_000..=20_000_000;
/// The frame rates that make sense, in frames/s.
const FRAME_RATES: std::ops::RangeInclusive<u32> = 1..=60;

/// The nearest control that the encoder can follow: values within its bounds, even sides.
fn feasible(control: EncoderControl) -> EncoderControl {
    let side = |side_px: u32| side_px.clamp(MIN_SIDE_PX, MAX_SIDE_PX) & !1;
    EncoderControl {
        bitrate_bps: control.bitrate_bps.clamp(*BITRATES_BPS.start(), *BITRATES_BPS.end()),
        width_px: side(control.width_px),
        height_px: side(control.height_px),
        frame_rate: control.frame_rate.clamp(*FRAME_RATES.start(), *FRAME_RATES.end()),
        ..control
    }
}

/// One encoded picture: a complete H.264 access unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// NAL units with start codes; a key frame begins with its SPS and PPS.
    pub annex_b: Bytes,
    /// Whether decoding can start here.
    pub is_key_frame: bool,
    /// When the camera took it, in µs.
    pub capture_time_us: u64,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels.
    pub height_px: u32,
}

/// Why a picture could not be encoded.
#[derive(Debug, thiserror::Error)]
#[error("the H.264 encoder refused: {0}")]
pub struct EncoderError(#[from] openh264::Error);

/// A real-time H.264 encoder: constrained baseline, one slice, no reordering, one thread.
pub struct VideoEncoder {
    encoder: Encoder,
    control: EncoderControl,
    pace: Pace,
    /// The next picture must be a key frame; true until the first one is out.
    key_frame_is_due: bool,
    /// Whether the encoder has had a picture: before that it has no state to change.
    has_started: bool,
}

impl VideoEncoder {
    /// An encoder that follows `control`.
    pub fn new(control: EncoderControl) -> Result<Self, EncoderError> {
        let control = feasible(control);
        let encoder = new_encoder(&control)?;
        Ok(Self {
            encoder,
            control,
            pace: Pace::new(control.frame_rate),
            key_frame_is_due: true,
            has_started: false,
        })
    }

    /// What it follows now, as far as it can.
    pub fn control(&self) -> EncoderControl {
        self.control
    }

    /// Follows another control, from the next picture on. Another size begins with a key frame.
    pub fn apply(&mut self, control: EncoderControl) -> Result<(), EncoderError> {
        let (before, control) = (self.control, feasible(control));
        self.control = control;
        self.key_frame_is_due |= control.key_frames_requested != before.key_frames_requested;
        self.pace.set_rate(control.frame_rate);
        let resized = (control.width_px, control.height_px) != (before.width_px, before.height_px);
        let retuned = (control.bitrate_bps, control.frame_rate) != (before.bitrate_bps, before.frame_rate);
        if resized || (retuned && !self.has_started) {
            self.encoder = new_encoder(&control)?;
            self.has_started = false;
            self.key_frame_is_due = true;
        } else if retuned {
            self.retune(before.bitrate_bps)?;
        }
        Ok(())
    }

    /// Whether a camera frame of this capture time is to be encoded, or dropped to keep the frame rate. A caller may
    /// ask first and spare itself the picture.
    pub fn wants(&self, capture_time_us: u64) -> bool {
        self.key_frame_is_due || self.pace.wants(capture_time_us)
    }

    /// Encodes a picture of any size, scaled if need be. `None` when it was dropped: for the frame rate, or by the rate
    /// control because too many bits were spent.
    pub fn encode(&mut self, picture: &I420, capture_time_us: u64) -> Result<Option<EncodedFrame>, EncoderError> {
        if !self.wants(capture_time_us) {
            return Ok(None);
        }
        self.pace.taken(capture_time_us);
        let (width_px, height_px) = (self.control.width_px, self.control.height_px);
        let scaled = picture.scaled_to(width_px as usize, height_px as usize);
        if self.key_frame_is_due && self.has_started {
            self.encoder.force_intra_frame();
        }
        let stream = self
            .encoder
            .encode_at(&scaled, Timestamp::from_millis(capture_time_us / 1000))?;
        self.has_started = true;
        let annex_b = Bytes::from(stream.to_vec());
        if annex_b.is_empty() {
            return Ok(None);
        }
        let is_key_frame = stream.frame_type() == FrameType::IDR;
        self.key_frame_is_due &= !is_key_frame;
        Ok(Some(EncodedFrame {
            annex_b,
            is_key_frame,
            capture_time_us,
            width_px,
            height_px,
        }))
    }

    /// Changes bit rate and frame rate of the running encoder, without a key frame.
    fn retune(&mut self, bitrate_before_bps: u32) -> Result<(), EncoderError> {
        let bitrate = || SBitrateInfo {
            iLayer: SPATIAL_LAYER_0,
            iBitrate: self.control.bitrate_bps as i32,
        };
        // The target may never be above the limit, so the limit goes first on the way up and last on the way down.
        let mut order = [ENCODER_OPTION_MAX_BITRATE, ENCODER_OPTION_BITRATE];
        if self.control.bitrate_bps < bitrate_before_bps {
            order.reverse();
        }
        let mut frame_rate = self.control.frame_rate as f32;
        let mut values = [bitrate(), bitrate()];
        for (option, value) in order.into_iter().zip(&mut values) {
            set_option(&mut self.encoder, option, value)?;
        }
        set_option(&mut self.encoder, ENCODER_OPTION_FRAME_RATE, &mut frame_rate)
    }
}

fn new_encoder(control: &EncoderControl) -> Result<Encoder, EncoderError> {
    let config = EncoderConfig::new()
        .bitrate(BitRate::from_bps(control.bitrate_bps))
        .max_frame_rate(FrameRate::from_hz(control.frame_rate as f32))
        .rate_control_mode(RateControlMode::Bitrate)
        // Without skipping the encoder goes far over its target when a picture is hard.
        .skip_frames(true)
        .usage_type(UsageType::CameraVideoRealTime)
        .profile(Profile::Baseline)
        .complexity(Complexity::Low)
        // A key frame costs as much as ten others; only who needs one asks for it.
        .scene_change_detect(false)
        .num_threads(1)
        .vui(VuiConfig::bt709());
    Ok(Encoder::with_api_config(OpenH264API::from_source(), config)?)
}

/// Values that options of the encoder take.
trait OptionValue {}
impl OptionValue for SBitrateInfo {}
impl OptionValue for f32 {}

#[allow(unsafe_code)]
fn set_option(encoder: &mut Encoder, option: ENCODER_OPTION, value: &mut impl OptionValue) -> Result<(), EncoderError> {
    // SAFETY: the encoder has been initialised by its first picture; the value lives through the call, which copies it;
    // and its type is the one that `retune` pairs with the option, as codec_app_def.h documents it. The wrapper itself
    // keeps no copy of bit rate or frame rate that could disagree.
    let status = unsafe { encoder.raw_api().set_option(option, std::ptr::from_mut(value).cast()) };
    if status == 0 {
        return Ok(());
    }
    Err(EncoderError(openh264::Error::msg(&format!(
        "option {option} was refused with code {status}"
    ))))
}

impl YUVSource for I420 {
    fn dimensions(&self) -> (usize, usize) {
        (self.width_px(), self.height_px())
    }

    fn strides(&self) -> (usize, usize, usize) {
        (self.width_px(), self.chroma_width(), self.chroma_width())
    }

    fn y(&self) -> &[u8] {
        &self.y
    }

    fn u(&self) -> &[u8] {
        &self.u
    }

    fn v(&self) -> &[u8] {
        &self.v
    }
}
