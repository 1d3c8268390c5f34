// From the world into a picture. The camera looks along -Z with +Y up; a picture's x goes right and its y down, both
// from 0 to 1. The twin of core/scene/src/camera.rs.

import { rotationOf } from "./quaternion.js";

/** @typedef {import("./pose-track.js").Pose} Pose */
/** In shares of the picture's width and height.
 * @typedef {{ focal: readonly [number, number], principal: readonly [number, number] }} Lens */
/**
 * The rows of the matrix that takes [x, y, z, 1] to [u · depth, v · depth, depth].
 * @typedef {Float64Array} View
 */

/** What is nearer than this, in metres, is cut away: it would be everywhere in the picture. */
export const NEAR_M = 0.05;

/**
 * @param {Pose} pose camera-to-world
 * @param {Lens} lens
 * @returns {View}
 */
export function viewOf({ positionM: [x, y, z], orientation }, { focal, principal }) {
  const turn = rotationOf(orientation);
  const view = new Float64Array(12);
  for (let axis = 0; axis < 3; axis++) {
    // The columns of the camera's turn are its axes in the world.
    const [right, up, back] = [turn[axis * 3], turn[axis * 3 + 1], turn[axis * 3 + 2]];
    view[axis] = focal[0] * right - principal[0] * back;
    view[4 + axis] = -focal[1] * up - principal[1] * back;
    view[8 + axis] = -back;
  }
  for (let row = 0; row < 12; row += 4) view[row + 3] = -(view[row] * x + view[row + 1] * y + view[row + 2] * z);
  return view;
}

/**
 * Where polylines go; kept, so that drawing a frame makes no garbage. A polyline that is cut becomes several.
 */
export class Polylines {
  /** x and y of each point, in shares of the picture. */
  points = new Float32Array(4_096);
  /** How many points there are. */
  length = 0;
  /** The index of each polyline's first point.
   * @type {number[]} */
  starts = [];
  /** Whether the end of the last one was cut off. */
  endsCut = false;

  clear() {
    this.length = 0;
    this.starts.length = 0;
    this.endsCut = false;
  }

  begin() {
    this.starts.push(this.length);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  add(x, y) {
    if (this.length * 2 === this.points.length) {
      const grown = new Float32Array(this.points.length * 2);
      grown.set(this.points);
      this.points = grown;
    }
    this.points[this.length * 2] = x;
    this.points[this.length * 2 + 1] = y;
    this.length++;
  }

  /** As plain lists, for those who look.
   * @returns {[number, number][][]} */
  toLists() {
    return this.starts.map((start, index) => {
      const end = this.starts[index + 1] ?? this.length;
      return Array.from({ length: end - start }, (_, point) =>
        /** @type {[number, number]} */ ([this.points[(start + point) * 2], this.points[(start + point) * 2 + 1]]));
    });
  }
}

/** Bits of the sides of the picture on which a point is. */
const [LEFT, RIGHT, ABOVE, BELOW, BEHIND] = [1, 2, 4, 8, 16];
/** How far beyond the picture's edge a wide line still shows. */
const MARGIN = 0.06;

/**
 * Projects one polyline; what is behind the camera is cut off, and what is nowhere in the picture is left out.
 * @param {View} view
 * @param {Float64Array} points x, y and z of each, in metres
 * @param {number} from the polyline's first point
 * @param {number} to the one after its last
 * @param {Polylines} out
 */
export function project(view, points, from, to, out) {
  const [ux, uy, uz, u1, vx, vy, vz, v1, dx, dy, dz, d1] = view;
  const [startOfPoints, startOfLines] = [out.length, out.starts.length];
  let everywhere = LEFT | RIGHT | ABOVE | BELOW | BEHIND;
  let isDown = false;
  let [lastU, lastV, lastDepth] = [0, 0, 0];
  for (let point = from; point < to; point++) {
    const [x, y, z] = [points[point * 3], points[point * 3 + 1], points[point * 3 + 2]];
    const u = ux * x + uy * y + uz * z + u1;
    const v = vx * x + vy * y + vz * z + v1;
    const depth = dx * x + dy * y + dz * z + d1;
    const visible = depth >= NEAR_M;
    if (point > from && visible !== lastDepth >= NEAR_M) {
      const share = (NEAR_M - lastDepth) / (depth - lastDepth);
      const [cutU, cutV] = [(lastU + (u - lastU) * share) / NEAR_M, (lastV + (v - lastV) * share) / NEAR_M];
      if (visible) {
        out.begin();
        isDown = true;
      }
      everywhere &= sidesOf(cutU, cutV);
      out.add(cutU, cutV);
    }
    if (visible) {
      if (!isDown) out.begin();
      everywhere &= sidesOf(u / depth, v / depth);
      out.add(u / depth, v / depth);
    }
    isDown = visible;
    [lastU, lastV, lastDepth] = [u, v, depth];
  }
  out.endsCut = !isDown;
  if (everywhere === 0) return;
  out.length = startOfPoints;
  out.starts.length = startOfLines;
}

/**
 * @param {number} x
 * @param {number} y
 */
function sidesOf(x, y) {
  return (x < -MARGIN ? LEFT : x > 1 + MARGIN ? RIGHT : 0) | (y < -MARGIN ? ABOVE : y > 1 + MARGIN ? BELOW : 0);
}
