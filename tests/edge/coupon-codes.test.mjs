// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import {
  COUPON_KEYS,
  ended,
  generated,
  newCoupon,
  newGroup,
  post,
  redeemed,
} from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {string} */
let group;

before(async () => {
  server = await startServer({ environment: { COUPON_KEYS } });
  group = (await newGroup(server.url)).id;
});
after(() => server.stop());

/**
 * The codes of a new coupon, when they are made.
 * @param {number} quantity
 * @param {object} [more]
 * @param {string} [of]
 */
async function codesMade(quantity, more = {}, of = group) {
  const { coupon, job } = await newCoupon(server.url, of, generated(quantity, more));
  const { state, done, total, message } = await ended(server.url, job.id);
  assert.deepEqual([state, done, total, message], ["done", quantity, quantity, ""]);
  const { rows, next } = await codes(`coupon=${coupon.id}&limit=1000`, of);
  assert.equal(next, null);
  return { coupon, codes: rows.map((/** @type {{ code: string }} */ { code }) => code) };
}

/**
 * @param {string} query
 * @param {string} [of]
 */
async function codes(query, of = group) {
  const { status, body } = await request(`${server.url}/v1/coupon-groups/${of}/codes?${query}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** @param {string} code */
async function lookup(code) {
  return request(`${server.url}/v1/coupon-codes/${encodeURIComponent(code)}`);
}

test("so many codes are made as were asked for, all different, with their check symbol", async () => {
  const made = await codesMade(300);
  assert.equal(new Set(made.codes).size, 300);
  for (const code of made.codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{13}$/);
  const { body } = await request(`${server.url}/v1/coupons/${made.coupon.id}`);
  assert.deepEqual([body.issued, body.used, body.held], [300, 0, 0]);
});

test("a code is found in any spelling", async () => {
  const { codes: made, coupon } = await codesMade(200);
  const code = made.find((/** @type {string} */ each) => /[01]/.test(each)) ?? "";
  const spelled = code
    .toLowerCase()
    .replaceAll("0", "o")
    .replaceAll("1", "l")
    .replace(/.{4}/g, "$& - ");
  for (const spelling of [code, spelled, `\u200b${code.replace(/./g, "$&\u00a0")}`]) {
    const { status, body } = await lookup(spelling);
    assert.equal(status, 200, spelling);
    assert.deepEqual(body, { code, coupon: coupon.id, group, state: "unused", redemptions: [] });
  }
});

test("a mistyped code is refused with what is probably meant, an unknown one as unknown", async () => {
  const { codes: made } = await codesMade(1);
  const [code = ""] = made;
  const wrong = `${code[0] === "A" ? "B" : "A"}${code.slice(1)}`;
  const answer = await lookup(wrong);
  assertRefused(answer, 400, "invalid_value", "code");
  assertRefused(await lookup("n\u00e3o"), 400, "invalid_value", "code");
  assertRefused(await lookup("UNKNOWN-CODE"), 404, "code_unknown", "code");
});

test("a code of a pattern is found as it is spelled and not with look-alikes", async () => {
  const { codes: made } = await codesMade(20, { pattern: "LOYAL-####" });
  for (const code of made) assert.match(code, /^LOYAL[0-9A-HJKMNP-TV-Z]{4}$/);
  const [code = ""] = made;
  assert.equal((await lookup(`loyal-${code.slice(5)}`)).body.code, code);
  assertRefused(await lookup(code.replace("LOYAL", "10YA1")), 404, "code_unknown", "code");
});

test("further codes of a coupon are made on demand", async () => {
  const { coupon } = await codesMade(5);
  const url = `${server.url}/v1/coupons/${coupon.id}/codes`;
  const answer = await post(url, { quantity: 7 });
  assert.equal(answer.status, 202);
  await ended(server.url, answer.body.id);
  assert.equal((await request(`${server.url}/v1/coupons/${coupon.id}`)).body.issued, 12);
  assertRefused(await post(url, { quantity: 0 }), 400, "invalid_value", "quantity");
  assertRefused(await post(url, { quantity: 1e9 }), 400, "too_many", "quantity");
  assertRefused(await post(url, {}), 400, "missing_field", null);
  assertRefused(await post(url, { quantity: "7" }), 400, "wrong_type", "quantity");
  const named = await newCoupon(server.url, group, { codes: { kind: "named", code: "ONLYONE" } });
  const more = await post(`${server.url}/v1/coupons/${named.coupon.id}/codes`, { quantity: 1 });
  assertRefused(more, 400, "invalid_value", "coupon");
});

test("a quantity that cannot be made is refused before anything is stored", async () => {
  const url = `${server.url}/v1/coupon-groups/${group}/coupons`;
  const benefit = { kind: "percent", percent: "10" };
  for (const [codes, code, field] of /** @type {const} */ ([
    [{ quantity: 0 }, "invalid_value", "codes.quantity"],
    [{ quantity: 1e9 }, "too_many", "codes.quantity"],
    [{ quantity: -1 }, "invalid_value", "codes"],
    [{ quantity: 1.5 }, "wrong_type", "codes"],
    [{ quantity: 600_000, pattern: "A####" }, "space_too_small", "codes.quantity"],
    [{ quantity: 10, pattern: "N\u00c3O##" }, "invalid_value", "codes.pattern"],
    [{ quantity: 10, pattern: "#".repeat(65) }, "length_out_of_range", "codes.pattern"],
    [{ quantity: 10, tagged: true, pattern: "A####" }, "invalid_value", "codes.pattern"],
    [{ quantity: 5_000_000, tagged: true }, "space_too_small", "quantity"],
    [{ quantity: 10, more: 1 }, "unknown_field", "codes"],
  ])) {
    const answer = await post(url, { benefit, codes: { kind: "generated", ...codes } });
    assertRefused(answer, 400, code, field);
  }
  const full = await post(url, {
    benefit,
    codes: { kind: "generated", quantity: 524_289, pattern: "A####" },
  });
  assert.match(full.body.message, /at most 524288 are possible/);
});

test("tagged codes are known without being stored, listed, and revoked one by one", async () => {
  const { codes: made, coupon } = await codesMade(40, { tagged: true });
  assert.equal(new Set(made).size, 40);
  for (const code of made) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{14}$/);
  const [first = "", second = ""] = made;
  assert.equal((await lookup(first.toLowerCase())).body.coupon, coupon.id);
  const revoked = await post(`${server.url}/v1/coupon-codes/${first}/revoke`, {});
  assert.deepEqual([revoked.status, revoked.body.state], [200, "revoked"]);
  assert.equal((await lookup(first)).body.state, "revoked");
  assert.equal((await lookup(second)).body.state, "unused");
  const { rows } = await codes(`coupon=${coupon.id}&state=revoked`);
  assert.deepEqual(
    rows.map((/** @type {any} */ { code }) => code),
    [first],
  );
});

test("codes come in pages that leave out none and repeat none", async () => {
  const own = (await newGroup(server.url)).id;
  const all = [
    ...(await codesMade(60, {}, own)).codes,
    ...(await codesMade(40, { tagged: true }, own)).codes,
    "NAMEDINPAGES",
  ];
  await newCoupon(server.url, own, { codes: { kind: "named", code: "NAMEDINPAGES" } });
  for (const limit of [1, 7, 50, 1000]) {
    const found = [];
    let after = "";
    for (;;) {
      const { rows, next } = await codes(`limit=${limit}${after}`, own);
      assert.ok(rows.length <= limit);
      found.push(...rows.map((/** @type {any} */ { code }) => code));
      if (next === null) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    assert.deepEqual(found.sort(), [...all].sort(), `pages of ${limit}`);
  }
  const [start = ""] = all;
  const { rows } = await codes(`search=${start.slice(0, 6).toLowerCase()}`, own);
  assert.deepEqual(
    rows.map((/** @type {any} */ { code }) => code),
    [start],
  );
});

test("where a code stands follows its redemption, by whom, when and on what", async () => {
  const own = (await newGroup(server.url)).id;
  const { codes: made, coupon } = await codesMade(4, {}, own);
  const [used = "", held = "", reversed = "", unused = ""] = made;
  await redeemed(server.url, used, { customer: "ann", confirm: true });
  await redeemed(server.url, held, { customer: "=bob" });
  const { id } = await redeemed(server.url, reversed, { customer: "cy", confirm: true });
  const back = { method: "POST", headers: { "idempotency-key": "back" } };
  await request(`${server.url}/v1/redemptions/${id}/reverse`, back);

  const found = await lookup(used);
  assert.equal(found.body.state, "used");
  const [{ customer, scope, state, confirmed_ms, settled_ms = confirmed_ms }] =
    found.body.redemptions;
  assert.deepEqual([customer, scope, state], ["ann", "plan:gold", "confirmed"]);
  assert.ok(Math.abs(settled_ms - Date.now()) < 60_000);
  assert.equal((await lookup(held)).body.state, "held");
  assert.equal((await lookup(reversed)).body.state, "reversed");

  const byState = async (/** @type {string} */ query) =>
    (await codes(query, own)).rows.map((/** @type {any} */ { code }) => code);
  assert.deepEqual(await byState("state=used"), [used]);
  assert.deepEqual(await byState("state=held"), [held]);
  assert.deepEqual(await byState("state=reversed"), [reversed]);
  assert.deepEqual(await byState("state=unused"), [unused]);
  assert.deepEqual(await byState("customer=ann"), [used]);
  assert.deepEqual(await byState(`customer=ann&to=${Date.now() - 3600_000}`), []);
  assert.deepEqual(await byState(`from=${Date.now() - 3600_000}&state=held`), [held]);

  await eventually(async () => {
    const { body } = await request(`${server.url}/v1/coupon-groups/${own}`);
    assert.deepEqual([body.codes, body.used, body.held], [4, 1, 1]);
  });
  const file = await request(`${server.url}/v1/coupon-groups/${own}/codes.csv`);
  const [head, ...rows] = file.body.trimEnd().split("\r\n");
  assert.equal(
    head,
    "code,coupon,state,redemptions,customer,basket,scope,at,discount_minor,currency",
  );
  assert.equal(rows.length, 4);
  const row = (/** @type {string} */ code) =>
    rows.find((/** @type {string} */ each) => each.startsWith(code));
  assert.equal(row(unused), `${unused},${coupon.id},unused,0,,,,,,`);
  assert.match(row(used), new RegExp(`^${used},${coupon.id},used,1,ann,,plan:gold,20.+Z,200,EUR$`));
  assert.match(row(held), /,held,1,'=bob,/);
});

test("a revoked code cannot be redeemed", async () => {
  const { codes: made } = await codesMade(1);
  const [code = ""] = made;
  assert.equal(
    (await post(`${server.url}/v1/coupon-codes/${code}/revoke`, {})).body.state,
    "revoked",
  );
  await assert.rejects(redeemed(server.url, code, { customer: "ann" }), /coupon_refused/);
});

test("questions about codes that make no sense are refused", async () => {
  const url = `${server.url}/v1/coupon-groups/${group}/codes`;
  for (const [query, field] of [
    ["state=lost", "state"],
    ["after=x", "after"],
    ["after=[1,2]", "after"],
    ["limit=0", "limit"],
    ["from=yesterday", "from"],
    ["search=%C3%B1", "search"],
    ["state=unused&customer=ann", "state"],
  ]) {
    assertRefused(await request(`${url}?${query}`), 400, "invalid_value", field ?? null);
  }
  const nowhere = `${server.url}/v1/coupon-groups/nowhere`;
  assertRefused(await request(`${nowhere}/codes`), 404, "group_unknown", "group");
  assertRefused(await request(`${nowhere}/codes.csv`), 404, "group_unknown", "group");
});
