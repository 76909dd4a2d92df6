// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, digestOf, postBatch, request, titlesOf } from "./api.mjs";
import { lines, record } from "./batch.mjs";
import { startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** @param {string} view */
const stored = (view) => request(`${server.url}/v1/views/${view}`);

test("a_batch_is_stored_and_its_records_read_back_as_they_came", async () => {
  const records = [record(), record({ completion: null, duration_ms: null, live: true })];
  const answer = await postBatch(server.url, "a.1.1", lines(...records));
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { batch: "a.1.1", rows: 2, stored: 2, conflicts: 0, erased: 0 });
  for (const each of records) assert.deepEqual((await stored(each.view)).body, each);
});

test("the_same_batch_again_has_the_same_answer_and_no_effect", async () => {
  const first = record();
  const body = lines(first);
  const answer = await postBatch(server.url, "a.1.2", body);
  await postBatch(server.url, "a.1.3", lines({ ...first, version: 2, played_ms: 9000 }));
  const again = await postBatch(server.url, "a.1.2", body);
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, answer.body);
  assert.equal((await stored(first.view)).body.played_ms, 9000);
});

test("the_same_key_with_another_body_is_a_conflict", async () => {
  const [kept, other] = [record(), record()];
  await postBatch(server.url, "a.1.4", lines(kept));
  const answer = await postBatch(server.url, "a.1.4", lines(other));
  assertRefused(answer, 409, "batch_changed", "Idempotency-Key");
  assert.equal((await stored(other.view)).status, 404);
});

test("a_batch_sent_many_times_at_once_is_stored_once", async () => {
  const body = lines(record({ title: "once" }), record({ title: "once" }));
  const sent = Array.from({ length: 20 }, () => postBatch(server.url, "a.1.5", body));
  for (const answer of await Promise.all(sent)) {
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body, { batch: "a.1.5", rows: 2, stored: 2, conflicts: 0, erased: 0 });
  }
  const sums = (await titlesOf(server.url)).find((/** @type {any} */ of) => of.title === "once");
  assert.deepEqual([sums.views, sums.viewers, sums.unique_ms], [2, 1, 2000]);
});

test("an_older_record_changes_nothing", async () => {
  const newer = record({ version: 5, played_ms: 5000 });
  await postBatch(server.url, "a.1.6", lines(newer));
  const older = { ...newer, version: 4, played_ms: 4000 };
  const answer = await postBatch(server.url, "a.1.7", lines(older, { ...older, version: 5 }));
  assert.deepEqual(answer.body, { batch: "a.1.7", rows: 2, stored: 0, conflicts: 0, erased: 0 });
  assert.deepEqual((await stored(newer.view)).body, newer);
});

test("a_view_of_another_viewer_or_title_is_counted_and_not_taken", async () => {
  const mine = record();
  await postBatch(server.url, "a.1.8", lines(mine));
  const viewer = { ...mine, version: 2, viewer: "w" };
  const title = { ...mine, version: 3, title: "u" };
  const fine = record();
  const answer = await postBatch(server.url, "a.1.9", lines(viewer, title, fine));
  assert.deepEqual(answer.body, { batch: "a.1.9", rows: 3, stored: 1, conflicts: 2, erased: 0 });
  assert.deepEqual((await stored(mine.view)).body, mine);
});

test("a_void_takes_the_place_of_a_batch", async () => {
  const empty = { "usher-kind": "void", "usher-frozen": "2" };
  const answer = await postBatch(server.url, "void.1.1", "", empty);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body, { batch: "void.1.1", rows: 0, stored: 0, conflicts: 0, erased: 0 });
  assert.deepEqual((await postBatch(server.url, "void.1.1", "", empty)).body, answer.body);
  const late = await postBatch(server.url, "void.1.1", lines(record()));
  assertRefused(late, 409, "batch_changed", "Idempotency-Key");
  await postBatch(server.url, "void.1.2", lines(record()));
  const refused = await postBatch(server.url, "void.1.2", "", empty);
  assertRefused(refused, 409, "batch_changed", "Idempotency-Key");
});

test("sums_beyond_64_bits_are_still_answered", async () => {
  const huge = { title: "huge", unique_ms: Number.MAX_SAFE_INTEGER };
  const records = Array.from({ length: 1000 }, () => record(huge));
  assert.equal((await postBatch(server.url, "a.1.10", lines(...records))).status, 200);
  const more = Array.from({ length: 100 }, () => record(huge));
  assert.equal((await postBatch(server.url, "a.1.11", lines(...more))).status, 200);
  const sums = (await titlesOf(server.url)).find((/** @type {any} */ of) => of.title === "huge");
  assert.ok(sums.unique_ms > 2 ** 63);
});

/**
 * @typedef {object} BadBatch
 * @property {string} name
 * @property {(good: any) => string} body
 * @property {(body: string) => Record<string, string | null>} [headers]
 * @property {number} [status]
 * @property {string} code
 * @property {string | null} field
 */

/** @type {BadBatch[]} */
const ROWS = [
  {
    name: "cut off within a line, with the digest of the whole",
    body: (good) => lines(good, record()).slice(0, -10),
    headers: (body) => ({ "usher-rows": "2", "content-digest": digestOf(`${body}0,"x":[10]}\n`) }),
    status: 408,
    code: "digest_mismatch",
    field: "Content-Digest",
  },
  {
    name: "cut off within a line, with its own digest",
    body: (good) => lines(good, record()).slice(0, -10),
    headers: () => ({ "usher-rows": "2" }),
    code: "malformed_json",
    field: null,
  },
  {
    name: "cut off between lines",
    body: (good) => lines(good),
    headers: () => ({ "usher-rows": "2" }),
    code: "row_count",
    field: "Usher-Rows",
  },
  {
    name: "a row more than announced",
    body: (good) => lines(good, record()),
    headers: () => ({ "usher-rows": "1" }),
    code: "row_count",
    field: "Usher-Rows",
  },
  {
    name: "another digest",
    body: (good) => lines(good),
    headers: () => ({ "content-digest": digestOf("") }),
    status: 408,
    code: "digest_mismatch",
    field: "Content-Digest",
  },
  {
    name: "a digest of another kind",
    body: (good) => lines(good),
    headers: () => ({ "content-digest": "md5=:AAAA:" }),
    code: "invalid_value",
    field: "Content-Digest",
  },
  {
    name: "no digest",
    body: (good) => lines(good),
    headers: () => ({ "content-digest": null }),
    code: "missing_field",
    field: "Content-Digest",
  },
  {
    name: "no row count",
    body: (good) => lines(good),
    headers: () => ({ "usher-rows": null }),
    code: "missing_field",
    field: "Usher-Rows",
  },
  ...["0", "-1", "1.5", "NaN", "1e3", "1001"].map((rows) => ({
    name: `${rows} rows`,
    body: (/** @type {object} */ good) => lines(good),
    headers: () => ({ "usher-rows": rows }),
    code: "invalid_value",
    field: "Usher-Rows",
  })),
  {
    name: "no key",
    body: (good) => lines(good),
    headers: () => ({ "idempotency-key": null }),
    code: "missing_field",
    field: "Idempotency-Key",
  },
  {
    name: "a key of another form",
    body: (good) => lines(good),
    headers: () => ({ "idempotency-key": "a'; DROP TABLE batches" }),
    code: "invalid_value",
    field: "Idempotency-Key",
  },
  {
    name: "a sequence of 0",
    body: (good) => lines(good),
    headers: () => ({ "idempotency-key": "bad.1.0" }),
    code: "invalid_value",
    field: "Idempotency-Key",
  },
  {
    name: "an unknown kind",
    body: (good) => lines(good),
    headers: () => ({ "usher-kind": "view" }),
    code: "invalid_value",
    field: "Usher-Kind",
  },
  {
    name: "a frozen sequence that is no number",
    body: (good) => lines(good),
    headers: () => ({ "usher-frozen": "-1" }),
    code: "invalid_value",
    field: "Usher-Frozen",
  },
  {
    name: "a void with a row",
    body: (good) => lines(good),
    headers: () => ({ "usher-kind": "void" }),
    code: "invalid_value",
    field: "Usher-Rows",
  },
  {
    name: "a void with a body",
    body: (good) => lines(good),
    headers: () => ({ "usher-kind": "void", "usher-rows": "0" }),
    code: "row_count",
    field: null,
  },
  {
    name: "no body",
    body: () => "",
    headers: () => ({ "usher-rows": "1" }),
    code: "malformed_json",
    field: null,
  },
  {
    name: "1001 rows",
    body: (good) => lines(good).repeat(1001),
    headers: () => ({ "usher-rows": "1000" }),
    code: "too_many",
    field: null,
  },
  {
    name: "1 MiB and a byte",
    body: (good) => lines(good).padEnd(1024 * 1024 + 1),
    headers: () => ({ "usher-rows": "1" }),
    status: 413,
    code: "body_too_large",
    field: null,
  },
  {
    name: "an unknown field in the third line",
    body: (good) => lines(good, record(), { ...record(), extra: 1 }),
    code: "unknown_field",
    field: "line 3: extra",
  },
  {
    name: "a text where a number belongs",
    body: (good) => lines(good, { ...record(), unique_ms: "1" }),
    code: "wrong_type",
    field: "line 2: unique_ms",
  },
  {
    name: "a number below 0",
    body: (good) => lines(good, { ...record(), unique_ms: -1 }),
    code: "invalid_value",
    field: "line 2: unique_ms",
  },
  {
    name: "NaN as null",
    body: (good) => lines(good, { ...record(), played_ms: NaN }),
    code: "wrong_type",
    field: "line 2: played_ms",
  },
  {
    name: "a number above 2^53 - 1",
    body: (good) => lines(good, { ...record(), played_ms: 2 ** 53 }),
    code: "invalid_value",
    field: "line 2: played_ms",
  },
  {
    name: "a view that is none",
    body: (good) => lines(good, { ...record(), view: "x" }),
    code: "invalid_view",
    field: "line 2: view",
  },
  {
    name: "a completion above 1",
    body: (good) => lines(good, { ...record(), completion: 1.5 }),
    code: "invalid_value",
    field: "line 2: completion",
  },
];

for (const { name, body, headers = () => ({}), status = 400, code, field } of ROWS) {
  test(`refused, and the key is free afterwards: ${name}`, async () => {
    const good = record();
    const batch = `bad.1.${Number.parseInt(good.view, 16)}`;
    const bytes = body(good);
    assertRefused(await postBatch(server.url, batch, bytes, headers(bytes)), status, code, field);
    assert.equal((await stored(good.view)).status, 404);
    const answer = await postBatch(server.url, batch, lines(good));
    assert.deepEqual(answer.body, { batch, rows: 1, stored: 1, conflicts: 0, erased: 0 });
  });
}

test("another_method_is_told_which_one_there_is", async () => {
  const answer = await request(`${server.url}/v1/batches`);
  assertRefused(answer, 405, "method_not_allowed", null);
  assert.equal(answer.headers.get("allow"), "POST");
});

test("what_was_stored_is_there_after_kill_9", async () => {
  const kept = record();
  const body = lines(kept);
  const answer = await postBatch(server.url, "a.2.1", body);
  await server.kill9();
  await server.restart();
  assert.deepEqual((await stored(kept.view)).body, kept);
  assert.deepEqual((await postBatch(server.url, "a.2.1", body)).body, answer.body);
});
