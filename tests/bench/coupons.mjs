// @ts-check
// Coupons: every figure of the part `coupons`.
import { measureCouponCheck } from "./coupon-check.mjs";
import { measureCouponCodes } from "./coupon-codes.mjs";
import { measureCouponEdge } from "./coupon-edge.mjs";

/**
 * @typedef {object} Coupons
 * @property {import("./coupon-codes.mjs").CouponCodes} codes
 * @property {import("./coupon-check.mjs").CouponCheck} check
 * @property {import("./coupon-edge.mjs").CouponEdge} edge
 */

/** @returns {Promise<Coupons>} */
export async function measureCoupons() {
  return {
    codes: await measureCouponCodes(),
    check: await measureCouponCheck(),
    edge: await measureCouponEdge(),
  };
}
