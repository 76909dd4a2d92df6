// @ts-check
import { signedBytes, signerOf } from "../../signing.js";
import { directoryOf } from "../objects.js";

/** Older than every version. */
const NO_VERSION = -1;

const KNOWLEDGE = { subject: "coupon-knowledge", type: "application/json" };
const FILTER = { subject: "coupon-filter", type: "application/octet-stream" };

/** What this isolate was told last. @type {{ version: number, body: Uint8Array }} */
let last = { version: NO_VERSION, body: new Uint8Array() };

/**
 * `GET /v1/coupon-knowledge`: definitions, the shards of groups and the serials of tagged codes, for an edge
 * to judge by; signed.
 * @type {import("../../coupons.js").Route}
 */
export async function getKnowledge(request, env) {
  const madeMs = Date.now();
  const { version: since } = last;
  const knowledge = await directoryOf(env).knowledge(since);
  if (knowledge !== null && knowledge.version > last.version) {
    const body = new TextEncoder().encode(JSON.stringify(knowledge));
    last = { version: knowledge.version, body };
  }
  return answer(request, env, { ...KNOWLEDGE, ...last }, madeMs);
}

/**
 * `GET /v1/coupon-filter`: the used and revoked codes, each of which is answered with *perhaps*; signed.
 * @type {import("../../coupons.js").Route}
 */
export async function getFilter(request, env) {
  const { version, madeMs, body } = await env.COUPON_FILTER.getByName(env.TENANT).filter();
  return answer(request, env, { ...FILTER, version, body }, madeMs);
}

/**
 * @param {Request} request
 * @param {import("../../coupons.js").CouponsEnv} env
 * @param {{ subject: string, type: string, version: number, body: Uint8Array }} said
 * @param {number} madeMs
 */
async function answer(request, env, said, madeMs) {
  const signer = await signerOf("COUPON_SIGNING_KEY", env.COUPON_SIGNING_KEY);
  return signedBytes(request, signer, { ...said, tenant: env.TENANT }, madeMs);
}
