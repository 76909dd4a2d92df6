// @ts-check
// Offers end to end: composed in the office, signed and verified by the host's WebCrypto, read in the player.
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { before, test } from "node:test";
import { init, checkCoupon, previewCoupon, verifyOffer, verifySignature } from "usher/edge";
import { composeOffer, init as initOffice, readOfferRequest, signingKeys } from "usher/office";
import { freshSigningKey } from "../edge/signing-key.mjs";
import { moduleBytes } from "./module-bytes.mjs";

const NOW_MS = 1_795_305_600_000;

const pair = freshSigningKey();
const other = { x: freshSigningKey().publicKey };
const PUBLIC_KEYS = `k1:${pair.publicKey}`;

const COUPON = {
  id: "c1",
  group: "g1",
  version: 1,
  detail: "",
  active: true,
  codes: { kind: "named", code: "SUMMER" },
  benefit: { kind: "percent", percent: "20" },
};

before(async () => {
  await init(moduleBytes("edge"));
  await initOffice(moduleBytes("office"));
});

/**
 * @param {object} [asked]
 * @param {object} [change] of the coupon
 */
function message(asked = {}, change = {}) {
  const body = { coupon: "c1", expires_ms: NOW_MS + 60_000, ...asked };
  const request = readOfferRequest(new TextEncoder().encode(JSON.stringify(body)));
  const coupon = /** @type {any} */ ({ ...COUPON, ...change });
  return composeOffer({ request, coupon, kid: "k1", audience: "demo", now_ms: NOW_MS });
}

/** @param {string} text */
const signed = (text) =>
  `${text}.${sign(null, Buffer.from(text), pair.privateKey).toString("base64url")}`;

/** @param {unknown} json */
const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

const read = (/** @type {any} */ token, /** @type {any} */ more = {}) =>
  verifyOffer(token, more.keys ?? PUBLIC_KEYS, { now_ms: NOW_MS, audience: "demo", ...more });

/**
 * @param {any} token
 * @param {string} code
 * @param {object} [more]
 */
const refused = (token, code, more) =>
  assert.rejects(read(token, more), { name: "UsherError", code });

test("an offer that is signed tells its coupon, which is priced without asking anybody", async () => {
  const offer = await read(signed(message({ customer: "anna" })));
  assert.equal(offer.iss, "demo");
  assert.equal(offer.sub, "anna");
  assert.equal(offer.code, "SUMMER");
  assert.equal(offer.exp, NOW_MS / 1000 + 60);
  const line = { id: "ticket", unit_minor: 999, quantity: 1 };
  /** @type {any} */
  const purchase = { customer: { id: "anna" }, currency: "EUR", lines: [line] };
  const price = previewCoupon(offer, purchase, NOW_MS);
  assert.deepEqual(
    [price.valid, price.provisional, price.subtotal_minor, price.total_minor],
    [true, true, 999, 799],
  );
  const stranger = previewCoupon(offer, { ...purchase, customer: { id: "bert" } }, NOW_MS);
  assert.equal(stranger.reason, "WRONG_CUSTOMER");
  assert.equal(typeof checkCoupon, "function");
});

test("the key that signs is what WebCrypto reads", async () => {
  const [first] = signingKeys("COUPON_SIGNING_KEY", `k1:${pair.seed}`).keys;
  assert.ok(first);
  const { kid, alg, pkcs8 } = first;
  assert.equal(alg, "EdDSA");
  assert.equal(kid, "k1");
  const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (pkcs8);
  const key = await crypto.subtle.importKey("pkcs8", bytes, "Ed25519", false, ["sign"]);
  const text = Buffer.from("message");
  const signature = await crypto.subtle.sign("Ed25519", key, text);
  assert.equal(await verifySignature(PUBLIC_KEYS, "k1", text, signature), true);
  assert.equal(await verifySignature(PUBLIC_KEYS, "k1", Buffer.from("massage"), signature), false);
  await assert.rejects(verifySignature(PUBLIC_KEYS, "k2", text, signature), {
    code: "token_invalid",
  });
});

test("a key is taken away by its name", async () => {
  const token = signed(message());
  await read(token, { keys: `k2:${other.x},${PUBLIC_KEYS}` });
  await refused(token, "token_invalid", { keys: `k2:${pair.publicKey}` });
  await refused(token, "token_invalid", { keys: `k1:${other.x}` });
  await refused(token, "not_configured", { keys: "" });
  // A name of two keys is none.
  await refused(token, "not_configured", { keys: `${PUBLIC_KEYS},${PUBLIC_KEYS}` });
});

test("what is no offer, or does not hold, is refused by its code", async () => {
  const good = signed(message());
  const [header = "", claims = "", signature = ""] = good.split(".");
  const forged = part({ ...JSON.parse(String(Buffer.from(claims, "base64url"))), sub: "bert" });
  for (const token of [
    undefined,
    null,
    7,
    {},
    "",
    "..",
    `${header}.${claims}.`,
    `${header}.${forged}.${signature}`,
    `${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`,
    `${good}=`,
    `${good} `,
    `${good}.${signature}`,
    "A".repeat(10_000),
  ]) {
    await refused(token, "token_invalid");
  }
  await refused(good, "token_scope", { audience: "other" });
  await refused(good, "token_expired", { now_ms: NOW_MS + 120_000 });
  await refused(good, "token_invalid", { now_ms: NOW_MS - 120_000 });
  await refused(good, "invalid_value", { now_ms: NaN });
});

test("the attacks on tokens that are signed rightly are refused all the same", async () => {
  const claims = message().split(".")[1];
  const head = { alg: "EdDSA", typ: "usher-offer+jwt", kid: "k1" };
  for (const header of [
    { ...head, alg: "none" },
    { ...head, alg: "HS256" },
    { ...head, typ: "JWT" },
    { ...head, jwk: { kty: "OKP", crv: "Ed25519", x: other.x } },
    { ...head, crit: ["exp"] },
    { ...head, kid: ["k1"] },
    { kid: "k1", typ: "usher-offer+jwt", alg: "EdDSA" },
  ]) {
    await refused(signed(`${part(header)}.${claims}`), "token_invalid");
  }
  const twice = Buffer.from(`${JSON.stringify(head).slice(0, -1)},"kid":"k1"}`).toString(
    "base64url",
  );
  await refused(signed(`${twice}.${claims}`), "token_invalid");
  const trailing = Buffer.from(`${JSON.stringify(head)}{}`).toString("base64url");
  await refused(signed(`${trailing}.${claims}`), "token_invalid");
  await refused(signed(`${part(head)}.${claims}${part({})}`), "token_invalid");
});
