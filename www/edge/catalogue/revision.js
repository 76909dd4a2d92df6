// @ts-check
import { Refused } from "../refusal.js";

/**
 * What of a row the one who changes it must have seen: this revision, that there is none yet (0), or whatever it is.
 * @typedef {number | null} Expected
 */

/**
 * What `If-Match` and `If-None-Match` of a request ask for.
 * @param {Request} request
 * @returns {Expected}
 */
export function expectedOf({ headers }) {
  if (headers.get("if-none-match")?.trim() === "*") return 0;
  const given = headers.get("if-match");
  if (given === null || given.trim() === "*") return null;
  const [, revision] = /^(?:W\/)?"(\d{1,15})"$/.exec(given.trim()) ?? [];
  if (revision !== undefined) return Number(revision);
  const message = `\`${given.slice(0, 40)}\`, expected the revision in double quotes`;
  throw new Refused("invalid_value", message, "If-Match");
}

/**
 * Refuses a change of a row that somebody else has changed meanwhile.
 * @param {Expected} expected
 * @param {number} revision of the row; 0 for none
 * @param {string} what such as `title`
 * @param {string} id
 */
export function demandRevision(expected, revision, what, id) {
  if (expected === null || expected === revision) return;
  const stands = revision === 0 ? "is not there" : `has revision \`${revision}\``;
  const wanted = expected === 0 ? "none" : `revision \`${expected}\``;
  const message = `${what} \`${id}\` ${stands}, expected ${wanted}`;
  throw new Refused(`${what}_changed`, message, "If-Match");
}

/** @param {number} revision */
export function etagOf(revision) {
  return { etag: `"${revision}"` };
}
