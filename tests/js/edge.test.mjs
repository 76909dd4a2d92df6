// @ts-check
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { init as initPlayer, usageClass, View } from "usher";
import {
  freezeBatch,
  init,
  mergeViews,
  readState,
  readViews,
  retryDelayMs,
  viewerUsage,
} from "usher/edge";
import { init as initOffice, readBatch } from "usher/office";
import { moduleBytes } from "./module-bytes.mjs";

before(async () => {
  await initPlayer(moduleBytes("player"));
  await init(moduleBytes("edge"));
  await initOffice(moduleBytes("office"));
});

/** Ten seconds of a minute, watched. */
function watched() {
  const view = new View("anna", "plan-9");
  view.push(0, 0, 60, 1, 0);
  view.push(10_000, 10, 60, 1, 0);
  const state = view.snapshot();
  return { view: view.id, title: "plan-9", state, producer: view.producer };
}

/** @param {unknown} body */
const bytes = (body) => new TextEncoder().encode(JSON.stringify(body));

/** An edge that takes views without a token. */
const arrival = { tenant: "demo", unsigned_views: "allowed", now_ms: 5 };

/** @param {Uint8Array} state */
const base64 = (state) => Buffer.from(state).toString("base64url");

test("what the player measured is what the edge and the central API read", () => {
  const { view, title, state, producer } = watched();
  const views = [{ view, title, state: base64(state) }];
  const body = readViews(bytes({ viewer: "anna", views }), arrival);
  assert.deepEqual([...(body.views[0]?.state ?? [])], [...state]);

  const merged = mergeViews({ viewer: "anna", now_ms: 5, stored: [], incoming: body.views });
  assert.deepEqual(merged.acks, [{ view, producer, version: 1 }]);
  const record = merged.changed[0]?.record;
  assert.ok(record);
  assert.equal(record.unique_ms, 10_000);
  assert.equal(record.completion, 10 / 60);
  assert.deepEqual(record.milestones, [10]);
  assert.equal(record.duration_ms, 60_000);

  const batch = freezeBatch({
    shard: "a",
    epoch: 1,
    sequence: 2,
    records: [JSON.stringify(record)],
  });
  assert.equal(batch.batch, "a.1.2");
  assert.equal(batch.rows, 1);
  assert.deepEqual(readBatch(batch.body, 1).records, [record]);
});

test("a stored state and a repetition give no change, but an acknowledgement", () => {
  const { view, title, state, producer } = watched();
  const first = mergeViews({
    viewer: "anna",
    now_ms: 5,
    stored: [],
    incoming: [{ view, title, state }],
  });
  const stored = first.changed.map(({ view, title, state }) => ({ view, title, state }));
  const again = mergeViews({
    viewer: "anna",
    now_ms: 9,
    stored,
    incoming: [{ view, title, state }],
    clocks: first.clocks ?? new Uint8Array(),
  });
  const acks = [{ view, producer, version: 1 }];
  assert.deepEqual(again, { acks, changed: [], quarantined: [], clocks: null });
});

test("live has null where a figure is undefined", () => {
  const view = new View("anna", "news");
  view.push(0, 0, Infinity, 1, 0);
  const { record } = readState(view.snapshot());
  assert.equal(record.completion, null);
  assert.equal(record.duration_ms, null);
  assert.equal(record.live, true);
});

test("player and edge give a viewer the same class", () => {
  const [hourMs, dayMs] = [3_600_000, 24 * 3_600_000];
  /** @type {("unknown" | "light" | "standard" | "heavy")[]} */
  const classes = ["unknown", "light", "standard", "heavy"];
  const seen = new Set();
  for (const days of [0, 6, 7, 14, 28, 400]) {
    for (const hours of [0, 1.9, 2, 9, 11, 50]) {
      for (const before of classes) {
        const input = {
          now_ms: 500 * dayMs,
          first_seen_ms: (500 - days) * dayMs,
          unique_ms: hours * hourMs,
          running_ms: 1000,
          before,
        };
        const usage = viewerUsage(input);
        const code = usageClass(hours * hourMs + 1000, usage.span_ms, classes.indexOf(before));
        assert.equal(classes[code], usage.class);
        assert.equal(usage.span_ms, Math.min(days, 28) * dayMs);
        seen.add(usage.class);
      }
    }
  }
  assert.deepEqual([...seen].sort(), [...classes].sort());
});

test("a state laid open shows all that is in it", () => {
  const { state, producer } = watched();
  const open = readState(state);
  assert.deepEqual(open.intervals, [[0, 10_000]]);
  assert.deepEqual(open.producers, [[producer, 1]]);
  assert.equal(open.record.playing_ms, 10_000);
});

test("refusals are { code, message, field } and nothing traps", () => {
  const { view, title, state } = watched();
  const item = { view, title, state: base64(state) };
  /** @type {[() => unknown, code: string, field: string | null][]} */
  const rows = [
    [() => readViews(new Uint8Array(), arrival), "malformed_json", null],
    [
      () => readViews(bytes({ viewer: "bert", views: [item] }), arrival),
      "view_of_another_viewer",
      "views[0].view",
    ],
    [
      () => readViews(bytes({ viewer: "anna", views: [item], x: 1 }), arrival),
      "unknown_field",
      "x",
    ],
    [
      () => readViews(bytes({ viewer: "anna", views: [{ ...item, state: "AA" }] }), arrival),
      "invalid_state",
      "views[0].state",
    ],
    [() => readState(new Uint8Array([9])), "invalid_state", null],
    [() => readBatch(bytes({}), 1), "malformed_json", null],
    [() => readBatch(new TextEncoder().encode("{}\n"), 1), "missing_field", "line 1"],
    [() => readBatch(new TextEncoder().encode("{}\n"), 2), "row_count", "Usher-Rows"],
    [
      () => freezeBatch({ shard: "", epoch: 1, sequence: 1, records: [] }),
      "invalid_value",
      "shard",
    ],
  ];
  for (const [call, code, field] of rows) {
    assert.throws(call, (/** @type {any} */ refusal) => {
      assert.deepEqual([refusal.code, refusal.field], [code, field], refusal.message);
      return typeof refusal.message === "string" && refusal.message.length > 0;
    });
  }
});

test("what JavaScript gets wrong is refused, not trapped", () => {
  /** @type {any[]} */
  const values = [undefined, null, 1, "x", [], {}, { viewer: 1 }, NaN, 2n ** 70n];
  for (const value of values) {
    for (const call of [mergeViews, freezeBatch, retryDelayMs]) {
      assert.throws(
        () => call(value),
        (/** @type {any} */ refusal) => refusal.code !== undefined,
      );
    }
  }
});

test("no flipped byte of a state traps", () => {
  const { state } = watched();
  for (let index = 0; index < state.length; index += 1) {
    for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
      const flipped = Uint8Array.from(state);
      flipped[index] = byte;
      try {
        readState(flipped);
      } catch (/** @type {any} */ refusal) {
        assert.equal(refusal.code, "invalid_state");
      }
    }
  }
});
