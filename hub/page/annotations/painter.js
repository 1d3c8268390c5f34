// Draws marks into a canvas: a dark line below a bright one, round ends, arrow heads of a size that reads.

import { COLOURS } from "./messages.js";
import { outlineOf } from "./palette.js";
import { Polylines, project } from "./projection.js";
import { simplify } from "./simplify.js";

/** @typedef {import("./messages.js").Colour} Colour */
/** @typedef {import("./messages.js").Tool} Tool */
/** @typedef {import("./projection.js").View} View */
/** @typedef {import("./shapes.js").DrawnMark} DrawnMark */
/** @typedef {import("./shapes.js").Shapes} Shapes */
/** @typedef {{ x: number, y: number }} Point in shares of the picture */
/** @typedef {{ tool: Tool, colour: Colour, width: number, points: readonly Point[] }} Pen a line being drawn */
/**
 * All that is seen in one frame.
 * @typedef {object} Scene
 * @property {Shapes} shapes
 * @property {{ view: View, certain: boolean } | undefined} camera nothing: marks in the world are not shown
 * @property {(mark: DrawnMark) => import("./motion-track.js").Transform | undefined} motion of marks that follow the picture
 * @property {number | undefined} pin the frozen frame that is shown
 * @property {number | undefined} drawing the number of the mark that `pen` draws
 * @property {string} me
 * @property {Pen | undefined} pen
 * @property {number} timeMs
 */

/** What is not certain, and what waits for its place. */
const DIMMED = 0.45;
const WAITING = 0.6;
/** Below this, in CSS pixels, a line is hard to see. */
const THINNEST = 2;
/** How long a mark takes to go when it cannot be followed any more, or to come back. */
const FADE_MS = 200;
/** What is left out of a line lies at most so far from it, in pixels. */
const TOLERANCE_PX = 0.3;
/** The head of an arrow: a third of it, at least this many widths, and at most that many. */
const HEAD_SHARE = 0.35;
const HEAD_WIDTHS = [3.5, 6];
const HEAD_ANGLE = 0.48;
const SAME = [1, 0, 0, 0, 1, 0, 0, 0];

export class Painter {
  #context;
  #lines = new Polylines();
  /** The line in pixels, and what is drawn of it. */
  #pixels = new Float32Array(0);
  #kept = new Float32Array(0);
  /** Marks that come or go.
   * @type {Map<string, { alpha: number, atMs: number, transform: import("./motion-track.js").Transform }>} */
  #fades = new Map();
  /** Whether something is on its way out or in: the next picture differs though nothing else changes. */
  isFading = false;
  /** Whether nothing is drawn. */
  isEmpty = true;
  #thinnestPx = THINNEST;

  /** @param {CanvasRenderingContext2D} context */
  constructor(context) {
    this.#context = context;
  }

  /**
   * @param {Scene} scene
   * @param {number} widthPx of the canvas, which is the whole picture
   * @param {number} heightPx
   * @param {number} scale pixels of the canvas in a CSS pixel
   */
  paint(scene, widthPx, heightPx, scale) {
    const context = this.#context;
    this.#thinnestPx = THINNEST * scale;
    if (!this.isEmpty) context.clearRect(-1, -1, widthPx + 2, heightPx + 2);
    this.isEmpty = true;
    this.isFading = false;
    context.save();
    // Nothing is drawn beside the picture.
    context.beginPath();
    context.rect(0, 0, widthPx, heightPx);
    context.clip();
    context.lineCap = context.lineJoin = "round";
    for (const mark of scene.shapes.marks) {
      const alpha = this.trace(scene, mark);
      const dashed = mark.state === "placing" && mark.tool === "ink" && mark.isDone;
      if (alpha > 0) this.#stroke(mark, alpha, dashed, widthPx, heightPx);
    }
    const { pen } = scene;
    if (pen) {
      this.#begin();
      for (const { x, y } of pen.points) this.#lines.add(x, y);
      this.#stroke(pen, 1, false, widthPx, heightPx);
    }
    context.restore();
  }

  /**
   * Where a mark is in the picture: into `lines`.
   * @param {Scene} scene
   * @param {DrawnMark} mark
   * @returns {number} how much of it is to be seen, 0 to 1
   */
  trace(scene, mark) {
    if (mark.number === scene.drawing && mark.author === scene.me) return 0;
    switch (mark.state) {
      case "shape": {
        if (!scene.camera) return 0;
        this.#lines.clear();
        project(scene.camera.view, scene.shapes.world, mark.from, mark.to, this.#lines);
        return scene.camera.certain && mark.certain ? 1 : DIMMED;
      }
      case "picture":
        return this.#followed(scene, mark);
      case "placing":
        // Where the pen was is true in the very picture it was drawn on only, and nearly so for a moment in a live one.
        if (mark.pin !== scene.pin) return 0;
        this.#moved(scene.shapes.picture, mark, SAME);
        return mark.isDone ? WAITING : 1;
    }
  }

  /** Of the mark traced last. */
  get lines() {
    return this.#lines;
  }

  /**
   * @param {Scene} scene
   * @param {DrawnMark} mark
   */
  #followed(scene, mark) {
    const onItsFrame = scene.pin !== undefined && mark.pin === scene.pin && mark.author === scene.me;
    const transform = onItsFrame ? SAME : scene.motion(mark);
    const known = this.#fades.get(mark.key) ?? { alpha: 0, atMs: scene.timeMs - FADE_MS, transform: transform ?? SAME };
    const step = Math.max(scene.timeMs - known.atMs, 0) / FADE_MS;
    const alpha = transform ? Math.min(known.alpha + step, 1) : Math.max(known.alpha - step, 0);
    this.#fades.set(mark.key, { alpha, atMs: scene.timeMs, transform: transform ?? known.transform });
    if (alpha > 0 && alpha < 1) this.isFading = true;
    if (alpha > 0) this.#moved(scene.shapes.picture, mark, transform ?? known.transform);
    return alpha;
  }

  #begin() {
    this.#lines.clear();
    this.#lines.begin();
  }

  /**
   * @param {Float32Array} points
   * @param {DrawnMark} mark
   * @param {import("./motion-track.js").Transform} transform
   */
  #moved(points, { from, to }, [a, b, c, d, e, f, g, h]) {
    this.#begin();
    for (let point = from; point < to; point++) {
      const [x, y] = [points[point * 2], points[point * 2 + 1]];
      const scale = 1 / (g * x + h * y + 1);
      // Behind the horizon of the plane that moves.
      if (!(scale > 0) || scale > 100) continue;
      this.#lines.add((a * x + b * y + c) * scale, (d * x + e * y + f) * scale);
    }
  }

  /**
   * @param {{ tool: Tool, colour: Colour, width: number }} look
   * @param {number} alpha
   * @param {boolean} dashed
   * @param {number} widthPx
   * @param {number} heightPx
   */
  #stroke({ tool, colour, width }, alpha, dashed, widthPx, heightPx) {
    const context = this.#context;
    if (this.#lines.length === 0) return;
    const linePx = Math.max(width * widthPx / 1_000, this.#thinnestPx);
    context.beginPath();
    this.#path(widthPx, heightPx);
    if (tool === "arrow") this.#head(linePx, widthPx, heightPx);
    context.setLineDash(dashed ? [linePx * 2, linePx * 2] : []);
    context.globalAlpha = alpha * 0.75;
    context.strokeStyle = outlineOf(colour);
    context.lineWidth = linePx + Math.max(linePx * 0.5, this.#thinnestPx);
    context.stroke();
    context.globalAlpha = alpha;
    context.strokeStyle = COLOURS[colour];
    context.lineWidth = linePx;
    context.stroke();
    this.isEmpty = false;
  }

  /**
   * @param {number} widthPx
   * @param {number} heightPx
   */
  #path(widthPx, heightPx) {
    const context = this.#context;
    const { points, starts, length } = this.#lines;
    if (this.#pixels.length < length * 2) {
      this.#pixels = new Float32Array(points.length);
      this.#kept = new Float32Array(points.length);
    }
    const [pixels, kept] = [this.#pixels, this.#kept];
    for (let value = 0; value < length * 2; value += 2) {
      pixels[value] = points[value] * widthPx;
      pixels[value + 1] = points[value + 1] * heightPx;
    }
    for (let line = 0; line < starts.length; line++) {
      const count = simplify(pixels, starts[line], starts[line + 1] ?? length, TOLERANCE_PX, kept);
      context.moveTo(kept[0], kept[1]);
      for (let point = 1; point < count; point++) context.lineTo(kept[point * 2], kept[point * 2 + 1]);
      // A line of one point is a dot.
      if (count === 1) context.lineTo(kept[0], kept[1]);
    }
  }

  /**
   * Two short lines at the tip, in the picture: readable from wherever one looks at the arrow.
   * @param {number} linePx
   * @param {number} widthPx
   * @param {number} heightPx
   */
  #head(linePx, widthPx, heightPx) {
    const { points, length, endsCut } = this.#lines;
    if (endsCut || length < 2) return;
    const [tipX, tipY] = [points[length * 2 - 2] * widthPx, points[length * 2 - 1] * heightPx];
    const [alongX, alongY] = [tipX - points[length * 2 - 4] * widthPx, tipY - points[length * 2 - 3] * heightPx];
    const whole = Math.hypot(alongX, alongY);
    // Seen along its shaft, an arrow still has a tip: from above.
    const angle = whole > 1 ? Math.atan2(alongY, alongX) : Math.PI / 2;
    const size = Math.min(Math.max(whole * HEAD_SHARE, linePx * HEAD_WIDTHS[0]), linePx * HEAD_WIDTHS[1]);
    const context = this.#context;
    const side = (/** @type {number} */ turn) =>
      /** @type {const} */ ([tipX - size * Math.cos(angle + turn), tipY - size * Math.sin(angle + turn)]);
    context.moveTo(...side(HEAD_ANGLE));
    context.lineTo(tipX, tipY);
    context.lineTo(...side(-HEAD_ANGLE));
  }
}
