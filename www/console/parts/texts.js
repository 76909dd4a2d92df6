// @ts-check
// What the operator's pages say, in the language that is chosen. The sentences stand in `texts-en.js` and
// `texts-es.js`, with the same keys; those of one page only in files of their own, which it adds.
import { make, write } from "./element.js";
import { remember, remembered } from "./preference.js";
import { EN } from "./texts-en.js";
import { ES } from "./texts-es.js";

/**
 * @typedef {keyof typeof EN | keyof typeof import("./texts-catalogue-en.js").CATALOGUE_EN
 *   | keyof typeof import("./texts-rights-en.js").RIGHTS_EN
 *   | keyof typeof import("./texts-watch-en.js").WATCH_EN} Key
 * @typedef {string | { one: string, other: string }} Text `{name}` stands for a parameter; the two forms
 *   are told apart by the parameter `count`
 * @typedef {Record<string, string | number>} Parameters
 * @typedef {"en" | "es"} Language
 */

/** @type {Record<Language, Record<string, Text>>} */
const TEXTS = { en: { ...EN }, es: { ...ES } };

/** @type {Language} */
let chosen = first();
/** @type {((language: Language) => void)[]} */
const listeners = [];

/**
 * Adds the sentences of one page, before it shows any.
 * @param {Record<string, Text>} en
 * @param {Record<string, Text>} es
 */
export function addTexts(en, es) {
  Object.assign(TEXTS.en, en);
  Object.assign(TEXTS.es, es);
}

export function language() {
  return chosen;
}

/** @param {(language: Language) => void} act called after every change */
export function onLanguage(act) {
  listeners.push(act);
}

/**
 * @param {Key} key
 * @param {Parameters} [parameters] numbers are written as the language writes them
 */
export function say(key, parameters = {}) {
  const text = TEXTS[chosen][key] ?? key;
  const form =
    typeof text === "string"
      ? text
      : new Intl.PluralRules(chosen).select(Number(parameters.count)) === "one"
        ? text.one
        : text.other;
  return form.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const value = parameters[name];
    return typeof value === "number" ? value.toLocaleString(chosen) : String(value ?? "");
  });
}

/**
 * Whether the texts have such a key, for what a server names.
 * @param {string} key
 * @returns {key is Key}
 */
export function isKey(key) {
  return Object.hasOwn(TEXTS.en, key);
}

/**
 * Writes a text that follows the language from now on.
 *
 * @param {HTMLElement} target
 * @param {Key} key
 * @param {Parameters} [parameters]
 */
export function word(target, key, parameters) {
  target.dataset.text = key;
  if (parameters) target.dataset.parameters = JSON.stringify(parameters);
  else delete target.dataset.parameters;
  write(target, say(key, parameters));
}

/**
 * A new element whose text follows the language.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Key} key
 * @param {Parameters} [parameters]
 */
export function worded(tag, className, key, parameters) {
  const made = make(tag, className);
  word(made, key, parameters);
  return made;
}

/**
 * Writes every text of a part of the page again: those in `data-text`, and names in `data-label-text`.
 * @param {ParentNode} root
 */
export function translate(root) {
  for (const target of root.querySelectorAll("[data-text]")) {
    if (!(target instanceof HTMLElement)) continue;
    const key = target.dataset.text ?? "";
    const parameters = JSON.parse(target.dataset.parameters ?? "{}");
    if (isKey(key)) write(target, say(key, parameters));
  }
  for (const target of root.querySelectorAll("[data-label-text]")) {
    const key = target.getAttribute("data-label-text") ?? "";
    if (isKey(key)) target.setAttribute("aria-label", say(key));
  }
}

/**
 * Fills a place with a button a language.
 * @param {HTMLElement} place
 */
export function languageSwitch(place) {
  const names = /** @type {const} */ ({ en: "English", es: "Español" });
  const buttons = /** @type {Language[]} */ (["en", "es"]).map((each) => {
    const button = make("button", "", each.toUpperCase());
    button.type = "button";
    button.lang = each;
    button.setAttribute("aria-label", names[each]);
    button.addEventListener("click", () => {
      chosen = each;
      remember("language", each);
      for (const act of listeners) act(each);
    });
    return button;
  });
  const show = () => {
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(button.lang === chosen));
  };
  place.replaceChildren(...buttons);
  // There may be several on a page.
  onLanguage(show);
  show();
}

/** @returns {Language} the last choice, or the first of the browser's languages that is spoken here */
function first() {
  const wishes = [remembered("language") ?? "", ...(globalThis.navigator?.languages ?? [])];
  for (const wish of wishes) {
    if (wish.startsWith("es")) return "es";
    if (wish.startsWith("en")) return "en";
  }
  return "en";
}
