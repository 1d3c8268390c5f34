// All calls of one device: at most one that is live, and those that are ending or ended. The twin of `CallMachine` in
// core/protocol/src/call, where the states are drawn; both replay tests/golden/call. No clock, no randomness, no I/O.

import { candidatesGathered } from "./candidates.js";
import { CALL_CONFIG } from "./config.js";
import { answerCreated, offerCreated } from "./descriptions.js";
import { end, fail } from "./ending.js";
import { busy, invited, judge, unseen } from "./invited.js";
import { acknowledge, receive, refused } from "./peer-messages.js";
import { mediaConnected, mediaDisconnected, networkChanged, signallingConnected, woke } from "./reconnect.js";
import { handleTimeout, nextDue } from "./timers.js";
import { accept, decline, hangUp, peerHungUp, place, relay } from "./user.js";

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Address} Address */
/** @typedef {import("./types.js").CallMessage} CallMessage */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").Input} Input */
/** @typedef {import("./types.js").Output} Output */

/** Most calls kept: beyond this the one that would be forgotten first goes at once. */
const MAX_CALLS = 64;

export class CallMachine {
  /** @type {Map<string, OneCall>} */
  #calls = new Map();
  /** The call that began last.
   * @type {string | undefined} */
  #latest;
  /** @type {Context} */
  #context;

  /**
   * A machine without calls, for the device that the hub's `welcome` named: signalling is there.
   * @param {Address} me
   * @param {typeof CALL_CONFIG} [config]
   */
  constructor(me, config = CALL_CONFIG) {
    this.#context = { me, config, now: 0, online: true, outputs: [] };
  }

  /**
   * Takes one input. Afterwards everything that `pollOutput` returns is to be done, in order.
   * @param {Input} input
   * @param {number} now ms since any origin
   */
  handleInput(input, now) {
    this.#context.now = now;
    this.#take(input);
    this.#show();
  }

  /**
   * Does everything that is due.
   * @param {number} now
   */
  handleTimeout(now) {
    this.#context.now = now;
    for (const call of this.#all()) if (!handleTimeout(call, this.#context)) this.#calls.delete(call.id);
    if (this.#latest !== undefined && !this.#calls.has(this.#latest)) this.#latest = undefined;
    this.#show();
  }

  /** The next thing to do; nothing when all is done.
   * @returns {Output | undefined} */
  pollOutput() {
    return this.#context.outputs.shift();
  }

  /** When to call `handleTimeout` next; nothing when nothing is waited for.
   * @returns {number | undefined} */
  pollTimeout() {
    const due = Math.min(...this.#all().map((call) => nextDue(call, this.#context)));
    return Number.isFinite(due) ? due : undefined;
  }

  /** The call that began last, until it is forgotten. Nothing: idle. */
  snapshot() {
    return this.#latest === undefined ? undefined : this.#calls.get(this.#latest)?.shown;
  }

  /** @param {Input} input */
  #take(input) {
    const context = this.#context;
    switch (input.input) {
      case "place":
        return this.#place(input.call, input.callee);
      case "accept":
        return this.#withLive((call) => accept(call, context));
      case "decline":
        return this.#withLive((call) => decline(call, context));
      case "hang_up":
        return this.#withLive((call) => hangUp(call, context));
      case "network_changed":
        return this.#withLive((call) => networkChanged(call, context));
      case "woke":
        return this.#withLive((call) => woke(call, context));
      case "received":
        return this.#received(input.call, input.from, input.id, input.body);
      case "received_unknown":
        return this.#receivedUnknown(input);
      case "signalling_connected":
        context.online = true;
        return this.#all().forEach((call) => signallingConnected(call, context));
      case "signalling_lost":
        context.online = false;
        return;
      default: {
        const call = this.#calls.get(input.call);
        if (call) this.#takeFor(call, input);
      }
    }
  }

  /**
   * What is about one call.
   * @param {OneCall} call
   * @param {Extract<Input, { input: "fail" | "media_failed" | "refused" | "offer_created" | "answer_created" |
   *   "candidates_gathered" | "media_connected" | "media_disconnected" | "peer_hung_up" | "relay" }>} input
   */
  #takeFor(call, input) {
    const context = this.#context;
    switch (input.input) {
      case "fail":
      case "media_failed":
        return fail(call, context);
      case "refused":
        return refused(call, input.id, input.code, context);
      case "offer_created":
        return offerCreated(call, input.round, input.sdp, context);
      case "answer_created":
        return answerCreated(call, input.round, input.sdp, context);
      case "candidates_gathered":
        return candidatesGathered(call, input.round, input.candidates, input.complete, context);
      case "media_connected":
        return mediaConnected(call, input.connection ?? 0);
      case "media_disconnected":
        return mediaDisconnected(call, input.connection ?? 0, context);
      case "peer_hung_up":
        return peerHungUp(call, context);
      case "relay":
        return relay(call, input.body, context);
    }
  }

  /**
   * @param {string} id
   * @param {string} callee
   */
  #place(id, callee) {
    const isFree = !this.#live() && !this.#calls.has(id) && callee !== this.#context.me.person;
    if (isFree) this.#admit(place(id, callee, this.#context));
  }

  /**
   * @param {string} id
   * @param {Address} from
   * @param {number} number
   * @param {CallMessage} body
   */
  #received(id, from, number, body) {
    const { me } = this.#context;
    if (from.person === me.person && from.device === me.device) return;
    const call = this.#calls.get(id);
    if (call) {
      // A caller has one device, a callee may have many.
      const isWith = call.peer === from.person && (call.role === "caller" || call.isPeer(from.device));
      if (isWith) receive(call, from.device, number, body, this.#context);
    } else if (body.type === "invite") {
      this.#invited(id, from, number, body);
    } else if (body.type === "hang_up") {
      // Its invite may still come: it shall not ring.
      this.#answerFor(unseen(id, from, body.reason, this.#context), from, number, true);
    }
  }

  /**
   * @param {string} id
   * @param {Address} from
   * @param {number} number
   * @param {{ lifetime_ms: number, offer: string }} invite
   */
  #invited(id, from, number, invite) {
    const context = this.#context;
    const verdict = judge(this.#live(), id, from);
    if (verdict === "take_instead" || verdict === "supersede") this.#endReplaced();
    const make = {
      ring: () => invited(id, from, "ringing", invite, context),
      take_instead: () => invited(id, from, "accepting", invite, context),
      supersede: () => invited(id, from, "ringing", invite, context),
      keep_ours: () => unseen(id, from, "replaced", context),
      busy: () => busy(id, from, context),
    };
    this.#answerFor(make[verdict](), from, number, false);
  }

  /** Ends the live call and says so, before the call that takes its place is shown. */
  #endReplaced() {
    this.#withLive((call) => {
      end(call, "replaced", this.#context);
      call.show(this.#context);
    });
  }

  /**
   * Admits a call that began with this message.
   * @param {OneCall} call
   * @param {Address} from
   * @param {number} number
   * @param {boolean} isHangUp
   */
  #answerFor(call, from, number, isHangUp) {
    if (number > 0) {
      call.inbox.record(from.device, number);
      acknowledge(call, from.device, number, isHangUp, this.#context);
    }
    this.#admit(call);
  }

  /** @param {Extract<Input, { input: "received_unknown" }>} input */
  #receivedUnknown({ call, from, id, code, message }) {
    const { me, online, outputs } = this.#context;
    if (!online || (from.person === me.person && from.device === me.device)) return;
    const to = { person: from.person, device: from.device };
    outputs.push({ output: "send", to, call, id: 0, body: { type: "error", about: id, code, message } });
  }

  /** @param {OneCall} call */
  #admit(call) {
    if (call.visible) this.#latest = call.id;
    this.#calls.set(call.id, call);
    while (this.#calls.size > MAX_CALLS) {
      const [oldest] = this.#all().filter(({ isLive }) => !isLive)
        .sort((one, other) => (one.deadline ?? 0) - (other.deadline ?? 0));
      if (!oldest) break;
      this.#calls.delete(oldest.id);
    }
  }

  /** In the order of their ids, as its twin keeps them. */
  #all() {
    return [...this.#calls.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  #live() {
    return this.#all().find(({ isLive }) => isLive);
  }

  /** @param {(call: OneCall) => void} act */
  #withLive(act) {
    const call = this.#live();
    if (call) act(call);
  }

  #show() {
    for (const call of this.#all()) call.show(this.#context);
  }
}
