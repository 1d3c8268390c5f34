// How long a call waits for what, in ms; both ends use the same (docs/protocol.md).

export const CALL_CONFIG = Object.freeze({
  /** How long a call rings. An invite that asks for more gets this much. */
  lifetimeMs: 60_000,
  /** How long after its invite's lifetime a callee's device stops ringing by itself. */
  ringGraceMs: 2_000,
  /** From the answer to the first media. */
  connectMs: 30_000,
  /** How long a call waits for lost media. */
  mediaLostMs: 90_000,
  /** How long a round may take to bring media back: as long as ICE goes on checking, so that the path is found when it
   * returns. */
  restartEveryMs: 10_000,
  /** How long an end waits for the other side's word. */
  endingMs: 10_000,
  /** How long an ended call is remembered. */
  memoryMs: 120_000,
  /** From the first sending of a message to its first repetition; doubled for each further one. */
  repeatFirstMs: 3_000,
  /** The longest time between two repetitions. */
  repeatAtMostMs: 12_000,
});

/**
 * How long to wait for an acknowledgement.
 * @param {typeof CALL_CONFIG} config
 * @param {number} repetitions so far
 */
export function repeatAfterMs(config, repetitions) {
  return Math.min(config.repeatFirstMs * 2 ** repetitions, config.repeatAtMostMs);
}
