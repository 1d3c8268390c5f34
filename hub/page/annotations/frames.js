// Which frame was on the screen when, and when the peer's camera captured it.
//
// A browser tells of every frame when it is shown and its RTP time; the peer announces how RTP time becomes capture
// time (message `epoch`). So what somebody did at the page at a moment is about one frame, exactly.

/** @typedef {{ displayMs: number, rtp: number | undefined, widthPx: number, heightPx: number }} Frame */
/** @typedef {{ epoch: number, captureUs: number }} Capture */
/** @typedef {{ epoch: number, rtp: number, capture_us: number }} Announcement */

/** Two seconds at 60 frames a second: events are looked up long before. */
const KEPT_FRAMES = 128;
const KEPT_EPOCHS = 4;
/** Time that goes on less steadily than this is that of another epoch. */
const MAX_JUMP_US = 2_000_000;
/** Microseconds of one tick of the 90 kHz clock. */
const TICK_US = 100 / 9;
/** After this long RTP time comes round: 13 hours. */
const ROUND_US = 2 ** 32 * TICK_US;

/**
 * The capture time of an RTP time: differences are taken modulo 2^32, the shorter way round.
 * @param {Announcement} announced
 * @param {number} rtp
 */
export function captureUsOf({ rtp: announcedRtp, capture_us: announcedUs }, rtp) {
  return announcedUs + Math.round(((rtp - announcedRtp) | 0) * TICK_US);
}

export class Frames {
  /** In the order in which they were shown, oldest first.
   * @type {Frame[]} */
  #frames = [];
  /** Newest first.
   * @type {Announcement[]} */
  #epochs = [];
  /** Capture time less display time, as it was last: it tells which epoch a frame is of.
   * @type {number | undefined} */
  #offsetUs;
  /** An epoch was announced under which nothing was shown yet: its time may be any. */
  #mayJump = false;

  /** @param {Announcement} announced */
  announced(announced) {
    if (!this.#epochs.some(({ epoch }) => epoch === announced.epoch)) this.#mayJump = true;
    const others = this.#epochs.filter(({ epoch }) => epoch !== announced.epoch);
    this.#epochs = [announced, ...others].sort((one, other) => other.epoch - one.epoch).slice(0, KEPT_EPOCHS);
  }

  /**
   * A frame is about to be on the screen: what `requestVideoFrameCallback` says of it.
   * @param {{ expectedDisplayTime: number, width: number, height: number, rtpTimestamp?: number }} metadata
   * @returns {Frame}
   */
  presented({ expectedDisplayTime: displayMs, width: widthPx, height: heightPx, rtpTimestamp: rtp }) {
    const frame = { displayMs, rtp, widthPx, heightPx };
    this.#frames.push(frame);
    if (this.#frames.length > KEPT_FRAMES) this.#frames.shift();
    const capture = this.captureOf(frame);
    if (capture) {
      this.#offsetUs = capture.captureUs - displayMs * 1_000;
      if (capture.epoch === this.#epochs[0]?.epoch) this.#mayJump = false;
    }
    return frame;
  }

  /** Another track is shown: its frames are others. */
  reset() {
    this.#frames = [];
  }

  /** The frame that was told of last. */
  get newest() {
    return this.#frames.at(-1);
  }

  /** Whether the peer has said how RTP time becomes capture time: only then it can tell frames apart. */
  get hasEpoch() {
    return this.#epochs.length > 0;
  }

  /** Whether this browser says of frames which they are; unknown before the first one. */
  get namesFrames() {
    return this.newest ? this.newest.rtp !== undefined : undefined;
  }

  /**
   * The frame that was on the screen at a moment, by the clock of `event.timeStamp`.
   * @param {number} timeMs
   */
  at(timeMs) {
    return this.#frames.findLast(({ displayMs }) => displayMs <= timeMs);
  }

  /** @param {number} rtp */
  #captureOfNewest(rtp) {
    const [newest] = this.#epochs;
    return { epoch: newest.epoch, captureUs: captureUsOf(newest, rtp) };
  }

  /**
   * When a frame was captured, by the peer's clock.
   * @param {Pick<Frame, "displayMs" | "rtp">} frame
   * @returns {Capture | undefined}
   */
  captureOf({ displayMs, rtp }) {
    if (rtp === undefined) return undefined;
    const expectedUs = this.#offsetUs === undefined ? undefined : displayMs * 1_000 + this.#offsetUs;
    /** @type {Capture | undefined} */
    let best;
    let bestJumpUs = Infinity;
    for (const announced of this.#epochs) {
      let captureUs = captureUsOf(announced, rtp);
      let jumpUs = 0;
      if (expectedUs !== undefined) {
        captureUs += Math.round(Math.round((expectedUs - captureUs) / ROUND_US) * ROUND_US);
        // An epoch is announced a moment before or after its first frame: time goes on steadily under the right one.
        jumpUs = Math.abs(captureUs - expectedUs);
      }
      if (jumpUs >= bestJumpUs) continue;
      best = { epoch: announced.epoch, captureUs };
      bestJumpUs = jumpUs;
    }
    // A new connection's pictures may come before their epoch: they are of none that is known.
    if (bestJumpUs > MAX_JUMP_US) best = this.#mayJump ? this.#captureOfNewest(rtp) : undefined;
    return best && best.captureUs >= 0 ? best : undefined;
  }
}
