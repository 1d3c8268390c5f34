// The annotation document of the page: the same files as the Rust one replays, and what an author can do here.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { Document } from "../../hub/page/annotations/document.js";
import { fits, isAnnotation } from "../../hub/page/annotations/messages.js";
import { Numbers } from "../../hub/page/annotations/numbers.js";
import { decodeChannel } from "../../hub/page/messages.js";
import { OperationLog } from "../../hub/page/operations.js";

/** @typedef {import("../../hub/page/annotations/author.js").InkPoint} InkPoint */
/** @typedef {import("../../hub/page/annotations/document.js").Placement} Placement */
/** @typedef {import("../../hub/page/annotations/messages.js").AnnotationOperation} AnnotationOperation */
/** @typedef {import("../../hub/page/annotations/messages.js").Stroke} Stroke */

const golden = new URL("../golden/annotations/", import.meta.url);

/** @type {import("../../hub/page/annotations/messages.js").PicturePart} */
const picture = { from: 0, points: [], complete: true };

/** @param {Placement} placement */
function shownPlacement(placement) {
  switch (placement.state) {
    case "waiting":
      return "waiting";
    case "shape": {
      const { revision, anchor, kind, pointsUm: points_um, isComplete: is_complete } = placement;
      return { shape: { revision, anchor, kind, points_um, is_complete } };
    }
    case "picture": {
      const { revision, points, isComplete: is_complete } = placement;
      return { picture: { revision, points, is_complete } };
    }
    case "refused":
      return { refused: placement.because };
  }
}

/**
 * All that a replica shows, but for its revision.
 * @param {Document} document
 * @param {string[]} owners
 */
function shown(document, owners) {
  const marks = document.marks().map(({ author, number, stroke, points, isDone: is_done, placement }) => ({
    author,
    number,
    stroke,
    points: points.map(({ epoch, captureUs, x, y }) => [epoch, captureUs, x, y]),
    is_done,
    placement: shownPlacement(placement),
  }));
  const pins = document.pins().map(({ atUs: at_us, outcome = null, ...pin }) => ({ ...pin, at_us, outcome }));
  const spaces = owners.flatMap((owner) => [0, 1, 2, 3, 4, 5].map((share) => ({ owner, share }))).map((space) => (
    { space, anchors: document.anchors(space) ?? null, lens: document.lens(space) ?? null }
  ));
  return { marks, pins, spaces: spaces.filter(({ anchors, lens }) => anchors || lens) };
}

for (const file of readdirSync(golden)) {
  const scenario = JSON.parse(readFileSync(new URL(file, golden), "utf8"));
  for (const [index, order] of scenario.orders.entries()) {
    test(`${scenario.name}, order ${index}`, () => {
      const viewer = new Document("vera");
      /** @type {Record<string, string>} */
      const refused = {};
      for (const [place, name] of order.arrives.entries()) {
        const { from, operation } = scenario.said[name];
        assert.ok(isAnnotation(operation), name);
        const before = viewer.revision;
        const result = viewer.receive(from, operation, 0);
        if ("refused" in result) refused[place] = result.refused;
        const isNews = "changed" in result && result.changed.what !== "nothing";
        assert.equal(viewer.revision > before, isNews, "the revision grows with what shows, and only then");
      }
      assert.deepEqual(refused, order.refused);
      assert.deepEqual(shown(viewer, scenario.owners), scenario.expected);
    });
  }
}

/** @type {Stroke} */
const stroke = {
  space: { owner: "tina", share: 0 }, tool: "ink", colour: "red", width: 6, interpretation: "automatic",
};

/**
 * @param {number} from
 * @param {number} to
 * @returns {InkPoint[]}
 */
const points = (from, to) => Array.from({ length: to - from }, (_, index) => (
  { epoch: 1, captureUs: 5_000_000 + (from + index) * 8_000, x: from + index, y: 65_536 - from - index }
));

/**
 * What was done; it may not be refused.
 * @template {object} T
 * @param {T} result
 * @returns {Exclude<T, { refused: any }>}
 */
function done(result) {
  assert.ok(!("refused" in result), JSON.stringify(result));
  return /** @type {any} */ (result);
}

/**
 * Delivers what an honest person said, as it comes over the wire.
 * @param {Document} document
 * @param {string} from
 * @param {AnnotationOperation[]} operations
 */
function deliver(document, from, operations) {
  for (const operation of operations) {
    const decoded = decodeChannel(JSON.stringify({ v: 1, type: "operation", seq: 1, operation }));
    assert.ok("message" in decoded, JSON.stringify(operation));
    assert.ok(decoded.message.type === "operation" && decoded.message.operation.kind === "annotation");
    done(document.receive(from, decoded.message.operation, 0));
  }
}

test("a stroke is begun, extended and finished, and arrives in any order", () => {
  const erik = new Document("erik");
  const { mark, operations } = done(erik.begin(stroke, points(0, 3), 0));
  operations.push(...done(erik.extend(mark, points(3, 300), 0)).operations);
  operations.push(...done(erik.finish(mark)).operations);
  assert.equal(operations.length, 5);
  assert.deepEqual(erik.extend(mark, points(0, 1), 0), { refused: "no_such_mark" });
  for (const order of [operations, [...operations].reverse(), [...operations, ...operations]]) {
    const viewer = new Document("vera");
    deliver(viewer, "erik", order);
    assert.deepEqual(shown(viewer, []), shown(erik, []));
    assert.equal(viewer.mark("erik", 1)?.isDone, true);
  }
});

test("points of other epochs and earlier frames keep their times", () => {
  const drawn = [[1, 500], [1, 400], [2, 450], [2, 450 + 2 ** 33]]
    .map(([epoch = 0, captureUs = 0]) => ({ epoch, captureUs, x: 1, y: 2 }));
  const { operations } = done(new Document("erik").begin(stroke, drawn, 0));
  assert.equal(operations.length, 4);
  const viewer = new Document("vera");
  deliver(viewer, "erik", operations);
  assert.deepEqual(viewer.mark("erik", 1)?.points, drawn);
});

test("undo takes back the last that is left, and clear all", () => {
  const erik = new Document("erik");
  assert.deepEqual(erik.undo(), { refused: "nothing_to_undo" });
  assert.deepEqual(erik.clear(), { refused: "nothing_to_undo" });
  for (let number = 1; number <= 3; number++) done(erik.begin(stroke, points(0, 1), 0));
  assert.equal(done(erik.undo()).mark, 3);
  assert.equal(done(erik.undo()).mark, 2);
  assert.deepEqual(erik.finish(3), { refused: "no_such_mark" });
  assert.equal(done(erik.begin(stroke, points(0, 1), 0)).mark, 4);
  assert.deepEqual(done(erik.clear()).operations, [{ kind: "annotation", do: "clear", through: 4 }]);
  assert.deepEqual(erik.marks(), []);
});

test("an author is kept to the limits, and nothing is half done", () => {
  const erik = new Document("erik");
  const patiently = (/** @type {number} */ number) => 1e7 + number * 60_000;
  done(erik.begin(stroke, points(0, 2_000), patiently(0)));
  assert.deepEqual(erik.extend(1, points(2_000, 2_049), patiently(0)), { refused: "stroke_too_long" });
  done(erik.extend(1, points(2_000, 2_048), patiently(0)));
  for (let number = 1; number < 32; number++) done(erik.begin(stroke, points(0, 2_048), patiently(number)));
  assert.deepEqual(erik.begin(stroke, points(0, 1), patiently(33)), { refused: "too_many_points" });
  done(erik.clear());
  for (let number = 0; number < 1_000; number++) done(erik.begin(stroke, points(0, 1), patiently(34)));
  assert.deepEqual(erik.begin(stroke, points(0, 1), patiently(34)), { refused: "too_many_marks" });
  done(erik.undo());
  const outside = points(0, 1).map((point) => ({ ...point, x: 65_537 }));
  const between = points(0, 1).map((point) => ({ ...point, x: 0.5 }));
  for (const wrong of [outside, between]) {
    assert.deepEqual(erik.begin(stroke, wrong, patiently(34)), { refused: "invalid" });
  }
});

test("who draws too fast is told, and can always finish and undo", () => {
  const erik = new Document("erik");
  for (let number = 0; number < 4; number++) done(erik.begin(stroke, points(0, 2_000), 1_000));
  assert.deepEqual(erik.extend(4, points(0, 1), 1_000), { refused: "too_fast" });
  assert.deepEqual(erik.begin(stroke, [], 1_000), { refused: "too_fast" });
  assert.deepEqual(erik.freeze(stroke.space, 1, 1, 1_000), { refused: "too_fast" });
  done(erik.finish(3));
  done(erik.undo());
  done(erik.begin(stroke, points(0, 2_000), 2_000));
});

test("at most eight frames are frozen, and only on one of them is drawn", () => {
  const erik = new Document("erik");
  for (let pin = 1; pin <= 8; pin++) assert.equal(done(erik.freeze(stroke.space, 1, 9, 0)).pin, pin);
  assert.deepEqual(erik.freeze(stroke.space, 1, 9, 0), { refused: "too_many_pins" });
  done(erik.thaw(3));
  assert.deepEqual(erik.thaw(3), { refused: "no_such_pin" });
  assert.equal(done(erik.freeze(stroke.space, 1, 9, 0)).pin, 9);
  assert.deepEqual(erik.begin({ ...stroke, pin: 3 }, points(0, 1), 0), { refused: "no_such_pin" });
  const elsewhere = { owner: "otto", share: 0 };
  assert.deepEqual(erik.begin({ ...stroke, pin: 4, space: elsewhere }, points(0, 1), 0), { refused: "no_such_pin" });
  done(erik.begin({ ...stroke, pin: 4 }, points(0, 1), 0));
});

test("a newcomer, and one who is behind, are told everything", () => {
  const erik = new Document("erik");
  const behind = new Document("vera");
  for (let number = 1; number <= 20; number++) {
    const { operations } = done(erik.begin(stroke, points(0, 10 * number), 0));
    if (number % 2 === 0) operations.push(...done(erik.finish(number)).operations);
    deliver(behind, "erik", operations);
    if (number % 3 === 0) done(erik.undo());
    const { pin } = done(erik.freeze(stroke.space, 1, number, 0));
    if (number % 4 !== 0) done(erik.thaw(pin));
  }
  const told = erik.forNewcomer();
  for (const viewer of [behind, new Document("late")]) {
    deliver(viewer, "erik", [...told].reverse());
    assert.deepEqual(shown(viewer, []), shown(erik, []));
  }
});

test("somebody who lost their replica gives no number twice, and takes back what they forgot", () => {
  const viewer = new Document("vera");
  deliver(viewer, "erik", done(new Document("erik").begin(stroke, points(0, 2), 0)).operations);
  const again = new Document("erik", 1_000);
  const { mark, operations } = done(again.begin(stroke, points(0, 2), 0));
  assert.equal(mark, 1_001);
  deliver(viewer, "erik", operations);
  assert.equal(done(again.freeze(stroke.space, 1, 1, 0)).pin, 1_001);
  deliver(viewer, "erik", again.forNewcomer());
  assert.deepEqual(shown(viewer, []), shown(again, []));
});

test("live names a mark in the picture by its revision", () => {
  const viewer = new Document("vera");
  deliver(viewer, "erik", done(new Document("erik").begin(stroke, points(0, 2), 0)).operations);
  /** @type {AnnotationOperation} */
  const place = {
    kind: "annotation", do: "place", author: "erik", mark: 1, share: 0, revision: 7, outcome: { picture },
  };
  deliver(viewer, "tina", [place]);
  assert.equal(viewer.markInPicture("tina", 7)?.author, "erik");
  assert.equal(viewer.markInPicture("tina", 8), undefined);
});

test("floods end at the bounds", () => {
  const viewer = new Document("vera");
  let day = 0;
  const refusals = (/** @type {(number: number) => AnnotationOperation} */ attack, /** @type {number} */ count) => {
    let refused = 0;
    for (let number = 1; number <= count; number++) {
      const result = viewer.receive("mallory", attack(number), ++day * 86_400_000);
      if ("refused" in result) assert.equal(result.refused, "too_much", `${++refused}`);
    }
    return refused;
  };
  const ink = (/** @type {number} */ mark) => /** @type {AnnotationOperation} */ (
    { kind: "annotation", do: "ink", mark, ...stroke, epoch: 1, from: 0, at_us: 0, points: [[0, 1, 2]], done: false });
  assert.equal(refusals(ink, 2_500), 500);
  assert.equal(refusals((number) => ({ kind: "annotation", do: "undo", mark: 10_000 + number * 2 }), 4_000), 1_000);
  assert.equal(refusals((number) => (
    { kind: "annotation", do: "place", author: "erik", mark: number, share: 0, revision: 1, outcome: { picture } }
  ), 10_000), 10_000 - 9_192);
  for (let number = 1; number < 31; number++) done(viewer.receive(`p${number}`, ink(1), 0));
  assert.deepEqual(viewer.receive("one-more", ink(1), 0), { refused: "too_many_people" });
  for (let number = 0; number < 65_535; number++) done(viewer.receive("p1", ink(1), 0));
  assert.deepEqual(viewer.receive("p1", ink(1), 0), { refused: "too_fast" });
});

test("a set of numbers is what it says", () => {
  const numbers = Numbers.upTo(9, [4, 2, 12]).union(Numbers.one(2)).union(Numbers.one(11));
  assert.deepEqual([...Array(14).keys()].filter((number) => numbers.has(number)), [1, 2, 3, 5, 6, 7, 8, 9, 11]);
  assert.deepEqual([numbers.runs, numbers.last], [3, 11]);
  assert.equal(Numbers.upTo(0, []).last, undefined);
});

test("the log takes annotations that a receiver would understand", () => {
  const log = new OperationLog();
  const { operations } = done(new Document("erik").begin(stroke, points(0, 128), 0));
  const [operation] = operations;
  assert.ok(operation && operation.do === "ink" && fits(operation));
  assert.deepEqual(log.send(operation, 0), { seq: 1 });
  const long = { ...operation, points: [...operation.points, ...operation.points] };
  assert.deepEqual(log.send(long, 0), { refused: "list_too_long" });
  assert.deepEqual(log.send({ kind: "annotation", do: "unknown" }, 0), { refused: "unknown" });
});

const empty = { do: "ink", mark: 1, ...stroke, epoch: 1, from: 0, at_us: 0, points: [], done: true };
const untwisted = { id: 1, position_um: [0, 0, 0], orientation_ppm: [0, 0, 0, 0], state: "lost" };
/** @type {[string, object][]} */
const bad = [
  ["no do", {}],
  ["a missing field", { do: "undo" }],
  ["too many points", { ...empty, points: Array(129).fill([0, 0, 0]) }],
  ["a point outside", { ...empty, points: [[0, 0, 65_537]] }],
  ["a point that is none", { ...empty, points: [[0, 0]] }],
  ["another colour", { ...empty, colour: "pink" }],
  ["too wide", { ...empty, width: 51 }],
  ["an except that is null", { do: "clear", through: 1, except: null }],
  ["two outcomes", { do: "pinned", pin: 1, by: "erik", outcome: { refused: "too_many", kept: true } }],
  ["no turn", { do: "anchors", share: 0, revision: 1, anchors: [untwisted] }],
];
for (const [what, annotation] of bad) {
  test(`an annotation with ${what} is malformed`, () => {
    const operation = { kind: "annotation", ...annotation };
    const decoded = decodeChannel(JSON.stringify({ v: 1, type: "operation", seq: 1, operation }));
    assert.ok("error" in decoded);
    assert.equal(decoded.error, "malformed");
  });
}
