// @ts-check
// Entitlement tokens end to end: signed and verified by the host's WebCrypto, parsed and judged by the module.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import {
  DenyList,
  init,
  signEntitlementToken,
  verifyEntitlementToken,
  verifySigned,
} from "usher/rights";
import { moduleBytes } from "./module-bytes.mjs";

const NOW = 1_795_305_600;

/** @typedef {"EdDSA" | "ES256" | "RS256" | "HS256"} Algorithm */

/** @type {Record<Algorithm, { keyset: string, key: CryptoKey, raw: Buffer<ArrayBuffer> }>} */
const KEYS = /** @type {any} */ ({});

const HOW = {
  EdDSA: { name: "Ed25519" },
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  RS256: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
};

before(async () => {
  await init(moduleBytes("rights"));
  for (const alg of /** @type {const} */ (["EdDSA", "ES256", "RS256"]))
    KEYS[alg] = await madeKey(alg);
  const raw = Buffer.alloc(32, 9);
  const how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, how, false, ["sign"]);
  KEYS.HS256 = { keyset: keysetOf("HS256", raw), key, raw };
});

/** @param {"EdDSA" | "ES256" | "RS256"} alg */
async function madeKey(alg) {
  const made = await crypto.subtle.generateKey(HOW[alg], true, ["sign", "verify"]);
  const { privateKey: key, publicKey } = /** @type {CryptoKeyPair} */ (made);
  const format = alg === "RS256" ? "spki" : "raw";
  const raw = Buffer.from(await crypto.subtle.exportKey(format, publicKey));
  return { keyset: keysetOf(alg, raw), key, raw };
}

/**
 * @param {string} alg
 * @param {Buffer} raw
 * @param {object} [more]
 */
const keysetOf = (alg, raw, more) =>
  JSON.stringify({
    version: 1,
    keys: [{ kid: "k1", alg, key: raw.toString("base64url"), ...more }],
  });

const CLAIMS = {
  iss: "demo",
  aud: "usher",
  sub: "anna",
  jti: "t1",
  iat: NOW,
  exp: NOW + 3600,
  epoch: 3,
  ent: {
    account: { status: "active" },
    max_rating: 18,
    grants: [{ id: "g1", kind: "plan", plan: "family", from: 0, to: NOW + 1 }],
    devices: ["tv"],
  },
};

/**
 * @param {object} [change]
 * @param {Algorithm} [alg]
 */
const signed = (change, alg = "EdDSA") =>
  signEntitlementToken({ ...CLAIMS, ...change }, { kid: "k1", alg, key: KEYS[alg].key });

/**
 * @param {string} token
 * @param {any} [more]
 */
const read = (token, { keyset = KEYS.EdDSA.keyset, ...more } = {}) =>
  verifyEntitlementToken(token, keyset, { issuer: "demo", audience: "usher", now: NOW, ...more });

/**
 * @param {string} token
 * @param {string} field
 * @param {any} [more]
 */
const refused = (token, field, more) =>
  assert.rejects(read(token, more), { name: "UsherError", field });

test("a token of every algorithm says what its viewer holds", async () => {
  for (const alg of /** @type {const} */ (["EdDSA", "ES256", "RS256", "HS256"])) {
    const { ent, ...about } = await read(await signed({}, alg), { keyset: KEYS[alg].keyset });
    const times = { issued: NOW, expires: NOW + 3600 };
    assert.deepEqual(about, { viewer: "anna", jti: "t1", epoch: 3, ...times, stale: false }, alg);
    assert.deepEqual(ent, CLAIMS.ent);
  }
});

test("the header and the claims are JSON in base64url, as anybody may sign them", async () => {
  const token = await signed();
  const [header = "", claims = ""] = token
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString());
  assert.equal(header, '{"alg":"EdDSA","kid":"k1","typ":"JWT"}');
  assert.deepEqual(JSON.parse(claims), CLAIMS);
});

test("the algorithm belongs to the key, whatever a header says", async () => {
  for (const alg of /** @type {const} */ (["ES256", "RS256", "HS256"])) {
    await refused(await signed({}, alg), "key");
  }
  // The public key as a secret.
  const how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new Uint8Array(KEYS.EdDSA.raw), how, false, [
    "sign",
  ]);
  const forged = await signEntitlementToken(CLAIMS, { kid: "k1", alg: "HS256", key });
  await refused(forged, "key");
});

test("a signature is of the token that it stands behind, by the key that is named", async () => {
  const [header, claims, signature] = (await signed()).split(".");
  const other = Buffer.from(JSON.stringify({ ...CLAIMS, sub: "bert" })).toString("base64url");
  await refused(`${header}.${other}.${signature}`, "signature");
  await refused(`${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`, "signature");
  await refused(`${header}.${claims}.`, "signature");
  const stranger = await madeKey("EdDSA");
  await refused(`${header}.${claims}.${signature}`, "signature", { keyset: stranger.keyset });
  await refused(`${header}.${claims}.${signature}`, "key", { keyset: '{"keys":[]}' });
});

test("a signature that was found right is right for its token and its key alone", async () => {
  const token = await signed({ jti: "known" });
  await read(token);
  await read(token);
  // Another key under the same name.
  const stranger = await madeKey("EdDSA");
  await refused(token, "signature", { keyset: stranger.keyset });
  const raw = KEYS.EdDSA.raw;
  await refused(token, "key", { keyset: keysetOf("EdDSA", raw, { to: NOW }) });
  await refused(token, "key", { keyset: keysetOf("EdDSA", raw, { from: NOW + 1 }) });
  await read(token, { keyset: keysetOf("EdDSA", raw, { from: NOW, to: NOW + 1 }) });
  // Time is judged again, and so is whose it is.
  await refused(token, "time", { now: NOW + 3600 });
  await refused(token, "claims", { audience: "other" });
  await read(token);
});

test("every bit of a token counts, though it was found right before", async () => {
  const token = await signed();
  await read(token);
  const bytes = Buffer.from(token);
  for (let place = 0; place < bytes.length; place += 7) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
    await assert.rejects(read(changed.toString("latin1")), { name: "UsherError" }, `${place}`);
  }
});

test("claims that do not hold are told by their step", async () => {
  await refused(await signed({ iss: "other" }), "claims");
  await refused(await signed({ aud: "other" }), "claims");
  await refused(await signed({ exp: NOW + 24 * 3600 + 1 }), "claims");
  await refused(await signed({ sub: 1 }), "claims");
  await refused(await signed({ exp: NOW - 1, iat: NOW - 2 }), "time");
  await refused(await signed({ iat: NOW + 6 }), "time", { skew: 5 });
  await read(await signed({ iat: NOW + 5 }), { skew: 5 });
  await refused("a.b", "malformed");
  await refused("", "malformed");
  const expired = read(await signed({ exp: NOW - 1, iat: NOW - 2 }));
  await assert.rejects(expired, { code: "token_expired" });
});

test("time and skew are numbers in their range, or nothing is judged", async () => {
  const token = await signed();
  for (const now of [NaN, -1, undefined]) {
    await assert.rejects(read(token, { now }), { code: "invalid_value", field: "now" });
  }
  for (const skew of [NaN, -1, 6, 3600]) {
    await assert.rejects(read(token, { skew }), { code: "invalid_value", field: "now" });
  }
  // Every key has had its time by then.
  await refused(token, "key", { now: Infinity });
});

test("a keyset that is none is refused, and keys come and go without one", async () => {
  const token = await signed();
  for (const keyset of ["{}", '{"keys":[{}]}', "{", '{"keys":"x"}']) {
    await assert.rejects(read(token, { keyset }), { name: "UsherError" }, keyset);
  }
  // More keysets than stay read.
  for (let version = 0; version < 9; version += 1) {
    const keyset = KEYS.EdDSA.keyset.replace('"version":1', `"version":${version}`);
    assert.equal((await read(token, { keyset })).viewer, "anna");
  }
});

/** @param {object[]} entries */
const listOf = (entries) =>
  new DenyList(new TextEncoder().encode(JSON.stringify({ made_ms: NOW * 1000, entries })));

test("what is denied is refused at every call, also if it was found right before", async () => {
  const token = await signed();
  await read(token);
  for (const entry of [
    { kind: "token", value: "t1", until: NOW + 60 },
    { kind: "subject", value: "anna", until: NOW + 60 },
    { kind: "epoch", value: "anna", epoch: 4, until: NOW + 60 },
  ]) {
    const denied = { list: listOf([entry]), max_age_s: 600, stale: "closed" };
    await assert.rejects(read(token, { denied }), { code: "token_revoked", field: "revoked" });
    assert.equal((await read(token, { denied, now: NOW + 60 })).viewer, "anna");
  }
  const denied = { list: listOf([{ kind: "epoch", value: "anna", epoch: 3, until: NOW + 60 }]) };
  await read(token, { denied: { ...denied, max_age_s: 600, stale: "closed" } });
});

test("a list that is too old closes, or opens and says so", async () => {
  const token = await signed();
  const list = listOf([]);
  const at = (/** @type {number} */ now, /** @type {string} */ stale) =>
    read(token, { now, denied: { list, max_age_s: 60, stale } });
  assert.equal((await at(NOW + 60, "closed")).stale, false);
  await assert.rejects(at(NOW + 61, "closed"), { code: "unavailable" });
  assert.equal((await at(NOW + 61, "open")).stale, true);
});

test("lists are told apart, and outlive the module", async () => {
  const settings = /** @type {const} */ ({ now: NOW, max_age_s: 60, stale: "closed" });
  const one = listOf([{ kind: "token", value: "a", until: NOW + 1 }]);
  const two = listOf([{ kind: "token", value: "b", until: NOW + 1 }]);
  const check = () => {
    assert.throws(() => one.check({ id: "a" }, settings), { code: "token_revoked" });
    assert.equal(one.check({ id: "b" }, settings), false);
    assert.throws(() => two.check({ id: "b" }, settings), { code: "token_revoked" });
    assert.equal(two.check({ id: "a", subject: null }, settings), false);
  };
  check();
  const { initSync } = await import("usher/rights");
  initSync(new WebAssembly.Module(moduleBytes("rights")));
  check();
  assert.throws(() => new DenyList(new TextEncoder().encode("[]")), { name: "UsherError" });
});

test("what is signed can be had without claims, and not before it is verified", async () => {
  const token = await signed();
  const payload = await verifySigned(token, KEYS.EdDSA.keyset, { now: NOW });
  assert.deepEqual(JSON.parse(new TextDecoder().decode(payload)), CLAIMS);
  const broken = `${token.slice(0, -4)}AAAA`;
  await assert.rejects(verifySigned(broken, KEYS.EdDSA.keyset, { now: NOW }), {
    field: "signature",
  });
});
