// @ts-check
// Common access tokens end to end: made and checked by secrets in the module, and by public keys of the host.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { DenyList, checkCat, init, mintCat, signCat, verifyCat } from "usher/rights";
import { moduleBytes } from "./module-bytes.mjs";

const NOW = 1_700_000_100;
const KEYS = `k2:${Buffer.alloc(32, 2).toString("base64url")},k1:${Buffer.alloc(32, 1).toString("base64url")}`;
const OLD = `k1:${Buffer.alloc(32, 1).toString("base64url")}`;

const CLAIMS = {
  exp: NOW + 120,
  iat: NOW,
  sub: "object",
  cti: "stream-1",
  catu: { path: { prefix: "/vod/t1/" } },
  catm: ["GET", "HEAD"],
  catr: { type: 0, expadd: 120, deadline: 30 },
};

const REQUEST = { url: "https://cdn.example/vod/t1/seg.m4s", method: "GET", now: NOW };

before(() => init(moduleBytes("rights")));

/**
 * @param {string | Uint8Array} token
 * @param {string} field
 * @param {object} [request]
 * @param {object} [settings]
 */
const refused = (token, field, request, settings) =>
  assert.throws(() => checkCat(KEYS, token, { ...REQUEST, ...request }, settings), {
    name: "UsherError",
    field,
  });

test("a token says what it was made of, as text and as bytes", () => {
  const token = mintCat(KEYS, CLAIMS);
  const expected = {
    exp: NOW + 120,
    iat: NOW,
    iss: null,
    sub: "object",
    cti: "stream-1",
    renewal_type: 0,
    expadd: 120,
    deadline: 30,
    stale: false,
  };
  assert.match(token, /^2D3RhE[A-Za-z0-9_-]+$/);
  assert.deepEqual(checkCat(KEYS, token, REQUEST), expected);
  assert.deepEqual(
    checkCat(KEYS, new Uint8Array(Buffer.from(token, "base64url")), REQUEST),
    expected,
  );
  const bare = checkCat(KEYS, mintCat(KEYS, { exp: NOW + 1 }), REQUEST);
  const none = {
    iat: null,
    sub: null,
    cti: null,
    renewal_type: null,
    expadd: null,
    deadline: null,
  };
  assert.deepEqual(bare, { ...expected, ...none, exp: NOW + 1 });
});

test("a name that is no text is told as base64url", () => {
  const token = mintCat(KEYS, { exp: NOW + 1, cti: "\0" });
  assert.equal(checkCat(KEYS, token, REQUEST).cti, "AA");
});

test("all keys check and the first makes", () => {
  const before = mintCat(OLD, CLAIMS);
  assert.equal(checkCat(KEYS, before, REQUEST).cti, "stream-1");
  assert.throws(() => checkCat(OLD, mintCat(KEYS, CLAIMS), REQUEST), { field: "key" });
  const other = `k2:${Buffer.alloc(32, 3).toString("base64url")}`;
  assert.throws(() => checkCat(other, mintCat(KEYS, CLAIMS), REQUEST), { field: "signature" });
  assert.throws(() => mintCat("", CLAIMS), { code: "invalid_value" });
});

test("an address is compared in its normal form", () => {
  const token = mintCat(KEYS, CLAIMS);
  for (const url of [
    "https://cdn.example/vod/t1/",
    "HTTPS://CDN.Example:443/vod/t1/a",
    "https://cdn.example/vod/t2/../t1/a",
    "https://cdn.example/vod/./t1/a",
    "https://cdn.example/vod/t2/%2e%2E/t1/a",
    "https://cdn.example\\vod\\t1\\a",
    "https://cdn.example/%76o%64/%741/a",
    "https://cdn.example/vod/t1/a%20b?x=..%2f#y",
  ]) {
    assert.equal(checkCat(KEYS, token, { ...REQUEST, url }).cti, "stream-1", url);
  }
  for (const url of [
    "https://cdn.example/vod/t1",
    "https://cdn.example/vod/t2/a",
    "https://cdn.example/VOD/t1/a",
    "https://cdn.example/vod/t1/../t2/a",
    "https://cdn.example/vod/t1/%2e%2e/t2/a",
    "https://cdn.example/vod/t1/.%2E/t2/a",
    "https://cdn.example/vod/t1/..%2ft2/a",
    "https://cdn.example/vod/t1/..%5Ct2/a",
    "https://cdn.example/vod/t1/..\\t2/a",
    "https://cdn.example/vod/t1/%2e%2e%2ft2/a",
    "https://cdn.example/vod/t1/a%00",
    "https://cdn.example/?/vod/t1/",
    "https://cdn.example/#/vod/t1/",
    "https://anna@cdn.example/vod/t1/a",
    "https://anna:secret@cdn.example/vod/t1/a",
    "//cdn.example/vod/t1/a",
    "/vod/t1/a",
    "",
    null,
  ]) {
    refused(token, "scope", { url });
  }
});

test("a host is compared as the host's parser writes it", () => {
  const token = mintCat(KEYS, {
    exp: NOW + 1,
    catu: {
      host: { exact: "xn--bcher-kva.example" },
      port: { exact: "443" },
      scheme: { exact: "https" },
    },
  });
  const at = (/** @type {string} */ url) => ({ ...REQUEST, url });
  assert.ok(checkCat(KEYS, token, at("https://bücher.example/")));
  assert.ok(checkCat(KEYS, token, at("https://BÜCHER.example:443/")));
  refused(token, "scope", at("https://bucher.example/"));
  refused(token, "scope", at("http://bücher.example:443/"));
  refused(token, "scope", at("https://bücher.example:8443/"));
  refused(token, "scope", at("https://xn--bcher-kva.example@evil.example/"));
  refused(token, "scope", at("https://xn--bcher-kva.example:443@evil.example/"));
});

test("what a request does not tell meets no restriction", () => {
  const token = mintCat(KEYS, { ...CLAIMS, catgeoiso3166: ["SE"] });
  assert.ok(checkCat(KEYS, token, { ...REQUEST, country: "SE" }));
  refused(token, "scope", { country: null });
  refused(token, "scope", { country: undefined });
  refused(token, "scope", { country: "SE", method: null });
  refused(token, "scope", { country: "" });
  // A text that would be two.
  assert.throws(() => checkCat(KEYS, token, { ...REQUEST, country: "SE\0=x" }), {
    code: "invalid_value",
  });
  const once = mintCat(KEYS, { ...CLAIMS, catreplay: 1 });
  refused(once, "scope");
  refused(once, "scope", { replayed: true });
  assert.ok(checkCat(KEYS, once, { ...REQUEST, replayed: false }));
});

test("settings are what a token has to have", () => {
  const token = mintCat(KEYS, { ...CLAIMS, iss: "demo", aud: "edge" });
  const settings = { issuer: "demo", audience: "edge" };
  assert.equal(checkCat(KEYS, token, REQUEST, settings).iss, "demo");
  refused(token, "claims", {}, { issuer: "other", audience: "edge" });
  refused(token, "claims", {}, { issuer: "demo", audience: "other" });
  refused(token, "claims", {}, { issuer: "demo" });
  refused(mintCat(KEYS, CLAIMS), "claims", {}, { issuer: "demo" });
  refused(token, "time", { now: NOW + 120 }, settings);
  assert.ok(checkCat(KEYS, token, { ...REQUEST, now: NOW + 124 }, { ...settings, skew: 5 }));
  refused(token, "time", { now: NOW + 125 }, { ...settings, skew: 5 });
  const tagged = Buffer.from(token, "base64url");
  const bare = new Uint8Array(tagged.subarray(2));
  assert.ok(checkCat(KEYS, bare, REQUEST, settings));
  assert.ok(checkCat(KEYS, token, REQUEST, { ...settings, cwt_tag: "required" }));
  refused(bare, "malformed", {}, { ...settings, cwt_tag: "required" });
});

test("a token has one form only", () => {
  const token = mintCat(KEYS, CLAIMS);
  for (const other of [
    `${token}=`,
    `${token} `,
    token.replace("2D3", "2D3\n"),
    token.replaceAll("_", "/").replaceAll("-", "+") + "==",
    token.slice(0, -1),
    `${token}A`,
    "",
    "....",
    new Uint8Array(0),
  ]) {
    assert.throws(
      () => checkCat(KEYS, other, REQUEST),
      { name: "UsherError", code: "token_invalid" },
      `${other}`,
    );
  }
  for (const other of [null, undefined, 1, {}, []]) {
    assert.throws(() => checkCat(KEYS, /** @type {any} */ (other), REQUEST), {
      code: "token_invalid",
    });
  }
});

test("a flipped bit is refused wherever it is", () => {
  const token = Buffer.from(mintCat(KEYS, CLAIMS), "base64url");
  for (let place = 0; place < token.length; place += 1) {
    const changed = new Uint8Array(token);
    changed[place] = (changed[place] ?? 0) ^ (1 << (place % 8));
    assert.throws(() => checkCat(KEYS, changed, REQUEST), { name: "UsherError" }, `${place}`);
  }
});

test("a public key checks what its private key signed, and a secret does not", async () => {
  for (const [alg, how] of /** @type {["ES256" | "EdDSA", EcKeyGenParams][]} */ ([
    ["ES256", { name: "ECDSA", namedCurve: "P-256" }],
    ["EdDSA", { name: "Ed25519" }],
  ])) {
    const made = await crypto.subtle.generateKey(how, true, ["sign", "verify"]);
    const { privateKey: key, publicKey } = /** @type {CryptoKeyPair} */ (made);
    const raw = Buffer.from(await crypto.subtle.exportKey("raw", publicKey));
    const keyset = JSON.stringify({ keys: [{ kid: "p1", alg, key: raw.toString("base64url") }] });
    const token = await signCat(CLAIMS, { kid: "p1", alg, key });
    assert.equal((await verifyCat(keyset, token, REQUEST)).cti, "stream-1");
    assert.equal((await verifyCat(keyset, token, REQUEST)).cti, "stream-1");
    await assert.rejects(verifyCat(KEYS, token, REQUEST), { field: "key" });
    await assert.rejects(verifyCat(keyset, token, { ...REQUEST, method: "PUT" }), {
      field: "scope",
    });
    // Nobody has asked the host.
    assert.throws(() => checkCat(keyset, token, REQUEST), { field: "signature" });
    const changed = Buffer.from(token, "base64url");
    changed.writeUInt8(changed.readUInt8(40) ^ 1, 40);
    await assert.rejects(verifyCat(keyset, new Uint8Array(changed), REQUEST), {
      name: "UsherError",
    });
  }
  assert.equal((await verifyCat(KEYS, mintCat(KEYS, CLAIMS), REQUEST)).cti, "stream-1");
});

test("a token is denied by its own name and by its subject", () => {
  const list = (/** @type {object} */ entry) =>
    new DenyList(
      new TextEncoder().encode(JSON.stringify({ made_ms: NOW * 1000, entries: [entry] })),
    );
  const token = mintCat(KEYS, CLAIMS);
  for (const entry of [
    { kind: "token", value: "stream-1", until: NOW + 60 },
    { kind: "subject", value: "object", until: NOW + 60 },
  ]) {
    const denied = /** @type {const} */ ({ max_age_s: 60, stale: "closed" });
    refused(token, "revoked", {}, { denied: { ...denied, list: list(entry) } });
  }
});

test("claims that would make no token of ours are refused by their place", () => {
  const bad = (/** @type {any} */ claims) => () => mintCat(KEYS, claims);
  assert.throws(bad({ ...CLAIMS, exp: 1.5 }), { code: "wrong_type", field: "exp" });
  assert.throws(bad({ ...CLAIMS, catu: { path: { regex: ".*" } } }), { field: "catu.path.regex" });
  assert.throws(bad({ ...CLAIMS, cti: "x".repeat(1024) }), { code: "too_many" });
});
