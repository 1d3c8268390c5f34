//! Why something was not taken.

use super::limits::{MAX_MARKS, MAX_PEOPLE, MAX_PINS, MAX_STROKE_POINTS};

/// Why something was not taken; the document is as it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Refusal {
    /// The author has as many marks as there can be.
    #[error("you have {MAX_MARKS} drawings, no more fit; all of them are kept, delete some to go on")]
    TooManyMarks,
    /// All marks of the author have as many points as there can be.
    #[error("your drawings are as detailed as they can be; all of them are kept, delete some to go on")]
    TooManyPoints,
    /// The stroke has as many points as there can be.
    #[error("one line has at most {MAX_STROKE_POINTS} points; what was drawn is kept, go on with a new line")]
    StrokeTooLong,
    /// More was drawn in a short time than is sent.
    #[error("that was too fast to send; what was drawn before is kept, go on a little slower")]
    TooFast,
    /// There is no such mark, or it is finished or gone.
    #[error("this drawing is finished or gone; nothing was changed")]
    NoSuchMark,
    /// There is nothing to take back.
    #[error("there is none of your drawings left; nothing was changed")]
    NothingToUndo,
    /// The author has as many frozen frames as there can be.
    #[error("you have {MAX_PINS} frozen pictures, no more fit; all of them are kept, let one go first")]
    TooManyPins,
    /// There is no such frozen frame.
    #[error("this frozen picture was let go; nothing was changed, freeze the picture again")]
    NoSuchPin,
    /// The owner has placed as much as there can be.
    #[error("no more drawings can be placed in this space; those that are there are kept")]
    TooManyPlaces,
    /// Only the owner of a space may say this of it.
    #[error("only the owner of the space can say that; nothing was changed")]
    NotTheOwner,
    /// More people draw than are kept.
    #[error("at most {MAX_PEOPLE} people can draw in a call; nothing was changed")]
    TooManyPeople,
    /// A person sent more than an honest one can.
    #[error("somebody sent more drawings than are kept; those that are there are kept")]
    TooMuch,
    /// A value is out of range, or contradicts what was said before.
    #[error("a drawing was not understood; nothing was changed")]
    Invalid,
}
