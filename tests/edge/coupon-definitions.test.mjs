// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { PERCENT, generated, newCoupon, newGroup, post, redeemed } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {string} */
let group;

before(async () => {
  server = await startServer();
  group = (await newGroup(server.url)).id;
});
after(() => server.stop());

let codes = 0;

/** @param {object} [more] */
function named(more = {}) {
  codes += 1;
  return { codes: { kind: "named", code: `NAMED_${codes}` }, ...more };
}

/**
 * @param {string} id
 * @param {object} change
 */
function patch(id, change) {
  const url = `${server.url}/v1/coupons/${id}`;
  return request(url, { method: "PATCH", body: JSON.stringify(change) });
}

/** @param {string} query */
async function details(query) {
  const { status, body } = await request(
    `${server.url}/v1/coupon-groups/${group}/coupons?${query}`,
  );
  assert.equal(status, 200, JSON.stringify(body));
  return body.rows.map((/** @type {any} */ { coupon }) => coupon.detail);
}

test("a window of local days becomes instants, the last day whole", async () => {
  const window = { starts_on: "2027-03-27", ends_on: "2027-03-28", tz: "Europe/Madrid" };
  const { coupon } = await newCoupon(server.url, group, named({ window }));
  // The clocks go forward on the 28th: it has 23 hours.
  assert.equal(coupon.window.starts_ms, Date.parse("2027-03-26T23:00:00Z"));
  assert.equal(coupon.window.ends_ms, Date.parse("2027-03-28T22:00:00Z"));
  assert.deepEqual([coupon.group, coupon.version, coupon.active], [group, 1, true]);
  const found = await request(`${server.url}/v1/coupons/${coupon.id}`);
  assert.deepEqual(found.body.coupon, coupon);
});

test("coupons of a group are found by state, benefit, scope and words", async () => {
  const day = (/** @type {number} */ days) =>
    new Date(Date.now() + days * 86_400_000).toISOString();
  const fixed = { kind: "fixed", amount_minor: 500, currency: "EUR" };
  await newCoupon(server.url, group, named({ detail: "f-now", scopes: ["plan:gold", "vod:*"] }));
  await newCoupon(server.url, group, named({ detail: "f-soon", window: { starts_at: day(1) } }));
  await newCoupon(server.url, group, named({ detail: "f-over", window: { ends_at: day(-1) } }));
  await newCoupon(server.url, group, named({ detail: "f-off", active: false, benefit: fixed }));
  assert.deepEqual(await details("search=F-"), ["f-off", "f-over", "f-soon", "f-now"]);
  assert.deepEqual(await details("search=f-&state=active"), ["f-now"]);
  assert.deepEqual(await details("search=f-&state=scheduled"), ["f-soon"]);
  assert.deepEqual(await details("search=f-&state=ended"), ["f-over"]);
  assert.deepEqual(await details("search=f-&state=inactive"), ["f-off"]);
  assert.deepEqual(await details("search=f-&benefit=fixed"), ["f-off"]);
  assert.deepEqual(await details("search=f-&scope=vod:*"), ["f-now"]);
  assert.deepEqual(await details(`search=named_${codes}`), ["f-off"]);
  const url = `${server.url}/v1/coupon-groups/${group}/coupons`;
  assertRefused(await request(`${url}?state=lost`), 400, "invalid_value", "state");
});

test("what is no coupon is refused where it is wrong, and claims no code", async () => {
  const url = `${server.url}/v1/coupon-groups/${group}/coupons`;
  const percent = (/** @type {unknown} */ value) => ({
    benefit: { kind: "percent", percent: value },
  });
  const fixed = (/** @type {unknown} */ amount, /** @type {string} */ currency) => ({
    benefit: { kind: "fixed", amount_minor: amount, currency },
  });
  const window = (/** @type {object} */ of) => ({ window: of });
  const at = (/** @type {string} */ starts_at, /** @type {string} */ ends_at) =>
    window({ starts_at, ends_at });
  for (const [draft, code, field] of /** @type {[object, string, string | null][]} */ ([
    [percent("100.1"), "invalid_value", "benefit.percent"],
    [percent("-5"), "invalid_value", "benefit.percent"],
    [percent("ten"), "invalid_value", "benefit.percent"],
    [percent(10), "wrong_type", "benefit"],
    [fixed(500, "XXQ"), "invalid_value", "benefit.currency"],
    [fixed(500, "eur"), "invalid_value", "benefit.currency"],
    [fixed(-1, "EUR"), "invalid_value", "benefit.amount_minor"],
    [at("2027-02-01T00:00:00Z", "2027-01-01T00:00:00Z"), "invalid_value", "window"],
    [at("2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z"), "invalid_value", "window"],
    [window({ ends_on: "2027-01-01", tz: "Mars/Olympus" }), "invalid_value", "window.tz"],
    [window({ ends_on: "2027-02-30", tz: "UTC" }), "invalid_value", "window.ends_on"],
    [window({ ends_on: "2027-01-01" }), "missing_field", "window.tz"],
    [{ limits: { budget_minor: 5 } }, "missing_field", "limits.budget_currency"],
    [{ scopes: ["gold"] }, "invalid_value", "scopes[0]"],
    [{ detail: "x".repeat(501) }, "invalid_value", "detail"],
    [{ version: 3 }, "unknown_field", "version"],
    [{ codes: { kind: "named", code: "" } }, "invalid_value", "codes.code"],
    [{ codes: { kind: "named", code: "0000000000001" } }, "invalid_value", "codes.code"],
    [{ codes: { kind: "named", code: "\u00d1AME" } }, "invalid_value", "codes.code"],
    [{ codes: { kind: "both" } }, "wrong_type", "codes.kind"],
  ])) {
    const body = { ...PERCENT, codes: { kind: "named", code: "UNCLAIMED" }, ...draft };
    const answer = await post(url, body);
    assertRefused(answer, 400, code, field);
  }
  assertRefused(await post(url, { ...PERCENT }), 400, "missing_field", null);
  assertRefused(await post(url, { detail: "x".repeat(70_000) }), 413, "body_too_large", null);
  const elsewhere = `${server.url}/v1/coupon-groups/nowhere/coupons`;
  assertRefused(await post(elsewhere, named(PERCENT)), 404, "group_unknown", "group");
  const unclaimed = await request(`${server.url}/v1/coupon-codes/UNCLAIMED`);
  assertRefused(unclaimed, 404, "code_unknown", "code");
});

test("a code names one coupon of all groups, in whatever spelling", async () => {
  const url = `${server.url}/v1/coupon-groups/${(await newGroup(server.url)).id}/coupons`;
  await newCoupon(server.url, group, { codes: { kind: "named", code: "once-only" } });
  const again = { ...PERCENT, codes: { kind: "named", code: "\uff2fnce Only" } };
  assertRefused(await post(url, again), 409, "code_taken", "codes.code");
  const together = { ...PERCENT, codes: { kind: "named", code: "TOGETHER" } };
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(url, together)));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [201, ...Array(7).fill(409)]);
});

test("what shards would count apart is refused for a group with several", async () => {
  const { id } = await newGroup(server.url, { shards: 3 });
  const url = `${server.url}/v1/coupon-groups/${id}/coupons`;
  const made = { ...PERCENT, ...generated(10) };
  assertRefused(await post(url, named(PERCENT)), 400, "invalid_value", "codes.kind");
  for (const [limits, field] of /** @type {const} */ ([
    [{ max_redemptions: 5 }, "limits.max_redemptions"],
    [{ per_customer: 1 }, "limits.per_customer"],
    [{ budget_minor: 5, budget_currency: "EUR" }, "limits.budget_minor"],
  ])) {
    assertRefused(await post(url, { ...made, limits }), 400, "invalid_value", field);
  }
  const { coupon } = await newCoupon(server.url, id, made);
  const page = await eventually(async () => {
    const { body } = await request(
      `${server.url}/v1/coupon-groups/${id}/codes?coupon=${coupon.id}`,
    );
    assert.equal(body.rows.length, 10);
    return body;
  });
  for (const { code } of page.rows)
    await redeemed(server.url, code, { customer: "ann", confirm: true });
  const used = await request(`${server.url}/v1/coupon-groups/${id}/codes?state=used&limit=4`);
  const after = encodeURIComponent(used.body.next);
  const rest = await request(
    `${server.url}/v1/coupon-groups/${id}/codes?state=used&after=${after}`,
  );
  const found = [...used.body.rows, ...rest.body.rows].map(({ code }) => code);
  assert.equal(new Set(found).size, 10);
});

test("a coupon is stopped, extended and limited less, and its shards know before the answer", async () => {
  const limits = { max_redemptions: 1, per_customer: 1 };
  const { coupon } = await newCoupon(server.url, group, named({ limits }));
  const { code } = coupon.codes;
  await redeemed(server.url, code, { customer: "ann", confirm: true });
  await assert.rejects(redeemed(server.url, code, { customer: "bob" }), /LIMIT_REACHED/);
  const more = await patch(coupon.id, { limits: { max_redemptions: 2 }, detail: "one more" });
  assert.deepEqual([more.status, more.body.coupon.version], [200, 2]);
  await redeemed(server.url, code, { customer: "bob", confirm: true });
  await patch(coupon.id, { active: false, limits: { max_redemptions: null } });
  await assert.rejects(redeemed(server.url, code, { customer: "cy" }), /INACTIVE/);
  await patch(coupon.id, { active: true, window: { ends_at: "2001-01-01T00:00:00Z" } });
  await assert.rejects(redeemed(server.url, code, { customer: "cy" }), /EXPIRED/);
  const extended = await patch(coupon.id, { window: { ends_on: "2999-12-31", tz: "UTC" } });
  assert.equal(extended.body.coupon.window.ends_ms, Date.parse("3000-01-01T00:00:00Z"));
  await redeemed(server.url, code, { customer: "cy", confirm: true });
  assert.equal((await patch(coupon.id, {})).body.coupon.version, extended.body.coupon.version);
});

test("a change that takes away what was promised is refused", async () => {
  const limits = { max_redemptions: 10, budget_minor: 500, budget_currency: "EUR" };
  const window = { starts_at: "2027-01-01T00:00:00Z" };
  const { coupon } = await newCoupon(server.url, group, named({ limits, window }));
  for (const [change, code, field] of /** @type {[object, string, string | null][]} */ ([
    [{ limits: { max_redemptions: 9 } }, "invalid_value", "limits.max_redemptions"],
    [{ limits: { per_customer: 1 } }, "invalid_value", "limits.per_customer"],
    [{ limits: { budget_minor: 499 } }, "invalid_value", "limits.budget_minor"],
    [{ window: { ends_at: "2026-12-31T00:00:00Z" } }, "invalid_value", "window"],
    [{ window: { ends_at: "soon" } }, "invalid_value", "window.ends_at"],
    [{ window: { tz: "UTC" } }, "missing_field", "window.ends_on"],
    [{ benefit: { kind: "percent", percent: "1" } }, "unknown_field", "benefit"],
    [{ active: "yes" }, "wrong_type", "active"],
    [{ detail: "x".repeat(501) }, "invalid_value", "detail"],
  ])) {
    assertRefused(await patch(coupon.id, change), 400, code, field);
  }
  assertRefused(await patch("nothing", {}), 404, "coupon_unknown", "coupon");
  const { body } = await request(`${server.url}/v1/coupons/${coupon.id}`);
  assert.deepEqual(body.coupon, coupon);
});
