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
