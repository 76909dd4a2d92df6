// @ts-check
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { addWindows, answerBatch, freezeBatch, init, readState, rollUp } from "usher/edge";
import { init as initOffice, readWindows } from "usher/office";
import { init as initPlayer, View } from "usher";
import { moduleBytes } from "./module-bytes.mjs";

before(async () => {
  await initPlayer(moduleBytes("player"));
  await init(moduleBytes("edge"));
  await initOffice(moduleBytes("office"));
});

const NOW_MS = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

/** The record of a view, as the edge hands it on. */
function recordOf(version = 1) {
  const view = new View("anna", "plan-9");
  view.push(0, 0, 60, 1, 0);
  view.push(10_000, 10, 60, 1, 0);
  const { record } = readState(view.snapshot());
  const times = { watched_ms: NOW_MS, first_seen_ms: NOW_MS, last_seen_ms: NOW_MS };
  return { ...record, view: view.id, viewer: "anna", title: "plan-9", version, ...times };
}

/** @param {Partial<import("usher/edge").RollUpInput>} input */
const inputOf = (input) => ({
  now_ms: NOW_MS,
  window_ms: HOUR_MS,
  grace_ms: 60_000,
  closed_until_ms: 0,
  class: /** @type {const} */ ("light"),
  known: [],
  records: [],
  ...input,
});

test("a record becomes a row of a window that the central API reads", () => {
  const record = recordOf();
  const { known, windows, conflicts, uncounted } = rollUp(inputOf({ records: [record] }));
  assert.deepEqual([conflicts, uncounted], [0, 0]);
  assert.equal(known[0]?.country, null);
  const [window] = windows;
  assert.ok(window);
  const startMs = NOW_MS - (NOW_MS % HOUR_MS);
  assert.equal(window.due_ms, startMs + HOUR_MS + 60_000);
  const { viewers, ...sums } = window.record;
  assert.deepEqual(sums, {
    window_start_ms: startMs,
    window_ms: HOUR_MS,
    title: "plan-9",
    country: null,
    device: "unknown",
    correction: false,
    views: 1,
    unique_ms: 10_000,
    played_ms: 10_000,
    completed: 0,
    stalls: 0,
    stalled_ms: 0,
    classes: { unknown: 0, light: 1, standard: 0, heavy: 0 },
  });
  const line = JSON.stringify(window.record);
  const { body, rows } = freezeBatch({ shard: "a", epoch: 1, sequence: 1, records: [line] });
  assert.deepEqual(readWindows(body, rows).records, [window.record]);
});

test("what is known and stored comes back as it was given", () => {
  const first = rollUp(inputOf({ records: [recordOf()] }));
  const [known] = first.known;
  assert.ok(known);
  const stored = JSON.parse(JSON.stringify(first.windows));
  const again = rollUp(
    inputOf({ known: first.known, records: [{ ...recordOf(), view: known.view }] }),
  );
  assert.deepEqual(again, { known: [], windows: [], conflicts: 0, uncounted: 0 });
  const grown = { ...recordOf(2), view: known.view, played_ms: 9_000, completed: true };
  const { windows: changes } = rollUp(inputOf({ known: first.known, records: [grown] }));
  // A figure that goes back takes back.
  assert.deepEqual([changes[0]?.record.played_ms, changes[0]?.record.completed], [-1_000, 1]);
  const { windows } = addWindows({ stored, changes });
  const [sum] = windows;
  assert.deepEqual([sum?.record.views, sum?.record.played_ms], [1, 9_000]);
  assert.equal(sum?.record.viewers, stored[0].record.viewers);
});

test("an answer says what comes next, and the sender remembers", () => {
  const answer = {
    sender: null,
    items_max: 500,
    sent: /** @type {"rows" | "void" | "apart"} */ ("rows"),
    items: 500,
    status: 400,
    now_ms: NOW_MS,
    random: 0.5,
    retry_after_ms: null,
  };
  const refused = answerBatch(answer);
  assert.deepEqual([refused.step, refused.sender.items], ["replace", 250]);
  const { sender } = refused;
  assert.equal(answerBatch({ ...answer, sender, sent: "void", status: 200 }).step, "divide");
  const away = answerBatch({ ...answer, sender, status: 503, retry_after_ms: 8_000 });
  assert.equal(away.step, "again");
  assert.deepEqual([away.sender.next_try_ms, away.sender.failures], [NOW_MS + 8_000, 1]);
  assert.equal(answerBatch({ ...answer, sender: away.sender, status: 200 }).step, "done");
});

test("what is no plain data of the contract is refused and nothing traps", () => {
  const record = recordOf();
  const known = rollUp(inputOf({ records: [record] })).known;
  const stored = rollUp(inputOf({ records: [record] })).windows;
  const [window] = stored;
  assert.ok(window);
  const bad = /** @type {any} */ ((/** @type {any} */ value) => value);
  /** @type {(() => unknown)[]} */
  const rows = [
    () => rollUp(bad(null)),
    () => rollUp(bad(inputOf({ now_ms: NaN }))),
    () => rollUp(bad(inputOf({ window_ms: 0.5 }))),
    () => rollUp(bad({ ...inputOf({}), class: "none" })),
    () => rollUp(bad(inputOf({ records: [bad({ ...record, version: -1 })] }))),
    () => rollUp(bad(inputOf({ records: [bad({ ...record, played_ms: "1" })] }))),
    () => rollUp(bad(inputOf({ records: [bad({ ...record, viewer: 1 })] }))),
    () => rollUp(bad(inputOf({ known: [bad({ ...known[0], unique_ms: 0.5 })] }))),
    () => addWindows({ stored, changes: [bad({ ...window, record: null })] }),
    () =>
      addWindows({
        stored,
        changes: [bad({ ...window, record: { ...window.record, viewers: "A" } })],
      }),
    () =>
      addWindows({
        stored,
        changes: [{ ...window, record: { ...window.record, played_ms: 2 ** 53 - 1 } }],
      }),
    () => answerBatch(bad({})),
  ];
  for (const row of rows) {
    assert.throws(row, (/** @type {any} */ error) => {
      assert.equal(typeof error.code, "string", String(error));
      assert.match(error.message, /./);
      return true;
    });
  }
  // What follows is not touched by it.
  assert.equal(rollUp(inputOf({ records: [record] })).windows.length, 1);
});
