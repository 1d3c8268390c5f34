//! How much there can be. An author keeps to the first of each pair and says so politely; a receiver, who may see
//! additions before removals and a long backlog at once, takes as much more as an honest author can make it see.

use crate::operations::MAX_UNACKNOWLEDGED;

use crate::messages::annotation::{MAX_EXCEPTIONS, MAX_INK_POINTS, MAX_PLACE_POINTS};

/// People whose drawings are kept.
pub const MAX_PEOPLE: usize = 32;

/// Marks of one author at a time.
pub const MAX_MARKS: usize = MAX_EXCEPTIONS;
/// As a receiver sees it.
pub const MAX_MARKS_RECEIVED: usize = MAX_MARKS + MAX_UNACKNOWLEDGED;

/// Points of one stroke.
pub const MAX_STROKE_POINTS: usize = 2_048;

/// Points of all marks of one author.
pub const MAX_POINTS: usize = 65_536;
/// As a receiver sees it.
pub const MAX_POINTS_RECEIVED: usize = MAX_POINTS + MAX_UNACKNOWLEDGED * MAX_INK_POINTS;

/// Runs of numbers of an author's marks that are gone: between two runs is a mark that is there, or not yet.
pub const MAX_GONE_RUNS: usize = MAX_MARKS + 2 * MAX_UNACKNOWLEDGED;

/// Frozen frames of one author at a time.
pub const MAX_PINS: usize = 8;
/// A frozen frame this many numbers older than the author's newest is no longer one.
pub const PINS_REMEMBERED: u32 = 64;

/// Points of one shape.
pub const MAX_SHAPE_POINTS: usize = 4_096;

/// Marks placed by one owner.
pub const MAX_PLACES: usize = 8_192;
/// As a receiver sees it.
pub const MAX_PLACES_RECEIVED: usize = MAX_PLACES + MAX_UNACKNOWLEDGED;

/// Points of all shapes placed by one owner.
pub const MAX_SHAPES_POINTS: usize = 131_072;
/// As a receiver sees it.
pub const MAX_SHAPES_POINTS_RECEIVED: usize = MAX_SHAPES_POINTS + MAX_UNACKNOWLEDGED * MAX_PLACE_POINTS;

/// Shares of one owner: the newest.
pub const MAX_SHARES: usize = 4;

/// Points an author draws in a second, for long.
pub const POINTS_PER_SECOND: u64 = 2_000;
/// And at once.
pub const POINTS_AT_ONCE: u64 = 8_000;

/// Annotations taken from one person in a second, for long.
pub const RECEIVED_PER_SECOND: u64 = 8_000;
/// And at once: more than an owner of a full document tells a newcomer.
pub const RECEIVED_AT_ONCE: u64 = 65_536;
