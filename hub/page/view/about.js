// What Assist is and is not: said on the first run, and whenever it is asked for. Keeps what the person chose here.

import { SUPPORTED_BROWSERS } from "../support.js";
import { anything, button, element } from "./elements.js";

export class AboutView {
  #dialog = element("about", HTMLDialogElement);
  #firstRun = anything("first-run");
  #shortcuts = element("shortcuts", HTMLInputElement);

  constructor() {
    for (const place of document.querySelectorAll(".supported-browsers")) place.textContent = SUPPORTED_BROWSERS;
    button("about-button").addEventListener("click", () => this.#dialog.showModal());
    button("about-close").addEventListener("click", () => this.#dialog.close());
    // A click beside the dialog closes it.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog && !isInside(event, this.#dialog)) this.#dialog.close();
    });
    button("first-run-done").addEventListener("click", () => {
      remember("first-run", "done");
      this.#firstRun.hidden = true;
    });
    this.#shortcuts.checked = recall("shortcuts") !== "off";
    this.#shortcuts.addEventListener("change", () => remember("shortcuts", this.#shortcuts.checked ? "on" : "off"));
  }

  /** Whether single keys may act. */
  get shortcuts() {
    return this.#shortcuts.checked;
  }

  /** @param {import("../app-state.js").AppState} state */
  render({ screen }) {
    this.#firstRun.hidden = screen === "call" || recall("first-run") === "done";
  }
}

/**
 * @param {MouseEvent} event
 * @param {Element} target
 */
function isInside({ clientX, clientY }, target) {
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}

/**
 * A browser may keep nothing for us; then everything is as on the first run.
 * @param {string} name
 */
function recall(name) {
  try {
    return localStorage.getItem(`assist.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function remember(name, value) {
  try {
    localStorage.setItem(`assist.${name}`, value);
  } catch {
    console.debug("this browser keeps nothing for this page");
  }
}
