// What is drawn in one call, as far as it needs no screen: the document, and what tells where its marks are in a frame.

import { Document } from "./document.js";
import { Frames } from "./frames.js";
import { decodeLive } from "./live.js";
import { PICTURE_UNITS } from "./messages.js";
import { MotionTrack } from "./motion-track.js";
import { PoseTrack } from "./pose-track.js";
import { viewOf } from "./projection.js";
import { Shapes } from "./shapes.js";

/** @typedef {import("./frames.js").Capture} Capture */
/** @typedef {import("./palette.js").Look} Look */
/** @typedef {import("./messages.js").AnnotationOperation} AnnotationOperation */
/** @typedef {import("./messages.js").RefusedBecause} Because */
/** @typedef {import("./messages.js").Tool} Tool */
/** @typedef {import("./stroke.js").PenPoint} PenPoint */
/** Why something was not done: as the document says it, or ours.
 * @typedef {import("./document.js").Refusal | "full" | "frame_not_named"} Refused */
/** @typedef {{ refused: Refused }} Refusal */
/** Why the owner's device could not do what was asked.
 * @typedef {{ markRefused: Because } | { pinRefused: Because }} Told */
/** @typedef {{ view: import("./projection.js").View, certain: boolean }} Camera */
/**
 * The frame that stands still, and what was known then of the camera, the anchors and the picture's motion: the tracks
 * forget it, and the anchors move on.
 * @typedef {Capture & { pin: number, anchors: AnchorViews | undefined, camera?: Camera | undefined,
 *   motions: Map<number, import("./motion-track.js").Transform> }} FrozenFrame
 * @typedef {ReturnType<Document["anchors"]>} AnchorViews
 */
/**
 * @typedef {object} AnnotationsParts
 * @property {string} me
 * @property {string} owner whose camera is seen
 * @property {(operation: AnnotationOperation) => boolean} say hands an operation to the call; false when it takes no more
 * @property {() => void} changed something may look different
 * @property {(told: Told) => void} told the owner could not do it, and why
 */

const PARTS = 1e-6;

export class Annotations {
  /** @type {AnnotationsParts} */
  #parts;
  document;
  frames = new Frames();
  poses = new PoseTrack();
  motions = new MotionTrack();
  #shapes = new Shapes();
  #shapesOf = "";
  /** Of the owner's shares the one that is seen. */
  #share = 0;
  /** What the call did not take yet; it goes first.
   * @type {AnnotationOperation[]} */
  #waiting = [];
  /** Own marks of which it was told that they have no place.
   * @type {Set<number>} */
  #told = new Set();
  /** @type {FrozenFrame | undefined} */
  frozen;
  /** When the last of our marks was placed, by `performance.now()`.
   * @type {number | undefined} */
  lastPlacedAtMs;

  /** @param {AnnotationsParts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.document = new Document(parts.me);
  }

  get me() {
    return this.#parts.me;
  }

  get #space() {
    return { owner: this.#parts.owner, share: this.#share };
  }

  /**
   * An operation of the peer arrived.
   * @param {string} from
   * @param {AnnotationOperation} operation
   */
  received(from, operation) {
    const received = this.document.receive(from, operation, performance.now());
    if ("refused" in received || received.changed.what === "nothing") return;
    this.#heard(received.changed, operation);
    this.#parts.changed();
  }

  /**
   * @param {import("./document.js").Changed} changed
   * @param {AnnotationOperation} operation
   */
  #heard(changed, operation) {
    switch (changed.what) {
      case "lens":
      case "anchors":
        if (changed.space.owner === this.#parts.owner) this.#see(changed.space.share);
        break;
      case "placed":
        if (changed.author === this.me) this.#placed(changed.mark);
        break;
      case "pinned":
        if (operation.do !== "pinned" || operation.outcome === "kept") break;
        if (changed.author !== this.me || changed.pin !== this.frozen?.pin) break;
        this.thaw();
        this.#parts.told({ pinRefused: operation.outcome.refused });
    }
  }

  /** @param {number} share of the owner's that is told of */
  #see(share) {
    if (share <= this.#share) return;
    this.#share = share;
    this.poses = new PoseTrack();
    this.motions = new MotionTrack();
  }

  /** @param {number} number */
  #placed(number) {
    const placement = this.document.mark(this.me, number)?.placement;
    if (placement?.state === "shape" || placement?.state === "picture") this.lastPlacedAtMs = performance.now();
    if (placement?.state !== "refused" || this.#told.has(number)) return;
    this.#told.add(number);
    this.#parts.told({ markRefused: placement.because });
  }

  /** @param {import("./frames.js").Announcement} announced */
  epoch(announced) {
    this.frames.announced(announced);
    this.#parts.changed();
  }

  /** @param {ArrayBuffer} bytes what came on the channel `live` */
  live(bytes) {
    const message = decodeLive(bytes);
    // Of a share it carries the lowest bits.
    if (typeof message === "string" || message.share !== (this.#share & 255)) return;
    if (message.kind === "poses") this.poses.add(message.samples);
    else this.motions.add(message.captureUs, message.marks);
  }

  /** The call may take more again. */
  flush() {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (this.#parts.say(next)) continue;
      this.#waiting.unshift(next);
      return;
    }
  }

  /**
   * Begins a mark.
   * @param {Tool} tool
   * @param {Look} look
   * @param {PenPoint[]} points
   * @returns {{ mark: number } | Refusal}
   */
  begin(tool, { colour, width }, points) {
    if (this.#waiting.length > 0) return { refused: "full" };
    const ink = this.#inkOf(points);
    if (ink.length === 0) return { refused: "frame_not_named" };
    const { frozen } = this;
    const stroke = { space: this.#space, tool, colour, width, interpretation: /** @type {const} */ ("automatic"),
      ...(frozen ? { pin: frozen.pin } : {}) };
    const begun = this.document.begin(stroke, ink, performance.now());
    if ("refused" in begun) return begun;
    this.#say(begun.operations);
    return { mark: begun.mark };
  }

  /**
   * @param {number} number of a mark begun here
   * @param {PenPoint[]} points
   * @returns {Refusal | undefined}
   */
  extend(number, points) {
    const pin = this.document.mark(this.me, number)?.stroke.pin ?? undefined;
    if (pin !== this.frozen?.pin) return { refused: "no_such_pin" };
    const extended = this.document.extend(number, this.#inkOf(points), performance.now());
    if ("refused" in extended) return extended;
    this.#say(extended.operations);
    return undefined;
  }

  /** @param {number} number of a mark begun here */
  finish(number) {
    const finished = this.document.finish(number);
    if (!("refused" in finished)) this.#say(finished.operations);
  }

  /** Takes the last of our marks back; those that have no place are not seen, and go with it. */
  undo() {
    const mine = this.document.marks().filter(({ author }) => author === this.me);
    for (let last = mine.pop(); last; last = mine.pop()) {
      const undone = this.document.undo();
      if (!("refused" in undone)) this.#say(undone.operations);
      if (last.placement.state !== "refused") return;
    }
  }

  clear() {
    const cleared = this.document.clear();
    if (!("refused" in cleared)) this.#say(cleared.operations);
  }

  /**
   * Asks the owner to keep a frame; it is drawn on from now on.
   * @param {Capture | undefined} capture
   * @returns {Refusal | undefined}
   */
  freeze(capture) {
    if (!capture) return { refused: "frame_not_named" };
    const { epoch, captureUs } = capture;
    const asked = this.document.freeze(this.#space, epoch, captureUs, performance.now());
    if ("refused" in asked) return asked;
    this.frozen = { pin: asked.pin, epoch, captureUs, anchors: this.document.anchors(this.#space), motions: new Map() };
    this.#say(asked.operations);
    return undefined;
  }

  thaw() {
    if (!this.frozen) return;
    const thawed = this.document.thaw(this.frozen.pin);
    this.frozen = undefined;
    if (!("refused" in thawed)) this.#say(thawed.operations);
    else this.#parts.changed();
  }

  /** How many of our marks are seen, or will be. */
  get mine() {
    let count = 0;
    for (const { author, placement } of this.document.marks()) {
      if (author === this.me && placement.state !== "refused") count++;
    }
    return count;
  }

  /** What is drawn: made anew when the document, or what it is seen on, is another. */
  get shapes() {
    const of = `${this.document.revision} ${this.frozen?.pin} ${this.#share}`;
    if (of !== this.#shapesOf) {
      this.#shapesOf = of;
      const now = new Map(this.document.anchors(this.#space)?.map((anchor) => [anchor.id, anchor]));
      // The map may be corrected while the picture stands still: there the anchors are where they were.
      for (const anchor of this.frozen?.anchors ?? []) now.set(anchor.id, anchor);
      this.#shapes.make(this.#seen(), (id) => now.get(id), this.me);
    }
    return this.#shapes;
  }

  *#seen() {
    const { owner, share } = this.#space;
    for (const mark of this.document.marks()) {
      if (mark.stroke.space.owner === owner && mark.stroke.space.share === share) yield mark;
    }
  }

  /**
   * Where the camera was when a frame was captured; nothing when that, or its lens, is not known.
   * @param {number} captureUs
   * @returns {Camera | undefined}
   */
  cameraAt(captureUs) {
    const { frozen } = this;
    if (captureUs !== frozen?.captureUs) return this.#cameraAt(captureUs);
    // What comes soon after the frame may be better than what was there at once.
    if (!frozen.camera?.certain) frozen.camera = this.#cameraAt(captureUs) ?? frozen.camera;
    return frozen.camera;
  }

  /**
   * How a mark that follows the picture moved until a frame.
   * @param {number} revision of its placing
   * @param {number} captureUs
   */
  motionAt(revision, captureUs) {
    const { frozen } = this;
    const kept = captureUs === frozen?.captureUs ? frozen.motions.get(revision) : undefined;
    const transform = kept ?? this.motions.at(revision, captureUs);
    if (transform && captureUs === frozen?.captureUs) frozen.motions.set(revision, transform);
    return transform;
  }

  /**
   * @param {number} captureUs
   * @returns {Camera | undefined}
   */
  #cameraAt(captureUs) {
    const known = this.poses.at(captureUs);
    const lens = this.document.lens(this.#space);
    if (!known || !lens) return undefined;
    const [fx, fy] = lens.focal_ppm;
    const [px, py] = lens.principal_ppm;
    const view = viewOf(known.pose, { focal: [fx * PARTS, fy * PARTS], principal: [px * PARTS, py * PARTS] });
    return { view, certain: known.certain };
  }

  /**
   * Each point with the time of the frame that it was drawn on; those on no known frame are left out.
   * @param {PenPoint[]} points
   */
  #inkOf(points) {
    const ink = [];
    for (const { x, y, timeMs } of points) {
      const frame = this.frames.at(timeMs);
      const capture = this.frozen ?? (frame && this.frames.captureOf(frame));
      if (!capture) continue;
      const { epoch, captureUs } = capture;
      ink.push({ epoch, captureUs, x: Math.round(x * PICTURE_UNITS), y: Math.round(y * PICTURE_UNITS) });
    }
    return ink;
  }

  /** @param {AnnotationOperation[]} operations */
  #say(operations) {
    this.#waiting.push(...operations);
    this.flush();
    this.#parts.changed();
  }
}
