// What one person says about their own space: the twin of core/protocol/src/annotations/owner.rs. Whether it counts is
// for others to ask.

import { Assembly } from "./assembly.js";
import {
  MAX_PEOPLE, MAX_PLACES_RECEIVED, MAX_SHAPES_POINTS_RECEIVED, MAX_SHAPE_POINTS, MAX_SHARES, PINS_REMEMBERED,
} from "./limits.js";

/** @typedef {import("./messages.js").Anchor} Anchor */
/** @typedef {import("./messages.js").Lens} Lens */
/** @typedef {import("./messages.js").Place} Place */
/** @typedef {import("./messages.js").PlaceOutcome} PlaceOutcome */
/** @typedef {import("./messages.js").PinOutcome} PinOutcome */
/**
 * @typedef {{ state: "shape", anchor: number, kind: import("./messages.js").Tool,
 *   points: Assembly<[number, number, number]> } | { state: "picture", points: Assembly<[number, number]> } |
 *   { state: "refused", because: import("./messages.js").RefusedBecause }} PlacedAt
 * @typedef {{ share: number, revision: number, at: PlacedAt }} Placed
 * @typedef {{ anchors?: { revision: number, anchors: Anchor[] }, lens?: { revision: number, lens: Lens } }} Share
 */

/** Refusals in an order in which the last counts: once refused, a frame stays refused. */
const PIN_OUTCOMES = ["kept", "frame_forgotten", "frame_not_known", "tracking_lost", "nothing_there", "pin_expired",
  "too_many", "too_long"];

export class Owner {
  /** By author and number.
   * @type {Map<string, Map<number, Placed>>} */
  #places = new Map();
  /** How many there are. */
  placed = 0;
  /** Points of all shapes. */
  points = 0;
  /** By author and pin.
   * @type {Map<string, Map<number, PinOutcome>>} */
  #answers = new Map();
  /** @type {Map<number, Share>} */
  #shares = new Map();

  /**
   * Whether that is news.
   * @param {Place} place
   * @returns {boolean | "invalid" | "too_much"}
   */
  place({ author, mark, share, revision, outcome }) {
    const [from, incoming] = extent(outcome);
    if (from + incoming > MAX_SHAPE_POINTS) return "invalid";
    const known = this.#places.get(author)?.get(mark);
    if (known && known.revision > revision) return false;
    if (this.points + incoming > MAX_SHAPES_POINTS_RECEIVED ||
        (!known && this.placed >= MAX_PLACES_RECEIVED) ||
        (!this.#places.has(author) && this.#places.size >= MAX_PEOPLE)) return "too_much";
    let placed = known;
    if (!placed || placed.revision < revision) {
      this.points -= stored(placed);
      this.placed += placed ? 0 : 1;
      placed = { share, revision, at: begin(outcome) };
      const marks = this.#places.get(author) ?? new Map();
      this.#places.set(author, marks.set(mark, placed));
    }
    if (placed.share !== share) return "invalid";
    const before = stored(placed);
    const showsMore = add(placed.at, outcome);
    this.points += stored(placed) - before;
    return showsMore === "invalid" ? showsMore : placed !== known || showsMore;
  }

  /**
   * @param {string} author
   * @param {number} mark
   */
  placedOf(author, mark) {
    return this.#places.get(author)?.get(mark);
  }

  /** @returns {Iterable<[author: string, mark: number, placed: Placed]>} */
  *places() {
    for (const [author, marks] of this.#places) for (const [mark, placed] of marks) yield [author, mark, placed];
  }

  /**
   * Marks of an author are gone, and with them their places.
   * @param {string} author
   * @param {import("./numbers.js").Numbers} numbers
   */
  forgetMarks(author, numbers) {
    const marks = this.#places.get(author);
    for (const [number, placed] of marks ?? []) {
      if (!numbers.has(number)) continue;
      marks?.delete(number);
      this.placed--;
      this.points -= stored(placed);
    }
    if (marks?.size === 0) this.#places.delete(author);
  }

  /**
   * Whether that is news.
   * @param {string} by
   * @param {number} pin
   * @param {PinOutcome} outcome
   * @returns {boolean | "too_much"}
   */
  answer(by, pin, outcome) {
    const answers = this.#answers.get(by) ?? new Map();
    if (!this.#answers.has(by) && this.#answers.size >= MAX_PEOPLE) return "too_much";
    const known = answers.get(pin);
    if (known === undefined && answers.size >= 2 * PINS_REMEMBERED) return "too_much";
    if (known !== undefined && rank(known) >= rank(outcome)) return false;
    this.#answers.set(by, answers.set(pin, outcome));
    return true;
  }

  /**
   * @param {string} by
   * @param {number} pin
   */
  answered(by, pin) {
    return this.#answers.get(by)?.get(pin);
  }

  /**
   * Some frozen frames of an author are gone, and with them their answers.
   * @param {string} by
   * @param {import("./pins.js").Pins} pins
   */
  forgetPins(by, pins) {
    const answers = this.#answers.get(by);
    for (const pin of answers?.keys() ?? []) if (pins.isGone(pin)) answers?.delete(pin);
    if (answers?.size === 0) this.#answers.delete(by);
  }

  /**
   * Whether that is news.
   * @param {number} number
   * @param {number} revision
   * @param {Anchor[]} anchors
   */
  anchors(number, revision, anchors) {
    const share = this.#share(number);
    if (!share || (share.anchors?.revision ?? -1) >= revision) return false;
    share.anchors = { revision, anchors };
    return true;
  }

  /**
   * Whether that is news.
   * @param {number} number
   * @param {number} revision
   * @param {Lens} lens
   */
  lens(number, revision, { epoch, focal_ppm, principal_ppm }) {
    const share = this.#share(number);
    if (!share || (share.lens?.revision ?? -1) >= revision) return false;
    share.lens = { revision, lens: { epoch, focal_ppm, principal_ppm } };
    return true;
  }

  /** @param {number} number */
  share(number) {
    return this.#shares.get(number);
  }

  /**
   * Nothing for one older than those that are kept.
   * @param {number} number
   */
  #share(number) {
    if (!this.#shares.has(number)) this.#shares.set(number, {});
    if (this.#shares.size > MAX_SHARES) this.#shares.delete(Math.min(...this.#shares.keys()));
    return this.#shares.get(number);
  }
}

/**
 * @param {PlaceOutcome} outcome
 * @returns {PlacedAt}
 */
function begin(outcome) {
  if ("refused" in outcome) return { state: "refused", because: outcome.refused };
  if ("picture" in outcome) return { state: "picture", points: new Assembly() };
  return { state: "shape", anchor: outcome.shape.anchor, kind: outcome.shape.kind, points: new Assembly() };
}

/**
 * The number of the first point, and how many there are.
 * @param {PlaceOutcome} outcome
 */
function extent(outcome) {
  if ("shape" in outcome) return [outcome.shape.from, outcome.shape.points_um.length];
  if ("picture" in outcome) return [outcome.picture.from, outcome.picture.points.length];
  return [0, 0];
}

/**
 * Takes a part of the shape this is; anything else contradicts.
 * @param {PlacedAt} at
 * @param {PlaceOutcome} outcome
 * @returns {boolean | "invalid"}
 */
function add(at, outcome) {
  if (at.state === "refused") return "refused" in outcome && outcome.refused === at.because ? false : "invalid";
  if (at.state === "picture") {
    if (!("picture" in outcome)) return "invalid";
    const { from, points, complete } = outcome.picture;
    return at.points.insert(from, points, complete);
  }
  if (!("shape" in outcome)) return "invalid";
  const { anchor, kind, from, points_um: pointsUm, complete } = outcome.shape;
  return at.anchor === anchor && at.kind === kind ? at.points.insert(from, pointsUm, complete) : "invalid";
}

/** @param {Placed | undefined} placed */
function stored(placed) {
  return placed && placed.at.state !== "refused" ? placed.at.points.stored : 0;
}

/** @param {PinOutcome} outcome */
function rank(outcome) {
  return PIN_OUTCOMES.indexOf(outcome === "kept" ? outcome : outcome.refused);
}
