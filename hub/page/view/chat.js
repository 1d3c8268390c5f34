// The chat beside the stage. Whatever anybody writes is text here, never markup.

import { splitLinks } from "../links.js";
import { anything, button, element, setOptionalText, setText } from "./elements.js";

/** @typedef {import("../app-state.js").AppState} AppState */
/** @typedef {import("../call/conversation.js").Line} Line */

export class ChatView {
  #panel = anything("chat");
  #list = element("texts", HTMLOListElement);
  #empty = anything("chat-empty");
  #form = element("chat-form", HTMLFormElement);
  #text = element("chat-text", HTMLTextAreaElement);
  #send = button("chat-send");
  #error = anything("chat-error");
  /** @type {Map<string, { item: HTMLLIElement, note: Element }>} */
  #shown = new Map();
  #wasOpen = true;

  /** @param {{ say(text: string): boolean, closeChat(): void }} actions */
  constructor(actions) {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text !== "" && actions.say(text)) this.#text.value = "";
    });
    this.#text.addEventListener("keydown", (event) => {
      // Shift with Enter begins a new line; while an input method composes, Enter belongs to it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    button("chat-close").addEventListener("click", () => actions.closeChat());
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") actions.closeChat();
    });
  }

  /** @param {AppState} state */
  render({ texts, chatOpen, chatError, call, peerName }) {
    this.#panel.hidden = !chatOpen;
    const paired = call !== undefined && ["connecting", "connected", "reconnecting"].includes(call.state);
    this.#text.disabled = this.#send.disabled = !paired;
    this.#text.placeholder = paired ? "Write a message" : "You can write during the call";
    setOptionalText(this.#error, chatError);
    this.#empty.hidden = texts.length > 0;
    const grew = this.#renderTexts(texts, peerName);
    if (grew || (chatOpen && !this.#wasOpen)) this.#list.scrollTop = this.#list.scrollHeight;
    this.#wasOpen = chatOpen;
  }

  /** Puts the cursor where one writes. */
  focus() {
    this.#text.focus();
  }

  /**
   * @param {Line[]} texts
   * @param {string} peerName
   */
  #renderTexts(texts, peerName) {
    const keys = new Set(texts.map(keyOf));
    for (const [key, { item }] of this.#shown) {
      if (keys.has(key)) continue;
      item.remove();
      this.#shown.delete(key);
    }
    let grew = false;
    for (const line of texts) {
      const known = this.#shown.get(keyOf(line));
      if (!known) grew = true;
      setText((known ?? this.#add(line)).note, noteOf(line, peerName));
    }
    return grew;
  }

  /** @param {Line} line */
  #add(line) {
    const item = document.createElement("li");
    item.className = line.mine ? "mine" : "theirs";
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    bubble.append(...splitLinks(line.text).map(nodeOf));
    const note = document.createElement("div");
    note.className = "text-note";
    item.append(bubble, note);
    this.#list.append(item);
    const shown = { item, note };
    this.#shown.set(keyOf(line), shown);
    return shown;
  }
}

/** @param {Line} line */
function keyOf({ id, mine }) {
  return `${mine ? "mine" : "theirs"} ${id}`;
}

/**
 * @param {Line} line
 * @param {string} peerName
 */
function noteOf({ mine, arrived, sentAtMs }, peerName) {
  const time = new Date(sentAtMs).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (!mine) return `${peerName}, ${time}`;
  return arrived ? `${time}, delivered` : `${time}, sending…`;
}

/** @param {import("../links.js").Part} part */
function nodeOf({ text, href }) {
  if (href === undefined) return document.createTextNode(text);
  const link = document.createElement("a");
  link.href = href;
  link.textContent = text;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}
