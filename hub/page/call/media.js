// The peer connections of this page's calls, and the steps that the call machine wants of them.

/** @typedef {import("../call-machine/types.js").Input} Input */
/** @typedef {import("../call-machine/types.js").Output} Output */
/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {Extract<Output, { output: "create_offer" | "create_answer" | "apply_answer" | "add_candidates" }>} Step */

/**
 * What the owner is told about one connection.
 * @typedef {object} MediaEvents
 * @property {(state: "connected" | "disconnected") => void} changed
 * @property {() => void} tookOver it took the place of the connection before it
 * @property {() => void} channelOpened
 * @property {() => void} channelClosed
 * @property {(wire: string) => void} channelMessage
 * @property {(bytes: ArrayBuffer) => void} liveMessage
 */

/** @typedef {{ current: Peer, next: Peer | undefined, wasUp: boolean }} Connections */

export class Media {
  /** By call: of two calls that cross, both live for a moment.
   * @type {Map<string, Connections>} */
  #calls = new Map();
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

  /**
   * The connection that a call uses.
   * @param {string} call
   */
  peer(call) {
    return this.#calls.get(call)?.current;
  }

  /** @param {Step} step */
  act(step) {
    switch (step.output) {
      case "create_offer":
        return void this.#createOffer(step);
      case "create_answer":
        return void this.#createAnswer(step);
      case "apply_answer":
        return void this.#attempt(step.call, (peer) => peer.applyAnswer(step.answer));
      case "add_candidates":
        return void this.#newest(step.call)?.addCandidates(step.candidates);
    }
  }

  /** @param {string} call */
  close(call) {
    const connections = this.#calls.get(call);
    connections?.current.close();
    connections?.next?.close();
    this.#calls.delete(call);
  }

  /** @param {string} call */
  #newest(call) {
    const connections = this.#calls.get(call);
    return connections?.next ?? connections?.current;
  }

  /** @param {Extract<Output, { output: "create_offer" }>} step */
  async #createOffer({ call, round, restart, fresh }) {
    if (round === 0) this.#adopt(call, round, this.#standby.take());
    else if (fresh) this.#adopt(call, round, this.#standby.fresh());
    await this.#attempt(call, async (peer) => {
      const sdp = fresh ? await peer.firstOffer(round) : await peer.offer(round, restart);
      this.#input({ input: "offer_created", call, round, sdp });
      // Those found earlier are in the offer; when there are no more, nothing else would say so.
      if (peer.gathered) this.#input({ input: "candidates_gathered", call, round, candidates: [], complete: true });
    });
  }

  /** @param {Extract<Output, { output: "create_answer" }>} step */
  async #createAnswer({ call, round, offer, fresh }) {
    if (round === 0 || fresh) this.#adopt(call, round, this.#standby.fresh());
    await this.#attempt(call, async (peer) => {
      const sdp = await peer.answer(round, offer);
      this.#input({ input: "answer_created", call, round, sdp });
    });
  }

  /**
   * Takes a connection for a round. The one in use stays beside it until it is up, if it ever was up itself.
   * @param {string} call
   * @param {number} connection
   * @param {Peer} peer
   */
  #adopt(call, connection, peer) {
    const known = this.#calls.get(call);
    if (known?.wasUp) {
      known.next?.close();
      known.next = peer;
    } else {
      known?.current.close();
      this.#calls.set(call, { current: peer, next: undefined, wasUp: false });
    }
    const events = this.#events(call, peer);
    const which = connection === 0 ? {} : { connection };
    peer.listen({
      candidates: (round, candidates, complete) =>
        this.#input({ input: "candidates_gathered", call, round, candidates, complete }),
      media: (state) => {
        if (state === "connected") this.#connected(call, peer, events);
        this.#input({ input: state === "connected" ? "media_connected" : "media_disconnected", call, ...which });
        events.changed(state);
      },
      channelOpened: () => events.channelOpened(),
      channelClosed: () => events.channelClosed(),
      channelMessage: (wire) => events.channelMessage(wire),
      liveMessage: (bytes) => events.liveMessage(bytes),
    });
  }

  /**
   * This one is up: the one before it is let go.
   * @param {string} call
   * @param {Peer} peer
   * @param {MediaEvents} events
   */
  #connected(call, peer, events) {
    const connections = this.#calls.get(call);
    if (!connections) return;
    connections.wasUp = true;
    if (peer !== connections.next) return;
    connections.current.close();
    connections.current = peer;
    connections.next = undefined;
    events.tookOver();
  }

  /**
   * Runs a step of the media layer; what it refuses ends a call that was never connected, of another one the next round is
   * waited for.
   * @param {string} call
   * @param {(peer: Peer) => Promise<void>} step
   */
  async #attempt(call, step) {
    const peer = this.#newest(call);
    if (!peer) return;
    try {
      await step(peer);
    } catch (error) {
      if (this.#newest(call) !== peer) return;
      console.warn(`a description was refused: ${error instanceof Error ? error.name : "unknown"}`);
      if (!this.#calls.get(call)?.wasUp) this.#input({ input: "media_failed", call });
    }
  }
}
