// @ts-check
import { readCode, verifyTaggedCode } from "usher/edge";
import { KNOWLEDGE, taggedCoupon } from "./coupon-knowledge.js";
import { issuedCode } from "./coupons/issued-code.js";
import { directoryOf, groupShardOf } from "./coupons/objects.js";
import { callModule } from "./edge-module.js";
import { taken } from "./store-answer.js";

/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */

/**
 * Where a code is redeemed, and what it is there.
 * @typedef {object} CodeLocation
 * @property {string} code as it is stored
 * @property {string} coupon
 * @property {string} group
 * @property {number} shard of the group
 * @property {boolean} revoked
 */

/** Named codes whose place is remembered, so that a campaign's one code is not asked for at every purchase. */
const REMEMBERED_MAX = 1000;

/** How long: so long at most a code that is revoked is still taken. */
const REMEMBERED_MS = 1000;

/** @type {Map<string, { location: CodeLocation, untilMs: number }>} */
const remembered = new Map();

/**
 * Finds the object that redeems what was typed.
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} typed
 * @returns {Promise<CodeLocation | "MALFORMED" | "NOT_FOUND">}
 */
export async function locate(env, ctx, typed) {
  const { code, generated, kind } = callModule(() => readCode(typed));
  if (code === null || generated === null) return "MALFORMED";
  const known = remembered.get(code);
  if (known !== undefined && Date.now() < known.untilMs) return known.location;
  const found = await issuedCode(env, { code, generated });
  if (found?.exact) remember(code, found);
  if (found !== null) return found;
  return kind === "tagged" ? tagged(env, ctx, generated) : "NOT_FOUND";
}

/**
 * @param {string} code
 * @param {CodeLocation} location
 */
function remember(code, location) {
  remembered.delete(code);
  remembered.set(code, { location, untilMs: Date.now() + REMEMBERED_MS });
  if (remembered.size <= REMEMBERED_MAX) return;
  const [oldest] = remembered.keys();
  if (oldest !== undefined) remembered.delete(oldest);
}

/**
 * A code that nobody stores: one of our keys has made it, and the directory knows for which coupon.
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} code
 * @returns {Promise<CodeLocation | "NOT_FOUND">}
 */
async function tagged(env, ctx, code) {
  const held = await KNOWLEDGE.get(env, ctx);
  const found = held === null ? null : await taggedCoupon(env, held.value, code);
  if (found === null) return taggedInDirectory(env, code);
  const { id: coupon, group } = found.coupon;
  const shard = groupShardOf(code, found.knowledge.shards.get(group) ?? 1);
  return { code, coupon, group, shard, revoked: false };
}

/**
 * A code of a coupon that is switched off or over, of which the edge is not told: its group says so, and
 * answers again what it has answered before.
 * @param {EdgeEnv} env
 * @param {string} code
 * @returns {Promise<CodeLocation | "NOT_FOUND">}
 */
async function taggedInDirectory(env, code) {
  const keys = env.COUPON_KEYS;
  // Nobody but us can make a code that goes on from here to the one object of all coupons.
  if (!keys || callModule(() => verifyTaggedCode(keys, code)) === null) return "NOT_FOUND";
  const found = taken(await directoryOf(env).tagged(code));
  return found === null ? "NOT_FOUND" : /** @type {CodeLocation} */ (found);
}
