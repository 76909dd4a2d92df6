// @ts-check
// The border of coupons: a question in plain data, the host's zones and normal forms, a decision or a refusal.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { checkCoupon, init as initEdge } from "usher/edge";
import {
  checkCoupon as checkAtOffice,
  init as initOffice,
  reasonText,
  resolveCoupon,
  reverseCoupon,
} from "usher/office";
import { moduleBytes } from "./module-bytes.mjs";

before(() => Promise.all([initEdge(moduleBytes("edge")), initOffice(moduleBytes("office"))]));

const NOW_MS = Date.parse("2026-03-10T12:00:00Z");

/**
 * A coupon of 10 % as an operator writes it, with some fields written otherwise.
 * @param {any} [changes]
 * @returns {any}
 */
const draft = (changes) => ({
  id: "c1",
  group: "g1",
  version: 1,
  written: {
    codes: { kind: "named", code: "Verano" },
    benefit: { kind: "percent", percent: "10" },
    ...changes,
  },
});

/**
 * @param {any} [changes]
 * @returns {any}
 */
const question = (changes) => ({
  code: "verano",
  coupon: resolveCoupon(draft()),
  purchase: { currency: "USD", lines: [{ id: "l1", unit_minor: 1000, quantity: 1 }] },
  counts: null,
  now_ms: NOW_MS,
  ...changes,
});

/**
 * @param {() => unknown} call
 * @param {string} code
 * @param {string} field
 */
function refuses(call, code, field) {
  assert.throws(call, (error) => {
    const { code: found, field: at, message } = /** @type {any} */ (error);
    assert.deepEqual([found, at], [code, field], message);
    return true;
  });
}

test("both builds give the same decision", () => {
  const decision = checkCoupon(question());
  assert.deepEqual(decision, {
    valid: true,
    reason: null,
    parameters: [],
    consumes: true,
    discount_minor: 100,
    subtotal_minor: 1000,
    total_minor: 900,
    currency: "USD",
    lines: [{ id: "l1", discount_minor: 100 }],
    access_until_ms: null,
    carried: { remaining_minor: null, periods_remaining: null, terminated: true },
    provisional: true,
  });
  assert.deepEqual(checkAtOffice(question()), decision);
  const known = { redeemed: 0, customer: { redeemed: 0 } };
  assert.equal(checkCoupon(question({ counts: known })).provisional, false);
});

test("a code is brought into one spelling by the host", () => {
  for (const code of ["ｖｅｒａｎｏ", " ve\u200bra-no ", "VERANO", "v\u00aderano"]) {
    assert.equal(checkCoupon(question({ code })).valid, true, code);
  }
  // A Turkish capital I with a dot is not an I.
  const named = resolveCoupon(draft({ codes: { kind: "named", code: "mini" } }));
  const coupon = { coupon: named };
  assert.equal(checkCoupon(question({ ...coupon, code: "MINI" })).valid, true);
  assert.equal(checkCoupon(question({ ...coupon, code: "MİNİ" })).reason, "MALFORMED");
  assert.equal(checkCoupon(question({ code: "x".repeat(10_000) })).reason, "MALFORMED");
  assert.equal(checkCoupon(question({ code: "ü".repeat(10_000) })).reason, "MALFORMED");
  assert.equal(checkCoupon(question({ code: "otro" })).reason, "NOT_FOUND");
  assert.equal(checkCoupon(question({ coupon: null })).reason, "NOT_FOUND");
});

test("local days are those of the host's zones", () => {
  /** @param {any} window */
  const bounds = (window) => {
    const { starts_ms, ends_ms } = resolveCoupon(draft({ window })).window ?? {};
    return [starts_ms, ends_ms].map((ms) => ms && new Date(ms).toISOString());
  };
  const day = (/** @type {string} */ on, /** @type {string} */ tz) =>
    bounds({ starts_on: on, ends_on: on, tz });
  for (const [on, tz, starts, ends] of /** @type {const} */ ([
    ["2026-04-04", "America/Santiago", "2026-04-04T03:00:00.000Z", "2026-04-05T04:00:00.000Z"],
    ["2026-09-06", "America/Santiago", "2026-09-06T04:00:00.000Z", "2026-09-07T03:00:00.000Z"],
    ["2026-03-08", "America/New_York", "2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"],
    ["2026-10-25", "Europe/Madrid", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
    ["2026-03-10", "Asia/Kathmandu", "2026-03-09T18:15:00.000Z", "2026-03-10T18:15:00.000Z"],
    ["2026-10-04", "Australia/Lord_Howe", "2026-10-03T13:30:00.000Z", "2026-10-04T13:00:00.000Z"],
    ["2026-03-10", "UTC", "2026-03-10T00:00:00.000Z", "2026-03-11T00:00:00.000Z"],
    // Seconds, from before zones had hours.
    ["1850-01-01", "America/New_York", "1850-01-01T04:56:02.000Z", "1850-01-02T04:56:02.000Z"],
  ])) {
    assert.deepEqual(day(on, tz), [starts, ends], `${on} ${tz}`);
  }
  refuses(() => day("2026-03-10", "Mars/Olympus"), "invalid_value", "window.tz");
});

test("more zones than are kept give the same offsets as before", () => {
  const zones = Intl.supportedValuesOf("timeZone").slice(0, 40);
  const starts = () =>
    zones.map((tz) => resolveCoupon(draft({ window: { starts_on: "2026-03-10", tz } })).window);
  assert.deepEqual(starts(), starts());
});

test("a trial of calendar days ends by the customer's clock", () => {
  const benefit = { kind: "trial_days", days: 7, days_mode: "calendar" };
  const coupon = resolveCoupon(draft({ benefit }));
  const until = (/** @type {any} */ purchase) =>
    checkCoupon(question({ coupon, purchase: { lines: [], ...purchase } })).access_until_ms;
  const trial_from_ms = Date.parse("2026-03-07T17:00:00Z");
  const week = { trial_from_ms, tz: "America/New_York" };
  assert.equal(until(week), Date.parse("2026-03-14T16:00:00Z"));
  refuses(() => until({ tz: "Mars/Olympus" }), "invalid_value", "purchase.tz");
  refuses(() => until({ trial_from_ms: 8_640_000_000_000_001 }), "invalid_value", "purchase.tz");
});

test("what breaks the contract is refused with its field", () => {
  const { coupon } = question();
  const line = { id: "l1", unit_minor: 1, quantity: 1 };
  /** @type {[any, string][]} */
  const rows = [
    [{ code: 5 }, "code"],
    [{ now_ms: NaN }, "now_ms"],
    [{ now_ms: 0.5 }, "now_ms"],
    [{ coupon: { ...coupon, active: "yes" } }, "active"],
    [{ coupon: { ...coupon, codes: { kind: "other" } } }, "kind"],
    [{ coupon: { ...coupon, codes: {} } }, "kind"],
    [{ coupon: { ...coupon, benefit: { kind: "percent", percent: "100.1" } } }, "percent"],
    [{ coupon: { ...coupon, benefit: { kind: "fixed", amount_minor: 1 } } }, "currency"],
    [
      { coupon: { ...coupon, benefit: { kind: "fixed", amount_minor: -1, currency: "USD" } } },
      "amount_minor",
    ],
    [{ coupon: { ...coupon, limits: 5 } }, "limits"],
    [{ coupon: { ...coupon, limits: { max_redemptions: 0.5 } } }, "max_redemptions"],
    [{ coupon: { ...coupon, scopes: "plan:x" } }, "scopes"],
    [{ coupon: { ...coupon, scopes: [5] } }, "scopes"],
    [{ coupon: { ...coupon, target: { kind: "all" } } }, "kind"],
    [{ coupon: { ...coupon, duration: { kind: "repeating", periods: 2 ** 32 } } }, "periods"],
    [{ purchase: { currency: "usd", lines: [] } }, "currency"],
    [{ purchase: { lines: [{ ...line, unit_minor: 0.5 }] } }, "unit_minor"],
    [{ purchase: { lines: [{ ...line, quantity: -1 }] } }, "quantity"],
    [{ purchase: { lines: [{ ...line, quantity: 2 ** 53 }] } }, "quantity"],
    [{ purchase: { lines: [{ ...line, quantity: 0 }] } }, "purchase.lines[0].quantity"],
    [{ purchase: { lines: Array.from({ length: 201 }, () => line) } }, "purchase.lines"],
    [{ purchase: { lines: { length: 1 } } }, "lines"],
    [{ counts: { redeemed: "1" } }, "redeemed"],
  ];
  for (const [changes, field] of rows) {
    const call = () => checkCoupon(question(changes));
    const code = field === "purchase.lines" ? "too_many" : "invalid_value";
    refuses(call, code, field);
  }
});

test("what an operator writes is refused with its place", () => {
  refuses(() => resolveCoupon(draft({ scopes: ["plan"] })), "invalid_value", "scopes[0]");
  const codes = { kind: "named", code: "СAPO" };
  refuses(() => resolveCoupon(draft({ codes })), "invalid_value", "codes.code");
  assert.deepEqual(resolveCoupon(draft({ codes: { kind: "named", code: "ｖ-1" } })).codes, {
    kind: "named",
    code: "V1",
  });
});

test("a reversal gives back, and a reason is told in both languages", () => {
  const benefit = { kind: "fixed", amount_minor: 1200, currency: "USD" };
  const coupon = resolveCoupon(draft({ benefit }));
  const carried = { remaining_minor: 0, periods_remaining: null };
  const reversed = reverseCoupon({ coupon, carried, discount_minor: 300 });
  assert.deepEqual(reversed, { remaining_minor: 300, periods_remaining: null, terminated: false });

  const parameters = [{ name: "bound_ms", value: String(NOW_MS) }];
  const [english, spanish] = /** @type {const} */ (["en", "es"]).map((language) =>
    reasonText({ reason: "EXPIRED", parameters, language }),
  );
  assert.equal(english?.operator, "The coupon ended on 2026-03-10 12:00 UTC.");
  assert.equal(spanish?.operator, "El cupón terminó el 2026-03-10 12:00 UTC.");
  assert.equal(english?.customer, "This code cannot be used for this purchase.");
});

/** @param {any} value */
function frozen(value) {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) frozen(part);
  }
  return Object.freeze(value);
}

test("a frozen definition is remembered by the object, not by its name", () => {
  const ten = frozen(resolveCoupon(draft()));
  const half = frozen(resolveCoupon(draft({ benefit: { kind: "percent", percent: "50" } })));
  for (let round = 0; round < 3; round += 1) {
    assert.equal(checkCoupon(question({ coupon: ten })).discount_minor, 100);
    assert.equal(checkCoupon(question({ coupon: half })).discount_minor, 500);
  }
  /** @type {any} */
  const open = resolveCoupon(draft());
  assert.equal(checkCoupon(question({ coupon: open })).discount_minor, 100);
  open.benefit.percent = "50";
  assert.equal(checkCoupon(question({ coupon: open })).discount_minor, 500);
});

test("a frozen definition that is none is refused every time", () => {
  const coupon = frozen({ ...resolveCoupon(draft()), active: "yes" });
  for (let round = 0; round < 3; round += 1) {
    refuses(() => checkCoupon(question({ coupon })), "invalid_value", "active");
  }
});
