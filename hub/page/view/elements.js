// The page's elements by id, and the few things that are done to them everywhere.

/**
 * The element with this id; the page is broken without it.
 * @template {Element} T
 * @param {string} id
 * @param {new (...args: any[]) => T} kind
 * @returns {T}
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/** @param {string} id */
export const button = (id) => element(id, HTMLButtonElement);

/** @param {string} id */
export const anything = (id) => element(id, HTMLElement);

/**
 * Sets a text where it changed: a live region repeats what is set again.
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Shows text, or hides its element when there is none.
 * @param {HTMLElement} target
 * @param {string} text
 */
export function setOptionalText(target, text) {
  setText(target, text);
  target.hidden = text === "";
}

/**
 * Changes a button's picture and words together.
 * @param {HTMLButtonElement} target
 * @param {string} icon the symbol's name
 * @param {string} label
 */
export function setFace(target, icon, label) {
  target.querySelector("use")?.setAttribute("href", `#icon-${icon}`);
  const words = target.querySelector(".label");
  if (words) setText(words, label);
}

/** "Tina Technician" → "TT"
 * @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map((word) => [...word][0] ?? "").join("").toLocaleUpperCase();
}
