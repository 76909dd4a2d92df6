// @ts-check
// Entitlement tokens and common access tokens. The module parses and judges, the host verifies what is signed with a
// public key; nothing that a token says can be reached before that holds.
import { checkDenyList, composeCat, judgeToken, loadDenyList } from "#wasm/rights";
import { UsherError } from "./error.js";

/** @typedef {"HS256" | "EdDSA" | "ES256" | "RS256"} Algorithm */

/**
 * @typedef {object} Entitlement what an entitlement token says
 * @property {string} viewer
 * @property {string} jti its own name
 * @property {number} epoch the key epoch of the viewer
 * @property {number} issued in seconds, UTC
 * @property {number} expires in seconds, UTC
 * @property {{ account: object, max_rating: number | null, grants: object[], devices: string[] }} ent
 * @property {boolean} stale whether the deny list that was asked is too old to know what was denied since
 */

/**
 * @typedef {object} Denial
 * @property {DenyList} list
 * @property {number} max_age_s after which the list is too old
 * @property {"open" | "closed"} stale what is done then: "closed" refuses, "open" passes and says so
 */

/**
 * What is asked for with a common access token: the whole address, the method in upper case, where it comes from, and
 * the time in seconds, UTC. What is not told meets no restriction.
 * @typedef {{ url?: string | null, method?: string | null, ip?: string | null, country?: string | null, now: number,
 *   replayed?: boolean | null }} CatRequest
 */

/**
 * What has to stand in a common access token: without `audience` it may name none. `skew` is 0 to 5 seconds.
 * @typedef {{ issuer?: string | null, audience?: string | null, skew?: number | null,
 *   cwt_tag?: "optional" | "required" | null, denied?: Denial | null }} CatSettings
 */

/**
 * What a common access token says, times in seconds, UTC; `renewal_type` is 0 as the host likes, 1 in a cookie, 2 in a
 * header, 3 by redirection; `stale` is that of `Entitlement`.
 * @typedef {{ exp: number, iat: number | null, iss: string | null, sub: string | null, cti: string | null,
 *   renewal_type: number | null, expadd: number | null, deadline: number | null, stale: boolean }} CatClaims
 */

/**
 * @typedef {object} Signer
 * @property {string} kid
 * @property {Algorithm} alg
 * @property {CryptoKey} key
 */

/**
 * A claim set of a common access token: seconds in UTC, texts, and what restricts it.
 * @typedef {object} CatDraft
 * @property {number} exp
 * @property {number} [iat]
 * @property {number} [nbf]
 * @property {string} [iss]
 * @property {string} [sub]
 * @property {string} [aud]
 * @property {string} [cti]
 * @property {Partial<Record<"scheme" | "host" | "port" | "path" | "query" | "parent-path" | "filename" | "stem" |
 *   "extension", Partial<Record<"exact" | "prefix" | "suffix" | "contains", string>>>>} [catu]
 * @property {string[]} [catm]
 * @property {string[]} [catgeoiso3166]
 * @property {number} [catreplay]
 * @property {{ type: number, expadd: number, deadline?: number, cookie_name?: string }} [catr]
 */

/** Signatures that were found to hold and are not verified again, while their tokens are. */
const SIGNATURES_MAX = 4096;

/** Public keys that the host has taken in. */
const KEYS_MAX = 64;

/** @type {readonly Algorithm[]} in the order of `judgeToken` */
const ALGORITHMS = ["HS256", "EdDSA", "ES256", "RS256"];

const DIGEST_BYTES = 32;

/** Where the lengths of key and signature end in what `judgeToken` gives. */
const HEAD_BYTES = DIGEST_BYTES + 5;

/**
 * What the host calls an algorithm: to take in a key, and to verify and sign; and the bytes of a signature, if they are
 * always as many: Firefox takes shorter ones of ECDSA too.
 */
const HOST = /** @type {const} */ ({
  HS256: { format: "raw", algorithm: { name: "HMAC", hash: "SHA-256" }, bytes: 32 },
  EdDSA: { format: "raw", algorithm: { name: "Ed25519" }, bytes: 64 },
  ES256: {
    format: "raw",
    algorithm: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
    bytes: 64,
  },
  RS256: { format: "spki", algorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, bytes: 0 },
});

/** @typedef {CatRequest & { external?: Uint8Array }} Asked `external` is signed without being in the token */

/** What is wanted of a token, and what is known, as `judgeToken` takes it. */
const ENTITLEMENT = 1;
const CAT = 2;
const TAGGED = 4;
const KNOWN_USE = 8;
const USED = 16;
const ASKED = 32;
const SIGNED = 64;

/** Letters, digits, `-`, `.`, `_` and `~`, escaped (RFC 3986, section 2.3). */
const UNNEEDED = /%(2[DE]|3\d|[46][1-9A-F]|[57][\dA]|5F|7E)/gi;

/** @type {Map<string, true>} by the digest of a token and its key, oldest first */
const signatures = new Map();

/** @type {Map<string, Promise<CryptoKey>>} by algorithm and key, oldest first */
const imported = new Map();

let stamps = 0;

/** Tokens that are taken back before they are over. */
export class DenyList {
  #json;
  #stamp = ++stamps;

  /**
   * @param {Uint8Array} json `{ made_ms, entries: [{ kind: "token" | "subject" | "epoch", value, until, epoch? }] }`
   * @throws {UsherError} if it is anything else
   */
  constructor(json) {
    this.#json = json;
    called(() => loadDenyList(json, this.#stamp));
  }

  /**
   * Passes what is not denied.
   * @param {{ id?: string | null, subject?: string | null, epoch?: number }} named `jti` or `cti`, `sub`, and the key
   *   epoch of the subject
   * @param {{ now: number, max_age_s: number, stale: "open" | "closed" }} settings the time in seconds, UTC
   * @returns {boolean} whether the list is too old to know what was denied since
   * @throws {UsherError} `token_revoked`, or `unavailable` if it is too old and has to be closed then
   */
  check({ id, subject, epoch = 0 }, { now, max_age_s, stale }) {
    const texts = `${id ?? ""}\0${subject ?? ""}`;
    const ask = () =>
      called(() => checkDenyList(this.#stamp, texts, epoch, now, max_age_s, stale === "open"));
    const found = ask();
    if (found >= 0) return found > 0;
    // Another list was asked meanwhile, or the module was started afresh: it holds one at a time.
    loadDenyList(this.#json, this.#stamp);
    return ask() > 0;
  }
}

/**
 * What an entitlement token says, if it holds. A signature is verified once; time, keys and deny list are judged at
 * every call.
 * @param {string} token
 * @param {string} keyset `{ "keys": [...] }` as it is published
 * @param {{ issuer: string, audience: string, now: number, skew?: number, denied?: Denial | null }} expected `now` in
 *   seconds, UTC; `skew` 0 to 5
 * @returns {Promise<Entitlement>}
 * @throws {UsherError} with the step in `field`: `malformed`, `header`, `key`, `signature`, `claims`, `time`, `scope`,
 *   `revoked`
 */
export async function verifyEntitlementToken(token, keyset, expected) {
  const told = await verified(token, keyset, ENTITLEMENT, expected, expected);
  const { sub, jti, epoch, iat, exp, ent } = JSON.parse(told);
  const stale = isStale({ id: jti, subject: sub, epoch }, expected, expected.denied);
  return { viewer: sub, jti, epoch, issued: iat, expires: exp, ent, stale };
}

/**
 * What a common access token says, if one of the secrets protects it and it holds for a request.
 * @param {string} keys `kid:base64url[,kid:base64url...]`, or a keyset
 * @param {string | Uint8Array} token
 * @param {CatRequest} request
 * @param {CatSettings} [settings]
 * @returns {CatClaims}
 * @throws {UsherError} as `verifyEntitlementToken`
 */
export function checkCat(keys, token, request, settings = {}) {
  return catClaims(judged(token, keys, CAT | ASKED, request, settings), request, settings);
}

/**
 * The same of one that may be signed with a public key too.
 * @param {string} keys
 * @param {string | Uint8Array} token
 * @param {CatRequest} request
 * @param {CatSettings} [settings]
 * @returns {Promise<CatClaims>}
 */
export async function verifyCat(keys, token, request, settings = {}) {
  return catClaims(await verified(token, keys, CAT, request, settings), request, settings);
}

/**
 * What is signed in a JSON Web Signature (a text) or a COSE_Mac0 or COSE_Sign1 (bytes, or base64url without dots), if
 * it is; its claims, if it has any, are not judged.
 * @param {string | Uint8Array} token
 * @param {string} keyset
 * @param {{ now: number, external?: Uint8Array }} circumstances `external` is signed without being in the token
 * @returns {Promise<Uint8Array>}
 */
export async function verifySigned(token, keyset, circumstances) {
  return verified(token, keyset, 0, circumstances, {});
}

/**
 * A common access token that the first secret protects.
 * @param {string} keys
 * @param {CatDraft} claims
 * @param {number} [now] in seconds, UTC: when the secret has to be valid
 * @returns {string} base64url
 */
export function mintCat(keys, claims, now = claims.iat ?? claims.exp) {
  return called(() => composeCat(JSON.stringify({ catv: 1, ...claims }), keys, now, "", "", null));
}

/**
 * A common access token that a private key signs.
 * @param {CatDraft} claims
 * @param {Signer} signer of ES256 or EdDSA
 * @returns {Promise<string>} base64url
 */
export async function signCat(claims, { kid, alg, key }) {
  const compose = (/** @type {Uint8Array | null} */ signature) =>
    called(() => composeCat(JSON.stringify({ catv: 1, ...claims }), "", 0, alg, kid, signature));
  return compose(await signed(alg, key, compose(null)));
}

/**
 * An entitlement token: the header `{"alg","kid","typ":"JWT"}` and the claims, each as JSON in base64url.
 * @param {{ iss: string, aud: string, sub: string, jti: string, iat: number, exp: number, epoch: number, ent: object }}
 *   claims
 * @param {Signer} signer
 * @returns {Promise<string>}
 */
export async function signEntitlementToken(claims, { kid, alg, key }) {
  const parts = [{ alg, kid, typ: "JWT" }, claims].map((part) =>
    base64url(new TextEncoder().encode(JSON.stringify(part))),
  );
  const message = parts.join(".");
  return `${message}.${base64url(await signed(alg, key, new TextEncoder().encode(message)))}`;
}

/**
 * Whether a key has signed a message, by the host.
 * @param {Algorithm} alg
 * @param {Uint8Array} key raw, of RSA as SPKI
 * @param {Uint8Array} message
 * @param {Uint8Array} signature
 * @returns {Promise<boolean>}
 */
export async function verifyMessage(alg, key, message, signature) {
  const { algorithm, bytes } = HOST[alg];
  if (bytes && signature.length !== bytes) return false;
  try {
    const taken = await publicKey(alg, key);
    return await crypto.subtle.verify(algorithm, taken, whole(signature), whole(message));
  } catch (error) {
    // A key or a signature that the host does not take has signed nothing.
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/**
 * Judges a token, after the host has verified what is signed with a public key.
 * @param {string | Uint8Array} token
 * @param {string} keys
 * @param {number} flags
 * @param {Asked} request
 * @param {CatSettings} settings
 */
async function verified(token, keys, flags, request, settings) {
  /** @type {Uint8Array} */
  const opened = judged(token, keys, flags, request, settings);
  const alg = ALGORITHMS[opened[DIGEST_BYTES] ?? 0] ?? "HS256";
  if (alg === "HS256") return judged(token, keys, flags | ASKED, request, settings);
  const digest = String.fromCharCode(...opened.subarray(0, DIGEST_BYTES));
  const isSigned = signatures.has(digest) || (await isSignedBy(alg, opened));
  if (isSigned) remember(signatures, digest, true, SIGNATURES_MAX);
  return judged(token, keys, flags | ASKED | (isSigned ? SIGNED : 0), request, settings);
}

/**
 * @param {Algorithm} alg
 * @param {Uint8Array} opened
 */
function isSignedBy(alg, opened) {
  const view = new DataView(opened.buffer, opened.byteOffset);
  const keyEnd = HEAD_BYTES + view.getUint16(DIGEST_BYTES + 1);
  const end = keyEnd + view.getUint16(DIGEST_BYTES + 3);
  const key = opened.subarray(HEAD_BYTES, keyEnd);
  return verifyMessage(alg, key, opened.subarray(end), opened.subarray(keyEnd, end));
}

/**
 * @param {string | Uint8Array} token
 * @param {string} keys
 * @param {number} flags
 * @param {Asked} request
 * @param {CatSettings} settings
 * @returns {any} what is signed, or the claims
 */
function judged(token, keys, flags, request, settings) {
  const { url, method, ip, country, now, replayed, external } = request;
  const { issuer, audience, skew, cwt_tag } = settings;
  const from = `${put(normal(url))}\0${put(method)}\0${put(ip)}\0${put(country)}`;
  const texts = `${from}\0${put(issuer)}\0${put(audience)}`;
  if (cwt_tag === "required") flags |= TAGGED;
  if (replayed != null) flags |= replayed ? KNOWN_USE | USED : KNOWN_USE;
  return called(() => judgeToken(token, keys, texts, now, skew ?? 0, flags, external));
}

/** @param {string | null | undefined} text nothing, if it is absent */
const put = (text) => (text == null ? "" : `=${text}`);

/**
 * An address in its normal form: as the host's URL parser writes it, and without escapes that are not needed. One that is
 * none fits no restriction.
 * @param {string | null | undefined} url
 */
function normal(url) {
  if (!url || !URL.canParse(url)) return null;
  const { href } = new URL(url);
  return href.includes("%") ? href.replace(UNNEEDED, decodeURIComponent) : href;
}

/**
 * @param {string} told
 * @param {CatRequest} request
 * @param {CatSettings} settings
 * @returns {CatClaims}
 */
function catClaims(told, request, settings) {
  const [exp, iat, renewal_type, expadd, deadline, iss, sub, cti] = told.split("\0");
  const claims = {
    exp: Number(exp),
    iat: number(iat),
    iss: text(iss),
    sub: text(sub),
    cti: text(cti),
    renewal_type: number(renewal_type),
    expadd: number(expadd),
    deadline: number(deadline),
    stale: false,
  };
  claims.stale = isStale({ id: claims.cti, subject: claims.sub }, request, settings.denied);
  return claims;
}

/** @param {string | undefined} told */
const number = (told) => (told ? Number(told) : null);

/** @param {string | undefined} told */
const text = (told) => (told ? told.slice(1) : null);

/**
 * @param {Parameters<DenyList["check"]>[0]} named
 * @param {{ now: number }} request
 * @param {Denial | null | undefined} denied
 */
const isStale = (named, { now }, denied) =>
  denied ? denied.list.check(named, { ...denied, now }) : false;

/**
 * @param {Algorithm} alg
 * @param {Uint8Array} key
 * @returns {Promise<CryptoKey>}
 */
function publicKey(alg, key) {
  const name = `${alg}:${base64url(key)}`;
  const known = imported.get(name);
  if (known) return known;
  const { format, algorithm } = HOST[alg];
  const taken = crypto.subtle.importKey(format, whole(key), algorithm, false, ["verify"]);
  remember(imported, name, taken, KEYS_MAX);
  return taken;
}

/**
 * @param {Algorithm} alg
 * @param {CryptoKey} key
 * @param {Uint8Array} message
 */
async function signed(alg, key, message) {
  return new Uint8Array(await crypto.subtle.sign(HOST[alg].algorithm, key, whole(message)));
}

/**
 * @template T
 * @param {Map<string, T>} known
 * @param {string} name
 * @param {T} value
 * @param {number} max
 */
function remember(known, name, value, max) {
  if (known.has(name)) return;
  if (known.size >= max) known.delete(/** @type {string} */ (known.keys().next().value));
  known.set(name, value);
}

/** @param {Uint8Array} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** @param {Uint8Array} bytes */
const whole = (bytes) => /** @type {Uint8Array<ArrayBuffer>} */ (bytes);

/**
 * @template T
 * @param {() => T} call
 * @returns {T}
 */
function called(call) {
  try {
    return call();
  } catch (refusal) {
    throw UsherError.from(refusal);
  }
}
