// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "./api.mjs";
import { get, makeCoupon, post, reservation } from "./redeeming.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/** @param {import("./api.mjs").Answer} answer */
const reasonOf = ({ status, body }) => [status, body.code, body.reason];

/**
 * @param {string} id
 * @param {string} step
 * @param {string} key
 * @param {unknown} [body]
 */
const settle = (id, step, key, body = "") => post(url, `/v1/redemptions/${id}/${step}`, body, key);

test("a_redemption_is_held_then_confirmed_then_reversed", async () => {
  const { code, group, coupon } = await makeCoupon(url, { max_redemptions: 1 });
  const held = await post(url, "/v1/redemptions", reservation(code, "ann"), "life-1");
  assert.equal(held.status, 201, JSON.stringify(held.body));
  assert.match(held.body.id, new RegExp(`^${group}\\.0\\.[0-9a-z]{16}$`));
  assert.deepEqual(
    [held.body.state, held.body.coupon, held.body.customer, held.body.decision.discount_minor],
    ["held", coupon, "ann", 130],
  );
  assert.equal(held.body.held_until_ms - held.body.reserved_ms, 900_000);
  const { id } = held.body;
  const confirmed = await settle(id, "confirm", "life-2");
  assert.deepEqual([confirmed.status, confirmed.body.state], [200, "confirmed"]);
  const other = await post(url, "/v1/redemptions", reservation(code, "bob"), "life-3");
  assert.deepEqual(reasonOf(other), [409, "coupon_refused", "LIMIT_REACHED"]);
  const reversed = await settle(id, "reverse", "life-4", { reason: "refunded" });
  assert.deepEqual(
    [reversed.status, reversed.body.state, reversed.body.reason],
    [200, "reversed", "refunded"],
  );
  assert.deepEqual((await get(url, `/v1/redemptions/${id}`)).body, reversed.body);
  // A refusal is not remembered: the slot is there now.
  const again = await post(url, "/v1/redemptions", reservation(code, "bob"), "life-3");
  assert.equal(again.status, 201);
});

test("the_same_key_gets_the_same_answer_and_another_body_a_conflict", async () => {
  const { code } = await makeCoupon(url, { max_redemptions: 5 });
  const body = reservation(code, "ann");
  const first = await post(url, "/v1/redemptions", body, "same-1");
  await settle(first.body.id, "confirm", "same-2");
  const again = await post(url, "/v1/redemptions", body, "same-1");
  assert.deepEqual([again.status, again.body], [first.status, first.body]);
  for (const other of [reservation(code, "bob"), `${JSON.stringify(body)} `]) {
    const answer = await post(url, "/v1/redemptions", other, "same-1");
    assert.deepEqual([answer.status, answer.body.code], [409, "idempotency_conflict"]);
  }
  const step = await settle(first.body.id, "reverse", "same-2");
  assert.deepEqual([step.status, step.body.code], [409, "idempotency_conflict"]);
});

test("two_requests_with_one_key_at_once_are_one_redemption", async () => {
  const { code } = await makeCoupon(url, {});
  const twice = await Promise.all(
    Array.from({ length: 20 }, () =>
      post(url, "/v1/redemptions", reservation(code, "ann"), "at-once"),
    ),
  );
  assert.deepEqual(new Set(twice.map(({ status }) => status)), new Set([201]));
  assert.equal(new Set(twice.map(({ body }) => body.id)).size, 1);
});

test("a_basket_extends_its_own_hold_and_is_priced_again", async () => {
  const { code } = await makeCoupon(url, { max_redemptions: 1, per_customer: 1 });
  const body = (/** @type {number} */ unit_minor) =>
    reservation(code, "ann", {}, { basket: "b", lines: [{ id: "l", unit_minor, quantity: 1 }] });
  const first = await post(url, "/v1/redemptions", body(1000), "basket-1");
  const second = await post(url, "/v1/redemptions", body(2000), "basket-2");
  assert.deepEqual([second.status, second.body.id], [201, first.body.id]);
  assert.equal(second.body.decision.discount_minor, 200);
  assert.ok(second.body.held_until_ms >= first.body.held_until_ms);
  // Somebody who logs in meanwhile takes the basket with them.
  const login = { ...body(3000), purchase: { ...body(3000).purchase, customer: { id: "bob" } } };
  const third = await post(url, "/v1/redemptions", login, "basket-3");
  assert.deepEqual([third.body.id, third.body.customer], [first.body.id, "bob"]);
  const other = await post(url, "/v1/redemptions", reservation(code, "eve"), "basket-4");
  assert.deepEqual(reasonOf(other), [409, "coupon_refused", "LIMIT_REACHED"]);
});

test("a_discount_of_nothing_uses_nothing_up", async () => {
  const { code } = await makeCoupon(url, { max_redemptions: 1 });
  const free = (/** @type {number} */ unit_minor) =>
    reservation(code, "ann", {}, { basket: "b", lines: [{ id: "l", unit_minor, quantity: 1 }] });
  const nothing = await post(url, "/v1/redemptions", free(0), "zero-1");
  assert.deepEqual([nothing.status, nothing.body.redemption], [200, null]);
  assert.equal(nothing.body.decision.valid, true);
  // A hold whose basket became free gives its slot back.
  const held = await post(url, "/v1/redemptions", free(1000), "zero-2");
  assert.equal((await post(url, "/v1/redemptions", free(0), "zero-3")).body.redemption, null);
  const { body } = await get(url, `/v1/redemptions/${held.body.id}`);
  assert.equal(body.state, "released");
});

test("an_expired_hold_gives_its_slot_back_at_once", async () => {
  const { code } = await makeCoupon(url, { max_redemptions: 1 });
  const held = await post(
    url,
    "/v1/redemptions",
    reservation(code, "ann", { hold_seconds: 1 }),
    "end-1",
  );
  const taken = await eventually(async () => {
    const answer = await post(url, "/v1/redemptions", reservation(code, "bob"), "end-2");
    assert.equal(answer.status, 201);
    return answer;
  });
  assert.ok(taken.body.reserved_ms >= held.body.held_until_ms);
  const { body } = await get(url, `/v1/redemptions/${held.body.id}`);
  assert.deepEqual([body.state, body.settled_ms], ["expired", held.body.held_until_ms]);
  for (const step of ["confirm", "release", "reverse"]) {
    const late = await settle(held.body.id, step, `end-${step}`);
    assert.deepEqual([late.status, late.body.code], [409, "redemption_state"]);
    assert.match(late.body.message, /is `expired`, expected `(held|confirmed)`/);
  }
});

test("a_reversal_gives_the_slot_back_once_unless_the_coupon_keeps_it", async () => {
  for (const release_on_cancel of [true, false]) {
    const { code } = await makeCoupon(url, { max_redemptions: 1 }, { release_on_cancel });
    const key = (/** @type {string} */ name) => `keep-${release_on_cancel}-${name}`;
    const made = reservation(code, "ann", { confirm: true });
    const { body } = await post(url, "/v1/redemptions", made, key("1"));
    assert.equal(body.state, "confirmed");
    assert.equal((await settle(body.id, "reverse", key("2"))).status, 200);
    assert.equal((await settle(body.id, "reverse", key("2"))).status, 200);
    assert.equal((await settle(body.id, "reverse", key("3"))).status, 409);
    const next = await post(url, "/v1/redemptions", reservation(code, "bob"), key("4"));
    assert.equal(next.status, release_on_cancel ? 201 : 409);
    const third = await post(url, "/v1/redemptions", reservation(code, "eve"), key("5"));
    assert.equal(third.status, 409);
  }
});

test("a_budget_counts_what_is_held", async () => {
  const { code } = await makeCoupon(url, { budget_minor: 200, budget_currency: "EUR" });
  const first = await post(url, "/v1/redemptions", reservation(code, "ann"), "budget-1");
  assert.equal(first.status, 201);
  const second = await post(url, "/v1/redemptions", reservation(code, "bob"), "budget-2");
  assert.deepEqual(reasonOf(second), [409, "coupon_refused", "BUDGET_EXCEEDED"]);
  await settle(first.body.id, "release", "budget-3");
  const third = await post(url, "/v1/redemptions", reservation(code, "bob"), "budget-2");
  assert.equal(third.status, 201);
});

test("a_customer_has_as_many_as_one_may", async () => {
  const { code } = await makeCoupon(url, { per_customer: 1 });
  const ask = (/** @type {string} */ customer, /** @type {string} */ key) =>
    post(url, "/v1/redemptions", reservation(code, customer, { confirm: true }), key);
  assert.equal((await ask("ann", "often-1")).status, 201);
  assert.deepEqual(reasonOf(await ask("ann", "often-2")), [
    409,
    "coupon_refused",
    "CUSTOMER_LIMIT_REACHED",
  ]);
  assert.equal((await ask("bob", "often-3")).status, 201);
});

test("what_cannot_be_read_is_refused_and_says_where", async () => {
  const { code } = await makeCoupon(url, {});
  const good = reservation(code, "ann");
  const lines = (/** @type {unknown} */ quantity) =>
    reservation(code, "ann", {}, { lines: [{ id: "l", unit_minor: 100, quantity }] });
  /** @type {[unknown, number, string, string | null][]} */
  const rows = [
    ["", 400, "malformed_json", null],
    ["{", 400, "malformed_json", null],
    ["[]", 400, "wrong_type", null],
    [{}, 400, "missing_field", "code"],
    [{ ...good, code: 7 }, 400, "wrong_type", "code"],
    [{ code }, 400, "missing_field", null],
    [{ ...good, more: 1 }, 400, "unknown_field", "more"],
    [`{"code":"${code}","code":"${code}","purchase":{}}`, 400, "duplicate_field", null],
    [{ ...good, hold_seconds: 0 }, 400, "invalid_value", "hold_seconds"],
    [{ ...good, hold_seconds: 86_401 }, 400, "invalid_value", "hold_seconds"],
    [{ ...good, hold_seconds: "x" }, 400, "wrong_type", "hold_seconds"],
    [{ code, purchase: {} }, 400, "missing_field", "purchase.customer"],
    [reservation(code, ""), 400, "invalid_value", "purchase.customer.id"],
    [reservation(code, "x".repeat(201)), 400, "invalid_value", "purchase.customer.id"],
    [lines(0), 400, "invalid_value", "purchase.lines[0].quantity"],
    [lines(1_000_000_001), 400, "invalid_value", "purchase.lines[0].quantity"],
    [lines("1"), 400, "wrong_type", "purchase.lines[0].quantity"],
    ["x".repeat(64 * 1024 + 1), 413, "body_too_large", null],
  ];
  for (const [index, [body, status, name, field]] of rows.entries()) {
    const answer = await post(url, "/v1/redemptions", body, `bad-${index}`);
    assert.deepEqual(
      [answer.status, answer.body.code, answer.body.field],
      [status, name, field],
      `${JSON.stringify(body)?.slice(0, 200)}: ${JSON.stringify(answer.body)}`,
    );
  }
});

test("keys_codes_and_ids_of_other_shapes_are_refused", async () => {
  const { code, group } = await makeCoupon(url, {});
  const body = reservation(code, "ann");
  const without = await post(url, "/v1/redemptions", body);
  assert.deepEqual([without.status, without.body.code], [400, "idempotency_key_missing"]);
  const long = await post(url, "/v1/redemptions", body, "k".repeat(201));
  assert.deepEqual([long.status, long.body.field], [400, "Idempotency-Key"]);
  for (const [name, reason] of [
    ["nobody", "NOT_FOUND"],
    ["no!", "MALFORMED"],
    ["", "MALFORMED"],
    ["x".repeat(10_000), "MALFORMED"],
  ]) {
    const answer = await post(url, "/v1/redemptions", { ...body, code: name }, "shapes-1");
    assert.deepEqual(reasonOf(answer), [409, "coupon_refused", reason]);
  }
  for (const id of ["x", `${group}.0.0000000000000000`, `${group}.99.0000000000000000`, "%00"]) {
    const answer = await get(url, `/v1/redemptions/${id}`);
    assert.deepEqual([answer.status, answer.body.code], [404, "redemption_unknown"]);
    const step = await settle(id, "confirm", "shapes-2");
    assert.deepEqual([step.status, step.body.code], [404, "redemption_unknown"]);
  }
  const wrong = await settle(`${group}.0.0000000000000000`, "confirm", "shapes-3", { why: 1 });
  assert.deepEqual([wrong.status, wrong.body.code], [400, "unknown_field"]);
});
