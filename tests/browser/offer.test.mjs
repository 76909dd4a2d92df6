// @ts-check
// A signed offer in the player: browsers verify it with the public key alone, and price it offline.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newCoupon, newGroup } from "../edge/coupon-api.mjs";
import { request } from "../edge/api.mjs";
import { COUPON_ENVIRONMENT, startServer } from "../edge/server.mjs";
import { startChromium } from "./chromium.mjs";
import { startFirefox } from "./firefox.mjs";

/** @type {import("../edge/server.mjs").Server} */
let server;
/** @type {string} */
let token;

before(async () => {
  server = await startServer();
  const group = await newGroup(server.url);
  const { coupon } = await newCoupon(server.url, group.id, {
    codes: { kind: "named", code: "SUMMER" },
  });
  const body = JSON.stringify({ coupon: coupon.id, expires_ms: Date.now() + 60_000 });
  token = (await request(`${server.url}/v1/coupon-offers`, { method: "POST", body })).body.token;
});
after(() => server.stop());

/**
 * In the page: what an offer costs and saves, and what one letter more makes of it.
 * @param {{ token: string, keys: string }} given
 */
async function read({ token, keys }) {
  const url = "/usher/edge.js";
  const { init, previewCoupon, verifyOffer } = await import(url);
  await init();
  const circumstances = { now_ms: Date.now(), audience: "demo" };
  const offer = await verifyOffer(token, keys, circumstances);
  const purchase = { currency: "EUR", lines: [{ id: "ticket", unit_minor: 999, quantity: 1 }] };
  const { subtotal_minor, total_minor } = previewCoupon(offer, purchase, Date.now());
  const swapped = token.replace(/\.[^.]*\./, (claims) => `${claims.slice(0, -2)}Q.`);
  /** @type {string[]} */
  const codes = [];
  for (const forged of [swapped, `${token}A`]) {
    await verifyOffer(forged, keys, circumstances).catch((/** @type {any} */ error) =>
      codes.push(error.code),
    );
  }
  return { code: offer.code, subtotal_minor, total_minor, codes };
}

for (const [name, start] of Object.entries({ chromium: startChromium, firefox: startFirefox })) {
  test(`an_offer_is_verified_and_priced_in_${name}`, { timeout: 60_000 }, async (context) => {
    const browser = await start();
    context.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${server.url}/console`);
    const keys = COUPON_ENVIRONMENT.COUPON_PUBLIC_KEYS;
    assert.deepEqual(await page.evaluate(read, { token, keys }), {
      code: "SUMMER",
      subtotal_minor: 999,
      total_minor: 799,
      codes: ["token_invalid", "token_invalid"],
    });
  });
}
