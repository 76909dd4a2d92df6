// @ts-check
import { Refused } from "./refusal.js";

/** Rows in one answer of any list. */
const ROWS_MAX = 1000;
const ROWS_DEFAULT = 100;

/**
 * @param {URLSearchParams} query
 * @returns {number}
 */
export function limitIn(query) {
  const limit = wholeIn(query, "limit") ?? ROWS_DEFAULT;
  if (limit >= 1 && limit <= ROWS_MAX) return limit;
  throw invalid("limit", String(limit), `a number from 1 to ${ROWS_MAX}`);
}

/**
 * @param {URLSearchParams} query
 * @param {string} name
 * @returns {number | null}
 */
export function wholeIn(query, name) {
  const value = query.get(name);
  if (value === null) return null;
  if (/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) return Number(value);
  throw invalid(
    name,
    value,
    name === "limit" ? `a number from 1 to ${ROWS_MAX}` : "a whole number",
  );
}

/**
 * A name in a path.
 * @param {string} encoded
 * @param {string} field
 */
export function nameIn(encoded, field) {
  const name = decoded(encoded);
  const bytes = new TextEncoder().encode(name ?? "").byteLength;
  // eslint-disable-next-line no-control-regex
  if (name !== null && bytes >= 1 && bytes <= 200 && !/[\x00-\x1f\x7f]/.test(name)) return name;
  throw invalid(field, encoded, "1 to 200 bytes without control characters");
}

/** @param {string} encoded */
function decoded(encoded) {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} expected
 */
export function invalid(name, value, expected) {
  const message = `${name} \`${value.slice(0, 40)}\` is not ${expected}`;
  return new Refused("invalid_value", message, name);
}
