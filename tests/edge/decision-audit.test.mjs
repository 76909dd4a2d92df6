// @ts-check
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { operator } from "./rights-api.mjs";
import { startServer } from "./server.mjs";
import { NEEDS_SQLITE, inStore, storeFiles } from "./store-file.mjs";

const DAY_MS = 24 * 3600 * 1000;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

let made = 0;

/**
 * A decision with a receipt of its own. The worker has no keys of receipts: it stores them as they come.
 * @param {object} [more]
 */
function decided(more = {}) {
  made += 1;
  const parts = [{ alg: "HS256", kid: "tests" }, { made }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const receipt = [...parts, Buffer.alloc(32, made).toString("base64url")].join(".");
  return { receipt, viewer: "ann", title: "film", at: 1_795_305_600 + made, allow: true, ...more };
}

/** @param {object[]} receipts */
function append(receipts) {
  return operator(`${url}/v1/decision-audit`, "POST", { receipts });
}

/** @param {string} query */
async function found(query) {
  const { status, body } = await operator(`${url}/v1/decision-audit?${query}`, "GET");
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function checked() {
  return (await operator(`${url}/v1/decision-audit/check`, "GET")).body;
}

test("decisions are found by viewer, title, answer and time, the newest first", async () => {
  const rows = [
    decided({ viewer: "find", title: "a" }),
    decided({ viewer: "find", title: "b", allow: false, reasons: ["GEO_BLOCKED", "NOT_ENTITLED"] }),
    decided({ viewer: "other", title: "b", stream: "s1" }),
    decided({ viewer: "find", title: "b", digest: "the-one-before" }),
  ];
  const { status, body } = await append(rows);
  assert.deepEqual([status, body.stored, body.known], [200, 4, 0], JSON.stringify(body));
  const [a, b, , d] = rows;
  const receipts = async (/** @type {string} */ query) =>
    (await found(query)).rows.map((/** @type {any} */ { receipt }) => receipt);
  assert.deepEqual(await receipts("viewer=find"), [d?.receipt, b?.receipt, a?.receipt]);
  assert.deepEqual(await receipts("viewer=find&title=b"), [d?.receipt, b?.receipt]);
  assert.deepEqual(await receipts("viewer=find&allow=false"), [b?.receipt]);
  assert.deepEqual(await receipts(`viewer=find&from=${b?.at}&to=${d?.at}`), [b?.receipt]);
  const first = await found("viewer=find&limit=2");
  assert.deepEqual(await receipts(`viewer=find&limit=2&after=${first.next}`), [a?.receipt]);
  assert.equal((await found("viewer=nobody")).rows.length, 0);
  const [, refused] = (await found("viewer=find")).rows;
  const { sequence, at_ms, viewer_key, previous, hash, ...told } = refused;
  const { viewer: _, ...given } = /** @type {any} */ (b);
  const digest = createHash("sha256").update(given.receipt).digest("base64url");
  assert.deepEqual(told, { ...given, grant: null, stream: null, digest });
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal((await found("viewer=find&limit=1")).rows[0].digest, "the-one-before");
});

test("a receipt that comes again is stored once, in whatever company", async () => {
  const rows = [decided(), decided()];
  assert.equal((await append(rows)).body.stored, 2);
  const answers = await Promise.all(Array.from({ length: 10 }, () => append([...rows, decided()])));
  for (const { body } of answers) assert.deepEqual([body.stored, body.known], [1, 2]);
  const twice = decided();
  assert.deepEqual((await append([twice, twice])).body.known, 1);
});

test("every row follows from the one before", async () => {
  await append([decided({ viewer: "chain" }), decided({ viewer: "chain" })]);
  const [newer, older] = (await found("viewer=chain")).rows;
  assert.equal(newer.sequence, older.sequence + 1);
  assert.equal(newer.previous, older.hash);
  const { intact, broken_at, head } = await checked();
  assert.deepEqual([intact, broken_at], [true, null]);
  assert.deepEqual(head, { sequence: newer.sequence, hash: newer.hash });
});

test("what is no receipt stores nothing of its body", async () => {
  const before = (await found("limit=1")).rows[0].sequence;
  const good = decided();
  for (const [wrong, code, field] of /** @type {[any, string, string][]} */ ([
    [{ ...good, receipt: "a.b" }, "invalid_value", "receipts[1].receipt"],
    [{ ...good, receipt: `${"a".repeat(4096)}.b.c` }, "invalid_value", "receipts[1].receipt"],
    [{ ...good, viewer: "" }, "invalid_value", "receipts[1].viewer"],
    [{ ...good, title: undefined }, "missing_field", "receipts[1].title"],
    [{ ...good, at: undefined }, "missing_field", "receipts[1].at"],
    [{ ...good, at: -1 }, "invalid_value", "receipts[1].at"],
    [{ ...good, allow: "yes" }, "wrong_type", "receipts[1].allow"],
    [{ ...good, reasons: Array(33).fill("X") }, "invalid_value", "receipts[1].reasons"],
    [{ ...good, more: 1 }, "unknown_field", "more"],
    ["text", "wrong_type", "receipts[1]"],
  ])) {
    assertRefused(await append([good, wrong]), 400, code, field);
  }
  const many = Array.from({ length: 501 }, () => good);
  assertRefused(await append(many), 400, "too_many", "receipts");
  const none = await operator(`${url}/v1/decision-audit`, "POST", {});
  assertRefused(none, 400, "wrong_type", "receipts");
  assert.equal((await found("limit=1")).rows[0].sequence, before);
});

test(
  "a row that was changed, taken out or put at another place is found",
  NEEDS_SQLITE,
  async () => {
    await append(Array.from({ length: 6 }, () => decided({ viewer: "touched" })));
    const { rows } = await found("viewer=touched");
    const [last, , , middle] = rows.map((/** @type {any} */ { sequence }) => sequence);
    await server.kill9();
    const [file = ""] = storeFiles(server.state, "usher-decision-audit-v1");
    for (const [change, back, broken] of [
      [
        `UPDATE audit SET detail = json_set(detail, '$.allow', json('false')) WHERE sequence = ${middle}`,
        `UPDATE audit SET detail = json_set(detail, '$.allow', json('true')) WHERE sequence = ${middle}`,
        middle,
      ],
      [
        `UPDATE audit SET subject = subject || 'x' WHERE sequence = ${last}`,
        `UPDATE audit SET subject = rtrim(subject, 'x') WHERE sequence = ${last}`,
        last,
      ],
      [
        `UPDATE audit SET sequence = -1 WHERE sequence = ${middle}`,
        `UPDATE audit SET sequence = ${middle} WHERE sequence = -1`,
        middle,
      ],
    ]) {
      inStore(file, String(change));
      await server.restart();
      const { intact, broken_at } = await checked();
      assert.deepEqual([intact, broken_at], [false, broken]);
      await server.kill9();
      inStore(file, String(back));
    }
    inStore(
      file,
      `CREATE TEMP TABLE kept AS SELECT * FROM audit; DELETE FROM audit WHERE sequence = ${last}`,
    );
    await server.restart();
    assert.deepEqual((await checked()).broken_at, last);
  },
);

test("viewers are known by keys only, and old decisions go", NEEDS_SQLITE, async () => {
  const other = await startServer();
  try {
    const address = `${other.url}/v1/decision-audit`;
    const rows = [decided({ viewer: "secret-9c1e" }), decided({ viewer: "secret-9c1e" })];
    assert.equal((await operator(address, "POST", { receipts: rows })).body.stored, 2);
    await other.kill9();
    const [file = ""] = storeFiles(other.state, "usher-decision-audit-v1");
    const named = `SELECT count(*) AS n FROM audit WHERE subject || detail LIKE '%secret-9c1e%'`;
    assert.deepEqual(inStore(file, named), [{ n: 0 }]);
    assert.equal(inStore(file, "SELECT DISTINCT viewer_key FROM decisions").length, 1);
    // As if it were stored so long ago: the chain is checked from the next one on.
    inStore(file, `UPDATE audit SET at_ms = at_ms - ${401 * DAY_MS} WHERE sequence = 1`);
    inStore(file, "DELETE FROM about WHERE name = 'forgotten_ms'");
    await other.restart();
    await eventually(async () => {
      const { body } = await operator(`${address}?viewer=secret-9c1e`, "GET");
      assert.deepEqual(
        body.rows.map((/** @type {any} */ { sequence }) => sequence),
        [2],
      );
    });
    const { body } = await operator(`${address}/check`, "GET");
    assert.deepEqual([body.intact, body.head.sequence], [true, 2]);
  } finally {
    await other.stop();
  }
});
