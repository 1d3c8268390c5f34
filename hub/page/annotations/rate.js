// How fast.

/** A bucket that fills with time and is full at first. */
export class TokenBucket {
  #perSecond;
  #capacity;
  #level;
  #updatedMs = 0;

  /**
   * @param {number} perSecond
   * @param {number} capacity
   */
  constructor(perSecond, capacity) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
    this.#level = capacity;
  }

  /**
   * Takes `tokens`, or nothing. A clock that goes back fills nothing.
   * @param {number} tokens
   * @param {number} nowMs
   */
  take(tokens, nowMs) {
    const elapsedMs = Math.max(nowMs - this.#updatedMs, 0);
    this.#updatedMs = Math.max(nowMs, this.#updatedMs);
    this.#level = Math.min(this.#level + elapsedMs * this.#perSecond / 1_000, this.#capacity);
    if (tokens > this.#level) return false;
    this.#level -= tokens;
    return true;
  }
}
