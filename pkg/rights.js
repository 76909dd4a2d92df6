// @ts-check
// The entry point of whoever asks what a viewer may watch: an edge, the catalogue's worker, a gate before the media,
// and a page that decides for its interface.
import {
  checkReceipt,
  initSync as start,
  signReceipt,
  __wbg_reset_state as startAfresh,
} from "#wasm/rights";
import { countInstance } from "./catalogue.js";
import { UsherError } from "./error.js";
import { loader, restartable } from "./load.js";

export { countryCode, moveStreams } from "#wasm/rights";
export {
  Catalogue,
  DEVICE_CLASSES,
  NOTICES,
  REASONS,
  Rights,
  decideCatalogue,
  decideTitles,
  explainDecision,
  reasonsOf,
} from "./catalogue.js";
export {
  DenyList,
  checkCat,
  mintCat,
  signCat,
  signEntitlementToken,
  verifyCat,
  verifyEntitlementToken,
  verifyMessage,
  verifySigned,
} from "./token.js";
export { UsherError } from "./error.js";

/** @typedef {import("#wasm/rights").EntitlementDecision} EntitlementDecision */
/** @typedef {import("#wasm/rights").EntitlementViewer} EntitlementViewer */
/** @typedef {import("#wasm/rights").EntitlementGrant} EntitlementGrant */
/** @typedef {import("#wasm/rights").EntitlementReason} EntitlementReason */
/** @typedef {import("#wasm/rights").EntitlementExplanation} EntitlementExplanation */
/** @typedef {import("#wasm/rights").EntitlementListing} EntitlementListing */
/** @typedef {import("#wasm/rights").EntitlementStep} EntitlementStep */
/** @typedef {import("#wasm/rights").EntitlementCircumstances} EntitlementCircumstances */

const instantiate = restartable(start, startAfresh, countInstance);

export const { init } = loader(instantiate, () => new URL("./rights.wasm", import.meta.url));

/**
 * Instantiates a compiled module at once, as a worker does at its start. Called again, it replaces
 * the instance: the remedy after a trap.
 * @param {WebAssembly.Module} module
 */
export function initSync(module) {
  instantiate({ module });
}

/**
 * The receipt of a decision, signed; `digest` is what the next one of the same chain names as `previous`.
 * @param {string | null | undefined} keys `kid:base64url[,kid:base64url...]`; the first signs
 * @param {{ previous: string | null, input: object, decision: object, at: number }} decided
 */
export function makeReceipt(keys, decided) {
  return signReceipt(keys ?? "", JSON.stringify(decided));
}

/**
 * Checks receipts that follow one another: that a key of ours has signed each, and that each names the one before it.
 * @param {string | null | undefined} keys `kid:base64url[,kid:base64url...]`
 * @param {string[]} receipts the oldest first
 * @param {string | null} previous the digest of the one before the first; null for the first of a chain
 * @returns {{ digest: string | null, claims: any[] }} the digest of the last, and what each says
 * @throws {UsherError} `token_invalid` with the place of the first that nobody has signed, or that does not follow
 */
export function verifyReceipts(keys, receipts, previous) {
  let digest = previous;
  const claims = receipts.map((receipt, place) => {
    try {
      const checked = checkReceipt(keys ?? "", `${receipt}`);
      if (checked.claims.previous !== digest) {
        const message = "expected the receipt that follows the one before it";
        throw new UsherError("token_invalid", message, "receipt");
      }
      digest = checked.digest;
      return checked.claims;
    } catch (error) {
      const { code, message, field } = UsherError.from(error);
      throw new UsherError(code, message, field === "receipt" ? `receipts[${place}]` : field);
    }
  });
  return { digest, claims };
}
