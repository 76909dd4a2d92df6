// @ts-check
// What is remembered for a while, when the clock is put back: nothing is held for longer because of that.
import assert from "node:assert/strict";
import { createHash, sign } from "node:crypto";
import { after, before, test } from "node:test";
import { init } from "usher/edge";
import { keep, keptFile } from "../../www/edge/rights/media-memory.js";
import { moduleBytes } from "../js/module-bytes.mjs";
import { freshSigningKey } from "./signing-key.mjs";

const HOUR_MS = 3600 * 1000;

const now = Date.now;

// By a name that the types of this folder do not follow: workers have types of their own.
const { SignedBody } = await import(`${new URL("../../www/edge/signed-body.js", import.meta.url)}`);

before(() => init(moduleBytes("edge")));
after(() => {
  Date.now = now;
});

test("what_is_signed_is_asked_for_again_though_the_clock_was_put_back", async () => {
  const key = freshSigningKey();
  const body = Buffer.from("{}");
  let asked = 0;
  const answer = () => {
    asked += 1;
    const digest = createHash("sha256").update(body).digest("base64url");
    const said = { subject: "list", tenant: "demo", version: 1, made_ms: now() - 2 * HOUR_MS };
    const statement = Buffer.from(JSON.stringify({ ...said, digest }));
    const signature = sign(null, statement, key.privateKey).toString("base64url");
    const header = `${statement.toString("base64url")}.tests.${signature}`;
    return new Response(body, { headers: { "usher-statement": header } });
  };
  const signed = new SignedBody({
    subject: "list",
    bytesMax: 100,
    from: () => /** @type {any} */ ({ fetch: async () => answer() }),
    publicKeys: () => `tests:${key.publicKey}`,
    ageMsMax: () => 24 * HOUR_MS,
    refreshMs: () => 10_000,
    read: (/** @type {Uint8Array} */ bytes) => bytes.length,
  });
  /** @type {any} */
  const env = { TENANT: "demo" };
  /** @type {Promise<unknown>[]} */
  const behind = [];
  const ctx = { waitUntil: (/** @type {Promise<unknown>} */ work) => void behind.push(work) };
  assert.equal((await signed.get(env, ctx))?.value, 2);
  assert.notEqual(signed.held(env, ctx), null);
  assert.equal(asked, 1);
  Date.now = () => now() - HOUR_MS;
  assert.notEqual(signed.held(env, ctx), null);
  await Promise.all(behind);
  assert.equal(asked, 2);
  // And then as often as ever.
  assert.notEqual(signed.held(env, ctx), null);
  assert.equal(asked, 2);
  Date.now = now;
});

test("a_file_is_not_kept_for_longer", () => {
  const file = { bytes: new Uint8Array(1), headers: new Headers(), etag: undefined };
  keep("/films/a/b", file, HOUR_MS);
  assert.equal(keptFile("/films/a/b", HOUR_MS - 4_999), file);
  assert.equal(keptFile("/films/a/b", HOUR_MS + 4_999), file);
  assert.equal(keptFile("/films/a/b", HOUR_MS - 5_000), null);
  assert.equal(keptFile("/films/a/b", HOUR_MS + 5_000), null);
});
