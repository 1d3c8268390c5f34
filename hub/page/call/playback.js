// The picture and the sound of a call, in one video and one audio element: so the speaker's volume is apart from the
// picture, and the picture never waits for a browser's permission to make noise.

/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {{ clickedAtMs: number, firstFrameAtMs: number, firstFrameMs: number }} FirstFrame */

export class Playback {
  #video;
  #audio;
  /** @type {MediaStreamTrack | undefined} */
  #shown;
  /** @type {MediaStreamTrack | undefined} */
  #heard;
  #changed;
  /** Whether a picture of the other side has arrived in this call. */
  hasPicture = false;
  /** Counts the calls, so that a late frame of an old one is not taken for one of the new. */
  #generation = 0;
  /** @type {{ promise: Promise<FirstFrame>, resolve: (frame: FirstFrame) => void, settled: boolean }} */
  #first = deferred();

  /**
   * @param {HTMLVideoElement} video
   * @param {HTMLAudioElement} audio
   * @param {() => void} changed
   */
  constructor(video, audio, changed) {
    this.#video = video;
    this.#audio = audio;
    this.#changed = changed;
  }

  /** The first frame of this call, or of the next; times by `performance.now()`. */
  get firstFrame() {
    return this.#first.promise;
  }

  get video() {
    return this.#video;
  }

  /** The track that is heard, for those who measure it. */
  get heard() {
    return this.#heard;
  }

  /**
   * A call begins.
   * @param {() => number | undefined} clickedAtMs
   */
  begin(clickedAtMs) {
    this.hasPicture = false;
    if (this.#first.settled) this.#first = deferred();
    const generation = ++this.#generation;
    const first = this.#first;
    this.#onFrame(() => {
      if (generation !== this.#generation) return;
      const firstFrameAtMs = performance.now();
      const clicked = clickedAtMs() ?? firstFrameAtMs;
      first.settled = true;
      first.resolve({ clickedAtMs: clicked, firstFrameAtMs, firstFrameMs: firstFrameAtMs - clicked });
      this.hasPicture = true;
      this.#changed();
    });
  }

  /**
   * Attaches what a peer sends, which may be long before it does.
   * @param {Peer | undefined} peer
   * @param {MediaStreamTrack | null} [instead] shown in place of the peer's picture: this page's own camera
   */
  attach(peer, instead) {
    const { audio, video } = peer?.received ?? {};
    const picture = instead ?? video;
    if (picture !== this.#shown) {
      this.#shown = picture;
      this.#video.srcObject = picture ? new MediaStream([picture]) : null;
    }
    if (audio !== this.#heard) {
      this.#heard = audio;
      this.#audio.srcObject = audio ? new MediaStream([audio]) : null;
    }
  }

  /** After a click a browser lets pages make noise. */
  play() {
    for (const element of [this.#video, this.#audio]) {
      if (element.srcObject) element.play().catch(() => console.debug("playing waits for the person at the page"));
    }
  }

  /** @param {{ muted: boolean, volume: number }} speaker */
  setSpeaker({ muted, volume }) {
    this.#audio.muted = muted;
    this.#audio.volume = volume;
  }

  /** @param {() => void} act */
  #onFrame(act) {
    if (typeof this.#video.requestVideoFrameCallback === "function") this.#video.requestVideoFrameCallback(act);
  }
}

/** @returns {{ promise: Promise<FirstFrame>, resolve: (frame: FirstFrame) => void, settled: boolean }} */
function deferred() {
  /** @type {(frame: FirstFrame) => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(frame: FirstFrame) => void} */ settle) => {
    resolve = settle;
  });
  return { promise, resolve, settled: false };
}
