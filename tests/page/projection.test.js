// Points of the world appear where a camera sees them. The expected places are worked out by hand, from where the
// camera's axes lie in the world.

import assert from "node:assert/strict";
import { test } from "node:test";

import { NEAR_M, Polylines, project, viewOf } from "../../hub/page/annotations/projection.js";
import { rotationOf, slerp, unit } from "../../hub/page/annotations/quaternion.js";

/** @typedef {import("../../hub/page/annotations/pose-track.js").Pose} Pose */

const lens = /** @type {const} */ ({ focal: [0.75, 4 / 3], principal: [0.5, 0.5] });
/** @type {Pose} */
const atOrigin = { positionM: [0, 0, 0], orientation: [0, 0, 0, 1] };

/**
 * @param {Pose} pose
 * @param {number[][]} points
 * @param {typeof lens | import("../../hub/page/annotations/projection.js").Lens} [through]
 */
function seen(pose, points, through = lens) {
  const out = new Polylines();
  project(viewOf(pose, through), Float64Array.from(points.flat()), 0, points.length, out);
  return out;
}

/**
 * @param {number[][][]} actual
 * @param {number[][][]} expected
 */
function near(actual, expected) {
  assert.deepEqual(actual.map((line) => line.length), expected.map((line) => line.length));
  actual.flat(2).forEach((value, index) => {
    const isNear = Math.abs(value - expected.flat(2)[index]) < 1e-5;
    assert.ok(isNear, `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
  });
}

const half = Math.SQRT1_2;
const root = Math.sqrt(30);
/** @type {[string, Pose, number[], [number, number]][]} */
const places = [
  ["straight ahead is the principal point", atOrigin, [0, 0, -2], [0.5, 0.5]],
  ["right is right", atOrigin, [0.5, 0, -2], [0.6875, 0.5]],
  ["up is up, which is a smaller y", atOrigin, [0, 0.3, -2], [0.5, 0.3]],
  // A quarter turn to the left about +Y: the camera looks along -X, its right is -Z.
  ["a camera turned left", { positionM: [1, 0, 0], orientation: [0, half, 0, half] }, [-3, 0, -1], [0.6875, 0.5]],
  // A quarter turn up about +X: it looks along +Y, its up is +Z.
  ["a camera looking up", { positionM: [0, 1, 0], orientation: [half, 0, 0, half] }, [0.4, 3, 0.3], [0.65, 0.3]],
  // Tilted a quarter turn about its own axis: its right is +Y, its up -X.
  ["a camera on its side", { positionM: [0, 0, 0], orientation: [0, 0, half, half] }, [0, 0.4, -2], [0.65, 0.5]],
  // (1, 2, 3, 4) / √30 in x, y, z, w has the rows (2, -10, 11; 14, 5, 2; -5, 10, 10) / 15.
  ["a camera turned anyhow", { positionM: [0.1, -0.2, 0.3], orientation: [1 / root, 2 / root, 3 / root, 4 / root] },
    // From the camera: 0.3 right, 0.15 up, 1.5 ahead; worked out with the matrix above.
    [0.1 + (2 * 0.3 - 10 * 0.15 - 11 * 1.5) / 15, -0.2 + (14 * 0.3 + 5 * 0.15 - 2 * 1.5) / 15,
      0.3 + (-5 * 0.3 + 10 * 0.15 - 10 * 1.5) / 15], [0.65, 0.366667]],
];

for (const [what, pose, point, expected] of places) {
  test(what, () => near(seen(pose, [point]).toLists(), [[expected]]));
}

test("the principal point may lie beside the middle", () => {
  near(seen(atOrigin, [[0.5, 0.25, -1]], { focal: [0.8, 1.2], principal: [0.48, 0.53] }).toLists(), [[[0.88, 0.23]]]);
});

test("what is behind the camera is cut off at the near plane and never mirrored", () => {
  const out = seen(atOrigin, [[0, 0, -1], [0, 0.02, 1], [0.01, 0, -1]]);
  const [first, second] = out.toLists();
  assert.equal(out.starts.length, 2);
  // The way from 1 m ahead to 1 m behind meets the near plane after 0.475 of it: 0.0095 m up, at 0.05 m.
  near([first, second], [[[0.5, 0.5], [0.5, 0.5 - 4 / 3 * 0.0095 / NEAR_M]],
    [[0.5 + 0.75 * 0.00525 / NEAR_M, 0.5 - 4 / 3 * 0.0095 / NEAR_M], [0.5075, 0.5]]]);
  assert.equal(out.endsCut, false);
  assert.equal(seen(atOrigin, [[0, 0, -1], [0, 0, 1]]).endsCut, true);
});

test("what is nowhere in the picture is left out", () => {
  assert.equal(seen(atOrigin, [[0, 0, 1], [0.1, 0, 2]]).length, 0, "behind");
  assert.equal(seen(atOrigin, [[5, 0, -1], [5, 1, -1]]).length, 0, "to the right");
  assert.equal(seen(atOrigin, [[-5, 0, -1], [5, 0, -1]]).length, 2, "from one side to the other");
});

test("many lines share one buffer, which grows", () => {
  const out = new Polylines();
  const view = viewOf(atOrigin, lens);
  const points = new Float64Array(3 * 10_000).fill(0).map((_, index) => (index % 3 === 2 ? -1 : 0));
  for (let line = 0; line < 100; line++) project(view, points, line * 100, (line + 1) * 100, out);
  assert.equal(out.length, 10_000);
  assert.deepEqual(out.starts.slice(0, 3), [0, 100, 200]);
});

test("numbers that are none break nothing", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    seen(atOrigin, [[0, 0, -1], [bad, bad, bad], [0, 0, -1]]);
    seen({ positionM: [bad, 0, 0], orientation: [0, bad, 0, 1] }, [[0, 0, -1]]);
  }
});

test("half the way between two turns is half the turn, the shorter way", () => {
  const quarter = /** @type {const} */ ([0, half, 0, half]);
  const expected = [0, Math.sin(Math.PI / 8), 0, Math.cos(Math.PI / 8)];
  const negative = /** @type {const} */ ([0, -half, 0, -half]);
  for (const other of [quarter, negative]) {
    slerp([0, 0, 0, 1], other, 0.5).forEach((part, index) => assert.ok(Math.abs(part - expected[index]) < 1e-12));
  }
  // As fast between as at the ends: a third of a quarter turn is 30°.
  assert.ok(Math.abs(slerp([0, 0, 0, 1], quarter, 1 / 3)[3] - Math.cos(Math.PI / 12)) < 1e-12);
  assert.deepEqual(unit([0, 0, 0, 0]), [0, 0, 0, 1]);
  assert.deepEqual(rotationOf([0, 0, 1, 0]), [-1, 0, 0, 0, -1, 0, 0, 0, 1]);
});
