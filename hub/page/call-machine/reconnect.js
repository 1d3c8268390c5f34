// Whether media flows, and how it is brought back.

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Context} Context */

/**
 * Both sides agree on the call; media may have been quicker.
 * @param {OneCall} call
 * @param {Context} context
 */
export function beginConnecting(call, context) {
  call.state = "connecting";
  call.isAgreed = true;
  if (call.rounds.mediaUp) mediaConnected(call);
  if (call.rounds.restartWanted) {
    call.rounds.restartWanted = false;
    restart(call, context);
  }
}

/**
 * The callee would like a new round.
 * @param {OneCall} call
 * @param {boolean} withRestart
 * @param {Context} context
 */
export function negotiateRequested(call, withRestart, context) {
  const { applied, began } = call.rounds;
  const inFlight = !applied && context.now < began + context.config.restartEveryMs;
  if (call.role === "caller" && call.isPaired && !inFlight) offerAnew(call, withRestart, context);
}

/**
 * Brings media back, or moves it: the caller offers with fresh ICE credentials, the callee asks for that.
 * @param {OneCall} call
 * @param {Context} context
 */
function restart(call, context) {
  if (call.role === "caller") return offerAnew(call, true, context);
  call.outbox.retain((type) => type !== "negotiate_request");
  call.outbox.post(call.everybody(), { type: "negotiate_request", restart: true }, context);
  call.rounds.began = context.now;
}

/**
 * @param {OneCall} call
 * @param {boolean} withRestart
 * @param {Context} context
 */
function offerAnew(call, withRestart, context) {
  dropOlderRounds(call);
  const round = call.rounds.newest + 1;
  call.rounds.begin(round, context.now);
  context.outputs.push({ output: "create_offer", call: call.id, round, restart: withRestart });
}

/**
 * What belongs to an older round need not arrive any more.
 * @param {OneCall} call
 */
export function dropOlderRounds(call) {
  call.outbox.retain((type) => type !== "negotiate" && type !== "candidates");
}

/**
 * The device changed its network.
 * @param {OneCall} call
 * @param {Context} context
 */
export function networkChanged(call, context) {
  if (call.isPaired) restart(call, context);
  else if (call.isLive) call.rounds.restartWanted = true;
}

/**
 * Media flows.
 * @param {OneCall} call
 */
export function mediaConnected(call) {
  if (call.state === "connecting" || call.state === "reconnecting") {
    call.state = "connected";
    call.deadline = undefined;
  }
  call.rounds.mediaUp = true;
  call.rounds.mediaLost = false;
}

/**
 * Media stopped.
 * @param {OneCall} call
 * @param {Context} context
 */
export function mediaDisconnected(call, context) {
  call.rounds.mediaUp = false;
  if (call.state === "connected") {
    call.state = "reconnecting";
    call.deadline = context.now + context.config.mediaLostMs;
    call.rounds.mediaLost = true;
    restart(call, context);
  } else if (call.state === "connecting") {
    call.rounds.mediaLost = true;
    restartIfDue(call, context);
  }
}

/**
 * When to try again to bring media back; infinity for never.
 * @param {OneCall} call
 * @param {Context} context
 */
export function restartDue(call, context) {
  const tries = call.rounds.mediaLost && call.isPaired && context.online;
  return tries ? call.rounds.began + context.config.restartEveryMs : Infinity;
}

/**
 * Tries again, when it is time.
 * @param {OneCall} call
 * @param {Context} context
 */
export function restartIfDue(call, context) {
  if (restartDue(call, context) <= context.now) restart(call, context);
}
