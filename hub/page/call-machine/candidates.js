// Ways to reach either side, in rounds, before or after the description they belong to.

/** @typedef {import("./one-call.js").OneCall} OneCall */
/** @typedef {import("./types.js").Candidate} Candidate */
/** @typedef {import("./types.js").Context} Context */

/** Most candidates, and messages of candidates, kept for a round whose description is not there yet. */
const MAX_KEPT = 64;
/** Most candidates in one message. */
const MAX_CANDIDATES = 32;

/**
 * The media layer found ways to reach us.
 * @param {OneCall} call
 * @param {number} round
 * @param {Candidate[]} candidates
 * @param {boolean} complete
 * @param {Context} context
 */
export function candidatesGathered(call, round, candidates, complete, context) {
  const { rounds } = call;
  if (!call.isLive || round !== rounds.newest) return;
  if (rounds.described) {
    sayCandidates(call, candidates, complete, context);
  } else {
    rounds.held.push(...candidates.slice(0, Math.max(MAX_KEPT - rounds.held.length, 0)));
    rounds.heldComplete ||= complete;
  }
}

/**
 * @param {OneCall} call
 * @param {Candidate[]} candidates
 * @param {boolean} complete
 * @param {Context} context
 */
export function sayCandidates(call, candidates, complete, context) {
  const round = call.rounds.newest;
  const say = (/** @type {Candidate[]} */ chunk, /** @type {boolean} */ last) =>
    call.outbox.post(call.everybody(), { type: "candidates", round, candidates: chunk, complete: last }, context);
  for (let start = 0; start < candidates.length; start += MAX_CANDIDATES) {
    say(candidates.slice(start, start + MAX_CANDIDATES), complete && start + MAX_CANDIDATES >= candidates.length);
  }
  if (candidates.length === 0 && complete) say([], true);
}

/**
 * Candidates of the peer: passed on when their description was, kept when it is still to come.
 * @param {OneCall} call
 * @param {string} from
 * @param {number} round
 * @param {Candidate[]} candidates
 * @param {boolean} complete
 * @param {Context} context
 */
export function candidatesReceived(call, from, round, candidates, complete, context) {
  const { rounds } = call;
  if (round === rounds.newest && rounds.applied) {
    context.outputs.push({ output: "add_candidates", call: call.id, round, candidates, complete });
  } else if (round >= rounds.newest) {
    const early = rounds.early.get(from) ?? [];
    rounds.early.set(from, early);
    const kept = early.reduce((sum, message) => sum + message.candidates.length, 0);
    if (early.length < MAX_KEPT && kept + candidates.length <= MAX_KEPT) early.push({ round, candidates, complete });
  }
}

/**
 * Passes on what came before the description of the newest round, and forgets what is older.
 * @param {OneCall} call
 * @param {Context} context
 */
export function flushEarly(call, context) {
  const { newest, early } = call.rounds;
  for (const [device, messages] of early) {
    for (const { round, candidates, complete } of messages) {
      if (round !== newest) continue;
      context.outputs.push({ output: "add_candidates", call: call.id, round, candidates, complete });
    }
    early.set(device, messages.filter(({ round }) => round > newest));
  }
}
