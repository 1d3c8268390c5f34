// Time that passes only when the test says so. Node's own mock timers changed their form between versions 18 and 20.

/**
 * Takes the place of `setTimeout`, `clearTimeout` and `performance.now` until the test is over.
 * @param {import("node:test").TestContext} context
 */
export function virtualTime(context) {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout, now: performance.now };
  let now = 0;
  let last = 0;
  /** @type {Map<number, { due: number, act: () => void }>} */
  const waiting = new Map();
  Object.assign(globalThis, {
    setTimeout: (/** @type {() => void} */ act, ms = 0) => {
      waiting.set(++last, { due: now + ms, act });
      return last;
    },
    clearTimeout: (/** @type {number} */ id) => waiting.delete(id),
  });
  performance.now = () => now;
  context.after(() => {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    performance.now = real.now;
  });
  return {
    /** @param {number} ms */
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...waiting].filter(([, { due }]) => due <= end).sort(([, one], [, other]) => one.due - other.due)[0];
        if (!next) break;
        const [id, { due, act }] = next;
        waiting.delete(id);
        now = Math.max(now, due);
        act();
      }
      now = end;
    },
  };
}
