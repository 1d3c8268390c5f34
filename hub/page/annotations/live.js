// What comes on the channel `live`: the reading half of core/protocol/src/messages/live.rs, where the bytes are described.

/**
 * Where a camera was at a moment: metres, camera-to-world as a unit quaternion (x, y, z, w).
 * @typedef {{ captureUs: number, positionM: [number, number, number],
 *   orientation: [number, number, number, number], tracking: "tracked" | "limited" | "lost" }} PoseSample
 */
/**
 * How one mark goes with the picture: the mark is named by the revision of its place; a confidence of 0 says that it is
 * lost, 255 is the highest. The transform has 6 numbers (affine) or 8 (homography).
 * @typedef {{ revision: number, transform: number[], confidence: number }} MarkMotion
 * @typedef {{ kind: "poses", share: number, samples: PoseSample[] } |
 *   { kind: "motions", share: number, captureUs: number, marks: MarkMotion[] }} LiveMessage
 */

const VERSION = 1;
const MAX_POSE_SAMPLES = 8;
const MAX_MARK_MOTIONS = 24;
const HEADER_BYTES = 11;
const SAMPLE_BYTES = 22;
const UNITS_PER_METRE = 10_000;
const FARTHEST_M = 200_000;
const PART_SCALE = 32_767 * Math.SQRT2;
const TRACKING = /** @type {const} */ (["tracked", "limited", "lost"]);

/**
 * Reads a message: `unknown` is of another version or kind, and to be ignored; `malformed` means nothing.
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {LiveMessage | "unknown" | "malformed"}
 */
export function decodeLive(bytes) {
  const view = bytes instanceof ArrayBuffer
    ? new DataView(bytes)
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength === 0) return "malformed";
  const first = view.getUint8(0);
  if (first >> 4 !== VERSION || (first & 15) > 1) return "unknown";
  if (view.byteLength < HEADER_BYTES) return "malformed";
  const captureUs = Number(view.getBigUint64(3, true));
  // Beyond 2^53 µs, which is 285 years, a double no longer tells microseconds apart.
  if (!Number.isSafeInteger(captureUs)) return "malformed";
  const message = (first & 15) === 0 ? poses(view, captureUs) : motions(view, captureUs);
  return message ?? "malformed";
}

/**
 * Where a point (in picture widths and heights) goes; nothing if that is nowhere.
 * @param {number[]} transform
 * @param {[number, number]} point
 * @returns {[number, number] | undefined}
 */
export function applyTransform(transform, [x, y]) {
  const [a = NaN, b = NaN, c = NaN, d = NaN, e = NaN, f = NaN, g = 0, h = 0] = transform;
  const scale = g * x + h * y + 1;
  if (!(scale > 0)) return undefined;
  /** @type {[number, number]} */
  const moved = [(a * x + b * y + c) / scale, (d * x + e * y + f) / scale];
  return moved.every(Number.isFinite) ? moved : undefined;
}

/**
 * @param {DataView} view
 * @param {number} firstUs
 * @returns {LiveMessage | undefined}
 */
function poses(view, firstUs) {
  const [share, count] = [view.getUint8(1), view.getUint8(2)];
  const isWhole = view.byteLength === HEADER_BYTES + count * SAMPLE_BYTES;
  if (count < 1 || count > MAX_POSE_SAMPLES || !isWhole) return undefined;
  /** @type {PoseSample[]} */
  const samples = [];
  let beforeUs = 0;
  for (let at = HEADER_BYTES; at < view.byteLength; at += SAMPLE_BYTES) {
    const laterUs = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const sample = pose(view, at + 3, firstUs + laterUs);
    if (!sample || laterUs < beforeUs || (samples.length === 0 && laterUs !== 0)) return undefined;
    samples.push(sample);
    beforeUs = laterUs;
  }
  return { kind: "poses", share, samples };
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} captureUs
 * @returns {PoseSample | undefined}
 */
function pose(view, at, captureUs) {
  const metres = (/** @type {number} */ axis) => view.getInt32(at + axis * 4, true) / UNITS_PER_METRE;
  /** @type {[number, number, number]} */
  const positionM = [metres(0), metres(1), metres(2)];
  const small = [0, 1, 2].map((part) => view.getInt16(at + 12 + part * 2, true) / PART_SCALE);
  const flags = view.getUint8(at + 18);
  const tracking = TRACKING[flags >> 2];
  const rest = 1 - small.reduce((sum, part) => sum + part * part, 0);
  // The largest of four parts is at least a half, but for rounding.
  if (!tracking || rest < 0.249 || positionM.some((axis) => Math.abs(axis) > FARTHEST_M)) return undefined;
  /** @type {number[]} */
  const orientation = [...small];
  orientation.splice(flags & 3, 0, Math.sqrt(rest));
  return {
    captureUs,
    positionM,
    orientation: /** @type {[number, number, number, number]} */ (orientation),
    tracking,
  };
}

/**
 * @param {DataView} view
 * @param {number} captureUs
 * @returns {LiveMessage | undefined}
 */
function motions(view, captureUs) {
  const [share, count] = [view.getUint8(1), view.getUint8(2)];
  if (count < 1 || count > MAX_MARK_MOTIONS) return undefined;
  /** @type {MarkMotion[]} */
  const marks = [];
  let at = HEADER_BYTES;
  while (marks.length < count) {
    if (view.byteLength < at + 6) return undefined;
    const [revision, kind, confidence] = [view.getUint32(at, true), view.getUint8(at + 4), view.getUint8(at + 5)];
    const values = kind === 0 ? 6 : 8;
    if (kind > 1 || view.byteLength < at + 6 + values * 4) return undefined;
    const start = at + 6;
    const transform = Array.from({ length: values }, (_, index) => view.getFloat32(start + index * 4, true));
    if (!transform.every(Number.isFinite)) return undefined;
    marks.push({ revision, transform, confidence });
    at = start + values * 4;
  }
  return at === view.byteLength ? { kind: "motions", share, captureUs, marks } : undefined;
}
