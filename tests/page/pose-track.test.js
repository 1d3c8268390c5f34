// Where the camera was is known between samples, a little beyond the last, and then less and less.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MotionTrack } from "../../hub/page/annotations/motion-track.js";
import { PoseTrack } from "../../hub/page/annotations/pose-track.js";

/**
 * Moves 1 m and turns 0.1 rad about +Y each second.
 * @param {number} ms
 * @param {"tracked" | "limited" | "lost"} [tracking]
 * @returns {import("../../hub/page/annotations/live.js").PoseSample}
 */
const sample = (ms, tracking = "tracked") => ({
  captureUs: ms * 1_000,
  positionM: [ms / 1_000, 0, 0],
  orientation: [0, Math.sin(ms / 20_000), 0, Math.cos(ms / 20_000)],
  tracking,
});

/** @param {import("../../hub/page/annotations/live.js").PoseSample[]} samples */
function track(...samples) {
  const poses = new PoseTrack();
  poses.add(samples);
  return poses;
}

/**
 * @param {PoseTrack} poses
 * @param {number} ms
 */
const at = (poses, ms) => poses.at(ms * 1_000);

test("between two samples the camera moved and turned steadily", () => {
  const known = at(track(sample(1_000), sample(1_100)), 1_025);
  const expected = sample(1_025);
  assert.equal(known?.certain, true);
  known?.pose.positionM.forEach((part, axis) => assert.ok(Math.abs(part - expected.positionM[axis]) < 1e-9));
  known?.pose.orientation.forEach((part, axis) => assert.ok(Math.abs(part - expected.orientation[axis]) < 1e-7));
});

test("samples come in any order and more than once", () => {
  const poses = track(sample(1_100), sample(1_000), sample(1_100), sample(1_050));
  poses.add([sample(1_000)]);
  assert.equal(poses.newestUs, 1_100_000);
  assert.ok(Math.abs((at(poses, 1_075)?.pose.positionM[0] ?? 0) - 1.075) < 1e-9);
});

test("a movement is carried on for 50 ms and not further", () => {
  const poses = track(sample(1_000), sample(1_050));
  const soon = at(poses, 1_090);
  assert.ok(Math.abs((soon?.pose.positionM[0] ?? 0) - 1.09) < 1e-9);
  assert.equal(soon?.certain, true);
  const later = at(poses, 1_101);
  assert.deepEqual(later, { pose: sample(1_050), certain: false });
});

test("after two seconds nothing is known, and before the first sample neither", () => {
  const poses = track(sample(1_000), sample(1_050));
  assert.equal(at(poses, 3_050)?.certain, false);
  assert.equal(at(poses, 3_051), undefined);
  assert.equal(at(poses, 999), undefined);
  assert.equal(new PoseTrack().at(0), undefined);
});

test("a gap is not bridged: the last sample before it stays, and is not certain", () => {
  const poses = track(sample(1_000), sample(1_500));
  assert.deepEqual(at(poses, 1_250), { pose: sample(1_000), certain: false });
  assert.deepEqual(at(poses, 1_000), { pose: sample(1_000), certain: true });
});

test("a phone that is not sure makes nothing certain, one that is lost says nothing", () => {
  assert.equal(at(track(sample(1_000), sample(1_100, "limited")), 1_050)?.certain, false);
  assert.equal(at(track(sample(1_000), sample(1_050, "lost"), sample(1_100, "lost")), 1_100)?.certain, false);
  assert.equal(at(track(sample(1_000), sample(1_050, "lost"), sample(4_000, "lost")), 4_000), undefined);
});

test("a track is bounded", () => {
  const poses = track(...Array.from({ length: 1_000 }, (_, index) => sample(index * 33)));
  assert.equal(at(poses, 0), undefined);
  assert.equal(at(poses, 990 * 33)?.certain, true);
});

/** @param {number} x */
const shifted = (x) => [1, 0, x, 0, 1, 0];
/**
 * @param {number} revision
 * @param {number} x
 * @param {number} [confidence]
 */
const motion = (revision, x, confidence = 200) => ({ revision, transform: shifted(x), confidence });

test("a mark moves with the picture between batches, and is not guessed after them", () => {
  const motions = new MotionTrack();
  motions.add(2_000_000, [motion(7, 0.2)]);
  motions.add(1_900_000, [motion(7, 0.1)]);
  assert.ok(Math.abs((motions.at(7, 1_950_000)?.[2] ?? 0) - 0.15) < 1e-9);
  assert.deepEqual(motions.at(7, 2_080_000), [...shifted(0.2), 0, 0]);
  assert.equal(motions.at(7, 2_101_000), undefined);
  assert.equal(motions.at(7, 1_899_999), undefined);
  assert.equal(motions.at(8, 2_000_000), undefined);
});

test("a mark that is not trusted, or left out, is not shown", () => {
  const motions = new MotionTrack();
  motions.add(1_000_000, [motion(7, 0), motion(8, 0, 0)]);
  motions.add(1_000_000, [motion(9, 0.3, 255)]);
  assert.deepEqual(motions.at(7, 1_000_000), [...shifted(0), 0, 0]);
  assert.deepEqual(motions.at(9, 1_000_000), [...shifted(0.3), 0, 0]);
  assert.equal(motions.at(8, 1_000_000), undefined);
  motions.add(1_050_000, [motion(8, 0, 255)]);
  assert.equal(motions.at(7, 1_060_000), undefined);
});
