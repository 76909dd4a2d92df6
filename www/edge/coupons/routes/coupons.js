// @ts-check
import { readBody } from "../../body.js";
import { idempotencyKeyOf } from "../../idempotency-key.js";
import { invalid, limitIn, nameIn, wholeIn } from "../../query.js";
import { json } from "../../refusal.js";
import { digestOf } from "../../statement.js";
import { taken } from "../../store-answer.js";
import { directoryOf } from "../objects.js";

/** @typedef {import("../../coupons.js").Route} Route */

/** Bytes of the body of a coupon. */
const COUPON_BYTES_MAX = 64 * 1024;

/** Bytes of the body of an order of further codes. */
const ORDER_BYTES_MAX = 1024;

const STATES = /** @type {const} */ (["active", "inactive", "scheduled", "ended"]);

/** @type {Route} */
export async function getCoupons(_request, env, group, query) {
  const given = query.get("state");
  const state = STATES.find((each) => each === given) ?? null;
  if (state !== given) throw invalid("state", given ?? "", STATES.join(", "));
  const filter = {
    state,
    benefit: query.get("benefit"),
    scope: query.get("scope"),
    search: query.get("search"),
    after: wholeIn(query, "after"),
    limit: limitIn(query),
  };
  return json(taken(await directoryOf(env).coupons(nameIn(group, "group"), filter)));
}

/**
 * `POST /v1/coupon-groups/{id}/coupons`: a new coupon, and the job that makes its codes. Sent again with the same
 * `Idempotency-Key` it is answered as before, for 30 days, and makes no second coupon; another request with the
 * key of one that was answered is refused as `idempotency_conflict`. A refusal is not remembered.
 * @type {Route}
 */
export async function postCoupon(request, env, name) {
  const key = idempotencyKeyOf(request);
  const group = nameIn(name, "group");
  const body = await readBody(request, COUPON_BYTES_MAX);
  const keyed = key === null ? null : { key, fingerprint: `${group} ${await digestOf(body)}` };
  return json(taken(await directoryOf(env).createCoupon(group, body, keyed)), {}, 201);
}

/** @type {Route} */
export async function getCoupon(_request, env, coupon) {
  return json(taken(await directoryOf(env).coupon(nameIn(coupon, "coupon"))));
}

/** @type {Route} */
export async function patchCoupon(request, env, coupon) {
  const body = await readBody(request, COUPON_BYTES_MAX);
  return json(taken(await directoryOf(env).changeCoupon(nameIn(coupon, "coupon"), body)));
}

/** @type {Route} */
export async function postCodes(request, env, coupon) {
  const body = await readBody(request, ORDER_BYTES_MAX);
  return json(taken(await directoryOf(env).orderCodes(nameIn(coupon, "coupon"), body)), {}, 202);
}
