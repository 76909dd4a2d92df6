// @ts-check
// How long the edge build takes to check a coupon in full, through its border: plain data in, a decision out.
import { checkCoupon, init } from "usher/edge";
import { moduleBytes } from "../js/module-bytes.mjs";
import { median } from "./median.mjs";

const ROUNDS = 15;
const CHECKS_PER_ROUND = 20_000;

/** Every key that the operator API writes, frozen as the edge freezes what it knows. */
const COUPON = {
  id: "summer",
  group: "campaign",
  version: 1,
  detail: "for the summer",
  active: true,
  window: {
    starts_ms: 1_000,
    ends_ms: 9_000_000_000_000,
    starts_on: null,
    ends_on: null,
    tz: null,
  },
  codes: /** @type {const} */ ({ kind: "named", code: "SUMMER" }),
  scopes: ["plan:*"],
  benefit: /** @type {const} */ ({ kind: "percent", percent: "12.5" }),
  target: /** @type {const} */ ({ kind: "order" }),
  combine: /** @type {const} */ ("replace"),
  stacking: { exclusive_group: null },
  duration: /** @type {const} */ ({ kind: "once" }),
  limits: {
    max_redemptions: 1_000,
    per_customer: 1,
    budget_minor: null,
    budget_currency: null,
    first_purchase_only: false,
    customer_ids: [],
    segment: null,
    plans: [],
    min_subtotal_minor: null,
    min_quantity: null,
    countries: [],
  },
  release_on_cancel: true,
};

const PURCHASE = {
  customer: { id: "anna", paid_before: true, segments: [] },
  scope: "plan:family",
  currency: "EUR",
  lines: [{ id: "family", unit_minor: 1_499, quantity: 1 }],
};

for (const part of [COUPON, ...Object.values(COUPON)]) Object.freeze(part);

const QUESTION = {
  code: "sum-mer",
  coupon: COUPON,
  purchase: PURCHASE,
  counts: null,
  now_ms: 2_000,
};

/**
 * @typedef {object} CouponCheck
 * @property {number} checks
 * @property {number} microseconds of one check, the median of the rounds
 * @property {number} leastMicroseconds that of the fastest round, in which least else ran on the machine
 * @property {number} knownMicroseconds the median where the counts are known
 */

/** @returns {Promise<CouponCheck>} */
export async function measureCouponCheck() {
  await init(moduleBytes("edge"));
  const counts = { redeemed: 10, held: 2, reversed: 1, customer: { redeemed: 0 } };
  const rounds = measure(QUESTION);
  return {
    checks: ROUNDS * CHECKS_PER_ROUND,
    microseconds: median(rounds),
    leastMicroseconds: Math.min(...rounds),
    knownMicroseconds: median(measure({ ...QUESTION, counts })),
  };
}

/** @param {any} question */
function measure(question) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const beganMs = performance.now();
    for (let check = 0; check < CHECKS_PER_ROUND; check += 1) {
      if (checkCoupon(question).discount_minor !== 187) throw new Error("expected 187 off");
    }
    rounds.push(((performance.now() - beganMs) * 1_000) / CHECKS_PER_ROUND);
  }
  return rounds;
}
