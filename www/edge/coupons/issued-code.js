// @ts-check
import { codesOf } from "./objects.js";

/**
 * What was issued under a text that was read: as it is spelled first, then with look-alikes folded.
 * @param {Parameters<typeof codesOf>[0]} env
 * @param {{ code: string, generated: string }} read
 * @returns {Promise<import("./codes.js").FoundCode | null>}
 */
export async function issuedCode(env, { code, generated }) {
  for (const text of new Set([code, generated])) {
    const found = await codesOf(env, text).find(text);
    // A code that people chose is not found by the letters that a generated one is read with.
    if (found !== null && (!found.exact || text === code)) return found;
  }
  return null;
}
