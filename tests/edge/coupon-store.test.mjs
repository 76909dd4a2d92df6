// @ts-check
// What stands in the files of the coupon objects: checks that hold by themselves, and what is kept how long.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { PERCENT, ended, generated, importCodes, newCoupon, newGroup } from "./coupon-api.mjs";
import { makeCoupon, post, reservation } from "./redeeming.mjs";
import { startServer } from "./server.mjs";
import { NEEDS_SQLITE, inStore, storeFiles } from "./store-file.mjs";

const DAY_MS = 24 * 3600 * 1000;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/** The file of the one object that has a coupon. @param {string} coupon */
function groupFile(coupon) {
  const files = storeFiles(server.state, "usher-coupon-group-v1");
  const sql = `SELECT 1 FROM tallies WHERE coupon = '${coupon}'`;
  const found = files.filter((file) => inStore(file, sql).length > 0);
  assert.equal(found.length, 1);
  return String(found[0]);
}

function directoryFile() {
  const [file = "", ...more] = storeFiles(server.state, "usher-coupon-directory-v1");
  assert.equal(more.length, 0);
  return file;
}

/**
 * Whether the file of a shard takes a statement; it is taken back at once.
 * @param {string} file
 * @param {string} sql
 */
function isTaken(file, sql) {
  try {
    inStore(file, `BEGIN; ${sql}; ROLLBACK;`);
    return true;
  } catch (error) {
    assert.match(String(error), /(CHECK|UNIQUE) constraint failed/);
    return false;
  }
}

test("the_store_itself_refuses_to_give_out_more_than_was_promised", NEEDS_SQLITE, async () => {
  const { code, coupon } = await makeCoupon(url, { max_redemptions: 3 });
  const held = await post(url, "/v1/redemptions", reservation(code, "ann"), "store-1");
  assert.equal(held.status, 201);
  const confirmed = reservation(code, "bob", { confirm: true });
  assert.equal((await post(url, "/v1/redemptions", confirmed, "store-2")).status, 201);
  await server.kill9();
  const file = groupFile(coupon);
  const sql = `SELECT redemptions_max, redeemed, held FROM tallies WHERE coupon = '${coupon}'`;
  assert.deepEqual(inStore(file, sql), [{ redemptions_max: 3, redeemed: 1, held: 1 }]);
  for (const [change, expected] of /** @type {const} */ ([
    ["held = 2", true],
    ["held = 3", false],
    ["redeemed = 2", true],
    ["redeemed = 3", false],
    ["redeemed = 3, held = 0", true],
    ["redeemed = 2, held = 2", false],
    ["redemptions_max = 2", true],
    ["redemptions_max = 1", false],
    ["held = 0", true],
    ["held = -1", false],
    ["redeemed = -1", false],
    ["budget_used_minor = 0", true],
    ["budget_used_minor = -1", false],
  ])) {
    const changed = `UPDATE tallies SET ${change} WHERE coupon = '${coupon}'`;
    assert.equal(isTaken(file, changed), expected, change);
  }
  await server.restart();
});

test("the_store_itself_refuses_a_second_redemption_of_a_generated_code", NEEDS_SQLITE, async () => {
  const { id } = await newGroup(url);
  const { coupon, job } = await newCoupon(url, id, generated(1));
  await ended(url, job.id);
  const { body } = await request(`${url}/v1/coupon-groups/${id}/codes?coupon=${coupon.id}`);
  const taken = reservation(body.rows[0].code, "ann", { confirm: true });
  const { body: redemption } = await post(url, "/v1/redemptions", taken, "once-1");
  assert.equal(redemption.state, "confirmed");
  await server.kill9();
  const file = groupFile(coupon.id);
  const [{ names }] = inStore(
    file,
    "SELECT group_concat(name) AS names FROM pragma_table_info('redemptions') WHERE name NOT IN ('number', 'id')",
  );
  const copied = (/** @type {string} */ change) =>
    `CREATE TEMP TABLE copy AS SELECT ${names} FROM redemptions; UPDATE copy SET ${change};
     INSERT INTO redemptions (id, ${names}) SELECT 'second', ${names} FROM copy`;
  assert.equal(isTaken(file, copied("customer = 'bob'")), false);
  assert.equal(isTaken(file, copied("state = 'held'")), false);
  assert.equal(isTaken(file, copied("state = 'reversed', keeps_slot = 1")), false);
  assert.equal(isTaken(file, copied("state = 'reversed', keeps_slot = 0")), true);
  assert.equal(isTaken(file, copied("code = 'ANOTHER'")), true);
  await server.restart();
});

test("an_answer_is_remembered_for_thirty_days", NEEDS_SQLITE, async () => {
  const { code, coupon } = await makeCoupon(url);
  const keys = ["days-31", "days-29"];
  for (const key of keys) {
    const { status } = await post(url, "/v1/redemptions", reservation(code, key), key);
    assert.equal(status, 201);
  }
  await server.kill9();
  const file = groupFile(coupon);
  for (const [key, days] of /** @type {const} */ ([
    ["days-31", 31],
    ["days-29", 29],
  ])) {
    const sql = `UPDATE answers SET stored_ms = stored_ms - ${days * DAY_MS} WHERE key = '${key}'`;
    inStore(file, sql);
  }
  await server.restart();
  // Whatever is done next looks at the oldest.
  const next = await post(url, "/v1/redemptions", reservation(code, "next"), "next");
  assert.equal(next.status, 201);
  await eventually(async () => {
    const again = await post(url, "/v1/redemptions", reservation(code, "another"), "days-31");
    assert.equal(again.status, 201);
  });
  const kept = await post(url, "/v1/redemptions", reservation(code, "another"), "days-29");
  assert.deepEqual([kept.status, kept.body.code], [409, "idempotency_conflict"]);
});

test("a_job_that_is_over_is_kept_for_ninety_days_with_its_report", NEEDS_SQLITE, async () => {
  const { id } = await newGroup(url);
  const { coupon } = await newCoupon(url, id, { codes: { kind: "generated" } });
  const jobs = [];
  for (const file of ["code\nKEPT_A\n!\n", "code\nKEPT_B\n!\n"]) {
    const { body } = await importCodes(url, id, coupon.id, file);
    const job = await ended(url, body.id);
    assert.deepEqual([job.state, job.done, job.errors], ["done", 1, 1]);
    jobs.push(job.id);
  }
  const [old = "", young = ""] = jobs;
  await server.kill9();
  const file = directoryFile();
  inStore(file, `UPDATE jobs SET ended_ms = ended_ms - ${91 * DAY_MS} WHERE number = ${old}`);
  inStore(file, `UPDATE jobs SET ended_ms = ended_ms - ${89 * DAY_MS} WHERE number = ${young}`);
  await server.restart();
  const address = (/** @type {string} */ job) => `${url}/v1/coupon-jobs/${job}`;
  await eventually(async () => {
    assertRefused(await request(address(old)), 404, "job_unknown", "job");
  });
  assertRefused(await request(`${address(old)}/report.csv`), 404, "job_unknown", "job");
  assert.equal((await request(address(young))).body.done, 1);
  // What it has issued stays.
  assert.equal((await request(`${url}/v1/coupon-codes/KEPT_A`)).body.coupon, coupon.id);
  await server.kill9();
  const reports = inStore(file, "SELECT DISTINCT job FROM reports ORDER BY job");
  assert.deepEqual(reports, [{ job: Number(young) }]);
  await server.restart();
});

test("the_key_of_a_new_coupon_is_remembered_for_thirty_days", NEEDS_SQLITE, async () => {
  const { id } = await newGroup(url);
  const create = (/** @type {string} */ key, /** @type {string} */ detail) =>
    request(`${url}/v1/coupon-groups/${id}/coupons`, {
      method: "POST",
      headers: { "idempotency-key": key },
      body: JSON.stringify({ ...PERCENT, ...generated(1), detail }),
    });
  for (const key of ["old", "young"]) assert.equal((await create(key, "first")).status, 201);
  await server.kill9();
  const file = directoryFile();
  const before = (/** @type {string} */ key, /** @type {number} */ days) =>
    inStore(
      file,
      `UPDATE requests SET stored_ms = stored_ms - ${days * DAY_MS} WHERE key = '${key}'`,
    );
  before("old", 31);
  before("young", 29);
  await server.restart();
  await eventually(async () => assert.equal((await create("old", "second")).status, 201));
  assertRefused(await create("young", "second"), 409, "idempotency_conflict", "Idempotency-Key");
});
