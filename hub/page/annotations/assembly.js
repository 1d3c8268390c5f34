// A list that arrives in parts, in any order and more than once: the twin of core/protocol/src/annotations/assembly.rs.

/** @template T */
export class Assembly {
  /** The list up to the first gap.
   * @type {T[]} */
  ready = [];
  /** By the index of their first item, beyond what is ready.
   * @type {Map<number, T[]>} */
  #early = new Map();
  #earlyItems = 0;
  /** How long the list will be, once that is known. */
  #total = Infinity;

  /**
   * Takes a part whose first item is item `from` of the list. Returns whether what is ready, or complete, changed.
   * @param {number} from
   * @param {T[]} items
   * @param {boolean} isLast
   */
  insert(from, items, isLast) {
    const [length, wasComplete] = [this.ready.length, this.isComplete];
    if (isLast && this.#total === Infinity) this.#total = from + items.length;
    if (from <= this.ready.length) {
      this.#append(from, items);
      this.#closeGaps();
    } else if ((this.#early.get(from)?.length ?? -1) < items.length) {
      this.#earlyItems += items.length - (this.#early.get(from)?.length ?? 0);
      this.#early.set(from, items);
    }
    if (this.isComplete) {
      this.#early.clear();
      this.#earlyItems = 0;
    }
    return length !== this.ready.length || wasComplete !== this.isComplete;
  }

  /** All items are there. */
  get isComplete() {
    return this.#total <= this.ready.length;
  }

  /** How many items are kept, those that wait among them. */
  get stored() {
    return this.ready.length + this.#earlyItems;
  }

  /**
   * @param {number} from
   * @param {T[]} items
   */
  #append(from, items) {
    const until = Math.min(this.#total - from, items.length);
    for (let index = this.ready.length - from; index < until; index++) {
      this.ready.push(/** @type {T} */ (items[index]));
    }
  }

  #closeGaps() {
    for (let next = this.#firstEarly(); next !== undefined && next <= this.ready.length; next = this.#firstEarly()) {
      const items = this.#early.get(next) ?? [];
      this.#early.delete(next);
      this.#earlyItems -= items.length;
      this.#append(next, items);
    }
  }

  #firstEarly() {
    return this.#early.size === 0 ? undefined : Math.min(...this.#early.keys());
  }
}
