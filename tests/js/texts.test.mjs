// @ts-check
// The sentences of the operator's pages: complete in both languages, and all of them used.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { CATALOGUE_EN } from "../../www/console/parts/texts-catalogue-en.js";
import { CATALOGUE_ES } from "../../www/console/parts/texts-catalogue-es.js";
import { EN as COMMON_EN } from "../../www/console/parts/texts-en.js";
import { ES as COMMON_ES } from "../../www/console/parts/texts-es.js";
import { RIGHTS_EN } from "../../www/console/parts/texts-rights-en.js";
import { RIGHTS_ES } from "../../www/console/parts/texts-rights-es.js";
import { WATCH_EN } from "../../www/console/parts/texts-watch-en.js";
import { WATCH_ES } from "../../www/console/parts/texts-watch-es.js";

const EN = { ...COMMON_EN, ...CATALOGUE_EN, ...RIGHTS_EN, ...WATCH_EN };
const ES = { ...COMMON_ES, ...CATALOGUE_ES, ...RIGHTS_ES, ...WATCH_ES };

/** Words of closed sets, of which the key is put together where they are shown. */
const PUT_TOGETHER = [
  /^(state|purpose|scope|jobs\.kind|jobs\.state|figures\.by|theme|parameter|box\.good)\.\w+$/,
  /^form\.(codes\.kind|benefit\.kind|benefit\.days_mode|window\.kind)\.\w+$/,
  /^form\.(combine|target|scope|duration)\.\w+$/,
  /^groups\.(coupons|codes|used|held)$/,
  /^lookup\.(unused|held|used|reversed|revoked)$/,
  /^figures\.(reserved|confirmed|released|expired|reversed)$/,
  /^all$/,
  /^(asset|title\.to|device_class|account\.status|grant\.kind|grant\.state|tokens\.kind|step|audit\.allow)\.\w+$/,
  /^watch\.(account|small|device|stamp|step)\.\w+$/,
  /^(changes\.(added|changed|removed)|try\.who\.\w+|try\.(pass|fail|skip))$/,
];

const PAGES = new URL("../../www/console/", import.meta.url);
const sources = readdirSync(PAGES, { recursive: true })
  .map(String)
  .filter((name) => /\.(js|html)$/.test(name) && !/texts-[\w-]+\.js$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, PAGES), "utf8") }));

/** @param {import("../../www/console/parts/texts.js").Text | undefined} text */
const forms = (text) => (typeof text === "object" ? [text.one, text.other] : [String(text)]);

/** @param {string} text */
const parameters = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both_languages_have_the_same_keys_in_the_same_order", () => {
  assert.deepEqual(Object.keys(ES), Object.keys(EN));
});

test("no_file_of_sentences_repeats_a_key_of_another", () => {
  const keys = [COMMON_EN, CATALOGUE_EN, RIGHTS_EN, WATCH_EN].flatMap((texts) =>
    Object.keys(texts),
  );
  assert.equal(new Set(keys).size, keys.length);
});

test("both_languages_name_the_same_parameters_and_forms", () => {
  for (const [key, text] of Object.entries(EN)) {
    const other = ES[/** @type {keyof typeof EN} */ (key)];
    assert.equal(typeof other, typeof text, key);
    forms(text).forEach((form, index) => {
      const spanish = forms(other)[index] ?? "";
      assert.deepEqual(parameters(spanish), parameters(form), key);
      assert.notEqual(spanish.trim(), "", key);
      assert.notEqual(form.trim(), "", key);
    });
  }
});

test("every_text_that_a_page_names_exists", () => {
  let named = 0;
  for (const { name, text } of sources) {
    for (const [, key = ""] of text.matchAll(/data-(?:label-)?text="([^"]+)"/g)) {
      assert.ok(Object.hasOwn(EN, key), `${key} in ${name}`);
      named += 1;
    }
  }
  assert.ok(named > 50, `${named} keys`);
});

test("every_text_is_used_somewhere", () => {
  const all = sources.map(({ text }) => text).join("\n");
  const unused = Object.keys(EN).filter(
    (key) => !all.includes(`"${key}"`) && !PUT_TOGETHER.some((shape) => shape.test(key)),
  );
  assert.deepEqual(unused, []);
});

test("no_page_makes_elements_out_of_text", () => {
  for (const { name, text } of sources) {
    assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write/, name);
  }
});
