// A minute that passes at once is sleep; being late is not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sleepWatch } from "../../hub/page/session/network.js";

test("a minute that passes at once is sleep, and being late is not", () => {
  const slept = sleepWatch();
  const looks = [1_000_000, 1_001_000, 1_004_900, 1_064_900, 1_065_900, 900_000, 901_000];
  assert.deepEqual(looks.map(slept), [false, false, false, true, false, false, false]);
});
