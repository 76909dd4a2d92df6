// @ts-check
// A checkout's backend: what it sends to reserve and to settle, again and again until it is answered.
import assert from "node:assert/strict";
import { request } from "./api.mjs";
import { OPERATOR_KEY } from "./server.mjs";

/** Times that a request is sent again, with the same key, before a test fails. */
const TRIES_MAX = 200;

/** @typedef {import("./api.mjs").Answer} Answer */

/**
 * @param {string} url
 * @param {string} path
 * @param {unknown} body a text as it is; anything else as JSON
 * @param {string | null} [key]
 * @returns {Promise<Answer>}
 */
export function post(url, path, body, key = null) {
  const headers = {
    authorization: `Bearer ${OPERATOR_KEY}`,
    ...(key === null ? {} : { "idempotency-key": key }),
  };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return request(`${url}${path}`, { method: "POST", headers, body: text });
}

/**
 * @param {string} url
 * @param {string} path
 */
export function get(url, path) {
  return request(`${url}${path}`, { headers: { authorization: `Bearer ${OPERATOR_KEY}` } });
}

/**
 * Sends until there is an answer that is no fault of the other side; always with the same key and body.
 * @param {() => string} url where the server is by now
 * @param {string} path
 * @param {unknown} body
 * @param {string} key
 */
export async function insist(url, path, body, key) {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = await post(url(), path, body, key).catch(() => null);
    if (answer !== null && answer.status < 500) return answer;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`\`${path}\` was not answered`);
}

/** What a coupon of these tests is, unless one says otherwise. */
const COUPON = {
  detail: "for tests",
  active: true,
  scopes: [],
  benefit: { kind: "percent", percent: "10" },
  target: { kind: "order" },
  limits: {},
  release_on_cancel: true,
};

let groups = 0;

/**
 * A group of its own with a coupon that is called by one code.
 * @param {string} url
 * @param {object} [limits]
 * @param {object} [more]
 */
export async function makeCoupon(url, limits = {}, more = {}) {
  groups += 1;
  const name = `tests ${groups}`;
  const group = await post(url, "/v1/coupon-groups", { name, purpose: "internal" });
  assert.equal(group.status, 201, JSON.stringify(group.body));
  const code = `CODE_${groups}`;
  const path = `/v1/coupon-groups/${group.body.id}/coupons`;
  const made = await post(url, path, {
    ...COUPON,
    codes: { kind: "named", code },
    ...more,
    limits: { ...COUPON.limits, ...limits },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return { code, group: String(group.body.id), coupon: String(made.body.coupon.id) };
}

/**
 * The body of a reservation.
 * @param {string} code
 * @param {string} customer
 * @param {object} [more]
 * @param {object} [purchase]
 */
export function reservation(code, customer, more = {}, purchase = {}) {
  return {
    code,
    purchase: {
      customer: { id: customer },
      currency: "EUR",
      scope: "plan:premium",
      lines: [{ id: "plan", unit_minor: 1299, quantity: 1 }],
      ...purchase,
    },
    ...more,
  };
}
