// @ts-check
// How many coupons one workerd judges.
import { newCoupon, newGroup } from "../edge/coupon-api.mjs";
import { startServer } from "../edge/server.mjs";

const REQUESTS = 4_000;
const CONNECTIONS = 32;

const PURCHASE = { currency: "EUR", lines: [{ id: "ticket", unit_minor: 999, quantity: 2 }] };

/**
 * @typedef {object} CouponEdge
 * @property {number} valid_per_second requests of a named code
 * @property {number} refused_per_second requests of codes that nobody has, each counted
 */

/** @returns {Promise<CouponEdge>} */
export async function measureCouponEdge() {
  const server = await startServer({ environment: { COUPON_FAILURES_PER_HOUR: "1000000000" } });
  try {
    const group = await newGroup(server.url);
    await newCoupon(server.url, group.id, { codes: { kind: "named", code: "SUMMER" } });
    await perSecond(server.url, () => "SUMMER");
    const valid_per_second = await perSecond(server.url, () => "SUMMER");
    const refused_per_second = await perSecond(server.url, (index) => `WRONG${index}`);
    return { valid_per_second, refused_per_second };
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} url
 * @param {(index: number) => string} codeOf
 */
async function perSecond(url, codeOf) {
  let sent = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (sent < REQUESTS) {
        sent += 1;
        const body = JSON.stringify({
          code: codeOf(sent),
          viewer: `viewer-${sent}`,
          purchase: PURCHASE,
        });
        const response = await fetch(`${url}/v1/coupons/check`, { method: "POST", body });
        await response.arrayBuffer();
        if (response.status !== 200) throw new Error(`answered \`${response.status}\``);
      }
    }),
  );
  return REQUESTS / ((performance.now() - began) / 1000);
}

if (import.meta.url === `file://${process.argv[1]}`) console.log(await measureCouponEdge());
