// What was said and is not acknowledged yet.

import { repeatAfterMs } from "./config.js";
import { isOfARound } from "./reconnect.js";

/** @typedef {import("./types.js").CallMessage} CallMessage */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").Recipient} Recipient */

/**
 * Whose acknowledgement a message to all devices of a person needs: the one device that is in the call, once that is
 * decided; else those that take part and have not left.
 * @typedef {{ chosen: string | undefined, heard: string[], othersRing: boolean }} Audience
 *
 * @typedef {{ to: Recipient, body: CallMessage, acknowledgedBy: Set<string>, repetitions: number, due: number }} Entry
 */

export class Outbox {
  #lastId = 0;
  /** By id, in order of sending.
   * @type {Map<number, Entry>} */
  #entries = new Map();

  /** @param {string} call */
  constructor(call) {
    this.call = call;
  }

  /**
   * Says something until it is acknowledged.
   * @param {Recipient} to
   * @param {CallMessage} body
   * @param {Context} context
   */
  post(to, body, context) {
    const id = ++this.#lastId;
    /** @type {Entry} */
    const entry = { to, body, acknowledgedBy: new Set(), repetitions: 0, due: context.now };
    if (context.online) {
      entry.due = context.now + repeatAfterMs(context.config, 0);
      this.#put(id, entry, context);
    }
    this.#entries.set(id, entry);
  }

  /**
   * Says something once; what nobody acknowledges has no number of its own.
   * @param {Recipient} to
   * @param {CallMessage} body
   * @param {Context} context
   */
  postOnce(to, body, context) {
    if (context.online) context.outputs.push({ output: "send", to, call: this.call, id: 0, body });
  }

  /**
   * What `id` says, if it is still kept.
   * @param {number} id
   */
  body(id) {
    return this.#entries.get(id)?.body;
  }

  /**
   * @param {number} id
   * @param {string} by
   */
  acknowledge(id, by) {
    this.#entries.get(id)?.acknowledgedBy.add(by);
  }

  /**
   * As if `by` had acknowledged every message of this type.
   * @param {string} by
   * @param {CallMessage["type"]} type
   */
  acknowledgeAll(by, type) {
    for (const entry of this.#entries.values()) if (entry.body.type === type) entry.acknowledgedBy.add(by);
  }

  /** @param {number} id */
  remove(id) {
    this.#entries.delete(id);
  }

  /** @param {(type: CallMessage["type"]) => boolean} keep */
  retain(keep) {
    for (const [id, { body }] of this.#entries) if (!keep(body.type)) this.#entries.delete(id);
  }

  /** @param {CallMessage["type"]} type */
  count(type) {
    return [...this.#entries.values()].filter(({ body }) => body.type === type).length;
  }

  /**
   * Forgets what was acknowledged. What went to all devices stays until one is chosen: another may still turn up.
   * @param {Audience} audience
   */
  settle(audience) {
    for (const [id, entry] of this.#entries) {
      const mayBeMissed = entry.to.device === undefined && audience.chosen === undefined;
      if (!mayBeMissed && isSettled(entry, audience)) this.#entries.delete(id);
    }
  }

  /**
   * Whether everything of this type was acknowledged.
   * @param {Audience} audience
   * @param {CallMessage["type"]} type
   */
  isSettled(audience, type) {
    return [...this.#entries.values()].every((entry) => entry.body.type !== type || isSettled(entry, audience));
  }

  /**
   * A device turned up that may have missed what was said to all before: that is repeated after the first wait.
   * @param {Context} context
   */
  turnedUp(context) {
    for (const entry of this.#entries.values()) if (entry.to.device === undefined) wait(entry, 0, context);
  }

  /**
   * Says everything again, as after a break of signalling.
   * @param {Audience} audience
   * @param {Context} context
   */
  repeatAll(audience, context) {
    this.#repeat(() => true, audience, context);
  }

  /**
   * Says again what belongs to the newest round.
   * @param {Audience} audience
   * @param {Context} context
   */
  repeatRounds(audience, context) {
    if (context.online) this.#repeat(isOfARound, audience, context);
  }

  /**
   * @param {(type: CallMessage["type"]) => boolean} which
   * @param {Audience} audience
   * @param {Context} context
   */
  #repeat(which, audience, context) {
    for (const [id, entry] of this.#entries) {
      if (!which(entry.body.type) || isSettled(entry, audience)) continue;
      wait(entry, 0, context);
      this.#put(id, entry, context);
    }
  }

  /**
   * Says again what is due.
   * @param {Audience} audience
   * @param {Context} context
   */
  repeatDue(audience, context) {
    if (!context.online) return;
    for (const [id, entry] of this.#entries) {
      if (entry.due > context.now || isSettled(entry, audience)) continue;
      wait(entry, entry.repetitions + 1, context);
      this.#put(id, entry, context);
    }
  }

  /**
   * When the next repetition is due.
   * @param {Audience} audience
   * @returns {number} infinity for never
   */
  nextDue(audience) {
    const open = [...this.#entries.values()].filter((entry) => !isSettled(entry, audience));
    return Math.min(...open.map(({ due }) => due));
  }

  /**
   * @param {number} id
   * @param {Entry} entry
   * @param {Context} context
   */
  #put(id, { to, body }, context) {
    context.outputs.push({ output: "send", to, call: this.call, id, body });
  }
}

/**
 * @param {Entry} entry
 * @param {number} repetitions
 * @param {Context} context
 */
function wait(entry, repetitions, context) {
  entry.repetitions = repetitions;
  entry.due = context.now + repeatAfterMs(context.config, repetitions);
}

/**
 * @param {Entry} entry
 * @param {Audience} audience
 */
function isSettled({ to, body, acknowledgedBy }, { chosen, heard, othersRing }) {
  if (to.device !== undefined) return acknowledgedBy.has(to.device);
  const forOthers = body.type === "select" && othersRing;
  if (chosen !== undefined && !forOthers) return acknowledgedBy.has(chosen);
  return acknowledgedBy.size > 0 && heard.every((device) => acknowledgedBy.has(device));
}
