// Turns in space as unit quaternions [x, y, z, w].

/** @typedef {readonly [number, number, number, number]} Quaternion */
/** @typedef {readonly [number, number, number]} Vector */

/** Below this the great circle is a straight line for all that can be seen. */
const NEARLY_EQUAL = 0.9995;

/**
 * The shorter way from one turn to another, at constant speed; beyond 1 it goes on.
 * @param {Quaternion} one
 * @param {Quaternion} other
 * @param {number} share
 * @returns {Quaternion}
 */
export function slerp(one, other, share) {
  let cosine = one[0] * other[0] + one[1] * other[1] + one[2] * other[2] + one[3] * other[3];
  const sign = cosine < 0 ? -1 : 1;
  cosine *= sign;
  let first = 1 - share;
  let second = share;
  if (cosine < NEARLY_EQUAL) {
    const angle = Math.acos(cosine);
    first = Math.sin(first * angle) / Math.sin(angle);
    second = Math.sin(second * angle) / Math.sin(angle);
  }
  return unit([
    first * one[0] + sign * second * other[0],
    first * one[1] + sign * second * other[1],
    first * one[2] + sign * second * other[2],
    first * one[3] + sign * second * other[3],
  ]);
}

/**
 * @param {Quaternion} quaternion
 * @returns {Quaternion}
 */
export function unit([x, y, z, w]) {
  const length = Math.hypot(x, y, z, w);
  return length > 0 ? [x / length, y / length, z / length, w / length] : [0, 0, 0, 1];
}

/**
 * The rotation matrix, row by row.
 * @param {Quaternion} quaternion of unit length
 */
export function rotationOf([x, y, z, w]) {
  return [
    1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
    2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
    2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
  ];
}
