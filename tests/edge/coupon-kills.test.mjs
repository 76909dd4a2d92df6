// @ts-check
// What the operator's side of coupons keeps when its process is killed in the middle of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import {
  PERCENT,
  ended,
  generated,
  importCodes,
  newCoupon,
  newGroup,
  post,
  reportOf,
} from "./coupon-api.mjs";
import { startServer } from "./server.mjs";

const JOB_MS_MAX = 120_000;

/**
 * Kills the process whenever the job has come further, until it is over.
 * @param {import("./server.mjs").Server} server
 * @param {string} id
 * @param {number} kills
 */
async function killedUntilEnd(server, id, kills) {
  let seen = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const job = await eventually(async () => {
      const { body } = await request(`${server.url}/v1/coupon-jobs/${id}`);
      assert.ok(body.done > seen || body.state !== "running");
      return body;
    }, JOB_MS_MAX);
    if (job.state !== "running") break;
    seen = job.done;
    await server.kill9();
    await server.restart();
  }
  return ended(server.url, id, JOB_MS_MAX);
}

/**
 * All codes of a group as they are exported.
 * @param {string} url
 * @param {string} group
 * @returns {Promise<string[]>}
 */
async function exported(url, group) {
  const { body } = await request(`${url}/v1/coupon-groups/${group}/codes.csv`);
  const rows = body.trimEnd().split("\r\n").slice(1);
  return rows.map((/** @type {string} */ row) => row.split(",")[0]);
}

test("a generator that is killed again and again makes exactly the codes that were asked for", async () => {
  const server = await startServer();
  try {
    const group = (await newGroup(server.url)).id;
    const quantity = 230_000;
    const { coupon, job } = await newCoupon(server.url, group, generated(quantity));
    const end = await killedUntilEnd(server, job.id, 3);
    assert.deepEqual([end.state, end.done, end.duplicates, end.errors], ["done", quantity, 0, 0]);
    const codes = await exported(server.url, group);
    assert.equal(codes.length, quantity);
    assert.equal(new Set(codes).size, quantity);
    const { body } = await request(`${server.url}/v1/coupons/${coupon.id}`);
    assert.equal(body.issued, quantity);
  } finally {
    await server.stop();
  }
});

test("an import that is killed again and again takes each row once and reports the same", async () => {
  const server = await startServer();
  try {
    const group = (await newGroup(server.url)).id;
    const { coupon } = await newCoupon(server.url, group, { codes: { kind: "generated" } });
    const rows = 200_000;
    const lines = Array.from({ length: rows }, (_, row) => `P${row % 150_000}X`);
    const file = `code\n${lines.join("\n")}\n`;
    const { body } = await importCodes(server.url, group, coupon.id, file);
    const end = await killedUntilEnd(server, body.id, 3);
    assert.deepEqual(
      [end.state, end.done, end.total, end.duplicates],
      ["done", 150_000, rows, 50_000],
    );
    assert.equal(new Set(await exported(server.url, group)).size, 150_000);
    const report = await reportOf(server.url, body.id);
    assert.equal(report.length, 50_001);
    assert.equal(report[1], "150002,P0X,duplicate_in_file,an earlier line has the same code");
    assert.ok(report[50_000]?.startsWith("200001,P49999X,"));
  } finally {
    await server.stop();
  }
});

test("a code is usable after a crash at any moment of its creation: the same request works", async () => {
  const server = await startServer();
  try {
    const group = (await newGroup(server.url)).id;
    const url = `${server.url}/v1/coupon-groups/${group}/coupons`;
    const drafts = Array.from({ length: 60 }, (_, index) => ({
      ...PERCENT,
      codes: { kind: "named", code: `CRASH_${index}` },
    }));
    for (const part of [drafts.slice(0, 20), drafts.slice(20, 40), drafts.slice(40)]) {
      const sent = part.map((draft) => post(url, draft).catch(() => null));
      await sent[0];
      await server.kill9();
      await Promise.all(sent);
      await server.restart();
    }
    for (const draft of drafts) {
      const again = await post(url, draft);
      if (again.status !== 201) assertRefused(again, 409, "code_taken", "codes.code");
      const found = await request(`${server.url}/v1/coupon-codes/${draft.codes.code}`);
      assert.equal(found.body.state, "unused", JSON.stringify(found.body));
      const coupon = await request(`${server.url}/v1/coupons/${found.body.coupon}`);
      assert.equal(coupon.body.coupon.codes.code, draft.codes.code);
    }
    const { body } = await request(`${server.url}/v1/coupon-groups/${group}`);
    assert.deepEqual([body.coupons, body.codes], [60, 60]);
  } finally {
    await server.stop();
  }
});

test("a job that is cancelled keeps and counts what it has stored, and no other job", async () => {
  const server = await startServer();
  try {
    const group = (await newGroup(server.url)).id;
    const { coupon, job } = await newCoupon(server.url, group, generated(2_000_000));
    const address = `${server.url}/v1/coupon-jobs/${job.id}`;
    await eventually(async () => {
      assert.ok((await request(address)).body.done > 0);
    });
    const answer = await request(address, { method: "DELETE" });
    assert.equal(answer.status, 202);
    const end = await ended(server.url, job.id);
    assert.equal(end.state, "failed");
    assert.equal(end.message, `cancelled after ${end.done} of 2000000 codes were stored`);
    const { body } = await request(`${server.url}/v1/coupons/${coupon.id}`);
    assert.equal(body.issued, end.done);
    assertRefused(await request(address, { method: "DELETE" }), 409, "job_state", "job");
    const unknown = `${server.url}/v1/coupon-jobs/999`;
    assertRefused(await request(unknown), 404, "job_unknown", "job");
    const small = await newCoupon(server.url, group, generated(10));
    assert.equal((await ended(server.url, small.job.id)).done, 10);
    const { rows } = (await request(`${server.url}/v1/coupon-jobs`)).body;
    assert.deepEqual(
      rows.map((/** @type {any} */ { id }) => id),
      [small.job.id, job.id],
    );
  } finally {
    await server.stop();
  }
});
