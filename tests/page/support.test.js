// What a browser lacks is named.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lacking, noMicrophoneReason } from "../../hub/page/support.js";

/** @param {string[]} codecs */
function browser(codecs = ["video/VP8", "video/H264"]) {
  return {
    WebSocket: class {},
    RTCPeerConnection: class {},
    RTCRtpReceiver: { getCapabilities: () => ({ codecs: codecs.map((mimeType) => ({ mimeType })) }) },
    HTMLVideoElement: class {
      requestVideoFrameCallback() {}
    },
    crypto: { getRandomValues() {} },
    isSecureContext: true,
    navigator: { mediaDevices: { getUserMedia() {} } },
  };
}

test("a whole browser lacks nothing", () => {
  assert.deepEqual(lacking(browser()), []);
  assert.equal(noMicrophoneReason(browser()), undefined);
});

test("each lack is named with what it means", () => {
  const names = (/** @type {object} */ scope) => lacking(scope).map(({ feature }) => feature);
  assert.deepEqual(names(browser(["video/VP8"])), ["H.264 video in WebRTC"]);
  assert.deepEqual(names({ ...browser(), RTCPeerConnection: undefined }), ["RTCPeerConnection (WebRTC)"]);
  assert.deepEqual(names({ ...browser(), HTMLVideoElement: class {} }), ["requestVideoFrameCallback"]);
  assert.equal(lacking({}).length, 4);
});

test("plain http from another machine gets its own words", () => {
  const scope = { ...browser(), isSecureContext: false, navigator: {} };
  assert.match(noMicrophoneReason(scope) ?? "", /https/);
  assert.match(noMicrophoneReason({ ...scope, isSecureContext: true }) ?? "", /no microphone/);
});
