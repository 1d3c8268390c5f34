// How good the call is, in words.

/** @typedef {import("./statistics.js").Flow} Flow */
/** @typedef {"good" | "fair" | "poor"} Verdict */

/**
 * Poor is what the product calls poor: a round trip over 1,000 ms or more than a tenth lost. Fair is what a person
 * notices: gaps in the picture or talking over each other.
 * @param {Flow} flow
 * @param {boolean} picture whether a picture should be coming
 * @returns {Verdict}
 */
export function verdict(flow, picture) {
  const roundTripMs = flow.roundTripMs ?? 0;
  if (roundTripMs > 1_000 || flow.lossShare > 0.1) return "poor";
  if (picture && flow.framesPerS < 2) return "poor";
  if (roundTripMs > 300 || flow.lossShare > 0.03 || (picture && (flow.framesPerS < 10 || flow.freezes > 0))) return "fair";
  return "good";
}

/**
 * What the bar says. Who sends the picture knows the way of it best; what is only noticed here is no verdict on it then.
 * @param {{ verdict: Verdict, words: string } | undefined} noticed
 * @param {import("./peer-link.js").LinkShown | undefined} link
 * @returns {{ verdict: Verdict, words: string } | undefined}
 */
export function qualityOf(noticed, link) {
  if (!link) return noticed;
  if (link.grade !== "good") return { verdict: "poor", words: link.words };
  return noticed?.verdict === "poor" ? { verdict: "fair", words: noticed.words.replace(WORDS.poor, WORDS.fair) } : noticed;
}

const WORDS = { good: "Good", fair: "Fair", poor: "Poor" };

/**
 * "Good, 1.4 Mbit/s, 12 ms"
 * @param {Flow} flow
 * @param {boolean} picture
 */
export function qualityWords(flow, picture) {
  const words = [WORDS[verdict(flow, picture)]];
  if (picture) words.push(bitRateWords(flow.bitsPerS));
  if (flow.roundTripMs !== undefined) words.push(`${Math.max(1, Math.round(flow.roundTripMs))} ms`);
  if (flow.lossShare >= 0.01) words.push(`${Math.round(flow.lossShare * 100)} % lost`);
  return words.join(", ");
}

/** Two digits are enough for anybody.
 * @param {number} bitsPerS */
export function bitRateWords(bitsPerS) {
  if (bitsPerS >= 995_000) return `${(bitsPerS / 1_000_000).toFixed(1)} Mbit/s`;
  const step = bitsPerS >= 100_000 ? 10 : 1;
  return `${Math.round(bitsPerS / 1_000 / step) * step} kbit/s`;
}

/** "4:05", "1:02:03"
 * @param {number} durationMs */
export function durationWords(durationMs) {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
