// Where the peer's camera was at each moment, from the samples on the channel `live`.

import { slerp } from "./quaternion.js";

/** @typedef {import("./quaternion.js").Quaternion} Quaternion */
/** @typedef {import("./quaternion.js").Vector} Vector */
/** @typedef {import("./live.js").PoseSample} PoseSample */
/** Camera-to-world, metres.
 * @typedef {{ positionM: Vector, orientation: Quaternion }} Pose */
/**
 * A pose, and whether it is known or only the last that was.
 * @typedef {{ pose: Pose, certain: boolean }} KnownPose
 */

/** Eight seconds at 30 samples a second: a picture is shown long before. */
const KEPT = 256;
/** Between two samples further apart the camera may have been anywhere. */
const BRIDGED_US = 200_000;
/** How far the last movement is carried on. */
const AHEAD_US = 50_000;
/** An older pose says nothing about where things are now. */
const FORGOTTEN_AFTER_US = 2_000_000;

export class PoseTrack {
  /** By capture time.
   * @type {PoseSample[]} */
  #samples = [];

  /**
   * Takes samples as they come: in any order, and more than once.
   * @param {Iterable<PoseSample>} samples
   */
  add(samples) {
    for (const sample of samples) {
      // A pose from a device that does not know where it is, is none.
      if (sample.tracking === "lost") continue;
      const before = this.#samples.findLastIndex(({ captureUs }) => captureUs <= sample.captureUs);
      if (this.#samples[before]?.captureUs !== sample.captureUs) this.#samples.splice(before + 1, 0, sample);
    }
    if (this.#samples.length > KEPT) this.#samples.splice(0, this.#samples.length - KEPT);
  }

  /** When the newest sample was captured. */
  get newestUs() {
    return this.#samples.at(-1)?.captureUs;
  }

  /**
   * Where the camera was at a moment; nothing when that is not known.
   * @param {number} captureUs by the peer's clock
   * @returns {KnownPose | undefined}
   */
  at(captureUs) {
    const index = this.#samples.findLastIndex((sample) => sample.captureUs <= captureUs);
    if (index < 0) return undefined;
    const last = this.#samples[index];
    const ageUs = captureUs - last.captureUs;
    if (ageUs > FORGOTTEN_AFTER_US) return undefined;
    const next = this.#samples[index + 1];
    if (next) {
      const isThis = ageUs === 0 && last.tracking === "tracked";
      return between(last, next, captureUs) ?? { pose: last, certain: isThis };
    }
    const before = this.#samples[index - 1];
    const ahead = before && ageUs <= AHEAD_US ? between(before, last, captureUs) : undefined;
    return ahead ?? { pose: last, certain: ageUs <= AHEAD_US && last.tracking === "tracked" };
  }
}

/**
 * @param {PoseSample} one
 * @param {PoseSample} other
 * @param {number} captureUs between them, or a little after
 * @returns {KnownPose | undefined} nothing when they are too far apart
 */
function between(one, other, captureUs) {
  const spanUs = other.captureUs - one.captureUs;
  if (spanUs > BRIDGED_US) return undefined;
  const share = (captureUs - one.captureUs) / spanUs;
  const at = (/** @type {0 | 1 | 2} */ axis) =>
    one.positionM[axis] + (other.positionM[axis] - one.positionM[axis]) * share;
  return {
    pose: { positionM: [at(0), at(1), at(2)], orientation: slerp(one.orientation, other.orientation, share) },
    certain: one.tracking === "tracked" && other.tracking === "tracked",
  };
}
