// What the other side knows of its way here, in words, and what both are offered because of it.

import { bitRateWords } from "./quality.js";

/** @typedef {import("../messages.js").LinkState} LinkState */
/** @typedef {import("../messages.js").LinkOffer} LinkOffer */
/** @typedef {{ grade: LinkState["grade"], words: string, offer: LinkOffer | undefined, soundAlone: boolean }} LinkShown */

export class PeerLink {
  /** @type {LinkState | undefined} */
  #state;
  /** Answered, or closed: not shown again before it changes.
   * @type {LinkOffer | undefined} */
  #answered;

  /** @param {LinkState} state */
  told(state) {
    if (state.offer !== this.#answered) this.#answered = undefined;
    this.#state = state;
  }

  /** Answers what is offered: which offer it was, or nothing. */
  answer() {
    const offer = this.#offer;
    this.#answered = offer;
    return offer;
  }

  /**
   * @param {number | undefined} roundTripMs
   * @returns {LinkShown | undefined} nothing before the other side has said anything
   */
  shown(roundTripMs) {
    const state = this.#state;
    if (!state) return undefined;
    return { grade: state.grade, words: linkWords(state, roundTripMs), offer: this.#offer, soundAlone: state.sound_alone };
  }

  get #offer() {
    const offer = this.#state?.offer ?? undefined;
    return offer === this.#answered ? undefined : offer;
  }
}

/**
 * "Good, 1.4 Mbit/s", "Poor: 12 % of packets lost"
 * @param {LinkState} state
 * @param {number | undefined} roundTripMs
 */
export function linkWords(state, roundTripMs) {
  const rate = typeof state.bears_bps === "number" ? bitRateWords(state.bears_bps) : undefined;
  switch (state.grade) {
    case "good":
      return rate ? `Good, ${rate}` : "Good";
    case "critical":
      return rate ? `Critical: ${rate}, enough for sound alone` : "Critical: enough for sound alone";
    case "poor":
      break;
  }
  if (state.reason === "loss") return `Poor: ${Math.round(state.lost_per_mille / 10)} % of packets lost`;
  if (state.reason === "delay") {
    return roundTripMs === undefined ? "Poor: answers take long" : `Poor: answers take ${(roundTripMs / 1_000).toFixed(1)} s`;
  }
  return rate ? `Poor: only ${rate}` : "Poor: little bandwidth";
}
