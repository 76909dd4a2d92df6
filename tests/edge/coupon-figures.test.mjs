// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { newCoupon, newGroup, redeemed } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

const DAY_MS = 24 * 3600 * 1000;

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** @param {string} query */
async function figures(query) {
  const { status, body } = await request(`${server.url}/v1/coupon-figures?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Two groups: 3 plans sold and 1 given back in one, a film held in the other. */
async function sold() {
  const [one, other] = [(await newGroup(server.url)).id, (await newGroup(server.url)).id];
  const plan = (await newCoupon(server.url, one, { codes: { kind: "named", code: "FIGPLAN" } }))
    .coupon.id;
  const film = (await newCoupon(server.url, other, { codes: { kind: "named", code: "FIGFILM" } }))
    .coupon.id;
  let last = "";
  for (const customer of ["a", "b", "c"]) {
    last = (await redeemed(server.url, "FIGPLAN", { customer, confirm: true })).id;
  }
  const headers = { "idempotency-key": "figures-back" };
  await request(`${server.url}/v1/redemptions/${last}/reverse`, { method: "POST", headers });
  await redeemed(server.url, "FIGFILM", { customer: "a", scope: "vod:metropolis" });
  return { one, other, plan, film };
}

test("redemptions are counted by day, group, type and coupon, each currency for itself", async () => {
  const { one, other, plan, film } = await sold();
  const none = {
    reserved: 0,
    confirmed: 0,
    released: 0,
    expired: 0,
    reversed: 0,
    discount_minor: {},
  };
  const plans = { ...none, reserved: 3, confirmed: 3, reversed: 1, discount_minor: { EUR: 400 } };
  const films = { ...none, reserved: 1, discount_minor: { EUR: 0 } };
  await eventually(async () => {
    const { rows } = await figures("by=group");
    const expected = [
      { group: one, ...plans },
      { group: other, ...films },
    ];
    expected.sort((a, b) => (a.group < b.group ? -1 : 1));
    assert.deepEqual(rows, expected);
  });
  const day_ms = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const all = { ...plans, reserved: 4 };
  assert.deepEqual(await figures("by=day"), { rows: [{ day_ms, ...all }], next: null });
  assert.deepEqual((await figures("by=type")).rows, [
    { type: "plan", ...plans },
    { type: "vod", ...films },
  ]);
  assert.deepEqual((await figures(`by=coupon&group=${one}`)).rows, [{ coupon: plan, ...plans }]);
  assert.deepEqual((await figures(`by=coupon&coupon=${film}`)).rows, [{ coupon: film, ...films }]);
  assert.deepEqual((await figures(`by=day&to=${day_ms}`)).rows, []);
  assert.deepEqual((await figures(`by=day&from=${day_ms + DAY_MS}`)).rows, []);
  const first = await figures("by=type&limit=1");
  assert.equal(first.next, "plan");
  assert.deepEqual((await figures(`by=type&limit=1&after=${first.next}`)).rows, [
    { type: "vod", ...films },
  ]);
  const { body } = await request(`${server.url}/v1/coupons/${plan}`);
  assert.deepEqual([body.issued, body.used, body.held], [1, 2, 0]);
});

test("figures by something else are refused", async () => {
  const url = `${server.url}/v1/coupon-figures`;
  assertRefused(await request(`${url}?by=weather`), 400, "invalid_value", "by");
  assertRefused(await request(`${url}?by=day&from=x`), 400, "invalid_value", "from");
});
