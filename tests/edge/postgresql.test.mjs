// @ts-check
// The receiver for services that keep batches in PostgreSQL, before the real one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { assertRefused, eventually, postBatch, postViews } from "./api.mjs";
import { linesOf, viewRow, windowRow } from "./delivered-rows.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { query, receiver } from "./postgresql-setup.mjs";
import {
  assertTitleSums,
  assertWindowSums,
  byView,
  counts,
  records,
} from "./postgresql-tables.mjs";
import { startServer } from "./server.mjs";

const VIEWS = { "usher-kind": "views" };
const WINDOWS = { "usher-kind": "windows" };
const VOID = { "usher-kind": "void", "usher-rows": "0" };

/** @type {(batch: string, body: string, headers?: Record<string, string | null>) => Promise<any>} */
const post = (batch, body, headers) => postBatch(receiver.url, batch, body, headers);

test("a_batch_of_views_is_stored_as_it_came_and_sums_are_what_was_sent", async () => {
  const rows = Array.from({ length: 1000 }, () => viewRow());
  const answer = await post("a.1.1", linesOf(...rows), VIEWS);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { batch: "a.1.1", rows: 1000, stored: 1000, conflicts: 0 });
  assert.deepEqual(await records(query), byView(rows));
  await assertTitleSums(query, rows);
});

test("without_a_kind_rows_are_views", async () => {
  assert.equal((await post("a.1.1", linesOf(viewRow()))).status, 200);
  assert.deepEqual(await counts(query), [1, 0, 1, 0]);
});

test("windows_are_added_corrections_included_and_sketches_kept", async () => {
  const rows = Array.from({ length: 40 }, () => windowRow());
  const cell = { window_start_ms: 0, window_ms: 60_000, title: "x", country: null, device: "tv" };
  rows.push(windowRow({ ...cell, correction: false, views: 5 }));
  rows.push(windowRow({ ...cell, correction: true, views: -2, viewers: "" }));
  for (const [index, batch] of [rows.slice(0, 30), rows.slice(30)].entries()) {
    const answer = await post(`a.1.${index + 1}`, linesOf(...batch), WINDOWS);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.stored, batch.length);
  }
  await assertWindowSums(query, rows);
  const [sums] = await query("SELECT * FROM usher.window_sums WHERE title = 'x'");
  assert.deepEqual([sums.views, sums.corrections], ["3", "1"]);
  const sketches = rows.slice(-2).map(({ viewers }) => Buffer.from(viewers, "base64url"));
  const kept = await query(
    "SELECT viewers FROM usher.windows WHERE title = 'x' ORDER BY correction",
  );
  assert.deepEqual(
    kept.map(({ viewers }) => viewers),
    sketches,
  );
});

test("the_same_batch_again_has_the_same_answer_and_no_effect", async () => {
  const first = viewRow();
  /** @type {[string, object[], Record<string, string>][]} */
  const batches = [
    ["a.1.1", [first, viewRow(), { ...first, version: 3 }, { ...first, version: 2 }], VIEWS],
    ["a.1.2", [windowRow(), windowRow()], WINDOWS],
    ["a.1.3", [], VOID],
  ];
  const answers = [];
  for (const [batch, rows, headers] of batches) {
    answers.push((await post(batch, linesOf(...rows), headers)).body);
  }
  assert.deepEqual(
    answers.map(({ stored }) => stored),
    [2, 2, 0],
  );
  await post("a.1.4", linesOf({ ...first, version: 4 }), VIEWS);
  for (const [index, [batch, rows, headers]] of batches.entries()) {
    const again = await post(batch, linesOf(...rows), headers);
    assert.deepEqual([again.status, again.body], [200, answers[index]]);
  }
  assert.deepEqual(await counts(query), [4, 0, 2, 2]);
});

test("one_batch_sent_many_times_at_once_is_stored_once", async () => {
  for (const [kind, row] of /** @type {const} */ ([
    ["views", viewRow],
    ["windows", windowRow],
  ])) {
    const body = linesOf(row(), row(), row());
    const sent = Array.from({ length: 30 }, () =>
      post(`${kind}.1.1`, body, { "usher-kind": kind }),
    );
    for (const answer of await Promise.all(sent)) {
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.body, { batch: `${kind}.1.1`, rows: 3, stored: 3, conflicts: 0 });
    }
  }
  assert.deepEqual(await counts(query), [2, 0, 3, 3]);
});

test("many_batches_of_the_same_views_at_once_wait_for_no_one_for_ever", async () => {
  const rows = Array.from({ length: 200 }, () => viewRow());
  const sent = Array.from({ length: 30 }, (_, index) => {
    const newer = rows.map((row) => ({ ...row, version: index + 1, unique_ms: index }));
    if (index % 2) newer.reverse();
    return post(`a.1.${index + 1}`, linesOf(...newer), VIEWS);
  });
  for (const { status } of await Promise.all(sent)) assert.equal(status, 200);
  assert.deepEqual(await query("SELECT DISTINCT version, unique_ms FROM usher.views"), [
    { version: "30", unique_ms: "29" },
  ]);
});

test("an_older_or_equal_version_changes_nothing_whatever_comes_when", async () => {
  const row = viewRow();
  const versions = [5, 4, 5, 9, 1, 7, 9];
  const stored = [];
  for (const [index, version] of versions.entries()) {
    const body = linesOf({ ...row, version, played_ms: version * 100 + index });
    stored.push((await post(`a.1.${index + 1}`, body, VIEWS)).body.stored);
  }
  assert.deepEqual(stored, [1, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual(await records(query), [{ ...row, version: 9, played_ms: 903 }]);
});

test("a_view_of_another_viewer_or_title_is_counted_and_not_taken", async () => {
  const [mine, fine] = [viewRow(), viewRow()];
  await post("a.1.1", linesOf(mine), VIEWS);
  const foreign = [
    { ...mine, version: 2, viewer: "w" },
    { ...mine, version: 3, title: "u" },
  ];
  const answer = await post("a.1.2", linesOf(...foreign, fine), VIEWS);
  assert.deepEqual(answer.body, { batch: "a.1.2", rows: 3, stored: 1, conflicts: 2 });
  assert.deepEqual(await records(query), byView([mine, fine]));
});

test("the_same_key_with_another_body_is_a_conflict_and_changes_nothing", async () => {
  const row = viewRow();
  const body = linesOf(row);
  await post("a.1.1", body, VIEWS);
  await post("a.1.2", "", VOID);
  for (const [batch, other, headers] of /** @type {const} */ ([
    ["a.1.1", linesOf({ ...row, version: 2 }), VIEWS],
    ["a.1.1", linesOf(windowRow()), WINDOWS],
    ["a.1.1", "", VOID],
    ["a.1.2", body, VIEWS],
  ])) {
    const answer = await post(batch, other, headers);
    assertRefused(answer, 409, "batch_changed", "Idempotency-Key");
  }
  assert.deepEqual(await records(query), [row]);
  assert.deepEqual(await counts(query), [2, 0, 1, 0]);
});

test("a_missing_batch_is_a_gap_of_its_shard_and_epoch", async () => {
  for (const batch of ["a.1.1", "a.1.2", "a.1.5", "a.2.2", "b.1.1"]) {
    await post(batch, linesOf(viewRow()));
  }
  await post("b.1.2", "", VOID);
  assert.deepEqual(await query("SELECT * FROM usher.gaps ORDER BY shard, epoch"), [
    { shard: "a", epoch: "1", first_missing: "3", last_missing: "4" },
    { shard: "a", epoch: "2", first_missing: "1", last_missing: "1" },
  ]);
});

test("the_real_edge_delivers_to_it", async () => {
  const server = await startServer({ environment: { CENTRAL_URL: receiver.url } });
  try {
    const usher = await loadPage();
    const playback = new Playback(usher, "anna", "plan 9").watch(0, 20);
    assert.equal((await postViews(server.url, "anna", [playback.entry()])).status, 200);
    const record = await eventually(async () => {
      const [row] = await query("SELECT * FROM usher.views");
      assert.equal(row?.view, playback.id);
      return row;
    });
    assert.equal(record.viewer, "anna");
    assert.equal(Number(record.unique_ms), playback.figures.unique_ms);
    assert.equal(record.record.playing_ms, playback.figures.playing_ms);
    assert.deepEqual(await query("SELECT * FROM usher.gaps"), []);
  } finally {
    await server.stop();
  }
});

test("the_page_shows_the_sql_that_runs", async () => {
  const shown = sqlOfPage();
  const sql = await import("../../www/receiver/postgresql/database.mjs");
  const runs = [sql.TAKE_KEY, sql.PUT_VIEWS, sql.PUT_WINDOWS].map((text) => text.trim());
  assert.deepEqual(shown.slice(0, 3), runs);
});

test("the_page_finds_titles_of_which_not_all_has_arrived", async () => {
  const [view, other] = [viewRow({ title: "t" }), viewRow({ title: "u" })];
  const windowOf = (/** @type {any} */ { title, unique_ms, played_ms }) =>
    windowRow({ title, unique_ms, played_ms });
  await post("a.1.1", linesOf(view, other), VIEWS);
  await post("a.1.2", linesOf(windowOf(view)), WINDOWS);
  const missing = async () => (await query(sqlOfPage()[3] ?? "")).map(({ title }) => title);
  assert.deepEqual(await missing(), ["u"]);
  await post("a.1.3", linesOf(windowOf(other)), WINDOWS);
  assert.deepEqual(await missing(), []);
});

test("the_page_forgets_a_viewer_whom_late_records_do_not_bring_back", async () => {
  const [anna, ben] = [viewRow({ viewer: "anna" }), viewRow({ viewer: "ben" })];
  await post("a.1.1", linesOf(anna, ben), VIEWS);
  await query(sqlOfPage()[4] ?? "", ["anna"]);
  const late = await post("a.1.2", linesOf({ ...anna, version: 9 }), VIEWS);
  assert.deepEqual([late.body.stored, late.body.conflicts], [0, 1]);
  const rows = await query("SELECT to_jsonb(v)::text AS all, viewer FROM usher.views AS v");
  assert.ok(rows.every(({ all }) => !all.includes("anna")));
  assert.deepEqual(rows.map(({ viewer }) => viewer.slice(0, 7)).sort(), ["ben", "erased-"]);
});

/** The statements on the receiver's page, in their order. */
function sqlOfPage() {
  const page = readFileSync("www/receiver/postgresql/README.md", "utf8");
  return [...page.matchAll(/^```sql\n(.*?);?\n```$/gms)].map(([, statement]) => statement ?? "");
}
