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

/** What is poor, as in the core: a verdict holds until its opposite has lasted, and a figure that is better already is told as that. */
const POOR_BPS = 1_500_000;
const CRITICAL_BPS = 150_000;
const POOR_ROUND_TRIP_MS = 1_000;
const POOR_PER_MILLE = 100;

/**
 * "Good, 1.4 Mbit/s", "Poor: 12 % of packets lost", "Poor, getting better: 1.8 Mbit/s"
 * @param {LinkState} state
 * @param {number | undefined} roundTripMs
 */
export function linkWords(state, roundTripMs) {
  const bps = state.bears_bps ?? undefined;
  const rate = bps === undefined ? undefined : bitRateWords(bps);
  const begun = (/** @type {string} */ grade, /** @type {boolean} */ isBetter) => `${grade}${isBetter ? ", getting better:" : ":"}`;
  if (state.grade === "good") return rate ? `Good, ${rate}` : "Good";
  if (state.grade === "critical") {
    if (bps !== undefined && bps >= CRITICAL_BPS) return `${begun("Critical", true)} ${rate}`;
    return rate ? `Critical: ${rate}, enough for sound alone` : "Critical: enough for sound alone";
  }
  if (state.reason === "loss") {
    return `${begun("Poor", state.lost_per_mille < POOR_PER_MILLE)} ${Math.round(state.lost_per_mille / 10)} % of packets lost`;
  }
  if (state.reason === "delay") {
    if (roundTripMs === undefined) return "Poor: answers take long";
    return roundTripMs < POOR_ROUND_TRIP_MS
      ? `${begun("Poor", true)} answers take ${Math.round(roundTripMs)} ms`
      : `Poor: answers take ${(roundTripMs / 1_000).toFixed(1)} s`;
  }
  if (bps !== undefined && bps >= POOR_BPS) return `${begun("Poor", true)} ${rate}`;
  return rate ? `Poor: only ${rate}` : "Poor: little bandwidth";
}
