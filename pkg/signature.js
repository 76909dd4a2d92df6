// @ts-check
import { checkCoupon, checkOffer, publicKey, readOffer } from "#wasm/edge";
import { UsherError } from "./error.js";

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** A code that is none of a coupon's. */
const PLACEHOLDER = "OFFER";

/**
 * Whether the key of a name has signed a message, with Ed25519.
 * @param {string | null | undefined} publicKeys `kid:base64url[,kid:base64url...]`
 * @param {string} kid
 * @param {BufferSource} message
 * @param {BufferSource} signature
 * @returns {Promise<boolean>}
 * @throws {UsherError} `token_invalid` if no key has the name, `not_configured`
 */
export async function verifySignature(publicKeys, kid, message, signature) {
  return verify(publicKey(publicKeys, kid), message, signature);
}

/**
 * What a signed offer says, if it holds. The module parses, the host verifies, the module checks; of an
 * offer that does not hold nothing is told.
 * @param {string} token
 * @param {string} publicKeys `kid:base64url[,kid:base64url...]`
 * @param {{ now_ms: number, audience: string }} circumstances the time, UTC, and whose the offer has to be: the
 *   tenant, who stands in `iss`
 * @returns {Promise<import("#wasm/edge").Offer>}
 * @throws {UsherError} `token_invalid`, `token_scope` of another tenant, `token_expired`
 */
export async function verifyOffer(token, publicKeys, { now_ms, audience }) {
  try {
    const parts = readOffer(String(token), publicKeys);
    const behind = KEY_BYTES + SIGNATURE_BYTES;
    const isSigned = await verify(
      parts.slice(0, KEY_BYTES),
      parts.slice(behind),
      parts.slice(KEY_BYTES, behind),
    );
    return checkOffer(String(token), isSigned, audience, now_ms);
  } catch (refusal) {
    throw UsherError.from(refusal);
  }
}

/**
 * What an offer makes of a purchase, before anybody is asked: who consumes judges it again.
 * @param {import("#wasm/edge").Offer} offer
 * @param {import("#wasm/edge").Purchase} purchase
 * @param {number} now_ms UTC
 * @returns {import("#wasm/edge").Decision} provisional
 * @throws {UsherError} `invalid_value` of what is no purchase
 */
export function previewCoupon({ coupon, code }, purchase, now_ms) {
  const named = /** @type {{ code?: string }} */ (coupon.codes).code;
  // An offer need not tell a generated code; which one it would be changes no price.
  const issued = named ? undefined : (code ?? PLACEHOLDER);
  const asked = {
    code: code ?? named ?? PLACEHOLDER,
    issued,
    coupon,
    purchase,
    counts: null,
    now_ms,
  };
  return checkCoupon(/** @type {any} */ (asked));
}

/**
 * @param {Uint8Array} key
 * @param {BufferSource} message
 * @param {BufferSource} signature
 */
async function verify(key, message, signature) {
  const { subtle } = crypto;
  const raw = /** @type {Uint8Array<ArrayBuffer>} */ (key);
  const imported = await subtle.importKey("raw", raw, "Ed25519", false, ["verify"]);
  return subtle.verify("Ed25519", imported, signature, message);
}
