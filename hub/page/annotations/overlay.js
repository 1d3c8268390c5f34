// The canvas over the picture: painted when a frame comes or something else changes, and not otherwise.

import { Painter } from "./painter.js";
import { pictureArea } from "./picture-area.js";

/** @typedef {import("./picture-area.js").Area} Area */
/** @typedef {import("./painter.js").Scene} Scene */

export class Overlay {
  #canvas;
  #context;
  #scene;
  #pictureSize;
  /** @type {number | undefined} */
  #requested;
  /** Where the picture is in the canvas, in CSS pixels.
   * @type {Area | undefined} */
  area;
  painter;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => { widthPx: number, heightPx: number }} pictureSize
   * @param {() => Scene | undefined} scene what to paint
   */
  constructor(canvas, pictureSize, scene) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser gives the page no canvas");
    this.#canvas = canvas;
    this.#context = context;
    this.#pictureSize = pictureSize;
    this.#scene = scene;
    this.painter = new Painter(context);
    new ResizeObserver(() => this.request()).observe(canvas);
  }

  /** Paints before the screen is drawn next. */
  request() {
    this.#requested ??= requestAnimationFrame(() => this.paint());
  }

  /** Paints now. */
  paint() {
    if (this.#requested !== undefined) cancelAnimationFrame(this.#requested);
    this.#requested = undefined;
    this.#measure();
    const scene = this.#scene();
    const { area } = this;
    if (!scene || !area) {
      if (!this.painter.isEmpty) this.#clear();
      return;
    }
    const scale = devicePixelRatio;
    this.#context.setTransform(1, 0, 0, 1, area.left * scale, area.top * scale);
    this.painter.paint(scene, area.width * scale, area.height * scale, scale);
    if (this.painter.isFading) this.request();
  }

  /** The canvas has as many pixels as the screen. */
  #measure() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const { widthPx, heightPx } = this.#pictureSize();
    this.area = pictureArea({ left: 0, top: 0, width, height }, widthPx, heightPx);
    const [across, down] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.#canvas.width === across && this.#canvas.height === down) return;
    // This clears it.
    this.#canvas.width = across;
    this.#canvas.height = down;
    this.painter.isEmpty = true;
  }

  #clear() {
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.painter.isEmpty = true;
  }
}
