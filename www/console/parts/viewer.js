// @ts-check
import { remember, remembered } from "./preference.js";

/**
 * A random name for whoever sits in front of this browser; the same on the next visit where
 * storage allows it.
 *
 * @returns {string}
 */
export function viewer() {
  const known = remembered("viewer");
  if (known !== null && /^v-[0-9a-f]{32}$/.test(known)) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const fresh = `v-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  remember("viewer", fresh);
  return fresh;
}
