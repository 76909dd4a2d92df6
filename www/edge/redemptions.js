// @ts-check
import { readBody } from "./body.js";
import { locate } from "./code-location.js";
import { groupAt } from "./coupons/objects.js";
import { awayResponse } from "./failure.js";
import { idempotencyKeyOf } from "./idempotency-key.js";
import { demandOperator } from "./operator.js";
import { Refused, json, methodNotAllowed, refusalResponse } from "./refusal.js";

/** Bytes of the body of a reservation; the module keeps the same limits. */
const RESERVE_BYTES_MAX = 64 * 1024;

/** Bytes of the body of a step. */
const SETTLE_BYTES_MAX = 4 * 1024;

/** Of a redemption: its group, the shard of that, and what the object knows it by. */
const ID = /^([A-Za-z0-9_-]{1,64})\.(\d{1,2})\.([0-9a-z]{16})$/;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @typedef {import("./coupons/group.js").Operation} Operation */

/**
 * `POST /v1/redemptions`: holds a slot of the coupon that the code names, or redeems it at once.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} _name
 * @param {ExecutionContext} ctx
 */
export async function redemptions(request, env, _name, ctx) {
  if (request.method !== "POST") return methodNotAllowed("POST");
  return answered(async () => {
    demandOperator(request, env);
    const key = keyOf(request);
    const body = await textOf(request, RESERVE_BYTES_MAX);
    const found = await locate(env, ctx, codeIn(body));
    if (typeof found === "string") return refusedCoupon(found);
    const { coupon, group, shard, code, revoked } = found;
    return ask(env, group, shard, { key, step: "reserve", body, id: coupon, code, revoked });
  });
}

/**
 * `GET /v1/redemptions/{id}`.
 * @param {Request} request
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} name
 */
export async function redemption(request, env, name) {
  if (request.method !== "GET") return methodNotAllowed("GET");
  return answered(async () => {
    demandOperator(request, env);
    const { group, shard, id } = idIn(name);
    const found = await groupAt(env, group, shard).get(id);
    if (found === null) throw unknown();
    return json(found);
  });
}

/**
 * `POST /v1/redemptions/{id}/confirm`, `release` and `reverse`.
 * @param {"confirm" | "release" | "reverse"} step
 * @returns {import("./edge.js").Route}
 */
export function settle(step) {
  return async (request, env, name) => {
    if (request.method !== "POST") return methodNotAllowed("POST");
    return answered(async () => {
      demandOperator(request, env);
      const key = keyOf(request);
      const { group, shard, id } = idIn(name);
      const body = await textOf(request, SETTLE_BYTES_MAX);
      return ask(env, group, shard, { key, step, body, id, code: "", revoked: false });
    });
  };
}

/** @param {() => Promise<Response>} answer */
async function answered(answer) {
  try {
    return await answer();
  } catch (error) {
    // Whether an object that was away did what it was asked is not known; the same key tells.
    return awayResponse(error, "the redemption was not reached");
  }
}

/**
 * @param {import("./edge.js").EdgeEnv} env
 * @param {string} group
 * @param {number} shard
 * @param {Operation} operation
 */
async function ask(env, group, shard, operation) {
  const { status, body } = await groupAt(env, group, shard).redeem(operation);
  return textResponse(status, body);
}

/**
 * @param {number} status
 * @param {string} body JSON
 */
function textResponse(status, body) {
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return new Response(body, { status, headers });
}

/**
 * What it was used for is known to the shard of the group that was asked.
 * @param {Request} request
 */
function keyOf(request) {
  const key = idempotencyKeyOf(request);
  if (key !== null) return key;
  const message = "expected a key, so that the request can be sent again";
  throw new Refused("idempotency_key_missing", message, "Idempotency-Key");
}

/**
 * @param {Request} request
 * @param {number} bytesMax
 */
async function textOf(request, bytesMax) {
  try {
    return UTF8.decode(await readBody(request, bytesMax));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused("malformed_json", "expected JSON in UTF-8");
  }
}

/**
 * The code in a body, which is read as a whole by the module of the group.
 * @param {string} body
 */
function codeIn(body) {
  let value;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refused("malformed_json", "expected JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refused("wrong_type", "expected an object");
  }
  if (value.code === undefined) throw new Refused("missing_field", "expected a code", "code");
  if (typeof value.code === "string") return value.code;
  throw new Refused("wrong_type", "expected a text", "code");
}

/** @param {string} reason */
function refusedCoupon(reason) {
  const message = `the coupon cannot be used for this purchase: \`${reason}\``;
  const refusal = { code: "coupon_refused", message, field: null, reason, parameters: [] };
  return refusalResponse(refusal);
}

/** @param {string} name */
function idIn(name) {
  const [, group, shard, id] = ID.exec(name) ?? [];
  if (group === undefined || id === undefined) throw unknown();
  return { group, shard: Number(shard), id };
}

function unknown() {
  return new Refused("redemption_unknown", "there is no such redemption");
}
