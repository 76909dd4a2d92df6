// @ts-check
import { admitSession, checkCoupon } from "usher/edge";
import { arrivalOf } from "./arrival.js";
import { readBody } from "./body.js";
import { CORS, CORS_PREFLIGHT } from "./cors.js";
import { lookUp } from "./coupon-lookup.js";
import { admitAnswer, sourcesOf } from "./coupon-throttle.js";
import { callModule } from "./edge-module.js";
import { awayResponse } from "./failure.js";
import { demandOperator } from "./operator.js";
import { Refused, json, methodNotAllowed } from "./refusal.js";
import { admitAddress } from "./throttle.js";

/** Bytes of the body of `POST /v1/coupons/check`. */
const BODY_BYTES_MAX = 64 * 1024;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What the customer is told of every code that is not taken, whatever it is. */
const REFUSED = {
  en: "This code cannot be used for this purchase.",
  es: "Este código no se puede usar en esta compra.",
};

/**
 * `POST /v1/coupons/check` `{ code, viewer, token?, device?, purchase }`: whether a coupon may be used, as far
 * as the edge knows. It consumes nothing: who consumes judges it again.
 *
 * All that is refused is answered alike, and counted; whoever shows the operator's key is told why, and is not
 * counted.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} _name
 * @param {ExecutionContext} ctx
 */
export async function couponCheck(request, env, _name, ctx) {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: CORS_PREFLIGHT });
  }
  if (request.method !== "POST") return methodNotAllowed("POST, OPTIONS", CORS);
  try {
    admitAddress(request, env);
    const isOperator = request.headers.has("authorization");
    if (isOperator) demandOperator(request, env);
    const asked = await askedIn(request);
    if (!isOperator) callModule(() => admitSession(asked, arrivalOf(request, env)));
    return json(await answer(request, env, ctx, asked, isOperator), CORS);
  } catch (error) {
    return awayResponse(error, "the coupon could not be checked", CORS);
  }
}

/**
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 * @param {ExecutionContext} ctx
 * @param {any} asked
 * @param {boolean} isOperator
 */
async function answer(request, env, ctx, asked, isOperator) {
  const question = { code: asked.code, purchase: asked.purchase, now_ms: Date.now() };
  const found = await lookUp(env, ctx, asked.code);
  const { coupon } = found;
  const issued = found.issued ?? undefined;
  let decision = callModule(() => checkCoupon({ ...question, coupon, issued, counts: null }));
  if (decision.valid && found.ask !== null) {
    const known = await found.ask(asked.purchase);
    decision = callModule(() => checkCoupon({ ...question, issued, ...known }));
  }
  if (!isOperator) {
    const device = typeof asked.device === "string" ? asked.device : null;
    const sources = await sourcesOf(env, request, asked.viewer, device);
    await admitAnswer(env, sources, !decision.valid);
  }
  const { valid, reason, parameters, consumes: _, carried: __, ...given } = decision;
  const language = request.headers.get("accept-language")?.trim().startsWith("es") ? "es" : "en";
  const text = isOperator && !valid ? await textOf(env, { reason, parameters, language }) : null;
  return {
    ...given,
    valid,
    provisional: true,
    message: valid ? null : REFUSED[language],
    ends_ms: valid ? (coupon?.window?.ends_ms ?? null) : null,
    knowledge: { version: found.version, age_ms: Math.max(0, Date.now() - found.madeMs) },
    ...(isOperator ? { reason, parameters, text } : {}),
  };
}

/**
 * A reason in words; null where the coupons worker is away.
 * @param {import("./edge.js").EdgeEnv} env
 * @param {object} reason
 * @returns {Promise<string | null>}
 */
async function textOf(env, reason) {
  try {
    const response = await env.COUPONS.fetch("http://coupons.invalid/v1/coupon-reason-text", {
      method: "POST",
      headers: { authorization: `Bearer ${env.OPERATOR_KEY}` },
      body: JSON.stringify(reason),
    });
    const { operator = null } = /** @type {any} */ (await response.json());
    return operator;
  } catch (error) {
    console.error("the reason could not be put into words:", error);
    return null;
  }
}

/**
 * The body, of which the module checks each field.
 * @param {Request} request
 */
async function askedIn(request) {
  const body = await readBody(request, BODY_BYTES_MAX);
  try {
    const asked = JSON.parse(UTF8.decode(body));
    if (typeof asked === "object" && asked !== null) return asked;
  } catch {
    // It is no JSON.
  }
  throw new Refused("malformed_json", "expected a JSON object in UTF-8");
}
