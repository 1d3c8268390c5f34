// A line keeps what says something, an arrow has its tip under the pen, and the picture is found in its box.

import assert from "node:assert/strict";
import { test } from "node:test";

import { pictureArea, toPicture } from "../../hub/page/annotations/picture-area.js";
import { Stroke, arrowOf } from "../../hub/page/annotations/stroke.js";

const aspect = 9 / 16;
/**
 * @param {number} x
 * @param {number} [y]
 * @param {number} [timeMs]
 */
const point = (x, y = 0.5, timeMs = 0) => ({ x, y, timeMs });

test("points closer than a thousandth of the picture's width are left out, but for the last", () => {
  const stroke = new Stroke(aspect);
  for (let step = 0; step <= 100; step++) stroke.add(point(0.1 + step * 0.0001));
  assert.equal(stroke.points.length, 10);
  stroke.finish();
  assert.equal(stroke.points.at(-1)?.x, 0.11);
  // A thousandth of the height is less than one of the width.
  const upright = new Stroke(aspect);
  upright.add(point(0.5, 0.5));
  upright.add(point(0.5, 0.501));
  assert.equal(upright.points.length, 1);
});

test("a line is taken in parts, each point once", () => {
  const stroke = new Stroke(aspect);
  for (let step = 0; step < 10; step++) stroke.add(point(step / 10));
  assert.equal(stroke.waiting, 10);
  assert.equal(stroke.take(6).length, 6);
  assert.deepEqual(stroke.take(6).map(({ x }) => x), [0.6, 0.7, 0.8, 0.9]);
  assert.equal(stroke.waiting, 0);
});

test("a dot is one point", () => {
  const stroke = new Stroke(aspect);
  stroke.add(point(0.5));
  stroke.finish();
  assert.equal(stroke.points.length, 1);
});

test("an arrow goes from where the pen was pressed to where it is, on the frame that is seen now", () => {
  const [tail, tip] = arrowOf(point(0.2, 0.2, 100), point(0.6, 0.4, 900), aspect);
  assert.deepEqual([tail, tip], [point(0.2, 0.2, 900), point(0.6, 0.4, 900)]);
});

test("a tap is an arrow to that place, and it stays in the picture", () => {
  for (const place of [point(0.5), point(0.01, 0.99), point(0, 1), point(1, 0), point(1, 1)]) {
    const [tail, tip] = arrowOf(place, { ...place, x: Math.max(place.x - 0.001, 0) }, aspect);
    assert.equal(tip.y, place.y);
    for (const share of [tail.x, tail.y]) assert.ok(share >= 0 && share <= 1, JSON.stringify(tail));
    assert.ok(Math.abs(Math.hypot(tail.x - tip.x, (tail.y - tip.y) * aspect) - 0.12) < 1e-9);
  }
});

test("a picture is shown whole in its box", () => {
  const wide = pictureArea({ left: 10, top: 20, width: 1_000, height: 1_000 }, 1_280, 720);
  assert.deepEqual(wide, { left: 10, top: 20 + 218.75, width: 1_000, height: 562.5 });
  const tall = pictureArea({ left: 0, top: 0, width: 1_000, height: 500 }, 720, 1_280);
  assert.deepEqual(tall, { left: 359.375, top: 0, width: 281.25, height: 500 });
  assert.equal(pictureArea({ left: 0, top: 0, width: 1_000, height: 500 }, 0, 0), undefined);
  assert.equal(pictureArea({ left: 0, top: 0, width: 0, height: 500 }, 16, 9), undefined);
});

test("a place on the page is a place in the picture, or the nearest on its edge", () => {
  const area = { left: 100, top: 50, width: 400, height: 200 };
  assert.deepEqual(toPicture(area, 200, 200), { x: 0.25, y: 0.75, inside: true });
  assert.deepEqual(toPicture(area, 500, 250), { x: 1, y: 1, inside: true });
  assert.deepEqual(toPicture(area, 90, 150), { x: 0, y: 0.5, inside: false });
  assert.deepEqual(toPicture(area, 300, 9_999), { x: 0.5, y: 1, inside: false });
});
