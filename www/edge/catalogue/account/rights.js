// @ts-check
// What a viewer has, read by the module that judges with it.
import { Catalogue } from "usher/rights";
import { callModule } from "../../rights-module.js";
import { Refused, refusalOf } from "../../refusal.js";
import { FIRST_POLICY, policyWith } from "../document.js";

/** @typedef {Record<string, unknown>} Json */

/** A catalogue of nothing, with which rights are read and nothing is judged. */
const NOTHING = new TextEncoder().encode(
  JSON.stringify({ version: 1, policy: policyWith(FIRST_POLICY, [], 1), titles: [] }),
);

/** Refuses what is no account. @param {{ status: unknown, since?: unknown, max_rating: unknown }} account */
export function checkAccount({ max_rating, ...account }) {
  check({ account, max_rating, grants: [] }, "account");
}

/** Refuses what is no grant. @param {Json} grant */
export function checkGrant(grant) {
  check({ account: { status: "active" }, max_rating: null, grants: [grant] }, "grants[0]");
}

/**
 * @param {Json} viewer
 * @param {string} prefix of a field, which is left away
 */
function check(viewer, prefix) {
  try {
    callModule(() => {
      const catalogue = new Catalogue(NOTHING);
      try {
        // Whatever an operator wrote: it is the module that knows whether it is that.
        const given = /** @type {any} */ ({ devices: [], open_streams: [], ...viewer });
        catalogue.rights(given).free();
      } finally {
        catalogue.free();
      }
    });
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    const { code, message, field } = refusal;
    const isInside = field?.startsWith(`${prefix}.`);
    throw new Refused(code, message, isInside ? field?.slice(prefix.length + 1) : field);
  }
}
