// @ts-check
// What decisions mean, for people: complete in both languages, and as exact as what is known.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  TEXTS,
  decisionTexts,
  noticeText,
  obligationTexts,
  reasonText,
  ruleText,
} from "usher/entitlement";

const TYPES = readFileSync(new URL("../../pkg/wasm/rights.d.ts", import.meta.url), "utf8");
const { en: EN, es: ES } = TEXTS;

/** 2026-11-22 09:00 UTC */
const NINE = 1_795_338_000;

process.env.TZ = "UTC";

/**
 * The words of the type of the module that has a certain word.
 * @param {string} word
 */
function wordsWith(word) {
  const unions = TYPES.match(/export type \w+ =[^;{}]*;/g) ?? [];
  const union = unions.find((each) => each.includes(`"${word}"`)) ?? "";
  return [...union.matchAll(/"(\w+)"/g)].map(([, each]) => each);
}

/** The rules that a step of an explanation can be of. */
function rules() {
  return [...TYPES.matchAll(/\| Judged<"(\w+)"/g)].map(([, rule]) => rule);
}

for (const [kind, words, least] of /** @type {const} */ ([
  ["reason", wordsWith("ACCOUNT_CLOSED"), 18],
  ["notice", wordsWith("PAST_DUE_GRACE"), 1],
  ["rule", rules(), 12],
])) {
  test(`every_${kind}_of_the_module_has_a_text_in_both_languages_and_no_other_has`, () => {
    assert.ok(words.length >= least, `${words.length}`);
    assert.deepEqual(Object.keys(EN[kind]), words);
    assert.deepEqual(Object.keys(ES[kind]), words);
  });
}

test("both_languages_say_the_same_things_with_the_same_parameters", () => {
  for (const kind of /** @type {(keyof typeof EN)[]} */ (Object.keys(EN))) {
    assert.deepEqual(Object.keys(ES[kind]), Object.keys(EN[kind]), kind);
    for (const [code, sentences] of Object.entries(EN[kind])) {
      const other = ES[kind][code] ?? [];
      assert.deepEqual(other.map(parameters), sentences.map(parameters), code);
      for (const sentence of [...sentences, ...other]) assert.notEqual(sentence.trim(), "", code);
    }
  }
});

test("the_last_way_to_say_something_needs_nothing_to_be_known", () => {
  for (const { reason, notice, rule } of [EN, ES]) {
    for (const [code, sentences] of Object.entries({ ...reason, ...notice, ...rule })) {
      assert.deepEqual(parameters(sentences.at(-1) ?? "{}"), [], code);
    }
  }
});

test("a_sentence_says_as_much_as_is_known", () => {
  /** @type {[string, Record<string, unknown>, string, RegExp][]} */
  const rows = [
    [
      "NOT_YET_AVAILABLE",
      { opens_at: NINE },
      "en",
      /^This title opens on Nov 22, 2026, 9:00\sAM\.$/,
    ],
    [
      "NOT_YET_AVAILABLE",
      { opens_at: NINE },
      "es-MX",
      /^Este título se estrena el 22 nov 2026, 9:00\.$/,
    ],
    ["NOT_YET_AVAILABLE", {}, "en", /^This title is not available yet\.$/],
    ["NOT_YET_AVAILABLE", { opens_at: null }, "en", /^This title is not available yet\.$/],
    ["GEO_BLOCKED", { country: "SE" }, "en", /^This title is not licensed in Sweden\.$/],
    ["GEO_BLOCKED", { country: "SE" }, "es", /^Este título no tiene licencia para Suecia\.$/],
    ["GEO_BLOCKED", { country: "no country" }, "en", /in no country\.$/],
    ["GEO_BLOCKED", {}, "es", /su país\.$/],
    ["DEVICE_CLASS_BLOCKED", { device_class: "tv" }, "en", /does not play on television sets\.$/],
    ["DEVICE_CLASS_BLOCKED", { device_class: "tv" }, "es", /no se reproduce en televisores\.$/],
    ["STREAM_LIMIT", { stream_limit: 2 }, "en", /^All streams of your plan are running \(2\)/],
    ["STREAM_LIMIT", {}, "en", /^All streams of your plan are running:/],
    ["GRANT_EXPIRED", { to: 2 ** 53 }, "en", /^Your right to this title has ended\.$/],
    ["SOMETHING_NEW", {}, "en", /^SOMETHING_NEW$/],
  ];
  for (const [reason, known, language, expected] of rows) {
    assert.match(reasonText(reason, known, language), expected);
  }
  assert.match(reasonText("ACCOUNT_CLOSED"), /closed/);
  assert.match(noticeText("PAST_DUE_GRACE", {}, "es"), /pago pendiente/);
  assert.equal(ruleText("no rule"), "no rule");
  assert.equal(ruleText("past_due", {}, "en"), "No payment is due.");
  assert.equal(ruleText("account", { status: "past_due" }, "en"), "The account is past due.");
  assert.equal(
    ruleText(
      "grant",
      { grant: "g1", kind: "plan", plan: "basic", from: 0, to: NINE, obstacles: ["GRANT_EXPIRED"] },
      "en",
    ).replace(/\s/g, " "),
    "Grant g1 (plan basic), Jan 1, 1970, 12:00 AM to Nov 22, 2026, 9:00 AM. Your right to this title ended on Nov 22, 2026, 9:00 AM.",
  );
});

test("a_decision_says_every_reason_and_else_what_is_owed", () => {
  const refused = {
    allow: false,
    reasons: ["ACCOUNT_SUSPENDED", "GEO_BLOCKED"],
    notices: [],
  };
  assert.deepEqual(decisionTexts(refused, { country: "JP" }, "en"), [
    "This account is suspended.",
    "This title is not licensed in Japan.",
  ]);
  const allowed = {
    allow: true,
    reasons: [],
    notices: ["PAST_DUE_GRACE"],
    max_height: 1080,
    ads: true,
  };
  assert.deepEqual(decisionTexts(allowed, {}, "es"), [
    "Hay un pago pendiente: páguelo pronto para seguir viendo.",
    "Imagen de hasta 1080 líneas.",
    "Con anuncios.",
  ]);
  assert.deepEqual(obligationTexts({ ads: false, expires_at: 2 ** 53 }, "en"), ["Without ads."]);
});

/** @param {string} text */
function parameters(text) {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
}
