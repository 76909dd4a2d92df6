// @ts-check
// What becomes of the deny list when it is full, and when what it denies is over.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertRefused, eventually } from "./api.mjs";
import { accountAddress, signedDocument } from "./catalogue-api.mjs";
import { newAccount, nowS, operator } from "./rights-api.mjs";
import { startServer } from "./server.mjs";
import { NEEDS_SQLITE, inStore, storeFiles } from "./store-file.mjs";

/** Entries at a time. */
const DENIED_MAX = 10_000;

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  server = await startServer();
  url = server.url;
});
after(() => server?.stop());

/** @param {number} until */
async function fill(until) {
  await operator(`${url}/v1/deny-list`, "POST", { kind: "token", value: "t0", until });
  await server.kill9();
  const [file = ""] = storeFiles(server.state, "usher-catalogue-v1");
  inStore(
    file,
    `WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ${DENIED_MAX} - 1)
     INSERT INTO denied (kind, value, until, added_ms, added_by)
       SELECT 'token', 't' || n, ${until}, 0, 'tests' FROM n`,
  );
  await server.restart();
  return file;
}

test(
  "a deny list that is full refuses, and keeps a revocation until there is room",
  NEEDS_SQLITE,
  async () => {
    await newAccount(url, "ann", { grants: [] });
    await fill(nowS() + 3600);
    const deny = (/** @type {object} */ entry) => operator(`${url}/v1/deny-list`, "POST", entry);
    const full = await deny({ kind: "token", value: "more", until: nowS() + 60 });
    assertRefused(full, 409, "deny_list_full", null);
    // One that is there may become stricter still.
    const known = await deny({ kind: "token", value: "t7", until: nowS() + 7200 });
    assert.equal(known.status, 201);
    const revoked = await operator(accountAddress(url, "ann", "/revoke"), "POST");
    assertRefused(revoked, 503, "unavailable", null);
    const { body: account } = await operator(accountAddress(url, "ann"), "GET");
    const { document } = await signedDocument(url, "deny-list");
    assert.equal(document.entries.length, DENIED_MAX);
    const address = `${url}/v1/deny-list/entries/${known.body.id}`;
    assert.equal((await operator(address, "DELETE")).status, 204);
    // Nobody asks again: the account's object does by itself, after a kill too.
    await server.kill9();
    await server.restart();
    await eventually(async () => {
      const { document } = await signedDocument(url, "deny-list");
      const last = document.entries.at(-1);
      assert.deepEqual([last.kind, last.value, last.epoch], ["epoch", "ann", account.epoch]);
    });
  },
);

test("entries leave the list when what they deny is over", NEEDS_SQLITE, async () => {
  const before = await signedDocument(url, "deny-list");
  await server.kill9();
  const [file = ""] = storeFiles(server.state, "usher-catalogue-v1");
  inStore(file, `UPDATE denied SET until = ${nowS()} WHERE kind = 'token'`);
  await server.restart();
  const { document, statement } = await signedDocument(url, "deny-list");
  assert.deepEqual(
    document.entries.map((/** @type {any} */ { value }) => value),
    ["ann"],
  );
  assert.ok(statement.version > before.statement.version);
  const { body } = await operator(`${url}/v1/deny-list/entries`, "GET");
  assert.equal(body.rows.length, 1);
});
