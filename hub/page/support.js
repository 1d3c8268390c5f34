// What a browser must have for a call, and in words what this one lacks.

/** The browsers this page is made for. */
export const SUPPORTED_BROWSERS =
  "Chrome and Edge 128 or later, Firefox 132 or later, Safari 17.4 or later, on computers, phones and tablets";

/** @typedef {{ feature: string, effect: string }} Lack */

/**
 * Without these there is no call.
 * @param {any} scope the browser's global object
 * @returns {Lack[]}
 */
export function lacking(scope) {
  /** @type {[boolean, string, string][]} */
  const needs = [
    [typeof scope.WebSocket === "function", "WebSocket", "the page cannot reach the hub"],
    [typeof scope.RTCPeerConnection === "function", "RTCPeerConnection (WebRTC)", "there is no sound and no picture"],
    [
      typeof scope.RTCPeerConnection !== "function" || receivesH264(scope),
      "H.264 video in WebRTC",
      "the technician's picture cannot be shown",
    ],
    [
      typeof scope.HTMLVideoElement?.prototype?.requestVideoFrameCallback === "function",
      "requestVideoFrameCallback",
      "it is not known which frame is on the screen",
    ],
    [typeof scope.crypto?.getRandomValues === "function", "crypto.getRandomValues", "calls get no safe number"],
  ];
  return needs.filter(([present]) => !present).map(([, feature, effect]) => ({ feature, effect }));
}

/** @param {any} scope */
function receivesH264(scope) {
  // A browser that cannot list its codecs may still have this one: the offer will tell.
  const capabilities = scope.RTCRtpReceiver?.getCapabilities?.("video");
  if (!capabilities) return true;
  return capabilities.codecs.some((/** @type {any} */ codec) => codec.mimeType.toLowerCase() === "video/h264");
}

/**
 * Why there cannot be a microphone, whatever the person says; nothing if there can.
 * @param {any} scope the browser's global object
 * @returns {string | undefined}
 */
export function noMicrophoneReason(scope) {
  if (scope.navigator?.mediaDevices?.getUserMedia) return undefined;
  if (scope.isSecureContext === false) {
    return "Browsers give no microphone to a page that comes over plain http from another machine. " +
      "Open this page over https to be heard; until then you join as a listener.";
  }
  return "This browser gives pages no microphone. You join as a listener.";
}
