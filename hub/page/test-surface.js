// `window.assist`: what a test or a benchmark may look at. Read only; nothing here changes the call.
//
//   state        "unsupported" | "sign_in" | "home" | "inviting" | "alerting" | "ringing" | "accepting" | "connecting" |
//                "connected" | "reconnecting" | "ending" | "ended"
//   reason       why the last call ended, as on the wire
//   connected    whether the signalling session is there
//   ready        whether a click on Join would find everything prepared
//   people       [{ id, name, presence }]
//   mine, theirs what each side shares: { microphone, camera }; theirs is null until it is known
//   texts        [{ mine, text, arrived }], oldest first
//   link         { grade, words, offer, soundAlone } as the other side's link is shown, or null
//   quality      { verdict, words } as the bar says, or null
//   video        { widthPx, heightPx, framesPresented } of the element
//   firstFrame   promise of { clickedAtMs, firstFrameAtMs, firstFrameMs } by performance.now(): from the click on Join
//                to the first requestVideoFrameCallback, of this call or of the next
//   annotate     { tool, frozen, live, canDraw, unsure, mine, notice }: what the tools show
//   marks        [{ author, number, tool, state, isDone, alpha, lines }] as seen now: state "placing" | "shape" | "picture",
//                alpha 0 when hidden, lines of [x, y] in shares of the picture
//   marksByState { waiting, shape, picture, refused }: how many marks the document has
//   pen          { pressedAtMs, liftedAtMs, placedAtMs } by performance.now(): the handlers' entry, and when the last own
//                mark's place arrived; null until then
//   frame        { epoch, captureUs } of the frame that was shown last, or null
//   statistics() promise of { framesDecoded, freezes, … } from the browser, or null (call/statistics.js, Counters)
//   spectrum()   { dominantHz, levelDb } of what is heard, or null

import { Spectrum } from "./call/spectrum.js";
import { countersOf } from "./call/statistics.js";

/**
 * @typedef {object} Observed
 * @property {() => import("./app-state.js").AppState} state
 * @property {() => boolean} ready
 * @property {() => RTCPeerConnection | undefined} connection
 * @property {import("./call/playback.js").Playback} playback
 * @property {import("./annotations/board.js").Board} board
 * @property {() => import("./annotations/annotations.js").Annotations | undefined} annotations
 *
 * @param {Observed} observed
 */
export function testSurface({ state, ready, connection, playback, board, annotations }) {
  const spectrum = new Spectrum();
  return Object.freeze({
    get state() {
      const { screen, call } = state();
      return screen === "call" && call ? call.state : screen;
    },
    get reason() {
      return state().call?.reason ?? null;
    },
    get connected() {
      return state().connected;
    },
    get ready() {
      return ready();
    },
    get people() {
      return structuredClone(state().people);
    },
    get mine() {
      return { ...state().mine };
    },
    get theirs() {
      const { theirs } = state();
      return theirs ? { ...theirs } : null;
    },
    get texts() {
      return state().texts.map(({ mine, text, arrived }) => ({ mine, text, arrived }));
    },
    get link() {
      const { link } = state();
      return link ? { ...link, offer: link.offer ?? null } : null;
    },
    get quality() {
      return state().quality ?? null;
    },
    get video() {
      const { videoWidth: widthPx, videoHeight: heightPx } = playback.video;
      return { widthPx, heightPx, framesPresented: playback.video.getVideoPlaybackQuality().totalVideoFrames };
    },
    get firstFrame() {
      return playback.firstFrame;
    },
    get annotate() {
      const { tool, frozen, live, canDraw, unsure, mine, notice } = state().annotate;
      return { tool: tool ?? null, frozen, live, canDraw, unsure, mine, notice };
    },
    get marks() {
      return board.marks;
    },
    get marksByState() {
      const counts = { waiting: 0, shape: 0, picture: 0, refused: 0 };
      for (const { placement } of annotations()?.document.marks() ?? []) counts[placement.state]++;
      return counts;
    },
    get pen() {
      const { pressedAtMs, liftedAtMs } = board.penTimes;
      const placedAtMs = annotations()?.lastPlacedAtMs;
      return { pressedAtMs: pressedAtMs ?? null, liftedAtMs: liftedAtMs ?? null, placedAtMs: placedAtMs ?? null };
    },
    get frame() {
      const frames = annotations()?.frames;
      return (frames?.newest && frames.captureOf(frames.newest)) ?? null;
    },
    async statistics() {
      const report = await connection()?.getStats();
      return report ? countersOf(report.values()) : null;
    },
    spectrum() {
      return spectrum.measure(playback.heard) ?? null;
    },
  });
}
