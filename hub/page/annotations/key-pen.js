// The pen for those who use no pointer: arrow keys move a cross over the picture, Enter puts the pen down and lifts it.

/** @typedef {import("./pen.js").PenEvents} PenEvents */

/** In picture widths, and with Shift. */
const STEP = 0.01;
const LONG_STEP = 0.05;
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class KeyPen {
  #cross;
  #events;
  #x = 0.5;
  #y = 0.5;
  #isDown = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HTMLElement} cross
   * @param {Pick<PenEvents, "area" | "press" | "move" | "lift">} events
   */
  constructor(canvas, cross, events) {
    this.#cross = cross;
    this.#events = events;
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    let isPressed = false;
    canvas.addEventListener("pointerdown", () => {
      isPressed = true;
      this.#show(false);
    });
    canvas.addEventListener("pointerup", () => (isPressed = false));
    // A press gives the focus, too; who presses sees where the pen is.
    canvas.addEventListener("focus", () => this.#show(!isPressed));
    canvas.addEventListener("blur", () => {
      this.#show(false);
      this.#lift();
    });
  }

  /** The line is over although the pen is still down. */
  drop() {
    this.#isDown = false;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const direction = DIRECTIONS[event.key];
    if (direction) this.#move(direction, event);
    else if (event.key === "Enter" && !event.repeat) this.#toggle(event.timeStamp);
    else return;
    event.preventDefault();
    this.#show(true);
  }

  /**
   * @param {[number, number]} direction
   * @param {KeyboardEvent} event
   */
  #move([right, down], { shiftKey, timeStamp: timeMs }) {
    const area = this.#events.area();
    if (!area) return;
    const step = shiftKey ? LONG_STEP : STEP;
    this.#x = Math.min(Math.max(this.#x + right * step, 0), 1);
    this.#y = Math.min(Math.max(this.#y + down * step * area.width / area.height, 0), 1);
    if (this.#isDown) this.#events.move({ x: this.#x, y: this.#y, timeMs });
  }

  /** @param {number} timeMs */
  #toggle(timeMs) {
    const point = { x: this.#x, y: this.#y, timeMs };
    if (!this.#isDown) {
      this.#isDown = this.#events.press(point);
    } else {
      this.#events.move(point);
      this.#lift();
    }
  }

  #lift() {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#events.lift();
  }

  /** @param {boolean} shown */
  #show(shown) {
    const area = this.#events.area();
    this.#cross.hidden = !shown || !area;
    if (!area) return;
    this.#cross.style.left = `${area.left + this.#x * area.width}px`;
    this.#cross.style.top = `${area.top + this.#y * area.height}px`;
  }
}
