// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { postViews, recordOf, request, titlesOf, waitingOf, eventually } from "./api.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {typeof import("usher")} */
let usher;

before(async () => {
  server = await startServer();
  usher = await loadPage();
});
after(() => server.stop());

/** @param {string} title */
async function sumsOf(title) {
  return (await titlesOf(server.url)).find((/** @type {any} */ sums) => sums.title === title);
}

/** What waits, without the marks that move with time. */
async function countsWaiting() {
  const shards = await waitingOf(server.url);
  return shards.map((/** @type {any} */ { windows, ...shard }) => ({
    ...shard,
    open: windows.open,
  }));
}

test("a_watched_view_is_acked_and_reaches_the_central_api_within_a_second", async () => {
  const playback = new Playback(usher, "viewer-1", "plan-9").watch(0, 10).watch(20, 30);
  const { status, body, headers } = await postViews(server.url, "viewer-1", [playback.entry()]);
  const ackedMs = performance.now();
  const { id: view, producer, version } = playback;
  assert.equal(status, 200);
  assert.deepEqual(body.acks, [{ view, producer, version }]);
  assert.equal(headers.get("access-control-allow-origin"), "*");
  const record = await recordOf(server.url, view, version);
  assert.ok(performance.now() - ackedMs < 1000, "later than a second");
  const { unique_ms, played_ms, playing_ms, completion } = record;
  assert.deepEqual({ unique_ms, played_ms, playing_ms, completion }, playback.figures);
  assert.equal(unique_ms, 20_000);
  assert.equal(record.viewer, "viewer-1");
  assert.equal(record.title, "plan-9");
});

test("an_answer_tells_the_use_of_the_viewers_other_views", async () => {
  const viewer = "viewer-usage";
  const first = new Playback(usher, viewer, "plan-9").watch(0, 10);
  const other = new Playback(usher, viewer, "robot-monster").watch(0, 5);
  const { body: alone } = await postViews(server.url, viewer, [first.entry()]);
  assert.equal(alone.usage.unique_ms, 0);
  // Nobody has a class in the first week.
  assert.equal(alone.usage.class, "unknown");
  const { body: beside } = await postViews(server.url, viewer, [other.entry()]);
  assert.equal(beside.usage.unique_ms, 10_000);
  const { body: both } = await postViews(server.url, viewer, [first.entry(), other.entry()]);
  assert.equal(both.usage.unique_ms, 0);
});

test("the_sums_of_a_title_count_each_view_and_viewer_once", async () => {
  const playbacks = ["ann", "ann", "ben"].map((viewer) => ({
    viewer,
    playback: new Playback(usher, viewer, "sums").watch(0, 60),
  }));
  for (const { viewer, playback } of playbacks) {
    await postViews(server.url, viewer, [playback.entry()]);
  }
  const sums = await eventually(async () => {
    const sums = await sumsOf("sums");
    assert.equal(sums?.views, 3);
    return sums;
  });
  assert.deepEqual(sums, {
    title: "sums",
    views: 3,
    viewers: 2,
    unique_ms: 180_000,
    played_ms: 180_000,
    completed_views: 3,
    completed_share: 1,
  });
});

test("titles_are_read_page_by_page", async () => {
  for (const title of ["page-a", "page-b", "page-c"]) {
    const playback = new Playback(usher, "pages", title).watch(0, 1);
    await postViews(server.url, "pages", [playback.entry()]);
    await recordOf(server.url, playback.id, playback.version);
  }
  const first = await request(`${server.url}/v1/titles?after=page-&limit=2`);
  assert.deepEqual(
    first.body.titles.map((/** @type {any} */ sums) => sums.title),
    ["page-a", "page-b"],
  );
  assert.equal(first.body.next, "page-b");
  const rest = await request(`${server.url}/v1/titles?after=${first.body.next}&limit=1000`);
  assert.equal(rest.body.titles[0].title, "page-c");
  assert.equal(rest.body.next, null);
});

test("the_same_body_again_changes_nothing", async () => {
  const playback = new Playback(usher, "twice", "twice").watch(0, 5);
  const entry = playback.entry();
  const first = await postViews(server.url, "twice", [entry]);
  const record = await recordOf(server.url, playback.id, playback.version);
  const shards = await countsWaiting();
  for (let times = 0; times < 5; times += 1) {
    const again = await postViews(server.url, "twice", [entry, entry]);
    assert.deepEqual(again.body.acks, [...first.body.acks, ...first.body.acks]);
  }
  assert.deepEqual(await countsWaiting(), shards);
  assert.deepEqual(await recordOf(server.url, playback.id, playback.version), record);
  assert.equal((await sumsOf("twice")).views, 1);
});

test("states_that_come_in_another_order_end_in_the_same_figures", async () => {
  const playback = new Playback(usher, "order", "order");
  const entries = [0, 10, 20, 30].map((s) => playback.watch(s, s + 10).entry());
  const order = [
    { index: 2, acked: 3 },
    { index: 0, acked: 3 },
    { index: 3, acked: 4 },
    { index: 1, acked: 4 },
  ];
  for (const { index, acked } of order) {
    const { body } = await postViews(server.url, "order", entries.slice(index, index + 1));
    assert.equal(body.acks[0].version, acked);
  }
  const record = await recordOf(server.url, playback.id, 4);
  assert.equal(record.unique_ms, 40_000);
  assert.equal(record.played_ms, 40_000);
});

test("two_page_loads_of_one_view_are_united_in_content_and_summed_in_time", async () => {
  const other = await loadPage();
  const first = new Playback(usher, "both", "both").watch(0, 20);
  const second = new Playback(other, "both", "both").watch(10, 30);
  assert.notEqual(first.producer, second.producer);
  const entries = [second.entry(first.id), first.entry()];
  const { status, body } = await postViews(server.url, "both", entries);
  assert.equal(status, 200);
  assert.deepEqual(
    body.acks.map((/** @type {any} */ ack) => [ack.producer, ack.version]),
    [
      [second.producer, second.version],
      [first.producer, first.version],
    ],
  );
  const record = await recordOf(server.url, first.id, first.version + second.version);
  assert.equal(record.unique_ms, 30_000);
  assert.equal(record.played_ms, 40_000);
});

test("fifty_views_in_one_body_are_all_acked_and_delivered", async () => {
  const playbacks = Array.from({ length: 50 }, () =>
    new Playback(usher, "fifty", "fifty").watch(0, 1),
  );
  const { status, body } = await postViews(
    server.url,
    "fifty",
    playbacks.map((playback) => playback.entry()),
  );
  assert.equal(status, 200);
  assert.equal(body.acks.length, 50);
  await eventually(async () => assert.equal((await sumsOf("fifty"))?.views, 50));
});

test("names_in_any_script_arrive_as_they_were_given", async () => {
  const viewer = "зритель/👩‍🚀 \"'%2F..";
  const title = "不滅の宇宙人 𝟡 <b>&amp;</b>";
  const playback = new Playback(usher, viewer, title).watch(0, 2);
  const { status } = await postViews(server.url, viewer, [playback.entry()]);
  assert.equal(status, 200);
  const record = await recordOf(server.url, playback.id, playback.version);
  assert.equal(record.viewer, viewer);
  assert.equal(record.title, title);
  assert.equal((await sumsOf(title)).views, 1);
});
