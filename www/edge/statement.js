// @ts-check
// What the coupons worker says of a body that it gives out, signed: so that an edge elsewhere, or a cache
// between them, cannot be given another one.
import { base64url } from "./base64.js";

/** In which a statement comes with an answer: `base64url(JSON).kid.base64url(signature)`. */
export const STATEMENT_HEADER = "usher-statement";

/**
 * @typedef {object} Statement
 * @property {string} subject what the body is: another kind of body is not taken for it
 * @property {string} tenant
 * @property {number} version never goes back
 * @property {number} made_ms when it was so, UTC
 * @property {string} digest SHA-256 of the body, as base64url
 */

/**
 * @param {Uint8Array} body
 * @returns {Promise<string>}
 */
export async function digestOf(body) {
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (body);
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** @param {string} text base64url */
export function bytesOf(text) {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}
