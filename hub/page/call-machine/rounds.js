// Where the exchange of descriptions stands.

import { Paths } from "./paths.js";

/** @typedef {import("./types.js").Candidate} Candidate */
/** @typedef {{ round: number, candidates: Candidate[], complete: boolean }} Early */

export class Rounds {
  newest = 0;
  /** The newest round is a new connection's. */
  isFresh = false;
  /** Caller: the callee takes rounds that are fresh. */
  peerRenews = false;
  /** The invite went out. */
  invited = false;
  /** Our description of the newest round went out. */
  described = false;
  /** The peer's description of the newest round went to the media layer. */
  applied = false;
  /** Callee: the answer that waits for the user.
   * @type {string | undefined} */
  answer;
  /** Our candidates that wait for our description.
   * @type {Candidate[]} */
  held = [];
  heldComplete = false;
  /** The peer's candidates that came before their description, by device.
   * @type {Map<string, Early[]>} */
  early = new Map();
  /** When the newest round began, or was asked for. */
  began;
  /** The device's network changed before the peer could be told. */
  restartWanted = false;
  mediaOpen = false;
  paths = new Paths();
  /** Media was there, or was tried, and is lost. */
  mediaLost = false;

  /** @param {number} now */
  constructor(now) {
    this.began = now;
  }

  /**
   * Begins a round; a fresh one has a connection of its own.
   * @param {number} round
   * @param {boolean} fresh
   * @param {number} now
   */
  begin(round, fresh, now) {
    if (fresh) this.paths.renew(round);
    this.isFresh = fresh;
    this.newest = round;
    this.described = false;
    this.applied = false;
    this.held = [];
    this.heldComplete = false;
    this.began = now;
  }

  /** Forgets everything about media. */
  close() {
    const { newest, invited } = this;
    Object.assign(this, new Rounds(this.began), { newest, invited });
  }
}
