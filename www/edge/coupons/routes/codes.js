// @ts-check
import { exportCodes } from "usher/office";
import { callModule } from "../../office-module.js";
import { invalid, limitIn, nameIn, wholeIn } from "../../query.js";
import { Refused, json } from "../../refusal.js";
import { taken } from "../../store-answer.js";
import { CodeList, START, standing } from "../code-list.js";
import { csvResponse } from "../csv.js";
import { foundCode } from "../found-code.js";
import { codesOf, directoryOf, groupAt } from "../objects.js";

/** @typedef {import("../../coupons.js").Route} Route */
/** @typedef {import("../../coupons.js").CouponsEnv} CouponsEnv */
/** @typedef {import("../code-list.js").Place} Place */
/** @typedef {import("../code-list.js").CodeRow} CodeRow */

/** @typedef {{ code: string, coupon: string, state: string }} Redemption of what it is looked at here */

/** Codes of one part of an export. */
const EXPORT_CODES = 5000;

/** Codes that are looked at for one answer to a filter that only some of them pass. */
const LOOKED_AT_MAX = 20_000;

/** States of codes, with the state of a redemption that puts a code into it. */
const STATES = /** @type {const} */ ({
  unused: null,
  revoked: null,
  held: "held",
  used: "confirmed",
  reversed: "reversed",
});

/**
 * `GET /v1/coupon-codes/{code}`: where a code stands, in any spelling, and all its redemptions.
 * @type {Route}
 */
export async function getCode(_request, env, name) {
  const found = await foundCode(env, nameIn(name, "code"));
  const { code, coupon, group, shard, revoked } = found;
  const object = groupAt(env, group, shard);
  const [redemptions, [history]] = await Promise.all([
    object.lookup(code),
    object.histories([code]),
  ]);
  const { state } = standing(code, coupon, revoked, history);
  return json({ code, coupon, group, state, redemptions });
}

/**
 * `POST /v1/coupon-codes/{code}/revoke`.
 * @type {Route}
 */
export async function postRevoke(request, env, name, query) {
  const found = await foundCode(env, nameIn(name, "code"));
  const { code, coupon, group, exact } = found;
  const { codes } = taken(await directoryOf(env).coupon(coupon)).coupon;
  if (codes.kind === "named") {
    const message = `code \`${code}\` names its coupon, expected a generated one: a coupon ends with \`active: false\``;
    throw new Refused("invalid_value", message, "code");
  }
  const { shards } = taken(await directoryOf(env).group(group));
  const owner = { coupon, group, shards, job: 0, exact };
  await codesOf(env, code).revoke(code, owner);
  return getCode(request, env, encodeURIComponent(code), query, "");
}

/**
 * `GET /v1/coupon-groups/{id}/codes`: the codes of a group with where they stand; with a customer, a time or a
 * state of redemptions, the redemptions that are so.
 * @type {Route}
 */
export async function getCodes(_request, env, name, query) {
  const group = nameIn(name, "group");
  const { shards } = taken(await directoryOf(env).group(group));
  const [state, of] = stateIn(query);
  const [customer, from, to] = [
    query.get("customer"),
    wholeIn(query, "from"),
    wholeIn(query, "to"),
  ];
  if (of !== null || customer !== null || from !== null || to !== null) {
    if (state !== null && of === null) {
      throw invalid("state", state, "a state of redemptions beside a customer or a time");
    }
    return json(await redemptionsOf(env, group, shards, query, { state: of, customer, from, to }));
  }
  const list = new CodeList(env, group, query.get("coupon"), searchIn(query));
  return json(await filtered(list, state, placeIn(query), limitIn(query)));
}

/**
 * `GET /v1/coupon-groups/{id}/codes.csv`: all codes of a group, or of one coupon of it.
 * @type {Route}
 */
export async function getCodesFile(_request, env, name, query) {
  const group = nameIn(name, "group");
  taken(await directoryOf(env).group(group));
  const [state] = stateIn(query);
  const list = new CodeList(env, group, query.get("coupon"), searchIn(query));
  /** @type {Place | null} */
  let place = START;
  return csvResponse(`codes-${group}.csv`, async (isFirst) => {
    if (place === null) return null;
    const { rows, next } = await list.page(place, EXPORT_CODES);
    place = next;
    const lines = rows.filter((row) => state === null || row.state === state).map(lineOf);
    const text = new TextEncoder().encode(JSON.stringify(lines));
    return callModule(() => exportCodes(text, isFirst));
  });
}

/**
 * @param {CodeList} list
 * @param {string | null} state
 * @param {Place} place
 * @param {number} limit
 */
async function filtered(list, state, place, limit) {
  if (state === null) {
    const { rows, next } = await list.page(place, limit);
    return { rows, next: next && JSON.stringify(next) };
  }
  /** @type {CodeRow[]} */
  const rows = [];
  /** @type {Place | null} */
  let next = place;
  for (let seen = 0; next !== null && rows.length < limit && seen < LOOKED_AT_MAX;) {
    // No more than are wanted, so that none is left behind.
    const page = await list.page(next, limit - rows.length);
    seen += limit - rows.length;
    rows.push(...page.rows.filter((row) => row.state === state));
    next = page.next;
  }
  return { rows, next: next && JSON.stringify(next) };
}

/**
 * @param {CouponsEnv} env
 * @param {string} group
 * @param {number} shards
 * @param {URLSearchParams} query
 * @param {{ state: string | null, customer: string | null, from: number | null, to: number | null }} of
 */
async function redemptionsOf(env, group, shards, query, of) {
  const limit = limitIn(query);
  let [, shard, after] = placeIn(query);
  /** @type {{ code: string, coupon: string, state: string, redemptions: number, last: any }[]} */
  const rows = [];
  const search = { ...of, coupon: query.get("coupon"), code: searchIn(query) || null };
  for (; shard < shards; [shard, after] = [shard + 1, ""]) {
    const wanted = limit - rows.length;
    if (wanted === 0) break;
    const page = { ...search, after: after === "" ? null : Number(after), limit: wanted };
    const found = await groupAt(env, group, shard).search(page);
    for (const last of /** @type {Redemption[]} */ (found.rows)) {
      const { code, coupon } = last;
      rows.push({ code, coupon, state: stateOf(last.state), redemptions: 1, last });
    }
    if (found.next !== null) return { rows, next: JSON.stringify([0, shard, found.next]) };
  }
  return { rows, next: shard < shards ? JSON.stringify([0, shard, ""]) : null };
}

/**
 * What a redemption says of its code.
 * @param {string} redemption its state
 */
function stateOf(redemption) {
  const found = Object.entries(STATES).find(([, of]) => of === redemption);
  return found?.[0] ?? "unused";
}

/** @param {CodeRow} row */
function lineOf({ code, coupon, state, redemptions, last }) {
  if (last === null) return { code, coupon, state, redemptions };
  const { customer, basket, scope, decision } = last;
  const atMs = last.reversed_ms ?? last.settled_ms ?? last.reserved_ms;
  const { discount_minor, currency } = decision ?? {};
  const at = new Date(atMs).toISOString();
  return {
    code,
    coupon,
    state,
    redemptions,
    customer,
    basket,
    scope,
    at,
    discount_minor,
    currency,
  };
}

/**
 * @param {URLSearchParams} query
 * @returns {[state: keyof typeof STATES | null, of: string | null]}
 */
function stateIn(query) {
  const given = query.get("state");
  if (given === null) return [null, null];
  const names = /** @type {(keyof typeof STATES)[]} */ (Object.keys(STATES));
  const state = names.find((name) => name === given);
  if (state === undefined) throw invalid("state", given, names.join(", "));
  return [state, STATES[state]];
}

/** @param {URLSearchParams} query */
function searchIn(query) {
  const search = (query.get("search") ?? "").replace(/[\s-]/g, "").toUpperCase();
  if (/^[A-Z0-9_]{0,64}$/.test(search)) return search;
  throw invalid("search", search, "the beginning of a code");
}

/**
 * @param {URLSearchParams} query
 * @returns {Place}
 */
function placeIn(query) {
  const after = query.get("after");
  if (after === null) return START;
  /** @type {any} */
  let place = null;
  try {
    place = JSON.parse(after);
  } catch {
    // Refused below.
  }
  const isPlace =
    Array.isArray(place) &&
    place.length === 3 &&
    place.slice(0, 2).every((part) => Number.isSafeInteger(part) && part >= 0) &&
    (typeof place[2] === "string" || Number.isSafeInteger(place[2]));
  if (isPlace) return place;
  throw invalid("after", after, "the `next` of an answer");
}
