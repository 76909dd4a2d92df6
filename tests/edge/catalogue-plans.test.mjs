// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused } from "./api.mjs";
import { publish, signedDocument } from "./catalogue-api.mjs";
import { PLAN, POLICY, done, grant, newAccount, nowS, operator } from "./rights-api.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/**
 * @param {string} id
 * @param {object} [more]
 * @param {Record<string, string>} [headers]
 */
function put(id, more = {}, headers = {}) {
  const { id: _, ...plan } = PLAN;
  return operator(
    `${url}/v1/plans/${encodeURIComponent(id)}`,
    "PUT",
    { ...plan, ...more },
    headers,
  );
}

/** @param {string} id */
function remove(id) {
  return operator(`${url}/v1/plans/${encodeURIComponent(id)}`, "DELETE");
}

test("a plan is written, read, changed, listed and deleted", async () => {
  const made = await put("crud");
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { changed_ms, ...told } = made.body;
  assert.deepEqual(told, { ...PLAN, id: "crud", revision: 1, changed_by: "operator" });
  assert.deepEqual(
    [(await put("crud")).body.revision, (await put("crud", { ads: true })).body.revision],
    [1, 2],
  );
  const old = await put("crud", {}, { "if-match": '"1"' });
  assertRefused(old, 409, "plan_changed", "If-Match");
  await put("crud-2");
  const first = await operator(`${url}/v1/plans?limit=1`, "GET");
  const second = await operator(`${url}/v1/plans?limit=1&after=${first.body.next}`, "GET");
  const ids = [...first.body.rows, ...second.body.rows].map(({ id }) => id);
  assert.deepEqual([ids, second.body.next], [["crud", "crud-2"], null]);
  for (const id of ids) assert.equal((await remove(id)).status, 204);
  assertRefused(await remove("crud"), 404, "plan_unknown", "plan");
});

test("a bundle that includes itself is refused with the way around", async () => {
  await put("a");
  await put("b", { includes: ["a"] });
  await put("c", { includes: ["b"] });
  for (const [id, includes] of /** @type {const} */ ([
    ["a", ["c"]],
    ["b", ["b"]],
  ])) {
    const { status, body } = await put(id, { includes });
    assert.deepEqual([status, body.code], [400, "invalid_value"]);
    const way = id === "a" ? "`a` -> `c` -> `b` -> `a`" : "`b` -> `b`";
    assert.ok(body.message.includes(way), body.message);
  }
  const { body } = await operator(`${url}/v1/plans/a`, "GET");
  assert.equal(body.includes, undefined);
});

test("what is no plan is refused with the path of what is wrong", async () => {
  for (const [more, code, field] of /** @type {[object, string, string | null][]} */ ([
    [{ includes: ["nothing"] }, "invalid_value", "includes[0]"],
    [{ device_classes: ["watch"] }, "invalid_value", "device_classes[0]"],
    [{ packs: "films" }, "wrong_type", "packs"],
    [{ streams: -1 }, "wrong_type", "streams"],
    [{ price: 1 }, "unknown_field", "price"],
    [{ id: "other" }, "invalid_value", "id"],
  ])) {
    assertRefused(await put("wrong", more), 400, code, field);
  }
  assertRefused(await operator(`${url}/v1/plans/wrong`, "GET"), 404, "plan_unknown", "plan");
});

test("a plan that something uses cannot be deleted", async () => {
  await put("part");
  await put("whole", { includes: ["part"] });
  assertRefused(await remove("part"), 409, "plan_in_use", "plan");
  await newAccount(url, "user", { grants: [grant({ plan: "whole" })] });
  assertRefused(await remove("whole"), 409, "plan_in_use", "plan");
  await done(`${url}/v1/accounts/user/grants/plan:gold`, "DELETE");
  // One that is over uses nothing.
  const over = { id: "over", plan: "whole", from: nowS() - 100, to: nowS() - 1 };
  await done(`${url}/v1/accounts/user/grants`, "POST", grant(over));
  assert.equal((await remove("whole")).status, 204);
  assert.equal((await remove("part")).status, 204);
});

test("a policy stands from the beginning, is changed and published with its plans", async () => {
  const first = await operator(`${url}/v1/catalogue/policy`, "GET");
  assert.deepEqual([first.status, first.body.revision, first.body.decision_ttl_s], [200, 0, 300]);
  const { body } = await publish(url);
  assert.match(body.policy_version, /^r\d+$/);
  const put = await operator(`${url}/v1/catalogue/policy`, "PUT", POLICY);
  assert.deepEqual([put.status, put.body.revision], [200, 1]);
  const stale = await operator(`${url}/v1/catalogue/policy`, "PUT", POLICY, { "if-match": '"7"' });
  assertRefused(stale, 409, "policy_changed", "If-Match");
  await publish(url);
  const { document } = await signedDocument(url, "catalogue/publication");
  const { plans, ...policy } = document.policy;
  assert.deepEqual(policy, POLICY);
  assert.deepEqual(
    plans.map((/** @type {any} */ { id }) => id),
    ["a", "b", "c"],
  );
});

test("a policy without a name has another one whenever it or a plan changes", async () => {
  const { version, ...unnamed } = POLICY;
  await done(`${url}/v1/catalogue/policy`, "PUT", unnamed);
  const one = (await publish(url)).body.policy_version;
  assert.equal((await publish(url)).body.policy_version, one);
  await put("a", { ads: true });
  assert.notEqual((await publish(url)).body.policy_version, one);
});

test("a policy with plans takes the place of all plans, unless one that goes is in use", async () => {
  const keep = { ...PLAN, id: "keep" };
  const whole = (/** @type {object[]} */ plans) =>
    operator(`${url}/v1/catalogue/policy`, "PUT", { ...POLICY, plans });
  assert.equal((await whole([keep])).status, 200);
  const { body } = await operator(`${url}/v1/plans`, "GET");
  assert.deepEqual(
    body.rows.map((/** @type {any} */ { id }) => id),
    ["keep"],
  );
  await newAccount(url, "keeper", { grants: [grant({ plan: "keep" })] });
  assertRefused(await whole([{ ...PLAN, id: "new" }]), 409, "plan_in_use", "plan");
  assert.equal((await whole([keep, { ...PLAN, id: "new" }])).status, 200);
  const cyclic = [
    keep,
    { ...PLAN, id: "x", includes: ["y"] },
    { ...PLAN, id: "y", includes: ["x"] },
  ];
  const refused = await whole(cyclic);
  assert.deepEqual([refused.status, refused.body.code], [400, "invalid_value"]);
  assertRefused(await operator(`${url}/v1/plans/x`, "GET"), 404, "plan_unknown", "plan");
});

test("what is no policy is refused with the path of what is wrong", async () => {
  for (const [more, field] of /** @type {const} */ ([
    [{ decision_ttl_s: -1 }, "decision_ttl_s"],
    [{ fallback_streams: "1" }, "fallback_streams"],
    [{ rounding: 1 }, "rounding"],
    [{ plans: {} }, "plans"],
    [{ plans: [{ ...PLAN, id: "keep" }, {}] }, "plans[1].id"],
  ])) {
    const { status, body } = await operator(`${url}/v1/catalogue/policy`, "PUT", {
      ...POLICY,
      ...more,
    });
    assert.deepEqual([status, body.field], [400, field], JSON.stringify(body));
  }
});
