// @ts-check
// A record that is saved over the revision that was read. What somebody else has saved meanwhile is shown beside it.
import { call } from "./api.js";
import { differences, hideConflict, isConflict, showConflict } from "./conflict.js";
import { word } from "./texts.js";

/**
 * @typedef {object} Revising
 * @property {string} path of the record
 * @property {Record<string, unknown>} body what is saved
 * @property {number | undefined} revision that was read; none: nothing is expected
 * @property {HTMLElement} conflict where another edit is shown
 * @property {HTMLElement} done where it is said
 * @property {import("./texts.js").Key} saved what is said
 * @property {readonly { name: string, label: import("./texts.js").Key }[]} fields that are compared
 * @property {(record: any) => void} keep takes a record as the one that was read
 * @property {(record: any) => void} show takes it into the form as well
 * @property {() => void} again saves what stands in the form once more
 */

/** @param {Revising} revising */
export async function saveRevised(revising) {
  const { path, body, revision, conflict, done, saved, fields, keep, show, again } = revising;
  try {
    /** @type {Record<string, string>} */
    const headers = revision === undefined ? {} : { "if-match": `"${revision}"` };
    keep(await call(path, { method: "PUT", body, headers }));
    hideConflict(conflict);
    word(done, saved);
  } catch (reason) {
    if (!isConflict(reason)) throw reason;
    const theirs = await call(path);
    showConflict(conflict, differences([...fields], theirs, body), {
      take: () => show(theirs),
      keep: () => {
        keep(theirs);
        again();
      },
    });
  }
}
