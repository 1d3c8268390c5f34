// The controls of a call, by mouse, finger and keyboard.

import { anything, button, element, setFace } from "./elements.js";
import { press, shortcutOf } from "./shortcuts.js";

/** @typedef {import("../app-state.js").AppState} AppState */
/**
 * @typedef {object} ToolbarActions
 * @property {() => void} toggleMicrophone
 * @property {() => void} toggleCamera
 * @property {() => void} toggleSpeaker
 * @property {(volume: number) => void} setVolume 0 to 1
 * @property {() => void} hangUp
 * @property {() => void} toggleChat
 */

export class ToolbarView {
  #mute = button("mute");
  #camera = button("camera");
  #speaker = button("speaker");
  #volume = element("volume", HTMLInputElement);
  #hangUp = button("hang-up");
  #chat = button("chat-toggle");
  #unread = anything("unread");
  #fullScreen = button("full-screen");
  #call = anything("call");

  /**
   * @param {ToolbarActions} actions
   * @param {() => boolean} shortcuts whether single keys may act
   */
  constructor(actions, shortcuts) {
    this.#mute.addEventListener("click", () => actions.toggleMicrophone());
    this.#camera.addEventListener("click", () => actions.toggleCamera());
    this.#speaker.addEventListener("click", () => actions.toggleSpeaker());
    this.#volume.addEventListener("input", () => actions.setVolume(Number(this.#volume.value) / 100));
    this.#hangUp.addEventListener("click", () => actions.hangUp());
    this.#chat.addEventListener("click", () => actions.toggleChat());
    this.#fullScreen.addEventListener("click", () => void this.#toggleFullScreen());
    this.#fullScreen.hidden = !document.fullscreenEnabled;
    document.addEventListener("fullscreenchange", () => this.#renderFullScreen());
    document.addEventListener("keydown", (event) => {
      if (shortcuts()) this.#onKey(event);
    });
  }

  /** @param {AppState} state */
  render(state) {
    const { mine, speaker, call } = state;
    const live = call !== undefined && call.state !== "ending" && call.state !== "ended";
    const listener = mine.microphone === "absent";
    const muted = mine.microphone !== "on";
    this.#mute.setAttribute("aria-pressed", String(muted));
    setFace(this.#mute, muted ? "microphone-off" : "microphone", listener ? "No microphone" : muted ? "Unmute" : "Mute");
    this.#mute.title = listener ? "Try to use a microphone again" : "";
    this.#camera.hidden = !state.sharesCamera;
    const paused = mine.camera !== "on";
    this.#camera.setAttribute("aria-pressed", String(paused));
    setFace(this.#camera, paused ? "camera-off" : "camera", paused ? "Share camera" : "Pause camera");
    this.#speaker.setAttribute("aria-pressed", String(speaker.muted));
    setFace(this.#speaker, speaker.muted ? "speaker-off" : "speaker", speaker.muted ? "Speaker is off" : "Speaker");
    this.#volume.value = String(Math.round(speaker.volume * 100));
    this.#volume.disabled = speaker.muted;
    const asking = call?.state === "inviting" || call?.state === "alerting";
    setFace(this.#hangUp, "hang-up", asking ? "Cancel" : "Hang up");
    for (const control of [this.#mute, this.#camera, this.#speaker, this.#hangUp]) control.disabled = !live;
    this.#chat.setAttribute("aria-expanded", String(state.chatOpen));
    this.#unread.hidden = state.unread === 0;
    this.#unread.textContent = state.unread > 9 ? "9+" : String(state.unread);
    this.#chat.setAttribute("aria-label", state.unread > 0 ? `Chat, ${state.unread} unread` : "Chat");
  }

  async #toggleFullScreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await this.#call.requestFullscreen();
    } catch {
      this.#fullScreen.hidden = true;
    }
  }

  #renderFullScreen() {
    const full = document.fullscreenElement !== null;
    this.#fullScreen.setAttribute("aria-pressed", String(full));
    setFace(this.#fullScreen, "full-screen", full ? "Leave full screen" : "Full screen");
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const key = shortcutOf(event);
    if (key === undefined || event.shiftKey !== (key === "h")) return;
    /** @type {Record<string, HTMLButtonElement>} */
    const keys = { m: this.#mute, v: this.#camera, s: this.#speaker, c: this.#chat, f: this.#fullScreen, h: this.#hangUp };
    if (Object.hasOwn(keys, key)) press(keys[key], event);
  }
}
