// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertRefused, eventually, postViews, request, waitingOf } from "./api.mjs";
import { startCentral } from "./central.mjs";
import { Front } from "./front.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { DEMO, startServer } from "./server.mjs";
import {
  SHORT,
  audited,
  erase,
  erasedEverywhere,
  filesWith,
  heldAt,
  progressOf,
  reconciled,
  report,
  rowsOf,
  viewerAt,
} from "./viewers.mjs";

/** @type {typeof import("usher")} */
let usher;
/** @type {import("./server.mjs").Server} edge and centre in one process */
let server;

before(async () => {
  usher = await loadPage();
  server = await startServer({ environment: SHORT });
});
after(() => server.stop());

/**
 * @param {string} url
 * @param {string} viewer
 * @param {Playback} playback
 */
async function send(url, viewer, playback) {
  const { status, body } = await postViews(url, viewer, [playback.entry()]);
  assert.equal(status, 200, JSON.stringify(body));
  const { id: view, producer, version } = playback;
  assert.deepEqual(body.acks, [{ view, producer, version }]);
  return body;
}

/**
 * Two viewers who watched a film, the second untouched by what happens to the first.
 * @param {string} url
 * @param {string} title
 */
async function audience(url, title) {
  const [anna, bert] = [`anna of ${title}`, `bert of ${title}`];
  const mine = new Playback(usher, anna, title).watch(0, 20);
  const other = new Playback(usher, bert, title).watch(0, 10);
  await send(url, anna, mine);
  await send(url, bert, other);
  const sums = { views: 2, played_ms: mine.figures.played_ms + other.figures.played_ms };
  return { anna, bert, mine, other, sums };
}

/**
 * An edge whose central API is a process of its own, behind something that can be away.
 * @param {import("node:test").TestContext} context
 * @param {import("./server.mjs").ServerOptions} [options]
 */
async function apart(context, { environment = {}, ...options } = {}) {
  const central = await startCentral();
  const front = new Front(central.url);
  await front.listen();
  const all = { ...SHORT, CENTRAL_URL: front.url, ...environment };
  const edge = await startServer({ ...options, environment: all });
  context.after(async () => {
    await edge.stop();
    front.close();
    await central.stop();
  });
  return { central, front, edge };
}

test("an_erasure_removes_the_viewer_everywhere_and_no_sum_changes", async () => {
  const { anna, bert, mine, sums } = await audience(server.url, "one");
  await reconciled(server.url, "one", sums);
  assert.deepEqual(rowsOf((await heldAt(server.url, anna)).edge), ["views"]);

  const headers = { "usher-actor": "olga" };
  const { status, body } = await viewerAt(server.url, anna, { method: "DELETE", headers });
  assert.ok(status === 200 || status === 202, JSON.stringify(body));
  assert.deepEqual([body.viewer, body.edge], [anna, true]);
  const { erased_ms } = await erasedEverywhere(server.url, anna);
  assert.equal(erased_ms, body.erased_ms);
  await reconciled(server.url, "one", sums);

  const held = await heldAt(server.url, anna);
  assert.deepEqual(rowsOf(held.edge), []);
  assert.deepEqual([held.edge.class, held.rollup.records], ["unknown", []]);
  assert.deepEqual([held.central.views, held.edge.erasure.erased_ms], [[], erased_ms]);
  assert.equal((await heldAt(server.url, bert)).central.views.length, 1);
  assertRefused(await request(`${server.url}/v1/views/${mine.id}`), 404, "view_unknown", "view");
  await eventually(async () => {
    const rows = await audited(server.url, "viewer_erased");
    const notes = rows.map((/** @type {any} */ { actor, detail }) => [actor, detail]);
    const [central, edge] = ['{"views":1}', '{"held_at":"edge","views":1}'];
    assert.deepEqual(notes.sort(), [
      ["olga", edge],
      ["olga", central],
    ]);
  });
});

test("a_late_flush_is_acked_and_changes_nothing_also_after_kill_9", async () => {
  const { anna, mine, sums } = await audience(server.url, "late");
  await reconciled(server.url, "late", sums);
  await erase(server.url, anna);
  await erasedEverywhere(server.url, anna);
  const before = (await heldAt(server.url, anna)).edge;
  const again = new Playback(usher, anna, "late").watch(0, 30);
  const { usage } = await send(server.url, anna, mine.watch(20, 40));
  assert.deepEqual(usage, { unique_ms: 0, span_ms: 0, class: "unknown" });
  await server.kill9();
  await server.restart();
  await send(server.url, anna, mine.watch(40, 50));
  await send(server.url, anna, again);
  const { taken, refused } = await report(server.url, anna, "late");
  assert.deepEqual([taken, refused], [0, 0]);
  assert.deepEqual(rowsOf((await heldAt(server.url, anna)).edge), rowsOf(before));
  // Whoever comes behind it has arrived, so it would have too.
  const other = new Playback(usher, "somebody else", "late").watch(0, 5);
  await send(server.url, "somebody else", other);
  const played_ms = sums.played_ms + other.figures.played_ms;
  await reconciled(server.url, "late", { views: sums.views + 1, played_ms });
  assert.ok(!server.log().includes(anna), server.log());
});

test("while_the_centre_is_away_the_edge_forgets_and_the_centre_is_told_last", async (context) => {
  const { central, front, edge } = await apart(context);
  front.fault = () => "hang up";
  const { anna, mine, sums } = await audience(edge.url, "away");
  const { status, body } = await erase(edge.url, anna);
  assert.equal(status, 202);
  assert.deepEqual([body.edge, body.rollup, body.centre], [true, false, false]);
  assert.match(body.open.reason, /batches/);
  assertRefused(await viewerAt(edge.url, anna), 503, "unavailable", null);
  await send(edge.url, anna, mine.watch(20, 30));
  await edge.kill9();
  await edge.restart();
  await send(edge.url, anna, mine.watch(30, 40));
  front.fault = () => null;
  await erasedEverywhere(edge.url, anna);
  await reconciled(central.url, "away", sums);
  const { body: held } = await viewerAt(central.url, anna);
  assert.deepEqual(held.views, []);
  const erasures = front.asked.flatMap(({ method, status }, index) =>
    method === "DELETE" && status === 200 ? [index] : [],
  );
  const rows = front.asked.flatMap(({ body, status }, index) =>
    status === 200 && body.includes(mine.id) ? [index] : [],
  );
  assert.ok(Math.max(...rows) < Math.min(...erasures), JSON.stringify({ rows, erasures }));
});

test("an_erasure_goes_on_after_kill_9_of_the_edge", async (context) => {
  const { central, front, edge } = await apart(context);
  const { anna, sums } = await audience(edge.url, "killed");
  await reconciled(central.url, "killed", sums);
  front.fault = ({ method }) => (method === "DELETE" ? 503 : null);
  const { status, body } = await erase(edge.url, anna);
  assert.equal(status, 202);
  assert.deepEqual([body.rollup, body.centre], [true, false]);
  assert.equal(body.open.reason, "the central API answered 503");
  await edge.kill9();
  front.fault = () => null;
  // Nobody asks for the viewer: the alarm alone goes on.
  await edge.restart();
  await eventually(async () => {
    assert.ok(front.asked.some((asked) => asked.method === "DELETE" && asked.status === 200));
  }, 60_000);
  await erasedEverywhere(edge.url, anna);
  await reconciled(central.url, "killed", sums);
});

test("records_that_never_left_the_viewer_object_count_before_they_are_erased", async (context) => {
  // Where the rollup objects should be there are others: nothing leaves the viewer objects.
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => [demo, state].forEach((folder) => rmSync(folder, { recursive: true })));
  cpSync(DEMO, demo, { recursive: true });
  const binding = (/** @type {string} */ of) =>
    `(name = "ROLLUP", durableObjectNamespace = "${of}")`;
  const source = readFileSync(join(demo, "usher.capnp"), "utf8");
  assert.ok(source.includes(binding("Rollup")));
  writeFileSync(
    join(demo, "usher.capnp"),
    source.replace(binding("Rollup"), binding("MediaRequests")),
  );

  const cut = await startServer({ demo, state, environment: SHORT });
  context.after(() => cut.stop());
  const { anna, sums } = await audience(cut.url, "stuck");
  const { status, body } = await erase(cut.url, anna);
  assert.equal(status, 202);
  assert.deepEqual([body.edge, body.rollup, body.centre], [true, false, false]);
  await cut.stop();

  const whole = await startServer({ state, environment: SHORT });
  context.after(() => whole.stop());
  await erasedEverywhere(whole.url, anna);
  await reconciled(whole.url, "stuck", sums);
  assert.deepEqual((await heldAt(whole.url, anna)).central.views, []);
});

test("two_erasures_at_once_are_one", async () => {
  const { anna, sums } = await audience(server.url, "twice");
  const answers = await Promise.all([erase(server.url, anna), erase(server.url, anna)]);
  const [first, second] = answers.map(({ body }) => body.erased_ms);
  assert.equal(first, second);
  await erasedEverywhere(server.url, anna);
  const again = await erase(server.url, anna);
  assert.equal(again.body.erased_ms, first);
  await erasedEverywhere(server.url, anna);
  await reconciled(server.url, "twice", sums);
});

test("a_viewer_who_was_never_seen_may_be_erased", async () => {
  const { status, body } = await erase(server.url, "nobody yet");
  assert.equal(status, 200, JSON.stringify(body));
  const { erased_ms } = body;
  const done = { viewer: "nobody yet", erased_ms, edge: true, rollup: true, centre: true };
  assert.deepEqual(body, { ...done, sink_batches: 0, open: null });
  await send(server.url, "nobody yet", new Playback(usher, "nobody yet", "never").watch(0, 5));
  assert.deepEqual(rowsOf((await heldAt(server.url, "nobody yet")).edge), []);
  assertRefused(await progressOf(server.url, "nobody at all"), 404, "not_found", null);
});

test("no_file_ever_holds_the_name_of_a_viewer", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  context.after(() => rmSync(state, { recursive: true }));
  const { central, edge } = await apart(context, { state });
  const viewer = "Zaphod-Beeblebrox-42";
  const nowhere = (/** @type {string} */ when) => {
    for (const folder of [state, central.state]) {
      assert.deepEqual(filesWith(folder, viewer), [], when);
      // What is looked for would be found: the title stands there in the clear.
      assert.notDeepEqual(filesWith(folder, "Unmistakable"), [], when);
    }
  };
  const playback = new Playback(usher, viewer, "Unmistakable");
  for (let s = 0; s < 40; s += 4) await send(edge.url, viewer, playback.watch(s, s + 4));
  assert.equal((await report(edge.url, viewer, "Unmistakable")).taken, 1);
  await eventually(async () => {
    const { body } = await viewerAt(central.url, viewer);
    const versions = body.views.map((/** @type {any} */ { version }) => version);
    assert.deepEqual(versions.sort(), [1, playback.version].sort());
  });
  nowhere("before");
  await heldAt(edge.url, viewer);
  await erase(edge.url, viewer);
  await send(edge.url, viewer, playback.watch(40, 50));
  await erasedEverywhere(edge.url, viewer);
  nowhere("after the erasure");
  await edge.kill9();
  nowhere("after kill -9, with the logs that SQLite left");
  await edge.restart();
  await erase(edge.url, viewer);
  await edge.stop();
  nowhere("after a good end");
  assert.ok(!edge.log().includes(viewer), edge.log());
});

test("a_row_that_the_centre_will_never_take_is_removed_and_counted", async (context) => {
  const { front, edge } = await apart(context);
  const { anna, bert } = { anna: "anna refused", bert: "bert refused" };
  front.fault = ({ path, body }) => (path === "/v1/batches" && body.includes(anna) ? 400 : null);
  await send(edge.url, anna, new Playback(usher, anna, "refused").watch(0, 5));
  await send(edge.url, bert, new Playback(usher, bert, "refused").watch(0, 5));
  const sum = async (/** @type {(shard: any) => number} */ of) =>
    (await waitingOf(edge.url))
      .map(of)
      .reduce((/** @type {number} */ all, /** @type {number} */ n) => all + n, 0);
  await eventually(async () => assert.equal(await sum((shard) => shard.dead_letters), 1), 40_000);
  const { rollup } = await heldAt(edge.url, anna);
  assert.deepEqual(
    rollup.dead_letters.map((/** @type {any} */ { record }) => record.title),
    ["refused"],
  );
  await erase(edge.url, anna);
  await erasedEverywhere(edge.url, anna);
  assert.equal(await sum((shard) => shard.dead_letters), 0);
  assert.equal(await sum((shard) => shard.erased.dead_letters), 1);
});

test("a_viewer_of_another_tenant_is_untouched", async (context) => {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  const demo = mkdtempSync(join(tmpdir(), "usher-demo-"));
  context.after(() => [demo, state].forEach((folder) => rmSync(folder, { recursive: true })));
  cpSync(DEMO, demo, { recursive: true });
  const tenant = '(name = "TENANT", text = "demo")';
  const source = readFileSync(join(demo, "usher.capnp"), "utf8");
  assert.ok(source.includes(tenant));
  writeFileSync(
    join(demo, "usher.capnp"),
    source.replaceAll(tenant, tenant.replace("demo", "two")),
  );
  const first = await apart(context, { state });
  await send(first.edge.url, "anna", new Playback(usher, "anna", "shared").watch(0, 5));
  await first.edge.stop();
  // The same objects' folder, and a central API of its own.
  const second = await apart(context, { state, demo });
  await send(second.edge.url, "anna", new Playback(usher, "anna", "shared").watch(0, 5));
  await erase(second.edge.url, "anna");
  await erasedEverywhere(second.edge.url, "anna");
  await second.edge.stop();
  await first.edge.restart();
  const held = await heldAt(first.edge.url, "anna");
  assert.deepEqual(rowsOf(held.edge), ["views"]);
  assert.deepEqual([held.rollup.records.length, held.edge.erasure], [1, null]);
});

test("a_name_that_is_none_and_a_caller_without_the_key_are_refused", async () => {
  for (const path of ["%00", "%ff", "x".repeat(201), ""]) {
    for (const method of ["GET", "DELETE"]) {
      const answer = await request(`${server.url}/v1/viewers/${path}`, { method });
      assertRefused(answer, 400, "invalid_value", "viewer");
    }
  }
  assertRefused(
    await request(`${server.url}/v1/viewers/%0a/erasure`),
    400,
    "invalid_value",
    "viewer",
  );
  const headers = { authorization: "Bearer another-key-of-nobody" };
  for (const init of [{ headers }, { headers, method: "DELETE" }]) {
    const answer = await viewerAt(server.url, "anna", init);
    assertRefused(answer, 401, "operator_key_invalid", "Authorization");
  }
  const { status, headers: allowed } = await viewerAt(server.url, "anna", { method: "POST" });
  assert.deepEqual([status, allowed.get("allow")], [405, "GET, DELETE"]);
  const { status: put, headers: get } = await request(`${server.url}/v1/viewers/anna/erasure`, {
    method: "PUT",
  });
  assert.deepEqual([put, get.get("allow")], [405, "GET"]);
});
