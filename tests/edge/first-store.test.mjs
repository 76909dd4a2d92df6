// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { postBatch, request, titlesOf } from "./api.mjs";
import { lines, record } from "./batch.mjs";
import { startCentral } from "./central.mjs";
import { DEMO, startServer } from "./server.mjs";

/** A central worker that only writes what version 0.1.0 would have stored. */
const WRITER = `
  import { DurableObject } from "cloudflare:workers";
  export class Central extends DurableObject {
    write(rows, batches) {
      const { sql } = this.ctx.storage;
      sql.exec(\`
        CREATE TABLE views (
          view TEXT PRIMARY KEY, viewer TEXT NOT NULL, title TEXT NOT NULL, version INTEGER NOT NULL,
          unique_ms INTEGER NOT NULL, played_ms INTEGER NOT NULL, completed INTEGER NOT NULL,
          record TEXT NOT NULL
        );
        CREATE INDEX views_by_title ON views (title, viewer, unique_ms, played_ms, completed);
        CREATE TABLE batches (
          batch TEXT PRIMARY KEY, digest TEXT NOT NULL, answer TEXT NOT NULL
        ) WITHOUT ROWID;\`);
      for (const row of rows) {
        sql.exec("INSERT INTO views VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row.view, row.viewer, row.title,
          row.version, row.unique_ms, row.played_ms, Number(row.completed), JSON.stringify(row));
      }
      for (const [batch, digest, answer] of batches) {
        sql.exec("INSERT INTO batches VALUES (?, ?, ?)", batch, digest, JSON.stringify(answer));
      }
    }
  }
  export default {
    async fetch(request, env) {
      const { rows, batches } = await request.json();
      await env.CENTRAL.getByName("central").write(rows, batches);
      return Response.json({});
    },
  };
`;

test("what an older version stored is taken over, sealed and counted once", async (context) => {
  const [state, demo] = ["state", "demo"].map((name) =>
    mkdtempSync(join(tmpdir(), `usher-${name}-`)),
  );
  assert.ok(state && demo);
  cpSync(DEMO, demo, { recursive: true });
  writeFileSync(join(demo, "central.js"), WRITER);
  const servers = [await startServer({ state, demo })];
  context.after(async () => {
    for (const each of servers) await each.stop();
    for (const folder of [state, demo]) rmSync(folder, { recursive: true });
  });
  const rows = Array.from({ length: 1200 }, () => record({ viewer: "anna", title: "old" }));
  const body = lines(...rows.slice(0, 2));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const answer = (/** @type {string} */ batch) => ({ batch, rows: 2, stored: 2, conflicts: 0 });
  const batches = ["old.1.2", "old.1.1", "old.1.10"].map((batch) => [
    batch,
    Buffer.from(digest).toString("base64"),
    answer(batch),
  ]);
  const [old] = servers;
  assert.ok(old);
  const asked = { method: "POST", body: JSON.stringify({ rows, batches }) };
  assert.equal((await request(`${old.url}/v1/titles`, asked)).status, 200);
  await old.stop();

  const central = await startCentral({ state });
  servers.push(central);
  const [sums] = await titlesOf(central.url);
  assert.deepEqual([sums.views, sums.viewers, sums.unique_ms], [1200, 1, 1_200_000]);
  const [first] = rows;
  assert.deepEqual((await request(`${central.url}/v1/views/${first.view}`)).body, first);
  const again = await postBatch(central.url, "old.1.1", body);
  assert.deepEqual(again.body, { ...answer("old.1.1"), erased: 0 });
  const { body: ledger } = await request(`${central.url}/v1/ledger`);
  const [{ shard, rows: counted, gaps }] = ledger.shards;
  assert.deepEqual([shard, counted, gaps], ["old", 6, [[3, 9]]]);
  await central.kill9();
  await central.restart();
  assert.deepEqual(await titlesOf(central.url), [sums]);
});
