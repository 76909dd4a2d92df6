// @ts-check
// What a host makes of a catalogue and of a viewer once, for engines that compare but do not reckon.

/** @typedef {import("../rights-catalogue.mjs").Catalogue} Catalogue */
/** @typedef {import("../rights-catalogue.mjs").Grant} Grant */
/** @typedef {import("../rights-catalogue.mjs").Plan} Plan */
/** @typedef {import("../rights-catalogue.mjs").Question} Question */
/** @typedef {import("../rights-catalogue.mjs").Window} Window */

/** An end that never comes. */
export const NEVER = 2 ** 40;

/**
 * An engine with the catalogue in it.
 * @template Prepared
 * @typedef {object} Engine
 * @property {string} name
 * @property {boolean} reasons whether it names every reason
 * @property {(question: Question) => Prepared} prepare what a host would hold ready; its time does not count
 * @property {(prepared: Prepared) => boolean} decide
 * @property {(prepared: Prepared) => string[]} [reasonsOf] of a decision, in any order
 */

/** @param {Grant} grant */
export function endOf({ to, play_window_s, first_play_at }) {
  if (first_play_at !== undefined && play_window_s !== undefined) {
    return first_play_at + play_window_s;
  }
  return to ?? NEVER;
}

/**
 * Whether a grant holds at a time.
 * @param {Grant} grant
 * @param {number} now
 */
export function isLive(grant, now) {
  return grant.from <= now && now < endOf(grant);
}

/**
 * The parts of a plan that cover titles: of a bundle, those of the plans in it.
 * @param {Catalogue["policy"]} policy
 * @param {string} id
 * @returns {Plan[]}
 */
export function partsOf({ plans }, id) {
  const plan = plans.find((known) => known.id === id);
  if (plan === undefined) return [];
  const included = plan.includes ?? [];
  return [plan, ...plans.filter((known) => included.includes(known.id))];
}

/**
 * Windows, or blackouts, under the countries that they name.
 * @param {Window[] | undefined} windows
 */
export function byCountry(windows) {
  /** @type {Record<string, { from: number, to: number }[]>} */
  const countries = {};
  for (const { from, to, territories } of windows ?? []) {
    for (const country of territories) (countries[country] ??= []).push({ from, to });
  }
  return countries;
}

/**
 * What can be counted of a viewer, for engines that cannot.
 * @param {Catalogue["policy"]} policy
 * @param {Question} question
 */
export function counted(policy, { viewer, request: { device_id, now } }) {
  const plans = viewer.grants
    .filter((grant) => grant.plan && isLive(grant, now))
    .flatMap(({ plan }) => policy.plans.find(({ id }) => id === plan) ?? []);
  const others = viewer.open_streams.filter(
    ({ device, until }) => device !== device_id && now < until,
  );
  return {
    deviceLimit: Math.max(policy.fallback_devices, ...plans.map(({ devices }) => devices)),
    streamLimit: Math.max(policy.fallback_streams, ...plans.map(({ streams }) => streams)),
    isRegistered: viewer.devices.includes(device_id),
    devices: viewer.devices.length,
    streams: others.length,
  };
}

/**
 * Whether the account may watch at all.
 * @param {Catalogue["policy"]} policy
 * @param {Question} question
 */
export function isInGoodStanding(policy, { viewer: { account }, request: { now } }) {
  const graceS = policy.past_due_grace_days * 86_400;
  const isInGrace = account.status === "past_due" && now < (account.since ?? 0) + graceS;
  return account.status === "active" || isInGrace;
}
