//! A phone without a phone: a rendered scene, a real encoder, and the demo.
//!
//! Everything is a function of a seed and of the capture time; nothing reads a clock.

pub mod bad_link;
pub mod camera;
pub mod clip;
pub mod decoder;
pub mod demo;
pub mod encoder;
mod files;
pub mod microphone;
mod pace;
pub mod phone;
pub mod picture;
pub mod preview;
pub mod recorded;
pub mod scene;
pub mod speaker;
pub mod tracking;
pub mod video_sink;

pub use files::FileError;
