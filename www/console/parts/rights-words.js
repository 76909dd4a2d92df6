// @ts-check
// How rights are written in the language that is chosen: heights, countries, times in seconds, states.
import { named } from "./coupon-words.js";
import { NOTHING } from "./duration.js";
import { make } from "./element.js";
import { language, say } from "./texts.js";

/** @param {number | null | undefined} seconds UTC */
export function instant(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NOTHING;
  return new Date(seconds * 1000).toLocaleString(language(), {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

/**
 * @param {number} seconds UTC
 * @param {string} zone
 */
export function instantIn(seconds, zone) {
  const text = new Date(seconds * 1000).toLocaleString(language(), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  });
  return `${text} (${zone.replaceAll("_", " ")})`;
}

/** @param {number | null | undefined} lines of the picture */
export function height(lines) {
  return lines === null || lines === undefined ? NOTHING : `${lines}p`;
}

/** @param {number | null | undefined} least age */
export function rating(least) {
  return least ? say("rating.from", { age: least }) : say("rating.all");
}

/** @param {number} age that a viewer may watch up to */
export function upTo(age) {
  return say("rating.upto", { age });
}

/** @param {string} code ISO 3166-1 alpha-2 */
export function countryName(code) {
  try {
    return new Intl.DisplayNames(language(), { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** @param {string[]} codes */
export function countryNames(codes) {
  return new Intl.ListFormat(language(), { type: "conjunction" }).format(codes.map(countryName));
}

/** @param {number | null | undefined} seconds of a film */
export function length(seconds) {
  if (!seconds) return "";
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/**
 * A state as a small mark.
 *
 * @param {string} prefix of the key of its words
 * @param {string} state
 */
export function mark(prefix, state) {
  const made = make("span", "mark", named(prefix, state));
  made.dataset.state = state;
  return made;
}

/** How a stamp looks for each state. */
export const STAMPS = /** @type {Record<string, "good" | "wait" | "bad" | "idle">} */ ({
  ingest: "wait",
  ready: "wait",
  published: "good",
  retired: "idle",
  active: "good",
  past_due: "wait",
  suspended: "bad",
  chargeback: "bad",
  closed: "idle",
});

/** @param {string} id */
export const titleLink = (id) => `#/titles/${encodeURIComponent(id)}`;
/** @param {string} id */
export const planLink = (id) => `#/plans/${encodeURIComponent(id)}`;
/** @param {string} viewer */
export const viewerLink = (viewer) => `#/viewers/${encodeURIComponent(viewer)}`;
/** @param {Record<string, string>} asked */
export const decisionLink = (asked) => `#/decisions?${new URLSearchParams(asked)}`;
