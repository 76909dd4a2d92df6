// @ts-check
// Codes of every kind redeemed over HTTP: tagged ones that nobody stores, stored ones in any spelling, many at
// once in a group of several shards; and what a change of a coupon does to the next purchase.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, request } from "./api.mjs";
import { ended, generated, newCoupon, newGroup } from "./coupon-api.mjs";
import { get, post, reservation } from "./redeeming.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";
/** @type {string} */
let group;

before(async () => {
  // The edge's knowledge is asked again only by who has a proof that there is more.
  server = await startServer({ environment: { KNOWLEDGE_SECONDS: "86400" } });
  url = server.url;
  group = (await newGroup(url)).id;
});
after(() => server?.stop());

/**
 * A coupon with generated codes, and the codes as they are listed when all are made.
 * @param {number} quantity
 * @param {{ of?: string, codes?: object, more?: object }} [options]
 */
async function issued(quantity, { of = group, codes = {}, more = {} } = {}) {
  const draft = { ...generated(quantity, codes), ...more };
  const { coupon, job } = await newCoupon(url, of, draft);
  assert.equal((await ended(url, job.id)).state, "done");
  const path = `/v1/coupon-groups/${of}/codes?coupon=${coupon.id}&limit=1000`;
  const { rows } = (await get(url, path)).body;
  assert.equal(rows.length, quantity);
  return { coupon, codes: rows.map((/** @type {any} */ row) => String(row.code)) };
}

let keys = 0;

/**
 * @param {string} code
 * @param {string} customer
 * @param {object} [more]
 */
function reserve(code, customer, more = {}) {
  keys += 1;
  return post(url, "/v1/redemptions", reservation(code, customer, more), `codes-${keys}`);
}

/**
 * @param {string} id
 * @param {string} step
 */
function settle(id, step) {
  keys += 1;
  return post(url, `/v1/redemptions/${id}/${step}`, "", `codes-${keys}`);
}

/** @param {string} code */
function check(code) {
  const purchase = { currency: "EUR", lines: [{ id: "plan", unit_minor: 1299, quantity: 1 }] };
  return post(url, "/v1/coupons/check", { code, viewer: "viewer", purchase });
}

/** @param {import("./api.mjs").Answer} answer */
const reasonOf = ({ status, body }) => [status, body.code, body.reason];

const refused = (/** @type {string} */ reason) => [409, "coupon_refused", reason];

/**
 * A code with another letter at a place, and the same check symbol.
 * @param {string} code
 * @param {number} at
 */
function changed(code, at) {
  return `${code.slice(0, at)}${code[at] === "A" ? "B" : "A"}${code.slice(at + 1)}`;
}

/** The order of the symbols in which the check symbol is looked for. */
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

test("a_tagged_code_is_checked_reserved_and_confirmed_once", async () => {
  const { codes, coupon } = await issued(2, { codes: { tagged: true } });
  const [code = "", other = ""] = codes;
  const known = await check(code);
  assert.deepEqual([known.body.valid, known.body.discount_minor], [true, 260]);
  const held = await reserve(code, "ann");
  assert.equal(held.status, 201, JSON.stringify(held.body));
  assert.deepEqual([held.body.state, held.body.code, held.body.coupon], ["held", code, coupon.id]);
  assert.deepEqual(reasonOf(await reserve(code, "bob")), refused("LIMIT_REACHED"));
  for (let times = 0; times < 2; times += 1) {
    const confirmed = await post(url, `/v1/redemptions/${held.body.id}/confirm`, "", "tagged-ann");
    assert.deepEqual([confirmed.status, confirmed.body.state], [200, "confirmed"]);
  }
  const again = await settle(held.body.id, "confirm");
  assert.deepEqual([again.status, again.body.code], [409, "redemption_state"]);
  assert.deepEqual(reasonOf(await reserve(code, "bob")), refused("LIMIT_REACHED"));
  assert.equal((await reserve(other, "bob")).status, 201);
});

test("a_tag_that_is_forged_is_unknown_whatever_its_check_symbol", async () => {
  const { codes } = await issued(1, { codes: { tagged: true } });
  const [code = ""] = codes;
  const forged = changed(code, 8);
  assert.deepEqual(reasonOf(await reserve(forged, "eve")), refused("MALFORMED"));
  /** @type {unknown[]} */
  const found = [];
  for (const symbol of SYMBOLS) {
    const answer = await reserve(`${forged.slice(0, 13)}${symbol}`, "eve");
    assert.deepEqual([answer.status, answer.body.code], [409, "coupon_refused"]);
    if (answer.body.reason !== "MALFORMED") found.push(answer.body.reason);
  }
  // One of 32 is the right one: a code like any other, which nobody has made.
  assert.deepEqual(found, ["NOT_FOUND"]);
});

test("a_generated_code_of_a_job_is_redeemed_once_in_any_spelling", async () => {
  const { codes, coupon } = await issued(100);
  const code = codes.find((/** @type {string} */ each) => /0/.test(each) && /1/.test(each)) ?? "";
  assert.notEqual(code, "");
  const spelled = code.toLowerCase().replaceAll("0", "o").replaceAll("1", "l");
  const spellings = [` ${spelled.replace(/.{4}/g, "$&-")} `, code.replaceAll("1", "I"), code];
  const answers = await Promise.all(
    spellings.map((each) => reserve(each, each, { confirm: true })),
  );
  const taken = answers.filter(({ status }) => status === 201);
  assert.deepEqual(
    taken.map(({ body }) => [body.code, body.coupon, body.state]),
    [[code, coupon.id, "confirmed"]],
  );
  for (const answer of answers.filter((each) => !taken.includes(each))) {
    assert.deepEqual(reasonOf(answer), refused("LIMIT_REACHED"));
  }
  for (const each of spellings) {
    assert.deepEqual(reasonOf(await reserve(each, "late")), refused("LIMIT_REACHED"));
  }
});

for (const [kind, tagged] of /** @type {const} */ ([
  ["stored", false],
  ["tagged", true],
])) {
  test(`forty_${kind}_codes_of_four_shards_are_redeemed_once_each_and_counted`, async () => {
    const { id: of } = await newGroup(url, { shards: 4 });
    const { coupon, codes } = await issued(40, { of, codes: { tagged } });
    const answers = await Promise.all(
      codes.flatMap((/** @type {string} */ code) =>
        ["ann", "bob"].map((who) => reserve(code, who, { confirm: true })),
      ),
    );
    const taken = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    assert.deepEqual(new Set(taken.map(({ code }) => code)), new Set(codes));
    assert.equal(taken.length, 40);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      assert.deepEqual(reasonOf(answer), refused("LIMIT_REACHED"));
    }
    const shards = new Set(taken.map(({ id }) => id.split(".")[1]));
    assert.deepEqual([...shards].sort(), ["0", "1", "2", "3"]);
    for (const { id, code, customer } of taken) {
      const { body } = await get(url, `/v1/coupon-codes/${code}`);
      assert.deepEqual([body.state, body.coupon, body.group], ["used", coupon.id, of]);
      assert.deepEqual(
        body.redemptions.map((/** @type {any} */ one) => [one.id, one.customer]),
        [[id, customer]],
      );
    }
    const listed = await get(url, `/v1/coupon-groups/${of}/codes?state=used&limit=1000`);
    const used = listed.body.rows.map((/** @type {any} */ row) => row.code);
    assert.deepEqual([used.length, new Set(used)], [40, new Set(codes)]);
    await counted(of, { codes: 40, used: 40, held: 0 }, { reserved: 40, confirmed: 40 });
  });
}

/**
 * What the directory says of a group, as soon as its shards have told it.
 * @param {string} of
 * @param {{ codes: number, used: number, held: number }} expected
 * @param {{ reserved: number, confirmed: number }} figures
 */
function counted(of, expected, figures) {
  return eventually(async () => {
    const { body } = await request(`${url}/v1/coupon-groups/${of}`);
    const { codes, used, held } = body;
    assert.deepEqual({ codes, used, held }, expected);
    const { rows } = (await request(`${url}/v1/coupon-figures?by=group&group=${of}`)).body;
    const none = { released: 0, expired: 0, reversed: 0 };
    const discount_minor = { EUR: 260 * figures.confirmed };
    assert.deepEqual(rows, [{ group: of, ...figures, ...none, discount_minor }]);
  });
}

/**
 * @param {string} coupon
 * @param {object} change
 */
async function patch(coupon, change) {
  const body = JSON.stringify(change);
  const answer = await request(`${url}/v1/coupons/${coupon}`, { method: "PATCH", body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

for (const [kind, codes] of /** @type {const} */ ([
  ["stored", {}],
  ["tagged", { tagged: true }],
])) {
  test(`a_${kind}_code_of_a_coupon_that_is_stopped_is_refused_at_once_and_extended_works`, async () => {
    const { coupon, codes: made } = await issued(4, { codes });
    const [first = "", second = "", third = "", fourth = ""] = made;
    // The edge has its knowledge from before the change.
    assert.equal((await check(second)).body.valid, true);
    const held = await reserve(first, "ann");
    await patch(coupon.id, { active: false });
    assert.deepEqual(reasonOf(await reserve(second, "bob")), refused("INACTIVE"));
    // What was promised before is kept.
    assert.equal((await settle(held.body.id, "confirm")).status, 200);
    await patch(coupon.id, { active: true });
    assert.equal((await reserve(second, "bob")).status, 201);
    await patch(coupon.id, { window: { ends_at: new Date(Date.now() - 1000).toISOString() } });
    assert.deepEqual(reasonOf(await reserve(third, "cy")), refused("EXPIRED"));
    await patch(coupon.id, { window: { ends_at: new Date(Date.now() + 3_600_000).toISOString() } });
    assert.equal((await reserve(fourth, "cy")).status, 201);
  });
}

test("a_tagged_code_is_answered_alike_though_the_edge_is_told_no_more_of_its_coupon", async () => {
  const { coupon, codes } = await issued(2, { codes: { tagged: true } });
  const [code = "", other = ""] = codes;
  const body = reservation(code, "ann", { confirm: true });
  const first = await post(url, "/v1/redemptions", body, "told-no-more");
  assert.equal(first.status, 201);
  await patch(coupon.id, { active: false });
  // A younger tagged code makes the edge ask for what is known now: the coupon is not in it.
  const younger = await issued(1, { codes: { tagged: true } });
  assert.equal((await check(younger.codes[0] ?? "")).body.valid, true);
  const again = await post(url, "/v1/redemptions", body, "told-no-more");
  assert.deepEqual([again.status, again.body], [201, first.body]);
  assert.deepEqual(reasonOf(await reserve(other, "bob")), refused("INACTIVE"));
});
