// @ts-check
// Session tokens with what a viewer holds, and what is denied of them, as those who verify them see it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DenyList, initSync, verifyEntitlementToken } from "usher/rights";
import { assertRefused } from "./api.mjs";
import { accountAddress, signedDocument, titleAddress } from "./catalogue-api.mjs";
import { PLAN, done, grant, newAccount, newToken, nowS, operator, title } from "./rights-api.mjs";
import { DEMO, RIGHTS_ENVIRONMENT, startServer } from "./server.mjs";

/** @type {import("./server.mjs").Server} */
let server;
let url = "";

before(async () => {
  initSync(new WebAssembly.Module(readFileSync(`${DEMO}/rights.wasm`)));
  server = await startServer();
  url = server.url;
  await done(`${url}/v1/plans/${PLAN.id}`, "PUT", PLAN);
  await done(titleAddress(url, "film"), "PUT", title("film"));
});
after(() => server?.stop());

/**
 * @param {string} viewer
 * @param {object} [of]
 */
function ask(viewer, of) {
  return operator(accountAddress(url, viewer, "/tokens"), "POST", of);
}

/**
 * What a token says to somebody who has the documents of the catalogue worker.
 * @param {string} token
 * @param {string} [from]
 */
async function verified(token, from = url) {
  const [keyset, denyList] = await Promise.all([
    signedDocument(from, "keyset"),
    signedDocument(from, "deny-list"),
  ]);
  const list = new DenyList(new TextEncoder().encode(JSON.stringify(denyList.document)));
  return verifyEntitlementToken(token, JSON.stringify(keyset.document), {
    ...{ issuer: "demo", audience: "usher", now: nowS(), skew: 5 },
    denied: { list, max_age_s: 3600, stale: "closed" },
  });
}

/**
 * @param {string} token
 * @param {number} part
 */
function partOf(token, part) {
  return JSON.parse(String(Buffer.from(token.split(".")[part] ?? "", "base64url")));
}

/** @param {string} viewer */
function isRevoked(viewer) {
  return (/** @type {any} */ error) => {
    assert.deepEqual([error.code, error.field], ["token_revoked", "revoked"], viewer);
    return true;
  };
}

test("a token says what the viewer holds, and is taken by those who verify it", async () => {
  await newAccount(url, "ann", { account: { max_rating: 16, since: 7 } });
  const { status, body } = await ask("ann", { lifetime_s: 600, devices: ["d1", "d2"] });
  assert.equal(status, 201, JSON.stringify(body));
  assert.deepEqual([body.grants, body.left_out], [1, 0]);
  assert.deepEqual(partOf(body.token, 0), { alg: "EdDSA", kid: "tests", typ: "JWT" });
  const { viewer, issued, expires, ent, stale } = await verified(body.token);
  assert.deepEqual([viewer, expires - issued, stale], ["ann", 600, false]);
  assert.equal(expires, body.expires_at);
  const [held] = /** @type {any} */ (ent.grants);
  assert.deepEqual(ent, {
    account: { status: "active", since: 7 },
    max_rating: 16,
    grants: [grant({ from: held.from, to: held.to })],
    devices: ["d1", "d2"],
  });
  const claims = partOf(body.token, 1);
  assert.deepEqual(Object.keys(claims).sort(), [
    ...["aud", "ent", "epoch", "exp", "iat", "iss", "jti", "sub"],
  ]);
});

test("a token lives as long as was asked for, a day at most", async () => {
  await newAccount(url, "life", { grants: [] });
  for (const [lifetime_s, expected] of /** @type {const} */ ([
    [undefined, 3600],
    [1, 1],
    [86_400, 86_400],
  ])) {
    const { iat, exp } = partOf(await newToken(url, "life", { lifetime_s }), 1);
    assert.equal(exp - iat, expected);
  }
  for (const [wrong, code, field] of /** @type {[object, string, string][]} */ ([
    [{ lifetime_s: 86_401 }, "invalid_value", "lifetime_s"],
    [{ lifetime_s: 0 }, "invalid_value", "lifetime_s"],
    [{ lifetime_s: "1" }, "wrong_type", "lifetime_s"],
    [{ alg: "HS256" }, "invalid_value", "alg"],
    [{ alg: "none" }, "invalid_value", "alg"],
    [{ devices: "d1" }, "wrong_type", "devices"],
    [{ devices: [""] }, "invalid_value", "devices[0]"],
    [{ devices: Array(65).fill("d") }, "too_many", "devices"],
    [{ viewer: "x" }, "unknown_field", "viewer"],
  ])) {
    assertRefused(await ask("life", wrong), 400, code, field);
  }
  assertRefused(await ask("life", { alg: "ES256" }), 503, "not_configured", null);
  assertRefused(await ask("nobody"), 404, "account_unknown", "viewer");
  const long = { devices: Array.from({ length: 30 }, (_, at) => `${at}`.padEnd(150, "x")) };
  assertRefused(await ask("life", long), 413, "body_too_large", "devices");
});

test("what has been over for long is not told, what is over since yesterday is", async () => {
  await newAccount(url, "over", { grants: [] });
  const day = 24 * 3600;
  const rental = { kind: "rental", plan: undefined, title: "film", play_window_s: 20 * day };
  for (const of of [
    { id: "long-over", from: 1, to: nowS() - 31 * day },
    { id: "over", from: 1, to: nowS() - day },
    { id: "to-come", from: nowS() + day },
    { id: "live", from: nowS() - 100 },
    // Its start window is long over, and it was begun at the end of that.
    { id: "begun", ...rental, from: 1, to: nowS() - 40 * day, first_play_at: nowS() - 41 * day },
    {
      id: "begun-long-ago",
      ...rental,
      from: 1,
      to: nowS() - 60 * day,
      first_play_at: nowS() - 61 * day,
    },
  ]) {
    await done(accountAddress(url, "over", "/grants"), "POST", grant(of));
  }
  const { ent } = await verified(await newToken(url, "over"));
  const ids = ent.grants.map((/** @type {any} */ { id }) => id);
  assert.deepEqual(ids, ["live", "to-come", "over", "begun"]);
});

test("a token stays within four kilobytes, and what is left out is counted", async () => {
  await newAccount(url, "rich", { grants: [] });
  const titleGrant = { kind: "purchase", plan: undefined, title: "film", to: undefined };
  for (let at = 0; at < 40; at += 1) {
    const of = { id: `purchase-of-a-film-${at}`, from: 1_000_000 + at, ...titleGrant };
    await done(accountAddress(url, "rich", "/grants"), "POST", grant(of));
  }
  await done(accountAddress(url, "rich", "/grants"), "POST", grant({ id: "the-plan", from: 7 }));
  const { status, body } = await ask("rich");
  assert.equal(status, 201);
  assert.ok(body.token.length <= 4096 && body.token.length > 3800, `${body.token.length}`);
  assert.equal(body.grants + body.left_out, 41);
  const { ent } = await verified(body.token);
  const ids = ent.grants.map((/** @type {any} */ { id }) => id);
  assert.equal(ids.length, body.grants);
  // Plans first, then the newest: what is left out is the oldest of the titles.
  const newest = Array.from(
    { length: body.grants - 1 },
    (_, at) => `purchase-of-a-film-${39 - at}`,
  );
  assert.deepEqual(ids, ["the-plan", ...newest]);
});

test("whose tokens are revoked has none that is taken, until a new one", async () => {
  await newAccount(url, "thief");
  const old = await newToken(url, "thief");
  assert.equal((await verified(old)).viewer, "thief");
  const { status, body } = await operator(accountAddress(url, "thief", "/revoke"), "POST");
  assert.equal(status, 200, JSON.stringify(body));
  await assert.rejects(verified(old), isRevoked("thief"));
  const fresh = await verified(await newToken(url, "thief"));
  assert.equal(fresh.epoch, body.epoch);
  // Once more, at once.
  const again = await operator(accountAddress(url, "thief", "/revoke"), "POST");
  assert.ok(again.body.epoch > body.epoch);
});

test("an account that is deleted takes its tokens with it", async () => {
  await newAccount(url, "gone");
  const token = await newToken(url, "gone");
  await done(accountAddress(url, "gone"), "DELETE");
  await assert.rejects(verified(token), isRevoked("gone"));
});

test("a token, a subject and an epoch are denied and taken back", async () => {
  await newAccount(url, "denied");
  const token = await newToken(url, "denied");
  const { jti, epoch } = await verified(token);
  const until = nowS() + 600;
  for (const entry of [
    { kind: "token", value: jti, until },
    { kind: "subject", value: "denied", until },
    { kind: "epoch", value: "denied", epoch: epoch + 1, until },
  ]) {
    const added = await operator(`${url}/v1/deny-list`, "POST", entry);
    assert.equal(added.status, 201, JSON.stringify(added.body));
    await assert.rejects(verified(token), isRevoked("denied"), entry.kind);
    const again = await operator(`${url}/v1/deny-list`, "POST", { ...entry, until: until - 60 });
    assert.deepEqual(again.body, added.body);
    const list = await operator(`${url}/v1/deny-list/entries?limit=1000`, "GET");
    assert.deepEqual(
      list.body.rows.find((/** @type {any} */ { id }) => id === added.body.id),
      added.body,
    );
    const address = `${url}/v1/deny-list/entries/${added.body.id}`;
    assert.equal((await operator(address, "DELETE")).status, 204);
    assertRefused(await operator(address, "DELETE"), 404, "entry_unknown", "entry");
    assert.equal((await verified(token)).viewer, "denied");
  }
});

test("what is no entry of the deny list is refused", async () => {
  const entry = { kind: "token", value: "x", until: nowS() + 60 };
  for (const [wrong, code, field] of /** @type {[object, string, string][]} */ ([
    [{ ...entry, kind: "device" }, "invalid_value", "kind"],
    [{ ...entry, value: "" }, "invalid_value", "value"],
    [{ ...entry, until: nowS() - 1 }, "invalid_value", "until"],
    [{ ...entry, until: nowS() + 367 * 24 * 3600 }, "invalid_value", "until"],
    [{ ...entry, until: undefined }, "missing_field", "until"],
    [{ ...entry, epoch: 1 }, "invalid_value", "epoch"],
    [{ ...entry, kind: "epoch" }, "missing_field", "epoch"],
    [{ ...entry, note: "x" }, "unknown_field", "note"],
  ])) {
    assertRefused(await operator(`${url}/v1/deny-list`, "POST", wrong), 400, code, field);
  }
});

test("the deny list is another version whenever it changes, and only then", async () => {
  const before = await signedDocument(url, "deny-list");
  const same = await signedDocument(url, "deny-list");
  assert.deepEqual(same.document, before.document);
  const etag = String(before.headers.get("etag"));
  const known = await signedDocument(url, "deny-list", { "if-none-match": etag });
  assert.equal(known.status, 304);
  await operator(`${url}/v1/deny-list`, "POST", { kind: "token", value: "v", until: nowS() + 60 });
  const changed = await signedDocument(url, "deny-list");
  assert.equal(changed.statement.version, before.statement.version + 1);
  assert.equal(changed.document.version, changed.statement.version);
});

test("keys are rotated: the new one signs, both verify, and the keyset is another version", async () => {
  const state = mkdtempSync(join(tmpdir(), "usher-keys-"));
  try {
    const first = await startServer({ state });
    await newAccount(first.url, "ann", { grants: [] });
    const old = await newToken(first.url, "ann");
    const before = await signedDocument(first.url, "keyset");
    assert.deepEqual((await signedDocument(first.url, "keyset")).document, before.document);
    await first.stop();
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", privateKey));
    const next = `next:ES256:${pkcs8.toString("base64url")}`;
    const second = await startServer({
      state,
      environment: {
        ENTITLEMENT_SIGNING_KEYS: `${next},${RIGHTS_ENVIRONMENT.ENTITLEMENT_SIGNING_KEYS}`,
      },
    });
    const { document, statement } = await signedDocument(second.url, "keyset");
    assert.equal(statement.version, before.statement.version + 1);
    assert.deepEqual(
      document.keys.map((/** @type {any} */ { kid, alg }) => [kid, alg]),
      [
        ["next", "ES256"],
        ["tests", "EdDSA"],
      ],
    );
    assert.deepEqual(document.keys[1], before.document.keys[0]);
    const fresh = await newToken(second.url, "ann");
    assert.deepEqual(partOf(fresh, 0), { alg: "ES256", kid: "next", typ: "JWT" });
    const chosen = await newToken(second.url, "ann", { alg: "EdDSA" });
    assert.equal(partOf(chosen, 0).kid, "tests");
    for (const token of [old, fresh, chosen]) {
      assert.equal((await verified(token, second.url)).viewer, "ann");
    }
    await second.stop();
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});

test("keys that are none are told without a part of them", async () => {
  const wrong = `k:ES256:${Buffer.alloc(64, 1).toString("base64url")}`;
  const other = await startServer({ environment: { ENTITLEMENT_SIGNING_KEYS: wrong } });
  try {
    await newAccount(other.url, "ann", { grants: [] });
    const token = await operator(accountAddress(other.url, "ann", "/tokens"), "POST");
    for (const answer of [token, await operator(`${other.url}/v1/keyset`, "GET")]) {
      assertRefused(answer, 503, "not_configured", null);
      assert.match(answer.body.message, /`ENTITLEMENT_SIGNING_KEYS`/);
      assert.ok(!answer.body.message.includes("AQEB"));
    }
  } finally {
    await other.stop();
  }
});
