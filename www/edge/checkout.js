// @ts-check
// The checkout of the demo: what an operator's own backend does with coupons. It reserves, takes the money,
// confirms, and gives back what is cancelled; each step with a key, so that it may be asked for again.
import { readBody } from "./body.js";
import { Refused, json, methodNotAllowed, refusalOf, refusalResponse } from "./refusal.js";

/**
 * @typedef {object} Good
 * @property {string} scope what is bought, as coupons name it
 * @property {number} unit_minor
 * @property {string} currency
 *
 * @typedef {object} Order
 * @property {string} order the page's name for it: the same one asks for the same thing again
 * @property {string} viewer
 * @property {string} scope
 * @property {string} [code] of a coupon
 * @property {string} [tz] IANA, for trials that count days of a calendar
 * @property {string} [redemption] of an order that is cancelled
 */

/** The prices of the house: films for two days, one live evening, and everything for a month. @type {Good[]} */
const GOODS = [
  { scope: "vod:the-blob-that-buffered", unit_minor: 499, currency: "EUR" },
  { scope: "vod:fifty-foot-test-card", unit_minor: 349, currency: "EUR" },
  { scope: "vod:love-at-two-frames", unit_minor: 599, currency: "EUR" },
  { scope: "live:midnight-premiere", unit_minor: 1299, currency: "EUR" },
  { scope: "plan:cult-monthly", unit_minor: 899, currency: "EUR" },
];

const ORDER_BYTES_MAX = 4096;

/** Names that become part of an `Idempotency-Key`. */
const ORDER_NAME = /^[\w-]{8,100}$/;

/**
 * `GET /checkout`: what is sold. `POST /checkout` `{ order, viewer, scope, code? }`: buys it.
 * `POST /checkout/cancel` `{ order, redemption }`: gives the coupon back.
 *
 * @param {Request} request
 * @param {string} pathname
 * @param {(path: string, init: RequestInit) => Promise<Response>} edge asks the edge as the operator
 */
export async function checkoutResponse(request, pathname, edge) {
  try {
    if (pathname === "/checkout" && request.method === "GET") {
      return json({ goods: GOODS.map((good) => ({ ...good, purchase: purchaseOf(good) })) });
    }
    const isCheckout = pathname === "/checkout";
    if (request.method !== "POST") return methodNotAllowed(isCheckout ? "GET, POST" : "POST");
    const order = await orderIn(request);
    return isCheckout ? await buy(order, edge) : await cancel(order, edge);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return refusalResponse(refusal);
  }
}

/** @param {Good} good */
function purchaseOf({ scope, unit_minor, currency }) {
  return { scope, currency, lines: [{ id: scope, unit_minor, quantity: 1 }] };
}

/**
 * @param {Order} order
 * @param {(path: string, init: RequestInit) => Promise<Response>} edge
 */
async function buy({ order, viewer, scope, code, tz }, edge) {
  const good = GOODS.find((each) => each.scope === scope);
  if (!good) throw new Refused("invalid_value", `\`${scope}\` is not sold here`, "scope");
  const { unit_minor, currency } = good;
  if (!code) return json({ paid_minor: unit_minor, currency, redemption: null }, {}, 201);
  // This house keeps no books: everybody buys for the first time.
  const customer = { id: viewer, paid_before: false, segments: [] };
  const purchase = { ...purchaseOf(good), customer, basket: order, ...(tz ? { tz } : {}) };
  const reserved = await asked(edge, "/v1/redemptions", `${order}.reserve`, { code, purchase });
  if (!reserved.ok) return reserved.response;
  const { id, decision } = reserved.body;
  // A coupon that takes nothing off uses up nothing.
  if (!id) return json({ paid_minor: unit_minor, currency, redemption: null }, {}, 201);
  // Here a real house takes the money; the hold lasts as long as that may take.
  const confirmed = await asked(edge, `/v1/redemptions/${id}/confirm`, `${order}.confirm`, {});
  if (!confirmed.ok) return confirmed.response;
  return json({ paid_minor: decision.total_minor, currency, redemption: confirmed.body }, {}, 201);
}

/**
 * @param {Order} order
 * @param {(path: string, init: RequestInit) => Promise<Response>} edge
 */
async function cancel({ order, redemption }, edge) {
  if (!redemption) return json({ redemption: null });
  const path = `/v1/redemptions/${encodeURIComponent(redemption)}/reverse`;
  const reversed = await asked(edge, path, `${order}.reverse`, {});
  return reversed.ok ? json({ redemption: reversed.body }) : reversed.response;
}

/**
 * @param {(path: string, init: RequestInit) => Promise<Response>} edge
 * @param {string} path
 * @param {string} key
 * @param {unknown} body
 * @returns {Promise<{ ok: true, body: any } | { ok: false, response: Response }>} a refusal as it is
 */
async function asked(edge, path, key, body) {
  const headers = { "idempotency-key": key, "content-type": "application/json" };
  const response = await edge(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) return { ok: false, response };
  return { ok: true, body: await response.json() };
}

/** @param {Request} request */
async function orderIn(request) {
  const bytes = await readBody(request, ORDER_BYTES_MAX);
  /** @type {Order} */
  let order;
  try {
    order = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Refused("malformed_json", "expected JSON in UTF-8");
  }
  if (typeof order?.order !== "string" || !ORDER_NAME.test(order.order)) {
    throw new Refused("invalid_value", "expected 8 to 100 letters, digits, _ or -", "order");
  }
  return order;
}
