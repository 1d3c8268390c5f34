// What comes on the channel `live`, as the Rust side writes it.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { applyTransform, decodeLive } from "../../hub/page/annotations/live.js";

const golden = new URL("../golden/live/", import.meta.url);
const files = readdirSync(golden).map((file) => JSON.parse(readFileSync(new URL(file, golden), "utf8")));

/**
 * The same but for what a single-precision number cannot hold.
 * @param {any} read
 * @param {any} expected
 * @param {string} where
 */
function near(read, expected, where) {
  if (typeof expected === "number") {
    assert.ok(Math.abs(read - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${where}: ${read}, not ${expected}`);
  } else if (typeof expected === "object") {
    assert.deepEqual(Object.keys(read).sort(), Object.keys(expected).sort(), where);
    for (const key of Object.keys(expected)) near(read[key], expected[key], `${where}.${key}`);
  } else {
    assert.equal(read, expected, where);
  }
}

for (const { name, bytes, message } of files) {
  test(`reads ${name}`, () => {
    const read = decodeLive(Buffer.from(bytes, "hex"));
    if (typeof message === "string") assert.equal(read, message);
    else near(read, message, name);
  });
}

test("nothing that is cut short or too long is read", () => {
  for (const { bytes, message } of files.filter((file) => typeof file.message === "object")) {
    const whole = Buffer.from(bytes, "hex");
    for (let length = 0; length < whole.length; length++) {
      assert.equal(decodeLive(new Uint8Array(whole.subarray(0, length))), "malformed", `${length} of ${message.kind}`);
    }
    assert.equal(decodeLive(Buffer.concat([whole, Buffer.from([0])])), "malformed");
    assert.ok(typeof decodeLive(new Uint8Array(whole).buffer) === "object");
  }
});

test("a transform does what it says", () => {
  assert.deepEqual(applyTransform([2, 0, 0.25, 0, 4, -0.5], [0.25, 0.5]), [0.75, 1.5]);
  assert.deepEqual(applyTransform([1, 0, 0, 0, 1, 0, 1, 0], [1, 0.5]), [0.5, 0.25]);
  assert.equal(applyTransform([1, 0, 0, 0, 1, 0, 1, 0], [-1, 0.5]), undefined);
});
