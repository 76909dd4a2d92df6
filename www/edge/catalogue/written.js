// @ts-check
// What operators write, taken apart: what the module reads goes to it as it came, what only the operator's side
// knows is checked here.
import { readBody } from "../body.js";
import { Refused } from "../refusal.js";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of a name. */
const NAME_BYTES_MAX = 200;

/**
 * @param {Request} request
 * @param {number} bytesMax
 * @returns {Promise<Record<string, unknown>>}
 */
export async function objectIn(request, bytesMax) {
  return parsed(await readBody(request, bytesMax));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Record<string, unknown>}
 */
export function parsed(bytes) {
  let value;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw new Refused("malformed_json", "expected JSON in UTF-8");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Refused("wrong_type", "expected an object");
}

/**
 * Refuses fields that are not known.
 * @param {Record<string, unknown>} rest what nobody has read
 */
export function demandEmpty(rest) {
  const [first] = Object.keys(rest);
  if (first === undefined) return;
  throw new Refused("unknown_field", `field \`${first.slice(0, 80)}\` is not known`, first);
}

/**
 * @param {unknown} value
 * @param {string} field
 * @returns {string}
 */
export function textIn(value, field) {
  if (value === undefined) throw new Refused("missing_field", `expected \`${field}\``, field);
  if (typeof value !== "string") throw new Refused("wrong_type", "expected a text", field);
  const bytes = new TextEncoder().encode(value).length;
  // eslint-disable-next-line no-control-regex
  if (bytes >= 1 && bytes <= NAME_BYTES_MAX && !/[\x00-\x1f\x7f]/.test(value)) return value;
  const message = `expected 1 to ${NAME_BYTES_MAX} bytes without control characters`;
  throw new Refused("invalid_value", message, field);
}

/**
 * A whole number in a range; null where there is none.
 * @param {unknown} value
 * @param {string} field
 * @param {number} min
 * @param {number} max
 * @returns {number | null}
 */
export function wholeIn(value, field, min, max) {
  if (value === undefined || value === null) return null;
  const isWhole = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  if (isWhole) return Number(value);
  const given = JSON.stringify(value).slice(0, 40);
  const message = `\`${given}\`, expected a whole number from ${min} to ${max}`;
  throw new Refused(typeof value === "number" ? "invalid_value" : "wrong_type", message, field);
}

/**
 * @template {string} T
 * @param {unknown} value
 * @param {string} field
 * @param {readonly T[]} words
 * @returns {T}
 */
export function wordIn(value, field, words) {
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  if (value === undefined) throw new Refused("missing_field", `expected \`${field}\``, field);
  const given = JSON.stringify(value).slice(0, 40);
  throw new Refused("invalid_value", `\`${given}\`, expected ${words.join(", ")}`, field);
}

/**
 * Who changes something.
 * @param {Request} request
 */
export function actorOf(request) {
  return textIn(request.headers.get("usher-actor") ?? "operator", "Usher-Actor");
}
