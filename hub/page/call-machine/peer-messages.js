// What the peer says, and what the hub would not pass on.

import { candidatesReceived } from "./candidates.js";
import { answered, negotiate } from "./descriptions.js";
import { end, endAcknowledged, fail, fateOf, finish, hungUp } from "./ending.js";
import { beginConnecting, negotiateRequested } from "./reconnect.js";

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").CallMessage} CallMessage */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").EndReason} EndReason */
/** @typedef {import("./types.js").ErrorCode} ErrorCode */

/**
 * A relayed message of a device of the peer.
 * @param {OneCall} call
 * @param {string} from
 * @param {number} id
 * @param {CallMessage} body
 * @param {Context} context
 */
export function receive(call, from, id, body, context) {
  // Nobody can know of a call whose invite did not go out.
  if (call.role === "caller" && !call.rounds.invited) return;
  if (body.type === "ack") return acknowledged(call, from, body.ids, body.ended ?? undefined, context);
  if (body.type === "operation_ack") return deliver(call, from, body, context);
  if (body.type === "error") return misunderstood(call, from, body.about, context);
  const freshness = call.inbox.judge(from, id);
  if (freshness === "unacceptable") return;
  if (freshness === "new") {
    hear(call, from, context);
    // Too early: not acknowledged, so that it comes again.
    if (!act(call, from, body, context)) return;
    call.inbox.record(from, id);
  }
  acknowledge(call, from, id, body.type === "hang_up", context);
}

/**
 * Says that a message arrived; of a hang-up also how the call ended for its sender.
 * @param {OneCall} call
 * @param {string} to
 * @param {number} id
 * @param {boolean} isHangUp
 * @param {Context} context
 */
export function acknowledge(call, to, id, isHangUp, context) {
  const ended = isHangUp ? fateOf(call, to) : undefined;
  call.outbox.postOnce(call.only(to), { type: "ack", ids: [id], ...(ended ? { ended } : {}) }, context);
}

/**
 * A device takes part: it has the invite, and may have missed what was said to all since.
 * @param {OneCall} call
 * @param {string} from
 * @param {Context} context
 */
function hear(call, from, context) {
  if (!call.inbox.hear(from) || call.role !== "caller") return;
  call.outbox.acknowledgeAll(from, "invite");
  call.outbox.turnedUp(context);
}

/**
 * @param {OneCall} call
 * @param {string} from
 * @param {CallMessage} body
 * @param {Context} context
 * @returns {boolean} false when it is too early for it
 */
function act(call, from, body, context) {
  const isCaller = call.role === "caller";
  // The caller's `select` is still to come, although what follows it may be here.
  const waitsForSelect = call.state === "ringing" || call.state === "accepting";
  switch (body.type) {
    case "hang_up":
      hungUp(call, from, body.reason, context);
      break;
    case "ringing":
      if (isCaller && call.state === "inviting") call.state = "alerting";
      break;
    case "answer":
      if (isCaller) answered(call, from, body, context);
      break;
    case "reject":
      if (isCaller && (call.state === "inviting" || call.state === "alerting")) end(call, body.reason, context);
      break;
    case "select":
      if (!isCaller) selected(call, body.device, context);
      break;
    case "candidates":
      if (call.isLive && call.isPeer(from)) {
        candidatesReceived(call, from, body.round, body.candidates, body.complete, context);
      }
      break;
    case "negotiate_request":
      if (isCaller && call.isPaired && call.isPeer(from)) negotiateRequested(call, body, context);
      break;
    case "negotiate":
      if (waitsForSelect) return false;
      if (call.isPaired && call.isPeer(from)) negotiate(call, body, context);
      break;
    case "operation":
      if (waitsForSelect) return false;
      deliver(call, from, body, context);
      break;
    case "invite": // known already
    case "ack":
    case "operation_ack":
    case "error":
      break;
  }
  return true;
}

/**
 * The caller confirmed one device.
 * @param {OneCall} call
 * @param {string} device
 * @param {Context} context
 */
function selected(call, device, context) {
  if (device === context.me.device) {
    if (call.state === "accepting") beginConnecting(call, context);
  } else if (call.state === "ringing" || call.state === "accepting" || call.state === "ending") {
    finish(call, "answered_elsewhere", context);
  }
}

/**
 * @param {OneCall} call
 * @param {string} from
 * @param {CallMessage} body
 * @param {Context} context
 */
function deliver(call, from, body, context) {
  if (call.isPaired && call.isPeer(from)) context.outputs.push({ output: "deliver", call: call.id, body });
}

/**
 * @param {OneCall} call
 * @param {string} from
 * @param {number[]} ids
 * @param {EndReason | undefined} ended
 * @param {Context} context
 */
function acknowledged(call, from, ids, ended, context) {
  if (ids.length === 0) return;
  hear(call, from, context);
  const hangUp = ids.some((id) => call.outbox.body(id)?.type === "hang_up");
  for (const id of ids) call.outbox.acknowledge(id, from);
  if (hangUp) endAcknowledged(call, ended, context);
  call.outbox.settle(call.audience(context.now));
}

/**
 * A device could not understand a message of ours.
 * @param {OneCall} call
 * @param {string} from
 * @param {number} about
 * @param {Context} context
 */
function misunderstood(call, from, about, context) {
  const type = call.outbox.body(about)?.type;
  if (type === "invite" && call.peerDevice === undefined) {
    hear(call, from, context);
    hungUp(call, from, "failed", context);
  } else if (type !== undefined && call.isPeer(from)) {
    call.outbox.acknowledge(about, from);
    afterLoss(call, type, context);
    call.outbox.settle(call.audience(context.now));
  }
}

/**
 * The hub did not pass on a message of ours.
 * @param {OneCall} call
 * @param {number} id
 * @param {ErrorCode} code
 * @param {Context} context
 */
export function refused(call, id, code, context) {
  const type = call.outbox.body(id)?.type;
  if (type === undefined || code === "too_fast" || code === "unauthenticated") return;
  if (code === "unreachable") {
    if (type === "invite") refusedInvite(call, "unreachable", context);
    return;
  }
  if (code === "not_in_call" && wasNotSelected(call)) return finish(call, "answered_elsewhere", context);
  call.outbox.remove(id);
  if (type === "invite") refusedInvite(call, "failed", context);
  afterLoss(call, type, context);
}

/**
 * Callee: that the hub lets us say nothing means that it passed on the `select` of another device.
 * @param {OneCall} call
 */
function wasNotSelected({ state, role, isAgreed }) {
  return state === "ringing" || state === "accepting" || (state === "ending" && role === "callee" && !isAgreed);
}

/**
 * Nobody got the invite: there is nobody to agree with. When it rings already, this was about a repetition.
 * @param {OneCall} call
 * @param {EndReason} reason
 * @param {Context} context
 */
function refusedInvite(call, reason, context) {
  if (call.state === "inviting") finish(call, reason, context);
}

/**
 * A message of ours will never be understood.
 * @param {OneCall} call
 * @param {CallMessage["type"]} type
 * @param {Context} context
 */
function afterLoss(call, type, context) {
  if (type === "answer") fail(call, context);
  if (type === "hang_up") endAcknowledged(call, undefined, context);
}
