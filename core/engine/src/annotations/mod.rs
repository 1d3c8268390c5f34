//! Drawing together on what a camera shows.
//!
//! The shell tells what its AR platform sees ([`ArFrame`]), or without one what its camera sees ([`GreyPicture`]), and what its person draws ([`StrokeStyle`], [`DrawnPoint`]), and
//! gets one buffer of lines to draw over each picture. Behind it a [`board`] joins the replicated document with what the
//! device knows of the space before its camera.

mod ar_frame;
mod board;
mod flat;
mod following;
mod freezing;
mod fuzz;
mod guest_motion;
mod guest_view;
mod motion_track;
mod pins;
mod placing;
mod pose_track;
mod screen;
mod shown;
mod space;
#[cfg(test)]
mod tests;
mod units;

use std::sync::{Mutex, PoisonError};

use assist_protocol::PersonId;
pub use assist_protocol::annotations::Refusal;
pub use assist_protocol::messages::annotation::{Colour, Interpretation, RefusedBecause, Tool};
pub use assist_scene::overlay::{OverlayFrame, ProjectionError, Viewport};
pub use assist_scene::{GreyPicture, MotionError, Tracking};

pub use self::ar_frame::{ArAnchor, ArDepth, ArFrame, ArMesh};
pub(crate) use self::board::{Board, Notice};
pub use self::board::{DrawnPoint, StrokeStyle};
pub use self::flat::{NotFlat, grey_from_flat, points_from_flat};
pub use self::fuzz::fuzz_frames;
pub use self::screen::{NotAScreen, filling_viewport};
pub use self::space::ArFrameError;

/// What is drawn in a call, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct AnnotationsSnapshot {
    /// Grows with everything that may look different.
    pub revision: u64,
    /// Marks of everybody.
    pub marks: u32,
    /// Marks of this device's person: those that can be taken back.
    pub mine: u32,
}

/// What is drawn in one call, for the shell's threads and the owner task. None of them waits long: lifting a stroke takes a
/// tenth of a millisecond.
#[derive(Debug)]
pub(crate) struct Annotations {
    board: Mutex<Board>,
}

impl Annotations {
    /// Nothing drawn yet. `viewed` is whose picture the call is about.
    pub(crate) fn new(me: PersonId, viewed: PersonId) -> Self {
        Self {
            board: Mutex::new(Board::new(me, viewed)),
        }
    }

    /// Looks at the board, or draws on it. Beside the result, what is drawn now, if that is news.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Board) -> R) -> (R, Option<AnnotationsSnapshot>) {
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let before = board.revision();
        let result = act(&mut board);
        let news = (board.revision() != before).then(|| board.snapshot());
        (result, news)
    }
}
