// One call of a machine: what it holds. What it does is in the modules beside this one.

import { Inbox } from "./inbox.js";
import { Outbox } from "./outbox.js";
import { Rounds } from "./rounds.js";

/** @typedef {import("./types.js").CallSnapshot} CallSnapshot */
/** @typedef {import("./types.js").CallState} CallState */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").EndReason} EndReason */
/** @typedef {import("./types.js").Recipient} Recipient */
/** @typedef {import("./types.js").Role} Role */

export class OneCall {
  /** Callee: the caller's device. Caller: the device whose answer was taken.
   * @type {string | undefined} */
  peerDevice;
  /** @type {EndReason | undefined} */
  reason;
  /** Whether we said `hang_up`. */
  said = false;
  /** Whether `select` made the two devices one call. */
  isAgreed = false;
  /** When the state ends by itself.
   * @type {number | undefined} */
  deadline;
  /** Until when devices may ring. */
  ringUntil;
  /** Caller: devices that could not go on while they rang.
   * @type {Set<string>} */
  gone = new Set();
  inbox = new Inbox();
  /** Whether the user is shown this call at all. */
  visible = true;
  /** @type {CallSnapshot | undefined} */
  shown;

  /**
   * A call that begins. It says nothing yet.
   * @param {string} id
   * @param {Role} role
   * @param {string} peer
   * @param {CallState} state
   * @param {Context} context
   */
  constructor(id, role, peer, state, context) {
    this.id = id;
    this.role = role;
    this.peer = peer;
    /** @type {CallState} */
    this.state = state;
    this.ringUntil = context.now;
    this.outbox = new Outbox(id);
    this.rounds = new Rounds(context.now);
  }

  /** Whether the call occupies its device: everything before *ending*. */
  get isLive() {
    return this.state !== "ending" && this.state !== "ended";
  }

  /** Whether both devices of the call are known to each other. */
  get isPaired() {
    return this.state === "connecting" || this.state === "connected" || this.state === "reconnecting";
  }

  /** The peer's device, or all of them while none is chosen.
   * @returns {Recipient} */
  everybody() {
    return this.peerDevice === undefined ? { person: this.peer } : this.only(this.peerDevice);
  }

  /**
   * One device of the peer.
   * @param {string} device
   * @returns {Recipient}
   */
  only(device) {
    return { person: this.peer, device };
  }

  /**
   * Whose acknowledgements count now.
   * @param {number} now
   */
  audience(now) {
    return {
      chosen: this.peerDevice,
      heard: this.inbox.heard().filter((device) => !this.gone.has(device)),
      othersRing: now < this.ringUntil,
    };
  }

  /**
   * Whether this device may speak for the peer: before one is chosen, all may.
   * @param {string} device
   */
  isPeer(device) {
    return this.peerDevice === undefined || this.peerDevice === device;
  }

  /**
   * Caller: whether another device's answer was taken.
   * @param {string} device
   */
  isOtherDevice(device) {
    return !this.isPeer(device);
  }

  /** @returns {CallSnapshot} */
  snapshot() {
    return {
      call: this.id,
      role: this.role,
      peer: this.peer,
      ...(this.peerDevice === undefined ? {} : { peer_device: this.peerDevice }),
      state: this.state,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
    };
  }

  /**
   * Tells what changed since it last did.
   * @param {Context} context
   */
  show(context) {
    const now = this.snapshot();
    const { shown } = this;
    const same = shown && shown.peer_device === now.peer_device && shown.state === now.state && shown.reason === now.reason;
    if (!this.visible || same) return;
    this.shown = now;
    context.outputs.push({ output: "changed", snapshot: now });
  }
}
