// One RTCPeerConnection of a call: its media sections, its data channels, its rounds of offer and answer.

import { DataChannels } from "./channels.js";
import { forPeer, iceUsername, isConstrainedBaseline } from "./sdp.js";

/** @typedef {import("../messages.js").Candidate} Candidate */
/** @typedef {import("../messages.js").IceServer} IceServer */

/**
 * What the owner is told.
 * @typedef {object} PeerEvents
 * @property {(round: number, candidates: Candidate[], complete: boolean) => void} candidates
 * @property {(state: "connected" | "disconnected") => void} media
 * @property {() => void} channelOpened
 * @property {() => void} channelClosed
 * @property {(wire: string) => void} channelMessage
 * @property {(bytes: ArrayBuffer) => void} liveMessage
 */

/** 720p at 15 frames a second looks right at this and does not fill a line that others share. */
const CAMERA_BITS_PER_S = 2_500_000;

export class Peer {
  /** @type {PeerEvents | undefined} */
  #events;
  /** ICE user name of a local description → its round. Candidates name it; late ones of an old round are told apart.
   * @type {Map<string, number>} */
  #rounds = new Map();
  /** What was gathered before somebody listened is in the description already.
   * @type {Promise<string> | undefined} */
  #firstOffer;
  #gathered = false;
  #connected = false;

  /** @param {IceServer[]} iceServers */
  constructor(iceServers) {
    this.connection = new RTCPeerConnection({
      iceServers: iceServers.map(({ urls, username, credential }) => ({
        urls,
        ...(username ? { username } : {}),
        ...(credential ? { credential } : {}),
      })),
      bundlePolicy: "max-bundle",
    });
    this.channels = new DataChannels(this.connection, {
      opened: () => this.#events?.channelOpened(),
      closed: () => this.#events?.channelClosed(),
      message: (wire) => this.#events?.channelMessage(wire),
      live: (bytes) => this.#events?.liveMessage(bytes),
    });
    this.connection.addEventListener("icecandidate", (event) => this.#onCandidate(event.candidate));
    this.connection.addEventListener("connectionstatechange", () => this.#onState());
  }

  /** Makes the offer of round 0 and starts gathering, long before anyone listens. */
  prepareOffer() {
    this.#firstOffer ??= this.firstOffer(0);
    return this.#firstOffer;
  }

  /**
   * The first offer of this connection, for this round.
   * @param {number} round
   */
  async firstOffer(round) {
    this.connection.addTransceiver("audio", { direction: "sendrecv" });
    const video = this.connection.addTransceiver("video", { direction: "sendrecv" });
    preferH264(video);
    return forPeer(await this.#describe(round));
  }

  /** @param {PeerEvents} events */
  listen(events) {
    this.#events = events;
  }

  /**
   * The offer of a round. That of round 0 carries the candidates found so far.
   * @param {number} round
   * @param {boolean} restart with fresh ICE credentials
   */
  async offer(round, restart) {
    if (round === 0) {
      await this.prepareOffer();
      return forPeer(this.connection.localDescription?.sdp ?? "");
    }
    // An offer of an older round that was never answered gives way to the new one.
    if (this.connection.signalingState === "have-local-offer") {
      // Its answer may be on the way in at this very moment: then there is nothing left to take back.
      await this.connection.setLocalDescription({ type: "rollback" }).catch(() => undefined);
    }
    if (restart) this.connection.restartIce();
    return forPeer(await this.#describe(round));
  }

  /** Whether all candidates of the newest round have been found. */
  get gathered() {
    return this.#gathered;
  }

  /**
   * Takes an offer and answers it.
   * @param {number} round
   * @param {string} offer
   */
  async answer(round, offer) {
    await this.connection.setRemoteDescription({ type: "offer", sdp: offer });
    for (const transceiver of this.connection.getTransceivers()) transceiver.direction = "sendrecv";
    return forPeer(await this.#describe(round));
  }

  /** @param {string} sdp */
  async applyAnswer(sdp) {
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** @param {Candidate[]} candidates */
  async addCandidates(candidates) {
    const added = candidates.map(({ candidate, mid, line }) =>
      this.connection.addIceCandidate({ candidate, sdpMid: mid ?? null, sdpMLineIndex: line ?? (mid ? null : 0) }));
    // One that cannot be used (an address family this machine lacks, say) is no reason to lose the others.
    const results = await Promise.allSettled(added);
    const unused = results.filter(({ status }) => status === "rejected").length;
    if (unused > 0) console.debug(`${unused} of ${results.length} candidates could not be used`);
  }

  /** The tracks that the other side sends; they exist before anything arrives. */
  get received() {
    const track = (/** @type {string} */ kind) =>
      this.connection.getReceivers().find((receiver) => receiver.track.kind === kind)?.track;
    return { audio: track("audio"), video: track("video") };
  }

  /** RTP time of the picture that is being played, as far as the browser tells. */
  get playoutRtp() {
    const receiver = this.connection.getReceivers().find(({ track }) => track.kind === "video");
    return receiver?.getSynchronizationSources?.()[0]?.rtpTimestamp;
  }

  /**
   * Sends this track, or nothing; needs no new round.
   * @param {"audio" | "video"} kind
   * @param {MediaStreamTrack | null} track
   */
  async send(kind, track) {
    const sender = this.#transceiver(kind)?.sender;
    if (!sender || this.connection.signalingState === "closed") return;
    await sender.replaceTrack(track);
    if (kind === "video" && track) await limit(sender);
  }

  close() {
    this.#events = undefined;
    this.connection.close();
  }

  /** @param {"audio" | "video"} kind */
  #transceiver(kind) {
    return this.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind);
  }

  /** @param {number} round */
  async #describe(round) {
    this.#gathered = false;
    await this.connection.setLocalDescription();
    const sdp = this.connection.localDescription?.sdp ?? "";
    const username = iceUsername(sdp);
    if (username) this.#rounds.set(username, round);
    return sdp;
  }

  /** @param {RTCIceCandidate | null} candidate */
  #onCandidate(candidate) {
    const round = candidate?.usernameFragment ? this.#rounds.get(candidate.usernameFragment) : this.#newestRound();
    if (round === undefined || round < this.#newestRound()) return;
    if (!candidate) {
      this.#gathered = true;
      this.#events?.candidates(round, [], true);
    } else if (candidate.candidate) {
      const { candidate: line, sdpMid: mid, sdpMLineIndex: index } = candidate;
      const named = { candidate: line, ...(mid === null ? {} : { mid }), ...(index === null ? {} : { line: index }) };
      this.#events?.candidates(round, [named], false);
    }
  }

  #newestRound() {
    return Math.max(0, ...this.#rounds.values());
  }

  #onState() {
    const state = this.connection.connectionState;
    if (state === "connected") {
      this.#connected = true;
      this.#events?.media("connected");
    } else if (this.#connected && (state === "disconnected" || state === "failed")) {
      this.#connected = false;
      this.#events?.media("disconnected");
    }
  }
}

/** @param {RTCRtpTransceiver} video */
function preferH264(video) {
  const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
  const h264 = codecs.filter(({ mimeType, sdpFmtpLine }) =>
    mimeType.toLowerCase() === "video/h264" && isConstrainedBaseline(sdpFmtpLine));
  const repair = codecs.filter(({ mimeType }) => mimeType.toLowerCase() === "video/rtx");
  if (h264.length > 0 && typeof video.setCodecPreferences === "function") {
    video.setCodecPreferences([...h264, ...repair]);
  }
}

/** @param {RTCRtpSender} sender */
async function limit(sender) {
  const parameters = sender.getParameters();
  if (!parameters.encodings?.length) return;
  parameters.encodings[0].maxBitrate = CAMERA_BITS_PER_S;
  // Detail matters more than motion when somebody reads a type plate.
  parameters.degradationPreference = "maintain-resolution";
  await sender.setParameters(parameters).catch(() => console.debug("the camera's bit rate could not be limited"));
}
