// Offers and answers, in rounds that only the caller begins.

import { flushEarly, sayCandidates } from "./candidates.js";
import { beginConnecting, dropOlderRounds } from "./reconnect.js";

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Context} Context */

/**
 * The media layer made our offer.
 * @param {OneCall} call
 * @param {number} round
 * @param {string} sdp
 * @param {Context} context
 */
export function offerCreated(call, round, sdp, context) {
  if (call.role !== "caller" || round !== call.rounds.newest || call.rounds.described) return;
  if (call.state === "inviting") {
    const { lifetimeMs } = context.config;
    call.outbox.post(call.everybody(), { type: "invite", lifetime_ms: lifetimeMs, offer: sdp }, context);
    call.rounds.invited = true;
    call.ringUntil = context.now + lifetimeMs;
    call.deadline = call.ringUntil;
  } else if (call.isPaired) {
    const fresh = call.rounds.isFresh ? { fresh: true } : {};
    const description = /** @type {const} */ ({ kind: "offer", sdp });
    call.outbox.post(call.everybody(), { type: "negotiate", round, description, ...fresh }, context);
  } else {
    return;
  }
  described(call, context);
}

/**
 * The media layer made our answer.
 * @param {OneCall} call
 * @param {number} round
 * @param {string} sdp
 * @param {Context} context
 */
export function answerCreated(call, round, sdp, context) {
  if (call.role !== "callee" || round !== call.rounds.newest || call.rounds.described) return;
  if (call.state === "ringing") {
    call.rounds.answer = sdp;
  } else if (call.state === "accepting") {
    call.rounds.answer = sdp;
    sayAnswer(call, context);
  } else if (call.isPaired) {
    call.outbox.post(call.everybody(), { type: "negotiate", round, description: { kind: "answer", sdp } }, context);
    described(call, context);
  }
}

/**
 * Accepted: the answer goes out as soon as it is there.
 * @param {OneCall} call
 * @param {Context} context
 */
export function sayAnswer(call, context) {
  const { answer } = call.rounds;
  if (answer === undefined) return;
  call.rounds.answer = undefined;
  call.outbox.post(call.everybody(), { type: "answer", answer, renews: true }, context);
  described(call, context);
}

/**
 * @param {OneCall} call
 * @param {Context} context
 */
function described(call, context) {
  const { rounds } = call;
  rounds.described = true;
  const { held } = rounds;
  rounds.held = [];
  sayCandidates(call, held, rounds.heldComplete, context);
}

/**
 * The invite's offer: an answer is made at once, so that accepting is fast.
 * @param {OneCall} call
 * @param {string} offer
 * @param {Context} context
 */
export function firstOffer(call, offer, context) {
  call.rounds.mediaOpen = true;
  call.rounds.applied = true;
  context.outputs.push({ output: "create_answer", call: call.id, round: 0, offer });
}

/**
 * A device of the callee accepted. The first one has it.
 * @param {OneCall} call
 * @param {string} from
 * @param {{ answer: string, renews?: boolean | null }} body
 * @param {Context} context
 */
export function answered(call, from, { answer, renews }, context) {
  if (call.state !== "inviting" && call.state !== "alerting") return;
  call.rounds.peerRenews = renews === true;
  call.peerDevice = from;
  for (const device of call.rounds.early.keys()) if (device !== from) call.rounds.early.delete(device);
  applyAnswer(call, 0, answer, context);
  call.outbox.post({ person: call.peer }, { type: "select", device: from }, context);
  call.deadline = context.now + context.config.connectMs;
  beginConnecting(call, context);
}

/**
 * A description of a later round. Only the caller offers.
 * @param {OneCall} call
 * @param {{ round: number, description: { kind: "offer" | "answer", sdp: string }, fresh?: boolean | null }} body
 * @param {Context} context
 */
export function negotiate(call, { round, description: { kind, sdp }, fresh }, context) {
  const { rounds } = call;
  if (call.role === "caller" && kind === "answer") {
    if (round === rounds.newest && round > 0 && rounds.described && !rounds.applied) applyAnswer(call, round, sdp, context);
  } else if (call.role === "callee" && kind === "offer" && round > rounds.newest) {
    dropOlderRounds(call);
    rounds.begin(round, fresh === true, context.now);
    rounds.applied = true;
    context.outputs.push({ output: "create_answer", call: call.id, round, offer: sdp, ...(fresh ? { fresh } : {}) });
    flushEarly(call, context);
  }
}

/**
 * @param {OneCall} call
 * @param {number} round
 * @param {string} answer
 * @param {Context} context
 */
function applyAnswer(call, round, answer, context) {
  call.rounds.applied = true;
  context.outputs.push({ output: "apply_answer", call: call.id, round, answer });
  flushEarly(call, context);
}
