// @ts-check
// Cases of `usher-coupon-cases/1`: a coupon, a purchase, and what must become of them. Their keys become ours;
// what is judged is judged by the module: the coupon is made by the office build, checked by both.
import { init as initEdge, checkCoupon as checkAtEdge } from "usher/edge";
import {
  checkCoupon,
  generateCodes,
  init as initOffice,
  planCodes,
  resolveCoupon,
  reverseCoupon,
} from "usher/office";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** @typedef {import("./run.mjs").Failure} Failure */

/** @param {string} build */
const moduleOf = (build) => readFileSync(fileURLToPath(import.meta.resolve(`usher/${build}.wasm`)));

export async function initCoupons() {
  await Promise.all([initEdge(moduleOf("edge")), initOffice(moduleOf("office"))]);
}

/** @type {Record<string, (one: any) => Record<string, any>>} */
const OPERATIONS = { check, generate, reverse };

/**
 * What differs from `expect`.
 * @param {any} one
 * @returns {Failure[]}
 */
export function couponFailures(one) {
  const op = one.context.op ?? "check";
  const operation = OPERATIONS[op];
  if (!operation) return [{ key: "unsupported", expected: Object.keys(OPERATIONS), got: op }];
  const got = operation(one);
  return Object.entries(one.expect).flatMap(([key, expected]) => {
    const judge = EXPECTED[key];
    if (!judge) return [{ key, expected, got: "unsupported key" }];
    const found = judge(got, expected);
    return isSame(found, expected) ? [] : [{ key, expected, got: found ?? null }];
  });
}

/**
 * What is found under each key of `expect`, in its form.
 * @type {Record<string, (got: Record<string, any>, expected: any) => unknown>}
 */
const EXPECTED = {
  valid: (got) => got.valid,
  reason: (got) => got.reason,
  consumes: (got) => got.consumes,
  discount_minor: (got) => got.discount_minor,
  subtotal_minor: (got) => got.subtotal_minor,
  total_minor: (got) => got.total_minor,
  remaining_minor: (got) => got.carried.remaining_minor,
  periods_remaining: (got) => got.carried.periods_remaining,
  terminated: (got) => got.carried.terminated,
  per_line: (got, expected) => {
    const lines = got.lines.map((/** @type {any} */ line) => [line.id, line.discount_minor]);
    const discounts = new Map(lines);
    return Object.fromEntries(Object.keys(expected).map((id) => [id, discounts.get(id)]));
  },
  access_until: (got, expected) => {
    const isSameInstant = Date.parse(expected) === got.access_until_ms;
    return isSameInstant || got.access_until_ms === null
      ? isSameInstant && expected
      : new Date(got.access_until_ms).toISOString();
  },
  count: (got) => got.codes.length,
  unique: (got) => new Set(got.codes).size === got.codes.length,
  matches: (got, expected) =>
    got.codes.every((/** @type {string} */ code) => new RegExp(expected).test(code)) && expected,
};

/**
 * @param {unknown} found
 * @param {unknown} expected
 */
const isSame = (found, expected) => JSON.stringify(found ?? null) === JSON.stringify(expected);

/** @param {any} one */
function check({ coupon, context, now }) {
  const question = {
    code: context.code_entered,
    issued: coupon.code_class === "generated" ? coupon.code : null,
    coupon: made(coupon, context),
    purchase: purchaseOf(coupon, context),
    counts: countsOf(coupon, context),
    now_ms: Date.parse(now),
    stack: (context.stack ?? []).map((/** @type {any} */ other) => made(other, context)),
  };
  const decision = checkCoupon(question);
  const atEdge = checkAtEdge(question);
  if (!isSame(atEdge, decision)) throw new Error(`the edge says ${JSON.stringify(atEdge)}`);
  return decision;
}

/** @param {any} one */
function reverse({ coupon, context }) {
  const carried = reverseCoupon({
    coupon: made(coupon, context),
    carried: carriedOf(coupon),
    discount_minor: null,
  });
  return { valid: true, carried };
}

/** @param {any} one */
function generate({ coupon }) {
  const shape = {
    alphabet: coupon.alphabet ?? null,
    length: coupon.length ?? null,
    pattern: coupon.pattern ?? null,
    prefix: coupon.prefix ?? null,
    max_length: coupon.max_length ?? null,
    max_fill: coupon.max_fill === undefined ? null : Number(coupon.max_fill),
  };
  const order = { shape, quantity: coupon.count, existing: coupon.existing ?? 0, shown: true };
  try {
    planCodes(order);
    const codes = new TextDecoder().decode(generateCodes(order)).split("\n");
    return { valid: true, discount_minor: 0, codes: codes.filter((code) => code) };
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    return { valid: false, reason: code.toUpperCase(), discount_minor: 0, codes: [] };
  }
}

/**
 * The coupon, made of what an operator would have written.
 * @param {any} coupon
 * @param {any} context
 */
function made(coupon, context) {
  const tz = coupon.tz ?? context.tz ?? null;
  const hasMoney = coupon.budget_minor !== undefined || coupon.min_subtotal_minor !== undefined;
  return resolveCoupon({
    id: "case",
    group: "conformance",
    version: 1,
    written: {
      detail: coupon.detail ?? "",
      active: coupon.active ?? true,
      window: {
        starts_at: coupon.starts_at ?? null,
        ends_at: coupon.ends_at ?? null,
        starts_on: coupon.starts_on ?? null,
        ends_on: coupon.ends_on ?? null,
        tz,
      },
      codes:
        coupon.code_class === "generated"
          ? { kind: "generated", tagged: false }
          : { kind: "named", code: coupon.code ?? "CASE" },
      scopes: coupon.scopes ?? [],
      benefit: benefitOf(coupon, tz),
      target: targetOf(coupon),
      combine: coupon.combine ?? "replace",
      stacking: { exclusive_group: coupon.exclusive_group ?? null },
      duration: durationOf(coupon),
      limits: {
        max_redemptions: coupon.max_redemptions ?? null,
        per_customer: coupon.per_customer_limit ?? null,
        budget_minor: coupon.budget_minor ?? null,
        budget_currency: hasMoney ? (coupon.currency ?? context.currency ?? null) : null,
        first_purchase_only: coupon.first_purchase_only ?? coupon.new_subscribers_only ?? false,
        customer_ids: coupon.customer_ids ?? [],
        segment: coupon.segment ?? null,
        plans: coupon.plans ?? [],
        min_subtotal_minor: coupon.min_subtotal_minor ?? null,
        min_quantity: coupon.min_quantity ?? null,
        countries: coupon.countries ?? [],
      },
      release_on_cancel: coupon.release_on_cancel ?? true,
    },
  });
}

/**
 * @param {any} coupon
 * @param {string | null} tz
 * @returns {any} one of the kinds, of which the module knows which there are
 */
function benefitOf({ kind, ...coupon }, tz) {
  switch (kind) {
    case "percent":
      return { kind, percent: coupon.percent };
    case "fixed":
      return { kind, amount_minor: coupon.amount_minor, currency: coupon.currency };
    case "trial_days":
      return { kind, days: coupon.days, days_mode: coupon.days_mode ?? "calendar" };
    case "trial_until":
      return { kind, until_on: coupon.until_on, until_at: coupon.until_at, tz };
    default:
      return { kind };
  }
}

/**
 * @param {any} coupon
 * @returns {any}
 */
function targetOf({ target = "order", max_units = null }) {
  if (target.startsWith("lines:")) {
    return { kind: "lines", ids: target.slice("lines:".length).split(",") };
  }
  return target === "each_line" ? { kind: target, max_units } : { kind: target };
}

/**
 * @param {any} coupon
 * @returns {any}
 */
function durationOf({ frequency = "once", periods, periods_remaining }) {
  return frequency === "repeating"
    ? { kind: frequency, periods: periods ?? periods_remaining }
    : { kind: frequency };
}

/** @param {any} coupon */
function carriedOf({ terminated = false, remaining_minor, periods_remaining }) {
  const left = terminated ? 0 : null;
  return {
    remaining_minor: remaining_minor ?? left,
    periods_remaining: periods_remaining ?? left,
  };
}

/**
 * @param {any} coupon
 * @param {any} context
 */
function purchaseOf(coupon, context) {
  const { customer } = context;
  return {
    customer: customer
      ? {
          id: customer.id ?? "",
          paid_before: customer.paid_before ?? false,
          segments: customer.segments ?? [],
        }
      : null,
    country: context.country ?? null,
    scope: context.scope ?? null,
    currency: context.currency ?? null,
    lines: (context.lines ?? []).map((/** @type {any} */ { id, unit_minor, qty }) => ({
      id,
      unit_minor,
      quantity: qty,
    })),
    shipping_minor: context.shipping_minor ?? 0,
    basket: null,
    applied_groups: context.applied_groups ?? [],
    applied_codes: context.already_applied_codes ?? [],
    already_on_this_bill: context.already_on_this_bill ?? false,
    tz: context.tz ?? coupon.tz ?? null,
    trial_from_ms: instant(context.trial_from),
    current_access_until_ms: instant(context.current_access_until),
    existing_trial_days: context.existing_trial_days ?? null,
    carried: carriedOf(coupon),
  };
}

/**
 * @param {any} coupon
 * @param {any} context
 */
function countsOf(coupon, { customer, own_hold = false }) {
  /** @param {any} of */
  const uses = (of) => ({
    redeemed: of?.redeemed ?? 0,
    held: of?.held ?? 0,
    reversed: of?.reversed ?? 0,
  });
  const budget_used_minor = coupon.budget_used_minor ?? 0;
  return { ...uses(coupon), budget_used_minor, customer: uses(customer), own_hold };
}

/** @param {string | undefined} text */
const instant = (text) => (text === undefined ? null : Date.parse(text));
