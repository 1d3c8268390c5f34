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
