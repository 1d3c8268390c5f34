//! Drawing together: what a call's shell says of its camera and its pen, and the lines to draw over each picture.

use assist_engine::annotations::{
    ArFrame, NotAScreen, Refusal, StrokeStyle, Tracking, Viewport, filling_viewport, grey_from_flat, points_from_flat,
};

use crate::{Call, DrawFailure};

#[uniffi::export]
impl Call {
    /// Hands over what the AR platform says of a frame, before its picture is pushed, and takes the lines of all marks as
    /// that frame's camera sees them on a screen that the picture fills, turned clockwise by `rotation_degrees`. Both are
    /// flat: the forms are in `docs/surface.md`. One call a frame, from the AR thread.
    pub fn ar_frame(
        &self,
        frame: &[u8],
        width_px: f32,
        height_px: f32,
        rotation_degrees: i32,
    ) -> Result<Vec<u8>, DrawFailure> {
        let frame = ArFrame::from_flat(frame)?;
        let picture_px = (frame.camera.intrinsics.width_px, frame.camera.intrinsics.height_px);
        // The frame counts whatever the screen is: above all one that says that tracking is lost.
        let has_no_picture = frame.tracking == Tracking::Lost;
        self.call.push_ar_frame(frame)?;
        let viewport = if has_no_picture {
            Viewport::whole(width_px, height_px)
        } else {
            filling_viewport(picture_px, rotation_degrees, width_px, height_px)?
        };
        self.lines(&viewport)
    }

    /// The same on a phone whose platform knows no space: a small grey picture of what its camera sees, with the capture time
    /// of the picture that is pushed next. Marks then go with what the picture shows. One call a frame.
    pub fn grey_picture(
        &self,
        picture: &[u8],
        width_px: f32,
        height_px: f32,
        rotation_degrees: i32,
    ) -> Result<Vec<u8>, DrawFailure> {
        let (capture_time_us, picture) = grey_from_flat(picture)?;
        let picture_px = (picture.width_px() as u32, picture.height_px() as u32);
        let viewport = filling_viewport(picture_px, rotation_degrees, width_px, height_px)?;
        self.call.push_grey_picture(capture_time_us, &picture)?;
        self.lines(&viewport)
    }

    /// The lines of all marks on the peer's picture of a capture time, for a view that shows all of it.
    pub fn overlay_of_peer(&self, capture_time_us: u64, width_px: f32, height_px: f32) -> Result<Vec<u8>, DrawFailure> {
        let viewport = Viewport::whole(width_px, height_px);
        let lines = self
            .call
            .overlay_of_peer(capture_time_us, &viewport, |frame| frame.as_bytes().to_vec());
        lines.map_err(|_| DrawFailure::from(NotAScreen))
    }

    /// Begins a stroke on the picture that the call is about; its number. Points are flat.
    pub fn begin_stroke(&self, style: StrokeStyle, points: &[u8]) -> Result<u32, DrawFailure> {
        Ok(self.call.begin_stroke(style, &points_from_flat(points)?)?)
    }

    /// Freezes a frame of the picture that the call is about; its number.
    pub fn freeze_frame(&self, capture_time_us: u64) -> Result<u32, DrawFailure> {
        Ok(self.call.freeze_frame(capture_time_us)?)
    }

    /// Lets a frozen frame go.
    pub fn thaw_frame(&self, frame: u32) -> Result<(), DrawFailure> {
        Ok(self.call.thaw_frame(frame)?)
    }

    /// Begins a stroke on a frozen frame; its number. Points are flat, and their times are not looked at.
    pub fn begin_stroke_on(&self, frame: u32, style: StrokeStyle, points: &[u8]) -> Result<u32, DrawFailure> {
        Ok(self.call.begin_stroke_on(frame, style, &points_from_flat(points)?)?)
    }

    /// The lines of all marks on a frozen frame, for a view that shows all of it.
    pub fn overlay_of_frozen(&self, frame: u32, width_px: f32, height_px: f32) -> Result<Vec<u8>, DrawFailure> {
        let viewport = Viewport::whole(width_px, height_px);
        let lines = self
            .call
            .overlay_of_frozen(frame, &viewport, |frame| frame.as_bytes().to_vec());
        let lines = lines.map_err(|_| DrawFailure::from(NotAScreen))?;
        lines.ok_or_else(|| DrawFailure::from(Refusal::NoSuchPin))
    }

    /// Adds points to a stroke that was begun.
    pub fn extend_stroke(&self, stroke: u32, points: &[u8]) -> Result<(), DrawFailure> {
        Ok(self.call.extend_stroke(stroke, &points_from_flat(points)?)?)
    }

    /// Ends a stroke.
    pub fn finish_stroke(&self, stroke: u32) -> Result<(), DrawFailure> {
        Ok(self.call.finish_stroke(stroke)?)
    }

    /// Takes back the last of this person's strokes that is left; its number.
    pub fn undo_stroke(&self) -> Result<u32, DrawFailure> {
        Ok(self.call.undo_stroke()?)
    }

    /// Takes back all of this person's strokes.
    pub fn delete_my_strokes(&self) -> Result<(), DrawFailure> {
        Ok(self.call.delete_my_strokes()?)
    }
}

impl Call {
    fn lines(&self, viewport: &Viewport) -> Result<Vec<u8>, DrawFailure> {
        let lines = self.call.overlay(viewport, |frame| frame.as_bytes().to_vec());
        lines.map_err(|_| DrawFailure::from(NotAScreen))
    }
}
