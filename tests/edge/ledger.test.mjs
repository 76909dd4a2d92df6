// @ts-check
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, eventually, postBatch, request, titlesOf } from "./api.mjs";
import { VOID, WINDOWS, lines, record, windowRow } from "./batch.mjs";
import { startCentral } from "./central.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startCentral();
});
after(() => server.stop());

/**
 * The row of a shard's only epoch.
 * @param {string} shard
 * @param {string} [url]
 */
async function ledgerOf(shard, url = server.url) {
  const { status, body } = await request(`${url}/v1/ledger?shard=${shard}`);
  assert.equal(status, 200);
  assert.equal(body.shards.length, 1);
  return body.shards[0];
}

/**
 * @param {string} batch
 * @param {number} frozen
 */
async function send(batch, frozen) {
  const headers = { "usher-frozen": String(frozen) };
  const { status } = await postBatch(server.url, batch, lines(record()), headers);
  assert.equal(status, 200);
}

test("a batch that was left out is a gap until it arrives", async () => {
  const before = Date.now();
  await send("gap.7.1", 1);
  await send("gap.7.4", 4);
  const open = await ledgerOf("gap");
  const { last_received_ms, ...counts } = open;
  assert.ok(last_received_ms >= before && last_received_ms <= Date.now());
  assert.deepEqual(counts, {
    shard: "gap",
    epoch: 7,
    announced: 4,
    batches: 2,
    rows: 2,
    voids: 0,
    corrections: 0,
    conflicts: 0,
    erased: 0,
    repeated: 0,
    refused: 0,
    highest: 4,
    missing: 2,
    gap_count: 1,
    gaps: [[2, 3]],
  });
  await send("gap.7.3", 4);
  assert.deepEqual((await ledgerOf("gap")).gaps, [[2, 2]]);
  await send("gap.7.2", 4);
  const { missing, gap_count, gaps } = await ledgerOf("gap");
  assert.deepEqual({ missing, gap_count, gaps }, { missing: 0, gap_count: 0, gaps: [] });
});

test("a batch that was announced and never sent is missing", async () => {
  await send("announced.1.1", 3);
  const { announced, highest, missing, gaps } = await ledgerOf("announced");
  assert.deepEqual([announced, highest, missing, gaps], [3, 1, 2, [[2, 3]]]);
});

test("an announcement is heard from a refused and from a repeated batch too", async () => {
  const body = lines(record());
  const headers = (/** @type {number} */ frozen) => ({ "usher-frozen": String(frozen) });
  const bad = { ...headers(2), "usher-rows": "5" };
  assert.equal((await postBatch(server.url, "heard.1.1", body, bad)).status, 400);
  assert.deepEqual((await ledgerOf("heard")).gaps, [[1, 2]]);
  await postBatch(server.url, "heard.1.1", body, headers(2));
  await postBatch(server.url, "heard.1.1", body, headers(5));
  const { announced, refused, repeated, batches } = await ledgerOf("heard");
  assert.deepEqual([announced, refused, repeated, batches], [5, 1, 1, 1]);
});

test("rows, voids, corrections, conflicts and repetitions are counted", async () => {
  const mine = record();
  await postBatch(server.url, "count.1.1", lines(mine, record()));
  await postBatch(server.url, "count.1.2", lines({ ...mine, version: 2, viewer: "w" }));
  const rows = [windowRow({ correction: true }), windowRow(), windowRow({ correction: true })];
  await postBatch(server.url, "count.1.3", lines(...rows), WINDOWS);
  for (let time = 0; time < 3; time += 1) await postBatch(server.url, "count.1.4", "", VOID);
  assertRefused(
    await postBatch(server.url, "count.1.4", lines(record())),
    409,
    "batch_changed",
    "Idempotency-Key",
  );
  const ledger = await ledgerOf("count");
  assert.deepEqual(
    [ledger.batches, ledger.rows, ledger.voids, ledger.corrections, ledger.conflicts],
    [4, 6, 1, 2, 1],
  );
  assert.deepEqual([ledger.repeated, ledger.refused, ledger.missing], [2, 1, 0]);
});

test("a batch too far ahead is asked to come later and leaves nothing behind", async () => {
  await send("ahead.1.1", 1);
  const body = lines(record({ title: "ahead" }));
  const answer = await postBatch(server.url, "ahead.1.4098", body, { "usher-frozen": "4098" });
  assertRefused(answer, 503, "batch_ahead", "Idempotency-Key");
  assert.match(String(answer.headers.get("retry-after")), /^\d+$/);
  const { refused, batches, gaps } = await ledgerOf("ahead");
  assert.deepEqual([refused, batches, gaps], [0, 1, [[2, 4098]]]);
  await send("ahead.1.2", 4098);
  assert.equal((await postBatch(server.url, "ahead.1.4098", body)).status, 200);
});

test("two epochs of a shard are told apart and the ledger comes in pages", async () => {
  await send("pages.1.2", 2);
  await send("pages.2.1", 1);
  /** @type {any[]} */
  const rows = [];
  /** @type {string | null} */
  let after = "";
  while (after !== null) {
    const { body } = await request(`${server.url}/v1/ledger?limit=1${after}`);
    rows.push(...body.shards);
    after = body.next === null ? null : `&after=${body.next}`;
  }
  const pages = rows.filter(({ shard }) => shard === "pages");
  assert.deepEqual(
    pages.map(({ epoch, gaps }) => [epoch, gaps]),
    [
      [1, [[1, 1]]],
      [2, []],
    ],
  );
  assertRefused(await request(`${server.url}/v1/ledger?after=x`), 400, "invalid_value", "after");
});

test("what the ledger knows survives kill -9", async () => {
  await send("crash.1.1", 3);
  await send("crash.1.3", 3);
  const known = await ledgerOf("crash");
  await server.kill9();
  await server.restart();
  assert.deepEqual(await ledgerOf("crash"), known);
});

test("a batch whose answer was forgotten is still known and adds nothing", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  /** @type {import("./server.mjs").Server[]} */
  const servers = [];
  context.after(async () => {
    for (const each of servers) await each.stop();
    rmSync(state, { recursive: true });
  });
  const first = await startCentral({ state });
  servers.push(first);
  const row = record({ title: "kept" });
  const window = lines(windowRow({ title: "kept" }));
  await postBatch(first.url, "kept.1.1", lines(row));
  await postBatch(first.url, "kept.1.2", window, WINDOWS);
  await postBatch(first.url, "kept.1.3", "", VOID);
  const whole = (await postBatch(first.url, "kept.1.2", window, WINDOWS)).body;
  await first.stop();

  const later = await startCentral({ state, daysLater: 36 });
  servers.push(later);
  const repeated = { batch: "kept.1.2", repeated: true };
  await eventually(async () => {
    const { status, body } = await postBatch(later.url, "kept.1.2", window, WINDOWS);
    assert.equal(status, 200);
    assert.deepEqual(body, repeated, JSON.stringify(whole));
  });
  const { body: windows } = await request(`${later.url}/v1/windows?title=kept`);
  assert.equal(windows.windows[0].views, 1);
  // Without the answer, the body is not compared any more.
  const other = lines(record({ title: "other" }));
  assert.deepEqual((await postBatch(later.url, "kept.1.1", other)).body.repeated, true);
  assert.deepEqual(
    (await titlesOf(later.url)).map((/** @type {any} */ { title }) => title),
    ["kept"],
  );
  // A void of what was stored is refused, or its sender would send the rows again under another key.
  assertRefused(
    await postBatch(later.url, "kept.1.1", "", VOID),
    409,
    "batch_changed",
    "Idempotency-Key",
  );
  const again = await postBatch(later.url, "kept.1.3", "", VOID);
  assert.deepEqual(again.body, { batch: "kept.1.3", rows: 0, stored: 0, conflicts: 0, erased: 0 });
  const late = await postBatch(later.url, "kept.1.3", other);
  assertRefused(late, 409, "batch_changed", "Idempotency-Key");
});
