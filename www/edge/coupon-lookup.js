// @ts-check
import { readCode } from "usher/edge";
import { FILTER, KNOWLEDGE, taggedCoupon } from "./coupon-knowledge.js";
import { issuedCode } from "./coupons/issued-code.js";
import { codesOf, directoryOf, groupAt, groupShardOf } from "./coupons/objects.js";
import { callModule } from "./edge-module.js";
import { Refused } from "./refusal.js";

/** @typedef {import("./coupon-knowledge.js").Knowledge} Knowledge */
/** @typedef {import("./edge.js").EdgeEnv} EdgeEnv */

/**
 * What was found for a text.
 * @typedef {object} Found
 * @property {any} coupon null if it is no code, or nobody's
 * @property {string | null} issued the generated code
 * @property {((purchase: any) => Promise<Asked>) | null} ask the object that knows; null where nobody has to
 *   be asked
 * @property {number} version of the knowledge
 * @property {number} madeMs of the knowledge
 */

/**
 * @typedef {object} Resolved
 * @property {any} coupon
 * @property {string | null} issued
 * @property {number | null} shard of its group, if who issued it has said so
 */

/** @typedef {{ coupon: any, counts: any }} Asked the coupon with the limits that the counts are of */

/**
 * Finds the coupon of a text as far as the edge knows: a named code by its knowledge, a tagged one by its key,
 * and any other by the object that has issued it.
 * @param {EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {string} typed
 * @returns {Promise<Found>}
 */
export async function lookUp(env, ctx, typed) {
  const held = await KNOWLEDGE.get(env, ctx);
  if (held === null) throw new Refused("unavailable", "nothing is known of coupons, try again");
  const { version, madeMs, value: knowledge } = held;
  const found = await couponOf(env, knowledge, typed);
  if (found === null) return { coupon: null, issued: null, ask: null, version, madeMs };
  const { coupon, issued } = found;
  const filter = await FILTER.get(env, ctx);
  const mayBe = (/** @type {string} */ key) =>
    filter === null || callModule(() => filter.value.mayContain(key));
  const isUsed = issued !== null && mayBe(issued);
  const isNearEnd = mayBe(coupon.id);
  const group = groupAt(
    env,
    coupon.group,
    found.shard ??
      groupShardOf(issued ?? coupon.codes.code, knowledge.shards.get(coupon.group) ?? 1),
  );
  const ask = isUsed
    ? usesOf(env, group, coupon, issued)
    : isNearEnd
      ? countsOf(group, coupon)
      : null;
  return { coupon, issued, ask, version, madeMs };
}

/**
 * @param {EdgeEnv} env
 * @param {Knowledge} knowledge
 * @param {string} typed
 * @returns {Promise<Resolved | null>}
 */
async function couponOf(env, knowledge, typed) {
  const { code, generated, kind } = callModule(() => readCode(typed));
  if (code === null || generated === null) return null;
  const named = knowledge.named.get(code);
  if (named !== undefined) return { coupon: named, issued: null, shard: null };
  const tagged = kind === "tagged" ? await taggedCoupon(env, knowledge, generated) : null;
  if (tagged !== null) return { coupon: tagged.coupon, issued: generated, shard: null };
  const found = await issuedCode(env, { code, generated });
  if (found === null || found.revoked) return null;
  const coupon = knowledge.coupons.get(found.coupon) ?? (await definitionOf(env, found.coupon));
  if (coupon === null) return null;
  const issued = coupon.codes.kind === "named" ? null : found.code;
  return { coupon, issued, shard: found.shard };
}

/**
 * A coupon that is too young, too old or switched off to be known here.
 * @param {EdgeEnv} env
 * @param {string} id
 */
async function definitionOf(env, id) {
  const found = /** @type {any} */ (await directoryOf(env).coupon(id));
  return "refusal" in found ? null : found.coupon;
}

/**
 * Asks how often a coupon was used.
 * @param {DurableObjectStub<import("./coupons/group.js").CouponGroup>} group
 * @param {any} coupon
 * @returns {() => Promise<Asked>}
 */
function countsOf(group, coupon) {
  return async () => ({ coupon, counts: await group.counts(coupon.id) });
}

/**
 * Asks whether a code, which may be used once, is used or revoked.
 * @param {EdgeEnv} env
 * @param {DurableObjectStub<import("./coupons/group.js").CouponGroup>} group
 * @param {any} coupon
 * @param {string} code
 * @returns {(purchase: any) => Promise<Asked>}
 */
function usesOf(env, group, coupon, code) {
  return async (purchase) => {
    // What is revoked is nobody's.
    if ((await codesOf(env, code).find(code))?.revoked) return { coupon: null, counts: null };
    const uses = /** @type {any[]} */ (await /** @type {any} */ (group).lookup(code));
    const count = (/** @type {string} */ state) => uses.filter((use) => use.state === state).length;
    const isOwn = uses.some(
      ({ state, basket }) => state === "held" && basket !== null && basket === purchase.basket,
    );
    const [confirmed, reversed] = [count("confirmed"), count("reversed")];
    const limits = { ...coupon.limits, max_redemptions: 1, per_customer: null, budget_minor: null };
    return {
      coupon: { ...coupon, limits },
      counts: { redeemed: confirmed + reversed, held: count("held"), reversed, own_hold: isOwn },
    };
  };
}
