// One line while it is drawn: which of the pen's points are kept, and what an arrow is made of.

/** In shares of the picture, by the clock of `event.timeStamp`.
 * @typedef {{ x: number, y: number, timeMs: number }} PenPoint */

/** Points closer than this, in picture widths, say nothing new. */
const CLOSE = 1 / 1_000;
/** An arrow shorter than this, in picture widths, was a tap. */
const TAP = 0.015;
/** How long the arrow of a tap is, in picture widths. */
const TAPPED_ARROW = 0.12;

export class Stroke {
  /** The points that are kept.
   * @type {PenPoint[]} */
  points = [];
  #aspect;
  #taken = 0;
  /** The newest, if it was too close to the one before.
   * @type {PenPoint | undefined} */
  #left;

  /** @param {number} aspect the picture's height over its width */
  constructor(aspect) {
    this.#aspect = aspect;
  }

  /** @param {PenPoint} point */
  add(point) {
    const last = this.points.at(-1);
    const isClose = last !== undefined && distance(last, point, this.#aspect) < CLOSE;
    this.#left = isClose ? point : undefined;
    if (!isClose) this.points.push(point);
  }

  /** The pen was lifted: the line ends where it was. */
  finish() {
    const last = this.points.at(-1);
    if (this.#left && last && (this.#left.x !== last.x || this.#left.y !== last.y)) this.points.push(this.#left);
    this.#left = undefined;
  }

  /** How many points were not taken yet. */
  get waiting() {
    return this.points.length - this.#taken;
  }

  /**
   * The points since the last time, to be sent.
   * @param {number} most
   */
  take(most = Infinity) {
    const taken = this.points.slice(this.#taken, this.#taken + most);
    this.#taken += taken.length;
    return taken;
  }
}

/**
 * An arrow is dragged from its tail to its tip: the tip is under the pen all the time, so one sees what it points at, as
 * with the arrows of other drawing programs. A tap places one whose tip is there. Both ends belong to the frame
 * on which the pen was lifted, because that is the picture in which its author judged it.
 * @param {PenPoint} pressed
 * @param {PenPoint} now
 * @param {number} aspect the picture's height over its width
 * @returns {[PenPoint, PenPoint]} tail and tip
 */
export function arrowOf(pressed, now, aspect) {
  if (distance(pressed, now, aspect) >= TAP) return [{ ...pressed, timeMs: now.timeMs }, now];
  // From the lower left, as a right hand would point, unless there is no room.
  const side = TAPPED_ARROW * Math.SQRT1_2;
  const x = now.x - side >= 0 ? now.x - side : now.x + side;
  const y = now.y + side / aspect <= 1 ? now.y + side / aspect : now.y - side / aspect;
  return [{ x, y, timeMs: now.timeMs }, now];
}

/**
 * In picture widths.
 * @param {{ x: number, y: number }} one
 * @param {{ x: number, y: number }} other
 * @param {number} aspect
 */
function distance(one, other, aspect) {
  return Math.hypot(one.x - other.x, (one.y - other.y) * aspect);
}
