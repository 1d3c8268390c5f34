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
/** The look is that of every screen and still: core/scene/src/overlay/arrow.rs and frame.rs. The head of an arrow: its length
 * in widths of the line, and at least, in CSS pixels; half its width and how far the shaft goes in, in lengths of it. */
const HEAD_LENGTH = 4.5;
const LEAST_HEAD = 8;
const HEAD_HALF_WIDTH = 0.45;
const SHAFT_INTO_HEAD = 0.25;
/** Width of the dark line on either side, as a share of the bright one's. */
const OUTLINE = 0.3;
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
    const outlinePx = Math.max(linePx * OUTLINE, this.#thinnestPx / 2);
    const head = tool === "arrow" ? this.#head(linePx, widthPx, heightPx) : undefined;
    /** @type {(alpha: number, style: string, addedPx: number) => void} */
    const layer = (alpha, style, addedPx) => {
      context.globalAlpha = alpha;
      context.strokeStyle = context.fillStyle = style;
      context.beginPath();
      if (tool === "arrow") this.#shaft(head, widthPx, heightPx);
      else this.#path(widthPx, heightPx);
      context.setLineDash(dashed ? [linePx * 2, linePx * 2] : []);
      context.lineWidth = linePx + addedPx;
      context.stroke();
      if (!head) return;
      context.setLineDash([]);
      context.lineWidth = addedPx;
      context.beginPath();
      context.moveTo(...head.tip);
      context.lineTo(...head.left);
      context.lineTo(...head.right);
      context.closePath();
      if (addedPx > 0) context.stroke();
      context.fill();
    };
    layer(alpha * 0.75, outlineOf(colour), 2 * outlinePx);
    layer(alpha, COLOURS[colour], 0);
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
   * From the tail to where the head begins to be as wide as the line; to the end of what is seen without a head.
   * @param {{ shaftEnd: readonly [number, number] | undefined } | undefined} head
   * @param {number} widthPx
   * @param {number} heightPx
   */
  #shaft(head, widthPx, heightPx) {
    const { points, length } = this.#lines;
    const end = head ? head.shaftEnd : [points[length * 2 - 2] * widthPx, points[length * 2 - 1] * heightPx];
    if (!end) return;
    this.#context.moveTo(points[0] * widthPx, points[1] * heightPx);
    this.#context.lineTo(end[0], end[1]);
  }

  /**
   * The corners of an arrow's head: in the picture, readable from wherever one looks at the arrow. Nothing when the tip is
   * not seen.
   * @param {number} linePx
   * @param {number} widthPx
   * @param {number} heightPx
   */
  #head(linePx, widthPx, heightPx) {
    const { points, length, endsCut } = this.#lines;
    if (endsCut || length < 2) return undefined;
    const [tipX, tipY] = [points[length * 2 - 2] * widthPx, points[length * 2 - 1] * heightPx];
    const [alongX, alongY] = [tipX - points[0] * widthPx, tipY - points[1] * heightPx];
    const whole = Math.hypot(alongX, alongY);
    // Seen along its shaft, an arrow still has a tip: from above.
    const [unitX, unitY] = whole >= 1 ? [alongX / whole, alongY / whole] : [0, 1];
    const size = Math.max(linePx * HEAD_LENGTH, LEAST_HEAD * this.#thinnestPx / THINNEST);
    const place = (/** @type {number} */ back, /** @type {number} */ aside) =>
      /** @type {const} */ ([tipX - unitX * back - unitY * aside, tipY - unitY * back + unitX * aside]);
    const inHead = size * (1 - SHAFT_INTO_HEAD);
    return {
      tip: place(0, 0),
      left: place(size, size * HEAD_HALF_WIDTH),
      right: place(size, -size * HEAD_HALF_WIDTH),
      shaftEnd: whole > inHead ? place(inHead, 0) : undefined,
    };
  }
}
