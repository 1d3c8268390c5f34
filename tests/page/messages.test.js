// The page reads every wire message of the protocol, and tells apart the ways in which a text is not one.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { MAX_MESSAGE_BYTES, decodeBody, decodeChannel, decodeHub, encode } from "../../hub/page/messages.js";

const golden = new URL("../golden/messages/", import.meta.url);
/** @type {Record<string, (wire: string) => object>} */
const families = { hub: decodeHub, channel: decodeChannel, call: (wire) => decodeBody(JSON.parse(wire)) };

for (const [family, decode] of Object.entries(families)) {
  const folder = new URL(`${family}/`, golden);
  for (const name of readdirSync(folder)) {
    test(`reads ${family}/${name}`, () => {
      const wire = readFileSync(new URL(name, folder), "utf8");
      assert.deepEqual(decode(wire), { message: JSON.parse(wire) });
    });
  }
}

test("a message of the page is what the hub's examples are", () => {
  const wire = readFileSync(new URL("client/hello.json", golden), "utf8");
  const { v, ...hello } = JSON.parse(wire);
  assert.equal(v, 1);
  assert.deepEqual(JSON.parse(encode(hello)), JSON.parse(wire));
});

/** @type {[string, string, string][]} */
const bad = [
  ["no JSON", "{", "not_a_message"],
  ["no object", "[1]", "not_a_message"],
  ["null", "null", "not_a_message"],
  ["no version", '{"type":"pong","nonce":1}', "not_a_message"],
  ["no type", '{"v":1}', "not_a_message"],
  ["another version", '{"v":2,"type":"pong","nonce":1}', "version"],
  ["an unknown type", '{"v":1,"type":"dance"}', "unknown_type"],
  ["a name that every object has", '{"v":1,"type":"constructor"}', "unknown_type"],
  ["a missing field", '{"v":1,"type":"pong"}', "malformed"],
  ["a field of another type", '{"v":1,"type":"pong","nonce":"1"}', "malformed"],
  ["a negative number", '{"v":1,"type":"pong","nonce":-1}', "malformed"],
  ["too much", JSON.stringify({ v: 1, type: "pong", nonce: 1, padding: "x".repeat(MAX_MESSAGE_BYTES) }), "too_large"],
];

for (const [what, wire, error] of bad) {
  test(`${what} is ${error}`, () => {
    const decoded = decodeHub(wire);
    assert.ok("error" in decoded);
    assert.equal(decoded.error, error);
  });
}

test("an identifier keeps to its letters and its length", () => {
  const presence = (/** @type {string} */ person) => decodeHub(encode({ type: "presence", person, presence: "online" }));
  assert.ok("message" in presence("tina.t-1_2@site:3"));
  assert.ok("error" in presence(""));
  assert.ok("error" in presence("x".repeat(65)));
  assert.ok("error" in presence("tina tech"));
});

test("unknown fields are ignored, and so are operations of a newer version", () => {
  assert.ok("message" in decodeHub('{"v":1,"type":"pong","nonce":1,"colour":"red"}'));
  assert.ok("message" in decodeChannel('{"v":1,"type":"operation","seq":1,"operation":{"kind":"arrow","to":[1,2]}}'));
  assert.ok("error" in decodeChannel('{"v":1,"type":"operation","seq":1,"operation":{"kind":"text"}}'));
});
