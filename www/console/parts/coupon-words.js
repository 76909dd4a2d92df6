// @ts-check
// How coupons, money and moments are written in the language that is chosen.
import { NOTHING } from "./duration.js";
import { isKey, language, say } from "./texts.js";

/**
 * @typedef {import("./coupon-api.js").Coupon} Coupon
 * @typedef {import("./coupon-api.js").Benefit} Benefit
 * @typedef {import("./coupon-api.js").CouponWindow} CouponWindow
 */

/** Currencies that a form offers first; any other can be typed. */
export const CURRENCIES = ["EUR", "USD", "GBP", "MXN", "JPY"];

const DIGITS_MAX = 15;

/**
 * Digits after the point that a currency has.
 * @param {string} currency
 */
export function minorDigits(currency) {
  try {
    const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return options.maximumFractionDigits ?? 2;
  } catch {
    // No currency that `Intl` knows; the server says so.
    return 2;
  }
}

/**
 * @param {number | null | undefined} minor
 * @param {string | null | undefined} currency
 */
export function money(minor, currency) {
  if (minor === null || minor === undefined || !currency) return NOTHING;
  const digits = minorDigits(currency);
  // A decimal text keeps every digit; a division of floats would not.
  const text = `${minor < 0 ? "-" : ""}${decimal(Math.abs(minor), digits)}`;
  try {
    const format = new Intl.NumberFormat(language(), { style: "currency", currency });
    return format.format(/** @type {any} */ (text));
  } catch {
    return `${text} ${currency}`;
  }
}

/**
 * @param {number} minor not negative
 * @param {number} digits
 */
function decimal(minor, digits) {
  const padded = String(minor).padStart(digits + 1, "0");
  return digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/**
 * An amount as people type it, in minor units; null when it is none or has more digits than the currency.
 *
 * @param {string} text `12.50` or `12,50`
 * @param {string} currency
 */
export function minorFrom(text, currency) {
  const digits = minorDigits(currency);
  const [, whole = "", part = ""] = /^(\d+)(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  if (whole === "" || part.length > digits || whole.length + digits > DIGITS_MAX) return null;
  return Number(whole + part.padEnd(digits, "0"));
}

/** @param {number} value */
export function amount(value) {
  return value.toLocaleString(language());
}

/** @param {number | null | undefined} ms UTC */
export function moment(ms) {
  if (ms === null || ms === undefined) return NOTHING;
  return new Date(ms).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
}

/** @param {number | null | undefined} ms UTC; shown as the day in this browser's zone */
export function day(ms) {
  if (ms === null || ms === undefined) return NOTHING;
  return new Date(ms).toLocaleDateString(language(), { dateStyle: "medium" });
}

/** @param {string} date `YYYY-MM-DD`, which is the same day everywhere */
export function localDay(date) {
  const ms = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(ms)) return date;
  return new Date(ms).toLocaleDateString(language(), { dateStyle: "medium", timeZone: "UTC" });
}

/** @param {Benefit} benefit */
export function benefitText(benefit) {
  switch (benefit.kind) {
    case "percent":
      return say("benefit.percent.text", { percent: decimalText(benefit.percent) });
    case "fixed":
      return say("benefit.fixed.text", { amount: money(benefit.amount_minor, benefit.currency) });
    case "trial_days":
      return say("benefit.trial_days.text", { count: benefit.days });
    case "trial_until":
      return say("benefit.trial_until.text", {
        until: benefit.until_on ? localDay(benefit.until_on) : moment(benefit.until_ms),
      });
  }
}

/** @param {string} text a decimal with a point */
function decimalText(text) {
  return Number(text).toLocaleString(language(), { maximumFractionDigits: 20 });
}

/** @param {string[]} scopes */
export function scopesText(scopes) {
  return scopes.length === 0 ? say("scope.all") : scopes.map(scopeText).join(", ");
}

/** @param {string} scope as in `vod:title` */
export function scopeText(scope) {
  const [type = "", name = ""] = scope.split(/:(.*)/s);
  const key = `scope.${type}`;
  if (!isKey(key)) return scope;
  return name === "*" ? `${say(key)}: ${say("scope.any")}` : `${say(key)}: ${name}`;
}

/** @param {CouponWindow} window */
export function windowText({ starts_ms, ends_ms, starts_on, ends_on, tz }) {
  const from = starts_on ? localDay(starts_on) : starts_ms ? moment(starts_ms) : null;
  const to = ends_on ? localDay(ends_on) : ends_ms ? moment(ends_ms) : null;
  const text =
    from && to
      ? say("window.both", { from, to })
      : from
        ? say("window.from", { from })
        : to
          ? say("window.to", { to })
          : say("window.always");
  return tz && (starts_on || ends_on) ? `${text} (${tz.replaceAll("_", " ")})` : text;
}

/**
 * @param {Coupon} coupon
 * @param {number} nowMs
 * @returns {"inactive" | "scheduled" | "ended" | "active"}
 */
export function couponState({ active, window }, nowMs) {
  if (!active) return "inactive";
  if (window.starts_ms && nowMs < window.starts_ms) return "scheduled";
  if (window.ends_ms && nowMs >= window.ends_ms) return "ended";
  return "active";
}

/**
 * A closed word of the server, such as a state or a purpose.
 *
 * @param {string} prefix
 * @param {string} name
 */
export function named(prefix, name) {
  const key = `${prefix}.${name}`;
  return isKey(key) ? say(key) : name;
}

/**
 * A generated code in groups of four; a name as it is.
 *
 * @param {string} code canonical
 * @param {boolean} generated
 */
export function codeText(code, generated) {
  return generated ? (code.match(/.{1,4}/g) ?? [code]).join("-") : code;
}

/** @param {Coupon} coupon */
export function couponName({ codes }) {
  if (codes.kind === "named") return codes.code;
  return say(codes.tagged ? "coupon.tagged" : "coupon.generated");
}
