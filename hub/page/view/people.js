// The people who can be called, and one clear button for each who is there.

import { anything, element, initials, setText } from "./elements.js";
import { PRESENCE_WORDS } from "./words.js";

/** @typedef {import("../messages.js").Person} Person */

/** @typedef {{ row: HTMLLIElement, name: Element, presence: HTMLElement, avatar: Element, join: HTMLButtonElement }} Row */

export class PeopleView {
  #list = element("people", HTMLUListElement);
  #title = anything("home-title");
  #lead = anything("home-lead");
  /** @type {Map<string, Row>} */
  #rows = new Map();

  /** @param {(person: string, clickedAtMs: number) => void} join */
  constructor(join) {
    this.join = join;
  }

  /** @param {import("../app-state.js").AppState} state */
  render({ people, connected, sharesCamera }) {
    setText(this.#title, sharesCamera ? "Who can help you?" : "Who needs your help?");
    setText(this.#lead, lead(people, connected, sharesCamera));
    for (const [id, { row }] of this.#rows) {
      if (people.some((person) => person.id === id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    for (const person of people) this.#fill(this.#row(person.id), person, connected);
  }

  /** @param {string} id */
  #row(id) {
    const known = this.#rows.get(id);
    if (known) return known;
    const row = document.createElement("li");
    row.className = "person";
    row.dataset.person = id;
    const avatar = make("span", "avatar");
    avatar.setAttribute("aria-hidden", "true");
    const words = make("div", "person-words");
    const name = make("p", "person-name");
    const presence = make("p", "presence");
    words.append(name, presence);
    const join = document.createElement("button");
    join.type = "button";
    join.className = "primary join";
    join.textContent = "Join";
    // The event's own time: what was waited for before this handler ran belongs to the call's set-up time.
    join.addEventListener("click", (event) => this.join(id, event.timeStamp));
    row.append(avatar, words, join);
    this.#list.append(row);
    const made = { row, name, presence, avatar, join };
    this.#rows.set(id, made);
    return made;
  }

  /**
   * @param {Row} row
   * @param {Person} person
   * @param {boolean} connected
   */
  #fill({ name, presence, avatar, join }, person, connected) {
    setText(name, person.name);
    setText(avatar, initials(person.name));
    setText(presence, PRESENCE_WORDS[person.presence]);
    presence.dataset.presence = person.presence;
    join.setAttribute("aria-label", `Join ${person.name}`);
    join.disabled = !connected || person.presence === "busy";
    join.hidden = person.presence === "offline";
  }
}

/**
 * @param {Person[]} people
 * @param {boolean} connected
 * @param {boolean} sharesCamera
 */
function lead(people, connected, sharesCamera) {
  if (!connected && people.length === 0) return "Connecting to the hub…";
  if (!connected) return "The connection to the hub is lost; it is being brought back. You can call as soon as it is there.";
  if (people.length === 0) return "There is nobody you may call yet.";
  if (people.some(({ presence }) => presence === "online")) {
    return sharesCamera ? "Join, and they see what your camera sees." : "Join, and you see what they see.";
  }
  return "Nobody is there right now. Leave this page open: it changes as soon as somebody connects.";
}

/**
 * @param {"span" | "div" | "p"} tag
 * @param {string} className
 */
function make(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}
