// The peer connections of one call: the newest, and the one before it until the newest is up.

export class Paths {
  /** The newest one's number: the round it was made for. */
  #number = 0;
  /** Coming: it was never up. Down: it was up.
   * @type {"coming" | "up" | "down"} */
  #newest = "coming";
  #olderIsUp = false;

  /**
   * A new connection is made for this round.
   * @param {number} round
   */
  renew(round) {
    this.#olderIsUp = this.isUp;
    this.#number = round;
    this.#newest = "coming";
  }

  /**
   * The connection of this number is up. An older one does not count any more when the newest was up.
   * @param {number} number
   */
  connected(number) {
    if (number === this.#number) {
      this.#newest = "up";
      this.#olderIsUp = false;
    } else if (number < this.#number) {
      this.#olderIsUp = this.isComing;
    }
  }

  /**
   * The connection of this number is down; it may come back.
   * @param {number} number
   */
  disconnected(number) {
    if (number !== this.#number) this.#olderIsUp = false;
    else if (this.#newest === "up") this.#newest = "down";
  }

  /** Whether media flows. */
  get isUp() {
    return this.newestIsUp || this.#olderIsUp;
  }

  /** Whether the newest connection carries media: then new ICE credentials are all that another network needs. */
  get newestIsUp() {
    return this.#newest === "up";
  }

  /** Whether the newest connection was never up. */
  get isComing() {
    return this.#newest === "coming";
  }
}
