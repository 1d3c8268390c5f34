// Which tone is heard. Made when first asked for: a call without tests pays nothing.

const FFT_SIZE = 8_192;

export class Spectrum {
  /** @type {{ track: MediaStreamTrack, context: AudioContext, analyser: AnalyserNode } | undefined} */
  #tap;

  /**
   * The loudest frequency of what is heard, averaged by the analyser over some tenths of a second.
   * @param {MediaStreamTrack | undefined} track
   * @returns {{ dominantHz: number, levelDb: number } | undefined} nothing when nothing is heard
   */
  measure(track) {
    if (!track) return undefined;
    const { context, analyser } = this.#tapOf(track);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let loudest = 0;
    for (let bin = 1; bin < bins.length; bin++) if (bins[bin] > bins[loudest]) loudest = bin;
    if (!Number.isFinite(bins[loudest])) return undefined;
    return { dominantHz: loudest * context.sampleRate / FFT_SIZE, levelDb: bins[loudest] };
  }

  /** @param {MediaStreamTrack} track */
  #tapOf(track) {
    if (this.#tap?.track === track) return this.#tap;
    void this.#tap?.context.close();
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: FFT_SIZE });
    // Not connected to the speaker: the audio element plays already.
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    this.#tap = { track, context, analyser };
    return this.#tap;
  }
}
