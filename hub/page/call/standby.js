// Keeps a peer connection with a finished offer at hand, so that a call starts with sending it.

import { Peer } from "./peer.js";

/** @typedef {import("../messages.js").IceServer} IceServer */

/** Addresses change and TURN credentials run out: an older offer is made anew. */
const FRESH_MS = 10 * 60_000;

export class Standby {
  /** @type {Peer | undefined} */
  #peer;
  /** @type {IceServer[]} */
  #iceServers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #renewal;

  #ready = false;

  /** @param {(peer: Peer) => void} [prepared] told of each new one, to attach what will show its tracks */
  constructor(prepared = () => {}) {
    this.prepared = prepared;
    // The network changed: the candidates in the offer are those of the old one.
    addEventListener("online", () => {
      if (this.#peer) this.renew();
    });
  }

  /** Whether the offer is there. */
  get ready() {
    return this.#peer !== undefined && this.#ready;
  }

  /** @param {IceServer[]} iceServers */
  serve(iceServers) {
    const same = JSON.stringify(iceServers) === JSON.stringify(this.#iceServers);
    this.#iceServers = iceServers;
    if (!same || !this.#peer) this.renew();
  }

  /** Drops the old one and makes another. */
  renew() {
    this.drop();
    const peer = new Peer(this.#iceServers);
    this.#peer = peer;
    this.#ready = false;
    peer.prepareOffer().then(
      () => {
        if (this.#peer === peer) this.#ready = true;
      },
      () => console.warn("an offer could not be prepared; it is tried again with the call"),
    );
    // Its tracks are there already, although nothing arrives yet.
    this.prepared(peer);
    this.#renewal = setTimeout(() => this.renew(), FRESH_MS);
  }

  /** The prepared one, or one that is just beginning. The next is made when the call is over. */
  take() {
    const peer = this.#peer ?? new Peer(this.#iceServers);
    this.#peer = undefined;
    clearTimeout(this.#renewal);
    return peer;
  }

  /** One without an offer, for answering. */
  fresh() {
    return new Peer(this.#iceServers);
  }

  drop() {
    clearTimeout(this.#renewal);
    this.#peer?.close();
    this.#peer = undefined;
  }
}
