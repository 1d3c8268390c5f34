// What is offered because of the link: once, over the picture, with a yes and a no.

import { anything, button, setText } from "./elements.js";

/** @typedef {import("../app-state.js").AppState} AppState */
/** @typedef {import("../messages.js").LinkOffer} LinkOffer */
/** @typedef {import("../call/peer-link.js").LinkShown} LinkShown */
/** @typedef {{ answerLink(isYes: boolean): void }} LinkActions */

/** @type {Record<LinkOffer, { yes: string, no: string }>} */
const ANSWERS = {
  pause_video: { yes: "Pause video, keep voice and drawings", no: "Not now" },
  resume_video: { yes: "Return to video", no: "Stay with voice" },
};

export class LinkOfferView {
  #banner = anything("link-offer");
  #words = anything("link-offer-words");
  #yes = button("link-offer-yes");
  #no = button("link-offer-no");

  /** @param {LinkActions} actions */
  constructor(actions) {
    this.#yes.addEventListener("click", () => actions.answerLink(true));
    this.#no.addEventListener("click", () => actions.answerLink(false));
  }

  /** @param {AppState} state */
  render({ call, link, peerName }) {
    const offer = call?.state === "connected" ? link?.offer : undefined;
    this.#banner.hidden = offer === undefined;
    if (!link || !offer) return;
    setText(this.#words, `${peerName}'s network ${offer === "pause_video" ? `is ${lowered(link.words)}` : returned(link)}.`);
    setText(this.#yes, ANSWERS[offer].yes);
    setText(this.#no, ANSWERS[offer].no);
  }
}

/**
 * Why the way back is offered: a critical link may have become no more than poor.
 * @param {LinkShown} link
 */
function returned(link) {
  return link.grade === "good" ? "is good again" : `carries pictures again (${lowered(link.words)})`;
}

/** @param {string} words */
function lowered(words) {
  return words.charAt(0).toLowerCase() + words.slice(1);
}
