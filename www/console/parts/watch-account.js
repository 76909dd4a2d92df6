// @ts-check
// What the demo's backend gives a page for whoever was chosen to watch.
import { UsherError } from "usher";

/** Who may be chosen; the backend knows what each of them holds. */
export const ACCOUNTS = ["none", "basic", "premium", "past_due", "suspended"];

/** Where the films are licensed, later licensed, and not licensed. */
export const COUNTRIES = ["SE", "ES", "DE", "CL", "US", "JP"];

/** A device each, so that one browser can be several. */
export const DEVICES = /** @type {const} */ (["web", "mobile", "tv", "console"]);

/**
 * @param {string} account
 * @param {string} viewer of this browser
 * @returns {Promise<string>} a token
 */
export async function accountToken(account, viewer) {
  return (await asked("/rights/session", { viewer, account })).token;
}

/** @returns {Promise<import("usher/entitlement").Knowledge>} */
export function knowledge() {
  return asked("/rights/knowledge");
}

/**
 * The country that the demo pretends: a cookie, because requests for media have no other place for it.
 * @param {string | null} country
 */
export function travelTo(country) {
  document.cookie = `demo-country=${country ?? "none"}; path=/; samesite=strict`;
}

/**
 * @param {string} address
 * @param {object} [body]
 */
async function asked(address, body) {
  const how = body ? { method: "POST", body: JSON.stringify(body) } : {};
  const response = await fetch(address, { cache: "no-store", ...how });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new UsherError(answer.code, answer.message, answer.field);
}
