// The stage: the picture, and what is said over it when there is none.

import { anything, button, element, initials, setOptionalText, setText } from "./elements.js";
import { endWords, stateWords } from "./words.js";
import { durationWords } from "../call/quality.js";

/** @typedef {import("../app-state.js").AppState} AppState */

export class StageView {
  #stage = anything("stage");
  #note = anything("stage-note");
  #avatar = anything("stage-avatar");
  #title = anything("stage-title");
  #detail = anything("stage-detail");
  #marks = element("stage-marks", HTMLUListElement);
  #answer = button("answer");
  #decline = button("decline");
  #callAgain = button("call-again");
  #leave = button("leave");
  #marked = "";

  /**
   * @param {{ answer(): void, decline(): void, callAgain(clickedAtMs: number): void, leave(): void }} actions
   */
  constructor(actions) {
    this.#answer.addEventListener("click", () => actions.answer());
    this.#decline.addEventListener("click", () => actions.decline());
    this.#callAgain.addEventListener("click", (event) => actions.callAgain(event.timeStamp));
    this.#leave.addEventListener("click", () => actions.leave());
  }

  /** @param {AppState} state */
  render(state) {
    const { call, peerName } = state;
    if (!call) return;
    const over = call.state === "ending" || call.state === "ended";
    this.#stage.dataset.state = over ? "ended" : call.state;
    setText(this.#avatar, initials(peerName));
    const note = noteOf(state);
    this.#stage.dataset.picture = pictureOf(state, note !== undefined);
    this.#note.hidden = note === undefined;
    setText(this.#title, note?.title ?? "");
    setOptionalText(this.#detail, note?.detail ?? "");
    this.#avatar.hidden = note?.plain ?? false;
    this.#answer.hidden = this.#decline.hidden = call.state !== "ringing";
    const wasOver = !this.#callAgain.hidden;
    this.#callAgain.hidden = this.#leave.hidden = !over;
    this.#callAgain.disabled = !state.connected;
    if (over && !wasOver) this.#callAgain.focus({ preventScroll: true });
    this.#renderMarks(state);
  }

  /** @param {AppState} state */
  #renderMarks(state) {
    const marks = marksOf(state);
    const key = JSON.stringify(marks);
    if (key === this.#marked) return;
    this.#marked = key;
    this.#marks.replaceChildren(...marks.map(({ icon, text }) => {
      const item = document.createElement("li");
      const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      picture.setAttribute("class", "icon");
      picture.setAttribute("aria-hidden", "true");
      const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
      use.setAttribute("href", `#icon-${icon}`);
      picture.append(use);
      item.append(picture, document.createTextNode(text));
      return item;
    }));
  }
}

/**
 * Whether there is a picture, and whether it steps back behind words.
 * @param {AppState} state
 * @param {boolean} behindWords
 * @returns {"live" | "stale" | "none"}
 */
function pictureOf({ call, theirs, hasPicture, showsSelf, annotate }, behindWords) {
  if (!call || call.state === "ending" || call.state === "ended") return "none";
  if (!showsSelf && !annotate.frozen && (!hasPicture || theirs?.camera === "absent")) return "none";
  return behindWords ? "stale" : "live";
}

/**
 * @param {AppState} state
 * @returns {{ title: string, detail?: string | undefined, plain?: boolean } | undefined}
 */
function noteOf(state) {
  const { call, peerName, theirs, hasPicture, showsSelf, endedBy, durationMs } = state;
  if (!call) return undefined;
  switch (call.state) {
    case "inviting":
      return { title: `Calling ${peerName}…`, detail: state.connected ? "" : "The connection to the hub is lost; the call goes out as soon as it is back." };
    case "alerting":
      return { title: `Calling ${peerName}…`, detail: "It rings there." };
    case "ringing":
      return {
        title: `${peerName} is calling`,
        detail: state.sharesCamera ? "Answer, and they see what your camera sees." : "Answer, and you see what they see.",
      };
    case "accepting":
    case "connecting":
      // The picture may be there before the call is told to be.
      return hasPicture ? undefined : { title: `Connecting to ${peerName}…` };
    case "connected":
      // A frozen picture is there whatever the camera does.
      if (showsSelf || state.annotate.frozen) return undefined;
      if (theirs?.camera === "paused" && state.link?.soundAlone) {
        return {
          title: "The video is off",
          detail: state.link.grade === "critical"
            ? `${peerName}'s network carries sound alone now. Video is offered again when it is better.`
            : `${peerName}'s network carried sound alone for a while. Return to video when you like.`,
          plain: true,
        };
      }
      if (theirs?.camera === "paused") {
        return { title: `${peerName}'s video is paused`, detail: theirs.microphone === "on" ? "You still hear each other." : "", plain: true };
      }
      if (theirs?.camera === "absent") return { title: peerName, detail: "Sound only: no camera is shared." };
      return hasPicture ? undefined : { title: peerName, detail: "Waiting for the picture…" };
    case "reconnecting":
      return { title: "Reconnecting…", detail: "The connection was lost; it is being brought back. You need not do anything.", plain: true };
    case "ending":
    case "ended": {
      const words = endWords(call, peerName, endedBy === "me");
      return { title: stateWords(call.state), detail: durationMs > 0 ? `${words} The call took ${durationWords(durationMs)}.` : words };
    }
  }
}

/**
 * @param {AppState} state
 * @returns {{ icon: string, text: string }[]}
 */
function marksOf({ call, peerName, theirs, mine, microphoneReason, annotate }) {
  if (!call || !["connecting", "connected", "reconnecting"].includes(call.state)) return [];
  const marks = [];
  if (theirs?.microphone === "muted") marks.push({ icon: "microphone-off", text: `${peerName} is muted` });
  if (theirs?.microphone === "absent") marks.push({ icon: "microphone-off", text: `${peerName} has no microphone` });
  if (mine.microphone === "absent") {
    marks.push({ icon: "microphone-off", text: `You are a listener. ${microphoneReason}`.trim() });
  }
  if (annotate.frozen) marks.push({ icon: "freeze", text: "Frozen picture: draw on it, then unfreeze" });
  if (annotate.frozen && theirs?.camera === "paused") marks.push({ icon: "camera-off", text: `${peerName}'s video is paused` });
  if (annotate.unsure) marks.push({ icon: "tracking", text: "Tracking paused: marks come back when the phone knows where it is" });
  return marks;
}
