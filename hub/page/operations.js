// What is done in a call, numbered: every operation arrives once and in its sender's order, whichever way it travels.
// The twin of core/protocol/src/operations.rs. When the way changes, everything unacknowledged takes the new one; the
// receiver drops what it has.

import { fits, isKnown } from "./annotations/messages.js";

/** @typedef {import("./messages.js").Operation} Operation */
/** @typedef {import("./messages.js").Sequenced} Sequenced */
/** @typedef {{ type: "operation" } & Sequenced | { type: "operation_ack", through: number }} OperationMessage */
/**
 * @typedef {{ output: "on_channel", message: OperationMessage } | { output: "through_hub", body: OperationMessage } |
 *   { output: "delivered", operation: Operation } | { output: "acknowledged", through: number }} OperationOutput
 */

/** Longest line of in-call text, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 8 * 1024;
/** Most operations kept for a peer that does not acknowledge. */
export const MAX_UNACKNOWLEDGED = 1_000;
/** An operation further ahead of the last one delivered than this is not kept: its sender repeats it. */
export const MAX_GAP = 1_000;

/** Unacknowledged operations on the channel at a time. */
const CHANNEL_WINDOW = 256;
/** And on their way through the hub, so that its rate limit is not met. */
const HUB_WINDOW = 32;
/** How long the hub's way is given before everything is sent there again: an acknowledgement is said once. */
const REPEAT_AFTER_MS = 12_000;

export class OperationLog {
  #channelIsOpen = false;
  /** The peer has ours up to this number. */
  #acknowledged = 0;
  /** Ours above it, in order.
   * @type {Operation[]} */
  #kept = [];
  /** Ours up to this number were handed out on the present way. */
  #handedOut = 0;
  /** When the oldest began to wait, or everything was last sent again. */
  #repeatedAt = 0;
  /** `#acknowledged` grew and was not told yet. */
  #progress = false;
  /** We have the peer's up to this number. */
  #received = 0;
  /** And these above it.
   * @type {Map<number, Operation>} */
  #early = new Map();
  /** @type {Operation[]} */
  #delivered = [];
  /** The peer waits for our acknowledgement. */
  #owesAck = false;

  /**
   * Keeps an operation until the peer has it, and sends it.
   * @param {Operation} operation
   * @param {number} now ms
   * @returns {{ seq: number } | { refused: "full" | "text_too_long" | "list_too_long" | "unknown" }}
   */
  send(operation, now) {
    if (operation.kind === "unknown") return { refused: "unknown" };
    if (operation.kind === "text" && new TextEncoder().encode(operation.text).length > MAX_TEXT_BYTES) {
      return { refused: "text_too_long" };
    }
    if (operation.kind === "annotation" && !isKnown(operation)) return { refused: "unknown" };
    if (operation.kind === "annotation" && !fits(operation)) return { refused: "list_too_long" };
    if (this.#kept.length >= MAX_UNACKNOWLEDGED) return { refused: "full" };
    if (this.#kept.length === 0) this.#repeatedAt = now;
    this.#kept.push(operation);
    return { seq: this.#last };
  }

  /**
   * An operation of the peer arrived, whichever way. Numbers that are not in reach are ignored.
   * @param {Sequenced} sequenced
   */
  received({ seq, operation }) {
    if (seq === 0 || seq > this.#received + MAX_GAP) return;
    this.#owesAck = true;
    if (seq > this.#received && !this.#early.has(seq)) this.#early.set(seq, operation);
    for (let next = this.#takeEarly(); next; next = this.#takeEarly()) this.#delivered.push(next);
  }

  #takeEarly() {
    const next = this.#early.get(this.#received + 1);
    if (next) this.#early.delete(++this.#received);
    return next;
  }

  /**
   * The peer has everything up to and including `through`. A number never sent is ignored.
   * @param {number} through
   */
  acknowledged(through) {
    if (through > this.#last) return;
    if (through > this.#acknowledged) {
      this.#kept.splice(0, through - this.#acknowledged);
      this.#acknowledged = through;
      this.#progress = true;
    }
    this.#handedOut = Math.max(this.#handedOut, through);
  }

  /** The channel is open (again): what is unacknowledged goes there. */
  channelOpened() {
    this.#channelIsOpen = true;
    this.#changeWay();
  }

  /** The channel is gone, or gives no sign of life: what is unacknowledged goes through the hub. */
  channelClosed() {
    this.#channelIsOpen = false;
    this.#changeWay();
  }

  /** What was said last, an acknowledgement too, may be lost with the old way. */
  #changeWay() {
    this.#handedOut = this.#acknowledged;
    if (this.#received > 0) this.#owesAck = true;
  }

  /** When to call `handleTimeout` next; nothing while the channel is open, or nothing waits.
   * @returns {number | undefined} */
  pollTimeout() {
    const waits = !this.#channelIsOpen && this.#handedOut > this.#acknowledged;
    return waits ? this.#repeatedAt + REPEAT_AFTER_MS : undefined;
  }

  /**
   * Sends again by way of the hub what was not acknowledged for long.
   * @param {number} now ms
   */
  handleTimeout(now) {
    const due = this.pollTimeout();
    if (due === undefined || due > now) return;
    this.#repeatedAt = now;
    this.#handedOut = this.#acknowledged;
  }

  /** The next thing to do; nothing when all is done.
   * @returns {OperationOutput | undefined} */
  pollOutput() {
    const operation = this.#delivered.shift();
    if (operation) return { output: "delivered", operation };
    if (this.#progress) {
      this.#progress = false;
      return { output: "acknowledged", through: this.#acknowledged };
    }
    if (this.#owesAck) {
      this.#owesAck = false;
      return this.#onTheWay({ type: "operation_ack", through: this.#received });
    }
    return this.#handOut();
  }

  #handOut() {
    const ahead = this.#handedOut - this.#acknowledged;
    const operation = this.#kept[ahead];
    if (ahead >= (this.#channelIsOpen ? CHANNEL_WINDOW : HUB_WINDOW) || !operation) return undefined;
    return this.#onTheWay({ type: "operation", seq: ++this.#handedOut, operation });
  }

  /**
   * @param {OperationMessage} message
   * @returns {OperationOutput}
   */
  #onTheWay(message) {
    return this.#channelIsOpen ? { output: "on_channel", message } : { output: "through_hub", body: message };
  }

  /** The number of our last operation. */
  get #last() {
    return this.#acknowledged + this.#kept.length;
  }
}
