// The pen over the picture: mouse, finger or stylus, in the picture's own coordinates.

import { toPicture } from "./picture-area.js";

/** @typedef {import("./stroke.js").PenPoint} PenPoint */
/**
 * @typedef {object} PenEvents
 * @property {() => import("./picture-area.js").Area | undefined} area where the picture is, from the canvas's top left
 * @property {(x: number, y: number) => boolean} hover where the pen is on the page, pressed or not; true if what it was over
 *   made way: then nothing begins there
 * @property {(point: PenPoint) => boolean} press whether a line begins
 * @property {(point: PenPoint) => void} move
 * @property {() => void} lift
 */

export class Pen {
  #canvas;
  #events;
  /** The pointer that draws; others are ignored meanwhile.
   * @type {number | undefined} */
  #pointer;
  /** @type {number | undefined} */
  pressedAtMs;
  /** @type {number | undefined} */
  liftedAtMs;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {PenEvents} events
   */
  constructor(canvas, events) {
    this.#canvas = canvas;
    this.#events = events;
    canvas.addEventListener("pointerdown", (event) => this.#onDown(event));
    canvas.addEventListener("pointermove", (event) => this.#onMove(event));
    canvas.addEventListener("pointerup", (event) => this.#onEnd(event));
    // The browser took the pointer away: what was drawn until then stays.
    canvas.addEventListener("pointercancel", (event) => this.#onEnd(event));
    canvas.addEventListener("lostpointercapture", (event) => this.#onEnd(event));
  }

  /** The line is over although the pointer is still down. */
  drop() {
    this.#pointer = undefined;
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (this.#pointer !== undefined || event.button !== 0 || !event.isPrimary) return;
    const atMs = performance.now();
    const place = this.#placeOf(event);
    if (!place?.inside || this.#events.hover(event.clientX, event.clientY)) return;
    // Text is not to be selected, nor a finger's press become a click elsewhere; keys are for drawing from now on.
    event.preventDefault();
    this.#canvas.focus({ preventScroll: true });
    this.pressedAtMs = atMs;
    if (!this.#events.press(place)) return;
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    this.#events.hover(event.clientX, event.clientY);
    if (event.pointerId !== this.#pointer) return;
    const coalesced = event.getCoalescedEvents?.() ?? [];
    for (const each of coalesced.length > 0 ? coalesced : [event]) {
      // A line that leaves the picture goes along its edge: so a circle stays one.
      const place = this.#placeOf(each);
      if (place) this.#events.move(place);
    }
  }

  /** @param {PointerEvent} event */
  #onEnd(event) {
    if (event.pointerId !== this.#pointer) return;
    this.liftedAtMs = performance.now();
    this.#pointer = undefined;
    const place = event.type === "pointerup" ? this.#placeOf(event) : undefined;
    if (place) this.#events.move(place);
    this.#events.lift();
  }

  /** @param {PointerEvent} event */
  #placeOf({ clientX, clientY, timeStamp: timeMs }) {
    const area = this.#events.area();
    if (!area) return undefined;
    const { left, top } = this.#canvas.getBoundingClientRect();
    return { ...toPicture(area, clientX - left, clientY - top), timeMs };
  }
}
