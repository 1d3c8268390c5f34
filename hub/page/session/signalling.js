// The WebSocket to the hub: says hello, listens for silence, comes back when it breaks.

import { decodeHub, encode } from "../messages.js";
import { backoffMs } from "./backoff.js";

/** @typedef {import("../messages.js").HubMessage} HubMessage */
/** @typedef {import("../messages.js").Welcome} Welcome */
/** @typedef {import("../messages.js").Refused} Refused */
/** @typedef {import("../messages.js").Relayed} Relayed */
/** @typedef {import("../messages.js").Presence} Presence */

/**
 * What the owner is told.
 * @typedef {object} SignallingEvents
 * @property {(welcome: Welcome) => void} connected
 * @property {() => void} lost
 * @property {(message: Relayed) => void} relayed
 * @property {(person: string, presence: Presence) => void} presence
 * @property {(refused: Refused) => void} refused
 * @property {(error: Error & { retryable?: boolean }) => boolean} signInFailed whether to go on trying
 *
 * @typedef {object} SignallingConfig
 * @property {string} url
 * @property {string} device
 * @property {string} client
 * @property {{ token(): Promise<string>, forget(): void }} tokens
 * @property {SignallingEvents} events
 * @property {typeof WebSocket} [socket]
 * @property {() => number} [random]
 */

const WELCOME_DEADLINE_MS = 10_000;
/** While a call waits for the connection: how long a connection may be silent before it is asked, and as long again before
 * it is given up; and half of what a try to make one may take. A browser makes one connection to a place at a time, so that a try has to end before the next. */
const HURRIED_SILENCE_MS = 2_000;
const HURRIED_WELCOME_MS = 2_500;

export class Signalling {
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {SignallingConfig} */
  #config;
  #welcomed = false;
  #attempt = 0;
  #hurried = false;
  #intervalMs = WELCOME_DEADLINE_MS;
  #closed = false;
  #heardAt = 0;
  #nonce = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;

  /** @param {SignallingConfig} config */
  constructor(config) {
    this.#config = config;
  }

  get connected() {
    return this.#welcomed;
  }

  /** Connects now, whatever it was waiting for. */
  connect() {
    if (this.#closed || this.#socket) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    void this.#open();
  }

  /**
   * Sends if there is a connection; what must arrive is repeated by the call machine, not here.
   * @param {object} message
   */
  send(message) {
    if (this.#welcomed && this.#socket?.readyState === 1) this.#socket.send(encode(message));
  }

  /** Connects anew: the connection is from before the device slept. */
  reconnect() {
    if (this.#welcomed) this.#lost(0);
    else this.connect();
  }

  /**
   * Says whether a call waits for the connection, as its media is lost: then silence is not borne for long, and tries to
   * connect follow each other quickly.
   * @param {boolean} hurried
   */
  hurry(hurried) {
    if (this.#hurried === hurried) return;
    this.#hurried = hurried;
    if (this.#retry !== undefined && hurried) this.connect();
    else if (this.#welcomed && this.#socket) this.#watchSilence(this.#socket, this.#intervalMs, hurried);
  }

  /** Goes until the next connect(): a page that is put aside must not ring where nobody looks. */
  leave() {
    const wasWelcomed = this.#welcomed;
    clearTimeout(this.#retry);
    this.#drop();
    if (wasWelcomed) this.#config.events.lost();
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  async #open() {
    const { url, device, client, tokens, events } = this.#config;
    // Set before the first await, so that a second connect() while the token is fetched does nothing.
    const socket = new (this.#config.socket ?? WebSocket)(url);
    this.#socket = socket;
    const opened = new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
    socket.addEventListener("message", (event) => this.#onMessage(socket, event.data));
    socket.addEventListener("close", () => this.#onClose(socket));
    this.#watchSilence(socket, this.#hurried ? HURRIED_WELCOME_MS : WELCOME_DEADLINE_MS);
    try {
      const [token] = await Promise.all([tokens.token(), opened]);
      if (this.#socket === socket) socket.send(encode({ type: "hello", token, device, client }));
    } catch (error) {
      if (this.#socket !== socket) return;
      if (!events.signInFailed(/** @type {Error} */ (error))) this.#closed = true;
      this.#lost();
    }
  }

  /**
   * @param {WebSocket} socket
   * @param {unknown} data
   */
  #onMessage(socket, data) {
    if (socket !== this.#socket || typeof data !== "string") return;
    this.#heardAt = performance.now();
    const decoded = decodeHub(data);
    if ("error" in decoded) {
      console.debug(`the hub sent what is not understood here: ${decoded.error}`);
      return;
    }
    this.#act(socket, decoded.message);
  }

  /**
   * @param {WebSocket} socket
   * @param {HubMessage} message
   */
  #act(socket, message) {
    const { events, tokens } = this.#config;
    switch (message.type) {
      case "welcome":
        this.#welcomed = true;
        this.#attempt = 0;
        this.#intervalMs = message.heartbeat_ms;
        this.#watchSilence(socket, message.heartbeat_ms);
        events.connected(message);
        break;
      case "relayed":
        events.relayed(message);
        break;
      case "presence":
        events.presence(message.person, message.presence);
        break;
      case "refused":
        if (message.code === "unauthenticated") tokens.forget();
        events.refused(message);
        break;
      case "going_away":
        this.#lost(message.reconnect_after_ms);
        break;
      case "pong":
        break;
    }
  }

  /** @param {WebSocket} socket */
  #onClose(socket) {
    if (socket === this.#socket) this.#lost();
  }

  /** @param {number} [afterMs] when the hub said when to come back */
  #lost(afterMs) {
    const wasWelcomed = this.#welcomed;
    this.#drop();
    if (wasWelcomed) this.#config.events.lost();
    if (this.#closed) return;
    const backoff = backoffMs(this.#hurried ? 0 : this.#attempt++, (this.#config.random ?? Math.random)());
    const wait = afterMs ?? backoff;
    this.#retry = setTimeout(() => this.connect(), wait);
  }

  #drop() {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#welcomed = false;
    socket?.close();
  }

  /**
   * Asks after one interval of silence, gives the connection up after two.
   * @param {WebSocket} socket
   * @param {number} calmMs
   * @param {boolean} [asksNow]
   */
  #watchSilence(socket, calmMs, asksNow = false) {
    clearTimeout(this.#silence);
    const intervalMs = this.#hurried ? Math.min(calmMs, HURRIED_SILENCE_MS) : calmMs;
    this.#heardAt = performance.now() - (asksNow ? intervalMs : 0);
    let asked = false;
    const look = () => {
      if (socket !== this.#socket) return;
      const silentMs = performance.now() - this.#heardAt;
      if (silentMs < intervalMs) asked = false;
      if (silentMs >= 2 * intervalMs) return this.#lost();
      if (silentMs >= intervalMs && !asked) {
        asked = true;
        this.send({ type: "ping", nonce: ++this.#nonce });
      }
      this.#silence = setTimeout(look, Math.max((asked ? 2 : 1) * intervalMs - silentMs, 1));
    };
    this.#silence = setTimeout(look, asksNow ? 0 : intervalMs);
  }
}
