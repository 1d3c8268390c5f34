// How a call ends, and how both sides come to the same reason.

import { END_REASONS } from "../messages.js";

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").EndReason} EndReason */

/**
 * Of two reasons, the one that counts.
 * @param {EndReason} one
 * @param {EndReason} other
 */
function first(one, other) {
  return END_REASONS.indexOf(one) <= END_REASONS.indexOf(other) ? one : other;
}

/**
 * Says `hang_up` and waits for the answer.
 * @param {OneCall} call
 * @param {EndReason} reason
 * @param {Context} context
 */
export function end(call, reason, context) {
  // Nobody else knows of a call whose invite did not go out.
  if (call.role === "caller" && !call.rounds.invited) return finish(call, reason, context);
  call.outbox.retain((type) => type === "select");
  call.outbox.post(call.everybody(), { type: "hang_up", reason }, context);
  call.said = true;
  waitForTheEnd(call, reason, context);
}

/**
 * A callee declines: the caller's hang-up to all devices is what ends the call.
 * @param {OneCall} call
 * @param {Context} context
 */
export function askToEnd(call, context) {
  call.outbox.retain(() => false);
  call.outbox.post(call.everybody(), { type: "reject", reason: "declined" }, context);
  waitForTheEnd(call, "declined", context);
}

/**
 * Is over here; the other side's word on the reason is on its way.
 * @param {OneCall} call
 * @param {EndReason} reason
 * @param {Context} context
 */
export function waitForTheEnd(call, reason, context) {
  call.state = "ending";
  call.reason = reason;
  call.deadline = context.now + context.config.endingMs;
  keepOnlyTheEnd(call);
  closeMedia(call, context);
}

/**
 * Is over, for this reason.
 * @param {OneCall} call
 * @param {EndReason} reason
 * @param {Context} context
 */
export function finish(call, reason, context) {
  call.state = "ended";
  call.reason = reason;
  call.deadline = context.now + context.config.memoryMs;
  keepOnlyTheEnd(call);
  closeMedia(call, context);
}

/**
 * The device cannot go on.
 * @param {OneCall} call
 * @param {Context} context
 */
export function fail(call, context) {
  if (call.isLive) end(call, "failed", context);
}

/**
 * What the other side must still learn of a call that is over.
 * @param {OneCall} call
 */
function keepOnlyTheEnd(call) {
  call.outbox.retain((type) => type === "select" || type === "hang_up" || type === "reject");
}

/**
 * @param {OneCall} call
 * @param {Context} context
 */
function closeMedia(call, context) {
  if (!call.rounds.mediaOpen) return;
  call.rounds.close();
  context.outputs.push({ output: "close_media", call: call.id });
}

/**
 * The other side says `hang_up`.
 * @param {OneCall} call
 * @param {string} from
 * @param {EndReason} reason
 * @param {Context} context
 */
export function hungUp(call, from, reason, context) {
  if (call.isOtherDevice(from)) return;
  switch (call.state) {
    case "inviting":
    case "alerting":
      if (reason === "failed" && ringsBeside(call, from)) {
        call.gone.add(from);
        return;
      }
      end(call, reason, context);
      call.outbox.acknowledgeAll(from, "hang_up");
      finishIfAgreed(call, context);
      break;
    case "ringing":
    case "accepting":
    case "connecting":
    case "connected":
    case "reconnecting":
      finish(call, reason, context);
      break;
    case "ending":
      if (!call.said) return finish(call, reason, context);
      call.reason = first(call.reason ?? reason, reason);
      // It hears our reason with the acknowledgement of its own.
      call.outbox.acknowledgeAll(from, "hang_up");
      finishIfAgreed(call, context);
      break;
    case "ended":
      if (!call.visible) call.reason = reason;
      break;
  }
}

/**
 * Our `hang_up` was acknowledged, with how the call ended on that side.
 * @param {OneCall} call
 * @param {EndReason | undefined} ended
 * @param {Context} context
 */
export function endAcknowledged(call, ended, context) {
  if (call.state !== "ending") return;
  const ours = call.reason ?? "failed";
  const theirs = ended ?? ours;
  // One peer's word counts as it is; of many, each knows only its own part.
  call.reason = call.peerDevice === undefined ? first(ours, theirs) : theirs;
  finishIfAgreed(call, context);
}

/**
 * Ended, as soon as everybody who takes part has acknowledged our hang-up.
 * @param {OneCall} call
 * @param {Context} context
 */
function finishIfAgreed(call, context) {
  const agreed = call.state === "ending" && call.outbox.isSettled(call.audience(context.now), "hang_up");
  if (agreed && call.reason) finish(call, call.reason, context);
}

/**
 * How the call ended for that device, for the acknowledgement of its hang-up.
 * @param {OneCall} call
 * @param {string} device
 * @returns {EndReason | undefined}
 */
export function fateOf(call, device) {
  if (call.isOtherDevice(device)) return "answered_elsewhere";
  return call.gone.has(device) ? "failed" : call.reason;
}

/**
 * Caller: whether it still rings at another device.
 * @param {OneCall} call
 * @param {string} device
 */
function ringsBeside(call, device) {
  return call.inbox.heard().some((heard) => heard !== device && !call.gone.has(heard));
}
