// @ts-check
// What a decision means, for people: every reason, notice, obligation and rule in English and Spanish.
import { EN } from "./entitlement-texts-en.js";
import { ES } from "./entitlement-texts-es.js";

/**
 * @typedef {"en" | "es"} Language
 * @typedef {readonly string[]} Sentences of one meaning, the one that says most first; `{name}` is a parameter
 * @typedef {Record<string, Sentences>} Texts
 * @typedef {Record<string, unknown>} Parameters of a decision or of a step; times in UTC seconds
 */

/**
 * The sentences by kind and code, for whoever wants to check or to replace them.
 * @type {Record<Language, Record<"reason" | "notice" | "rule" | "obligation" | "device" | "word", Texts>>}
 */
export const TEXTS = { en: EN, es: ES };

const MS = 1000;

/** What no calendar has (ECMA-262, time values). */
const NEVER_S = 8.64e12;

/** Parameters that are instants. */
const TIMES = /_at$|^(from|to|since|until)$|_until$/;

/**
 * Why not, as a sentence. Of several ways to say it, the one is taken that says most of what is known.
 * @param {string} reason as in `NOT_YET_AVAILABLE`
 * @param {Parameters} [parameters] the decision itself, with what else is known: `country`, `device_class`, `limit`, ...
 * @param {string} [language] `es` and its kin are Spanish, everything else English
 * @returns {string} the code itself if it has no text
 */
export function reasonText(reason, parameters, language) {
  return text("reason", reason, parameters, language);
}

/**
 * What to know beside a decision that allows.
 * @param {string} notice as in `PAST_DUE_GRACE`
 * @param {Parameters} [parameters]
 * @param {string} [language]
 */
export function noticeText(notice, parameters, language) {
  return text("notice", notice, parameters, language);
}

/**
 * What a rule was judged by: a step of `explainDecision`. A grant says what stood in its way too.
 * @param {string} rule
 * @param {object} [parameters]
 * @param {string} [language]
 */
export function ruleText(rule, parameters, language) {
  const known = /** @type {Parameters & { obstacles?: string[] }} */ (parameters ?? {});
  const said = (known.obstacles ?? []).map((reason) => reasonText(reason, known, language));
  return [text("rule", rule, known, language), ...said].join(" ");
}

/**
 * What the page owes and what the viewer gets, of a decision that allows.
 * @param {{ max_height?: number | null, ads?: boolean | null, expires_at?: number | null }} decision
 * @param {string} [language]
 * @returns {string[]}
 */
export function obligationTexts({ max_height, ads, expires_at }, language) {
  const say = (/** @type {string} */ name) =>
    text("obligation", name, { max_height, expires_at }, language);
  return [
    ...(max_height ? [say("max_height")] : []),
    ...(ads === undefined || ads === null ? [] : [say(ads ? "ads" : "no_ads")]),
    // A right without an end has none that a calendar knows.
    ...(expires_at && expires_at < NEVER_S ? [say("expires_at")] : []),
  ];
}

/**
 * A whole decision: why not, or what is owed and what to know.
 * @param {{ allow: boolean, reasons: string[], notices?: string[], max_height?: number | null, ads?: boolean | null, expires_at?: number | null }} decision
 * @param {Parameters} [parameters] what is known besides
 * @param {string} [language]
 * @returns {string[]}
 */
export function decisionTexts(decision, parameters, language) {
  const known = { ...decision, ...parameters };
  return [
    ...decision.reasons.map((reason) => reasonText(reason, known, language)),
    ...(decision.notices ?? []).map((notice) => noticeText(notice, known, language)),
    ...(decision.allow ? obligationTexts(decision, language) : []),
  ];
}

/**
 * @param {"reason" | "notice" | "rule" | "obligation"} kind
 * @param {string} code
 * @param {Parameters} [parameters]
 * @param {string} [language]
 */
function text(kind, code, parameters = {}, language = "en") {
  const spoken = spokenOf(language);
  const sentences = TEXTS[spoken][kind][code] ?? [code];
  for (const sentence of sentences) {
    let isWhole = true;
    const written = sentence.replaceAll(/\{(\w+)\}/g, (_, name) => {
      const value = valueText(name, parameters[name], spoken);
      isWhole &&= value !== "";
      return value;
    });
    if (isWhole) return written;
  }
  return code;
}

/**
 * @param {string} language
 * @returns {Language}
 */
function spokenOf(language) {
  return /^es\b/i.test(language) ? "es" : "en";
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Language} language
 */
function valueText(name, value, language) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" && TIMES.test(name)) return momentText(value, language);
  // Heights and ratings are names as much as numbers: `1080`, never `1,080`.
  if (name === "country") return countryText(String(value), language);
  const { device, word } = TEXTS[language];
  const words = { device_class: device, status: word, kind: word }[name];
  return words?.[String(value)]?.[0] ?? String(value);
}

/**
 * @param {number} seconds UTC; shown in the zone of whoever reads it
 * @param {Language} language
 */
function momentText(seconds, language) {
  if (!(Math.abs(seconds) < NEVER_S)) return "";
  const format = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return format.format(seconds * MS);
}

/**
 * @param {string} code ISO 3166-1 alpha-2
 * @param {Language} language
 */
function countryText(code, language) {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code) ?? code;
  } catch {
    // No code of a country: as it is.
    return code;
  }
}
