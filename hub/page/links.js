// Finds the addresses in a line of chat.

// Ends before punctuation that belongs to the sentence; anything but http and https stays text.
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`]+/gi;
const SENTENCE_END = /[.,;:!?]+$/;

/** @typedef {{ text: string, href?: string }} Part */

/**
 * Cuts a text into plain parts and links, in order; together they are the whole text.
 * @param {string} text
 * @returns {Part[]}
 */
export function splitLinks(text) {
  /** @type {Part[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutSentenceEnd(match[0]);
    const href = addressOf(address);
    if (!href) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: address, href });
    end = match.index + address.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** @param {string} address */
function withoutSentenceEnd(address) {
  let kept = address.replace(SENTENCE_END, "");
  // A closing bracket is the sentence's unless the address opened it.
  while (kept.endsWith(")") && kept.split(")").length > kept.split("(").length) {
    kept = kept.slice(0, -1).replace(SENTENCE_END, "");
  }
  return kept;
}

/** @param {string} address */
function addressOf(address) {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}
