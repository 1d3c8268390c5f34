// The few lines of a description that browsers give no switch for.

/**
 * A description as it goes to the peer: Opus is asked to send nothing while nobody speaks (RFC 7587, `usedtx`) and
 * enough to mend a lost packet (`useinbandfec`). Both tell the *peer* what to send, so that ours stays as it is.
 * @param {string} sdp
 */
export function forPeer(sdp) {
  const opus = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (!opus) return sdp;
  const parameters = new RegExp(`^(a=fmtp:${opus} )(.*?)(\\r?)$`, "m");
  return sdp.replace(parameters, (_, start, list, end) => {
    /** @type {string[]} */
    const kept = list.split(";").filter((/** @type {string} */ item) => !/^\s*(usedtx|useinbandfec)=/.test(item));
    return `${start}${[...kept, "useinbandfec=1", "usedtx=1"].join(";")}${end}`;
  });
}

/**
 * Whether this is the one H.264 that every device here can do: constrained baseline, packetization mode 1.
 * @param {string | undefined} parameters the codec's `sdpFmtpLine`
 */
export function isConstrainedBaseline(parameters) {
  return /packetization-mode=1/.test(parameters ?? "") && /profile-level-id=42e0/i.test(parameters ?? "");
}

/**
 * The name of the ICE session that a candidate belongs to.
 * @param {string} sdp
 */
export function iceUsername(sdp) {
  return /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
}
