// The pen over the picture: which pointers draw, where, and the keyboard in their place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyPen } from "../../hub/page/annotations/key-pen.js";
import { Pen } from "../../hub/page/annotations/pen.js";

/** A canvas at (100, 50) on the page with a picture of 400 by 200 in it, 20 from its top. */
function canvas() {
  /** @type {unknown[]} */
  const done = [];
  const element = Object.assign(new EventTarget(), {
    getBoundingClientRect: () => ({ left: 100, top: 50 }),
    setPointerCapture: (/** @type {number} */ pointer) => done.push(["capture", pointer]),
    focus() {},
  });
  const answers = { press: true, hover: false };
  const events = {
    area: () => ({ left: 0, top: 20, width: 400, height: 200 }),
    hover: () => answers.hover,
    press: (/** @type {{ x: number, y: number, timeMs: number }} */ { x, y, timeMs }) => {
      done.push(["press", x, y, timeMs]);
      return answers.press;
    },
    move: (/** @type {{ x: number, y: number, timeMs: number }} */ { x, y, timeMs }) => done.push(["move", x, y, timeMs]),
    lift: () => done.push(["lift"]),
  };
  /**
   * @param {string} type
   * @param {object} more
   */
  const send = (type, more) => {
    const event = new Event(type, { cancelable: true });
    const defaults = { pointerId: 1, isPrimary: true, button: 0, clientX: 300, clientY: 170, timeStamp: 5 };
    for (const [name, value] of Object.entries({ ...defaults, ...more })) Object.defineProperty(event, name, { value });
    element.dispatchEvent(event);
    return event;
  };
  return { element: /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (element)), events, done, answers, send };
}

test("a press, its coalesced moves with their own times, and the lifting", () => {
  const { element, events, done, send } = canvas();
  new Pen(element, events);
  send("pointerdown", {});
  send("pointermove", { getCoalescedEvents: () => [
    { clientX: 301, clientY: 170, timeStamp: 7.5 }, { clientX: 304, clientY: 170, timeStamp: 9 },
  ] });
  send("pointermove", { clientX: 308, timeStamp: 12 });
  send("pointerup", { clientX: 340, timeStamp: 14 });
  send("pointermove", { clientX: 360 });
  assert.deepEqual(done, [["press", 0.5, 0.5, 5], ["capture", 1], ["move", 0.5025, 0.5, 7.5], ["move", 0.51, 0.5, 9],
    ["move", 0.52, 0.5, 12], ["move", 0.6, 0.5, 14], ["lift"]]);
});

test("a line begins inside the picture only, and keeps to its edge", () => {
  const { element, events, done, send } = canvas();
  new Pen(element, events);
  send("pointerdown", { clientY: 65 });
  assert.deepEqual(done, [], "in the box, above the picture");
  send("pointerdown", {});
  send("pointermove", { clientX: 900, clientY: 0 });
  assert.deepEqual(done.at(-1), ["move", 1, 0, 5]);
});

test("one pointer draws at a time, with its first button", () => {
  const { element, events, done, send } = canvas();
  const pen = new Pen(element, events);
  send("pointerdown", { button: 2 });
  send("pointerdown", { isPrimary: false });
  assert.deepEqual(done, []);
  send("pointerdown", {});
  send("pointerdown", { pointerId: 2, isPrimary: false });
  send("pointermove", { pointerId: 2 });
  send("pointerup", { pointerId: 2 });
  assert.equal(done.length, 2);
  // The browser takes the pointer: what was drawn until then stays.
  send("pointercancel", {});
  send("lostpointercapture", {});
  assert.deepEqual(done.slice(2), [["lift"]]);
  send("pointerdown", {});
  pen.drop();
  send("pointerup", {});
  assert.deepEqual(done.at(-1), ["capture", 1]);
});

test("nothing begins where something made way for the pen, or was refused", () => {
  const { element, events, done, answers, send } = canvas();
  new Pen(element, events);
  answers.hover = true;
  send("pointerdown", {});
  assert.deepEqual(done, []);
  answers.hover = false;
  answers.press = false;
  send("pointerdown", {});
  send("pointerup", {});
  assert.deepEqual(done, [["press", 0.5, 0.5, 5]]);
});

test("arrow keys move the pen, Enter puts it down and lifts it", () => {
  const { element, events, done, send } = canvas();
  const cross = /** @type {HTMLElement} */ (/** @type {unknown} */ ({ hidden: true, style: {} }));
  new KeyPen(element, cross, events);
  send("focus", {});
  assert.deepEqual([cross.hidden, cross.style.left, cross.style.top], [false, "200px", "120px"]);
  send("keydown", { key: "ArrowRight", shiftKey: true });
  assert.deepEqual(done, []);
  assert.ok(send("keydown", { key: "Enter" }).defaultPrevented);
  send("keydown", { key: "ArrowDown", timeStamp: 8 });
  send("keydown", { key: "Enter", timeStamp: 9 });
  assert.deepEqual(done, [["press", 0.55, 0.5, 5], ["move", 0.55, 0.52, 8], ["move", 0.55, 0.52, 9], ["lift"]]);
  assert.equal(send("keydown", { key: "m" }).defaultPrevented, false, "other keys are others'");
  send("keydown", { key: "Enter" });
  send("blur", {});
  assert.deepEqual([done.at(-1), cross.hidden], [["lift"], true]);
  send("pointerdown", {});
  send("focus", {});
  assert.equal(cross.hidden, true, "who presses needs no cross");
});
