// What authors of marks and owners of spaces tell everybody: the twin of core/protocol/src/messages/annotation.rs.
// Who sent an annotation is never in it: that is whoever the connection says it is.

import {
  between, count, count32, flag, identifier, isObject, listOfAtMost, oneOf, optional, orMissing, record, text, tuple,
} from "../checks.js";

/** @typedef {import("../checks.js").Check} Check */
/**
 * What one person's camera sees during one share.
 * @typedef {{ owner: string, share: number }} Space
 * @typedef {"ink" | "arrow"} Tool
 * @typedef {"red" | "yellow" | "green" | "blue" | "white" | "black"} Colour
 * @typedef {"automatic" | "surface" | "plane"} Interpretation
 * @typedef {{ space: Space, tool: Tool, colour: Colour, width: number, interpretation: Interpretation,
 *   pin?: number | null }} Stroke
 * @typedef {Stroke & { do: "ink", mark: number, epoch: number, from: number, at_us: number,
 *   points: [dt_us: number, x: number, y: number][], done: boolean }} Ink
 * @typedef {"frame_forgotten" | "frame_not_known" | "tracking_lost" | "nothing_there" | "pin_expired" | "too_many" |
 *   "too_long"} RefusedBecause
 * @typedef {"kept" | { refused: RefusedBecause }} PinOutcome
 * @typedef {{ anchor: number, kind: Tool, from: number, points_um: [number, number, number][],
 *   complete: boolean }} ShapePart
 * @typedef {{ from: number, points: [number, number][], complete: boolean }} PicturePart
 * @typedef {{ shape: ShapePart } | { picture: PicturePart } | { refused: RefusedBecause }} PlaceOutcome
 * @typedef {{ do: "place", author: string, mark: number, share: number, revision: number,
 *   outcome: PlaceOutcome }} Place
 * @typedef {{ id: number, position_um: [number, number, number], orientation_ppm: [number, number, number, number],
 *   state: "tracked" | "limited" | "lost" }} Anchor
 * @typedef {{ epoch: number, focal_ppm: [number, number], principal_ppm: [number, number] }} Lens
 * @typedef {Ink | { do: "undo", mark: number } | { do: "clear", through: number, except?: number[] } |
 *   { do: "freeze", pin: number, space: Space, epoch: number, at_us: number } | { do: "thaw", pin: number } |
 *   { do: "pinned", pin: number, by: string, outcome: PinOutcome } | Place |
 *   { do: "anchors", share: number, revision: number, anchors: Anchor[] } |
 *   ({ do: "lens", share: number, revision: number } & Lens) | { do: "unknown" }} Annotation
 * @typedef {{ kind: "annotation" } & Annotation} AnnotationOperation
 */

/** Most points in one `ink`. */
export const MAX_INK_POINTS = 128;
/** Most points of a shape in one `place`. */
export const MAX_PLACE_POINTS = 256;
/** Most anchors of a space. */
export const MAX_ANCHORS = 64;
/** Most marks that one `clear` leaves. */
export const MAX_EXCEPTIONS = 1_000;
/** The picture's width, and its height, in the units of a point. */
export const PICTURE_UNITS = 65_536;
/** Widest line, in thousandths of the picture's width. */
export const MAX_WIDTH_PER_MILLE = 50;

/** The palette: told apart by people who see colours differently, too (after Okabe and Ito).
 * @type {Record<Colour, string>} */
export const COLOURS = {
  red: "#d55e00", yellow: "#f0e442", green: "#009e73", blue: "#0072b2", white: "#ffffff", black: "#000000",
};

const integer32 = between(-0x8000_0000, 0x7fff_ffff);
const space = record({ owner: identifier, share: count32 });
const tool = oneOf("ink", "arrow");
const picture = between(0, PICTURE_UNITS);
const because = oneOf("frame_forgotten", "frame_not_known", "tracking_lost", "nothing_there", "pin_expired", "too_many",
  "too_long");
const shape = record({
  anchor: count32,
  kind: tool,
  from: count32,
  points_um: listOfAtMost(MAX_PLACE_POINTS, tuple(integer32, integer32, integer32)),
  complete: flag,
});
const line = record({
  from: count32,
  points: listOfAtMost(MAX_PLACE_POINTS, tuple(integer32, integer32)),
  complete: flag,
});
/** @type {(tag: string, check: Check) => Check} */
const tagged = (tag, check) => (value) =>
  isObject(value) && Object.keys(value).length === 1 && Object.hasOwn(value, tag) && check(value[tag]);
/** @type {(...checks: Check[]) => Check} */
const anyOf = (...checks) => (value) => checks.some((check) => check(value));
/** A unit quaternion but for rounding, within a thousandth.
 * @type {Check} */
const turn = (value) => {
  if (!tuple(integer32, integer32, integer32, integer32)(value)) return false;
  const squared = value.reduce((/** @type {number} */ sum, /** @type {number} */ part) => sum + part * part, 0);
  return squared >= 998e9 && squared <= 1_002e9;
};
const anchor = record({
  id: count32,
  position_um: tuple(integer32, integer32, integer32),
  orientation_ppm: turn,
  state: oneOf("tracked", "limited", "lost"),
});

/** @type {Record<string, Check>} */
const ANNOTATIONS = {
  ink: record({
    mark: count32,
    space,
    tool,
    colour: oneOf(...Object.keys(COLOURS)),
    width: between(1, MAX_WIDTH_PER_MILLE),
    interpretation: oneOf("automatic", "surface", "plane"),
    pin: optional(count32),
    epoch: count32,
    from: count32,
    at_us: count,
    points: listOfAtMost(MAX_INK_POINTS, tuple(count32, picture, picture)),
    done: flag,
  }),
  undo: record({ mark: count32 }),
  clear: record({ through: count32, except: orMissing(listOfAtMost(MAX_EXCEPTIONS, count32)) }),
  freeze: record({ pin: count32, space, epoch: count32, at_us: count }),
  thaw: record({ pin: count32 }),
  pinned: record({ pin: count32, by: identifier, outcome: anyOf(oneOf("kept"), tagged("refused", because)) }),
  place: record({
    author: identifier,
    mark: count32,
    share: count32,
    revision: count32,
    outcome: anyOf(tagged("shape", shape), tagged("picture", line), tagged("refused", because)),
  }),
  anchors: record({ share: count32, revision: count32, anchors: listOfAtMost(MAX_ANCHORS, anchor) }),
  lens: record({
    share: count32,
    revision: count32,
    epoch: count32,
    focal_ppm: tuple(count32, count32),
    principal_ppm: tuple(integer32, integer32),
  }),
};

/** Whether an operation of kind `annotation` can be trusted. What newer versions do is accepted, and not shown.
 * @type {Check} */
export const isAnnotation = (value) =>
  record({ do: text })(value) && (!isKnown(value) || (ANNOTATIONS[value.do]?.(value) ?? false));

/**
 * Whether this version knows what an annotation does.
 * @param {{ do: string }} annotation
 */
export function isKnown(annotation) {
  return Object.hasOwn(ANNOTATIONS, annotation.do);
}

/**
 * Whether the lists of an annotation are as short as a receiver wants them.
 * @param {Annotation} annotation
 */
export function fits(annotation) {
  switch (annotation.do) {
    case "ink":
      return annotation.points.length <= MAX_INK_POINTS;
    case "clear":
      return (annotation.except ?? []).length <= MAX_EXCEPTIONS;
    case "place":
      return typeof annotation.outcome === "string" || !("shape" in annotation.outcome) ||
        annotation.outcome.shape.points_um.length <= MAX_PLACE_POINTS;
    case "anchors":
      return annotation.anchors.length <= MAX_ANCHORS;
    default:
      return true;
  }
}
