// One line from the pen's touch to its lifting: shown at once, sent in parts.

import { Stroke, arrowOf } from "./stroke.js";

/** @typedef {import("./annotations.js").Annotations} Annotations */
/** @typedef {import("./annotations.js").Refused} Refused */
/** @typedef {import("./palette.js").Look} Look */
/** @typedef {import("./messages.js").Tool} Tool */
/** @typedef {import("./stroke.js").PenPoint} PenPoint */

/** A part is sent after this long, or with this many points. */
const EVERY_MS = 50;
const POINTS_AT_ONCE = 64;

export class Drawing {
  #annotations;
  #aspect;
  #refused;
  #stroke;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {PenPoint} */
  #pressed;
  /** @type {PenPoint} */
  #now;
  /** The mark's number, once it was begun.
   * @type {number | undefined} */
  number;
  /** Nothing more is taken: it was refused, or is finished. */
  isOver = false;

  /**
   * @param {Annotations} annotations
   * @param {Tool} tool
   * @param {Look} look
   * @param {number} aspect the picture's height over its width
   * @param {PenPoint} point where the pen touched
   * @param {(refused: Refused) => void} refused
   */
  constructor(annotations, tool, look, aspect, point, refused) {
    this.#annotations = annotations;
    this.tool = tool;
    this.look = look;
    this.#aspect = aspect;
    this.#refused = refused;
    this.#pressed = this.#now = point;
    this.#stroke = new Stroke(aspect);
    this.#stroke.add(point);
    // The first point goes at once: everybody sees that something begins.
    if (tool === "ink") this.#send();
  }

  /** What is seen of it now.
   * @returns {import("./painter.js").Pen} */
  get pen() {
    const points = this.tool === "arrow" ? arrowOf(this.#pressed, this.#now, this.#aspect) : this.#stroke.points;
    return { tool: this.tool, colour: this.look.colour, width: this.look.width, points };
  }

  /** @param {PenPoint} point */
  move(point) {
    if (this.isOver) return;
    this.#now = point;
    if (this.tool === "arrow") return;
    this.#stroke.add(point);
    if (this.#stroke.waiting >= POINTS_AT_ONCE) this.#send();
    else if (this.#stroke.waiting > 0) this.#timer ??= setTimeout(() => this.#send(), EVERY_MS);
  }

  /** The pen was lifted. */
  finish() {
    if (this.isOver) return;
    if (this.tool === "arrow") {
      this.#stroke = new Stroke(0);
      // Both ends, however near.
      this.#stroke.points.push(...arrowOf(this.#pressed, this.#now, this.#aspect));
    } else {
      this.#stroke.finish();
    }
    this.#send();
    if (this.number !== undefined) this.#annotations.finish(this.number);
    this.#end();
  }

  /** It is not to be: what was sent of it is taken back. */
  cancel() {
    if (this.isOver) return;
    if (this.number !== undefined) {
      this.#annotations.finish(this.number);
      this.#annotations.undo();
    }
    this.#end();
  }

  #end() {
    clearTimeout(this.#timer);
    this.isOver = true;
  }

  #send() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#stroke.waiting > 0 && !this.isOver) {
      const points = this.#stroke.take(POINTS_AT_ONCE);
      const refused = this.number === undefined
        ? this.#begin(points)
        : this.#annotations.extend(this.number, points)?.refused;
      if (refused === "stroke_too_long") this.#goOn(points);
      else if (refused) this.#giveUp(refused);
    }
  }

  /**
   * @param {PenPoint[]} points
   * @returns {Refused | undefined}
   */
  #begin(points) {
    const begun = this.#annotations.begin(this.tool, this.look, points);
    if ("refused" in begun) return begun.refused;
    this.number = begun.mark;
    return undefined;
  }

  /**
   * A mark has so many points: the line goes on as the next one, from where that ends.
   * @param {PenPoint[]} points
   */
  #goOn(points) {
    if (this.number !== undefined) this.#annotations.finish(this.number);
    const all = this.#stroke.points;
    const next = all.indexOf(points[0]);
    const joined = all.slice(Math.max(next - 1, 0), next + points.length);
    const rest = all.slice(next + points.length);
    this.#stroke = new Stroke(this.#aspect);
    const refused = this.#begin(joined);
    if (refused) return this.#giveUp(refused);
    this.#stroke.points.push(...joined);
    this.#stroke.take();
    this.#stroke.points.push(...rest);
  }

  /** @param {Refused} refused */
  #giveUp(refused) {
    if (this.number !== undefined) this.#annotations.finish(this.number);
    this.#end();
    this.#refused(refused);
  }
}
