// @ts-check
import { CodeFilter, verifyTaggedCode } from "usher/edge";
import { callModule } from "./edge-module.js";
import { SignedBody } from "./signed-body.js";

/** Bytes of knowledge: some ten thousand coupons. */
const KNOWLEDGE_BYTES_MAX = 16 * 1024 * 1024;

/** Bytes of a filter; the module keeps the same limit. */
const FILTER_BYTES_MAX = 8 * 1024 * 1024;

/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */

/** @typedef {{ slot: number, first: number, last: number, coupon: string }} SerialRange both inclusive */

/**
 * What the edge knows of coupons.
 * @typedef {object} Knowledge
 * @property {Map<string, any>} coupons by id
 * @property {Map<string, any>} named by code
 * @property {Map<string, number>} shards of groups
 * @property {SerialRange[]} ranges of tagged codes
 */

/**
 * How old what is held may become while the coupons worker is away: who opens a campaign today may rely on
 * yesterday's coupons, and whoever consumes judges them again.
 */
const AGE_MS_MAX = 24 * 3600 * 1000;

/** After which it is asked whether what is held still holds, unless KNOWLEDGE_SECONDS says otherwise. */
const REFRESH_SECONDS = 30;

/** What the coupons worker signs. */
const COUPONS = {
  from: (/** @type {EdgeEnv} */ env) => env.COUPONS,
  publicKeys: (/** @type {EdgeEnv} */ env) => env.COUPON_PUBLIC_KEYS,
  ageMsMax: () => AGE_MS_MAX,
  refreshMs: (/** @type {EdgeEnv} */ env) =>
    (Number(env.KNOWLEDGE_SECONDS) || REFRESH_SECONDS) * 1000,
};

/** @type {SignedBody<Knowledge>} */
export const KNOWLEDGE = new SignedBody({
  ...COUPONS,
  subject: "coupon-knowledge",
  bytesMax: KNOWLEDGE_BYTES_MAX,
  read: knowledgeIn,
});

/** Used and revoked codes and the ids of coupons that end soon, and others by chance. */
export const FILTER = new SignedBody({
  ...COUPONS,
  subject: "coupon-filter",
  bytesMax: FILTER_BYTES_MAX,
  read: (body) => callModule(() => new CodeFilter(body)),
});

/** @param {Uint8Array} body */
function knowledgeIn(body) {
  const text = new TextDecoder().decode(body);
  // What is frozen, the module reads once.
  const { coupons, groups, ranges } = JSON.parse(text, (_, value) => Object.freeze(value));
  /** @type {Knowledge} */
  const known = { coupons: new Map(), named: new Map(), shards: new Map(), ranges };
  for (const coupon of coupons) {
    known.coupons.set(coupon.id, coupon);
    if (coupon.codes.kind === "named") known.named.set(coupon.codes.code, coupon);
  }
  for (const { id, shards } of groups) known.shards.set(id, shards);
  return known;
}

/**
 * The coupon of a tagged code, and the knowledge that tells it; null if none of our keys has made it.
 * @param {EdgeEnv} env
 * @param {Knowledge} knowledge
 * @param {string} code
 * @returns {Promise<{ coupon: any, knowledge: Knowledge } | null>}
 */
export async function taggedCoupon(env, knowledge, code) {
  const keys = env.COUPON_KEYS;
  const tag = keys ? callModule(() => verifyTaggedCode(keys, code)) : null;
  if (tag === null) return null;
  const known = couponIn(knowledge, tag);
  if (known !== undefined) return { coupon: known, knowledge };
  // Nobody can guess a tag: the code is younger than what is known here.
  const renewed = (await KNOWLEDGE.renewed(env))?.value ?? knowledge;
  const coupon = couponIn(renewed, tag);
  return coupon === undefined ? null : { coupon, knowledge: renewed };
}

/**
 * @param {Knowledge} knowledge
 * @param {import("usher/edge").TaggedCode} tag
 */
function couponIn({ coupons, ranges }, { slot, serial }) {
  const range = ranges.find(
    (one) => one.slot === slot && serial >= one.first && serial <= one.last,
  );
  return coupons.get(range?.coupon ?? "");
}
