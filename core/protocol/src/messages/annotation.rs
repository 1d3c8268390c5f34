//! Drawing together: what authors of marks and owners of spaces tell everybody.
//!
//! Who sent an annotation is never in it: that is whoever the connection says it is. So nobody can speak for another.

use serde::{Deserialize, Deserializer, Serialize};

use super::decode::at_most;
use crate::ids::PersonId;

/// Most points in one `ink`.
pub const MAX_INK_POINTS: usize = 128;

/// Most points of a shape in one `place`.
pub const MAX_PLACE_POINTS: usize = 256;

/// Most anchors of a space.
pub const MAX_ANCHORS: usize = 64;

/// Most marks that one `clear` leaves.
pub const MAX_EXCEPTIONS: usize = 1_000;

/// The picture's width, and its height, in the units of an [`InkSample`].
pub const PICTURE_UNITS: u32 = 65_536;

/// Widest line, in thousandths of the picture's width.
pub const MAX_WIDTH_PER_MILLE: u8 = 50;

/// What an author or an owner did. New values of a field come under a new `do`, so that older ends still count them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Annotation {
    /// Author: some points of a mark.
    Ink(Ink),
    /// Author: one of my marks is gone.
    Undo {
        /// Its number.
        mark: u32,
    },
    /// Author: my marks up to a number are gone.
    Clear {
        /// The highest number that is gone.
        through: u32,
        /// Those that stay all the same, at most [`MAX_EXCEPTIONS`].
        #[serde(
            default,
            skip_serializing_if = "Vec::is_empty",
            deserialize_with = "at_most::<_, _, MAX_EXCEPTIONS>"
        )]
        except: Vec<u32>,
    },
    /// Author to the space's owner: please keep this frame, I draw on it.
    Freeze {
        /// The author's number for it, from 1, counting up.
        pin: u32,
        /// Whose picture it is.
        space: Space,
        /// The epoch of the frame.
        epoch: u32,
        /// When it was captured, in µs of the owner's clock.
        at_us: u64,
    },
    /// Author: that frame is no longer needed.
    Thaw {
        /// As in `freeze`.
        pin: u32,
    },
    /// Owner: what became of a `freeze`.
    Pinned {
        /// As in the `freeze`.
        pin: u32,
        /// Who asked.
        by: PersonId,
        /// Whether the frame is kept.
        outcome: PinOutcome,
    },
    /// Owner: where a mark is.
    Place(Place),
    /// Owner: where the anchors are now, all of them.
    Anchors {
        /// Which of the owner's shares.
        share: u32,
        /// The highest one counts.
        revision: u32,
        /// At most [`MAX_ANCHORS`].
        #[serde(deserialize_with = "at_most::<_, _, MAX_ANCHORS>")]
        anchors: Vec<Anchor>,
    },
    /// Owner: the camera's lens, at first and whenever it changes.
    Lens {
        /// Which of the owner's shares.
        share: u32,
        /// The highest one counts.
        revision: u32,
        /// What it is.
        #[serde(flatten)]
        lens: Lens,
    },
    /// Something of a newer version: acknowledged, not shown.
    #[serde(other)]
    Unknown,
}

/// What one person's camera sees during one share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Space {
    /// Whose camera.
    pub owner: PersonId,
    /// Counts that person's shares, from 0.
    pub share: u32,
}

/// What a mark is, but for its points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stroke {
    /// Where it was drawn.
    pub space: Space,
    /// What it looks like.
    pub tool: Tool,
    /// Its colour.
    pub colour: Colour,
    /// How wide its line is.
    pub width: Width,
    /// How its points are to be found in the world.
    pub interpretation: Interpretation,
    /// The author's frozen frame it was drawn on; none on the live picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<u32>,
}

/// Some points of a mark. Each says all about the mark, so that they may come in any order, and twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ink {
    /// The author's number of the mark, from 1, counting up.
    pub mark: u32,
    /// What the mark is, the same in all its messages.
    #[serde(flatten)]
    pub stroke: Stroke,
    /// The epoch of the frames these points were drawn on.
    pub epoch: u32,
    /// Which of the mark's points the first one here is.
    pub from: u32,
    /// When the frame of the first point here was captured, in µs of the owner's clock.
    pub at_us: u64,
    /// At most [`MAX_INK_POINTS`].
    #[serde(deserialize_with = "at_most::<_, _, MAX_INK_POINTS>")]
    pub points: Vec<InkSample>,
    /// No points come after these.
    pub done: bool,
}

/// One point of an `ink`; on the wire `[dt_us, x, y]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32, u32)", into = "(u32, u32, u32)")]
pub struct InkSample {
    /// How long after the message's `at_us` its frame was captured.
    pub dt_us: u32,
    /// To the right: 0 to [`PICTURE_UNITS`] over the picture's width.
    pub x: u32,
    /// Down: 0 to [`PICTURE_UNITS`] over the picture's height.
    pub y: u32,
}

/// A value outside its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a value is outside its range")]
pub struct OutOfRange;

impl TryFrom<(u32, u32, u32)> for InkSample {
    type Error = OutOfRange;

    fn try_from((dt_us, x, y): (u32, u32, u32)) -> Result<Self, OutOfRange> {
        if x > PICTURE_UNITS || y > PICTURE_UNITS {
            return Err(OutOfRange);
        }
        Ok(Self { dt_us, x, y })
    }
}

impl From<InkSample> for (u32, u32, u32) {
    fn from(InkSample { dt_us, x, y }: InkSample) -> Self {
        (dt_us, x, y)
    }
}

/// What a mark looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Tool {
    /// A line through all points.
    Ink,
    /// From the first point to the last one, its tip.
    Arrow,
}

/// The palette: told apart by people who see colours differently, too (after Okabe and Ito).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Colour {
    /// Vermilion.
    Red,
    /// Yellow.
    Yellow,
    /// Bluish green.
    Green,
    /// Blue.
    Blue,
    /// White.
    White,
    /// Black.
    Black,
}

impl Colour {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Red,
        Self::Yellow,
        Self::Green,
        Self::Blue,
        Self::White,
        Self::Black,
    ];

    /// Red, green and blue (sRGB).
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Red => [0xd5, 0x5e, 0x00],
            Self::Yellow => [0xf0, 0xe4, 0x42],
            Self::Green => [0x00, 0x9e, 0x73],
            Self::Blue => [0x00, 0x72, 0xb2],
            Self::White => [0xff, 0xff, 0xff],
            Self::Black => [0x00, 0x00, 0x00],
        }
    }
}

/// How wide a line is, in thousandths of the picture's width: 1 to [`MAX_WIDTH_PER_MILLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Width(u8);

impl Width {
    /// What is drawn when nobody chose.
    pub const DEFAULT: Self = Self(6);

    /// The nearest width there is.
    pub const fn clamped(per_mille: u8) -> Self {
        match per_mille {
            0 => Self(1),
            1..=MAX_WIDTH_PER_MILLE => Self(per_mille),
            _ => Self(MAX_WIDTH_PER_MILLE),
        }
    }

    /// In thousandths of the picture's width.
    pub const fn per_mille(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Width {
    type Error = OutOfRange;

    fn try_from(per_mille: u8) -> Result<Self, OutOfRange> {
        let width = Self::clamped(per_mille);
        if width.0 == per_mille {
            Ok(width)
        } else {
            Err(OutOfRange)
        }
    }
}

impl From<Width> for u8 {
    fn from(width: Width) -> Self {
        width.0
    }
}

/// How a mark's points are to be found in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Interpretation {
    /// As the owner's device thinks best.
    #[default]
    Automatic,
    /// Each on what lies under it.
    Surface,
    /// All on the plane that lies under most of them.
    Plane,
}

/// Whether a frame is kept. Once refused, it stays refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinOutcome {
    /// It is: draw on it.
    Kept,
    /// It is not, or no longer.
    Refused(RefusedBecause),
}

/// Why the owner's device cannot do what an author asks. As text it says what happened and what now, for showing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum RefusedBecause {
    /// The frame is too long ago.
    #[error("the drawing is not shown: that picture was too long ago; draw again")]
    FrameForgotten,
    /// There was no such frame.
    #[error("the drawing is not shown: the phone does not know that picture; draw again")]
    FrameNotKnown,
    /// The device did not know where it was.
    #[error("the drawing is not shown: the phone did not know where it was; hold it still and draw again")]
    TrackingLost,
    /// Nothing is known of what lies there.
    #[error("the drawing is not shown: the phone does not know what lies there; look around it slowly and draw again")]
    NothingThere,
    /// The frozen frame was kept for as long as frames are.
    #[error("the drawing is not shown: the frozen picture is not kept any more; freeze it anew and draw again")]
    PinExpired,
    /// There are as many as there can be.
    #[error("the drawing is not shown: there are as many as the phone can keep; delete some first")]
    TooMany,
    /// It has more points than there can be.
    #[error("the drawing is not shown: it is longer than the phone can keep; draw it in parts")]
    TooLong,
}

/// Where a mark is, as the owner of its space says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Who drew it.
    pub author: PersonId,
    /// Its number.
    pub mark: u32,
    /// Which of the owner's shares.
    pub share: u32,
    /// The highest one counts. Of one owner, no two marks have the same, so that `live` may name a mark by it.
    pub revision: u32,
    /// Where it is.
    pub outcome: PlaceOutcome,
}

/// Where a mark is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceOutcome {
    /// In the world.
    Shape(ShapePart),
    /// In the picture, with whose motion it goes: see the channel `live`.
    Picture(PicturePart),
    /// Nowhere: it cannot be shown where it was drawn.
    Refused(RefusedBecause),
}

/// Some points of a shape in the world; they add to those of the same revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapePart {
    /// The anchor that the points move with.
    pub anchor: u32,
    /// What it looks like: an arrow has two points, where it begins and its tip.
    pub kind: Tool,
    /// Which of the shape's points the first one here is.
    pub from: u32,
    /// Points (x, y, z) in µm, in the anchor's frame, at most [`MAX_PLACE_POINTS`].
    #[serde(deserialize_with = "at_most::<_, _, MAX_PLACE_POINTS>")]
    pub points_um: Vec<[i32; 3]>,
    /// No points come after these.
    pub complete: bool,
}

/// Some points of a line in the picture; they add to those of the same revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PicturePart {
    /// Which of the line's points the first one here is.
    pub from: u32,
    /// Points (x, y) in the picture in which the mark began, [`PICTURE_UNITS`] to its width and to its height, wherever they
    /// were drawn; they may lie outside. At most [`MAX_PLACE_POINTS`].
    #[serde(deserialize_with = "at_most::<_, _, MAX_PLACE_POINTS>")]
    pub points: Vec<[i32; 2]>,
    /// No points come after these.
    pub complete: bool,
}

/// A place in the world that the owner's device keeps track of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its number, given by the owner.
    pub id: u32,
    /// Where it is in the owner's world, in µm.
    pub position_um: [i32; 3],
    /// How it is turned: the unit quaternion (x, y, z, w), in millionths.
    #[serde(deserialize_with = "unit_quaternion")]
    pub orientation_ppm: [i32; 4],
    /// How far it is to be believed.
    pub state: AnchorState,
}

/// How far an anchor's place is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum AnchorState {
    /// Followed.
    Tracked,
    /// The last that was known.
    Limited,
    /// Not at all.
    Lost,
}

/// A camera's lens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lens {
    /// The first epoch it holds for.
    pub epoch: u32,
    /// Focal lengths: in millionths of the picture's width, and of its height.
    pub focal_ppm: [u32; 2],
    /// The principal point, from the top left: in millionths of the picture's width, and of its height.
    pub principal_ppm: [i32; 2],
}

impl Annotation {
    /// Whether its lists are as short as a receiver wants them.
    pub fn fits(&self) -> bool {
        match self {
            Self::Ink(ink) => ink.points.len() <= MAX_INK_POINTS,
            Self::Clear { except, .. } => except.len() <= MAX_EXCEPTIONS,
            Self::Place(Place {
                outcome: PlaceOutcome::Shape(part),
                ..
            }) => part.points_um.len() <= MAX_PLACE_POINTS,
            Self::Place(Place {
                outcome: PlaceOutcome::Picture(part),
                ..
            }) => part.points.len() <= MAX_PLACE_POINTS,
            Self::Anchors { anchors, .. } => anchors.len() <= MAX_ANCHORS,
            Self::Place(_)
            | Self::Undo { .. }
            | Self::Freeze { .. }
            | Self::Thaw { .. }
            | Self::Pinned { .. }
            | Self::Lens { .. }
            | Self::Unknown => true,
        }
    }
}

impl Anchor {
    /// Whether the orientation is a turn: of unit length but for rounding, within a thousandth.
    pub fn is_turn(orientation_ppm: [i32; 4]) -> bool {
        let squared: i128 = orientation_ppm.map(|part| i128::from(part).pow(2)).iter().sum();
        (998_000_000_000..=1_002_000_000_000).contains(&squared)
    }
}

fn unit_quaternion<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[i32; 4], D::Error> {
    let orientation = <[i32; 4]>::deserialize(deserializer)?;
    if !Anchor::is_turn(orientation) {
        return Err(serde::de::Error::custom("an orientation is not of unit length"));
    }
    Ok(orientation)
}
