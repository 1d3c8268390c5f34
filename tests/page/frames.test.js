// What was done at a moment is about the frame that was seen then, and that frame's capture time is exact.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Frames, captureUsOf } from "../../hub/page/annotations/frames.js";

/**
 * @param {number} displayMs
 * @param {number} [rtp]
 */
const metadata = (displayMs, rtp) =>
  ({ expectedDisplayTime: displayMs, width: 1280, height: 720, ...(rtp === undefined ? {} : { rtpTimestamp: rtp }) });

test("a moment is about the last frame shown until then", () => {
  const frames = new Frames();
  for (const displayMs of [100, 133, 167]) frames.presented(metadata(displayMs, displayMs * 90));
  assert.equal(frames.at(99), undefined);
  assert.equal(frames.at(100)?.rtp, 9_000);
  assert.equal(frames.at(132.9)?.rtp, 9_000);
  assert.equal(frames.at(133)?.rtp, 11_970);
  assert.equal(frames.at(1_000)?.rtp, 15_030);
});

test("old frames are forgotten, and those of another track are none", () => {
  const frames = new Frames();
  for (let frame = 0; frame < 200; frame++) frames.presented(metadata(frame * 10, frame));
  assert.equal(frames.at(500), undefined);
  assert.equal(frames.at(1_000)?.rtp, 100);
  frames.reset();
  assert.equal(frames.at(1_000), undefined);
});

/** @type {[string, { rtp: number, capture_us: number }, number, number][]} */
const times = [
  ["the announced frame itself", { rtp: 5, capture_us: 9_000_000_000 }, 5, 9_000_000_000],
  ["a second later", { rtp: 1_000, capture_us: 1_000_000 }, 91_000, 2_000_000],
  ["a frame at 30 a second", { rtp: 0, capture_us: 0 }, 3_000, 33_333],
  ["over the turn of the counter", { rtp: 0xffff_ffff, capture_us: 1_000_000 }, 89_999, 2_000_000],
  ["a moment before the announced one", { rtp: 10, capture_us: 1_000_000 }, 0xffff_ffff - 89_989, 0],
];

for (const [what, announced, rtp, expected] of times) {
  test(`capture time: ${what}`, () => assert.equal(captureUsOf({ epoch: 1, ...announced }, rtp), expected));
}

test("a frame has no capture time before its epoch is announced, and then it has", () => {
  const frames = new Frames();
  const frame = frames.presented(metadata(100, 9_000));
  assert.equal(frames.captureOf(frame), undefined);
  assert.equal(frames.hasEpoch, false);
  frames.announced({ epoch: 3, rtp: 0, capture_us: 50_000_000 });
  assert.deepEqual(frames.captureOf(frame), { epoch: 3, captureUs: 50_100_000 });
});

test("when a new track comes, each frame is of the epoch under which time goes on", () => {
  const frames = new Frames();
  frames.announced({ epoch: 1, rtp: 0, capture_us: 50_000_000 });
  frames.presented(metadata(1_000, 90_000));
  // Announced while frames of the old track are still being shown: 10 ms after the last one.
  frames.announced({ epoch: 2, rtp: 3_000_000_000, capture_us: 51_010_000 });
  const late = frames.presented(metadata(1_033, 93_000));
  assert.deepEqual(frames.captureOf(late), { epoch: 1, captureUs: 51_033_333 });
  const first = frames.presented(metadata(1_066, 3_000_004_500));
  assert.deepEqual(frames.captureOf(first), { epoch: 2, captureUs: 51_060_000 });
  assert.deepEqual(frames.captureOf(late), { epoch: 1, captureUs: 51_033_333 });
});

test("a call of many hours keeps its time", () => {
  const frames = new Frames();
  frames.announced({ epoch: 1, rtp: 4_000_000_000, capture_us: 1_000_000 });
  for (let minute = 0; minute <= 30 * 60; minute++) {
    const rtp = (4_000_000_000 + minute * 60 * 90_000) % 2 ** 32;
    const capture = frames.captureOf(frames.presented(metadata(minute * 60_000, rtp)));
    assert.ok(Math.abs((capture?.captureUs ?? 0) - 1_000_000 - minute * 60e6) <= 1, `minute ${minute}`);
  }
});

test("a browser that does not name frames is known as one", () => {
  const frames = new Frames();
  assert.equal(frames.namesFrames, undefined);
  frames.presented(metadata(100));
  assert.equal(frames.namesFrames, false);
  frames.announced({ epoch: 1, rtp: 0, capture_us: 0 });
  assert.equal(frames.captureOf({ displayMs: 100, rtp: undefined }), undefined);
});

test("pictures of a new connection that come before their epoch are of none, and do not spoil what comes after", () => {
  const frames = new Frames();
  frames.announced({ epoch: 1, rtp: 0, capture_us: 0 });
  assert.deepEqual(frames.captureOf(frames.presented(metadata(1_000, 90_000))), { epoch: 1, captureUs: 1_000_000 });
  // 2,000,000,000 ticks away from where they would be in epoch 1.
  const newRtp = (/** @type {number} */ ms) => 2_000_000_000 + ms * 90;
  assert.equal(frames.captureOf(frames.presented(metadata(2_000, newRtp(2_000)))), undefined);
  frames.announced({ epoch: 2, rtp: 2_000_000_000, capture_us: 0 });
  assert.deepEqual(frames.captureOf(frames.presented(metadata(2_033, newRtp(2_033)))), { epoch: 2, captureUs: 2_033_000 });
  // A page that slept finds its clock elsewhere: the epoch of its new connection says what time it is.
  frames.announced({ epoch: 3, rtp: 7, capture_us: 90_000_000 });
  assert.deepEqual(frames.captureOf(frames.presented(metadata(3_000, 7))), { epoch: 3, captureUs: 90_000_000 });
});
