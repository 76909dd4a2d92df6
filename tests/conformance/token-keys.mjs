// @ts-check
// Keysets out of the keys of other formats.
import { createPublicKey } from "node:crypto";

/** @typedef {"HS256" | "EdDSA" | "ES256" | "RS256"} Algorithm */

/** @param {Uint8Array | Buffer} bytes */
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

/** @param {string} hex */
export const bytesOf = (hex) => new Uint8Array(Buffer.from(hex, "hex"));

/**
 * A keyset of one key.
 * @param {Algorithm} alg
 * @param {Uint8Array} key
 * @param {string} [kid]
 */
export const keysetOf = (alg, key, kid = "key") =>
  JSON.stringify({ keys: [{ kid, alg, key: base64url(key) }] });

/**
 * The key of a JWK as Usher takes it: raw, of RSA as SPKI.
 * @param {any} jwk
 */
export function keyOfJwk(jwk) {
  if (jwk.kty === "oct") return new Uint8Array(Buffer.from(jwk.k, "base64url"));
  if (jwk.kty === "OKP") return new Uint8Array(Buffer.from(jwk.x, "base64url"));
  if (jwk.kty === "EC") return pointOf(jwk.x, jwk.y, "base64url");
  const { kty, n, e } = jwk;
  const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
  return new Uint8Array(key.export({ type: "spki", format: "der" }));
}

/**
 * What a JWK verifies; null if that is nothing that Usher does.
 * @param {any} jwk
 * @returns {Algorithm | null}
 */
export function algorithmOfJwk({ alg, kty, crv }) {
  const known = /** @type {const} */ (["HS256", "EdDSA", "ES256", "RS256"]);
  if (alg !== undefined) return known.find((name) => name === alg) ?? null;
  if (kty === "oct") return "HS256";
  if (crv === "Ed25519") return "EdDSA";
  return crv === "P-256" ? "ES256" : null;
}

/**
 * An uncompressed point of P-256.
 * @param {string} x
 * @param {string} y
 * @param {"hex" | "base64url"} encoding
 */
export function pointOf(x, y, encoding) {
  const [left, right] = [Buffer.from(x, encoding), Buffer.from(y, encoding)];
  return new Uint8Array(Buffer.concat([Buffer.from([4]), left, right]));
}

/**
 * The key of an example of the COSE working group.
 * @param {any} key
 */
export function keyOfCose(key) {
  if (key.k_hex) return bytesOf(key.k_hex);
  if (key.kty === "EC") {
    return key.x_hex ? pointOf(key.x_hex, key.y_hex, "hex") : pointOf(key.x, key.y, "base64url");
  }
  return key.x_hex ? bytesOf(key.x_hex) : keyOfJwk(key);
}
