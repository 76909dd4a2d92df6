// @ts-check
// The demo's checkout: what an operator's backend does with a coupon, step by step.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { request } from "./api.mjs";
import { newCoupon, newGroup, post } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

const SCOPE = "vod:the-blob-that-buffered";

/** @type {import("./server.mjs").Server} */
let server;
before(async () => {
  server = await startServer();
  const { id } = await newGroup(server.url);
  const benefit = { kind: "percent", percent: "50" };
  const named = (/** @type {string} */ code, more = {}) =>
    newCoupon(server.url, id, { codes: { kind: "named", code }, benefit, ...more });
  await named("ONCE", { limits: { max_redemptions: 1 } });
  await named("KEPT", { limits: { max_redemptions: 1 } });
});
after(() => server.stop());

/** @param {object} order */
const buy = (order) => post(`${server.url}/checkout`, { viewer: "anna", scope: SCOPE, ...order });

/** @param {object} order */
const cancel = (order) => post(`${server.url}/checkout/cancel`, order);

test("what_is_sold_has_a_price_and_what_a_coupon_judges", async () => {
  const { status, body } = await request(`${server.url}/checkout`);
  assert.equal(status, 200);
  const film = body.goods.find((/** @type {any} */ good) => good.scope === SCOPE);
  assert.deepEqual(film, {
    scope: SCOPE,
    unit_minor: 499,
    currency: "EUR",
    purchase: {
      scope: SCOPE,
      currency: "EUR",
      lines: [{ id: SCOPE, unit_minor: 499, quantity: 1 }],
    },
  });
});

test("without_a_coupon_the_whole_price_is_paid", async () => {
  const { status, body } = await buy({ order: "order-plain" });
  assert.deepEqual([status, body], [201, { paid_minor: 499, currency: "EUR", redemption: null }]);
});

test("an_order_that_is_asked_for_again_redeems_once", async () => {
  const first = await buy({ order: "order-once", code: "once" });
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.equal(first.body.paid_minor, 249);
  assert.equal(first.body.redemption.state, "confirmed");
  assert.deepEqual(await buy({ order: "order-once", code: "once" }), first);
  const other = await buy({ order: "order-other", code: "once", viewer: "bert" });
  assert.deepEqual([other.status, other.body.code], [409, "coupon_refused"]);
});

test("another_order_under_the_same_name_is_a_conflict", async () => {
  await buy({ order: "order-twice", code: "kept" });
  const changed = await buy({ order: "order-twice", code: "kept", viewer: "bert" });
  assert.deepEqual([changed.status, changed.body.code], [409, "idempotency_conflict"]);
});

test("a_cancelled_order_gives_its_coupon_back_once", async () => {
  const { body } = await buy({ order: "order-once", code: "once" });
  const order = { order: "order-once", redemption: body.redemption.id };
  const back = await cancel(order);
  assert.deepEqual([back.status, back.body.redemption.state], [200, "reversed"]);
  assert.deepEqual(await cancel(order), back);
  assert.equal((await buy({ order: "order-next", code: "once", viewer: "bert" })).status, 201);
  assert.equal((await buy({ order: "order-last", code: "once", viewer: "carl" })).status, 409);
});

test("what_is_no_order_is_refused_with_its_field", async () => {
  for (const [order, field] of /** @type {[object, string][]} */ ([
    [{ order: "short" }, "order"],
    [{ order: "no/slashes-here" }, "order"],
    [{}, "order"],
    [{ order: "order-unsold", scope: "vod:casablanca" }, "scope"],
  ])) {
    const { status, body } = await buy(order);
    assert.deepEqual([status, body.code, body.field], [400, "invalid_value", field]);
  }
  const broken = await request(`${server.url}/checkout`, { method: "POST", body: "{" });
  assert.deepEqual([broken.status, broken.body.code], [400, "malformed_json"]);
  assert.equal((await request(`${server.url}/checkout`, { method: "PUT" })).status, 405);
});
