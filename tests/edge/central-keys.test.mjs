// @ts-check
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, postBatch, request } from "./api.mjs";
import { lines, record } from "./batch.mjs";
import { startCentral } from "./central.mjs";
import { OPERATOR_KEY } from "./server.mjs";

const BATCH_KEY = "batch-key-of-the-tests-0123456789";

/** @type {import("./server.mjs").Server} */
let server;

before(async () => {
  server = await startCentral({ environment: { BATCH_KEY } });
});
after(() => server.stop());

/** @type {[string, string][]} */
const OPERATORS = [
  ["GET", `/v1/views/${"0".repeat(32)}`],
  ["GET", "/v1/titles"],
  ["GET", "/v1/windows"],
  ["GET", "/v1/reconciliation"],
  ["GET", "/v1/ledger"],
  ["GET", "/v1/viewers/v"],
  ["DELETE", "/v1/viewers/v"],
  ["GET", "/v1/audit"],
  ["POST", "/v1/audit"],
  ["GET", "/v1/audit/check"],
];

for (const [method, path] of OPERATORS) {
  test(`${method} ${path} wants the operator's key`, async () => {
    const ask = (/** @type {string} */ authorization) =>
      request(`${server.url}${path}`, { method, headers: { authorization } });
    // A header without a key keeps the demo from adding its key.
    assertRefused(await ask("none"), 401, "operator_key_missing", "Authorization");
    for (const key of ["x", OPERATOR_KEY.slice(1), `${OPERATOR_KEY}0`, BATCH_KEY]) {
      assertRefused(await ask(`Bearer ${key}`), 401, "operator_key_invalid", "Authorization");
    }
    const { status, body } = await ask(`Bearer ${OPERATOR_KEY}`);
    assert.ok([200, 400, 404].includes(status), JSON.stringify(body));
    assert.notEqual(body.code, "not_found");
  });
}

test("a batch wants the key of a sender or the operator's, and is not counted without", async () => {
  const body = lines(record());
  const send = (/** @type {string} */ authorization) =>
    postBatch(server.url, "keys.1.1", body, { authorization });
  assertRefused(await send("none"), 401, "batch_key_missing", "Authorization");
  assertRefused(await send("Bearer x"), 401, "batch_key_invalid", "Authorization");
  const ledger = () => request(`${server.url}/v1/ledger?shard=keys`);
  assert.deepEqual((await ledger()).body.shards, []);
  assert.equal((await send(`Bearer ${BATCH_KEY}`)).status, 200);
  assert.equal((await send(`Bearer ${OPERATOR_KEY}`)).status, 200);
  const [{ batches, repeated, refused }] = (await ledger()).body.shards;
  assert.deepEqual([batches, repeated, refused], [1, 1, 0]);
});

test("without an operator key nothing is shown, and without a batch key anybody may send", async (context) => {
  const open = await startCentral({ environment: { OPERATOR_KEY: undefined } });
  context.after(open.stop);
  for (const authorization of ["none", `Bearer ${OPERATOR_KEY}`]) {
    for (const [method, path] of OPERATORS) {
      const answer = await request(`${open.url}${path}`, { method, headers: { authorization } });
      assertRefused(answer, 503, "not_configured", null);
    }
  }
  assert.equal((await postBatch(open.url, "open.1.1", lines(record()))).status, 200);
});
