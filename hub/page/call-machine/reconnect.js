// Whether media flows, and how it is brought back: by a round with new ICE credentials while the newest connection is up,
// else by a round with a new connection, if the peer takes those.

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
  showMedia(call);
  if (call.rounds.restartWanted) {
    call.rounds.restartWanted = false;
    restart(call, context);
  }
}

/**
 * The callee would like a new round. One that it did not know yet when it asked may be what it needs: its offer is said
 * again if it was not answered, as it may have gone into the dark.
 * @param {OneCall} call
 * @param {{ restart: boolean, fresh?: boolean | null, after?: number | null }} request
 * @param {Context} context
 */
export function negotiateRequested(call, { restart: withRestart, fresh, after }, context) {
  const { applied, began, newest } = call.rounds;
  if (typeof after === "number" && after < newest) {
    if (!applied) call.outbox.repeatRounds(call.audience(context.now), context);
    return;
  }
  const hasTime = context.now < began + context.config.restartEveryMs;
  if (typeof after !== "number" && !applied && hasTime) return;
  offerAnew(call, withRestart, fresh === true, context);
}

/**
 * @param {OneCall} call
 * @param {boolean} withRestart
 * @param {boolean} freshWanted
 * @param {Context} context
 */
function offerAnew(call, withRestart, freshWanted, context) {
  dropOlderRounds(call);
  const round = call.rounds.newest + 1;
  const { peerRenews, paths } = call.rounds;
  const fresh = peerRenews && (freshWanted || (withRestart && !paths.newestIsUp));
  call.rounds.begin(round, fresh, context.now);
  context.outputs.push({
    output: "create_offer",
    call: call.id,
    round,
    restart: withRestart && !fresh,
    ...(fresh ? { fresh } : {}),
  });
}

/**
 * What belongs to an older round need not arrive any more.
 * @param {OneCall} call
 */
export function dropOlderRounds(call) {
  call.outbox.retain((type) => !isOfARound(type));
}

/**
 * Whether a message means nothing once another round begins.
 * @param {import("./types.js").CallMessage["type"]} type
 */
export function isOfARound(type) {
  return type === "negotiate" || type === "candidates" || type === "negotiate_request";
}

/**
 * Brings media back, or moves it: the caller offers, the callee asks for that.
 * @param {OneCall} call
 * @param {Context} context
 */
function restart(call, context) {
  beginRound(call, !call.rounds.paths.newestIsUp, context);
}

/**
 * @param {OneCall} call
 * @param {boolean} fresh
 * @param {Context} context
 */
function beginRound(call, fresh, context) {
  if (call.role === "caller") return offerAnew(call, true, fresh, context);
  call.outbox.retain((type) => type !== "negotiate_request");
  call.outbox.post(call.everybody(), {
    type: "negotiate_request",
    restart: true,
    ...(fresh ? { fresh } : {}),
    after: call.rounds.newest,
  }, context);
  call.rounds.began = context.now;
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
 * The device slept: whatever its connections say, they are old, and lost media could not be brought back meanwhile.
 * @param {OneCall} call
 * @param {Context} context
 */
export function woke(call, context) {
  if (call.state === "reconnecting") call.deadline = context.now + context.config.mediaLostMs;
  if (call.isPaired) beginRound(call, true, context);
  else if (call.isLive) call.rounds.restartWanted = true;
}

/**
 * Media flows over a connection.
 * @param {OneCall} call
 * @param {number} connection
 */
export function mediaConnected(call, connection) {
  call.rounds.paths.connected(connection);
  showMedia(call);
}

/** @param {OneCall} call */
function showMedia(call) {
  if (!call.rounds.paths.isUp) return;
  call.rounds.mediaLost = false;
  if (call.state === "connecting" || call.state === "reconnecting") {
    call.state = "connected";
    call.deadline = undefined;
  }
}

/**
 * Media stopped on a connection.
 * @param {OneCall} call
 * @param {number} connection
 * @param {Context} context
 */
export function mediaDisconnected(call, connection, context) {
  const { rounds } = call;
  rounds.paths.disconnected(connection);
  if (rounds.paths.isUp) return;
  if (call.state === "connected") {
    call.state = "reconnecting";
    call.deadline = context.now + context.config.mediaLostMs;
    rounds.mediaLost = true;
    // With one that takes this one's place on its way, that one has its time.
    if (rounds.paths.isComing) restartIfDue(call, context);
    else restart(call, context);
  } else if (call.state === "connecting") {
    rounds.mediaLost = true;
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

/**
 * Signalling is there again: what a round that has had its time still wanted to say is not said any more.
 * @param {OneCall} call
 * @param {Context} context
 */
export function signallingConnected(call, context) {
  if (restartDue(call, context) <= context.now) dropOlderRounds(call);
  call.outbox.repeatAll(call.audience(context.now), context);
  restartIfDue(call, context);
}
