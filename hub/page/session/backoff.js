// How long to wait before coming back to the hub (docs/protocol.md, Session 2).

const FIRST_MS = 500;
const LONGEST_MS = 10_000;
const SPREAD = 0.25;

/**
 * @param {number} attempt 0 for the first after a connection broke
 * @param {number} random from 0 up to 1
 */
export function backoffMs(attempt, random) {
  const base = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return base * (1 + SPREAD * random);
}
