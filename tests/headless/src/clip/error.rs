//! Why a clip cannot be played.

use crate::files::FileError;

/// Why a recorded clip cannot stand in for the camera. Each says what was found and what would do instead.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// The file could not be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// No bytes.
    #[error("the clip is empty (0 bytes)")]
    Empty,
    /// Something else than MP4.
    #[error("the clip is not an MP4 file; convert it to MP4 with H.264 video")]
    NotMp4,
    /// It ends in the middle.
    #[error("the clip is cut off: {0}; copy or record it again")]
    Truncated(&'static str),
    /// The pictures are spread over fragments, as in a stream.
    #[error("the clip is a fragmented MP4, made for streaming; rewrite it as a plain MP4 file")]
    Fragmented,
    /// Its structure contradicts itself.
    #[error("the clip is damaged: {0}")]
    Damaged(String),
    /// There is sound at most.
    #[error("the clip has no video track")]
    NoVideoTrack,
    /// Video in a format that is not decoded here.
    #[error("the clip's video is {0}, and only H.264 can be played; convert it to H.264")]
    OtherCodec(String),
    /// A track without a single picture.
    #[error("the clip's video track has no pictures")]
    NoPictures,
    /// The first picture cannot be decoded.
    #[error("the clip's video cannot be decoded: {0}")]
    Undecodable(String),
}
