// @ts-check
// A new coupon as an operator writes it, out of what stands in a form. Nothing is judged here: what is no
// number or no date goes to the server as it was typed, and the server says which field it means.
import { minorFrom } from "./coupon-words.js";
import { countries, list, optionalWhole, reader, whole } from "./typed.js";

/** @typedef {Record<string, unknown>} Draft */

/** @param {FormData} form */
export function couponDraft(form) {
  const text = reader(form);
  const optional = (/** @type {string} */ name) => text(name) || undefined;
  return {
    detail: text("detail"),
    codes: codes(form, text),
    window: window(form, text),
    scopes: scopes(text),
    benefit: benefit(text),
    target: target(text),
    ...(optional("combine") ? { combine: text("combine") } : {}),
    stacking: { exclusive_group: optional("stacking.exclusive_group") },
    duration:
      text("duration.kind") === "repeating"
        ? { kind: "repeating", periods: whole(text("duration.periods")) }
        : { kind: text("duration.kind") },
    limits: limits(form, text),
    release_on_cancel: form.has("release_on_cancel"),
  };
}

/** @typedef {import("./typed.js").Read} Read */

/**
 * @param {FormData} form
 * @param {Read} text
 */
function codes(form, text) {
  if (text("codes.kind") === "named") return { kind: "named", code: text("codes.code") };
  const tagged = form.has("codes.tagged");
  return { kind: "generated", quantity: whole(text("codes.quantity")), tagged };
}

/**
 * @param {FormData} form
 * @param {Read} text
 */
function window(form, text) {
  switch (text("window.kind")) {
    case "days":
      if (!text("window.starts_on") && !text("window.ends_on")) return {};
      return {
        starts_on: text("window.starts_on") || undefined,
        ends_on: text("window.ends_on") || undefined,
        tz: text("window.tz"),
      };
    case "instants":
      return {
        starts_at: instant(text("window.starts_at")),
        ends_at: instant(text("window.ends_at")),
      };
    default:
      return {};
  }
}

/**
 * RFC 3339 of a local date and time that the form calls UTC.
 * @param {string} text as `datetime-local` gives it, with or without seconds
 */
function instant(text) {
  if (text === "") return undefined;
  return `${text.length === "2026-01-01T00:00".length ? `${text}:00` : text}Z`;
}

/** @param {Read} text */
function scopes(text) {
  const type = text("scopes.type");
  return type === "all" ? [] : [`${type}:${text(`scopes.${type}`) || "*"}`];
}

/** @param {Read} text */
function benefit(text) {
  const kind = text("benefit.kind");
  switch (kind) {
    case "percent":
      return { kind, percent: text("benefit.percent").replace(",", ".") };
    case "fixed": {
      const currency = text("benefit.currency").toUpperCase();
      return { kind, amount_minor: minor(text("benefit.amount_minor"), currency), currency };
    }
    case "trial_days":
      return { kind, days: whole(text("benefit.days")), days_mode: text("benefit.days_mode") };
    default:
      return { kind, until_on: text("benefit.until_on"), tz: text("benefit.tz") };
  }
}

/** @param {Read} text */
function target(text) {
  const kind = text("target.kind") || "order";
  if (kind === "lines") return { kind, ids: list(text("target.ids")) };
  if (kind === "each_line") {
    return { kind, max_units: optionalWhole(text("target.max_units")) };
  }
  return { kind };
}

/**
 * @param {FormData} form
 * @param {Read} text
 */
function limits(form, text) {
  const currency = text("limits.budget_currency").toUpperCase();
  const budget = text("limits.budget_minor");
  const subtotal = text("limits.min_subtotal_minor");
  const plans = list(text("limits.plans"));
  return {
    max_redemptions: optionalWhole(text("limits.max_redemptions")),
    per_customer: optionalWhole(text("limits.per_customer")),
    budget_minor: budget ? minor(budget, currency) : undefined,
    budget_currency: budget || subtotal ? currency : undefined,
    first_purchase_only: form.has("limits.first_purchase_only"),
    customer_ids: list(text("limits.customer_ids")),
    segment: text("limits.segment") || undefined,
    plans: plans.length > 0 ? plans : undefined,
    min_subtotal_minor: subtotal ? minor(subtotal, currency) : undefined,
    min_quantity: optionalWhole(text("limits.min_quantity")),
    countries: countries(text("limits.countries")),
  };
}

/**
 * @param {string} text
 * @param {string} currency
 */
function minor(text, currency) {
  return minorFrom(text, currency) ?? text;
}
