// @ts-check
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually, postViews, request } from "./api.mjs";
import { startCentral } from "./central.mjs";
import { Front } from "./front.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";
import { BEYOND_BELIEF_MS, SHORT, audited, heldAt, report, rowsOf, viewerAt } from "./viewers.mjs";

/** @type {typeof import("usher")} */
let usher;

before(async () => {
  usher = await loadPage();
});

test("an_export_holds_everything_that_is_stored_of_a_viewer", async (context) => {
  const server = await startServer({ environment: SHORT });
  context.after(() => server.stop());
  const [viewer, title] = ["Anna", "held"];
  const playback = new Playback(usher, viewer, title).watch(0, 12);
  const now = Date.now();
  const clock = [60_000, now];
  const sent = await request(`${server.url}/v1/views`, {
    method: "POST",
    body: JSON.stringify({ viewer, views: [{ ...playback.entry(), at: clock }], clock }),
    headers: { "cf-ipcountry": "de", "user-agent": "iPhone" },
  });
  assert.equal(sent.status, 200);
  const forged = new Playback(usher, viewer, title).pause(0, BEYOND_BELIEF_MS);
  const answer = await postViews(server.url, viewer, [forged.entry()]);
  assert.equal(answer.body.acks[0].version, forged.version);
  const reported = await report(server.url, viewer, title);

  const held = await eventually(async () => {
    const all = await heldAt(server.url, viewer);
    assert.deepEqual([all.rollup.batches, all.central.views.length], [{ central: 0, sinks: 0 }, 2]);
    return all;
  });
  assert.deepEqual(rowsOf(held.edge), ["views", "loads", "quarantine", "reports"]);
  const ids = [playback.id, ...reported.views].sort();
  const viewsIn = (/** @type {any[]} */ rows) => rows.map(({ view }) => view).sort();
  assert.deepEqual(viewsIn(held.edge.views), ids);
  assert.deepEqual(viewsIn(held.rollup.records), ids);
  assert.deepEqual(viewsIn(held.central.views), ids);
  const mine = (/** @type {any[]} */ rows) => rows.find(({ view }) => view === playback.id);
  const { intervals, country, device, producers } = mine(held.edge.views);
  assert.deepEqual([intervals, country, device], [[[0, 12_000]], "DE", "mobile"]);
  assert.deepEqual(producers, [[playback.producer, playback.version]]);
  const { unique_ms, played_ms } = playback.figures;
  for (const { unique_ms: unique, played_ms: played } of [
    mine(held.edge.views).figures,
    mine(held.rollup.records),
    mine(held.central.views),
  ]) {
    assert.deepEqual([unique, played], [unique_ms, played_ms]);
  }
  assert.deepEqual(
    held.edge.clocks.loads.map((/** @type {any} */ { producer }) => producer),
    [playback.producer],
  );
  const [{ view, reason }] = held.edge.quarantine;
  assert.deepEqual([view, reason], [forged.id, "number_too_large"]);
  assert.deepEqual([held.viewer, held.edge.erasure, held.rollup.dead_letters], [viewer, null, []]);
  const { headers } = await viewerAt(server.url, viewer);
  assert.equal(headers.get("content-disposition"), 'attachment; filename="viewer.json"');
  assert.equal(headers.get("cache-control"), "no-store");
});

test("a_viewer_with_thousands_of_views_is_exported_as_a_whole", async (context) => {
  const server = await startServer({ environment: SHORT });
  context.after(() => server.stop());
  const views = Array.from({ length: 1_100 }, () => new Playback(usher, "many", "many"));
  for (let at = 0; at < views.length; at += 50) {
    const entries = views.slice(at, at + 50).map((each) => each.watch(0, 1).entry());
    assert.equal((await postViews(server.url, "many", entries)).status, 200);
  }
  const ids = views.map(({ id }) => id).sort();
  await eventually(async () => {
    const { edge, rollup, central } = await heldAt(server.url, "many");
    for (const rows of [edge.views, rollup.records, central.views]) {
      assert.deepEqual(rows.map((/** @type {any} */ { view }) => view).sort(), ids);
    }
  });
});

test("whoever_looks_is_noted_once_also_if_the_audit_log_is_away_meanwhile", async (context) => {
  const central = await startCentral();
  const front = new Front(central.url);
  await front.listen();
  const edge = await startServer({ environment: { ...SHORT, CENTRAL_URL: front.url } });
  context.after(async () => {
    await edge.stop();
    front.close();
    await central.stop();
  });
  const isAudit = (/** @type {import("./front.mjs").Asked} */ { path }) => path === "/v1/audit";
  front.fault = (asked) => (isAudit(asked) ? 503 : null);
  const headers = { "usher-actor": "support-7" };
  assert.equal((await viewerAt(edge.url, "Berta", { headers })).status, 200);
  await eventually(async () => assert.ok(front.asked.some(isAudit)));
  await edge.kill9();
  await edge.restart();
  front.fault = () => null;
  await eventually(async () => {
    const rows = await audited(central.url, "viewer_exported");
    const details = rows.map((/** @type {any} */ { detail }) => detail);
    assert.deepEqual(details, ["", '{"held_at":"edge"}']);
    const [one, other] = rows;
    assert.deepEqual([one.actor, other.actor], ["support-7", "support-7"]);
    assert.equal(one.subject, other.subject);
  });
});
