// @ts-check
// An offer that came with the link: `#offer=token`. Its signature is verified here, by a module that is
// loaded only then.
import { call } from "./api.js";

/**
 * @typedef {Awaited<ReturnType<typeof import("usher/edge").verifyOffer>>} Offer
 */

/** @returns {string | null} */
export function offerToken() {
  return new URLSearchParams(location.hash.slice(1)).get("offer");
}

/**
 * The offer, and what a purchase would cost with it: a preview, which no server was asked for.
 *
 * @param {string} token
 * @param {import("./tickets.js").Good | null} good
 * @returns {Promise<{ offer: Offer, good: import("./tickets.js").Good | null, decision: any }>}
 * @throws {import("usher/edge").UsherError} if it is not signed, has ended, or is of another house
 */
export async function verifiedOffer(token, good) {
  const [edge, keys] = await Promise.all([import("usher/edge"), publicKeys()]);
  await edge.init("/usher/edge.wasm");
  const now_ms = Date.now();
  const { public_keys, audience } = keys;
  const offer = await edge.verifyOffer(token, public_keys, { now_ms, audience });
  if (good === null) return { offer, good, decision: null };
  const customer = offer.sub ? { customer: { id: offer.sub } } : {};
  const purchase = /** @type {any} */ ({ ...good.purchase, ...customer });
  return { offer, good, decision: edge.previewCoupon(offer, purchase, now_ms) };
}

async function publicKeys() {
  /** @type {{ public_keys: string, audience: string }} */
  const keys = await call("/checkout/keys");
  return keys;
}
