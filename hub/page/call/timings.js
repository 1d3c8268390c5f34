// When things happened in a call, by `performance.now()`.

export class Timings {
  /** The click on *Join* or *Answer*.
   * @type {number | undefined} */
  clickedAtMs;
  /** @type {number | undefined} */
  connectedAtMs;
  /** @type {number | undefined} */
  endedAtMs;

  /** @param {number} clickedAtMs */
  begin(clickedAtMs) {
    this.clickedAtMs = clickedAtMs;
    this.connectedAtMs = undefined;
    this.endedAtMs = undefined;
  }

  connected() {
    this.connectedAtMs ??= performance.now();
  }

  ended() {
    this.endedAtMs ??= performance.now();
  }

  /** How long there was sound and picture. */
  get durationMs() {
    if (this.connectedAtMs === undefined) return 0;
    return (this.endedAtMs ?? performance.now()) - this.connectedAtMs;
  }
}
