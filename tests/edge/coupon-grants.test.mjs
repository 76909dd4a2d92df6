// @ts-check
// What redeemed coupons give: with the coupons worker itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, request } from "./api.mjs";
import { accountAddress, titleAddress } from "./catalogue-api.mjs";
import { PLAN, done, newAccount, operator, title } from "./rights-api.mjs";
import { insist, makeCoupon, post, reservation } from "./redeeming.mjs";
import { OPERATOR_KEY, startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
  await done(`${url}/v1/plans/${PLAN.id}`, "PUT", PLAN);
  await done(titleAddress(url, "film"), "PUT", title("film"));
});
after(() => server?.stop());

const TRIAL = { benefit: { kind: "trial_days", days: 7, days_mode: "elapsed" } };

const FREE = { benefit: { kind: "percent", percent: "100" } };

let keys = 0;

/**
 * A redemption of a coupon.
 * @param {{ code: string }} coupon
 * @param {string} customer
 * @param {string} scope
 * @param {boolean} [confirm]
 */
async function redeem({ code }, customer, scope, confirm = true) {
  keys += 1;
  const body = reservation(code, customer, { confirm }, { scope });
  const answer = await post(url, "/v1/redemptions", body, `grant-${keys}`);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/**
 * @param {string} viewer
 * @param {object} of
 */
function give(viewer, of) {
  return operator(accountAddress(url, viewer, "/grants"), "POST", of);
}

/** @param {string} viewer */
async function grantsOf(viewer) {
  const { body } = await operator(accountAddress(url, viewer, "/grants"), "GET");
  return body.rows;
}

test("a trial that was redeemed becomes a grant of its plan for its time", async () => {
  await newAccount(url, "ann", { grants: [] });
  const coupon = await makeCoupon(url, {}, TRIAL);
  const redemption = await redeem(coupon, "ann", `plan:${PLAN.id}`);
  const { status, body } = await give("ann", { redemption: redemption.id, group: coupon.group });
  assert.equal(status, 201, JSON.stringify(body));
  const { created_ms, ...grant } = body;
  const from = Math.floor(redemption.settled_ms / 1000);
  assert.deepEqual(grant, {
    ...{ id: `coupon:${redemption.id}`, kind: "coupon", plan: PLAN.id, redemption: redemption.id },
    ...{ from, to: Math.ceil(redemption.decision.access_until_ms / 1000) },
  });
  const seconds = grant.to - grant.from;
  assert.ok(Math.abs(seconds - 7 * 24 * 3600) <= 2, `${seconds}`);
});

test("a film for nothing becomes a grant of the film", async () => {
  await newAccount(url, "bob", { grants: [] });
  const coupon = await makeCoupon(url, {}, FREE);
  const redemption = await redeem(coupon, "bob", "vod:film");
  // The group is in the redemption's own name.
  const { status, body } = await give("bob", { redemption: redemption.id });
  assert.deepEqual([status, body.kind, body.title, body.to], [201, "coupon", "film", null]);
});

test("a redemption is granted once, however often and from where it is asked for", async () => {
  await newAccount(url, "eve", { grants: [] });
  const coupon = await makeCoupon(url, {}, TRIAL);
  const { id } = await redeem(coupon, "eve", `plan:${PLAN.id}`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => give("eve", { redemption: id, group: coupon.group })),
  );
  assert.equal(answers.filter(({ status }) => status === 201).length, 1);
  assert.equal(answers.filter(({ status }) => status === 200).length, 19);
  for (const { body } of answers) assert.deepEqual(body, answers[0]?.body);
  assert.equal((await grantsOf("eve")).length, 1);
  // Nobody else gets anything of it.
  await newAccount(url, "mallory", { grants: [] });
  assertRefused(await give("mallory", { redemption: id }), 400, "invalid_value", "redemption");
  assert.deepEqual(await grantsOf("mallory"), []);
});

test("a redemption whose grant was taken back gives none again, to nobody", async () => {
  await newAccount(url, "max", { grants: [] });
  const { id } = await redeem(await makeCoupon(url, {}, TRIAL), "max", `plan:${PLAN.id}`);
  const { body } = await give("max", { redemption: id });
  const address = accountAddress(url, "max", `/grants/${encodeURIComponent(body.id)}`);
  assert.equal((await operator(address, "DELETE")).status, 204);
  assertRefused(await give("max", { redemption: id }), 409, "redemption_state", "redemption");
  const other = await redeem(await makeCoupon(url, {}, TRIAL), "max", `plan:${PLAN.id}`);
  assert.equal((await give("max", { redemption: other.id })).status, 201);
  await done(accountAddress(url, "max"), "DELETE");
  await newAccount(url, "max", { grants: [] });
  const again = await give("max", { redemption: other.id });
  assertRefused(again, 409, "redemption_state", "redemption");
});

test("a redemption that gives nothing is refused with its reason", async () => {
  await newAccount(url, "zoe", { grants: [] });
  const trial = await makeCoupon(url, {}, TRIAL);
  const free = await makeCoupon(url, {}, FREE);
  const half = await makeCoupon(url, {}, { benefit: { kind: "percent", percent: "50" } });
  const held = await redeem(trial, "zoe", `plan:${PLAN.id}`, false);
  for (const [{ id }, status, code, field] of /** @type {[any, number, string, string][]} */ ([
    [held, 409, "redemption_state", "redemption"],
    [await redeem(half, "zoe", `plan:${PLAN.id}`), 400, "invalid_value", "redemption.scope"],
    [await redeem(half, "zoe", "vod:film"), 400, "invalid_value", "redemption.scope"],
    [await redeem(free, "zoe", `plan:${PLAN.id}`), 400, "invalid_value", "redemption.scope"],
    [await redeem(free, "zoe", "live:match"), 400, "invalid_value", "redemption.scope"],
    [await redeem(trial, "zoe", "vod:film"), 400, "invalid_value", "redemption.scope"],
    [await redeem(trial, "zoe", "plan:nothing"), 404, "plan_unknown", "plan"],
    [await redeem(free, "zoe", "vod:nothing"), 404, "title_unknown", "title"],
  ])) {
    assertRefused(await give("zoe", { redemption: id }), status, code, field);
  }
  const path = `/v1/redemptions/${held.id}/release`;
  assert.equal((await post(url, path, "", "release-1")).status, 200);
  assertRefused(await give("zoe", { redemption: held.id }), 409, "redemption_state", "redemption");
  const { group } = trial;
  for (const redemption of ["x", `${group}.0.0123456789abcdef`, `${group}.99.0123456789abcdef`]) {
    assertRefused(await give("zoe", { redemption }), 404, "redemption_unknown", "redemption");
  }
  const other = await give("zoe", { redemption: held.id, group: "another" });
  assertRefused(other, 404, "redemption_unknown", "redemption");
  assert.deepEqual(await grantsOf("zoe"), []);
});

test("a redemption that was granted stays one grant through kills of the process", async () => {
  await newAccount(url, "kim", { grants: [] });
  const coupon = await makeCoupon(url, {}, TRIAL);
  const { id } = await redeem(coupon, "kim", `plan:${PLAN.id}`);
  for (let kill = 0; kill < 3; kill += 1) {
    const asked = Array.from({ length: 5 }, () =>
      give("kim", { redemption: id }).then(
        ({ status }) => status,
        () => null,
      ),
    );
    // Killed while they are under way, or when they are done.
    if (kill > 0) await Promise.race(asked);
    await server.kill9();
    await Promise.all(asked);
    await server.restart();
  }
  const path = accountAddress("", "kim", "/grants");
  const last = await insist(() => url, path, { redemption: id }, "unused");
  assert.ok([200, 201].includes(last.status));
  assert.equal((await grantsOf("kim")).length, 1);
  const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
  const { body } = await request(accountAddress(url, "kim", "/changes"), { headers });
  const added = body.rows.filter((/** @type {any} */ { action }) => action === "grant_added");
  assert.equal(added.length, 1);
});
