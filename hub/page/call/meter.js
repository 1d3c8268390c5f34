// Looks at the running call once a second and says how it goes.

import { qualityWords, verdict } from "./quality.js";
import { countersOf, flowBetween } from "./statistics.js";

/** @typedef {import("./statistics.js").Counters} Counters */

const EVERY_MS = 1_000;

export class Meter {
  /** @type {Counters | undefined} */
  counters;
  /** @type {{ verdict: import("./quality.js").Verdict, words: string } | undefined} */
  quality;
  /** @type {RTCPeerConnection | undefined} */
  #connection;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  #ticked;

  /** @param {() => void} ticked called once a second while there is a call */
  constructor(ticked) {
    this.#ticked = ticked;
  }

  /** Whether a picture should be coming; a paused camera is no bad quality. */
  picture = true;

  /** @param {RTCPeerConnection | undefined} connection */
  watch(connection) {
    if (connection === this.#connection) return;
    this.#connection = connection;
    clearInterval(this.#timer);
    this.counters = this.quality = undefined;
    if (connection) this.#timer = setInterval(() => void this.#look(connection), EVERY_MS);
  }

  /** @param {RTCPeerConnection} connection */
  async #look(connection) {
    const report = await connection.getStats().catch(() => undefined);
    if (!report || connection !== this.#connection) return;
    const now = countersOf(report.values());
    // Counted from the first picture on: what came before is no quality.
    if (this.picture && now.framesDecoded === 0) return;
    const flow = this.counters && flowBetween(this.counters, now);
    this.counters = now;
    if (flow) this.quality = { verdict: verdict(flow, this.picture), words: qualityWords(flow, this.picture) };
    this.#ticked();
  }
}
