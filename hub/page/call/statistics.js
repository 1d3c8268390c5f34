// From the browser's statistics to the few numbers that say how a call goes.

/**
 * What was counted up to one moment.
 * @typedef {object} Counters
 * @property {number} atMs
 * @property {number} videoBytes
 * @property {number} framesDecoded
 * @property {number} packetsReceived
 * @property {number} packetsLost
 * @property {number} packetsRepaired lost ones that came again when asked for
 * @property {number} keyFramesRequested
 * @property {number} freezes
 * @property {number | undefined} roundTripMs
 * @property {number} widthPx
 * @property {number} heightPx
 * @property {number} channelMessages
 * @property {number} jitterBufferMs mean time that a picture waited before it was decoded
 */

/**
 * What happened between two moments.
 * @typedef {object} Flow
 * @property {number} bitsPerS of video, received or, at the technician's page, sent
 * @property {number} framesPerS
 * @property {number} lossShare 0 to 1
 * @property {number} freezes
 * @property {number | undefined} roundTripMs
 */

/**
 * Reads one report. The technician's page receives no picture: there, what it sends is counted.
 * @param {Iterable<any>} entries of an `RTCStatsReport`
 * @returns {Counters}
 */
export function countersOf(entries) {
  const all = [...entries];
  const first = (/** @type {(entry: any) => boolean} */ wanted) => all.find(wanted);
  const inbound = first(({ type, kind, bytesReceived }) => type === "inbound-rtp" && kind === "video" && bytesReceived > 0);
  const outbound = first(({ type, kind, bytesSent }) => type === "outbound-rtp" && kind === "video" && bytesSent > 0);
  const remote = first(({ type, kind }) => type === "remote-inbound-rtp" && kind === "video");
  const transport = first(({ type }) => type === "transport");
  const pair = first(({ type, id }) => type === "candidate-pair" && id === transport?.selectedCandidatePairId) ??
    first(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const control = first(({ type, label }) => type === "data-channel" && label === "control");
  const roundTripS = pair?.currentRoundTripTime;
  const video = inbound ?? outbound;
  return {
    atMs: video?.timestamp ?? pair?.timestamp ?? 0,
    videoBytes: inbound?.bytesReceived ?? outbound?.bytesSent ?? 0,
    framesDecoded: inbound?.framesDecoded ?? outbound?.framesEncoded ?? 0,
    packetsReceived: inbound?.packetsReceived ?? outbound?.packetsSent ?? 0,
    packetsLost: Math.max(inbound ? inbound.packetsLost ?? 0 : remote?.packetsLost ?? 0, 0),
    packetsRepaired: inbound?.retransmittedPacketsReceived ?? 0,
    keyFramesRequested: inbound?.pliCount ?? 0,
    freezes: inbound?.freezeCount ?? 0,
    roundTripMs: typeof roundTripS === "number" ? roundTripS * 1_000 : undefined,
    widthPx: video?.frameWidth ?? 0,
    heightPx: video?.frameHeight ?? 0,
    channelMessages: control?.messagesReceived ?? 0,
    jitterBufferMs: inbound?.jitterBufferEmittedCount
      ? (inbound.jitterBufferDelay * 1_000) / inbound.jitterBufferEmittedCount
      : 0,
  };
}

/**
 * @param {Counters} before
 * @param {Counters} after
 * @returns {Flow | undefined} nothing when no time has passed
 */
export function flowBetween(before, after) {
  const seconds = (after.atMs - before.atMs) / 1_000;
  if (seconds <= 0) return undefined;
  const received = Math.max(after.packetsReceived - before.packetsReceived, 0);
  const lost = Math.max(after.packetsLost - before.packetsLost, 0);
  return {
    bitsPerS: Math.max(after.videoBytes - before.videoBytes, 0) * 8 / seconds,
    framesPerS: Math.max(after.framesDecoded - before.framesDecoded, 0) / seconds,
    lossShare: received + lost > 0 ? lost / (received + lost) : 0,
    freezes: Math.max(after.freezes - before.freezes, 0),
    roundTripMs: after.roundTripMs,
  };
}
