//! What shells and core hand each other: encoded pictures, encoder targets, sound.

pub mod annex_b;
mod control;
mod frame_arena;
mod gop;
mod types;

pub use assist_protocol::link::VideoMost;
pub use control::{RateAdaptation, VIDEO_FLOOR};
pub use frame_arena::FrameArena;
pub use gop::GroupOfPictures;
pub use types::{AccessUnit, AudioPacket, EncoderControl, LinkReport, RtpClock, VIDEO_CLOCK_HZ};
