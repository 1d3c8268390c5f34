// Somebody draws at the page: what is said to the others, what the page shows, and what becomes of what is refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Annotations } from "../../hub/page/annotations/annotations.js";
import { Document } from "../../hub/page/annotations/document.js";
import { Drawing } from "../../hub/page/annotations/drawing.js";
import { virtualTime } from "./clock.js";

/** @typedef {import("../../hub/page/annotations/messages.js").AnnotationOperation} Operation */
/** @typedef {import("../../hub/page/annotations/messages.js").PlaceOutcome} PlaceOutcome */

const look = /** @type {const} */ ({ colour: "red", width: 6 });
const aspect = 9 / 16;
const unturned = /** @type {[number, number, number, number]} */ ([0, 0, 0, 1_000_000]);

/** The expert's page, in a call with Tina. Frames come every 100 ms, captured 10 s later by her clock. */
function page() {
  /** @type {Operation[]} */
  const said = [];
  /** @type {object[]} */
  const told = [];
  const way = { takes: true };
  const annotations = new Annotations({
    me: "erik",
    owner: "tina",
    say: (operation) => way.takes && said.push(operation) > 0,
    changed: () => {},
    told: (what) => told.push(what),
  });
  annotations.epoch({ epoch: 2, rtp: 0, capture_us: 10_000_000 });
  for (let displayMs = 0; displayMs < 1_000; displayMs += 100) {
    annotations.frames.presented(
      { expectedDisplayTime: displayMs, width: 1_280, height: 720, rtpTimestamp: displayMs * 90 });
  }
  /** @type {string[]} */
  const refusals = [];
  return {
    annotations, said, told, way, refusals,
    /** @param {Omit<Extract<Operation, { do: "place" }>, "kind" | "do" | "author" | "share"> | object} place */
    place: (place) => annotations.received("tina",
      /** @type {Operation} */ ({ kind: "annotation", do: "place", author: "erik", share: 0, ...place })),
    /**
     * @param {"ink" | "arrow"} tool
     * @param {number} x
     * @param {number} y
     * @param {number} timeMs
     */
    press: (tool, x, y, timeMs) =>
      new Drawing(annotations, tool, look, aspect, { x, y, timeMs }, (refused) => refusals.push(refused)),
  };
}

/** @param {Operation[]} said */
const inks = (said) => said.flatMap((operation) => (operation.do === "ink" ? [operation] : []));

test("each point carries the time of the frame that was seen when it was drawn", () => {
  const { press, said } = page();
  const line = press("ink", 0.5, 0.5, 150);
  line.move({ x: 0.6, y: 0.5, timeMs: 199.9 });
  line.move({ x: 0.7, y: 0.5, timeMs: 200 });
  line.move({ x: 1, y: 1, timeMs: 555 });
  line.finish();
  const points = inks(said).flatMap(({ at_us, points, epoch }) =>
    points.map(([dtUs, x, y]) => [epoch, at_us + dtUs, x, y]));
  assert.deepEqual(points, [
    [2, 10_100_000, 32_768, 32_768], [2, 10_100_000, 39_322, 32_768], [2, 10_200_000, 45_875, 32_768],
    [2, 10_500_000, 65_536, 65_536],
  ]);
  const last = inks(said).at(-1);
  assert.deepEqual([last?.done, last?.tool, last?.colour, last?.width, last?.space],
    [true, "ink", "red", 6, { owner: "tina", share: 0 }]);
});

test("a line is sent at once, then every 50 ms or 64 points", (context) => {
  const time = virtualTime(context);
  const { press, said } = page();
  const line = press("ink", 0, 0, 100);
  assert.equal(inks(said).length, 1);
  for (let step = 1; step <= 10; step++) line.move({ x: step / 100, y: 0, timeMs: 100 });
  assert.equal(inks(said).length, 1);
  time.pass(50);
  assert.equal(inks(said).length, 2);
  for (let step = 11; step <= 75; step++) line.move({ x: step / 100, y: 0, timeMs: 100 });
  assert.equal(inks(said).length, 3);
  assert.equal(inks(said)[2].points.length, 64);
  line.finish();
  time.pass(1_000);
  assert.deepEqual(inks(said).map(({ from }) => from), [0, 1, 11, 75, 76]);
});

test("an arrow is said when the pen is lifted, as two points of the frame that was seen then", () => {
  const { press, said } = page();
  const arrow = press("arrow", 0.25, 0.5, 100);
  arrow.move({ x: 0.4, y: 0.5, timeMs: 420 });
  assert.equal(said.length, 0);
  assert.deepEqual(arrow.pen.points.map(({ x }) => x), [0.25, 0.4]);
  arrow.move({ x: 0.5, y: 0.5, timeMs: 730 });
  arrow.finish();
  const [ink] = inks(said);
  assert.deepEqual([ink.tool, ink.at_us, ink.points],
    ["arrow", 10_700_000, [[0, 16_384, 32_768], [0, 32_768, 32_768]]]);
});

test("others get the same drawing", () => {
  const { press, said, annotations } = page();
  const line = press("ink", 0, 0, 100);
  for (let step = 1; step <= 300; step++) line.move({ x: step / 300, y: 0.5, timeMs: 100 + step });
  line.finish();
  const other = new Document("tina");
  for (const operation of said) other.receive("erik", operation, 0);
  const stripped = (/** @type {Document} */ document) => document.marks().map(({ changedAt, ...mark }) => mark);
  assert.deepEqual(stripped(other), stripped(annotations.document));
  assert.equal(other.marks()[0].isDone, true);
});

test("a line longer than a mark may be goes on as the next one, without a gap", () => {
  const { press, said, annotations, refusals } = page();
  const line = press("ink", 0, 0, 100);
  for (let step = 1; step <= 2_500; step++) line.move({ x: (step % 500) / 500, y: step / 2_500, timeMs: 100 });
  line.finish();
  assert.deepEqual(refusals, []);
  const marks = annotations.document.marks();
  assert.equal(marks.length, 2);
  assert.ok(marks.every(({ isDone }) => isDone));
  assert.deepEqual(marks[0].points.at(-1), marks[1].points[0]);
  assert.equal(marks[0].points.length + marks[1].points.length, 2_501 + 1);
  assert.ok(inks(said).every(({ points }) => points.length <= 128));
});

test("a line that is cancelled is taken back", () => {
  const { press, said, annotations } = page();
  const line = press("ink", 0.1, 0.1, 100);
  line.cancel();
  line.move({ x: 0.5, y: 0.5, timeMs: 300 });
  line.finish();
  assert.equal(annotations.document.marks().length, 0);
  assert.equal(said.at(-1)?.do, "undo");
  const arrow = press("arrow", 0.1, 0.1, 100);
  arrow.cancel();
  assert.equal(said.at(-1)?.do, "undo", "of an arrow nothing was said");
});

test("without a known frame nothing is drawn, and that is said", () => {
  const { press, said, refusals } = page();
  assert.equal(press("ink", 0.1, 0.1, -1).isOver, true);
  assert.deepEqual([refusals, said], [["frame_not_named"], []]);
});

test("what the call does not take waits for its turn, and no new line begins meanwhile", () => {
  const { press, said, way, annotations, refusals } = page();
  const line = press("ink", 0.1, 0.1, 100);
  way.takes = false;
  line.move({ x: 0.2, y: 0.2, timeMs: 200 });
  line.finish();
  assert.equal(said.length, 1);
  press("ink", 0.5, 0.5, 300);
  assert.deepEqual(refusals, ["full"]);
  way.takes = true;
  annotations.flush();
  assert.deepEqual(inks(said).map(({ from, done }) => [from, done]), [[0, false], [1, false], [2, true]]);
});

test("on a frozen frame every point is of that frame, however long ago it was", () => {
  const { annotations, press, said } = page();
  annotations.freeze({ epoch: 2, captureUs: 10_300_000 });
  assert.deepEqual(said.map(({ do: what }) => what), ["freeze"]);
  press("ink", 0.5, 0.5, 180_000).finish();
  assert.deepEqual(inks(said).map(({ at_us, pin, points }) => [at_us, pin, points.length]),
    [[10_300_000, 1, 1], [0, 1, 0]]);
  annotations.thaw();
  assert.equal(said.at(-1)?.do, "thaw");
  press("ink", 0.5, 0.5, 950).finish();
  assert.equal(inks(said).at(-1)?.pin, undefined);
  annotations.freeze(undefined);
  assert.equal(annotations.frozen, undefined, "a frame that nobody can name cannot be frozen");
});

test("a frame that cannot be kept is let go, and the reason told once", () => {
  const { annotations, told, said } = page();
  annotations.freeze({ epoch: 2, captureUs: 10_300_000 });
  const answer = (/** @type {import("../../hub/page/annotations/messages.js").PinOutcome} */ outcome) =>
    annotations.received("tina", { kind: "annotation", do: "pinned", pin: 1, by: "erik", outcome });
  answer("kept");
  assert.equal(annotations.frozen?.pin, 1);
  answer({ refused: "pin_expired" });
  answer({ refused: "pin_expired" });
  assert.equal(annotations.frozen, undefined);
  assert.deepEqual(told, [{ pinRefused: "pin_expired" }]);
  assert.equal(said.at(-1)?.do, "thaw");
});

test("a frame that stands still is seen as it was, long after the tracks have forgotten it", () => {
  const { annotations } = page();
  annotations.received("tina", { kind: "annotation", do: "lens", share: 0, revision: 1, epoch: 2,
    focal_ppm: [750_000, 1_333_333], principal_ppm: [500_000, 500_000] });
  const sample = (/** @type {number} */ captureUs) => annotations.poses.add([
    { captureUs, positionM: [captureUs / 1e6, 0, 0], orientation: [0, 0, 0, 1], tracking: "tracked" }]);
  const followed = (/** @type {number} */ captureUs) => annotations.motions.add(captureUs, [
    { revision: 7, transform: [1, 0, captureUs / 1e9, 0, 1, 0], confidence: 255 }]);
  sample(10_250_000);
  annotations.freeze({ epoch: 2, captureUs: 10_300_000 });
  assert.ok(annotations.cameraAt(10_300_000));
  sample(10_350_000);
  followed(10_300_000);
  const [camera, motion] = [annotations.cameraAt(10_300_000), annotations.motionAt(7, 10_300_000)];
  assert.equal(camera?.certain, true);
  for (let captureUs = 10_400_000; captureUs < 200_000_000; captureUs += 33_000) {
    sample(captureUs);
    followed(captureUs);
  }
  assert.equal(annotations.poses.at(10_300_000), undefined);
  assert.deepEqual(annotations.cameraAt(10_300_000), camera);
  assert.deepEqual(annotations.motionAt(7, 10_300_000), motion);
});

test("a line goes no further when its frozen frame is let go", () => {
  const { annotations, press, refusals } = page();
  annotations.freeze({ epoch: 2, captureUs: 10_300_000 });
  const line = press("ink", 0.1, 0.1, 100);
  annotations.thaw();
  line.move({ x: 0.2, y: 0.2, timeMs: 200 });
  line.finish();
  assert.deepEqual(refusals, ["no_such_pin"]);
  assert.deepEqual(annotations.document.marks().map(({ isDone, points }) => [isDone, points.length]), [[true, 1]]);
});

test("a mark that has no place is told once, is not counted, and goes with the next undo", () => {
  const { annotations, press, place, told, said } = page();
  for (let line = 0; line < 2; line++) press("ink", 0.5, 0.5, 100).finish();
  place({ mark: 2, revision: 1, outcome: { refused: "nothing_there" } });
  place({ mark: 2, revision: 1, outcome: { refused: "nothing_there" } });
  assert.deepEqual(told, [{ markRefused: "nothing_there" }]);
  assert.equal(annotations.mine, 1);
  annotations.undo();
  assert.deepEqual(said.flatMap((operation) => (operation.do === "undo" ? [operation.mark] : [])), [2, 1]);
  assert.equal(annotations.mine, 0);
  annotations.undo();
});

test("a placed mark is drawn in the world, corrected with its anchor, and on a frozen frame as it was then", () => {
  const { annotations, press, place } = page();
  press("ink", 0.5, 0.5, 100).finish();
  const anchors = (/** @type {number} */ revision, /** @type {number} */ xUm) => annotations.received("tina", {
    kind: "annotation", do: "anchors", share: 0, revision,
    anchors: [{ id: 1, position_um: [xUm, 0, 0], orientation_ppm: unturned, state: "tracked" }],
  });
  anchors(1, 1_000_000);
  const shape = { anchor: 1, kind: "ink", from: 0, points_um: [[500_000, 0, -1_000_000]], complete: true };
  place({ mark: 1, revision: 2, outcome: { shape } });
  assert.ok(annotations.lastPlacedAtMs !== undefined);
  assert.deepEqual([...annotations.shapes.world.slice(0, 3)], [1.5, 0, -1]);
  annotations.freeze({ epoch: 2, captureUs: 10_300_000 });
  anchors(3, 2_000_000);
  assert.deepEqual([...annotations.shapes.world.slice(0, 3)], [1.5, 0, -1]);
  annotations.thaw();
  assert.deepEqual([...annotations.shapes.world.slice(0, 3)], [2.5, 0, -1]);
});

test("undo and delete all touch nobody else's marks", () => {
  const { annotations, press } = page();
  const tina = new Document("tina");
  const begun = tina.begin({ space: { owner: "tina", share: 0 }, tool: "ink", interpretation: "automatic", ...look },
    [{ epoch: 2, captureUs: 10_000_000, x: 1, y: 1 }], 0);
  assert.ok("operations" in begun);
  for (const operation of begun.operations) annotations.received("tina", operation);
  press("ink", 0.5, 0.5, 100).finish();
  annotations.clear();
  annotations.undo();
  assert.deepEqual(annotations.document.marks().map(({ author }) => author), ["tina"]);
});

test("where the camera was comes from the live channel, its lens from the document", () => {
  const { annotations } = page();
  /** @param {number} share */
  const live = (share) => {
    const bytes = new DataView(new ArrayBuffer(11 + 22));
    bytes.setUint8(0, 0x10);
    bytes.setUint8(1, share);
    bytes.setUint8(2, 1);
    bytes.setBigUint64(3, 10_000_000n, true);
    // At the origin, unturned: w is the part that is left out.
    bytes.setUint8(11 + 21, 3);
    annotations.live(bytes.buffer);
  };
  live(0);
  assert.equal(annotations.cameraAt(10_000_000), undefined, "no lens yet");
  annotations.received("tina", { kind: "annotation", do: "lens", share: 0, revision: 1, epoch: 2,
    focal_ppm: [750_000, 1_333_333], principal_ppm: [500_000, 500_000] });
  assert.equal(annotations.cameraAt(10_000_000)?.certain, true);
  assert.equal(annotations.cameraAt(9_999_999), undefined);
  annotations.live(new ArrayBuffer(0));
  // A share later: what is known of the camera was in another space.
  annotations.received("tina", { kind: "annotation", do: "lens", share: 1, revision: 2, epoch: 3,
    focal_ppm: [750_000, 1_333_333], principal_ppm: [500_000, 500_000] });
  live(0);
  assert.equal(annotations.cameraAt(10_000_000), undefined);
  live(1);
  assert.equal(annotations.cameraAt(10_000_000)?.certain, true);
});
