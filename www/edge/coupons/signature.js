// @ts-check
import { signingKey } from "usher/office";
import { base64url } from "../base64.js";
import { callModule } from "../office-module.js";

/** @typedef {{ COUPON_SIGNING_KEY?: string | null }} SigningEnv */

/** @typedef {{ kid: string, key: CryptoKey }} Signer */

/** @type {{ setting: string, signer: Promise<Signer> } | null} that of the last environment that asked */
let last = null;

/**
 * Who signs. Throws `not_configured`.
 * @param {SigningEnv} env
 * @returns {Promise<Signer>}
 */
export function signerOf({ COUPON_SIGNING_KEY }) {
  const setting = COUPON_SIGNING_KEY ?? "";
  if (last?.setting !== setting) {
    const { kid, pkcs8 } = callModule(() => signingKey(setting));
    const bytes = /** @type {Uint8Array<ArrayBuffer>} */ (pkcs8);
    const key = crypto.subtle.importKey("pkcs8", bytes, "Ed25519", false, ["sign"]);
    last = { setting, signer: key.then((key) => ({ kid, key })) };
  }
  return last.signer;
}

/**
 * The signature of a text, as base64url.
 * @param {Signer} signer
 * @param {string} text
 */
export async function signatureOf({ key }, text) {
  const message = new TextEncoder().encode(text);
  return base64url(new Uint8Array(await crypto.subtle.sign("Ed25519", key, message)));
}
