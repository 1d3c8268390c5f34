// What the user of this device does with a call.

import { askToEnd, end, waitForTheEnd } from "./ending.js";
import { sayAnswer } from "./descriptions.js";
import { OneCall } from "./one-call.js";

/** @typedef {import("./types.js").CallMessage} CallMessage */
/** @typedef {import("./types.js").Context} Context */

/** Operations on their way through the hub; more are left to their log, which holds back by itself. */
const MAX_OPERATIONS = 64;

/**
 * The user calls somebody.
 * @param {string} id
 * @param {string} callee
 * @param {Context} context
 */
export function place(id, callee, context) {
  const call = new OneCall(id, "caller", callee, "inviting", context);
  call.ringUntil = context.now + context.config.lifetimeMs;
  call.deadline = call.ringUntil;
  call.rounds.mediaOpen = true;
  context.outputs.push({ output: "create_offer", call: id, round: 0, restart: false });
  return call;
}

/**
 * @param {OneCall} call
 * @param {Context} context
 */
export function accept(call, context) {
  if (call.state !== "ringing") return;
  call.state = "accepting";
  call.deadline = context.now + context.config.connectMs;
  sayAnswer(call, context);
}

/**
 * @param {OneCall} call
 * @param {Context} context
 */
export function decline(call, context) {
  if (call.state === "ringing") askToEnd(call, context);
}

/**
 * @param {OneCall} call
 * @param {Context} context
 */
export function hangUp(call, context) {
  if (call.state === "inviting" || call.state === "alerting") end(call, "cancelled", context);
  else if (call.state === "ringing") askToEnd(call, context);
  else if (call.isLive) end(call, "hung_up", context);
}

/**
 * The peer's data channel says that they hang up; why, only signalling will tell.
 * @param {OneCall} call
 * @param {Context} context
 */
export function peerHungUp(call, context) {
  if (call.state === "accepting" || call.isPaired) waitForTheEnd(call, "hung_up", context);
}

/**
 * Sends an operation by way of the hub.
 * @param {OneCall} call
 * @param {CallMessage} body
 * @param {Context} context
 */
export function relay(call, body, context) {
  if (!call.isPaired) return;
  if (body.type === "operation" && call.outbox.count("operation") < MAX_OPERATIONS) {
    call.outbox.post(call.everybody(), body, context);
  } else if (body.type === "operation_ack") {
    call.outbox.postOnce(call.everybody(), body, context);
  }
}
