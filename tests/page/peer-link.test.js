// The other side's link: its words, and what is offered once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PeerLink, linkWords } from "../../hub/page/call/peer-link.js";
import { qualityOf } from "../../hub/page/call/quality.js";

/** @typedef {import("../../hub/page/messages.js").LinkState} LinkState */

/** @type {LinkState} */
const good = { grade: "good", bears_bps: 1_400_000, lost_per_mille: 4, jitter_ms: 3, sound_alone: false };
/** @type {LinkState} */
const lossy = { ...good, grade: "poor", reason: "loss", lost_per_mille: 124, offer: "pause_video" };

test("a link is said in words", () => {
  assert.equal(linkWords(good, 12), "Good, 1.4 Mbit/s");
  assert.equal(linkWords({ ...good, bears_bps: null }, undefined), "Good");
  assert.equal(linkWords(lossy, 12), "Poor: 12 % of packets lost");
  assert.equal(linkWords({ ...lossy, reason: "delay" }, 1_440), "Poor: answers take 1.4 s");
  assert.equal(linkWords({ ...lossy, reason: "delay" }, undefined), "Poor: answers take long");
  assert.equal(linkWords({ ...lossy, reason: "bandwidth", bears_bps: 600_000 }, 12), "Poor: only 600 kbit/s");
  assert.equal(linkWords({ ...lossy, reason: null, bears_bps: null }, 12), "Poor: little bandwidth");
  assert.equal(linkWords({ ...lossy, reason: "bandwidth", bears_bps: 1_800_000 }, 12), "Poor, getting better: 1.8 Mbit/s");
  assert.equal(linkWords({ ...lossy, reason: "delay" }, 40), "Poor, getting better: answers take 40 ms");
  assert.equal(linkWords({ ...lossy, lost_per_mille: 20 }, 12), "Poor, getting better: 2 % of packets lost");
  assert.equal(linkWords({ ...good, grade: "critical" }, 12), "Critical, getting better: 1.4 Mbit/s");
  assert.equal(linkWords({ ...good, grade: "critical", bears_bps: 90_000 }, 12), "Critical: 90 kbit/s, enough for sound alone");
});

test("an offer is shown until it is answered, and another one after it", () => {
  const link = new PeerLink();
  assert.equal(link.shown(12), undefined);
  assert.equal(link.answer(), undefined);
  link.told(lossy);
  assert.equal(link.shown(12)?.offer, "pause_video");
  assert.equal(link.answer(), "pause_video");
  link.told({ ...lossy, lost_per_mille: 200 });
  assert.equal(link.shown(12)?.offer, undefined);
  link.told({ ...good, offer: "resume_video" });
  assert.equal(link.shown(12)?.offer, "resume_video");
  link.told(good);
  link.told(lossy);
  assert.equal(link.shown(12)?.offer, "pause_video", "later it is offered anew");
});

test("the bar says what who sends the picture knows", () => {
  const noticed = /** @type {const} */ ({ verdict: "poor", words: "Poor, 300 kbit/s" });
  const shown = (/** @type {LinkState} */ state) => {
    const link = new PeerLink();
    link.told(state);
    return link.shown(12);
  };
  assert.deepEqual(qualityOf(noticed, undefined), noticed);
  assert.deepEqual(qualityOf(noticed, shown(good)), { verdict: "fair", words: "Fair, 300 kbit/s" });
  assert.deepEqual(qualityOf(undefined, shown(lossy)), { verdict: "poor", words: "Poor: 12 % of packets lost" });
});
