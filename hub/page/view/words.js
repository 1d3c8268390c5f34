// What the page says about a call, in words.

/** @typedef {import("../messages.js").EndReason} EndReason */
/** @typedef {import("../messages.js").Presence} Presence */
/** @typedef {import("../call-machine/types.js").CallSnapshot} CallSnapshot */

/** @type {Record<Presence, string>} */
export const PRESENCE_WORDS = { online: "Online", busy: "In another call", offline: "Not connected" };

/**
 * Where a call stands, in a few words.
 * @param {CallSnapshot["state"]} state
 */
export function stateWords(state) {
  switch (state) {
    case "inviting":
      return "Calling";
    case "alerting":
      return "Ringing";
    case "ringing":
      return "Incoming call";
    case "accepting":
    case "connecting":
      return "Connecting";
    case "connected":
      return "In call";
    case "reconnecting":
      return "Reconnecting";
    case "ending":
    case "ended":
      return "Call ended";
  }
}

/** What became of something that was drawn, and what can be done about it.
 * @type {Record<import("../annotations/annotations.js").Refused, string>} */
const NOT_DRAWN = {
  full: "Too much waits for the other side. Nothing was drawn; try again when the connection is better.",
  frame_not_named: "It is not known yet which picture this is. Try again in a moment.",
  too_many_marks: "You have as many marks as there can be. Delete some of yours to go on.",
  too_many_points: "Your marks are as detailed as they can be. Delete some of yours to go on.",
  stroke_too_long: "This line is as long as it can be. Go on with a new one.",
  too_fast: "That was too fast to send. What was drawn before is kept; go on a little slower.",
  no_such_mark: "This mark is finished or gone.",
  nothing_to_undo: "None of your marks is left.",
  too_many_pins: "Too many pictures are frozen. Try again in a moment.",
  no_such_pin: "This picture is no longer frozen. Freeze it again to draw on it.",
  not_the_owner: "Only the person whose camera it is can do that.",
  too_many_people: "Too many people draw in this call.",
  too_much: "There are more marks than can be kept.",
  invalid: "This could not be drawn. Try again.",
};

/** Why the technician's phone could not do it, and what can be done.
 * @type {Record<import("../annotations/messages.js").RefusedBecause, string>} */
const NO_PLACE = {
  frame_forgotten: "that picture was too long ago. Draw again, or freeze the picture first.",
  frame_not_known: "the phone does not know that picture. Draw again.",
  tracking_lost: "the phone did not know where it was. Wait until the picture is steady, then draw again.",
  nothing_there: "the phone does not know what lies there. Ask for a slow look around it, then draw again.",
  pin_expired: "a frozen picture is kept for ten minutes. Freeze the picture anew and draw again.",
  too_many: "there are as many as the phone can keep. Delete some first.",
  too_long: "it is longer than the phone can keep. Draw it in parts.",
};

/** Why the technician's phone could not keep a picture, and what can be done.
 * @type {Record<import("../annotations/messages.js").RefusedBecause, string>} */
const NOT_FROZEN = {
  frame_forgotten: "it was too long ago. Freeze it again.",
  frame_not_known: "the phone does not know it. Freeze it again.",
  tracking_lost: "the phone did not know where it was. Wait until the picture is steady, then freeze it again.",
  nothing_there: "the phone does not know what is seen. Ask for a slow look around, then freeze it again.",
  pin_expired: "a frozen picture is kept for ten minutes. Freeze it again to go on.",
  too_many: "the phone keeps as many as it can. Unfreeze elsewhere, then freeze it again.",
  too_long: "the phone could not keep it. Freeze it again.",
};

/** @param {import("../annotations/annotations.js").Refused} refused */
export function notDrawnWords(refused) {
  return NOT_DRAWN[refused] ?? NOT_DRAWN.invalid;
}

/** @param {import("../annotations/annotations.js").Told} told */
export function toldWords(told) {
  if ("markRefused" in told) return `A mark was removed: ${NO_PLACE[told.markRefused] ?? "it could not be placed."}`;
  return `The picture could not stay frozen: ${NOT_FROZEN[told.pinRefused] ?? "freeze it again."}`;
}

/** For browsers that do not say which frame is shown. */
export const FREEZE_FIRST =
  "Drawing on the live picture needs Chrome or Edge. In this browser the picture is frozen first; unfreeze when you are done.";

/**
 * Why a call ended, and what can be done about it.
 * @param {CallSnapshot} snapshot
 * @param {string} name of the other person
 * @param {boolean} byMe whether this side ended it
 */
export function endWords({ reason, role }, name, byMe) {
  switch (reason) {
    case "hung_up":
      return byMe ? "You hung up." : `${name} hung up.`;
    case "cancelled":
      return role === "caller" ? "You stopped calling." : `${name} stopped calling.`;
    case "declined":
      return role === "caller" ? `${name} declined the call.` : "You declined the call.";
    case "busy":
      return `${name} is in another call. Try again in a while.`;
    case "no_answer":
      return role === "caller" ? `${name} did not answer.` : `You missed a call from ${name}.`;
    case "answered_elsewhere":
      return "The call was taken on another of your devices.";
    case "replaced":
      return "You both called each other; the other call goes on.";
    case "connect_failed":
      return "No way was found for sound and picture. A firewall may be in between: ask the network team for UDP, or try another network.";
    case "connection_lost":
      return "The connection was lost and did not come back. Check the network, then call again.";
    case "unreachable":
      return `${name} cannot be reached now.`;
    case "failed":
    default:
      return "One side could not go on. Reload the page if calling again does not help.";
  }
}
