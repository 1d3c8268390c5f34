// The document as it is drawn: flat, made anew only when the document changes, so that a frame costs one pass.

import { PICTURE_UNITS } from "./messages.js";
import { rotationOf } from "./quaternion.js";

/** @typedef {import("./document.js").MarkView} MarkView */
/** @typedef {import("./messages.js").Anchor} Anchor */
/** @typedef {import("./messages.js").Colour} Colour */
/** @typedef {import("./messages.js").Tool} Tool */
/**
 * @typedef {object} DrawnMark
 * @property {string} key
 * @property {string} author
 * @property {number} number
 * @property {Tool} tool
 * @property {Colour} colour
 * @property {number} width in thousandths of the picture's width
 * @property {number | undefined} pin the author's frozen frame that it was drawn on
 * @property {"placing" | "shape" | "picture"} state
 * @property {number} revision of its placing
 * @property {boolean} certain whether its anchor is followed
 * @property {boolean} isDone
 * @property {number} from its first point: of `world` for a shape, else of `picture`
 * @property {number} to the one after its last
 */

const METRES = 1e-6;
const TURNS = 1e-6;

export class Shapes {
  /** In the document's order.
   * @type {DrawnMark[]} */
  marks = [];
  /** x, y and z of each point in the owner's world, in metres. */
  world = new Float64Array(3 * 1_024);
  /** x and y of each point in shares of the picture: as drawn, or brought to that in which the mark began. */
  picture = new Float32Array(2 * 1_024);
  /** How many marks are left out because the device lost the place they are at. */
  lost = 0;

  /**
   * @param {Iterable<MarkView>} marks
   * @param {(id: number) => Anchor | undefined} anchor
   * @param {string} me whose marks are seen before they are placed
   */
  make(marks, anchor, me) {
    this.marks = [];
    this.lost = 0;
    let worldEnd = 0;
    let pictureEnd = 0;
    for (const mark of marks) {
      const { author, number, stroke, placement } = mark;
      const { tool, colour, width } = stroke;
      const pin = stroke.pin ?? undefined;
      const common = { key: `${author} ${number}`, author, number, colour, width, pin, isDone: mark.isDone };
      if (placement.state === "shape" && placement.pointsUm.length > 0) {
        const at = anchor(placement.anchor);
        if (!at || at.state === "lost") {
          this.lost++;
          continue;
        }
        const from = worldEnd;
        worldEnd += placement.pointsUm.length;
        this.world = grown(this.world, worldEnd * 3);
        toWorld(placement.pointsUm, at, this.world, from);
        this.marks.push({ ...common, tool: placement.kind, state: "shape", revision: placement.revision,
          certain: at.state === "tracked", from, to: worldEnd });
      } else if (placement.state === "picture" && placement.points.length > 0) {
        const from = pictureEnd;
        pictureEnd = this.#add(placement.points, from);
        this.marks.push({ ...common, tool, state: "picture", revision: placement.revision, certain: true, from,
          to: pictureEnd });
      } else if (placement.state !== "refused" && author === me) {
        const from = pictureEnd;
        pictureEnd = this.#add(mark.points.map(({ x, y }) => [x, y]), from);
        this.marks.push({ ...common, tool, state: "placing", revision: 0, certain: true, from, to: pictureEnd });
      }
    }
  }

  /**
   * @param {readonly (readonly number[])[]} points of the picture
   * @param {number} from where the first one goes
   * @returns {number} where the next one would
   */
  #add(points, from) {
    const end = from + points.length;
    this.picture = grown(this.picture, end * 2);
    points.forEach(([x, y], index) => {
      this.picture[(from + index) * 2] = x / PICTURE_UNITS;
      this.picture[(from + index) * 2 + 1] = y / PICTURE_UNITS;
    });
    return end;
  }
}

/**
 * @param {readonly (readonly number[])[]} points in the anchor's frame, µm
 * @param {Anchor} anchor
 * @param {Float64Array} world
 * @param {number} from where the first one goes
 */
function toWorld(points, { position_um: position, orientation_ppm: orientation }, world, from) {
  const [qx, qy, qz, qw] = orientation;
  const turn = rotationOf([qx * TURNS, qy * TURNS, qz * TURNS, qw * TURNS]);
  let at = from * 3;
  for (const [x, y, z] of points) {
    for (let row = 0; row < 3; row++) {
      const turned = turn[row * 3] * x + turn[row * 3 + 1] * y + turn[row * 3 + 2] * z;
      world[at++] = (position[row] + turned) * METRES;
    }
  }
}

/**
 * @template {Float32Array | Float64Array} T
 * @param {T} array
 * @param {number} length
 * @returns {T} with room for that many
 */
function grown(array, length) {
  if (length <= array.length) return array;
  const larger = /** @type {T} */ (new /** @type {any} */ (array.constructor)(Math.max(length, array.length * 2)));
  larger.set(array);
  return larger;
}
