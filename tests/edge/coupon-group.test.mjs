// @ts-check
// The object of a group as the other objects see it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "./api.mjs";
import { makeProbe, rowsOf } from "./group-probe.mjs";
import { reservation } from "./redeeming.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {import("./group-probe.mjs").Probe} */
let probe;
const state = mkdtempSync(join(tmpdir(), "usher-state-"));

before(async () => {
  probe = await makeProbe();
  server = await startServer({ demo: probe.demo, state });
});
after(async () => {
  await server?.stop();
  for (const folder of [state, probe.demo]) rmSync(folder, { recursive: true, force: true });
});

/**
 * @param {string} group
 * @param {number} version
 * @param {object} [more]
 */
const coupon = (group, version, more = {}) => ({
  id: `coupon-of-${group}`,
  group,
  version,
  detail: "",
  active: true,
  window: {},
  codes: { kind: "generated", tagged: false },
  scopes: [],
  benefit: { kind: "percent", percent: "10" },
  target: { kind: "order" },
  limits: {},
  ...more,
});

/**
 * @param {string} group
 * @param {string} code
 * @param {string} customer
 * @param {string} key
 * @param {object} [more]
 */
async function reserve(group, code, customer, key, more = {}) {
  const body = JSON.stringify(reservation(code, customer, more));
  const id = `coupon-of-${group}`;
  const operation = { key, step: "reserve", body, id, code, revoked: false };
  const { status, body: text } = await probe.ask(group, "redeem", operation);
  return { status, body: JSON.parse(text) };
}

/**
 * @param {string} group
 * @param {string} step
 * @param {string} id
 * @param {string} key
 */
async function settle(group, step, id, key) {
  const short = id.split(".").at(-1);
  const operation = { key, step, body: "", id: short, code: "", revoked: false };
  return probe.ask(group, "redeem", operation);
}

test("a_generated_code_is_redeemed_once_and_is_free_again_after_its_reversal", async () => {
  await probe.ask("once", "define", [coupon("once", 1)]);
  const first = await reserve("once", "AAAA", "ann", "1", { confirm: true });
  assert.equal(first.status, 201);
  const second = await reserve("once", "AAAA", "bob", "2");
  assert.deepEqual([second.status, second.body.reason], [409, "LIMIT_REACHED"]);
  assert.equal((await reserve("once", "BBBB", "bob", "3")).status, 201);
  assert.deepEqual(await probe.ask("once", "used", "", 10), ["AAAA", "BBBB"]);
  assert.deepEqual(await probe.ask("once", "used", "AAAA", 10), ["BBBB"]);
  assert.equal((await settle("once", "reverse", first.body.id, "4")).status, 200);
  assert.deepEqual(await probe.ask("once", "used", "", 10), ["BBBB"]);
  assert.equal((await reserve("once", "AAAA", "bob", "2")).status, 201);
  const uses = await probe.ask("once", "lookup", "AAAA");
  assert.deepEqual(
    uses.map((/** @type {any} */ use) => [use.customer, use.state]),
    [
      ["bob", "held"],
      ["ann", "reversed"],
    ],
  );
});

test("of_definitions_the_newest_holds_in_whatever_order_they_come", async () => {
  const named = { codes: { kind: "named", code: "NAMED" } };
  const of = (/** @type {number} */ version, /** @type {number} */ max_redemptions) =>
    coupon("newest", version, { ...named, limits: { max_redemptions } });
  await probe.ask("newest", "define", [of(2, 2), of(1, 100)]);
  await probe.ask("newest", "define", [of(1, 100)]);
  const statuses = [];
  for (const customer of ["a", "b", "c"]) {
    statuses.push((await reserve("newest", "NAMED", customer, customer)).status);
  }
  assert.deepEqual(statuses, [201, 201, 409]);
  await probe.ask("newest", "define", [of(3, 3)]);
  assert.equal((await reserve("newest", "NAMED", "c", "c")).status, 201);
  assert.equal((await reserve("newest", "NAMED", "d", "d")).status, 409);
});

test("a_coupon_that_is_not_defined_here_is_asked_for_again_later", async () => {
  const answer = await reserve("undefined", "CODE", "ann", "1");
  assert.deepEqual([answer.status, answer.body.code], [503, "unavailable"]);
  assert.equal(await probe.ask("undefined", "counts", "coupon-of-undefined"), null);
});

test("redemptions_are_searched_page_by_page_the_newest_first", async () => {
  await probe.ask("search", "define", [coupon("search", 1)]);
  const ids = [];
  for (let count = 0; count < 5; count += 1) {
    const code = count < 3 ? `ABC${count}` : `XYZ${count}`;
    const more = { confirm: count % 2 === 0 };
    const answer = await reserve("search", code, `customer-${count % 2}`, `${count}`, more);
    ids.unshift(answer.body.id);
  }
  assert.deepEqual(
    (await rowsOf(probe, "search")).map(({ id }) => id),
    ids,
  );
  const first = await probe.ask("search", "search", { limit: 2 });
  const second = await probe.ask("search", "search", { limit: 2, after: first.next });
  const third = await probe.ask("search", "search", { limit: 2, after: second.next });
  assert.deepEqual(
    [first, second, third].map(({ rows }) => rows.length),
    [2, 2, 1],
  );
  assert.equal(third.next, null);
  const count = async (/** @type {object} */ search) =>
    (await probe.ask("search", "search", { limit: 10, ...search })).rows.length;
  assert.equal(await count({ state: "held" }), 2);
  assert.equal(await count({ customer: "customer-0", state: "confirmed" }), 3);
  assert.equal(await count({ code: "ABC" }), 3);
  assert.equal(await count({ from: Date.now() + 60_000 }), 0);
  assert.equal(await count({ to: Date.now() + 60_000, coupon: "coupon-of-search" }), 5);
});

test("a_hold_ends_by_alarm_though_nobody_asks_also_after_a_kill", async () => {
  await probe.ask("alarm", "define", [coupon("alarm", 1)]);
  const { body } = await reserve("alarm", "AAAA", "ann", "1", { hold_seconds: 1 });
  await server.kill9();
  await server.restart();
  const [, , id] = body.id.split(".");
  await eventually(async () => {
    const one = await probe.ask("alarm", "get", id);
    assert.deepEqual([one.state, one.settled_ms], ["expired", body.held_until_ms]);
  });
  assert.equal((await probe.ask("alarm", "counts", "coupon-of-alarm")).held, 0);
});

test("one_operation_that_fails_does_not_take_those_with_it_that_came_at_the_same_time", async () => {
  await probe.ask("together", "define", [coupon("together", 1)]);
  const broken = { key: 7, step: "reserve", body: "{}", id: "x", code: "", revoked: false };
  const [failed, ...others] = await Promise.allSettled([
    probe.ask("together", "redeem", broken),
    ...["AAAA", "BBBB", "CCCC"].map((code) => reserve("together", code, "ann", code)),
  ]);
  assert.equal(failed?.status, "rejected");
  for (const other of others) {
    assert.ok(other.status === "fulfilled");
    assert.equal(/** @type {any} */ (other.value).status, 201);
  }
});
