// How much there can be: the twin of core/protocol/src/annotations/limits.rs. An author keeps to the first of each
// pair; a receiver takes as much more as an honest author can make it see.

import { MAX_UNACKNOWLEDGED } from "../operations.js";
import { MAX_EXCEPTIONS, MAX_INK_POINTS, MAX_PLACE_POINTS } from "./messages.js";

/** People whose drawings are kept. */
export const MAX_PEOPLE = 32;
/** Marks of one author at a time. */
export const MAX_MARKS = MAX_EXCEPTIONS;
export const MAX_MARKS_RECEIVED = MAX_MARKS + MAX_UNACKNOWLEDGED;
/** Points of one stroke. */
export const MAX_STROKE_POINTS = 2_048;
/** Points of all marks of one author. */
export const MAX_POINTS = 65_536;
export const MAX_POINTS_RECEIVED = MAX_POINTS + MAX_UNACKNOWLEDGED * MAX_INK_POINTS;
/** Runs of numbers of an author's marks that are gone. */
export const MAX_GONE_RUNS = MAX_MARKS + 2 * MAX_UNACKNOWLEDGED;
/** Frozen frames of one author at a time. */
export const MAX_PINS = 8;
/** A frozen frame this many numbers older than the author's newest is no longer one. */
export const PINS_REMEMBERED = 64;
/** Points of one shape. */
export const MAX_SHAPE_POINTS = 4_096;
/** Marks placed by one owner, as a receiver sees it. */
export const MAX_PLACES_RECEIVED = 8_192 + MAX_UNACKNOWLEDGED;
/** Points of all shapes placed by one owner, as a receiver sees it. */
export const MAX_SHAPES_POINTS_RECEIVED = 131_072 + MAX_UNACKNOWLEDGED * MAX_PLACE_POINTS;
/** Shares of one owner: the newest. */
export const MAX_SHARES = 4;
/** Points an author draws in a second, for long, and at once. */
export const POINTS_PER_SECOND = 2_000;
export const POINTS_AT_ONCE = 8_000;
/** Annotations taken from one person in a second, for long, and at once. */
export const RECEIVED_PER_SECOND = 8_000;
export const RECEIVED_AT_ONCE = 65_536;
