// @ts-check
// The document that is published, and its parts before they are: the module that judges with it reads them.
import { Catalogue } from "usher/rights";
import { callModule } from "../rights-module.js";
import { Refused, refusalOf } from "../refusal.js";

/** @typedef {Record<string, unknown>} Json */

/** What stands where nothing has been decided yet. */
export const FIRST_POLICY = {
  past_due_grace_days: 3,
  fallback_streams: 1,
  fallback_devices: 2,
  decision_ttl_s: 300,
};

/** Refuses what is no title. @param {Json} title */
export function checkTitle(title) {
  check({ policy: policyWith(FIRST_POLICY, [], 1), titles: [title] }, ["titles[0]"]);
}

/**
 * Refuses plans that do not fit together, and what is no policy.
 * @param {Json} policy
 * @param {Json[]} plans
 * @param {number | null} changed the place of the one that is being written, which its refusals name without
 */
export function checkPlans(policy, plans, changed) {
  const prefixes = changed === null ? ["policy"] : [`policy.plans[${changed}]`, "policy"];
  check({ policy: policyWith(policy, plans, 1), titles: [] }, prefixes);
}

/**
 * The policy as it is published.
 * @param {Json} policy
 * @param {Json[]} plans
 * @param {number} revision of the policy and its plans: the version of a policy that has no name
 */
export function policyWith({ version, ...policy }, plans, revision) {
  return { version: version ?? `r${revision}`, ...policy, plans };
}

/**
 * The refusal of a whole document, as that of its parts.
 * @param {Uint8Array} bytes
 */
export function checkDocument(bytes) {
  callModule(() => new Catalogue(bytes).free());
}

/**
 * @param {Json} document without a version
 * @param {string[]} prefixes of a field that are left away, the longest first
 */
function check(document, prefixes) {
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, ...document }));
  try {
    checkDocument(bytes);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    throw new Refused(refusal.code, refusal.message, within(refusal.field, prefixes));
  }
}

/**
 * @param {string | null} field
 * @param {string[]} prefixes
 */
function within(field, prefixes) {
  const prefix = prefixes.find((each) => field === each || field?.startsWith(`${each}.`));
  if (field === null || prefix === undefined) return field;
  return field.slice(prefix.length + 1) || null;
}
