// @ts-check
// Tokens: `usher-cat-cases/1`, `usher-jws-cases/1`, the vectors of RFC 7515, 7519 and 8037, Wycheproof, the examples of
// the COSE working group, and tokens that other implementations of common access tokens have made.
//
// What is of a scheme that Usher does not verify is skipped, with the reason.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { checkCat, init, verifyCat, verifyMessage, verifySigned } from "usher/rights";
import { algorithmOfJwk, bytesOf, keyOfCose, keyOfJwk, keysetOf, pointOf } from "./token-keys.mjs";

/** @typedef {import("./run.mjs").Failure} Failure */
/** @typedef {Failure[] | { skipped: string }} Outcome */
/** @typedef {{ id: string, run: () => Outcome | Promise<Outcome> }} Case */
/** @typedef {import("./token-keys.mjs").Algorithm} Algorithm */

const NOW = 1_700_000_100;

/**
 * How a document is known, and what its cases are.
 * @type {[is: (document: any) => boolean, casesOf: (document: any) => Case[]][]}
 */
const DOCUMENTS = [
  [({ format }) => format === "usher-cat-cases/1", catCases],
  [({ format }) => format === "usher-jws-cases/1", jwsCases],
  [({ source, vectors }) => /^RFC 7515/.test(source) && Array.isArray(vectors), jwsCases],
  [({ schema }) => schema === "eddsa_verify_schema_v1.json", eddsaCases],
  [({ schema }) => schema === "ecdsa_p1363_verify_schema_v1.json", ecdsaCases],
  [({ schema }) => schema === "mac_test_schema_v1.json", macCases],
  [({ schema }) => schema === "json_web_signature_schema_v1.json", wycheproofJwsCases],
  [({ input, output }) => typeof output?.cbor === "string" && input !== undefined, coseCases],
  [({ hs256_key_hex: key }) => typeof key === "string", nodeCatCases],
  [({ vectors }) => isQuicr(vectors), ({ vectors }) => quicrCases(vectors)],
  [({ keys, vectors }) => typeof keys?.hmac_sha256 === "string" && !!vectors, allQuicrCases],
];

export async function initTokens() {
  await init(readFileSync(fileURLToPath(import.meta.resolve("usher/rights.wasm"))));
}

/**
 * The cases of a document; null if it has none of tokens.
 * @param {any} document
 * @returns {Case[] | null}
 */
export function tokenCases(document) {
  if (document === null || typeof document !== "object") return null;
  const known = DOCUMENTS.find(([is]) => is(document));
  return known ? known[1](document) : null;
}

/** @param {any} document */
function catCases({ alg, key_hex, now, verifier, vectors }) {
  const keys = keysetOf(alg, bytesOf(key_hex));
  const { issuer, audience, clock_skew: skew, cwt_tag } = verifier;
  const settings = { issuer, audience, skew, cwt_tag };
  return vectors.map((/** @type {any} */ { id, token_hex, token_b64url, expect, request }) => ({
    id,
    run: () =>
      // Both forms of the same token.
      [token_b64url, bytesOf(token_hex)].flatMap((token) => {
        const got = outcomeOf(() => checkCat(keys, token, { ...request, now }, settings));
        const expected = expect === "either" ? got.outcome : expect;
        return differing("outcome", expected, got.outcome, got.why);
      }),
  }));
}

/** @param {any} document */
function jwsCases({ vectors }) {
  return vectors.map((/** @type {any} */ { id, comment, jwk, jws, result }) => ({
    id: id ?? comment,
    run: () => jwsOutcome(jwk, jws, result),
  }));
}

/**
 * @param {any} jwk null for no key at all
 * @param {unknown} jws
 * @param {"valid" | "invalid"} result
 * @returns {Promise<Outcome>}
 */
async function jwsOutcome(jwk, jws, result) {
  const alg = jwk && algorithmOfJwk(jwk);
  if (jwk && !alg) return { skipped: `keys for \`${jwk.alg ?? jwk.kty}\` are not verified` };
  const keys = alg ? keysetOf(alg, keyOfJwk(jwk), jwk.kid) : `{"keys":[]}`;
  const token = typeof jws === "string" ? jws : JSON.stringify(jws);
  const got = await eventualOutcome(() => verifySigned(token, keys, { now: NOW }));
  return differing("outcome", result === "valid" ? "accept" : "reject", got.outcome, got.why);
}

/** @param {any} document */
function eddsaCases({ testGroups }) {
  return wycheproof(testGroups, "EdDSA", ({ publicKey }) => bytesOf(publicKey.pk));
}

/** @param {any} document */
function ecdsaCases({ testGroups }) {
  return wycheproof(testGroups, "ES256", ({ publicKey }) => bytesOf(publicKey.uncompressed));
}

/**
 * @param {any[]} groups
 * @param {Algorithm} alg
 * @param {(group: any) => Uint8Array} keyOf
 * @returns {Case[]}
 */
function wycheproof(groups, alg, keyOf) {
  return groups.flatMap((group) =>
    group.tests.map((/** @type {any} */ { tcId, msg, sig, result }) => ({
      id: `${alg} ${tcId}`,
      run: async () => {
        const isSigned = await verifyMessage(alg, keyOf(group), bytesOf(msg), bytesOf(sig));
        return differing("valid", result === "valid", isSigned);
      },
    })),
  );
}

/** @param {any} document */
function macCases({ testGroups }) {
  return testGroups.flatMap((/** @type {any} */ { tagSize, tests }) =>
    tests.map((/** @type {any} */ { tcId, key, msg, tag, result }) => ({
      id: `HMAC-SHA256 ${tcId}`,
      run: async () => {
        if (tagSize !== 256) return { skipped: `tags of ${tagSize} bits are not verified` };
        const isSigned = await verifyMessage("HS256", bytesOf(key), bytesOf(msg), bytesOf(tag));
        return differing("valid", result === "valid", isSigned);
      },
    })),
  );
}

/**
 * Cases that are wrong, by their numbers.
 * @type {Record<number, string>}
 */
const WRONG = {
  367: "the token of case 357, which is valid",
  370: "the token of case 357, which is valid",
  372: "valid, with `?` in its base64url, which RFC 7515, section 2, does not allow",
  373: "valid, with `?` in its base64url, which RFC 7515, section 2, does not allow",
};

/** @param {any} document */
function wycheproofJwsCases({ testGroups }) {
  return testGroups.flatMap((/** @type {any} */ group) =>
    group.tests.map((/** @type {any} */ { tcId, jws, result }) => ({
      id: `JWS ${tcId}`,
      run: () => {
        const jwk = group.public ?? group.private;
        if (WRONG[tcId]) return { skipped: WRONG[tcId] };
        if (jwk.use === "enc" || (jwk.key_ops && !jwk.key_ops.includes("verify"))) {
          return { skipped: "keys come with their algorithm, and without a use" };
        }
        return jwsOutcome(jwk, jws, result);
      },
    })),
  );
}

/** @param {any} document */
function coseCases({ title, fail, input, output }) {
  const { mac0, sign0 } = input;
  const message = mac0 ?? sign0;
  const key = mac0?.recipients[0].key ?? sign0?.key;
  const alg = /** @type {Algorithm} */ (message?.alg ?? message?.protected?.alg);
  const run = async () => {
    if (!message) return { skipped: "only COSE_Mac0 and COSE_Sign1 are verified" };
    const isKnown = { HS256: mac0, ES256: key.crv === "P-256", EdDSA: key.crv === "Ed25519" };
    if (!(/** @type {any} */ (isKnown)[alg]))
      return { skipped: `\`${alg}\` by ${key.crv ?? key.kty} keys is not verified` };
    const keys = keysetOf(alg, keyOfCose(key), key.kid);
    const external = bytesOf(message.external ?? "");
    const verify = () => verifySigned(bytesOf(output.cbor), keys, { now: NOW, external });
    const got = await eventualOutcome(verify);
    // As the case `alg-in-unprotected-only` wants it.
    if (!fail && !message.protected?.alg && got.field === "header") {
      return { skipped: "an algorithm that is not protected is refused" };
    }
    const failures = differing("outcome", fail ? "reject" : "accept", got.outcome, got.why);
    const { plaintext, plaintext_hex: hex } = input;
    const expected = Buffer.from(plaintext ?? hex, plaintext === undefined ? "hex" : "utf8");
    return fail || failures.length
      ? failures
      : differing("payload", expected.toString("hex"), got.value);
  };
  return [{ id: title, run }];
}

/** @param {any} document */
function nodeCatCases({ hs256_key_hex: hex, tokens }) {
  return tokens.map((/** @type {any} */ { source, token }, /** @type {number} */ index) => ({
    id: `${source}#${index}`,
    run: async () => {
      const bytes = new Uint8Array(Buffer.from(token, "base64"));
      const text = Buffer.from(bytes).toString("hex");
      if (/^(d83d)?d2/.test(text)) return { skipped: "its public key is not published" };
      if (/^d18443a10104/.test(text)) return { skipped: "`HS256/64` is not verified" };
      // Where the bytes of the payload have to begin: 0x78 is the head of a text.
      if (/^d18443a10105a1044c[0-9a-f]{24}78/.test(text))
        return { skipped: "its payload is a text" };
      const keys = keysetOf("HS256", bytesOf(hex), kidIn(bytes));
      const got = await eventualOutcome(() => verifySigned(bytes, keys, { now: NOW }));
      return differing("outcome", "accept", got.outcome, got.why);
    },
  }));
}

/**
 * The name of the key in a token of node-cat, of which the key has several names.
 * @param {Uint8Array} bytes
 */
function kidIn(bytes) {
  const known = /Symmetric256|akamai_key_hs256/.exec(Buffer.from(bytes).toString("latin1"));
  return known?.[0];
}

const QUICR_KEY = bytesOf("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

/** The step at which each of its errors is found. */
const QUICR_STEPS = /** @type {Record<string, string>} */ ({
  TokenExpired: "time",
  TokenNotYetValid: "time",
  InvalidIssuer: "claims",
  InvalidAudience: "claims",
  SignatureVerificationFailed: "signature",
  InvalidTokenFormat: "key",
});

/** @param {any} vectors */
const isQuicr = (vectors) =>
  Array.isArray(vectors) && vectors.some((vector) => vector.payload_cbor_hex || vector.validation);

/** @param {any} document */
function allQuicrCases({ vectors: suites }) {
  return Object.values(suites).flatMap((/** @type {any} */ { vectors }) => quicrCases(vectors));
}

/**
 * @param {any[]} vectors
 * @returns {Case[]}
 */
function quicrCases(vectors) {
  return vectors.map((vector) => ({ id: vector.id, run: () => quicrOutcome(vector) }));
}

/**
 * @param {any} vector
 * @returns {Promise<Outcome>}
 */
async function quicrOutcome(vector) {
  if (vector.cose_hex === undefined) return { skipped: "claims alone are no token" };
  const token = bytesOf(vector.cose_hex);
  const { public_key_x_hex: x, public_key_y_hex: y } = vector;
  const keys = x ? keysetOf("ES256", pointOf(x, y, "hex"), "CAT") : keysetOf("HS256", QUICR_KEY);
  const about = vector.validation ?? {};
  const request = {
    now: about.reference_time ?? NOW,
    url: "https://cdn.example.com/live/one.m4s",
    ip: "203.0.113.50",
  };
  const settings = {
    issuer: about.expected_issuers?.[0] ?? vector.claims?.iss,
    audience:
      about.expected_audiences?.[0] ?? vector.claims?.aud?.[0] ?? "https://relay.example.com",
  };
  if (vector.dpop || vector.moqt_scopes) {
    const signed = await eventualOutcome(() => verifySigned(token, keys, request));
    if (signed.outcome !== "accept") return differing("outcome", "accept", "reject", signed.why);
    const judged = await eventualOutcome(() =>
      verifyCat(keys, token, request, { ...settings, audience: null, issuer: null }),
    );
    if (judged.field !== "claims") return differing("field", "claims", judged.field, judged.why);
    return { skipped: "proofs of possession and scopes of MOQT are not judged: refused" };
  }
  const wrong = about.wrong_key_hex ? keysetOf("HS256", bytesOf(about.wrong_key_hex)) : keys;
  // A point of the curve, for a token that is protected by a secret.
  const other = about.verifier_algorithm_id === -7 ? keysetOf("ES256", POINT) : wrong;
  // Nothing but what is to be found stands in the way of the token.
  const audience = about.expected_error && !about.expected_audiences ? null : settings.audience;
  const got = await eventualOutcome(() =>
    verifyCat(other, token, request, { ...settings, audience }),
  );
  const isValid = vector.valid ?? about.expected_result === "valid";
  return isValid
    ? differing("outcome", "accept", got.outcome, got.why)
    : differing("field", QUICR_STEPS[about.expected_error], got.field, got.why);
}

const POINT = pointOf(
  "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
  "hex",
);

/**
 * @param {string} key
 * @param {unknown} expected
 * @param {unknown} got
 * @param {string} [why]
 * @returns {Failure[]}
 */
const differing = (key, expected, got, why) =>
  expected === got ? [] : [{ key, expected, got: why ? `${got}: ${why}` : got }];

/** @typedef {{ outcome: "accept" | "reject", why?: string, field?: string | null, value?: string }} Got */

/**
 * @param {() => unknown} judge
 * @returns {Got}
 */
function outcomeOf(judge) {
  try {
    judge();
    return { outcome: "accept" };
  } catch (error) {
    return refusal(error);
  }
}

/**
 * @param {() => Promise<unknown>} judge
 * @returns {Promise<Got>}
 */
async function eventualOutcome(judge) {
  try {
    const value = await judge();
    const hex = value instanceof Uint8Array ? Buffer.from(value).toString("hex") : "";
    return { outcome: "accept", value: hex };
  } catch (error) {
    return refusal(error);
  }
}

/**
 * A refusal of a token; anything else that is thrown is a fault of the verifier.
 * @param {any} error
 * @returns {Got}
 */
function refusal(error) {
  if (!/^token_/.test(error?.code)) throw error;
  return { outcome: "reject", why: `${error.code} ${error.field}`, field: error.field };
}
