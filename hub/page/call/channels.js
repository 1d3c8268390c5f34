// The data channels of a call, agreed on by number, and the quickest possible answer to a ping.

import { encode } from "../messages.js";

/** Label and stream of each channel, and how it delivers (docs/protocol.md, Wires).
 * @type {[string, RTCDataChannelInit][]} */
const CHANNELS = [
  ["control", { id: 0, ordered: true }],
  ["live", { id: 1, ordered: false, maxRetransmits: 0 }],
  ["bulk", { id: 2, ordered: true }],
];

export class DataChannels {
  /** @type {RTCDataChannel} */
  #control;

  /**
   * @param {RTCPeerConnection} connection
   * @param {{ opened(): void, closed(): void, message(wire: string): void, live(bytes: ArrayBuffer): void }} events
   *   of `control`, and what comes on `live`
   */
  constructor(connection, events) {
    const [control, live] = CHANNELS.map(([label, init]) =>
      connection.createDataChannel(label, { ...init, negotiated: true }));
    this.#control = control;
    control.onmessage = ({ data }) => {
      if (typeof data !== "string") return;
      if (answerPing(control, data)) return;
      events.message(data);
    };
    control.onopen = () => events.opened();
    control.onclose = () => events.closed();
    live.binaryType = "arraybuffer";
    live.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) events.live(data);
    };
  }

  /** Whether `control` carries messages now. */
  get open() {
    return this.#control.readyState === "open";
  }

  /**
   * Sends on `control`.
   * @param {object} message
   * @returns {boolean} false when it is not open, or takes no more
   */
  send(message) {
    if (!this.open) return false;
    try {
      this.#control.send(encode(message));
      return true;
    } catch {
      return false;
    }
  }
}

/**
 * The peer measures with this: nothing may stand between its ping and the pong.
 * @param {RTCDataChannel} control
 * @param {string} data
 */
function answerPing(control, data) {
  if (!data.includes('"ping"') || data.length > 256) return false;
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return false;
  }
  if (message?.type !== "ping" || message.v !== 1 || !Number.isInteger(message.nonce)) return false;
  if (control.readyState === "open") control.send(encode({ type: "pong", nonce: message.nonce }));
  return true;
}
