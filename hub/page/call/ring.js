// A soft ring for an incoming call: two notes, then a pause. A browser that has seen no click yet stays silent.

const NOTES_HZ = [587, 784];
const NOTE_S = 0.32;
const EVERY_MS = 2_600;
const LOUDNESS = 0.09;

export class Ring {
  /** @type {AudioContext | undefined} */
  #context;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {boolean} ringing */
  set(ringing) {
    if (ringing === (this.#timer !== undefined)) return;
    if (ringing) {
      this.#context ??= new AudioContext();
      this.#timer = setInterval(() => this.#sound(), EVERY_MS);
      this.#sound();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
      void this.#context?.close();
      this.#context = undefined;
    }
  }

  #sound() {
    const context = this.#context;
    if (!context || context.state !== "running") return;
    NOTES_HZ.forEach((pitch, index) => {
      const start = context.currentTime + index * NOTE_S;
      const note = new OscillatorNode(context, { frequency: pitch });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.03);
      gain.gain.linearRampToValueAtTime(0, start + NOTE_S);
      note.connect(gain).connect(context.destination);
      note.start(start);
      note.stop(start + NOTE_S);
    });
  }
}
