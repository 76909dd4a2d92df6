// @ts-check
import { base64url } from "../../base64.js";
import { STATEMENT_HEADER, digestOf } from "../../statement.js";
import { directoryOf } from "../objects.js";
import { signatureOf, signerOf } from "../signature.js";

/** Older than every version. */
const NO_VERSION = -1;

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
  return signedAnswer(request, env, { subject: "coupon-knowledge", madeMs, ...last });
}

/**
 * `GET /v1/coupon-filter`: the used and revoked codes, each of which is answered with *perhaps*; signed.
 * @type {import("../../coupons.js").Route}
 */
export async function getFilter(request, env) {
  const { version, madeMs, body } = await env.COUPON_FILTER.getByName(env.TENANT).filter();
  return signedAnswer(request, env, { subject: "coupon-filter", version, madeMs, body });
}

/**
 * A body with its statement; the statement alone for who has the body already.
 * @param {Request} request
 * @param {import("../../coupons.js").CouponsEnv} env
 * @param {{ subject: string, version: number, madeMs: number, body: Uint8Array }} said
 */
async function signedAnswer(request, env, { subject, version, madeMs, body }) {
  const signer = await signerOf(env);
  const digest = await digestOf(body);
  const statement = { subject, tenant: env.TENANT, version, made_ms: madeMs, digest };
  const text = JSON.stringify(statement);
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
  const type = subject === "coupon-filter" ? "application/octet-stream" : "application/json";
  return new Response(body, { headers: { ...headers, "content-type": type } });
}
