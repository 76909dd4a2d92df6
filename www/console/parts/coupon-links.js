// @ts-check
// Where the parts of the coupon page lie, and the small marks that stand in its tables.
import { named } from "./coupon-words.js";
import { make } from "./element.js";

/** @param {string} id */
export function groupLink(id) {
  return `#/groups/${encodeURIComponent(id)}`;
}

/** @param {string} id */
export function couponLink(id) {
  return `#/coupons/${encodeURIComponent(id)}`;
}

/** @param {string} code */
export function codeLink(code) {
  return `#/codes/${encodeURIComponent(code)}`;
}

/**
 * @param {string} href
 * @param {string} text
 */
export function link(href, text) {
  const made = make("a", "", text);
  made.href = href;
  return made;
}

/** @param {string} state of a coupon, a code, a redemption or a job */
export function stateMark(state) {
  const mark = make("span", "mark", named("state", state));
  mark.dataset.state = state;
  return mark;
}
