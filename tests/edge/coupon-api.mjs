// @ts-check
// The operator's side of coupons as a program calls it.
import assert from "node:assert/strict";
import { eventually, request } from "./api.mjs";

/**
 * @param {string} url
 * @param {unknown} body
 */
export function post(url, body) {
  return request(url, { method: "POST", body: JSON.stringify(body) });
}

/** 20 % off anything, by one code or by generated ones. */
export const PERCENT = { benefit: { kind: "percent", percent: "20" } };

let groups = 0;

/**
 * A new group.
 * @param {string} url
 * @param {object} [more]
 */
export async function newGroup(url, more = {}) {
  groups += 1;
  const draft = { name: `Group ${groups}`, purpose: "marketing", ...more };
  const { status, body } = await post(`${url}/v1/coupon-groups`, draft);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

/**
 * A new coupon of a group, and the job that makes its codes.
 * @param {string} url
 * @param {string} group
 * @param {object} draft
 */
export async function newCoupon(url, group, draft) {
  const { status, body } = await post(`${url}/v1/coupon-groups/${group}/coupons`, {
    ...PERCENT,
    ...draft,
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

/**
 * A draft with generated codes.
 * @param {number} quantity
 * @param {object} [more]
 */
export function generated(quantity, more = {}) {
  return { codes: { kind: "generated", quantity, ...more } };
}

/**
 * @param {string} url
 * @param {string} group
 * @param {string} coupon
 * @param {any} file
 * @param {Record<string, string>} [headers]
 */
export function importCodes(url, group, coupon, file, headers = {}) {
  const address = `${url}/v1/coupon-groups/${group}/import?coupon=${coupon}`;
  return request(address, { method: "POST", body: file, headers });
}

/**
 * A job when it is over.
 * @param {string} url
 * @param {string} id
 * @param {number} [limitMs]
 */
export function ended(url, id, limitMs) {
  return eventually(async () => {
    const { status, body } = await request(`${url}/v1/coupon-jobs/${id}`);
    assert.equal(status, 200);
    assert.notEqual(body.state, "running", JSON.stringify(body));
    return body;
  }, limitMs);
}

/**
 * The rows of an import that were not taken, as they are written.
 * @param {string} url
 * @param {string} job
 */
export async function reportOf(url, job) {
  const { status, body, headers } = await request(`${url}/v1/coupon-jobs/${job}/report.csv`);
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^text\/csv/);
  return body.trimEnd().split("\r\n");
}

/** Of tagged codes. */
export const COUPON_KEYS = `0:${Buffer.alloc(32, 7).toString("base64url")}`;

let redemptions = 0;

/**
 * Holds or redeems a code for a purchase of 1,000 EUR cents.
 * @param {string} url
 * @param {string} code
 * @param {{ customer: string, confirm?: boolean, scope?: string }} of
 */
export async function redeemed(url, code, { customer, confirm = false, scope = "plan:gold" }) {
  redemptions += 1;
  const purchase = {
    customer: { id: customer, paid_before: true, segments: [] },
    currency: "EUR",
    scope,
    lines: [{ id: "a", unit_minor: 1000, quantity: 1 }],
  };
  const { status, body } = await request(`${url}/v1/redemptions`, {
    method: "POST",
    headers: { "idempotency-key": `redemption-${redemptions}` },
    body: JSON.stringify({ code, confirm, purchase }),
  });
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}
