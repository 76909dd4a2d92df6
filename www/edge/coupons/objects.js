// @ts-check
import { hashOf } from "../shard.js";

/** @typedef {Pick<import("../coupons.js").CouponsEnv, "TENANT" | "COUPON_DIRECTORY" | "COUPON_CODES" | "COUPON_GROUP">} CouponObjects */

/** Objects over which all codes of a tenant are spread. */
export const CODE_SHARDS = 16;

/** @param {Pick<CouponObjects, "TENANT" | "COUPON_DIRECTORY">} env */
export function directoryOf(env) {
  return env.COUPON_DIRECTORY.getByName(env.TENANT);
}

/**
 * Which of the CODE_SHARDS objects has a code.
 * @param {string} code
 */
export function codeShardOf(code) {
  return hashOf(code) % CODE_SHARDS;
}

/**
 * The object that has a code.
 * @param {Pick<CouponObjects, "TENANT" | "COUPON_CODES">} env
 * @param {string} code
 */
export function codesOf(env, code) {
  return codesAt(env, codeShardOf(code));
}

/**
 * @param {Pick<CouponObjects, "TENANT" | "COUPON_CODES">} env
 * @param {number} shard
 */
export function codesAt(env, shard) {
  return env.COUPON_CODES.getByName(`${env.TENANT}/${shard}`);
}

/**
 * Which shard of its group consumes a code.
 * @param {string} code
 * @param {number} shards
 */
export function groupShardOf(code, shards) {
  return hashOf(code) % shards;
}

/**
 * The object that consumes.
 * @param {Pick<CouponObjects, "TENANT" | "COUPON_GROUP">} env
 * @param {string} group
 * @param {number} shard
 */
export function groupAt(env, group, shard) {
  return env.COUPON_GROUP.getByName(`${env.TENANT}/${group}/${shard}`);
}
