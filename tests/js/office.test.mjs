// @ts-check
// The border of the central API's module: plain data in, plain data or a refusal out.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  addWindows,
  appendAudit,
  arriveBatch,
  checkAudit,
  checkOperatorKey,
  checkSenderKey,
  coarsenRecords,
  init,
  keyedName,
  ledgerGaps,
  openView,
  openViewer,
  readAuditRequest,
  readBatchKey,
  readWindows,
  retention,
  sealBatch,
  uniteViewers,
} from "usher/office";
import { ANNA, BERT, lines, record, windowRow } from "../edge/batch.mjs";
import { moduleBytes } from "./module-bytes.mjs";

const KEY = "sixteen bytes or more";

before(() => init(moduleBytes("office")));

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

/**
 * @param {() => unknown} call
 * @param {string} code
 * @param {string | null} field
 */
function refuses(call, code, field) {
  assert.throws(call, (error) => {
    const { code: found, field: at } = /** @type {any} */ (error);
    assert.deepEqual([found, at], [code, field]);
    return true;
  });
}

test("a sealed record is opened by its view or its viewer", () => {
  const mine = record({ viewer: "anna" });
  const [sealed] = JSON.parse(sealBatch(KEY, bytes(lines(mine)), 1));
  assert.ok(!JSON.stringify(sealed).includes("anna"));
  const { view_key, view_sealed, viewer_sealed, record: text } = sealed;
  const byView = openView({ tenant_key: KEY, view: mine.view, viewer_sealed, record: text });
  assert.deepEqual(byView.record, mine);
  const views = [{ view_key, view_sealed, record: text }];
  const byViewer = openViewer({ tenant_key: KEY, viewer: "anna", views });
  assert.deepEqual(byViewer.records, [mine]);
  assert.equal(sealed.viewer_key, keyedName({ tenant_key: KEY, name: "anna", kind: "viewer" }));
  refuses(
    () => openView({ tenant_key: KEY, view: "f".repeat(32), viewer_sealed, record: text }),
    "internal",
    null,
  );
  refuses(() => sealBatch("short", bytes(lines(mine)), 1), "not_configured", null);
  refuses(() => sealBatch(KEY, bytes(lines(mine)), 2), "row_count", "Usher-Rows");
  refuses(() => sealBatch(KEY, bytes("{}\n"), 1), "missing_field", "line 1");
});

test("times are cut down to the day", () => {
  const day = 86_400_000;
  const [sealed] = JSON.parse(sealBatch(KEY, bytes(lines(record({ watched_ms: day + 1 }))), 1));
  const [coarse] = coarsenRecords({ records: [sealed.record] }).records;
  assert.equal(JSON.parse(String(coarse)).watched_ms, day);
});

test("batches arrive, are repeated, are missing", () => {
  const name = readBatchKey("a.1.2");
  assert.deepEqual(name, { shard: "a", epoch: 1, sequence: 2 });
  refuses(() => readBatchKey("a.1"), "invalid_value", "Idempotency-Key");
  const none = { received: new Uint8Array(), announced: 0 };
  const { arrival, state } = arriveBatch({ state: none, sequence: 2, frozen: 4 });
  assert.equal(arrival, "new");
  assert.equal(arriveBatch({ state, sequence: 2, frozen: null }).arrival, "repeated");
  assert.equal(arriveBatch({ state, sequence: 4098, frozen: null }).arrival, "too_far_ahead");
  const [gaps] = ledgerGaps({ shards: [state] }).shards;
  assert.deepEqual(gaps, {
    highest: 2,
    received: 1,
    missing: 3,
    gap_count: 2,
    gaps: [
      [1, 1],
      [3, 4],
    ],
  });
  const torn = { received: new Uint8Array([9, 9]), announced: 0 };
  refuses(() => ledgerGaps({ shards: [torn] }), "internal", null);
});

test("windows are read, added and their viewers estimated", () => {
  const rows = [windowRow({ viewers: ANNA }), windowRow({ viewers: BERT, correction: true })];
  const { records } = readWindows(bytes(lines(...rows)), 2);
  assert.deepEqual(records, rows);
  const added = addWindows({ stored: [], rows: records });
  assert.deepEqual([added.corrections, added.windows.length], [1, 1]);
  const [sum] = added.windows;
  assert.ok(sum);
  assert.deepEqual([sum.sums.views, sum.corrections], [2, 1]);
  assert.equal(uniteViewers({ sketches: [ANNA, BERT].map(String) }).estimate, 2);
  assert.equal(uniteViewers({ sketches: [] }).estimate, 0);
  refuses(() => uniteViewers({ sketches: ["?"] }), "invalid_value", "sketches[0]");
});

test("the audit log is written and checked", () => {
  const entry = { actor: "a", action: "b", subject: "c", detail: "d" };
  const first = appendAudit({ head: null, at_ms: 1, entry });
  const head = { sequence: first.sequence, hash: first.hash };
  const second = appendAudit({ head, at_ms: 2, entry });
  const whole = checkAudit({ head: null, rows: [first, second] });
  assert.deepEqual(whole, { head: { sequence: 2, hash: second.hash }, broken_at: null });
  const forged = checkAudit({ head: null, rows: [{ ...first, detail: "e" }, second] });
  assert.deepEqual(forged, { head: null, broken_at: 1 });
  const asked = readAuditRequest(bytes('{"actor":"a","action":"b","viewer":"anna"}'));
  assert.deepEqual([asked.viewer, asked.subject], ["anna", ""]);
});

test("every class of data has its days", () => {
  const { kept } = retention(400 * 86_400_000);
  assert.deepEqual(
    kept.map(({ data, days, due_ms }) => [data, days, due_ms / 86_400_000]),
    [
      ["view_records", 400, 0],
      ["batch_answers", 35, 365],
      ["tombstones", 45, 355],
      ["audit", 3653, 0],
    ],
  );
});

test("keys are compared", () => {
  const operator = "key-of-the-operator";
  assert.equal(checkOperatorKey(`Bearer ${operator}`, operator), undefined);
  refuses(() => checkOperatorKey(null, operator), "operator_key_missing", "Authorization");
  refuses(() => checkOperatorKey("Bearer x", operator), "operator_key_invalid", "Authorization");
  refuses(() => checkOperatorKey(null, null), "not_configured", null);
  assert.equal(checkSenderKey(null, null, operator), undefined);
  assert.equal(checkSenderKey("Bearer senders", "senders", operator), undefined);
  refuses(() => checkSenderKey(null, "senders", operator), "batch_key_missing", "Authorization");
});
