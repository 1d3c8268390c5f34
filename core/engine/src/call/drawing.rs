//! What a call draws: marks of both, on both cameras' pictures.

use super::Call;
use super::desk::Command;
use crate::annotations::{
    ArFrame, ArFrameError, Board, DrawnPoint, GreyPicture, MotionError, OverlayFrame, ProjectionError, Refusal,
    StrokeStyle, Viewport,
};

impl Call {
    /// What this device's AR platform says about a frame: before the picture of the same capture time is pushed, so that
    /// whoever draws on that picture draws on something known. From any thread.
    ///
    /// # Errors
    /// See [`ArFrameError`]: what of the frame was not usable; the rest was used.
    pub fn push_ar_frame(&self, frame: ArFrame) -> Result<(), ArFrameError> {
        let (observed, live) = self.annotate(|board| (board.observe(frame), board.take_live()));
        self.send_live(live);
        observed
    }

    /// The same on a device whose platform knows no space: a small grey picture of what its camera sees, before the picture of
    /// the same capture time is pushed. Marks on it then follow what the picture shows. It shows all that the encoded
    /// picture shows; 640 pixels in a row are enough. Takes about a millisecond, and some tenths for each mark. From any
    /// thread.
    ///
    /// # Errors
    /// See [`MotionError`]: the picture was left out.
    pub fn push_grey_picture(&self, capture_time_us: u64, picture: &GreyPicture<'_>) -> Result<(), MotionError> {
        let act = |board: &mut Board| (board.observe_picture(capture_time_us, picture), board.take_live());
        let (observed, live) = self.annotate(act);
        self.send_live(live);
        observed
    }

    fn send_live(&self, messages: Vec<Vec<u8>>) {
        for message in messages {
            self.shared.media.send_live(message.into());
        }
    }

    /// Begins a stroke on the picture that this call is about. Its number.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was begun.
    pub fn begin_stroke(&self, style: StrokeStyle, points: &[DrawnPoint]) -> Result<u32, Refusal> {
        let now = self.shared.clock.now();
        self.annotate(|board| board.begin(style, points, now))
    }

    /// Freezes a frame of the picture that this call is about, for drawing on it however far the camera moves meanwhile. Its
    /// number. Frames are kept for ten minutes, eight of a person at a time; [`CallEvent::FreezeRefused`] comes for one
    /// that is not.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was frozen.
    pub fn freeze_frame(&self, capture_time_us: u64) -> Result<u32, Refusal> {
        let now = self.shared.clock.now();
        self.annotate(|board| board.freeze_frame(capture_time_us, now))
    }

    /// Lets a frozen frame go. What was drawn on it stays.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPin`].
    pub fn thaw_frame(&self, frame: u32) -> Result<(), Refusal> {
        self.annotate(|board| board.thaw_frame(frame))
    }

    /// Begins a stroke on a frozen frame. Its number. The points' times are not looked at.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing was begun.
    pub fn begin_stroke_on(&self, frame: u32, style: StrokeStyle, points: &[DrawnPoint]) -> Result<u32, Refusal> {
        let now = self.shared.clock.now();
        self.annotate(|board| board.begin_on(frame, style, points, now))
    }

    /// All marks, as lines to draw over a frozen frame; `None` if it is not frozen. `read` sees them in place.
    ///
    /// # Errors
    /// When the viewport is none.
    pub fn overlay_of_frozen<R>(
        &self,
        frame: u32,
        viewport: &Viewport,
        read: impl FnOnce(&OverlayFrame) -> R,
    ) -> Result<Option<R>, ProjectionError> {
        self.shared
            .draw(|board| Ok(board.overlay_of_frozen(frame, viewport)?.map(read)))
    }

    /// Adds points to a stroke that was begun.
    ///
    /// # Errors
    /// A [`Refusal`]; none of the points was added.
    pub fn extend_stroke(&self, stroke: u32, points: &[DrawnPoint]) -> Result<(), Refusal> {
        let now = self.shared.clock.now();
        self.annotate(|board| board.extend(stroke, points, now))
    }

    /// Ends a stroke.
    ///
    /// # Errors
    /// A [`Refusal`] if it has ended, or is gone.
    pub fn finish_stroke(&self, stroke: u32) -> Result<(), Refusal> {
        self.annotate(|board| board.finish(stroke))
    }

    /// Takes back the last of this person's strokes that is left. Its number.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`].
    pub fn undo_stroke(&self) -> Result<u32, Refusal> {
        self.annotate(Board::undo)
    }

    /// Takes back all of this person's strokes.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`].
    pub fn delete_my_strokes(&self) -> Result<(), Refusal> {
        self.annotate(Board::delete_all)
    }

    /// All marks, as lines to draw over the peer's picture of a capture time. `read` sees them in place.
    ///
    /// # Errors
    /// When the viewport is none.
    pub fn overlay_of_peer<R>(
        &self,
        capture_time_us: u64,
        viewport: &Viewport,
        read: impl FnOnce(&OverlayFrame) -> R,
    ) -> Result<R, ProjectionError> {
        self.shared
            .draw(|board| board.overlay_of(capture_time_us, viewport).map(read))
    }

    /// All marks, as lines to draw over our own picture of the newest AR frame or grey picture. `read` sees them in place: they are made
    /// anew with the next one.
    ///
    /// # Errors
    /// When the viewport is none.
    pub fn overlay<R>(&self, viewport: &Viewport, read: impl FnOnce(&OverlayFrame) -> R) -> Result<R, ProjectionError> {
        self.shared.draw(|board| board.overlay(viewport).map(read))
    }

    /// Draws, and has the owner task send what came of it.
    fn annotate<R>(&self, act: impl FnOnce(&mut Board) -> R) -> R {
        let (result, has_news) = self.shared.draw(|board| (act(board), board.has_news()));
        if has_news {
            // With a full queue the owner task is awake anyway, and finds it.
            let _ = self.shared.commands.try_send(Command::Annotated);
        }
        result
    }
}
