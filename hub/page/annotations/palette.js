// What there is to draw with, and what it is called.

import { COLOURS } from "./messages.js";

/** @typedef {import("./messages.js").Colour} Colour */
/** @typedef {import("./messages.js").Tool} Tool */
/** What somebody draws with; `width` in thousandths of the picture's width.
 * @typedef {{ colour: Colour, width: number }} Look */

/** In the order in which they are offered.
 * @type {{ colour: Colour, name: string }[]} */
export const COLOUR_NAMES = [
  { colour: "red", name: "Red" },
  { colour: "yellow", name: "Yellow" },
  { colour: "green", name: "Green" },
  { colour: "blue", name: "Blue" },
  { colour: "white", name: "White" },
  { colour: "black", name: "Black" },
];

export const WIDTHS = [
  { width: 3, name: "Fine" },
  { width: 6, name: "Medium" },
  { width: 12, name: "Wide" },
];

/** What is drawn with when nobody chose: it is seen on most machines.
 * @type {Look} */
export const FIRST_LOOK = { colour: "yellow", width: 6 };

/**
 * What lies under a line, so that it is seen on any ground.
 * @param {Colour} colour
 */
export function outlineOf(colour) {
  return colour === "black" ? COLOURS.white : COLOURS.black;
}
