// @ts-check
// What the coupons worker tells the edge is signed, and what the edge holds outlives it.
import assert from "node:assert/strict";
import { createHash, createPublicKey, verify } from "node:crypto";
import { after, before, test } from "node:test";
import { assertRefused, eventually, request } from "./api.mjs";
import { newCoupon, newGroup } from "./coupon-api.mjs";
import { COUPON_ENVIRONMENT, OPERATOR_KEY, startServer } from "./server.mjs";
import { freshSigningKey } from "./signing-key.mjs";

/** @type {import("./server.mjs").Server} */
let server;
/** @type {any} */
let group;

before(async () => {
  server = await startServer();
  group = await newGroup(server.url);
});
after(() => server.stop());

const publicKey = createPublicKey({
  key: { kty: "OKP", crv: "Ed25519", x: COUPON_ENVIRONMENT.COUPON_PUBLIC_KEYS.split(":")[1] },
  format: "jwk",
});

/**
 * @param {string} path
 * @param {Record<string, string>} [headers]
 */
async function asked(path, headers = {}) {
  const authorization = `Bearer ${OPERATOR_KEY}`;
  const response = await fetch(`${server.url}/v1/${path}`, {
    headers: { authorization, ...headers },
  });
  const body = Buffer.from(await response.arrayBuffer());
  const [encoded = "", kid, signature = ""] = (response.headers.get("usher-statement") ?? "").split(
    ".",
  );
  const text = Buffer.from(encoded, "base64url");
  const isSigned = verify(null, text, publicKey, Buffer.from(signature, "base64url"));
  const statement = isSigned ? JSON.parse(String(text)) : null;
  return {
    status: response.status,
    etag: response.headers.get("etag") ?? "",
    kid,
    body,
    statement,
  };
}

for (const path of ["coupon-knowledge", "coupon-filter"]) {
  test(`${path}_is_signed_whole_and_told_only_to_the_operator`, async () => {
    const { status, kid, body, statement, etag } = await asked(path);
    assert.equal(status, 200);
    assert.equal(kid, "tests");
    const digest = createHash("sha256").update(body).digest("base64url");
    const { version, made_ms, ...rest } = statement;
    assert.deepEqual(rest, { subject: path, tenant: "demo", digest });
    assert.ok(Number.isInteger(version) && Math.abs(Date.now() - made_ms) < 60_000);
    const again = await asked(path, { "if-none-match": etag });
    assert.equal(again.status, 304);
    assert.equal(again.statement.digest, digest);
    assert.ok(again.statement.made_ms >= made_ms);
    const none = await request(`${server.url}/v1/${path}`, { headers: { authorization: "none" } });
    assertRefused(none, 401, "operator_key_missing", "Authorization");
  });
}

test("a_new_coupon_makes_a_newer_version", async () => {
  const before = await asked("coupon-knowledge");
  const { coupon } = await newCoupon(server.url, group.id, {
    codes: { kind: "named", code: "NEW" },
  });
  const after = await asked("coupon-knowledge", { "if-none-match": before.etag });
  assert.equal(after.status, 200);
  assert.ok(after.statement.version > before.statement.version);
  const known = JSON.parse(String(after.body)).coupons;
  assert.ok(known.some((/** @type {any} */ each) => each.id === coupon.id));
});

test("knowledge_that_another_key_signed_is_not_taken", async (context) => {
  const x = freshSigningKey().publicKey;
  for (const [COUPON_PUBLIC_KEYS, why] of [
    [`tests:${x}`, "the signature is another"],
    [`others:${x}`, "no key has the `kid`"],
    ["", "`COUPON_PUBLIC_KEYS` is not"],
  ]) {
    const other = await startServer({ environment: { COUPON_PUBLIC_KEYS } });
    context.after(other.stop);
    const body = JSON.stringify({ code: "NEW", viewer: "v", purchase: {} });
    const answer = await request(`${other.url}/v1/coupons/check`, { method: "POST", body });
    assertRefused(answer, 503, "unavailable", null);
    await eventually(async () => assert.ok(other.log().includes(String(why)), other.log()));
  }
});

test("without_a_key_nothing_is_signed", async (context) => {
  for (const COUPON_SIGNING_KEY of ["", "k1", "k1:AAAA"]) {
    const other = await startServer({ environment: { COUPON_SIGNING_KEY } });
    context.after(other.stop);
    const answer = await request(`${other.url}/v1/coupon-knowledge`);
    assertRefused(answer, 503, "not_configured", null);
  }
});

test("an_offer_is_signed_for_a_coupon_that_is_known", async () => {
  const { coupon } = await newCoupon(server.url, group.id, {
    codes: { kind: "named", code: "GIFT" },
  });
  const post = (/** @type {object} */ body) =>
    request(`${server.url}/v1/coupon-offers`, { method: "POST", body: JSON.stringify(body) });
  const expires_ms = Date.now() + 3_600_000;
  const { status, body } = await post({ coupon: coupon.id, expires_ms, customer: "anna" });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.url, `${server.url}/#offer=${body.token}`);
  const [message, signature] = body.token.split(/\.(?=[^.]*$)/);
  assert.ok(verify(null, Buffer.from(message), publicKey, Buffer.from(signature, "base64url")));
  assertRefused(await post({ coupon: "none", expires_ms }), 404, "coupon_unknown", "coupon");
  assertRefused(
    await post({ coupon: coupon.id, expires_ms: 1 }),
    400,
    "invalid_value",
    "expires_ms",
  );
  const other = await post({ coupon: coupon.id, expires_ms, code: "OTHER" });
  assertRefused(other, 400, "invalid_value", "code");
});
