// Frames that an author asked to keep: the twin of core/protocol/src/annotations/pins.rs.

import { PINS_REMEMBERED } from "./limits.js";

/** @typedef {{ space: import("./messages.js").Space, epoch: number, atUs: number }} Asked */

/** One author's frozen frames. Old numbers are forgotten, so that it stays small without being told. */
export class Pins {
  #newest = 0;
  /** @type {Map<number, Asked>} */
  #asked = new Map();
  /** @type {Set<number>} */
  #thawed = new Set();

  /** @param {number} above pins up to this number are gone */
  constructor(above = 0) {
    this.#advance(above);
    for (let pin = this.#forgottenThrough + 1; pin <= above; pin++) this.#thawed.add(pin);
  }

  /**
   * Returns whether that is news.
   * @param {number} pin
   * @param {Asked} asked
   */
  freeze(pin, asked) {
    if (this.isGone(pin) || this.#asked.has(pin)) return false;
    this.#asked.set(pin, asked);
    this.#advance(pin);
    return true;
  }

  /**
   * Returns whether there was one.
   * @param {number} pin
   */
  thaw(pin) {
    if (this.isGone(pin)) return false;
    this.#thawed.add(pin);
    this.#advance(pin);
    return this.#asked.delete(pin);
  }

  /**
   * Whether it was thawed, or is too old to be remembered.
   * @param {number} pin
   */
  isGone(pin) {
    return pin <= this.#forgottenThrough || this.#thawed.has(pin);
  }

  /** @param {number} pin */
  get(pin) {
    return this.#asked.get(pin);
  }

  get count() {
    return this.#asked.size;
  }

  /** By number. */
  asked() {
    return [...this.#asked].sort(([one], [other]) => one - other);
  }

  /** By number. */
  thawed() {
    return [...this.#thawed].sort((one, other) => one - other);
  }

  get #forgottenThrough() {
    return Math.max(this.#newest - PINS_REMEMBERED, 0);
  }

  /** @param {number} pin */
  #advance(pin) {
    if (pin <= this.#newest) return;
    this.#newest = pin;
    for (const old of this.#asked.keys()) if (old <= this.#forgottenThrough) this.#asked.delete(old);
    for (const old of this.#thawed) if (old <= this.#forgottenThrough) this.#thawed.delete(old);
  }
}
