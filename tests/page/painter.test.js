// What is drawn of marks: where, how strongly, and that a line keeps its form when points are left out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Painter } from "../../hub/page/annotations/painter.js";
import { viewOf } from "../../hub/page/annotations/projection.js";
import { Shapes } from "../../hub/page/annotations/shapes.js";
import { simplify } from "../../hub/page/annotations/simplify.js";

/** @typedef {import("../../hub/page/annotations/painter.js").Scene} Scene */

/** A canvas that writes down what is stroked on it. */
function canvas() {
  /** @type {{ style: string, alpha: number, widthPx: number, dashed: boolean, path: number[][] }[]} */
  const strokes = [];
  /** @type {{ style: string, path: number[][] }[]} */
  const fills = [];
  /** @type {number[][]} */
  let path = [];
  let dash = 0;
  const context = {
    globalAlpha: 1, strokeStyle: "", lineWidth: 1, lineCap: "", lineJoin: "",
    save() {}, restore() {}, rect() {}, clip() {}, clearRect() {},
    fillStyle: "",
    beginPath: () => (path = []), closePath() {},
    fill: () => fills.push({ style: context.fillStyle, path }),
    moveTo: (/** @type {number} */ x, /** @type {number} */ y) => path.push([x, y]),
    lineTo: (/** @type {number} */ x, /** @type {number} */ y) => path.push([x, y]),
    setLineDash: (/** @type {number[]} */ pattern) => (dash = pattern.length),
    stroke: () => strokes.push({
      style: context.strokeStyle, alpha: context.globalAlpha, widthPx: context.lineWidth, dashed: dash > 0, path,
    }),
  };
  return { painter: new Painter(/** @type {any} */ (context)), strokes, fills };
}

const view = viewOf({ positionM: [0, 0, 0], orientation: [0, 0, 0, 1] }, { focal: [1, 1], principal: [0.5, 0.5] });
const me = "erik";

/**
 * @param {object} placement
 * @param {object} [more]
 * @returns {any}
 */
const mark = (placement, more = {}) => ({
  author: me, number: 1, isDone: true, placement,
  stroke: { space: { owner: "tina", share: 0 }, tool: "ink", colour: "red", width: 10, interpretation: "automatic" },
  points: [{ x: 0, y: 0 }, { x: 32_768, y: 32_768 }], ...more,
});
/** @type {any} */
const anchor = { id: 1, position_um: [0, 0, -1_000_000], orientation_ppm: [0, 0, 0, 1_000_000], state: "tracked" };
const shape = {
  state: "shape", revision: 3, anchor: 1, kind: "ink", pointsUm: [[0, 0, 0], [250_000, 250_000, 0]], isComplete: true,
};

/** Where the owner brought the points to, wherever they were drawn. */
const inPicture = { state: "picture", revision: 7, points: [[0, -6_554], [32_768, 32_768]], isComplete: true };

/**
 * @param {any[]} marks
 * @param {Partial<Scene>} [more]
 * @param {any} [at]
 * @returns {Scene}
 */
function scene(marks, more = {}, at = anchor) {
  const shapes = new Shapes();
  shapes.make(marks, (id) => (id === 1 ? at : undefined), me);
  return { shapes, camera: { view, certain: true }, motion: () => undefined, pin: undefined, drawing: undefined, me,
    pen: undefined, timeMs: 0, ...more };
}

/** @param {Scene} seen */
function paint(seen) {
  const { painter, strokes } = canvas();
  painter.paint(seen, 1_000, 500, 1);
  return strokes;
}

test("a placed mark is drawn where the camera sees it, with a dark line below", () => {
  const [below, above] = paint(scene([mark(shape)]));
  assert.deepEqual(above.path, [[500, 250], [750, 125]]);
  assert.deepEqual(below.path, above.path);
  assert.ok(below.widthPx > above.widthPx && above.widthPx === 10);
  assert.notEqual(below.style, above.style);
  assert.equal(above.alpha, 1);
});

test("black has a bright line below", () => {
  const black = mark(shape);
  const strokes = paint(scene([{ ...black, stroke: { ...black.stroke, colour: "black" } }]));
  assert.equal(strokes[0].style, "#ffffff");
});

test("marks turn and move with their anchor", () => {
  const half = 707_107;
  // A quarter turn to the left about +Z: what was right is up.
  const turned = { ...anchor, position_um: [100_000, 0, -1_000_000], orientation_ppm: [0, 0, half, half] };
  const [, above] = paint(scene([mark({ ...shape, pointsUm: [[0, 0, 0], [200_000, 0, 0]] })], {}, turned));
  above.path.flat().forEach((value, index) =>
    assert.ok(Math.abs(value - [600, 250, 600, 150][index]) < 0.01, `${above.path}`));
});

test("what is not certain is dimmed, and what is not known is not shown", () => {
  assert.ok(paint(scene([mark(shape)], { camera: { view, certain: false } }))[1].alpha < 0.6);
  assert.ok(paint(scene([mark(shape)], {}, { ...anchor, state: "limited" }))[1].alpha < 0.6);
  assert.equal(paint(scene([mark(shape)], { camera: undefined })).length, 0);
  const lost = scene([mark(shape)], {}, { ...anchor, state: "lost" });
  assert.equal(paint(lost).length, 0);
  assert.equal(lost.shapes.lost, 1);
  assert.equal(paint(scene([mark({ ...shape, anchor: 9 })])).length, 0);
});

test("a mark without a place is seen by its author where the pen was, weaker, on its own frame only", () => {
  const waiting = { state: "waiting" };
  const [, above] = paint(scene([mark(waiting)]));
  assert.ok(above.alpha < 1 && above.dashed);
  assert.deepEqual(above.path, [[0, 0], [500, 250]]);
  assert.equal(paint(scene([mark(waiting, { author: "tina" })])).length, 0, "another person's");
  assert.equal(paint(scene([mark(waiting)], { pin: 4 })).length, 0, "drawn live, seen frozen");
  const pinned = mark(waiting);
  pinned.stroke.pin = 4;
  assert.equal(paint(scene([pinned])).length, 0, "drawn frozen, seen live");
  assert.equal(paint(scene([pinned], { pin: 4 })).length, 2);
  assert.equal(paint(scene([mark({ state: "refused", because: "nothing_there" })])).length, 0);
  assert.equal(paint(scene([mark(waiting)], { drawing: 1 })).length, 0, "the pen draws it");
});

test("a mark in the picture moves with it, and fades when it is not followed any more", () => {
  const { painter, strokes } = canvas();
  const marks = [mark(inPicture)];
  const shifted = [1, 0, 0.1, 0, 1, 0.2, 0, 0];
  const motion = (/** @type {{ revision: number }} */ { revision }) => (revision === 7 ? shifted : undefined);
  painter.paint(scene(marks, { motion, timeMs: 1_000 }), 1_000, 500, 1);
  assert.equal(strokes.at(-1)?.alpha, 1);
  assert.deepEqual(strokes.at(-1)?.path.map((point) => point.map(Math.round)), [[100, 50], [600, 350]]);
  painter.paint(scene(marks, { timeMs: 1_100 }), 1_000, 500, 1);
  assert.ok(Math.abs((strokes.at(-1)?.alpha ?? 0) - 0.5) < 1e-9 && painter.isFading);
  strokes.length = 0;
  painter.paint(scene(marks, { timeMs: 1_250 }), 1_000, 500, 1);
  assert.equal(strokes.length, 0);
  assert.equal(painter.isFading, false);
});

test("an arrow has its head at the tip, unless the tip is not seen", () => {
  const arrow = (/** @type {number[][]} */ points) => mark({ ...shape, kind: "arrow", pointsUm: points });
  const { painter, strokes, fills } = canvas();
  painter.paint(scene([arrow([[-250_000, 0, 0], [250_000, 0, 0]])]), 1_000, 500, 1);
  // The line is 10 px wide: the head is 45 px long and 40.5 px wide, and the shaft ends three quarters of it before the tip.
  const rounded = (/** @type {number[][]} */ path) => path.map((point) => point.map((value) => Math.round(value * 100) / 100));
  assert.deepEqual(rounded(fills[1].path), [[750, 250], [705, 270.25], [705, 229.75]]);
  assert.deepEqual(fills.map(({ style }) => style), [strokes[0].style, "#d55e00"]);
  // Below: the shaft and the rim of the head; above: the shaft.
  assert.deepEqual(strokes.map(({ widthPx }) => widthPx), [16, 6, 10]);
  assert.deepEqual(rounded(strokes[2].path), [[250, 250], [716.25, 250]]);
  const cut = canvas();
  cut.painter.paint(scene([arrow([[0, 0, 0], [0, 0, 2_000_000]])]), 1_000, 500, 1);
  assert.deepEqual([cut.strokes.length, cut.fills.length], [2, 0], "the tip is behind the camera");
});

test("numbers that are none break nothing", () => {
  const transform = [NaN, 0, 0, 0, Infinity, 0, 0, 0];
  paint(scene([mark(inPicture)], { motion: () => transform }));
  paint(scene([mark(shape)], { camera: { view: new Float64Array(12).fill(NaN), certain: true } }));
});

/**
 * The distance of a point from a line of several points.
 * @param {number} x
 * @param {number} y
 * @param {number[][]} line
 */
function distance(x, y, line) {
  return Math.min(...line.slice(1).map(([x2, y2], index) => {
    const [x1, y1] = line[index];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const share = Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
  }));
}

test("no point that is left out lies further from the line than the tolerance", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  for (let round = 0; round < 500; round++) {
    const count = 2 + Math.floor(random() * 80);
    const points = new Float32Array(count * 2);
    let [x, y, direction] = [100 * random(), 100 * random(), 7 * random()];
    const wildness = random() * 3;
    for (let point = 0; point < count; point++) {
      points.set([x, y], point * 2);
      direction += (random() - 0.5) * wildness;
      const step = random() * 6 - (round % 5 === 0 ? 3 : 0);
      x += Math.cos(direction) * step;
      y += Math.sin(direction) * step;
    }
    const out = new Float32Array(count * 2);
    const kept = simplify(points, 0, count, 0.5, out);
    const line = Array.from({ length: kept }, (_, point) => [out[point * 2], out[point * 2 + 1]]);
    assert.deepEqual(line[0], [points[0], points[1]]);
    assert.deepEqual(line.at(-1), [points[count * 2 - 2], points[count * 2 - 1]]);
    for (let point = 0; point < count; point++) {
      const off = distance(points[point * 2], points[point * 2 + 1], line);
      assert.ok(off <= 0.5 + 1e-3, `round ${round}: ${off}`);
    }
  }
});

test("a straight line is its two ends, a circle a few points", () => {
  const out = new Float32Array(512);
  const straight = Float32Array.from({ length: 128 }, (_, value) => (value >> 1) * (value % 2 ? 2 : 3));
  assert.equal(simplify(straight, 0, 64, 0.3, out), 2);
  const circle = Float32Array.from({ length: 512 }, (_, value) =>
    30 * (value % 2 ? Math.sin((value >> 1) / 40) : Math.cos((value >> 1) / 40)));
  const kept = simplify(circle, 0, 256, 0.3, out);
  assert.ok(kept > 10 && kept < 50, `${kept}`);
  assert.equal(simplify(circle, 5, 6, 0.3, out), 1);
  assert.equal(simplify(circle, 5, 5, 0.3, out), 0);
});
