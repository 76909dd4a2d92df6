// @ts-check
// Everything that a coupon says about itself, as names and values.
import {
  amount,
  benefitText,
  money,
  moment,
  named,
  scopesText,
  windowText,
} from "./coupon-words.js";
import { say } from "./texts.js";

/** @typedef {import("./coupon-api.js").Coupon} Coupon */

/**
 * @param {Coupon} coupon
 * @returns {[string, string | null][]}
 */
export function couponTerms(coupon) {
  const { window, target, duration, stacking, limits } = coupon;
  const isTrial = coupon.benefit.kind.startsWith("trial");
  return [
    [say("coupons.benefit"), benefitText(coupon.benefit)],
    [say("form.type"), scopesText(coupon.scopes)],
    [say("coupons.window"), windowText(window)],
    [say("window.instants"), instants(coupon)],
    [say("form.target"), isTrial ? null : targetText(target)],
    [say("form.combine"), isTrial ? named("form.combine", coupon.combine) : null],
    [say("form.duration"), durationText(duration)],
    [say("form.exclusive_group"), stacking.exclusive_group ?? null],
    ...limitTerms(limits),
    [say("form.release_on_cancel"), say(coupon.release_on_cancel ? "release.yes" : "release.no")],
    [say("coupon.id"), coupon.id],
    [say("coupon.version"), amount(coupon.version)],
  ];
}

/** @param {Coupon} coupon */
function instants({ window: { starts_ms, ends_ms, tz } }) {
  // Whole days of another zone begin at another moment here.
  if (!tz || (!starts_ms && !ends_ms)) return null;
  return `${moment(starts_ms)} – ${moment(ends_ms)}`;
}

/** @param {Coupon["target"]} target */
function targetText({ kind, ids = [], max_units }) {
  const text = named("form.target", kind);
  if (ids.length > 0) return `${text}: ${ids.join(", ")}`;
  return max_units ? `${text} (${say("target.max_units", { count: max_units })})` : text;
}

/** @param {Coupon["duration"]} duration */
function durationText({ kind, periods }) {
  return kind === "repeating" && periods
    ? say("duration.periods", { count: periods })
    : named("form.duration", kind);
}

/**
 * @param {Coupon["limits"]} limits
 * @returns {[string, string | null][]}
 */
function limitTerms(limits) {
  const number = (/** @type {number | null | undefined} */ value) =>
    value === null || value === undefined ? null : amount(value);
  return [
    [say("limits.max_redemptions"), number(limits.max_redemptions)],
    [say("limits.per_customer"), number(limits.per_customer)],
    [
      say("limits.budget"),
      limits.budget_minor ? money(limits.budget_minor, limits.budget_currency) : null,
    ],
    [say("limits.min_quantity"), number(limits.min_quantity)],
    [
      say("limits.min_subtotal"),
      limits.min_subtotal_minor ? money(limits.min_subtotal_minor, limits.budget_currency) : null,
    ],
    [say("limits.first_purchase_only"), limits.first_purchase_only ? say("yes") : null],
    [say("limits.customer_ids"), limits.customer_ids.join(", ")],
    [say("limits.segment"), limits.segment ?? null],
    [say("limits.plans"), (limits.plans ?? []).join(", ")],
    [say("limits.countries"), limits.countries.join(", ")],
  ];
}
