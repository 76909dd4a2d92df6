// @ts-check
// What is signed here and verified elsewhere: by an edge, by a page.
import { signingKeys } from "usher/office";
import { base64url } from "./base64.js";
import { callModule } from "./office-module.js";
import { Refused } from "./refusal.js";
import { STATEMENT_HEADER, digestOf } from "./statement.js";

/** @typedef {"EdDSA" | "ES256"} Algorithm */

/** @typedef {{ kid: string, alg: Algorithm, key: CryptoKey }} Signer */

/**
 * The half of a key that anybody may know.
 * @typedef {{ kid: string, alg: Algorithm, key: string }} PublicKey key: base64url of 32 bytes of Ed25519, of the
 *   uncompressed point of P-256
 */

const IMPORTED = { EdDSA: "Ed25519", ES256: { name: "ECDSA", namedCurve: "P-256" } };
const SIGNED = { EdDSA: "Ed25519", ES256: { name: "ECDSA", hash: "SHA-256" } };

/** What stands before the two coordinates of an uncompressed point (SEC 1, section 2.3.3). */
const UNCOMPRESSED = 4;

/** @type {Map<string, { setting: string, signers: Promise<Signer[]> }>} by the name of the setting, of the last environment */
const signers = new Map();

/** @type {Map<string, { setting: string, keys: Promise<PublicKey[]> }>} the same */
const publicKeys = new Map();

/**
 * Who signs, the first of a setting. Throws `not_configured`.
 * @param {string} name of the setting
 * @param {string | null | undefined} setting
 * @returns {Promise<Signer>}
 */
export async function signerOf(name, setting) {
  const [first] = await signersOf(name, setting);
  return /** @type {Signer} */ (first);
}

/**
 * All keys of a setting, in order. Throws `not_configured`.
 * @param {string} name of the setting
 * @param {string | null | undefined} given
 * @returns {Promise<Signer[]>}
 */
export function signersOf(name, given) {
  const setting = given ?? "";
  const known = signers.get(name);
  if (known?.setting === setting) return known.signers;
  const made = imported(name, setting, false);
  signers.set(name, { setting, signers: made });
  return made;
}

/**
 * The public halves of all keys of a setting, in order. Throws `not_configured`.
 * @param {string} name of the setting
 * @param {string | null | undefined} given
 */
export function publicKeysOf(name, given) {
  const setting = given ?? "";
  const known = publicKeys.get(name);
  if (known?.setting === setting) return known.keys;
  const keys = imported(name, setting, true).then((all) => Promise.all(all.map(publicHalf)));
  publicKeys.set(name, { setting, keys });
  return keys;
}

/**
 * The signature of a text, as base64url.
 * @param {Signer} signer
 * @param {string} text
 */
export async function signatureOf({ alg, key }, text) {
  const message = new TextEncoder().encode(text);
  return base64url(new Uint8Array(await crypto.subtle.sign(SIGNED[alg], key, message)));
}

/**
 * What is said of a body.
 * @typedef {object} Said
 * @property {string} subject what it is
 * @property {string} tenant
 * @property {number} version
 * @property {string} digest of the body, as base64url
 * @property {string} type of media
 * @property {() => BodyInit} body asked for only if the one who asks does not have it
 */

/**
 * A body with its statement, which says that it is so now; the statement alone for who has the body already.
 * @param {Request} request
 * @param {Signer} signer
 * @param {Said} said
 * @param {number} madeMs when it was asked for, UTC
 */
export async function signedAnswer(request, signer, said, madeMs) {
  const { subject, tenant, version, digest } = said;
  const text = JSON.stringify({ subject, tenant, version, made_ms: madeMs, digest });
  const etag = `"${digest}"`;
  const encoded = base64url(new TextEncoder().encode(text));
  const headers = {
    [STATEMENT_HEADER]: `${encoded}.${signer.kid}.${await signatureOf(signer, text)}`,
    etag,
    // Whoever keeps it asks whether it still holds.
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  };
  if (request.headers.get("if-none-match") === etag) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(said.body(), { headers: { ...headers, "content-type": said.type } });
}

/**
 * The same of a body that is held whole.
 * @param {Request} request
 * @param {Signer} signer
 * @param {Omit<Said, "digest" | "body"> & { body: Uint8Array }} said
 * @param {number} madeMs
 */
export async function signedBytes(request, signer, said, madeMs) {
  const { body } = said;
  const digest = await digestOf(body);
  return signedAnswer(request, signer, { ...said, digest, body: () => body }, madeMs);
}

/**
 * @param {string} name
 * @param {string} setting
 * @param {boolean} isExtractable
 * @returns {Promise<Signer[]>}
 */
async function imported(name, setting, isExtractable) {
  const { keys } = callModule(() => signingKeys(name, setting));
  const { subtle } = crypto;
  try {
    return await Promise.all(
      keys.map(async ({ kid, alg, pkcs8 }) => {
        const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (pkcs8);
        const use = await subtle.importKey("pkcs8", bytes, IMPORTED[alg], isExtractable, ["sign"]);
        return { kid, alg, key: use };
      }),
    );
  } catch {
    throw new Refused("not_configured", `\`${name}\` has a key that is none of its kind`);
  }
}

/**
 * @param {Signer} signer whose key may be told
 * @returns {Promise<PublicKey>}
 */
async function publicHalf({ kid, alg, key }) {
  const { x = "", y = "" } = /** @type {JsonWebKey} */ (await crypto.subtle.exportKey("jwk", key));
  return { kid, alg, key: alg === "EdDSA" ? x : pointOf(x, y) };
}

/**
 * @param {string} x base64url
 * @param {string} y base64url
 */
function pointOf(x, y) {
  const halves = [x, y].map((text) => atob(text.replaceAll("-", "+").replaceAll("_", "/")));
  const bytes = Array.from(halves.join(""), (letter) => letter.charCodeAt(0));
  return base64url(Uint8Array.from([UNCOMPRESSED, ...bytes]));
}
