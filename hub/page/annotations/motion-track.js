// How the picture moved around each mark, on phones that know no space: from the batches on the channel `live`.

/** @typedef {import("./live.js").MarkMotion} MarkMotion */
/** Takes a mark's drawn points to where they are now: the rows of the 3x3 matrix on [x, y, 1] in shares of the picture,
 * but for the last number, which is 1.
 * @typedef {readonly number[]} Transform */

const KEPT = 128;
/** Between two batches further apart the picture may have moved anyhow. */
const BRIDGED_US = 200_000;
/** A mark keeps its place for this long after the last batch: a frame or two. */
const HELD_US = 100_000;

export class MotionTrack {
  /** By capture time; each by the placing's revision.
   * @type {{ captureUs: number, motions: Map<number, MarkMotion> }[]} */
  #batches = [];

  /**
   * Takes batches as they come: in any order, and more than once. Those of one frame are one.
   * @param {number} captureUs
   * @param {MarkMotion[]} marks
   */
  add(captureUs, marks) {
    const before = this.#batches.findLastIndex((batch) => batch.captureUs <= captureUs);
    let batch = this.#batches[before];
    if (batch?.captureUs !== captureUs) {
      batch = { captureUs, motions: new Map() };
      this.#batches.splice(before + 1, 0, batch);
      if (this.#batches.length > KEPT) this.#batches.shift();
    }
    for (const motion of marks) batch.motions.set(motion.revision, motion);
  }

  /**
   * How a mark moved until a frame; nothing when that is not known well enough.
   * @param {number} revision of its placing
   * @param {number} captureUs of the frame
   * @returns {Transform | undefined}
   */
  at(revision, captureUs) {
    const index = this.#batches.findLastIndex((batch) => batch.captureUs <= captureUs);
    const last = this.#batches[index];
    const known = trusted(last?.motions.get(revision));
    if (!last || !known) return undefined;
    const next = this.#batches[index + 1];
    const then = trusted(next?.motions.get(revision));
    const spanUs = next ? next.captureUs - last.captureUs : Infinity;
    if (!then || spanUs > BRIDGED_US) return captureUs - last.captureUs <= HELD_US ? known : undefined;
    const share = (captureUs - last.captureUs) / spanUs;
    return known.map((from, index) => from + (then[index] - from) * share);
  }
}

/**
 * @param {MarkMotion | undefined} motion
 * @returns {Transform | undefined}
 */
function trusted(motion) {
  if (!motion || motion.confidence === 0) return undefined;
  const { transform } = motion;
  return transform.length === 8 ? transform : [...transform, 0, 0];
}
