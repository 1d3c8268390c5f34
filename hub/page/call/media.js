// The peer connections of this page's calls, and the steps that the call machine wants of them.

/** @typedef {import("../call-machine/types.js").Input} Input */
/** @typedef {import("../call-machine/types.js").Output} Output */
/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {Extract<Output, { output: "create_offer" | "create_answer" | "apply_answer" | "add_candidates" }>} Step */

/**
 * What the owner is told about one connection.
 * @typedef {object} MediaEvents
 * @property {(state: "connected" | "disconnected") => void} changed
 * @property {() => void} channelOpened
 * @property {() => void} channelClosed
 * @property {(wire: string) => void} channelMessage
 * @property {(bytes: ArrayBuffer) => void} liveMessage
 */

export class Media {
  /** By call: of two calls that cross, both live for a moment.
   * @type {Map<string, Peer>} */
  #peers = new Map();
  #standby;
  #input;
  #events;

  /**
   * @param {import("./standby.js").Standby} standby
   * @param {(input: Input) => void} input the way to the machine
   * @param {(call: string, peer: Peer) => MediaEvents} events for a connection that begins
   */
  constructor(standby, input, events) {
    this.#standby = standby;
    this.#input = input;
    this.#events = events;
  }

  /** @param {string} call */
  peer(call) {
    return this.#peers.get(call);
  }

  /** @param {Step} step */
  act(step) {
    switch (step.output) {
      case "create_offer":
        return void this.#createOffer(step.call, step.round, step.restart);
      case "create_answer":
        return void this.#createAnswer(step.call, step.round, step.offer);
      case "apply_answer":
        return void this.#attempt(step.call, (peer) => peer.applyAnswer(step.answer));
      case "add_candidates":
        return void this.#peers.get(step.call)?.addCandidates(step.candidates);
    }
  }

  /** @param {string} call */
  close(call) {
    this.#peers.get(call)?.close();
    this.#peers.delete(call);
  }

  /**
   * @param {string} call
   * @param {number} round
   * @param {boolean} restart
   */
  async #createOffer(call, round, restart) {
    if (round === 0) this.#adopt(call, this.#standby.take());
    await this.#attempt(call, async (peer) => {
      const sdp = await peer.offer(round, restart);
      this.#input({ input: "offer_created", call, round, sdp });
      // Those found earlier are in the offer; when there are no more, nothing else would say so.
      if (peer.gathered) this.#input({ input: "candidates_gathered", call, round, candidates: [], complete: true });
    });
  }

  /**
   * @param {string} call
   * @param {number} round
   * @param {string} offer
   */
  async #createAnswer(call, round, offer) {
    if (round === 0) this.#adopt(call, this.#standby.fresh());
    await this.#attempt(call, async (peer) => {
      const sdp = await peer.answer(round, offer);
      this.#input({ input: "answer_created", call, round, sdp });
    });
  }

  /**
   * @param {string} call
   * @param {Peer} peer
   */
  #adopt(call, peer) {
    this.#peers.set(call, peer);
    const events = this.#events(call, peer);
    peer.listen({
      candidates: (round, candidates, complete) =>
        this.#input({ input: "candidates_gathered", call, round, candidates, complete }),
      media: (state) => {
        this.#input({ input: state === "connected" ? "media_connected" : "media_disconnected", call });
        events.changed(state);
      },
      channelOpened: () => events.channelOpened(),
      channelClosed: () => events.channelClosed(),
      channelMessage: (wire) => events.channelMessage(wire),
      liveMessage: (bytes) => events.liveMessage(bytes),
    });
  }

  /**
   * Runs a step of the media layer; what it refuses ends the call.
   * @param {string} call
   * @param {(peer: Peer) => Promise<void>} step
   */
  async #attempt(call, step) {
    const peer = this.#peers.get(call);
    if (!peer) return;
    try {
      await step(peer);
    } catch (error) {
      if (this.#peers.get(call) !== peer) return;
      console.warn(`a description was refused: ${error instanceof Error ? error.name : "unknown"}`);
      this.#input({ input: "media_failed", call });
    }
  }
}
