// The wire messages of docs/protocol.md: their shapes, and from text to a message that can be trusted.

import { isAnnotation } from "./annotations/messages.js";
import { count, count32, flag, identifier, isObject, list, oneOf, optional, record, text } from "./checks.js";

/** @typedef {import("./checks.js").Check} Check */

export const PROTOCOL_VERSION = 1;
export const MAX_MESSAGE_BYTES = 65_536;

/**
 * @typedef {{ person: string, device: string }} Address
 * @typedef {{ person: string, device?: string }} Recipient
 * @typedef {{ candidate: string, mid?: string | null, line?: number | null }} Candidate
 * @typedef {{ kind: "text", id: string, sent_at_ms: number, text: string } |
 *   import("./annotations/messages.js").AnnotationOperation | { kind: "unknown" }} Operation
 * @typedef {{ seq: number, operation: Operation }} Sequenced
 * @typedef {"hung_up" | "cancelled" | "declined" | "busy" | "no_answer" | "answered_elsewhere" | "replaced" |
 *   "connect_failed" | "connection_lost" | "unreachable" | "failed"} EndReason
 * @typedef {"not_a_message" | "version" | "unknown_type" | "malformed" | "too_large" | "too_fast" | "unauthenticated" |
 *   "not_in_call" | "unreachable"} ErrorCode
 * @typedef {"on" | "muted" | "absent"} MicrophoneState
 * @typedef {"on" | "paused" | "absent"} CameraState
 * @typedef {{ microphone: MicrophoneState, camera: CameraState }} MediaState
 * @typedef {"pause_video" | "resume_video"} LinkOffer
 * @typedef {{ grade: "good" | "poor" | "critical", reason?: "bandwidth" | "delay" | "loss" | null,
 *   bears_bps?: number | null, lost_per_mille: number, jitter_ms: number, offer?: LinkOffer | null,
 *   sound_alone: boolean }} LinkState
 * @typedef {{ type: "invite", lifetime_ms: number, offer: string } | { type: "ringing" } |
 *   { type: "answer", answer: string, renews?: boolean | null } | { type: "select", device: string } |
 *   { type: "reject", reason: "declined" | "busy" } |
 *   { type: "candidates", round: number, candidates: Candidate[], complete: boolean } |
 *   { type: "negotiate", round: number, description: { kind: "offer" | "answer", sdp: string },
 *     fresh?: boolean | null } |
 *   { type: "negotiate_request", restart: boolean, fresh?: boolean | null, after?: number | null } |
 *   { type: "hang_up", reason: EndReason } |
 *   { type: "ack", ids: number[], ended?: EndReason | null } | ({ type: "operation" } & Sequenced) |
 *   { type: "operation_ack", through: number } |
 *   { type: "error", about: number, code: ErrorCode, message: string }} CallMessage
 * @typedef {({ type: "operation" } & Sequenced) | { type: "operation_ack", through: number } |
 *   ({ type: "media" } & MediaState) |
 *   { type: "epoch", epoch: number, rtp: number, capture_us: number } | { type: "ping", nonce: number } |
 *   { type: "pong", nonce: number } | ({ type: "link" } & LinkState) |
 *   { type: "link_offer_accepted", offer: LinkOffer } | { type: "hang_up" } |
 *   { type: "error", code: ErrorCode, message: string }} ChannelMessage
 * @typedef {"online" | "busy" | "offline"} Presence
 * @typedef {{ id: string, name: string, presence: Presence }} Person
 * @typedef {{ urls: string[], username?: string | null, credential?: string | null }} IceServer
 * @typedef {{ type: "welcome", me: Address, name: string, ice_servers: IceServer[], people: Person[],
 *   heartbeat_ms: number }} Welcome
 * @typedef {{ type: "refused", call?: string | null, id?: number | null, code: ErrorCode, message: string,
 *   retry_after_ms?: number | null }} Refused
 * @typedef {{ type: "relayed", call: string, from: Address, id: number, body: unknown }} Relayed
 * @typedef {Welcome | { type: "presence", person: string, presence: Presence } | Relayed |
 *   { type: "pong", nonce: number } | Refused | { type: "going_away", reconnect_after_ms: number }} HubMessage
 */

/**
 * Either a message, or what is wrong with it.
 * @template T
 * @typedef {{ message: T } | { error: ErrorCode, text: string }} Decoded
 */

/** The reasons of docs/protocol.md: of two hang-ups that cross, the one that stands first counts.
 * @type {EndReason[]} */
export const END_REASONS = ["hung_up", "cancelled", "declined", "busy", "no_answer", "answered_elsewhere", "replaced",
  "connect_failed", "connection_lost", "unreachable", "failed"];

/** @type {ErrorCode[]} */
const ERROR_CODES = ["not_a_message", "version", "unknown_type", "malformed", "too_large", "too_fast",
  "unauthenticated", "not_in_call", "unreachable"];

const address = record({ person: identifier, device: identifier });
const candidate = record({ candidate: text, mid: optional(text), line: optional(count) });
const presence = oneOf("online", "busy", "offline");
const linkOffer = oneOf("pause_video", "resume_video");
const textOperation = record({ id: identifier, sent_at_ms: count, text });
/** Kinds of newer versions are accepted: they are counted, and not shown.
 * @type {Check} */
const operation = (value) => record({ kind: text })(value) &&
  (value.kind !== "text" || textOperation(value)) && (value.kind !== "annotation" || isAnnotation(value));

/** @type {Record<string, Check>} */
const CALL = {
  invite: record({ lifetime_ms: count32, offer: text }),
  ringing: record({}),
  answer: record({ answer: text, renews: optional(flag) }),
  select: record({ device: identifier }),
  reject: record({ reason: oneOf("declined", "busy") }),
  candidates: record({ round: count32, candidates: list(candidate), complete: flag }),
  negotiate: record({
    round: count32,
    description: record({ kind: oneOf("offer", "answer"), sdp: text }),
    fresh: optional(flag),
  }),
  negotiate_request: record({ restart: flag, fresh: optional(flag), after: optional(count32) }),
  hang_up: record({ reason: oneOf(...END_REASONS) }),
  ack: record({ ids: list(count), ended: optional(oneOf(...END_REASONS)) }),
  operation: record({ seq: count, operation }),
  operation_ack: record({ through: count }),
  error: record({ about: count, code: oneOf(...ERROR_CODES), message: text }),
};

/** @type {Record<string, Check>} */
const CHANNEL = {
  operation: CALL.operation,
  operation_ack: CALL.operation_ack,
  media: record({ microphone: oneOf("on", "muted", "absent"), camera: oneOf("on", "paused", "absent") }),
  epoch: record({ epoch: count32, rtp: count32, capture_us: count }),
  ping: record({ nonce: count }),
  pong: record({ nonce: count }),
  link: record({
    grade: oneOf("good", "poor", "critical"),
    reason: optional(oneOf("bandwidth", "delay", "loss")),
    bears_bps: optional(count32),
    lost_per_mille: count32,
    jitter_ms: count32,
    offer: optional(linkOffer),
    sound_alone: flag,
  }),
  link_offer_accepted: record({ offer: linkOffer }),
  hang_up: record({}),
  error: record({ code: oneOf(...ERROR_CODES), message: text }),
};

/** @type {Record<string, Check>} */
const HUB = {
  welcome: record({
    me: address,
    name: text,
    ice_servers: list(record({ urls: list(text), username: optional(text), credential: optional(text) })),
    people: list(record({ id: identifier, name: text, presence })),
    heartbeat_ms: count32,
  }),
  presence: record({ person: identifier, presence }),
  relayed: record({ call: identifier, from: address, id: count, body: () => true }),
  pong: record({ nonce: count }),
  refused: record({
    call: optional(identifier),
    id: optional(count),
    code: oneOf(...ERROR_CODES),
    message: text,
    retry_after_ms: optional(count32),
  }),
  going_away: record({ reconnect_after_ms: count32 }),
};

/**
 * A message from the hub.
 * @param {string} wire
 * @returns {Decoded<HubMessage>}
 */
export function decodeHub(wire) {
  return decodeText(wire, HUB);
}

/**
 * A message on the data channel `control`.
 * @param {string} wire
 * @returns {Decoded<ChannelMessage>}
 */
export function decodeChannel(wire) {
  return decodeText(wire, CHANNEL);
}

/**
 * The body of a relayed message; it has no version of its own.
 * @param {unknown} body
 * @returns {Decoded<CallMessage>}
 */
export function decodeBody(body) {
  return decodeValue(body, CALL);
}

/**
 * The JSON text of a message, with its version.
 * @param {object} message
 */
export function encode(message) {
  return JSON.stringify({ v: PROTOCOL_VERSION, ...message });
}

/**
 * @param {string} wire
 * @param {Record<string, Check>} family
 * @returns {Decoded<any>}
 */
function decodeText(wire, family) {
  if (new TextEncoder().encode(wire).length > MAX_MESSAGE_BYTES) {
    return { error: "too_large", text: `at most ${MAX_MESSAGE_BYTES} bytes are accepted` };
  }
  let value;
  try {
    value = JSON.parse(wire);
  } catch {
    return notAMessage();
  }
  if (!isObject(value) || !count(value.v)) return notAMessage();
  if (value.v !== PROTOCOL_VERSION) {
    return { error: "version", text: `the message has version ${value.v}; this side speaks ${PROTOCOL_VERSION}` };
  }
  return decodeValue(value, family);
}

/**
 * @param {any} value
 * @param {Record<string, Check>} family
 * @returns {Decoded<any>}
 */
function decodeValue(value, family) {
  if (!isObject(value) || !text(value.type)) return notAMessage();
  if (!Object.hasOwn(family, value.type)) {
    const type = [...value.type].slice(0, 40).join("");
    return { error: "unknown_type", text: `messages of type "${type}" are not known here` };
  }
  const known = family[value.type](value);
  return known
    ? { message: value }
    : { error: "malformed", text: `a message of type "${value.type}" has a missing or malformed field` };
}

/** @returns {{ error: ErrorCode, text: string }} */
function notAMessage() {
  return { error: "not_a_message", text: 'the message is not a JSON object with the fields "v" and "type"' };
}
