// @ts-check
// What the box office of the demo sells, and what its backend and the edge answer about an order.
import { call } from "./api.js";
import { sessionToken } from "./session-token.js";
import { language } from "./texts.js";

/**
 * @typedef {object} Good
 * @property {string} scope
 * @property {number} unit_minor
 * @property {string} currency
 * @property {Record<string, unknown>} purchase what a coupon is judged by
 *
 * @typedef {object} Checked what the edge says of a coupon, without consuming it
 * @property {boolean} valid
 * @property {string | null} [message]
 * @property {number} discount_minor
 * @property {number} subtotal_minor
 * @property {number} total_minor
 * @property {string | null} [currency]
 * @property {{ id: string, discount_minor: number }[]} lines
 * @property {number | null} [access_until_ms]
 * @property {number | null} [ends_ms]
 * @property {{ version: number, age_ms: number } | null} [knowledge]
 * @property {string | null} [reason] for the operator
 * @property {{ name: string, value: string }[]} [parameters] for the operator
 * @property {string | null} [text] the reason in words, for the operator
 *
 * @typedef {{ order: string, viewer: string, scope: string, code?: string }} Order
 * @typedef {{ paid_minor: number, currency: string, redemption: import("./coupon-api.js").Redemption | null }} Paid
 */

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @returns {Promise<Good[]>} */
export async function goodsOnSale() {
  return (await call("/checkout")).goods;
}

/**
 * Asks the edge, which answers what a customer may know; the operator's path adds why.
 *
 * @param {"/v1/coupons/check" | "/checkout/check"} path
 * @param {string} viewer
 * @param {string} code
 * @param {Good} good
 * @returns {Promise<Checked>}
 */
export async function checkCoupon(path, viewer, code, { purchase }) {
  const token = await sessionToken(viewer);
  const judged = { ...purchase, customer: { id: viewer }, tz: zone() };
  const body = { code, viewer, ...(token ? { token } : {}), purchase: judged };
  return call(path, { method: "POST", body, headers: { "accept-language": language() } });
}

/**
 * @param {Order} order
 * @returns {Promise<Paid>}
 */
export function buy(order) {
  return call("/checkout", { method: "POST", body: { ...order, tz: zone() } });
}

/**
 * @param {string} order
 * @param {string | undefined} redemption
 */
export function cancelOrder(order, redemption) {
  return call("/checkout/cancel", { method: "POST", body: { order, redemption } });
}
