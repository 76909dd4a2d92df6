// @ts-check
// The rules of a decision, each in a line: how it came out, what it asks, and what it was judged by.
import { named } from "./coupon-words.js";
import { make } from "./element.js";
import { countryName, height, instant } from "./rights-words.js";
import { isKey, language, say } from "./texts.js";

/**
 * @typedef {import("./decision-try.js").Step} Step
 * @typedef {typeof import("usher/entitlement")} Sentences
 */

/** The rule that ends in a reason or a notice; those of grants name their own. */
const RULE_OF = /** @type {Record<string, string>} */ ({
  ACCOUNT_CLOSED: "account",
  ACCOUNT_SUSPENDED: "account",
  CHARGEBACK: "account",
  PAST_DUE: "past_due",
  PAST_DUE_GRACE: "past_due",
  TITLE_UNKNOWN: "title",
  COUNTRY_UNKNOWN: "country",
  GEO_BLOCKED: "territory",
  NOT_YET_AVAILABLE: "window",
  NO_LONGER_AVAILABLE: "window",
  BLACKOUT: "blackout",
  RATING_BLOCKED: "rating",
  DEVICE_LIMIT: "device_limit",
  STREAM_LIMIT: "stream_limit",
});

/** Closed words by what holds them; `kind` of a grant. */
const WORDS = /** @type {Record<string, string>} */ ({
  status: "account.status",
  kind: "grant.kind",
  device_class: "device_class",
});

const MOMENTS = /(_at|_until)$|^(from|to|since|until|now)$/;

/**
 * What the rule that ended in a reason knows of it.
 *
 * @param {Step[]} steps
 * @param {string} code of a reason or a notice
 * @returns {Record<string, unknown>}
 */
export function parametersOf(steps, code) {
  const found = steps.find(({ rule, parameters }) => {
    const obstacles = parameters?.["obstacles"];
    return rule === RULE_OF[code] || (Array.isArray(obstacles) && obstacles.includes(code));
  });
  return found?.parameters ?? {};
}

/**
 * @param {Step} step
 * @param {Sentences} sentences
 */
export function stepLine({ rule, outcome, parameters = {} }, sentences) {
  const line = make("li", "step");
  line.dataset.outcome = outcome;
  line.dataset.rule = rule;
  const sentence = sentences.ruleText(rule, parameters, language());
  const details = Object.entries(parameters)
    .map(([name, value]) => ({ name, text: valueText(name, value, sentences) }))
    // What the sentence says already is not said twice.
    .filter(({ text }) => text !== "" && !sentence.includes(text))
    .map(({ name, text }) => `${parameterName(name)}: ${text}`);
  line.append(make("b", "ruling", say(`try.${outcome}`)), make("span", "", sentence));
  if (details.length > 0) line.append(make("small", "", details.join(" · ")));
  return line;
}

/** @param {string} name */
function parameterName(name) {
  const key = `step.${name}`;
  return isKey(key) ? say(key) : name;
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Sentences} sentences
 */
function valueText(name, value, { reasonText }) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return say(value ? "yes" : "no");
  if (typeof value === "number" && MOMENTS.test(name)) return instant(value);
  if (typeof value === "number" && name === "max_height") return height(value);
  if (name === "country") return countryName(String(value));
  const words = WORDS[name];
  if (words) return named(words, String(value));
  if (!Array.isArray(value)) return String(value);
  const texts =
    name === "obstacles" ? value.map((code) => reasonText(code, {}, language())) : value;
  return texts.join(" ");
}
