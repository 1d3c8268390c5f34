// What happens by itself.

import { end, finish, waitForTheEnd } from "./ending.js";
import { restartDue, restartIfDue } from "./reconnect.js";

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Context} Context */

/**
 * When something of this call is due; infinity for never.
 * @param {OneCall} call
 * @param {Context} context
 */
export function nextDue(call, context) {
  const repetition = context.online ? call.outbox.nextDue(call.audience(context.now)) : Infinity;
  return Math.min(call.deadline ?? Infinity, restartDue(call, context), repetition);
}

/**
 * Does what is due.
 * @param {OneCall} call
 * @param {Context} context
 * @returns {boolean} false when the call is to be forgotten
 */
export function handleTimeout(call, context) {
  if (call.deadline !== undefined && call.deadline <= context.now) {
    switch (call.state) {
      case "inviting":
      case "alerting":
        if (call.rounds.invited) end(call, "no_answer", context);
        else finish(call, "failed", context);
        break;
      case "ringing":
        waitForTheEnd(call, "no_answer", context);
        break;
      case "accepting":
      case "connecting":
        end(call, "connect_failed", context);
        break;
      case "connected":
        call.deadline = undefined;
        break;
      case "reconnecting":
        end(call, "connection_lost", context);
        break;
      case "ending":
        finish(call, call.reason ?? "failed", context);
        break;
      case "ended":
        return false;
    }
  }
  restartIfDue(call, context);
  call.outbox.repeatDue(call.audience(context.now), context);
  return true;
}
