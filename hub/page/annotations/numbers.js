// Sets of numbers that are mostly without gaps, kept as runs: the twin of core/protocol/src/annotations/numbers.rs.

export class Numbers {
  /** First and last of each run; ascending, with a gap between any two.
   * @type {[number, number][]} */
  #runs;

  /** @param {[number, number][]} runs */
  constructor(runs = []) {
    this.#runs = runs;
  }

  /**
   * All numbers from 1 to `through`, but for `except`.
   * @param {number} through
   * @param {number[]} except
   */
  static upTo(through, except) {
    /** @type {[number, number][]} */
    const runs = [];
    let next = 1;
    for (const number of [...except].sort((one, other) => one - other)) {
      if (number > through) break;
      if (number > next) runs.push([next, number - 1]);
      next = Math.max(next, number + 1);
    }
    if (next <= through) runs.push([next, through]);
    return new Numbers(runs);
  }

  /** @param {number} number */
  static one(number) {
    return new Numbers([[number, number]]);
  }

  /** @param {number} number */
  has(number) {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.[0] ?? Infinity) <= number) low = middle + 1;
      else high = middle;
    }
    return (this.#runs[low - 1]?.[1] ?? -1) >= number;
  }

  /**
   * The numbers that are in either.
   * @param {Numbers} other
   */
  union(other) {
    /** @type {[number, number][]} */
    const runs = [];
    for (const [first, last] of [...this.#runs, ...other.#runs].sort((one, two) => one[0] - two[0])) {
      const before = runs.at(-1);
      if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
      else runs.push([first, last]);
    }
    return new Numbers(runs);
  }

  /** How many runs there are. */
  get runs() {
    return this.#runs.length;
  }

  /** The highest number.
   * @returns {number | undefined} */
  get last() {
    return this.#runs.at(-1)?.[1];
  }
}
