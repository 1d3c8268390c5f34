// What a browser tells of its network, and whether the device slept.

/** How often the clock is looked at, and a gap that only sleep makes. */
const LOOK_MS = 1_000;
const SLEPT_MS = 5_000;

/**
 * The part of `navigator.connection` (Network Information) that is used, where there is one.
 * @typedef {EventTarget & { type?: string }} Connection
 */

/**
 * @param {{ changed(): void, woke(): void }} events
 */
export function watchNetwork({ changed, woke }) {
  addEventListener("online", changed);
  const { connection } = /** @type {{ connection?: Connection }} */ (navigator);
  let type = connection?.type;
  connection?.addEventListener("change", () => {
    // It also tells of every new estimate of the speed.
    const before = type;
    type = connection.type;
    if (type !== before && type !== "none") changed();
  });
  const slept = sleepWatch();
  setInterval(() => {
    if (slept(Date.now())) woke();
  }, LOOK_MS);
}

/**
 * Told the wall clock about once a second: whether the device slept since the last look. A clock that was set forward looks
 * the same, which costs a new connection.
 * @returns {(wallClockMs: number) => boolean}
 */
export function sleepWatch() {
  /** @type {number | undefined} */
  let lastMs;
  return (wallClockMs) => {
    const gapMs = wallClockMs - (lastMs ?? wallClockMs);
    lastMs = wallClockMs;
    return gapMs >= SLEPT_MS;
  };
}
