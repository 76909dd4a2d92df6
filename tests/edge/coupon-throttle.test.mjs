// @ts-check
// Whoever guesses codes is held back, by account, address and device, right guesses included.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, request } from "./api.mjs";
import { newCoupon, newGroup } from "./coupon-api.mjs";
import { OPERATOR_KEY, startServer } from "./server.mjs";

/** Half an hour of an account's and of an address's failures. */
const AT_ONCE = 10;
const ADDRESS_AT_ONCE = 15;

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer({
    environment: {
      COUPON_FAILURES_PER_HOUR: String(2 * AT_ONCE),
      COUPON_ADDRESS_FAILURES_PER_HOUR: String(2 * ADDRESS_AT_ONCE),
    },
  });
  const group = await newGroup(server.url);
  await newCoupon(server.url, group.id, { codes: { kind: "named", code: "RIGHT" } });
});
after(() => server.stop());

/**
 * @param {string} code
 * @param {string} viewer
 * @param {object} [more]
 * @param {Record<string, string>} [headers]
 */
function check(code, viewer, more = {}, headers = {}) {
  const body = JSON.stringify({ code, viewer, purchase: {}, ...more });
  return request(`${server.url}/v1/coupons/check`, { method: "POST", body, headers });
}

/** @param {import("./api.mjs").Answer} answer */
function assertHeld(answer) {
  assertRefused(answer, 429, "too_many_requests", null);
  const seconds = Number(answer.headers.get("retry-after"));
  // One failure of twenty an hour.
  assert.ok(seconds >= 1 && seconds <= 180, String(seconds));
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
}

test("an_account_that_fails_too_often_is_told_nothing_more_even_of_a_right_code", async () => {
  for (let guess = 0; guess < AT_ONCE; guess += 1) {
    assert.equal((await check(`WRONG${guess}`, "anna")).body.valid, false);
  }
  assertHeld(await check("WRONG", "anna"));
  assertHeld(await check("RIGHT", "anna"));
  assert.equal((await check("RIGHT", "bert")).body.valid, true);
});

test("a_right_code_takes_nothing_and_gives_nothing_back", async () => {
  for (let guess = 0; guess < AT_ONCE; guess += 1) {
    assert.equal((await check("RIGHT", "carl")).body.valid, true);
    assert.equal((await check("WRONG", "carl")).body.valid, false);
  }
  assertHeld(await check("WRONG", "carl"));
});

test("guesses_at_once_are_no_more_than_one_after_the_other", async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, guess) => check(`GUESS${guess}`, "dora")),
  );
  const taken = answers.filter(({ status }) => status === 200).length;
  assert.equal(taken, AT_ONCE);
  assert.equal(answers.length - taken, answers.filter(({ status }) => status === 429).length);
});

test("a_device_and_an_address_are_counted_whoever_they_pretend_to_be", async () => {
  for (let guess = 0; guess < AT_ONCE; guess += 1) {
    await check("WRONG", `device-${guess}`, { device: "tablet-1" });
  }
  assertHeld(await check("RIGHT", "device-x", { device: "tablet-1" }));
  assert.equal((await check("RIGHT", "device-x", { device: "tablet-2" })).body.valid, true);
  const from = (/** @type {string} */ address) => ({ "cf-connecting-ip": address });
  for (let guess = 0; guess < ADDRESS_AT_ONCE; guess += 1) {
    await check("WRONG", `address-${guess}`, {}, from(`2001:db8:7:7::${guess}`));
  }
  assertHeld(await check("RIGHT", "address-x", {}, from("2001:db8:7:7::ffff")));
  assert.equal((await check("RIGHT", "address-x", {}, from("2001:db8:7:8::1"))).status, 200);
});

test("the_operators_programs_are_not_counted", async () => {
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  for (let guess = 0; guess < 3 * AT_ONCE; guess += 1) {
    assert.equal((await check("WRONG", "erna", {}, headers)).status, 200);
  }
  assert.equal((await check("WRONG", "erna")).status, 200);
});

test("failures_survive_a_crash_and_no_store_tells_whose_they_are", async () => {
  for (let guess = 0; guess < AT_ONCE; guess += 1) await check("WRONG", "frida");
  await check("WRONG", "gustav", {}, { "cf-connecting-ip": "203.0.113.77" });
  await server.kill9();
  await server.restart();
  assertHeld(await check("WRONG", "frida"));
  const stores = readdirSync(server.state).filter((name) => name.includes("coupon-throttle"));
  assert.equal(stores.length, 1);
  const folder = join(server.state, stores[0] ?? "");
  const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
  assert.ok(bytes.some((text) => text.includes("failures")));
  for (const text of bytes) {
    assert.ok(!text.includes("frida") && !text.includes("203.0.113.77") && !text.includes("WRONG"));
  }
});
