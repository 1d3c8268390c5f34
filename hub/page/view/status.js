// The bar above: with whom, since when, how well; and the same for those who do not look.

import { anything, setText } from "./elements.js";
import { durationWords } from "../call/quality.js";
import { endWords, stateWords } from "./words.js";

/** @typedef {import("../app-state.js").AppState} AppState */

export class StatusView {
  #callLine = anything("call-line");
  #peerName = anything("peer-name");
  #callState = anything("call-state");
  #quality = anything("quality");
  #qualityWords = anything("quality-words");
  #hubState = anything("hub-state");
  #announcement = anything("announcement");
  #announced = "";

  /** @param {AppState} state */
  render(state) {
    const { call, peerName, quality } = state;
    const shown = state.screen === "call" && call !== undefined;
    this.#callLine.hidden = !shown;
    if (shown) {
      setText(this.#peerName, peerName);
      setText(this.#callState, call.state === "connected" ? durationWords(state.durationMs) : stateWords(call.state));
    }
    this.#quality.hidden = !shown || call.state !== "connected" || quality === undefined;
    if (quality) {
      this.#quality.dataset.verdict = quality.verdict;
      setText(this.#qualityWords, quality.words);
    }
    setText(this.#hubState, hubWords(state));
    this.#announce(announcementOf(state));
    document.title = call?.state === "ringing" ? `${peerName} is calling – Assist` : "Assist";
  }

  /** @param {string} text */
  #announce(text) {
    if (text === this.#announced) return;
    this.#announced = text;
    setText(this.#announcement, text);
  }
}

/** @param {AppState} state */
function hubWords({ screen, connected, call, myName }) {
  if (screen === "sign_in" || screen === "unsupported") return "";
  if (connected) return screen === "home" ? myName : "";
  const inCall = call?.state === "connected";
  return inCall ? "Hub unreachable; the call goes on" : "Connecting to the hub…";
}

/** @param {AppState} state */
function announcementOf({ screen, call, peerName, theirs, endedBy, annotate }) {
  if (screen !== "call" || !call) return "";
  if (call.state === "ending" || call.state === "ended") {
    return `Call ended. ${endWords(call, peerName, endedBy === "me")}`;
  }
  if (call.state !== "connected") return `${stateWords(call.state)}: ${peerName}`;
  const camera = theirs?.camera === "paused" ? `, ${peerName}'s video is paused` : "";
  const microphone = theirs?.microphone === "muted" ? `, ${peerName} is muted` : "";
  const picture = annotate.frozen ? ", the picture is frozen" : "";
  const tracking = annotate.unsure ? ", tracking is paused" : "";
  return `In call with ${peerName}${camera}${microphone}${picture}${tracking}`;
}
