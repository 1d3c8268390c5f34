// The page's call machine replays the scenarios that the Rust machine wrote.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { CallMachine } from "../../hub/page/call-machine/machine.js";

const folder = new URL("../golden/call/", import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there are scenarios to replay", () => assert.ok(names.length >= 30, `${names.length} found`));

for (const name of names) {
  const scenario = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
  test(`replays ${scenario.name}`, () => replay(scenario));
}

/** @param {any} scenario */
function replay({ me, steps }) {
  const machine = new CallMachine(me);
  steps.forEach((/** @type {any} */ step, /** @type {number} */ index) => {
    if (step.input === null) machine.handleTimeout(step.at_ms);
    else machine.handleInput(step.input, step.at_ms);
    const outputs = [];
    for (let output = machine.pollOutput(); output; output = machine.pollOutput()) outputs.push(output);
    const where = `step ${index}, ${step.at_ms} ms, ${step.input?.input ?? "time-out"}`;
    assert.deepEqual(JSON.parse(JSON.stringify(outputs)), step.outputs, where);
    assert.equal(machine.snapshot()?.state ?? "idle", step.state, where);
  });
}

test("is due when its next deadline is, and not before anything waits", () => {
  const machine = new CallMachine({ person: "expert", device: "page-1" });
  assert.equal(machine.pollTimeout(), undefined);
  machine.handleInput({ input: "place", call: "c", callee: "technician" }, 1_000);
  assert.equal(machine.pollTimeout(), 61_000);
});

const ME = { person: "expert", device: "page-1" };
const PHONE = { person: "technician", device: "phone-1" };

/**
 * @param {import("../../hub/page/call-machine/types.js").Input[]} inputs
 */
function after(inputs) {
  const machine = new CallMachine(ME);
  for (const input of inputs) machine.handleInput(input, 0);
  return machine.snapshot();
}

test("nobody can answer a call whose invite did not go out", () => {
  const answer = /** @type {const} */ ({ input: "received", call: "c", from: PHONE, id: 1, body: { type: "answer", answer: "a" } });
  assert.equal(after([{ input: "place", call: "c", callee: "technician" }, answer])?.state, "inviting");
});

test("a refused repetition of an invite does not end a call that rings", () => {
  const placed = /** @type {const} */ ([
    { input: "place", call: "c", callee: "technician" },
    { input: "offer_created", call: "c", round: 0, sdp: "o" },
  ]);
  const refused = /** @type {const} */ ({ input: "refused", call: "c", id: 1, code: "unreachable" });
  const rings = /** @type {const} */ ({ input: "received", call: "c", from: PHONE, id: 1, body: { type: "ringing" } });
  assert.equal(after([...placed, refused])?.reason, "unreachable");
  assert.equal(after([...placed, rings, refused])?.state, "alerting");
});

test("a device that hangs up before it was selected learns that another one was", () => {
  const invite = /** @type {const} */ ({
    input: "received", call: "c", from: PHONE, id: 1, body: { type: "invite", lifetime_ms: 60_000, offer: "o" },
  });
  const hangUp = /** @type {const} */ ([
    { input: "answer_created", call: "c", round: 0, sdp: "a" }, { input: "accept" }, { input: "hang_up" },
  ]);
  const refused = /** @type {const} */ ({ input: "refused", call: "c", id: 3, code: "not_in_call" });
  assert.equal(after([invite, ...hangUp, refused])?.reason, "answered_elsewhere");
});
