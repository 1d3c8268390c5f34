// Drawing on the picture, for the person at the page: the tools in hand, the frame that stands still, what is seen.

import { Drawing } from "./drawing.js";
import { Overlay } from "./overlay.js";
import { KeyPen } from "./key-pen.js";
import { FIRST_LOOK } from "./palette.js";
import { Pen } from "./pen.js";

/** @typedef {import("./annotations.js").Annotations} Annotations */
/** @typedef {import("./annotations.js").Refused} Refused */
/** @typedef {import("./frames.js").Capture} Capture */
/** @typedef {import("./frames.js").Frame} Frame */
/** @typedef {import("./messages.js").Tool} Tool */
/** @typedef {import("./stroke.js").PenPoint} PenPoint */
/**
 * What the views show of it.
 * @typedef {object} BoardState
 * @property {boolean} canDraw whether the peer takes drawings at all
 * @property {boolean} live whether this browser can draw on the moving picture; else it freezes first
 * @property {Tool | undefined} tool
 * @property {import("./palette.js").Look} look
 * @property {boolean} frozen
 * @property {boolean} insetLeft whether the live picture beside a frozen one is at the left
 * @property {number} mine how many marks could be taken back
 * @property {boolean} unsure marks are not shown, or only where they were last: it is not known where the camera looks
 */
/**
 * @typedef {object} BoardParts
 * @property {HTMLVideoElement} video
 * @property {HTMLCanvasElement} still where a frozen frame is kept
 * @property {HTMLCanvasElement} canvas over both
 * @property {HTMLElement} cross where the pen of the keyboard is
 * @property {() => number | undefined} playoutRtp RTP time of what is being played, as far as the browser tells
 * @property {() => void} changed
 * @property {(refused: Refused) => void} refused
 */

/** Without a new frame for so long, the one that is seen is frozen. */
const FRAME_DUE_MS = 250;
/** Marks are dimmed at once; why is said when it lasts. */
const SAID_AFTER_MS = 400;

export class Board {
  /** @type {BoardParts} */
  #parts;
  #overlay;
  #pen;
  #keyPen;
  /** @type {Annotations | undefined} */
  #annotations;
  /** @type {Drawing | undefined} */
  #drawing;
  /** Freezing waits for the next frame: of that one the browser says which it is.
   * @type {ReturnType<typeof setTimeout> | undefined} */
  #freezing;
  #playing = false;
  /** @type {Tool | undefined} */
  tool;
  /** @type {Tool} */
  #lastTool = "ink";
  look = { ...FIRST_LOOK };
  /** Since when marks are not where they are known to be, by `performance.now()`.
   * @type {number | undefined} */
  #unsureSinceMs;
  #isUnsure = false;
  #isInsetLeft = false;
  /** Of the document, when it was last looked at.
   * @type {number | undefined} */
  #revision;

  /** @param {BoardParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { video, canvas, cross } = parts;
    this.#overlay = new Overlay(canvas, () => this.#pictureSize, () => this.#scene());
    const events = {
      area: () => this.#overlay.area,
      hover: (/** @type {number} */ x, /** @type {number} */ y) => this.#hover(x, y),
      press: (/** @type {PenPoint} */ point) => this.#press(point),
      move: (/** @type {PenPoint} */ point) => {
        this.#drawing?.move(point);
        this.#overlay.request();
      },
      lift: () => this.#lift(),
    };
    this.#keyPen = new KeyPen(canvas, cross, events);
    this.#pen = new Pen(canvas, events);
    video.addEventListener("emptied", () => this.#annotations?.frames.reset());
    this.#awaitFrame();
  }

  /**
   * Shows, and draws into, the annotations of this call; nothing without a call.
   * @param {Annotations | undefined} annotations
   * @param {boolean} playing whether a moving picture of the other side is seen
   */
  attach(annotations, playing) {
    const isOther = annotations !== this.#annotations;
    if (isOther || (!playing && !this.frozen)) {
      this.#lift();
      this.#stopFreezing();
      this.tool = undefined;
    }
    this.#playing = playing;
    this.#annotations = annotations;
    const revision = annotations?.document.revision;
    if (isOther || revision !== this.#revision) this.#overlay.request();
    this.#revision = revision;
  }

  /** When the pen last touched and was last lifted, by `performance.now()` at the handler's entry. */
  get penTimes() {
    return { pressedAtMs: this.#pen.pressedAtMs, liftedAtMs: this.#pen.liftedAtMs };
  }

  get frozen() {
    return this.#annotations?.frozen !== undefined;
  }

  /** @returns {BoardState} */
  get state() {
    const frames = this.#annotations?.frames;
    return {
      canDraw: frames !== undefined && frames.hasEpoch && (this.#playing || this.frozen),
      live: frames?.namesFrames !== false,
      tool: this.tool,
      look: this.look,
      frozen: this.frozen,
      insetLeft: this.#isInsetLeft,
      mine: this.#annotations?.mine ?? 0,
      unsure: this.#isUnsure,
    };
  }

  /** @param {Tool | undefined} tool in hand from now on */
  choose(tool) {
    this.#cancel();
    this.tool = tool;
    if (tool) this.#lastTool = tool;
    this.#overlay.request();
    this.#parts.changed();
  }

  /** @param {Partial<import("./palette.js").Look>} look */
  setLook(look) {
    this.look = { ...this.look, ...look };
    this.#parts.changed();
  }

  /** Takes back the line that is being drawn, else the last mark. */
  undo() {
    if (this.#drawing) this.#cancel();
    else this.#annotations?.undo();
  }

  clear() {
    this.#cancel();
    this.#annotations?.clear();
  }

  /** Lets the next frame stand still; who freezes wants to draw. */
  freeze() {
    if (!this.#annotations || this.frozen) return;
    this.#freezing ??= setTimeout(() => this.#freeze(this.#annotations?.frames.newest), FRAME_DUE_MS);
  }

  thaw() {
    this.#stopFreezing();
    // The line that is being drawn is finished on the frame that it was drawn on.
    this.#lift();
    this.#annotations?.thaw();
    this.choose(undefined);
  }

  /** @param {Frame | undefined} frame */
  #freeze(frame) {
    this.#stopFreezing();
    const { video, still, refused } = this.#parts;
    this.#cancel();
    still.width = video.videoWidth;
    still.height = video.videoHeight;
    still.getContext("2d")?.drawImage(video, 0, 0);
    const failed = this.#annotations?.freeze(this.#captureOf(frame)?.capture);
    if (failed) return refused(failed.refused);
    this.choose(this.tool ?? this.#lastTool);
  }

  #stopFreezing() {
    clearTimeout(this.#freezing);
    this.#freezing = undefined;
  }

  /**
   * The live picture beside a frozen one makes way for the pen.
   * @param {number} x
   * @param {number} y
   * @returns {boolean} whether the pen was over it
   */
  #hover(x, y) {
    if (!this.frozen) return false;
    const { left, right, top, bottom } = this.#parts.video.getBoundingClientRect();
    if (x < left || x > right || y < top || y > bottom) return false;
    this.#isInsetLeft = !this.#isInsetLeft;
    this.#parts.changed();
    return true;
  }

  /** @param {PenPoint} point */
  #press(point) {
    const { tool, look } = this;
    const { refused } = this.#parts;
    if (!this.#annotations || !tool) return false;
    if (!this.frozen && this.#annotations.frames.namesFrames === false) {
      refused("frame_not_named");
      return false;
    }
    const { widthPx, heightPx } = this.#pictureSize;
    this.#drawing = new Drawing(this.#annotations, tool, look, heightPx / widthPx, point, refused);
    this.#overlay.request();
    return !this.#drawing.isOver;
  }

  #dropPens() {
    this.#pen.drop();
    this.#keyPen.drop();
  }

  #cancel() {
    const drawing = this.#drawing;
    this.#drawing = undefined;
    this.#dropPens();
    drawing?.cancel();
  }

  #lift() {
    const drawing = this.#drawing;
    // First: what it does is told, and may come back here.
    this.#drawing = undefined;
    this.#dropPens();
    drawing?.finish();
    this.#overlay.request();
  }

  #awaitFrame() {
    this.#parts.video.requestVideoFrameCallback((_now, metadata) => {
      this.#awaitFrame();
      const frame = this.#annotations?.frames.presented(metadata);
      if (!frame) return;
      if (this.#freezing !== undefined) this.#freeze(frame);
      if (!this.frozen) this.#overlay.paint();
      // Its pose may have come only now.
      else if (this.#unsureSinceMs !== undefined) this.#overlay.request();
    });
  }

  get #pictureSize() {
    const { video, still } = this.#parts;
    return this.frozen
      ? { widthPx: still.width, heightPx: still.height }
      : { widthPx: video.videoWidth, heightPx: video.videoHeight };
  }

  /**
   * When a frame was captured. A browser that does not name frames says roughly what it plays: that is an estimate.
   * @param {Frame | undefined} frame
   * @returns {{ capture: Capture, exact: boolean } | undefined}
   */
  #captureOf(frame) {
    const frames = this.#annotations?.frames;
    if (!frame || !frames) return undefined;
    const exact = frame.rtp !== undefined;
    const capture = frames.captureOf(exact ? frame : { displayMs: performance.now(), rtp: this.#parts.playoutRtp() });
    return capture && { capture, exact };
  }

  /** @returns {import("./painter.js").Scene | undefined} */
  #scene() {
    const annotations = this.#annotations;
    if (!annotations) return undefined;
    const { frozen, shapes } = annotations;
    const known = frozen ? { capture: frozen, exact: true } : this.#captureOf(annotations.frames.newest);
    const captureUs = known?.capture.captureUs;
    const camera = captureUs === undefined ? undefined : annotations.cameraAt(captureUs);
    this.#become(shapes.lost > 0 || (!camera?.certain && shapes.marks.some(({ state }) => state === "shape")));
    return {
      shapes,
      // Of a frame that is only guessed at, nothing is certain.
      camera: camera && { view: camera.view, certain: camera.certain && known?.exact === true },
      motion: ({ revision }) => captureUs === undefined ? undefined : annotations.motionAt(revision, captureUs),
      pin: frozen?.pin,
      drawing: this.#drawing?.number,
      me: annotations.me,
      pen: this.#drawing && !this.#drawing.isOver ? this.#drawing.pen : undefined,
      timeMs: performance.now(),
    };
  }

  /**
   * What lasts is said; a late sample is not worth a word.
   * @param {boolean} unsure
   */
  #become(unsure) {
    const now = performance.now();
    this.#unsureSinceMs = unsure ? this.#unsureSinceMs ?? now : undefined;
    const isUnsure = this.#unsureSinceMs !== undefined && now - this.#unsureSinceMs >= SAID_AFTER_MS;
    if (isUnsure === this.#isUnsure) return;
    this.#isUnsure = isUnsure;
    this.#parts.changed();
  }

  /** Where each mark is seen now, for those who look. */
  get marks() {
    const scene = this.#scene();
    const { painter } = this.#overlay;
    return (scene?.shapes.marks ?? []).map((mark) => {
      const alpha = scene ? painter.trace(scene, mark) : 0;
      const { author, number, tool, state, isDone } = mark;
      return { author, number, tool, state, isDone, alpha, lines: alpha > 0 ? painter.lines.toLists() : [] };
    });
  }
}
