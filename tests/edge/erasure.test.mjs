// @ts-check
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, eventually, postBatch, request, titlesOf } from "./api.mjs";
import { ANNA, WINDOWS, lines, record, windowRow } from "./batch.mjs";
import { isOnDisk, startCentral } from "./central.mjs";

const DAY_MS = 24 * 3600 * 1000;

/** A name that stands nowhere else. */
const VIEWER = "Zaphod Beeblebrox/ü?";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startCentral();
});
after(() => server.stop());

let batches = 0;

/**
 * @param {object[]} rows
 * @param {Record<string, string>} [headers]
 * @param {string} [url]
 */
async function send(rows, headers = {}, url = server.url) {
  batches += 1;
  const answer = await postBatch(url, `e.1.${batches}`, lines(...rows), headers);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

/**
 * @param {string} viewer
 * @param {RequestInit} [init]
 * @param {string} [url]
 */
const viewerAt = (viewer, init, url = server.url) =>
  request(`${url}/v1/viewers/${encodeURIComponent(viewer)}`, init);

/** @param {string} viewer */
async function erase(viewer) {
  const { status, body } = await viewerAt(viewer, { method: "DELETE" });
  assert.equal(status, 200);
  return body;
}

/**
 * Every figure that does not name a viewer.
 * @param {string} [url]
 */
async function figures(url = server.url) {
  const paths = ["titles", "windows", "windows?group=title", "reconciliation", "ledger"];
  const answers = await Promise.all(paths.map((path) => request(`${url}/v1/${path}`)));
  return answers.map(({ status, body }) => {
    assert.equal(status, 200);
    return body;
  });
}

test("an erasure takes the person out of everything and leaves every figure", async () => {
  const mine = [
    record({ viewer: VIEWER, title: "one", completed: true, stalls: 2 }),
    record({ viewer: VIEWER, title: "one", unique_ms: 5 }),
    record({ viewer: VIEWER, title: "two", source: "import" }),
  ];
  const others = [record({ viewer: "other", title: "one" })];
  await send([...mine, ...others]);
  await send([windowRow({ title: "one", viewers: ANNA, unique_ms: 2005 })], WINDOWS);
  const held = await viewerAt(VIEWER);
  assert.equal(held.status, 200);
  const byView = (/** @type {any} */ one, /** @type {any} */ other) =>
    one.view < other.view ? -1 : 1;
  assert.deepEqual(
    { ...held.body, views: held.body.views.sort(byView) },
    { viewer: VIEWER, views: mine, erased_ms: null },
  );
  const before = await figures();

  const erased = await erase(VIEWER);
  assert.equal(erased.views, 3);
  assert.ok(Math.abs(erased.erased_ms - Date.now()) < 60_000);
  assert.deepEqual(await figures(), before);
  const { body } = await viewerAt(VIEWER);
  assert.deepEqual(body, { viewer: VIEWER, views: [], erased_ms: erased.erased_ms });
  for (const { view } of mine) {
    assertRefused(await request(`${server.url}/v1/views/${view}`), 404, "view_unknown", "view");
  }
  assert.deepEqual((await request(`${server.url}/v1/views/${others[0].view}`)).body, others[0]);
});

test("an erasure again changes nothing and tells the same", async () => {
  const before = await figures();
  const first = await erase(VIEWER);
  assert.deepEqual(await erase(VIEWER), first);
  assert.deepEqual(await figures(), before);
});

test("rows of an erased viewer that were on their way are dropped and counted", async () => {
  const before = (await figures()).slice(0, 4);
  const fine = record({ title: "late", viewer: "other" });
  const late = [record({ viewer: VIEWER, title: "one", version: 9 }), fine];
  const answer = await send(late);
  assert.deepEqual([answer.rows, answer.stored, answer.conflicts, answer.erased], [2, 1, 0, 1]);
  assert.deepEqual((await viewerAt(VIEWER)).body.views, []);
  const { body } = await request(`${server.url}/v1/ledger?shard=e`);
  assert.equal(body.shards[0].erased, 1);
  const after = (await figures()).slice(0, 4);
  for (const [index, { titles, ...rest }] of after.entries()) {
    const others = titles?.filter((/** @type {any} */ each) => each.title !== "late");
    assert.deepEqual({ ...rest, titles: others }, { ...rest, titles: before[index].titles });
  }
});

test("an erasure survives kill -9, and a viewer may be erased before anything came", async () => {
  await erase("early");
  await server.kill9();
  await server.restart();
  const answer = await send([record({ viewer: "early", title: "early" })]);
  assert.deepEqual([answer.stored, answer.erased], [0, 1]);
  assert.equal((await viewerAt("early")).body.views.length, 0);
});

test("a viewer with thousands of views is exported and erased as a whole", async () => {
  const views = Array.from({ length: 1500 }, (_, index) =>
    record({ viewer: "many", title: `many-${index % 3}` }),
  );
  await send(views.slice(0, 1000));
  await send(views.slice(1000));
  const before = await figures();
  const { body } = await viewerAt("many");
  const names = (/** @type {any[]} */ of) => of.map(({ view }) => view).sort();
  assert.deepEqual(names(body.views), names(views));
  assert.equal((await erase("many")).views, 1500);
  assert.deepEqual(await figures(), before);
  const sums = (await titlesOf(server.url)).find((/** @type {any} */ of) => of.title === "many-0");
  assert.deepEqual([sums.views, sums.viewers], [500, 1]);
});

test("no file of the store ever holds the name of a viewer or the id of a view", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  const central = await startCentral({ state });
  context.after(async () => {
    await central.stop();
    rmSync(state, { recursive: true });
  });
  const title = "Unmistakable Title";
  const views = [record({ viewer: VIEWER, title }), record({ viewer: VIEWER, title })];
  for (const [index, each] of views.entries()) each.view = `${index}`.repeat(8) + "5eed".repeat(6);
  const secrets = [VIEWER, ...views.map(({ view }) => view)];
  const check = (/** @type {string} */ when) => {
    // What is looked for would be found: the title stands there in the clear.
    assert.ok(isOnDisk(state, title), when);
    for (const secret of secrets) assert.ok(!isOnDisk(state, secret), `${secret} ${when}`);
  };
  for (let version = 1; version < 20; version += 1) {
    await send(
      views.map((each) => ({ ...each, version })),
      {},
      central.url,
    );
  }
  check("before");
  await viewerAt(VIEWER, {}, central.url);
  await viewerAt(VIEWER, { method: "DELETE" }, central.url);
  await send(views, {}, central.url);
  check("after the erasure");
  await central.kill9();
  check("after kill -9, with the log that SQLite left");
  await central.restart();
  assert.equal((await titlesOf(central.url))[0].views, 2);
  await central.stop();
  check("after a good end");
});

test("the times of an erased view are cut down to the day", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  const central = await startCentral({ state });
  context.after(async () => {
    await central.stop();
    rmSync(state, { recursive: true });
  });
  // Digits that no day has, so that they can be looked for.
  const odd = 20 * 365 * DAY_MS + 12_345_678;
  const times = { watched_ms: odd, first_seen_ms: odd, last_seen_ms: odd };
  await send([record({ viewer: VIEWER, title: "times", ...times })], {}, central.url);
  assert.ok(isOnDisk(state, String(odd)));
  await viewerAt(VIEWER, { method: "DELETE" }, central.url);
  assert.ok(isOnDisk(state, String(odd - 12_345_678)));
});

test("views are figures only after 400 days, and a title counts the same viewers", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  /** @type {import("./server.mjs").Server[]} */
  const servers = [];
  context.after(async () => {
    for (const each of servers) await each.stop();
    rmSync(state, { recursive: true });
  });
  const begin = async (/** @type {number} */ daysLater) => {
    const central = await startCentral({ state, daysLater });
    servers.push(central);
    return central;
  };
  const first = await begin(0);
  const old = [
    record({ viewer: "anna", title: "both" }),
    record({ viewer: "anna", title: "old" }),
    record({ viewer: "anna", title: "old" }),
    record({ viewer: "bert", title: "old" }),
  ];
  await send(old, {}, first.url);
  await first.stop();

  const second = await begin(399);
  const fresh = record({ viewer: "anna", title: "both" });
  await send([fresh], {}, second.url);
  const before = await titlesOf(second.url);
  await eventually(async () => {
    // The day's work is done: the batch's answer is forgotten, no view was due.
    const { body } = await request(`${second.url}/v1/audit`);
    const done = body.rows.filter((/** @type {any} */ row) => row.action === "retention_applied");
    assert.deepEqual(JSON.parse(done[0]?.detail ?? "{}"), { batch_answers: 1 });
  });
  assert.deepEqual((await viewerAt("bert", {}, second.url)).body.views, [old[3]]);
  await second.stop();

  const third = await begin(401);
  await eventually(async () => {
    assert.deepEqual((await viewerAt("bert", {}, third.url)).body.views, []);
  });
  assert.deepEqual((await viewerAt("anna", {}, third.url)).body.views, [fresh]);
  assert.deepEqual(await titlesOf(third.url), before);
  const { body } = await request(`${third.url}/v1/audit?limit=1000`);
  const applied = body.rows.filter((/** @type {any} */ row) => row.action === "retention_applied");
  assert.deepEqual(JSON.parse(applied.at(-1).detail).view_records, 4);
  await third.stop();

  // The tombstone of an erasure ends too: the viewer may come back.
  const fourth = await begin(402);
  await viewerAt("anna", { method: "DELETE" }, fourth.url);
  await fourth.stop();
  const fifth = await begin(448);
  await eventually(async () => {
    assert.equal((await viewerAt("anna", {}, fifth.url)).body.erased_ms, null);
  });
  assert.equal((await send([record({ viewer: "anna", title: "back" })], {}, fifth.url)).stored, 1);
});

test("a store that began with another tenant key answers nothing", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  /** @type {import("./server.mjs").Server[]} */
  const servers = [];
  context.after(async () => {
    for (const each of servers) await each.stop();
    rmSync(state, { recursive: true });
  });
  const begin = async (/** @type {string | undefined} */ TENANT_KEY) => {
    const central = await startCentral({ state, environment: { TENANT_KEY } });
    servers.push(central);
    return central;
  };
  const key = "the key of the first day, long enough";
  const first = await begin(key);
  const mine = record({ viewer: "anna", title: "keyed" });
  await send([mine], {}, first.url);
  assert.ok(!isOnDisk(state, key));
  await first.stop();
  const other = await begin("another key of at least sixteen bytes");
  const answer = await postBatch(other.url, "k.1.1", lines(record()));
  assertRefused(answer, 503, "not_configured", null);
  assertRefused(await viewerAt("anna", {}, other.url), 503, "not_configured", null);
  await other.stop();
  for (const unusable of ["too short", undefined]) {
    const none = await begin(unusable);
    assertRefused(await viewerAt("anna", {}, none.url), 503, "not_configured", null);
    await none.stop();
  }
  const again = await begin(key);
  assert.deepEqual((await viewerAt("anna", {}, again.url)).body.views, [mine]);
});

test("a name that is none is refused", async () => {
  for (const name of ["%20".repeat(201), "%00", "%ff"]) {
    const answer = await request(`${server.url}/v1/viewers/${name}`);
    assertRefused(answer, 400, "invalid_value", "viewer");
  }
  const { status, headers } = await request(`${server.url}/v1/viewers/v`, { method: "POST" });
  assert.deepEqual([status, headers.get("allow")], [405, "GET, DELETE"]);
});
