// @ts-check
// What the edge says of a coupon by itself: signed knowledge, a filter, one answer for all that is refused.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { generateCodes, init, mintTaggedCodes } from "usher/office";
import { moduleBytes } from "../js/module-bytes.mjs";
import { assertRefused, eventually, request } from "./api.mjs";
import { ended, generated, importCodes, newCoupon, newGroup } from "./coupon-api.mjs";
import { COUPON_ENVIRONMENT, OPERATOR_KEY, startServer } from "./server.mjs";

const REFUSED = "This code cannot be used for this purchase.";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {any} */
let group;

before(async () => {
  await init(moduleBytes("office"));
  server = await startServer({ environment: { KNOWLEDGE_SECONDS: "1" } });
  group = await newGroup(server.url);
});
after(() => server.stop());

/** Two tickets of 5.00. */
const PURCHASE = { currency: "EUR", lines: [{ id: "ticket", unit_minor: 500, quantity: 2 }] };

/**
 * @param {string} code
 * @param {object} [more] keys of the body
 * @param {Record<string, string>} [headers]
 */
function check(code, more = {}, headers = {}) {
  const viewer = `viewer-${randomBytes(6).toString("hex")}`;
  const body = JSON.stringify({ code, viewer, purchase: PURCHASE, ...more });
  return request(`${server.url}/v1/coupons/check`, { method: "POST", body, headers });
}

/**
 * As the operator's program.
 * @param {string} code
 * @param {object} [more]
 */
function checkAsOperator(code, more = {}) {
  return check(code, more, { authorization: `Bearer ${OPERATOR_KEY}` });
}

/**
 * @param {string} code
 * @param {object} [draft]
 */
function named(code, draft = {}) {
  return newCoupon(server.url, group.id, { codes: { kind: "named", code }, ...draft });
}

/** Two codes of a new coupon with generated codes, and the coupon. */
async function issued() {
  const made = generateCodes({
    shape: /** @type {any} */ ({}),
    quantity: 2,
    existing: 0,
    shown: false,
  });
  const codes = String(Buffer.from(made));
  const { coupon } = await newCoupon(server.url, group.id, {
    codes: { kind: "generated" },
  });
  const { body } = await importCodes(server.url, group.id, coupon.id, `code\n${codes}`);
  assert.equal((await ended(server.url, body.id)).done, 2);
  return codes.split("\n");
}

/** The same of tagged codes, which whoever has the key knows by their serials. */
async function tagged() {
  const { coupon, job } = await newCoupon(server.url, group.id, generated(2, { tagged: true }));
  assert.equal((await ended(server.url, job.id)).state, "done");
  const { body } = await request(`${server.url}/v1/coupon-knowledge`);
  const range = body.ranges.find((/** @type {any} */ each) => each.coupon === coupon.id);
  const keys = COUPON_ENVIRONMENT.COUPON_KEYS;
  const codes = mintTaggedCodes({ keys, first: range.first, count: 2 });
  return String(Buffer.from(codes)).split("\n");
}

/**
 * @param {string} code
 * @param {object} [more]
 */
function redeem(code, more = {}) {
  const purchase = { ...PURCHASE, customer: { id: "buyer" } };
  return request(`${server.url}/v1/redemptions`, {
    method: "POST",
    headers: { "idempotency-key": randomBytes(8).toString("hex") },
    body: JSON.stringify({ code, purchase, confirm: true, ...more }),
  });
}

test("a_named_code_is_priced_in_any_spelling_with_the_age_of_what_is_known", async () => {
  const { coupon } = await named("SUMMER20");
  for (const spelling of ["SUMMER20", " summer-20 ", "ＳＵＭＭＥＲ２０"]) {
    const { status, body, headers } = await check(spelling);
    assert.equal(status, 200, JSON.stringify(body));
    const { knowledge, ...given } = body;
    assert.deepEqual(given, {
      valid: true,
      provisional: true,
      message: null,
      discount_minor: 200,
      subtotal_minor: 1000,
      total_minor: 800,
      currency: "EUR",
      lines: [{ id: "ticket", discount_minor: 200 }],
      access_until_ms: null,
      ends_ms: null,
    });
    assert.ok(knowledge.version > 0 || coupon.version > 0);
    assert.ok(knowledge.age_ms >= 0);
    assert.equal(headers.get("access-control-allow-origin"), "*");
  }
});

test("all_that_is_refused_is_answered_with_the_same_bytes", async () => {
  await named("OFF", { active: false });
  await named("OVER", {
    window: { ends_at: new Date(Date.now() - 1000).toISOString() },
  });
  await named("OTHERS", { limits: { customer_ids: ["somebody"] } });
  await named("PLANS", { scopes: ["plan:*"] });
  await named("ONCE", { limits: { max_redemptions: 1 } });
  assert.equal((await redeem("ONCE")).status, 201);
  await eventually(async () => assert.equal((await check("ONCE")).body.valid, false));
  /** @type {Set<string>} */
  const answers = new Set();
  for (const code of [
    "UNKNOWN",
    "OFF",
    "OVER",
    "OTHERS",
    "PLANS",
    "ONCE",
    "0000000000001",
    "ñ",
    "",
  ]) {
    const { status, body } = await check(code, {}, { "accept-language": "en" });
    assert.equal(status, 200);
    assert.equal(body.message, REFUSED);
    const { knowledge, ...rest } = body;
    assert.deepEqual(Object.keys(knowledge), ["version", "age_ms"]);
    answers.add(JSON.stringify(rest));
  }
  assert.deepEqual(
    [...answers].map((answer) => JSON.parse(answer)),
    [
      {
        valid: false,
        provisional: true,
        message: REFUSED,
        discount_minor: 0,
        subtotal_minor: 1000,
        total_minor: 1000,
        currency: "EUR",
        lines: [],
        access_until_ms: null,
        ends_ms: null,
      },
    ],
  );
});

test("the_refusal_is_said_in_the_language_that_is_asked_for", async () => {
  for (const language of ["es", "es-MX,es;q=0.9,en;q=0.8"]) {
    const { body } = await check("UNKNOWN", {}, { "accept-language": language });
    assert.equal(body.message, "Este código no se puede usar en esta compra.");
  }
  for (const language of ["", "fr", "en-GB,es;q=0.5"]) {
    const { body } = await check("UNKNOWN", {}, { "accept-language": language });
    assert.equal(body.message, REFUSED);
  }
});

test("the_operator_is_told_why", async () => {
  await named("WHY", { limits: { min_subtotal_minor: 2000, budget_currency: "EUR" } });
  const reasons = [];
  for (const code of ["WHY", "UNKNOWN", "0000000000001"]) {
    const { status, body } = await checkAsOperator(code);
    assert.equal(status, 200, JSON.stringify(body));
    reasons.push(body.reason);
    assert.equal(typeof body.text, "string", JSON.stringify(body));
  }
  assert.deepEqual(reasons, ["MIN_SUBTOTAL", "NOT_FOUND", "MALFORMED"]);
  assert.equal("reason" in (await check("WHY")).body, false);
  const wrong = await check("WHY", {}, { authorization: "Bearer x" });
  assertRefused(wrong, 401, "operator_key_invalid", "Authorization");
});

for (const [kind, make] of Object.entries({ generated: issued, tagged })) {
  test(`a_code_that_was_${kind}_holds_until_it_is_used_or_revoked`, async () => {
    const [first = "", second = ""] = await make();
    assert.equal(first.length, kind === "tagged" ? 14 : 13);
    for (const code of [first, second, first.toLowerCase(), first.replaceAll("0", "o")]) {
      const { body } = await check(code);
      assert.equal(body.valid, true, code);
      assert.equal(body.discount_minor, 200);
    }
    const redeemed = await redeem(first);
    assert.equal(redeemed.status, 201, JSON.stringify(redeemed.body));
    await eventually(async () => assert.equal((await check(first)).body.valid, false));
    assert.equal((await checkAsOperator(first)).body.reason, "LIMIT_REACHED");
    assert.equal((await check(second)).body.valid, true);
    const address = `${server.url}/v1/coupon-codes/${second}/revoke`;
    const revoked = await request(address, { method: "POST" });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.body));
    await eventually(async () => assert.equal((await check(second)).body.valid, false));
  });
}

test("a_coupon_near_its_end_is_asked_for_and_one_far_from_it_is_not", async () => {
  await named("TWO", { limits: { max_redemptions: 2 } });
  assert.equal((await check("TWO")).body.valid, true);
  for (const id of ["one", "two"]) {
    const purchase = { ...PURCHASE, customer: { id } };
    assert.equal((await redeem("TWO", { purchase })).status, 201);
  }
  await eventually(async () => assert.equal((await check("TWO")).body.valid, false));
  assert.equal((await checkAsOperator("TWO")).body.reason, "LIMIT_REACHED");
});

test("what_is_no_question_is_refused_by_its_field", async () => {
  /** @type {[any, string, string | null][]} */
  const rows = [
    ["x", "malformed_json", null],
    ["[", "malformed_json", null],
    ["1", "malformed_json", null],
    [{ viewer: "v", purchase: PURCHASE }, "invalid_value", "code"],
    [{ viewer: "v", code: 5, purchase: PURCHASE }, "invalid_value", "code"],
    [{ viewer: "", code: "X", purchase: PURCHASE }, "invalid_value", "viewer"],
    [{ code: "X", purchase: PURCHASE }, "invalid_value", "viewer"],
    [
      { viewer: "v", code: "X", purchase: { ...PURCHASE, customer: { id: "w" } } },
      "token_scope",
      "purchase.customer.id",
    ],
    [{ viewer: "v", code: "X", purchase: { lines: 1 } }, "invalid_value", "lines"],
  ];
  for (const [given, code, field] of rows) {
    const body = typeof given === "string" ? given : JSON.stringify(given);
    const answer = await request(`${server.url}/v1/coupons/check`, { method: "POST", body });
    assertRefused(answer, code === "token_scope" ? 403 : 400, code, field);
  }
  const large = await check("X".repeat(70_000));
  assertRefused(large, 413, "body_too_large", null);
  const long = await check("X".repeat(10_000));
  assert.equal(long.body.message, REFUSED);
});

test("where_sessions_are_signed_only_the_viewer_asks", async (context) => {
  const SESSION_KEYS = `k1:${randomBytes(32).toString("base64url")}`;
  const signed = await startServer({ environment: { SESSION_KEYS, UNSIGNED_VIEWS: "" } });
  context.after(signed.stop);
  const { body: session } = await request(`${signed.url}/session`, {
    method: "POST",
    body: JSON.stringify({ viewer: "anna" }),
  });
  const ask = (/** @type {object} */ more) =>
    request(`${signed.url}/v1/coupons/check`, {
      method: "POST",
      body: JSON.stringify({ code: "X", viewer: "anna", purchase: PURCHASE, ...more }),
    });
  assertRefused(await ask({}), 401, "token_missing", "token");
  assertRefused(await ask({ token: `${session.token}x` }), 401, "token_invalid", "token");
  assertRefused(await ask({ token: session.token, viewer: "bert" }), 403, "token_scope", "viewer");
  assert.equal((await ask({ token: session.token })).body.valid, false);
});
