// What is said in a call beside sound and picture: chat, what is drawn, and what each side shares.

import { OperationLog } from "../operations.js";
import { decodeChannel } from "../messages.js";

/** @typedef {import("../messages.js").CallMessage} CallMessage */
/** @typedef {import("../messages.js").Operation} Operation */
/** @typedef {Extract<Operation, { kind: "annotation" }>} Annotation */
/** @typedef {{ id: string, mine: boolean, text: string, sentAtMs: number, seq?: number, arrived: boolean }} Line */

/**
 * @typedef {object} ConversationParts
 * @property {{ send(message: object): boolean }} channel
 * @property {(body: CallMessage) => void} relay the way through the hub
 * @property {(media: import("../messages.js").MediaState) => void} media
 * @property {(link: import("../messages.js").LinkState) => void} link
 * @property {(epoch: import("../annotations/frames.js").Announcement) => void} epoch
 * @property {(operation: Annotation) => void} annotation the peer drew, or said about drawings
 * @property {() => void} roomForMore the peer has taken something: operations that were refused may pass now
 * @property {() => void} hungUp
 * @property {() => void} changed
 */

export class Conversation {
  #log = new OperationLog();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ConversationParts} */
  #parts;
  /** @type {Line[]} */
  texts = [];

  /** @param {ConversationParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Says a line; it is shown at once and marked when it has arrived.
   * @param {string} text
   * @returns {"full" | "text_too_long" | "list_too_long" | "unknown" | undefined} why it was not taken
   */
  say(text) {
    const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36)).join("");
    const sentAtMs = Date.now();
    const sent = this.#log.send({ kind: "text", id, sent_at_ms: sentAtMs, text }, performance.now());
    if ("refused" in sent) return sent.refused;
    this.texts.push({ id, mine: true, text, sentAtMs, seq: sent.seq, arrived: false });
    this.#drain();
    this.#parts.changed();
    return undefined;
  }

  /**
   * Sends what was drawn, or said about drawings.
   * @param {Operation} operation
   * @returns {boolean} false when too much waits for the peer
   */
  annotate(operation) {
    const sent = this.#log.send(operation, performance.now());
    if ("refused" in sent) return false;
    this.#drain();
    return true;
  }

  channelOpened() {
    this.#log.channelOpened();
    this.#drain();
  }

  channelClosed() {
    this.#log.channelClosed();
    this.#drain();
  }

  /** @param {string} wire */
  channelMessage(wire) {
    const decoded = decodeChannel(wire);
    if ("error" in decoded) {
      this.#parts.channel.send({ type: "error", code: decoded.error, message: decoded.text });
      return;
    }
    const { message } = decoded;
    switch (message.type) {
      case "operation":
        this.#log.received({ seq: message.seq, operation: message.operation });
        break;
      case "operation_ack":
        this.#log.acknowledged(message.through);
        break;
      case "media":
        this.#parts.media({ microphone: message.microphone, camera: message.camera });
        break;
      case "hang_up":
        this.#parts.hungUp();
        break;
      case "epoch":
        this.#parts.epoch(message);
        break;
      case "link":
        this.#parts.link(message);
        break;
      case "link_offer_accepted": // a page offers nothing
      case "ping": // answered before it comes here
      case "pong":
      case "error":
        break;
    }
    this.#drain();
  }

  /** @param {CallMessage} body what came through the hub */
  relayed(body) {
    if (body.type === "operation") this.#log.received({ seq: body.seq, operation: body.operation });
    if (body.type === "operation_ack") this.#log.acknowledged(body.through);
    this.#drain();
  }

  /** Nothing is repeated after the call. */
  close() {
    clearTimeout(this.#timer);
  }

  #drain() {
    this.#handOut();
    clearTimeout(this.#timer);
    const due = this.#log.pollTimeout();
    if (due === undefined) return;
    this.#timer = setTimeout(() => {
      this.#log.handleTimeout(performance.now());
      this.#drain();
    }, Math.max(due - performance.now(), 0));
  }

  #handOut() {
    for (let output = this.#log.pollOutput(); output; output = this.#log.pollOutput()) {
      switch (output.output) {
        case "on_channel":
          // What a closing channel does not take is said again when it, or the next, opens.
          this.#parts.channel.send(output.message);
          break;
        case "through_hub":
          this.#parts.relay(output.body);
          break;
        case "delivered":
          this.#delivered(output.operation);
          break;
        case "acknowledged":
          this.#acknowledged(output.through);
          break;
      }
    }
  }

  /** @param {Operation} operation */
  #delivered(operation) {
    if (operation.kind === "annotation") this.#parts.annotation(operation);
    if (operation.kind !== "text") return;
    const { id, text, sent_at_ms: sentAtMs } = operation;
    if (this.texts.some((line) => !line.mine && line.id === id)) return;
    this.texts.push({ id, mine: false, text, sentAtMs, arrived: true });
    this.#parts.changed();
  }

  /** @param {number} through */
  #acknowledged(through) {
    for (const line of this.texts) if (line.mine && (line.seq ?? Infinity) <= through) line.arrived = true;
    this.#parts.roomForMore();
    this.#parts.changed();
  }
}
