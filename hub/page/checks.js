// Whether a value from outside is what it should be: small checks, and larger ones made of them.

/** @typedef {(value: any) => boolean} Check */

/** @type {Check} */
export const text = (value) => typeof value === "string";
/** @type {Check} */
export const flag = (value) => typeof value === "boolean";
/** @type {Check} */
export const identifier = (value) => text(value) && /^[A-Za-z0-9\-_.@:]{1,64}$/.test(value);
/** Whole numbers; a double holds them exactly up to 2^53, which no counter of ours reaches.
 * @type {Check} */
export const count = (value) => Number.isInteger(value) && value >= 0;
/** @type {Check} */
export const count32 = (value) => count(value) && value <= 0xffff_ffff;
/** @type {(...names: string[]) => Check} */
export const oneOf = (...names) => (value) => names.includes(value);
/** @type {(check: Check) => Check} */
export const optional = (check) => (value) => value === undefined || value === null || check(value);
/** A field that may be left out, but not be null.
 * @type {(check: Check) => Check} */
export const orMissing = (check) => (value) => value === undefined || check(value);
/** @type {(least: number, most: number) => Check} */
export const between = (least, most) => (value) => Number.isInteger(value) && value >= least && value <= most;
/** @type {(most: number, check: Check) => Check} */
export const listOfAtMost = (most, check) => (value) => list(check)(value) && value.length <= most;
/** @type {(...checks: Check[]) => Check} */
export const tuple = (...checks) => (value) =>
  Array.isArray(value) && value.length === checks.length && checks.every((check, index) => check(value[index]));
/** @type {(check: Check) => Check} */
export const list = (check) => (value) => Array.isArray(value) && value.every(check);
/** @type {(fields: Record<string, Check>) => Check} */
export const record = (fields) => (value) =>
  isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

/**
 * @param {unknown} value
 * @returns {value is Record<string, any>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
