// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, request } from "./api.mjs";
import { newCoupon, newGroup, post } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.stop());

test("a group is created, found by its name and counted", async () => {
  const group = await newGroup(server.url, { name: "Summer 2027", purpose: "reward" });
  assert.match(group.id, /^[A-Za-z0-9_-]{1,64}$/);
  assert.equal(group.shards, 1);
  assert.deepEqual([group.coupons, group.codes, group.used, group.held], [0, 0, 0, 0]);
  await newCoupon(server.url, group.id, { codes: { kind: "named", code: "COUNTED" } });
  const found = await request(`${server.url}/v1/coupon-groups?search=mmer%2020`);
  assert.deepEqual(found.body, { rows: [{ ...group, coupons: 1, codes: 1 }], next: null });
  const one = await request(`${server.url}/v1/coupon-groups/${group.id}`);
  assert.deepEqual(one.body, { ...group, coupons: 1, codes: 1 });
});

test("groups come in pages, the newest first", async () => {
  const names = ["Page 1", "Page 2", "Page 3"];
  for (const name of names) await newGroup(server.url, { name });
  const first = await request(`${server.url}/v1/coupon-groups?search=page&limit=2`);
  const query = `search=page&limit=2&after=${first.body.next}`;
  const second = await request(`${server.url}/v1/coupon-groups?${query}`);
  const rows = [...first.body.rows, ...second.body.rows];
  assert.deepEqual(
    rows.map(({ name }) => name),
    names.reverse(),
  );
  assert.equal(second.body.next, null);
});

test("what is no group is refused", async () => {
  const url = `${server.url}/v1/coupon-groups`;
  for (const [body, code, field] of /** @type {const} */ ([
    [{ name: "", purpose: "other" }, "invalid_value", "name"],
    [{ name: "x".repeat(201), purpose: "other" }, "invalid_value", "name"],
    [{ name: 1, purpose: "other" }, "wrong_type", "name"],
    [{ name: "x", purpose: "fun" }, "wrong_type", "purpose"],
    [{ name: "x", purpose: "other", shards: 17 }, "invalid_value", "shards"],
    [{ name: "x", purpose: "other", more: 1 }, "unknown_field", "more"],
    ["text", "wrong_type", null],
  ])) {
    assertRefused(await post(url, body), 400, code, field);
  }
  const cut = await request(url, { method: "POST", body: '{"name":' });
  assertRefused(cut, 400, "malformed_json", null);
  assertRefused(await post(url, { name: "x".repeat(5000) }), 413, "body_too_large", null);
  assertRefused(await request(`${url}/nothing`), 404, "group_unknown", "group");
  assertRefused(await request(`${url}?limit=0`), 400, "invalid_value", "limit");
});

test("coupons are the operator's", async () => {
  const headers = { authorization: "Bearer wrong" };
  const answer = await request(`${server.url}/v1/coupon-groups`, { headers });
  assertRefused(answer, 401, "operator_key_invalid", "Authorization");
});
