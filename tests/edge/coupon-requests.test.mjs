// @ts-check
// A request for a new coupon that is sent again with its key: by a program that was not answered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { PERCENT, ended, generated, newGroup } from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server?.stop());

/**
 * @param {string} group
 * @param {object} draft
 * @param {string | null} key
 */
function create(group, draft, key) {
  return request(`${server.url}/v1/coupon-groups/${group}/coupons`, {
    method: "POST",
    headers: key === null ? {} : { "idempotency-key": key },
    body: JSON.stringify({ ...PERCENT, ...draft }),
  });
}

/** @param {string} group */
async function couponsOf(group) {
  const { body } = await request(`${server.url}/v1/coupon-groups/${group}/coupons`);
  return body.rows.map((/** @type {any} */ { coupon }) => coupon.id);
}

const named = (/** @type {string} */ code) => ({ codes: { kind: "named", code } });

for (const [kind, draft] of Object.entries({
  named: named("AGAIN"),
  generated: generated(5),
  tagged: generated(5, { tagged: true }),
})) {
  test(`a_${kind}_coupon_that_is_asked_for_again_with_its_key_is_the_same_one`, async () => {
    const { id } = await newGroup(server.url);
    const at = await Promise.all(Array.from({ length: 5 }, () => create(id, draft, `k-${kind}`)));
    const [first] = at;
    assert.equal(first?.status, 201, JSON.stringify(first?.body));
    const later = await create(id, draft, `k-${kind}`);
    for (const { status, body } of [...at, later]) {
      assert.deepEqual([status, body], [201, first.body]);
    }
    assert.deepEqual(await couponsOf(id), [first.body.coupon.id]);
    if (first.body.job !== null) await ended(server.url, first.body.job.id);
    const { body } = await request(`${server.url}/v1/coupon-groups/${id}`);
    assert.equal(body.codes, kind === "named" ? 1 : 5);
  });
}

test("requests_with_one_key_at_once_wait_for_the_first", async () => {
  const { id } = await newGroup(server.url);
  const drafts = Array.from({ length: 20 }, (_, index) => named(`AT_ONCE_${index}`));
  const answers = await Promise.all(
    drafts.flatMap((draft, index) =>
      Array.from({ length: 10 }, () => create(id, draft, `at-once-${index}`)),
    ),
  );
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
  const made = new Set(answers.map(({ body }) => body.coupon.id));
  assert.deepEqual(made, new Set(await couponsOf(id)));
  assert.equal(made.size, drafts.length);
});

test("the_key_of_another_request_is_refused_and_no_key_is_no_promise", async () => {
  const [{ id }, other] = [await newGroup(server.url), await newGroup(server.url)];
  assert.equal((await create(id, generated(1), "taken")).status, 201);
  const conflict = /** @type {const} */ ([409, "idempotency_conflict", "Idempotency-Key"]);
  assertRefused(await create(id, generated(2), "taken"), ...conflict);
  assertRefused(await create(other.id, generated(1), "taken"), ...conflict);
  assert.deepEqual([(await couponsOf(id)).length, (await couponsOf(other.id)).length], [1, 0]);
  for (const key of [null, null, "", ""]) {
    assert.equal((await create(id, generated(1), key)).status, 201);
  }
  assert.equal((await couponsOf(id)).length, 5);
  for (const key of ["x".repeat(201), "a b", "\u00e9"]) {
    const answer = await create(id, generated(1), key);
    assertRefused(answer, 400, "invalid_value", "Idempotency-Key");
  }
  assert.equal((await create(id, generated(1), "x".repeat(200))).status, 201);
});

test("a_refusal_is_not_remembered", async () => {
  const { id } = await newGroup(server.url);
  const wrong = { ...generated(1), benefit: { kind: "percent", percent: "101" } };
  assertRefused(await create(id, wrong, "wrong"), 400, "invalid_value", "benefit.percent");
  assert.equal((await create(id, generated(1), "wrong")).status, 201);
});

test("a_key_makes_one_coupon_also_when_the_process_is_killed_in_between", async () => {
  const { id } = await newGroup(server.url);
  const drafts = Array.from({ length: 12 }, (_, index) => named(`KILLED_${index}`));
  const sent = drafts.map((draft, index) => create(id, draft, `kill-${index}`).catch(() => null));
  const first = await sent[0];
  await server.kill9();
  await Promise.all(sent);
  await server.restart();
  const made = [];
  for (const [index, draft] of drafts.entries()) {
    const answer = await eventually(() => create(id, draft, `kill-${index}`));
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    made.unshift(answer.body.coupon.id);
  }
  assert.equal(made.at(-1), first?.body.coupon.id);
  assert.deepEqual((await couponsOf(id)).sort(), made.sort());
});
