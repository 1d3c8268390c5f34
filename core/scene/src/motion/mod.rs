//! Following marks in the picture, on phones without AR.
//!
//! A mark lies on a surface of which nothing is known. Around each mark the surface is taken to be flat, and only
//! there: one homography for the whole picture lies as soon as things are at different distances.
//!
//! For each picture and mark: where the surroundings went is searched at the smallest size ([`search`]). Windows around
//! corners in and near the mark ([`corners`]), cut from the mark's key frame as they must look by now ([`key`]), are
//! found by Lucas-Kanade at finer and finer sizes ([`template`]). What most of them agree on, near ones first, is the
//! motion ([`fit`]). Then the surface under the mark is compared with how it looked ([`surface`]); what is left of
//! doubt becomes the confidence, which decides whether the mark is shown ([`mark`]). Because every picture is held
//! against a key frame, errors do not add up; key frames are only added when zoom or slant have changed a lot.

mod corners;
mod fit;
mod grey;
mod homography;
mod key;
mod mark;
mod outline;
mod pyramid;
mod search;
mod surface;
mod template;
mod tracker;

pub use grey::GreyPicture;
pub use homography::Homography;
pub use tracker::{HISTORY_US, MAX_MARKS, MAX_PINS, MarkMotion, MotionTracker};

/// Whether a mark may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MotionState {
    /// Drawn on an earlier frame and being carried forward to the newest one: not to be shown yet.
    CatchingUp,
    /// Its place is known.
    Trusted,
    /// Its place is not known: not to be shown, and the viewer should see that it went.
    Lost,
    /// Its place is known again, since less than a second.
    Refound,
}

/// Why a picture or a mark is refused. Nothing changes then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MotionError {
    /// The buffer does not hold the picture it is said to hold.
    #[error("the buffer is smaller than the picture, or the picture is empty; marks stay where they were")]
    NotAPicture,
    /// The picture is too small or too narrow to follow anything.
    #[error("the picture is too small to follow marks in; hand over at least 48 x 48 pixels")]
    PictureTooSmall,
    /// Pictures must come in the order of their capture times.
    #[error("the picture is not newer than the last one and was left out")]
    OutOfOrder,
    /// The frame that a mark was drawn on is no longer known.
    #[error("the frame drawn on is no longer known; draw again on the present picture, or freeze it first")]
    FrameForgotten,
    /// A mark has no points, or points that are no numbers.
    #[error("a mark needs at least one point, and finite ones")]
    NotALine,
    /// There is too little to see around a mark.
    #[error("there is too little to see here to follow a mark; draw where the picture shows more, or on a snapshot")]
    TooLittleTexture,
    /// More marks than can be followed.
    #[error("too many marks are followed already; remove one first")]
    TooManyMarks,
    /// More frames than can be pinned.
    #[error("too many frames are frozen already; let one go first")]
    TooManyPins,
}
