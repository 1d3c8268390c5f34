// Single keys that act during a call, unless somebody writes.

import { anything } from "./elements.js";

/**
 * The key that was meant as a command, in lower case.
 * @param {KeyboardEvent} event
 * @returns {string | undefined}
 */
export function shortcutOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !isFree(event)) return undefined;
  return event.key.toLowerCase();
}

/**
 * Whether a key is nobody else's: a call is seen, nobody writes, and nothing is asked.
 * @param {KeyboardEvent} event
 */
export function isFree({ target }) {
  const writes = target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLInputElement && !["range", "radio"].includes(target.type));
  return !writes && !anything("call").hidden && !document.querySelector("dialog[open]");
}

/**
 * Clicks a button for its key.
 * @param {HTMLButtonElement} button
 * @param {KeyboardEvent} event
 */
export function press(button, event) {
  if (button.hidden || button.disabled) return;
  event.preventDefault();
  button.click();
}
