// @ts-check
// What the receiver for PostgreSQL refuses, and that nothing of it stays.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { assertRefused, digestOf, postBatch } from "./api.mjs";
import { linesOf, viewRow, windowRow } from "./delivered-rows.mjs";
import { query, receiver } from "./postgresql-setup.mjs";
import { counts, empty } from "./postgresql-tables.mjs";

const WINDOWS = { "usher-kind": "windows" };
const VOID = { "usher-kind": "void", "usher-rows": "0" };

/** @type {(batch: string, body: string, headers?: Record<string, string | null>) => Promise<any>} */
const post = (batch, body, headers) => postBatch(receiver.url, batch, body, headers);

/**
 * @typedef {object} BadBatch
 * @property {string} name
 * @property {string} body
 * @property {Record<string, string | null>} [headers]
 * @property {number} [status]
 * @property {string} code
 * @property {string | null} field
 */

const GOOD = linesOf(viewRow(), viewRow());
const CUT = GOOD.slice(0, -10);
const bad = (/** @type {Record<string, unknown>} */ change) => linesOf(viewRow(), viewRow(change));
const badWindow = (/** @type {Record<string, unknown>} */ change) => linesOf(windowRow(change));
const DEEP = `{"view":${"[".repeat(100_000)}${"]".repeat(100_000)}}\n`;

/** @type {BadBatch[]} */
const ROWS = [
  {
    name: "cut off, with the digest of the whole",
    body: CUT,
    headers: { "usher-rows": "2", "content-digest": digestOf(GOOD) },
    status: 408,
    code: "digest_mismatch",
    field: "Content-Digest",
  },
  {
    name: "cut off, with its own digest",
    body: CUT,
    headers: { "usher-rows": "2" },
    code: "malformed_json",
    field: null,
  },
  {
    name: "a row less than announced",
    body: GOOD,
    headers: { "usher-rows": "3" },
    code: "row_count",
    field: "Usher-Rows",
  },
  {
    name: "a void with rows",
    body: GOOD,
    headers: VOID,
    code: "row_count",
    field: "Usher-Rows",
  },
  {
    name: "a void that announces rows",
    body: "",
    headers: { ...VOID, "usher-rows": "1" },
    code: "invalid_value",
    field: "Usher-Rows",
  },
  {
    name: "no rows",
    body: "",
    headers: { "usher-rows": "0" },
    code: "invalid_value",
    field: "Usher-Rows",
  },
  ...["-1", "1.5", "1e3", "1001", "x"].map((rows) => ({
    name: `\`${rows}\` rows`,
    body: GOOD,
    headers: { "usher-rows": rows },
    code: "invalid_value",
    field: "Usher-Rows",
  })),
  {
    name: "another kind",
    body: GOOD,
    headers: { "usher-kind": "sessions" },
    code: "invalid_value",
    field: "Usher-Kind",
  },
  {
    name: "another digest",
    body: GOOD,
    headers: { "content-digest": digestOf("") },
    status: 408,
    code: "digest_mismatch",
    field: "Content-Digest",
  },
  {
    name: "a digest of another algorithm",
    body: GOOD,
    headers: { "content-digest": "md5=:AAAA:" },
    code: "invalid_value",
    field: "Content-Digest",
  },
  ...["Content-Digest", "Usher-Rows", "Idempotency-Key"].map((name) => ({
    name: `no ${name}`,
    body: GOOD,
    headers: { [name.toLowerCase()]: null },
    code: "missing_field",
    field: name,
  })),
  {
    name: "a key of another form",
    body: GOOD,
    headers: { "idempotency-key": "a'; DROP TABLE usher.batches" },
    code: "invalid_value",
    field: "Idempotency-Key",
  },
  {
    name: "a compressed body",
    body: GOOD,
    headers: { "content-encoding": "gzip" },
    status: 415,
    code: "encoding_unsupported",
    field: "Content-Encoding",
  },
  {
    name: "1 MiB and a byte",
    body: GOOD.padEnd(1024 * 1024 + 1),
    status: 413,
    code: "body_too_large",
    field: null,
  },
  { name: "half a line", body: "{\n", code: "malformed_json", field: "line 1" },
  { name: "an array", body: `${GOOD}[]\n`, code: "wrong_type", field: "line 3" },
  { name: "an empty line", body: `${GOOD}\n`, code: "malformed_json", field: "line 3" },
  { name: "100,000 deep", body: DEEP, code: "invalid_value", field: null },
  { name: "no viewer", body: bad({ viewer: null }), code: "missing_field", field: "viewer" },
  {
    name: "a text where a number belongs",
    body: bad({ unique_ms: "many" }),
    code: "invalid_value",
    field: null,
  },
  { name: "half a millisecond", body: bad({ unique_ms: 0.5 }), code: "invalid_value", field: null },
  { name: "less than nothing", body: bad({ unique_ms: -1 }), code: "invalid_value", field: null },
  { name: "2^53", body: bad({ played_ms: 2 ** 53 }), code: "invalid_value", field: null },
  { name: "a view that is none", body: bad({ view: "x" }), code: "invalid_value", field: null },
  { name: "a zero byte", body: bad({ title: "a\u0000" }), code: "invalid_value", field: null },
  {
    name: "a window that takes too much back",
    body: badWindow({ views: -(2 ** 53) }),
    headers: WINDOWS,
    code: "invalid_value",
    field: null,
  },
  {
    name: "a sketch that is no base64url",
    body: badWindow({ viewers: "!" }),
    headers: WINDOWS,
    code: "invalid_value",
    field: null,
  },
  {
    name: "a window without a sketch",
    body: badWindow({ viewers: null }),
    headers: WINDOWS,
    code: "missing_field",
    field: "viewers",
  },
  {
    name: "a window without a class",
    body: badWindow({ classes: { unknown: 1, light: 1, standard: 1 } }),
    headers: WINDOWS,
    code: "missing_field",
    field: "heavy",
  },
  {
    name: "a window without classes",
    body: badWindow({ classes: null }),
    headers: WINDOWS,
    code: "invalid_value",
    field: null,
  },
  {
    name: "views as windows",
    body: linesOf({ view: "a" }),
    headers: WINDOWS,
    code: "missing_field",
    field: "window_start_ms",
  },
];

for (const { name, body, headers = {}, status = 400, code, field } of ROWS) {
  test(`refused_and_the_key_is_free_afterwards: ${name}`, async () => {
    assertRefused(await post("bad.1.1", body, headers), status, code, field);
    assert.deepEqual(await counts(query), [0, 0, 0, 0]);
    assert.equal((await post("bad.1.1", GOOD)).body.stored, 2);
  });
}

test("what_json_can_say_and_javascript_could_trip_over_is_kept_as_it_is", async () => {
  const body = linesOf(viewRow()).replace("{", '{"__proto__":{"view":"x"},"constructor":1,');
  assert.equal((await post("a.1.1", body)).status, 200);
  const [row] = await query("SELECT record::text FROM usher.views");
  assert.match(row.record, /"__proto__": \{"view": "x"\}/);
});

test("a_connection_that_ends_within_the_body_leaves_nothing", async () => {
  const socket = connect(Number(new URL(receiver.url).port), "127.0.0.1");
  const headers = [
    "POST /v1/batches HTTP/1.1",
    "host: receiver",
    "idempotency-key: a.1.1",
    "usher-rows: 2",
    `content-digest: ${digestOf(GOOD)}`,
    `content-length: ${GOOD.length}`,
  ];
  socket.write(`${headers.join("\r\n")}\r\n\r\n${CUT}`);
  socket.end();
  // Its end is seen when the server ends its side, too.
  await new Promise((closed) => socket.resume().once("close", closed));
  assert.deepEqual(await counts(query), [0, 0, 0, 0]);
  assert.equal((await post("a.1.1", GOOD)).body.stored, 2);
});
