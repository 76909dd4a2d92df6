// @ts-check
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { eventually, postViews, waitingOf } from "./api.mjs";
import { putClockAhead } from "./central.mjs";
import { Playback, loadPage } from "./playback.mjs";
import { DEMO, startServer } from "./server.mjs";
import {
  BEYOND_BELIEF_MS,
  SHORT,
  audited,
  erase,
  erasedEverywhere,
  filesWith,
  heldAt,
  report,
  rowsOf,
} from "./viewers.mjs";

/** @type {typeof import("usher")} */
let usher;

before(async () => {
  usher = await loadPage();
});

/**
 * Starts edge and centre on one state, each time some days later.
 * @param {import("node:test").TestContext} context
 * @param {Record<string, string>} [environment]
 */
function times(context, environment = {}) {
  const state = mkdtempSync(join(tmpdir(), "usher-state-"));
  /** @type {import("./server.mjs").Server | null} */
  let running = null;
  context.after(async () => {
    await running?.stop();
    rmSync(state, { recursive: true });
  });
  return async (/** @type {number} */ daysLater) => {
    await running?.stop();
    const demo = mkdtempSync(join(tmpdir(), "usher-later-"));
    context.after(() => rmSync(demo, { recursive: true }));
    cpSync(DEMO, demo, { recursive: true });
    if (daysLater > 0) {
      for (const worker of ["edge.js", "central.js"]) {
        putClockAhead(join(demo, worker), daysLater);
      }
    }
    running = await startServer({ state, demo, environment: { ...SHORT, ...environment } });
    return running;
  };
}

/**
 * @param {string} url
 * @param {string} viewer
 * @param {string} title
 */
async function watch(url, viewer, title) {
  const playback = new Playback(usher, viewer, title).watch(0, 10);
  const { status, body } = await postViews(url, viewer, [playback.entry()]);
  assert.equal(status, 200);
  assert.equal(body.acks[0].version, playback.version);
  return playback;
}

/**
 * What the edge's own store has of a viewer, once an alarm has looked it through: a request wakes the
 * object up, for the alarms of workerd go by the clock of the machine.
 * @param {string} url
 * @param {string} viewer
 * @param {string[]} expected
 */
const comesTo = (url, viewer, expected) =>
  eventually(async () => {
    assert.deepEqual(rowsOf((await heldAt(url, viewer)).edge), expected);
  });

/**
 * What the audit log tells of the edge's retention, all rows together.
 * @param {string} url
 */
async function retired(url) {
  const rows = await audited(url, "retention_applied");
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { actor, detail } of rows) {
    if (actor !== "edge") continue;
    for (const [data, count] of Object.entries(JSON.parse(detail))) {
      sums[data] = (sums[data] ?? 0) + count;
    }
  }
  return sums;
}

test("states_and_reports_are_kept_for_60_days_and_then_nothing_is_left", async (context) => {
  const begin = times(context);
  const first = await begin(0);
  await watch(first.url, "anna", "Unmistakable");
  await report(first.url, "anna", "Unmistakable");
  const store = join(first.state, "usher-viewer-v1");
  assert.notDeepEqual(filesWith(store, "Unmistakable"), []);

  const before = await begin(59);
  await comesTo(before.url, "anna", ["views", "reports"]);
  await watch(before.url, "bert", "others");
  await comesTo(before.url, "bert", ["views"]);

  const late = await begin(61);
  await comesTo(late.url, "anna", []);
  await eventually(async () => {
    assert.deepEqual(await retired(late.url), { clocks: 1, states: 2, reports: 1 });
  });
  // Its file is emptied, with what SQLite leaves of deleted rows.
  await eventually(async () => assert.deepEqual(filesWith(store, "Unmistakable"), []));
  await comesTo(late.url, "bert", ["views"]);
  const back = await watch(late.url, "anna", "back");
  await eventually(async () => {
    const { central } = await heldAt(late.url, "anna");
    const titles = central.views.map((/** @type {any} */ { title }) => title);
    assert.deepEqual(titles.sort(), ["Unmistakable", "Unmistakable", "back"]);
  });
  assert.ok(back.version > 0);
});

test("a_tombstone_is_kept_for_60_days_and_then_the_viewer_may_come_back", async (context) => {
  const begin = times(context);
  const first = await begin(0);
  await watch(first.url, "anna", "one");
  await erase(first.url, "anna");
  await erasedEverywhere(first.url, "anna");

  const before = await begin(59);
  await watch(before.url, "anna", "two");
  await comesTo(before.url, "anna", []);
  assert.notEqual((await heldAt(before.url, "anna")).edge.erasure, null);

  const late = await begin(61);
  await eventually(async () => {
    assert.equal((await heldAt(late.url, "anna")).edge.erasure, null);
  });
  await eventually(async () => assert.deepEqual(await retired(late.url), { tombstones: 1 }));
  // The centre looks after its own once a day, and a second after its start.
  await eventually(async () => {
    assert.equal((await heldAt(late.url, "anna")).central.erased_ms, null);
  });
  await watch(late.url, "anna", "three");
  await eventually(async () => {
    const { edge, central } = await heldAt(late.url, "anna");
    assert.deepEqual([edge.views.length, central.views.length], [1, 1]);
  });
});

test("a_quarantine_is_kept_for_30_days_and_the_clocks_for_60", async (context) => {
  const begin = times(context);
  const first = await begin(0);
  const forged = new Playback(usher, "anna", "one").pause(0, BEYOND_BELIEF_MS);
  const clock = [60_000, Date.now()];
  const entry = /** @type {import("./api.mjs").Entry} */ ({ ...forged.entry(), at: clock });
  const { body } = await postViews(first.url, "anna", [entry], { clock });
  assert.equal(body.acks[0].version, forged.version);
  await comesTo(first.url, "anna", ["loads", "quarantine"]);
  await comesTo((await begin(29)).url, "anna", ["loads", "quarantine"]);
  const late = await begin(31);
  await comesTo(late.url, "anna", ["loads"]);
  await eventually(async () => assert.deepEqual(await retired(late.url), { quarantine: 1 }));
  const later = await begin(61);
  await comesTo(later.url, "anna", []);
});

test("the_environment_says_otherwise_within_limits_and_an_error_names_the_variable", async (context) => {
  const begin = times(context, {
    RETENTION_DAYS_STATES: "31",
    RETENTION_DAYS_QUARANTINE: "0",
    RETENTION_DAYS_CLOCKS: "30",
    RETENTION_DAYS_TOMBSTONES: "a year",
  });
  const first = await begin(0);
  await watch(first.url, "anna", "one");
  await erase(first.url, "bert");
  await erasedEverywhere(first.url, "bert");
  for (const { configuration } of await waitingOf(first.url)) {
    assert.deepEqual(configuration, [
      "RETENTION_DAYS_QUARANTINE: `0` is not a number of days from 1 to 3650",
      "RETENTION_DAYS_CLOCKS: `30` is not a number of days from 31 to 3650",
      "RETENTION_DAYS_TOMBSTONES: `a year` is not a number of days from 46 to 3650",
    ]);
  }
  await comesTo((await begin(30)).url, "anna", ["views"]);
  const late = await begin(32);
  await comesTo(late.url, "anna", []);
  assert.notEqual((await heldAt(late.url, "bert")).edge.erasure, null);
});
