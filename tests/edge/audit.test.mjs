// @ts-check
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, postBatch, request } from "./api.mjs";
import { lines, record } from "./batch.mjs";
import { databaseFiles, isOnDisk, startCentral } from "./central.mjs";
import { OPERATOR_KEY } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startCentral();
});
after(() => server.stop());

/**
 * @param {string} [query]
 * @param {string} [url]
 */
async function rows(query = "limit=1000", url = server.url) {
  const { status, body } = await request(`${url}/v1/audit?${query}`);
  assert.equal(status, 200);
  return body.rows;
}

/** @param {string} [url] */
async function check(url = server.url) {
  const { status, body } = await request(`${url}/v1/audit/check`);
  assert.equal(status, 200);
  return body;
}

/**
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 * @param {string} [url]
 */
const note = (body, headers = {}, url = server.url) =>
  request(`${url}/v1/audit`, { method: "POST", body: JSON.stringify(body), headers });

test("an access and an erasure are noted, the viewer by a key only", async () => {
  const viewer = "Audited Anna";
  await postBatch(server.url, "a.1.1", lines(record({ viewer })));
  const path = `${server.url}/v1/viewers/${encodeURIComponent(viewer)}`;
  await request(path, { headers: { "usher-actor": "support-7" } });
  await request(path, { method: "DELETE" });
  await request(path, { method: "DELETE" });
  const [exported, erased, ...more] = (await rows()).filter((/** @type {any} */ row) =>
    row.action.startsWith("viewer_"),
  );
  assert.deepEqual(more, []);
  assert.deepEqual([exported.actor, exported.action], ["support-7", "viewer_exported"]);
  assert.deepEqual(
    [erased.actor, erased.action, erased.detail],
    ["operator", "viewer_erased", '{"views":1}'],
  );
  assert.match(exported.subject, /^viewer:[0-9a-f]{32}$/);
  assert.equal(erased.subject, exported.subject);
  assert.equal(erased.previous, exported.hash);
  assert.equal(erased.sequence, exported.sequence + 1);
  assert.ok(!isOnDisk(server.state, viewer));
});

test("what was done elsewhere is noted, once for each key", async () => {
  const entry = { actor: "edge", action: "viewer_exported", viewer: "Audited Anna", detail: "all" };
  const answer = await note(entry, { "idempotency-key": "one" });
  assert.equal(answer.status, 200);
  assert.deepEqual((await note(entry, { "idempotency-key": "one" })).body, answer.body);
  const [row, ...more] = await rows(`after=${answer.body.sequence - 1}`);
  assert.deepEqual(more, []);
  assert.equal(row.hash, answer.body.hash);
  assert.deepEqual([row.actor, row.action, row.detail], ["edge", "viewer_exported", "all"]);
  const [first] = await rows();
  assert.notEqual(row.subject, first.subject);
  assert.match(row.subject, /^viewer:[0-9a-f]{32}$/);
  const other = await note({ actor: "edge", action: "sink_paused", subject: "sink:one" });
  assert.equal(other.body.sequence, answer.body.sequence + 1);
});

test("an entry that is none is refused by its field", async () => {
  assertRefused(await note({ actor: "a" }), 400, "missing_field", null);
  assertRefused(await note({ actor: "a", action: "B" }), 400, "invalid_value", "action");
  assertRefused(await note({ actor: "a", action: "b", hash: "" }), 400, "unknown_field", "hash");
  const big = { actor: "a", action: "b", detail: "x".repeat(20_000) };
  assertRefused(await note(big), 413, "body_too_large", null);
});

test("the log comes in pages and its hashes can be made again, also after kill -9", async () => {
  for (let time = 0; time < 5; time += 1) await note({ actor: "a", action: "b" });
  const { body } = await request(`${server.url}/v1/audit?limit=2`);
  assert.deepEqual([body.rows.length, body.next], [2, 2]);
  const all = await rows();
  const { sequence, hash } = all.at(-1);
  const expected = { intact: true, head: { sequence, hash }, broken_at: null };
  assert.deepEqual(await check(), expected);
  await server.kill9();
  await server.restart();
  assert.deepEqual(await check(), expected);
});

/**
 * Changes bytes in the file of a store that is at rest.
 * @param {string} state
 * @param {string} text stands there once or more
 * @param {string} by of the same length
 */
function forge(state, text, by) {
  assert.equal(by.length, text.length);
  const [file] = databaseFiles(state).filter(
    (each) => each.endsWith(".sqlite") && readFileSync(each).includes(text),
  );
  assert.ok(file, `\`${text}\` stands in no file of the store`);
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) bytes.write(by, at);
  writeFileSync(file, bytes);
}

for (const { what, text, by, broken } of [
  { what: "a detail", text: "the truth of row 3", by: "a lie about row 3.", broken: 3 },
  { what: "an actor", text: "actor-of-row-2", by: "nobody-at-all.", broken: 2 },
]) {
  test(`a row whose ${what.slice(what.indexOf(" ") + 1)} was changed in the file is found`, async (context) => {
    const state = mkdtempSync(join(tmpdir(), "usher-state-"));
    const servers = [await startCentral({ state })];
    context.after(async () => {
      for (const each of servers) await each.stop();
      rmSync(state, { recursive: true });
    });
    const [central] = servers;
    assert.ok(central);
    // The first row is that of the configuration.
    for (const row of [2, 3, 4]) {
      const entry = {
        actor: `actor-of-row-${row}`,
        action: "test",
        detail: `the truth of row ${row}`,
      };
      assert.equal((await note(entry, {}, central.url)).body.sequence, row);
    }
    assert.equal((await check(central.url)).intact, true);
    await central.stop();
    forge(state, text, by);
    const forged = await startCentral({ state });
    servers.push(forged);
    assert.deepEqual(await check(forged.url), { intact: false, head: null, broken_at: broken });
  });
}

test("a change of the configuration is noted at the next start, without any secret", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  /** @type {import("./server.mjs").Server[]} */
  const servers = [];
  context.after(async () => {
    for (const each of servers) await each.stop();
    rmSync(state, { recursive: true });
  });
  const begin = async (/** @type {Record<string, string>} */ environment) => {
    const central = await startCentral({ state, environment });
    servers.push(central);
    const changes = (await rows("limit=1000", central.url)).filter(
      (/** @type {any} */ row) => row.action === "configuration_changed",
    );
    await central.stop();
    return changes.map((/** @type {any} */ { detail }) => JSON.parse(detail));
  };
  const one = "batch-key-of-the-first-day";
  const sinks = JSON.stringify([
    { name: "lake", url: "http://x.invalid", authorization: "sink-secret" },
  ]);
  const environment = { BATCH_KEY: one, SESSION_KEYS: "k1:c2VjcmV0", SINKS: sinks };
  const [first, ...more] = await begin(environment);
  assert.deepEqual(more, []);
  assert.equal(first.before, null);
  assert.equal(first.now.retention_days.view_records, 400);
  assert.deepEqual([first.now.session_keys, first.now.sinks], [["k1"], ["lake"]]);
  assert.match(first.now.operator_key, /^[0-9a-f]{16}$/);
  assert.equal((await begin(environment)).length, 1);
  const changed = await begin({ ...environment, BATCH_KEY: "another-batch-key" });
  assert.equal(changed.length, 2);
  assert.equal(changed[1].before.batch_key, first.now.batch_key);
  assert.notEqual(changed[1].now.batch_key, first.now.batch_key);
  for (const secret of [one, "c2VjcmV0", "sink-secret", OPERATOR_KEY]) {
    assert.ok(!isOnDisk(state, secret), secret);
  }
});
