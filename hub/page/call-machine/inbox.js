// Which messages have been acted on, so that a repetition is not.

/** Ids further ahead than this are not taken: their sender has not waited for an acknowledgement for very long. */
const WINDOW = 1_000;
/** With this many arrived beyond a missing id, that one is not waited for any more: its sender took it back. */
const PATIENCE = 500;
/** More devices than a person has. */
const MAX_DEVICES = 16;

/** @typedef {"new" | "repeated" | "unacceptable"} Freshness */

export class Inbox {
  /** By sending device: all ids up to `through`, and those in `above`, have been acted on.
   * @type {Map<string, { through: number, above: Set<number> }>} */
  #devices = new Map();

  /**
   * @param {string} from
   * @param {number} id
   * @returns {Freshness}
   */
  judge(from, id) {
    const arrivals = this.#devices.get(from);
    if (!arrivals) return id >= 1 && id <= WINDOW && this.#devices.size < MAX_DEVICES ? "new" : "unacceptable";
    if (id === 0 || id > arrivals.through + WINDOW) return "unacceptable";
    return id <= arrivals.through || arrivals.above.has(id) ? "repeated" : "new";
  }

  /**
   * Notes that the message has been acted on.
   * @param {string} from
   * @param {number} id
   */
  record(from, id) {
    const arrivals = this.#devices.get(from) ?? { through: 0, above: new Set() };
    this.#devices.set(from, arrivals);
    arrivals.above.add(id);
    if (arrivals.above.size > PATIENCE) arrivals.through = Math.min(...arrivals.above) - 1;
    while (arrivals.above.delete(arrivals.through + 1)) arrivals.through++;
  }

  /**
   * Notes that the device takes part; true if that is news.
   * @param {string} from
   */
  hear(from) {
    if (this.#devices.has(from) || this.#devices.size >= MAX_DEVICES) return false;
    this.#devices.set(from, { through: 0, above: new Set() });
    return true;
  }

  /** The devices that take part. */
  heard() {
    return [...this.#devices.keys()];
  }
}
