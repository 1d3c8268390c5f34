// Numbers and states become words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bitRateWords, durationWords, qualityWords, verdict } from "../../hub/page/call/quality.js";
import { countersOf, flowBetween } from "../../hub/page/call/statistics.js";
import { END_REASONS } from "../../hub/page/messages.js";
import { endWords, notDrawnWords, toldWords } from "../../hub/page/view/words.js";
import { initials } from "../../hub/page/view/elements.js";

const good = { bitsPerS: 1_400_000, framesPerS: 15, lossShare: 0, freezes: 0, roundTripMs: 12 };

test("quality is said in words", () => {
  assert.equal(qualityWords(good, true), "Good, 1.4 Mbit/s, 12 ms");
  assert.equal(qualityWords({ ...good, bitsPerS: 0, framesPerS: 0 }, false), "Good, 12 ms");
  assert.equal(qualityWords({ ...good, roundTripMs: 0.2, lossShare: 0.05 }, true), "Fair, 1.4 Mbit/s, 1 ms, 5 % lost");
  assert.equal(qualityWords({ ...good, roundTripMs: undefined }, true), "Good, 1.4 Mbit/s");
});

test("poor is what the product calls poor", () => {
  assert.equal(verdict({ ...good, roundTripMs: 1_001 }, true), "poor");
  assert.equal(verdict({ ...good, lossShare: 0.11 }, true), "poor");
  assert.equal(verdict({ ...good, framesPerS: 0 }, true), "poor");
  assert.equal(verdict({ ...good, framesPerS: 0 }, false), "good");
  assert.equal(verdict({ ...good, framesPerS: 7 }, true), "fair");
  assert.equal(verdict({ ...good, freezes: 1 }, true), "fair");
  assert.equal(verdict(good, true), "good");
});

test("bit rates and durations", () => {
  assert.equal(bitRateWords(1_449_000), "1.4 Mbit/s");
  assert.equal(bitRateWords(640_400), "640 kbit/s");
  assert.equal(durationWords(245_000), "4:05");
  assert.equal(durationWords(3_723_000), "1:02:03");
  assert.equal(durationWords(-5), "0:00");
});

test("a flow is what happened between two reports", () => {
  const report = (/** @type {number} */ second, /** @type {number} */ bytes, /** @type {number} */ lost) => countersOf([
    { type: "transport", selectedCandidatePairId: "pair" },
    { type: "candidate-pair", id: "other", currentRoundTripTime: 9 },
    { type: "candidate-pair", id: "pair", currentRoundTripTime: 0.012 },
    { type: "inbound-rtp", kind: "audio", bytesReceived: 5, packetsLost: 99 },
    { type: "inbound-rtp", kind: "video", timestamp: second * 1_000, bytesReceived: bytes, framesDecoded: second * 15,
      packetsReceived: second * 95, packetsLost: lost, freezeCount: 0, frameWidth: 1280, frameHeight: 720 },
  ]);
  const flow = flowBetween(report(1, 1_000, 0), report(3, 351_000, 10));
  assert.deepEqual(flow, { bitsPerS: 1_400_000, framesPerS: 15, lossShare: 0.05, freezes: 0, roundTripMs: 12 });
  assert.equal(flowBetween(report(1, 0, 0), report(1, 0, 0)), undefined);
});

test("every end has words that name a person or a next step", () => {
  for (const reason of END_REASONS) {
    for (const role of /** @type {const} */ (["caller", "callee"])) {
      const words = endWords({ call: "c", role, peer: "p", state: "ended", reason }, "Tina", false);
      assert.match(words, /Tina|You|you|Reload|Check|ask/);
      assert.match(words, /\.$/);
    }
  }
});

test("whatever cannot be drawn or placed has words that name a next step", () => {
  const refused = /** @type {const} */ (["full", "frame_not_named", "too_many_marks", "too_many_points", "stroke_too_long",
    "too_fast", "too_many_pins", "no_such_pin", "invalid"]);
  for (const why of refused) assert.match(notDrawnWords(why), /[Tt]ry again|Delete|Go on|go on|Freeze/);
  const because = /** @type {const} */ (["frame_forgotten", "frame_not_known", "tracking_lost", "nothing_there", "pin_expired",
    "too_many", "too_long"]);
  for (const why of because) {
    assert.match(toldWords({ markRefused: why }), /^A mark was removed: .*([Dd]raw|Delete).*\.$/);
    assert.match(toldWords({ pinRefused: why }), /^The picture could not stay frozen: .*freeze it again.*\.$/i);
  }
});

test("initials", () => {
  assert.equal(initials("Tina Technician"), "TT");
  assert.equal(initials(" tina "), "T");
  assert.equal(initials("Ana Maria de Souza"), "AS");
  assert.equal(initials(""), "");
});
