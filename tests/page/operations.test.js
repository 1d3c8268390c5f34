// Operations arrive once and in order, whichever way they travel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_TEXT_BYTES, MAX_UNACKNOWLEDGED, OperationLog } from "../../hub/page/operations.js";

/**
 * @param {number} number
 * @returns {{ kind: "text", id: string, sent_at_ms: number, text: string }}
 */
const line = (number) => ({ kind: "text", id: `t${number}`, sent_at_ms: number, text: `line ${number}` });

/** @param {OperationLog} log */
function drain(log) {
  const outputs = [];
  for (let output = log.pollOutput(); output; output = log.pollOutput()) outputs.push(output);
  return outputs;
}

test("an operation takes the hub while the channel is closed, and the channel when it opens", () => {
  const log = new OperationLog();
  assert.deepEqual(log.send(line(1), 0), { seq: 1 });
  assert.deepEqual(drain(log), [
    { output: "through_hub", body: { type: "operation", seq: 1, operation: line(1) } },
  ]);
  log.channelOpened();
  assert.deepEqual(drain(log), [
    { output: "on_channel", message: { type: "operation", seq: 1, operation: line(1) } },
  ]);
  log.acknowledged(1);
  assert.deepEqual(drain(log), [{ output: "acknowledged", through: 1 }]);
  log.channelClosed();
  assert.deepEqual(drain(log), [], "what was acknowledged is not sent again");
});

test("a gap waits, a repetition is dropped, and both are acknowledged", () => {
  const log = new OperationLog();
  log.channelOpened();
  log.received({ seq: 2, operation: line(2) });
  assert.deepEqual(drain(log), [{ output: "on_channel", message: { type: "operation_ack", through: 0 } }]);
  log.received({ seq: 1, operation: line(1) });
  log.received({ seq: 1, operation: line(1) });
  assert.deepEqual(drain(log), [
    { output: "delivered", operation: line(1) },
    { output: "delivered", operation: line(2) },
    { output: "on_channel", message: { type: "operation_ack", through: 2 } },
  ]);
});

test("numbers out of reach are ignored", () => {
  const log = new OperationLog();
  log.channelOpened();
  log.received({ seq: 0, operation: line(0) });
  log.received({ seq: 1_001, operation: line(1) });
  log.acknowledged(5);
  assert.deepEqual(drain(log), []);
});

test("too much that waits is refused, and so is what does not fit", () => {
  const log = new OperationLog();
  for (let number = 1; number <= MAX_UNACKNOWLEDGED; number++) assert.deepEqual(log.send(line(number), 0), { seq: number });
  assert.deepEqual(log.send(line(0), 0), { refused: "full" });
  log.acknowledged(1);
  assert.deepEqual(log.send(line(0), 0), { seq: MAX_UNACKNOWLEDGED + 1 });
  const long = { ...line(1), text: "ü".repeat(MAX_TEXT_BYTES / 2 + 1) };
  assert.deepEqual(new OperationLog().send(long, 0), { refused: "text_too_long" });
  assert.deepEqual(new OperationLog().send({ kind: "unknown" }, 0), { refused: "unknown" });
});

test("the ways are not flooded", () => {
  const log = new OperationLog();
  for (let number = 1; number <= 300; number++) log.send(line(number), 0);
  assert.equal(drain(log).length, 32);
  log.acknowledged(32);
  assert.equal(drain(log).length, 1 + 32);
  log.channelOpened();
  assert.equal(drain(log).length, 256);
});

test("what the hub's way does not bring is sent there again", () => {
  const log = new OperationLog();
  log.send(line(1), 100);
  drain(log);
  assert.equal(log.pollTimeout(), 12_100);
  log.handleTimeout(12_099);
  assert.deepEqual(drain(log), []);
  log.handleTimeout(12_100);
  assert.equal(drain(log).length, 1);
  log.acknowledged(1);
  assert.equal(log.pollTimeout(), undefined);
});
