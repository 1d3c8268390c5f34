// What one person drew: the twin of core/protocol/src/annotations/author.rs.

import { Assembly } from "./assembly.js";
import { MAX_GONE_RUNS, MAX_MARKS_RECEIVED, MAX_POINTS_RECEIVED, MAX_STROKE_POINTS } from "./limits.js";
import { MAX_INK_POINTS } from "./messages.js";
import { Numbers } from "./numbers.js";
import { Pins } from "./pins.js";

/** @typedef {import("./messages.js").Ink} Ink */
/** @typedef {import("./messages.js").Stroke} Stroke */
/**
 * A point of a stroke, with the frame it was drawn on: x and y are 0 to 65,536 over the picture.
 * @typedef {{ epoch: number, captureUs: number, x: number, y: number }} InkPoint
 * @typedef {{ stroke: Stroke, ink: Assembly<InkPoint>, changedAt: number }} Mark
 * @typedef {"invalid" | "too_much"} Refusal
 */

export class Author {
  /** By number, ascending.
   * @type {Map<number, Mark>} */
  marks = new Map();
  /** Numbers of marks that are gone for good. */
  gone;
  pins;
  #highest = 0;
  /** Points of all marks. */
  points = 0;

  /** @param {number} above marks and pins up to this number are gone */
  constructor(above = 0) {
    this.gone = Numbers.upTo(above, []);
    this.pins = new Pins(above);
  }

  /**
   * Whether the mark is new, or shows more than before.
   * @param {Ink} ink
   * @returns {boolean | Refusal}
   */
  ink(ink) {
    if (ink.mark === 0 || ink.from + ink.points.length > MAX_STROKE_POINTS) return "invalid";
    if (this.gone.has(ink.mark)) return false;
    if (this.points + ink.points.length > MAX_POINTS_RECEIVED) return "too_much";
    const known = this.marks.get(ink.mark);
    if (!known && this.marks.size >= MAX_MARKS_RECEIVED) return "too_much";
    const mark = known ?? this.#begin(ink);
    if (!isSame(mark.stroke, ink)) return "invalid";
    const before = mark.ink.stored;
    const points = ink.points.map(([dtUs, x, y]) => ({ epoch: ink.epoch, captureUs: ink.at_us + dtUs, x, y }));
    const showsMore = mark.ink.insert(ink.from, points, ink.done);
    this.points += mark.ink.stored - before;
    return !known || showsMore;
  }

  /**
   * Marks that are gone for good. Returns the numbers of those that were here.
   * @param {Numbers} numbers
   * @returns {number[] | Refusal}
   */
  remove(numbers) {
    const gone = this.gone.union(numbers);
    if (gone.runs > MAX_GONE_RUNS) return "too_much";
    this.gone = gone;
    const removed = [];
    for (const [number, mark] of this.marks) {
      if (!numbers.has(number)) continue;
      removed.push(number);
      this.points -= mark.ink.stored;
      this.marks.delete(number);
    }
    return removed;
  }

  /** @param {Ink} ink */
  #begin({ mark: number, space, tool, colour, width, interpretation, pin }) {
    /** @type {Stroke} */
    const stroke = { space, tool, colour, width, interpretation };
    if (pin !== undefined && pin !== null) stroke.pin = pin;
    /** @type {Mark} */
    const mark = { stroke, ink: new Assembly(), changedAt: 0 };
    const isLast = number > this.#highest;
    this.#highest = Math.max(number, this.#highest);
    this.marks.set(number, mark);
    if (!isLast) this.marks = new Map([...this.marks].sort(([one], [other]) => one - other));
    return mark;
  }
}

/**
 * Messages with the points of a mark from number `from` on; without points there is one all the same.
 * @param {number} mark
 * @param {Stroke} stroke
 * @param {number} from
 * @param {InkPoint[]} points
 * @param {boolean} done
 */
export function inks(mark, stroke, from, points, done) {
  const inks = [];
  let start = 0;
  do {
    const end = start + fitting(points, start);
    const first = points[start];
    const atUs = first?.captureUs ?? 0;
    /** @type {{ kind: "annotation" } & Ink} */
    const ink = {
      kind: "annotation",
      do: "ink",
      mark,
      ...stroke,
      epoch: first?.epoch ?? 0,
      from: from + start,
      at_us: atUs,
      points: points.slice(start, end).map(({ captureUs, x, y }) => [captureUs - atUs, x, y]),
      done: done && end === points.length,
    };
    inks.push(ink);
    start = end;
  } while (start < points.length);
  return inks;
}

/**
 * How many points from `start` on fit one message: of one epoch, none before the first.
 * @param {InkPoint[]} points
 * @param {number} start
 */
function fitting(points, start) {
  const first = points[start];
  let end = start;
  for (; first && end < Math.min(points.length, start + MAX_INK_POINTS); end++) {
    const point = points[end];
    if (!point || point.epoch !== first.epoch) break;
    const laterUs = point.captureUs - first.captureUs;
    if (laterUs < 0 || laterUs > 0xffff_ffff) break;
  }
  return end - start;
}

/**
 * @param {Stroke} one
 * @param {Stroke} other
 */
function isSame(one, other) {
  return one.space.owner === other.space.owner && one.space.share === other.space.share && one.tool === other.tool &&
    one.colour === other.colour && one.width === other.width && one.interpretation === other.interpretation &&
    (one.pin ?? null) === (other.pin ?? null);
}
