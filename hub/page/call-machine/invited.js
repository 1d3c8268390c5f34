// What an invite means to a device that may have a call already.

import { firstOffer } from "./descriptions.js";
import { finish } from "./ending.js";
import { OneCall } from "./one-call.js";

/** @typedef {import("./types.js").Address} Address */
/** @typedef {import("./types.js").CallState} CallState */
/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").EndReason} EndReason */

/**
 * `take_instead` and `keep_ours`: both called each other, and of the two calls the one with the smaller id is kept, on
 * both sides. `supersede`: the peer has lost the call we think we have with them.
 * @typedef {"ring" | "take_instead" | "keep_ours" | "supersede" | "busy"} Verdict
 */

/**
 * @param {OneCall | undefined} live
 * @param {string} id of the call that the invite is about
 * @param {Address} from
 * @returns {Verdict}
 */
export function judge(live, id, from) {
  if (!live) return "ring";
  if (live.peer !== from.person) return "busy";
  switch (live.state) {
    case "inviting":
    case "alerting":
      return id < live.id ? "take_instead" : "keep_ours";
    case "ringing":
    case "accepting":
      return live.peerDevice === from.device ? "supersede" : "busy";
    case "reconnecting":
      return "supersede";
    case "connecting":
    case "connected":
    case "ending":
    case "ended":
      return "busy";
  }
}

/**
 * A call that rings here, or that is accepted without ringing.
 * @param {string} id
 * @param {Address} from
 * @param {"ringing" | "accepting"} state
 * @param {{ lifetime_ms: number, offer: string }} invite
 * @param {Context} context
 */
export function invited(id, from, state, invite, context) {
  const call = callee(id, from, state, context);
  call.ringUntil = context.now + Math.min(invite.lifetime_ms, context.config.lifetimeMs);
  firstOffer(call, invite.offer, context);
  if (state === "ringing") {
    call.deadline = call.ringUntil + context.config.ringGraceMs;
    call.outbox.post(call.everybody(), { type: "ringing" }, context);
  } else {
    call.deadline = context.now + context.config.connectMs;
  }
  return call;
}

/**
 * A call that never shows: it is only answered for.
 * @param {string} id
 * @param {Address} from
 * @param {EndReason} reason
 * @param {Context} context
 */
export function unseen(id, from, reason, context) {
  const call = callee(id, from, "ended", context);
  call.visible = false;
  finish(call, reason, context);
  return call;
}

/**
 * Another call's invite, turned away.
 * @param {string} id
 * @param {Address} from
 * @param {Context} context
 */
export function busy(id, from, context) {
  const call = unseen(id, from, "busy", context);
  call.outbox.post(call.everybody(), { type: "reject", reason: "busy" }, context);
  return call;
}

/**
 * @param {string} id
 * @param {Address} from
 * @param {CallState} state
 * @param {Context} context
 */
function callee(id, from, state, context) {
  const call = new OneCall(id, "callee", from.person, state, context);
  call.peerDevice = from.device;
  return call;
}
