// This machine's microphone and camera, asked for without ever making the call wait.

/** @typedef {"unasked" | "asking" | "on" | "absent"} DeviceState */

/** A device that may be refused or missing; then its owner goes on without. */
class Device {
  /** @type {MediaStreamTrack | null} */
  track = null;
  /** @type {DeviceState} */
  state = "unasked";
  /** Why there is none, for the person at the page. */
  reason = "";
  enabled = true;
  #generation = 0;

  /**
   * @param {"microphone" | "camera"} name
   * @param {MediaStreamConstraints} constraints
   * @param {() => void} changed called at every change of `track` or `state`
   */
  constructor(name, constraints, changed) {
    this.name = name;
    this.constraints = constraints;
    this.changed = changed;
  }

  /** Asks for the device unless that was done; `changed` says how it went. */
  async open() {
    if (this.state === "asking" || this.state === "on") return;
    const generation = ++this.#generation;
    this.#become("asking", null);
    try {
      const stream = await navigator.mediaDevices.getUserMedia(this.constraints);
      const [track] = stream.getTracks();
      // Closed while the person was being asked: the light must not stay on.
      if (generation !== this.#generation) return track.stop();
      track.enabled = this.enabled;
      track.addEventListener("ended", () => {
        if (generation === this.#generation) this.#become("absent", null, `The ${this.name} was unplugged or taken away.`);
      });
      this.#become("on", track);
    } catch (error) {
      if (generation === this.#generation) this.#become("absent", null, this.#reasonOf(error));
    }
  }

  /** Gives the device back. */
  close() {
    this.#generation++;
    this.track?.stop();
    this.#become("unasked", null);
  }

  /** @param {boolean} enabled */
  enable(enabled) {
    this.enabled = enabled;
    if (this.track) this.track.enabled = enabled;
    this.changed();
  }

  /**
   * @param {DeviceState} state
   * @param {MediaStreamTrack | null} track
   * @param {string} [reason]
   */
  #become(state, track, reason = "") {
    this.state = state;
    this.track = track;
    this.reason = reason;
    this.changed();
  }

  /** @param {unknown} error */
  #reasonOf(error) {
    switch (error instanceof Error ? error.name : "") {
      case "NotAllowedError":
      case "SecurityError":
        return `The ${this.name} was not allowed. Allow it in the browser's address bar, then use the ${this.name} button.`;
      case "NotFoundError":
      case "OverconstrainedError":
        return `No ${this.name} was found. Plug one in, then use the ${this.name} button.`;
      case "NotReadableError":
        return `The ${this.name} does not answer; another program may be using it.`;
      default:
        return `This page can get no ${this.name} here.`;
    }
  }
}

/** @param {() => void} changed */
export function microphone(changed) {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  return new Device("microphone", { audio }, changed);
}

/** @param {() => void} changed */
export function camera(changed) {
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 15, max: 15 },
    facingMode: "environment" };
  return new Device("camera", { video }, changed);
}

/** @typedef {Device} MediaDevice */
