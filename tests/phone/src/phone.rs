//! What a phone's hardware gives, on one clock: everything is a function of the seed and of the capture time.

use std::sync::{Mutex, PoisonError};

use assist_engine::media::EncoderControl;
use assist_headless::encoder::VideoEncoder;
use assist_headless::microphone::Microphone;
use assist_headless::scene::Scene;
use assist_headless::tracking::Tracker;

use crate::PhoneFailure;
use crate::flat::{grey_to_flat, to_flat};

/// What the encoder is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct PhoneControl {
    /// Target in bits a second.
    pub bitrate_bps: u32,
    /// Width in px.
    pub width_px: u32,
    /// Height in px.
    pub height_px: u32,
    /// Frames a second.
    pub frame_rate: u32,
    /// Counts the key frames asked for.
    pub key_frames_requested: u64,
}

impl From<PhoneControl> for EncoderControl {
    fn from(control: PhoneControl) -> Self {
        Self {
            bitrate_bps: control.bitrate_bps,
            width_px: control.width_px,
            height_px: control.height_px,
            frame_rate: control.frame_rate,
            key_frames_requested: control.key_frames_requested,
        }
    }
}

impl From<EncoderControl> for PhoneControl {
    fn from(control: EncoderControl) -> Self {
        Self {
            bitrate_bps: control.bitrate_bps,
            width_px: control.width_px,
            height_px: control.height_px,
            frame_rate: control.frame_rate,
            key_frames_requested: control.key_frames_requested,
        }
    }
}

/// One encoded picture.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhoneFrame {
    /// H.264, Annex B.
    pub annex_b: Vec<u8>,
    /// When it was taken, µs.
    pub capture_time_us: u64,
    /// Decodable on its own.
    pub is_key_frame: bool,
}

/// Where the camera is and how it maps directions to picture points.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct PhoneCamera {
    /// Position in the world, metres.
    pub x_m: f32,
    /// Position in the world, metres.
    pub y_m: f32,
    /// Position in the world, metres.
    pub z_m: f32,
    /// Orientation, camera-to-world: a unit quaternion.
    pub qx: f32,
    /// Orientation.
    pub qy: f32,
    /// Orientation.
    pub qz: f32,
    /// Orientation.
    pub qw: f32,
    /// Focal length, px.
    pub focal_x_px: f32,
    /// Focal length, px.
    pub focal_y_px: f32,
    /// Principal point, px.
    pub principal_x_px: f32,
    /// Principal point, px.
    pub principal_y_px: f32,
}

/// How far everything is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhoneDepth {
    /// Samples a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Metres along the optical axis, row by row: little-endian `f32`, infinite where nothing is.
    pub depths_m: Vec<u8>,
}

/// A phone that films a machine from a moving hand.
#[derive(uniffi::Object)]
pub struct SimulatedPhone {
    scene: Scene,
    microphone: Microphone,
    encoder: Mutex<VideoEncoder>,
    tracker: Mutex<Tracker>,
}

#[uniffi::export]
impl SimulatedPhone {
    /// A phone of a seed whose encoder starts with a control.
    #[uniffi::constructor]
    pub fn new(seed: u64, control: PhoneControl) -> Result<Self, PhoneFailure> {
        let scene = Scene::new(seed);
        Ok(Self {
            tracker: Mutex::new(Tracker::exact(&scene)),
            scene,
            microphone: Microphone::tone(seed),
            encoder: Mutex::new(VideoEncoder::new(control.into()).map_err(PhoneFailure::of)?),
        })
    }

    /// What the encoder is to do from now on.
    pub fn apply(&self, control: PhoneControl) -> Result<(), PhoneFailure> {
        self.encoder
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .apply(control.into())
            .map_err(PhoneFailure::of)
    }

    /// The encoded picture of a capture time; none when the encoder drops it to keep its rate.
    pub fn frame(&self, capture_time_us: u64) -> Result<Option<PhoneFrame>, PhoneFailure> {
        let mut encoder = self.encoder.lock().unwrap_or_else(PoisonError::into_inner);
        if !encoder.wants(capture_time_us) {
            return Ok(None);
        }
        let control = encoder.control();
        let picture = self.scene.picture(capture_time_us, control.width_px, control.height_px);
        let encoded = encoder.encode(&picture, capture_time_us).map_err(PhoneFailure::of)?;
        Ok(encoded.map(|frame| PhoneFrame {
            annex_b: frame.annex_b.to_vec(),
            capture_time_us: frame.capture_time_us,
            is_key_frame: frame.is_key_frame,
        }))
    }

    /// The microphone's 20 ms that begin at a capture time: 1,920 bytes, 48 kHz, mono, 16 bits little-endian.
    pub fn sound(&self, capture_time_us: u64) -> Vec<u8> {
        let samples = self.microphone.frame(capture_time_us);
        samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
    }

    /// What the AR platform says of the frame of a capture time, for pictures of a size: flat, as `Call::ar_frame` takes it.
    /// To be asked in the order of capture.
    pub fn ar_frame(&self, capture_time_us: u64, width_px: u32, height_px: u32) -> Vec<u8> {
        let mut tracker = self.tracker.lock().unwrap_or_else(PoisonError::into_inner);
        to_flat(&tracker.frame(&self.scene, capture_time_us, width_px, height_px))
    }

    /// The picture of a capture time as a phone without AR hands it over: flat, as `Call::grey_picture` takes it.
    pub fn grey_picture(&self, capture_time_us: u64, width_px: u32, height_px: u32) -> Vec<u8> {
        let picture = self.scene.picture(capture_time_us, width_px, height_px);
        grey_to_flat(capture_time_us, width_px, height_px, &picture.y)
    }

    /// Where the camera was at a capture time, for pictures of a size.
    pub fn camera(&self, capture_time_us: u64, width_px: u32, height_px: u32) -> PhoneCamera {
        let camera = self.scene.camera(capture_time_us, width_px, height_px);
        let (position, turn) = (camera.pose.position_m, camera.pose.orientation);
        PhoneCamera {
            x_m: position.x,
            y_m: position.y,
            z_m: position.z,
            qx: turn.x,
            qy: turn.y,
            qz: turn.z,
            qw: turn.w,
            focal_x_px: camera.intrinsics.focal_x_px,
            focal_y_px: camera.intrinsics.focal_y_px,
            principal_x_px: camera.intrinsics.principal_x_px,
            principal_y_px: camera.intrinsics.principal_y_px,
        }
    }

    /// Depth at a capture time, in so many samples.
    pub fn depth(&self, capture_time_us: u64, width: u32, height: u32) -> PhoneDepth {
        let depth = self.scene.depth(capture_time_us, width, height);
        PhoneDepth {
            width,
            height,
            depths_m: depth.depths_m.iter().flat_map(|metres| metres.to_le_bytes()).collect(),
        }
    }
}
